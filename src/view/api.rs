//! Which files are counted as bad.

use std::collections::BTreeSet;

use crate::view::status::Status;

/// Files with errors, beside `jobsd.yaml`.
pub fn invalid_files(status: &Status) -> BTreeSet<&str> {
    let errors = status.diagnostics.iter().filter(|found| found.is_error());
    let paths = errors.map(|finding| finding.path.as_str());
    paths.filter(|path| !is_settings(path)).collect()
}

fn is_settings(path: &str) -> bool {
    let stem = path.rsplit('/').next().unwrap_or(path);
    stem == "jobsd.yaml"
}
