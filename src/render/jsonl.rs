//! Findings as JSON, one object per line (PRODUCT section 6). Nothing in it changes from run to
//! run.

use crate::model::diagnostic::Diagnostic;
use crate::render::findings::Format;
use crate::text::escaped_json;

/// One JSON object per line.
pub const FORMAT: Format = Format {
    name: "jsonl",
    what: ("One JSON object per line", "Un objet JSON par ligne"),
    for_ci: None,
    is_shortened: false,
    write: |findings| lines(&findings.checked.findings),
};

/// One line per finding.
pub fn lines(list: &[Diagnostic]) -> String {
    let line = |finding| serde_json::to_string(finding).expect("a finding can be written") + "\n";
    escaped_json(&list.iter().map(line).collect::<String>())
}
