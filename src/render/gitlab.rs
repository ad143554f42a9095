//! Findings as a GitLab code quality report.

use serde_json::{Value, json};

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::render::findings::{Fingerprints, Format};
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
    let mut fingerprints = Fingerprints::default();
    let issues: Vec<Value> = list
        .iter()
        .map(|finding| issue(finding, &mut fingerprints))
        .collect();
    escaped_json(&format!("{:#}\n", Value::Array(issues)))
}

fn issue(finding: &Diagnostic, fingerprints: &mut Fingerprints) -> Value {
    let severity = match finding.severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Note => "info",
    };
    let fingerprint = fingerprints.next(finding);
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
