//! What the API answers of findings in the files.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::model::diagnostic::Diagnostic;
use crate::view::drift;
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

/// The findings, each error with the version of its job that stays active.
pub fn diagnostics(status: &Status) -> Vec<Value> {
    let one = |finding: &Diagnostic| {
        let mut shown = json!(finding);
        let error = Some(finding).filter(|finding| finding.is_error());
        shown["in_force"] = json!(error.and_then(|error| drift::in_force(status, error)));
        shown
    };
    status.diagnostics.iter().map(one).collect()
}
