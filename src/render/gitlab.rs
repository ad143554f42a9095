//! Findings as a GitLab code quality report.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::render::findings::Format;
use crate::text::escaped_json;

/// GitLab code quality report.
pub const FORMAT: Format = Format {
    name: "gitlab",
    what: (
        "GitLab code quality report",
        "Rapport de qualité de code GitLab",
    ),
    for_ci: Some(("a code quality report", "un rapport de qualité du code")),
    is_shortened: false,
    write: |findings| report(&findings.checked.findings),
};

/// The report.
pub fn report(list: &[Diagnostic]) -> String {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let issues: Vec<Value> = list
        .iter()
        .map(|finding| issue(finding, &mut seen))
        .collect();
    escaped_json(&format!("{:#}\n", Value::Array(issues)))
}

fn issue(finding: &Diagnostic, seen: &mut BTreeMap<String, u32>) -> Value {
    let severity = match finding.severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Note => "info",
    };
    // Without the line, so that an edit elsewhere in the file does not make a new issue; counted,
    // so that two are two.
    let identity = format!(
        "{}\n{}\n{}\n{}",
        finding.path, finding.code, finding.key, finding.message.en
    );
    let nth = seen.entry(identity.clone()).or_default();
    let fingerprint = Sha256::digest(format!("{identity}\n{nth}"));
    *nth += 1;
    let fingerprint: String = fingerprint
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    json!({
        "description": format!("{}; {}", finding.message.en, finding.help.en),
        "check_name": finding.code,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {
            "path": finding.path.trim_start_matches("./"),
            "lines": {"begin": finding.span.line, "end": finding.span.end_line},
        },
    })
}
