//! Findings as JSON: one document, or one object per line (PRODUCT section 6). Nothing in it changes from run to run.

use serde_json::json;

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::render::Checked;
use crate::text::escaped_json;

/// One line per finding.
pub fn lines(list: &[Diagnostic]) -> String {
    let line = |finding| serde_json::to_string(finding).expect("a finding can be written") + "\n";
    escaped_json(&list.iter().map(line).collect::<String>())
}

/// One document.
pub fn document(checked: &Checked) -> String {
    let count = |severity| {
        checked
            .findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let document = json!({
        "schema": "jobsd.validate/v1",
        "files": checked.files.len(),
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
        "diagnostics": checked.findings,
    });
    escaped_json(&format!("{document:#}\n"))
}
