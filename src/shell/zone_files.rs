//! What must not be among the zone files: whoever opens a FIFO may wait forever, and the library
//! opens every file.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the library looks for zone files, unless `TZDIR` names a folder.
const FOLDERS: [&str; 3] = [
    "/usr/share/zoneinfo",
    "/usr/share/lib/zoneinfo",
    "/etc/zoneinfo",
];
/// Most entries that are looked at; the largest distribution has under 2,000.
const ENTRIES_MAX: usize = 20_000;

/// A FIFO, device or socket among the zone files: asked before the library looks at them. Nothing
/// is opened here.
pub fn special_file() -> Option<PathBuf> {
    let named = std::env::var_os("TZDIR").filter(|dir| !dir.is_empty());
    let folders = named.map_or_else(
        || FOLDERS.iter().map(PathBuf::from).collect(),
        |dir| vec![PathBuf::from(dir)],
    );
    folders.into_iter().find_map(|folder| special_in(&folder))
}

fn special_in(folder: &Path) -> Option<PathBuf> {
    let (mut folders, mut seen) = (vec![folder.to_owned()], 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            seen += 1;
            if seen > ENTRIES_MAX {
                return None;
            }
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() {
                folders.push(entry.path());
                continue;
            }
            // A link costs another look; nearly all entries tell what they are.
            let kind = if kind.is_symlink() {
                fs::metadata(entry.path()).map(|meta| meta.file_type())
            } else {
                Ok(kind)
            };
            if kind.is_ok_and(|kind| !kind.is_file() && !kind.is_dir()) {
                return Some(entry.path());
            }
        }
    }
    None
}
