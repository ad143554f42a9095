//! Findings as SARIF 2.1.0 (OASIS), columns in Unicode code points.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};

use crate::model::diagnostic::{Diagnostic, Severity, Span};
use crate::render::findings::{Fingerprints, Format};
use crate::text::{escaped_json, explain};

/// SARIF 2.1.0.
pub const FORMAT: Format = Format {
    name: "sarif",
    what: ("SARIF 2.1.0", "SARIF 2.1.0"),
    for_ci: Some(("SARIF 2.1.0", "SARIF 2.1.0")),
    is_shortened: false,
    write: |findings| log(&findings.checked.findings, env!("CARGO_PKG_VERSION")),
};

/// A `result` of the log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'a str,
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Value,
}

/// A `location`, and what is there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

/// The log.
pub fn log(list: &[Diagnostic], version: &str) -> String {
    let codes: BTreeSet<&str> = list.iter().map(|finding| finding.code).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let mut fingerprints = Fingerprints::default();
    let results = list.iter().map(|finding| {
        let fingerprint = json!({"jobsd/v1": fingerprints.next(finding)});
        result(finding, &codes, fingerprint)
    });
    let results: Vec<Finding> = results.collect();
    let driver = json!({
        "name": "jobsd",
        "version": version,
        "semanticVersion": version,
        "rules": rules,
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    escaped_json(&format!("{log:#}\n"))
}

fn rule(code: &str) -> Value {
    let page = explain::of(code);
    let what = page.map_or(code, |page| page.what.0);
    let why = page.map_or("", |page| page.why.0);
    json!({
        "id": code,
        "shortDescription": {"text": what},
        "help": {"text": format!("{why} See: jobsd explain {code}").trim()},
    })
}

fn result<'a>(finding: &'a Diagnostic, codes: &[&str], fingerprint: Value) -> Finding<'a> {
    let related = finding.related.iter().map(|related| {
        let text = related.message.en.clone();
        location(&related.path, &related.span, Some(Message { text }))
    });
    Finding {
        rule_id: finding.code,
        rule_index: codes.iter().position(|code| *code == finding.code),
        level: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        message: Message {
            text: format!("{}; {}", finding.message.en, finding.help.en),
        },
        locations: [location(&finding.path, &finding.span, None)],
        related_locations: related.collect(),
        partial_fingerprints: fingerprint,
    }
}

fn location(path: &str, span: &Span, message: Option<Message>) -> Location {
    let physical_location = json!({
        "artifactLocation": {"uri": uri(path)},
        "region": {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        },
    });
    Location {
        physical_location,
        message,
    }
}

/// A relative path as a URI reference (RFC 3986): all but unreserved characters and `/` in percent
/// form.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let prefix = if path.starts_with('/') { "file://" } else { "" };
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
            (byte as char).to_string()
        }
        other => format!("%{other:02X}"),
    };
    prefix.to_owned() + &path.bytes().map(encode).collect::<String>()
}
