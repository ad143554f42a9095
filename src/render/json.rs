//! Findings as one JSON document (PRODUCT section 6). Nothing in it changes from run to run.

use serde_json::json;

use crate::model::diagnostic::Severity;
use crate::render::findings::{Checked, Format};
use crate::text::escaped_json;

/// One JSON document.
pub const FORMAT: Format = Format {
    name: "json",
    what: ("One JSON document", "Un document JSON"),
    for_ci: None,
    is_shortened: false,
    write: |findings| document(findings.checked),
};

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
