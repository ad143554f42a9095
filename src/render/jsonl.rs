//! Findings as JSON lines (PRODUCT section 6): stable order, nothing in it that changes from run to run.

use crate::model::diagnostic::Diagnostic;

/// One line per finding.
pub fn diagnostics(list: &[Diagnostic]) -> String {
    let line = |finding| serde_json::to_string(finding).expect("a finding can be written") + "\n";
    list.iter().map(line).collect()
}
