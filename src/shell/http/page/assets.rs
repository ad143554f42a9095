//! The stylesheet, the script and the icon: embedded, compressed once, named by their content, kept by browsers for ever.

use std::io::Write;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::shell::http::answer::detail;
use crate::text::http;

/// An embedded file as it is served.
#[derive(Debug)]
pub struct Asset {
    /// Its name with a hash of its content: `app-1a2b3c4d.css`.
    pub name: String,
    media_type: &'static str,
    plain: &'static [u8],
    packed: Vec<u8>,
}

/// The stylesheet.
pub static CSS: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../../../../assets/app.css");
    Asset::new("css", "text/css; charset=utf-8", bytes)
});

/// The script.
pub static JS: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../../../../assets/app.js");
    Asset::new("js", "text/javascript; charset=utf-8", bytes)
});

/// The icon of the tab.
pub static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../../../../assets/icon.svg");
    Asset::new("svg", "image/svg+xml", bytes)
});

impl Asset {
    fn new(ending: &str, media_type: &'static str, plain: &'static [u8]) -> Asset {
        let hash = Sha256::digest(plain);
        let hash: String = hash[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        Asset {
            name: format!("app-{hash}.{ending}"),
            media_type,
            plain,
            packed: pack(plain),
        }
    }
}

/// Bytes compressed with gzip.
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail; an empty answer would show if it did.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// `GET /assets/{name}`
pub async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let known = [&*CSS, &*JS, &*ICON];
    let Some(asset) = known.into_iter().find(|asset| asset.name == name) else {
        return detail(StatusCode::NOT_FOUND, http::no_file());
    };
    let accepted = headers.get(header::ACCEPT_ENCODING);
    let is_packed = accepted.is_some_and(|value| takes_gzip(value.to_str().unwrap_or("")));
    let mut response = if is_packed {
        asset.packed.as_slice().into_response()
    } else {
        asset.plain.into_response()
    };
    let set = response.headers_mut();
    set.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(asset.media_type),
    );
    set.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // Its name is its tag, and it is packed already.
    let tag = HeaderValue::from_str(&format!("\"{name}\""));
    if let Ok(tag) = tag {
        set.insert(header::ETAG, tag);
    }
    let for_ever = HeaderValue::from_static("public, max-age=31536000, immutable");
    set.insert(header::CACHE_CONTROL, for_ever);
    if is_packed {
        set.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// Whether `Accept-Encoding` takes gzip.
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|part| {
        let (name, rest) = part.split_once(';').unwrap_or((part, ""));
        name.trim() == "gzip"
            && !rest.replace(' ', "").starts_with("q=0.000")
            && rest.trim() != "q=0"
    })
}
