//! Which zone data is in use.

use std::fs;
use std::path::Path;

use crate::time::{BUNDLED_ZONES, zone_folder};

/// Version and source: "2026f (/usr/share/zoneinfo)", "2026f (bundled)".
pub fn version() -> String {
    match zone_folder() {
        None => format!("{BUNDLED_ZONES} (bundled)"),
        Some(folder) => format!("{} ({folder})", of_folder(Path::new(&folder))),
    }
}

/// The version that the distribution left beside its zone files.
fn of_folder(folder: &Path) -> String {
    let line = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).ok()?;
        let line = text.lines().next()?.trim().to_owned();
        Some(line.strip_prefix("# version ").unwrap_or(&line).to_owned())
    };
    line("+VERSION")
        .or_else(|| line("tzdata.zi"))
        .unwrap_or_else(|| "version unknown".to_owned())
}
