//! `/assets/{name}`: the stylesheet, the script and the icon, kept by browsers for as long as their
//! names stay.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::page::assets;
use crate::shell::http::answer::detail;
use crate::text::http as words;

/// `GET /assets/{name}`
pub async fn show(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = assets::named(&name) else {
        return detail(StatusCode::NOT_FOUND, words::no_file());
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
