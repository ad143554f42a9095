//! The stylesheet, the script and the icon: embedded, compressed once, named by their content, kept
//! by browsers for ever.

use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// An embedded file as it is served.
#[derive(Debug)]
pub struct Asset {
    /// Its name with a hash of its content: `app-1a2b3c4d.css`.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub plain: &'static [u8],
    /// The same, compressed with gzip.
    pub packed: Vec<u8>,
}

/// The stylesheet.
pub static CSS: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../../assets/app.css");
    Asset::new("css", "text/css; charset=utf-8", bytes)
});

/// The script.
pub static JS: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../../assets/app.js");
    Asset::new("js", "text/javascript; charset=utf-8", bytes)
});

/// The icon of the tab.
pub static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let bytes = include_bytes!("../../assets/icon.svg");
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

/// The asset of this name.
pub fn named(name: &str) -> Option<&'static Asset> {
    [&*CSS, &*JS, &*ICON]
        .into_iter()
        .find(|asset| asset.name == name)
}

/// Bytes compressed with gzip.
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail; an empty answer would show if it did.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
