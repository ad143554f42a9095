//! Findings as JUnit XML: a test case per file.

use std::collections::BTreeMap;

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::render::findings::{Checked, Format};
use crate::text::{is_hidden, visible};

/// JUnit XML.
pub const FORMAT: Format = Format {
    name: "junit",
    what: ("JUnit XML", "XML JUnit"),
    for_ci: Some((
        "a test report, one case per file",
        "un rapport de tests, un cas par fichier",
    )),
    is_shortened: false,
    write: |findings| report(findings.checked),
};

/// The report.
pub fn report(checked: &Checked) -> String {
    let mut files: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for file in &checked.files {
        files.entry(file).or_default();
    }
    for finding in &checked.findings {
        files.entry(&finding.path).or_default().push(finding);
    }
    let is_bad = |list: &&Vec<&Diagnostic>| list.iter().any(|finding| finding.is_error());
    let (tests, failures) = (files.len(), files.values().filter(is_bad).count());
    let cases: String = files
        .iter()
        .map(|(file, findings)| case(file, findings))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"jobsd validate\" tests=\"{tests}\" failures=\"{failures}\">\n\
         <testsuite name=\"jobsd validate\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" \
             skipped=\"0\">\n{cases}</testsuite>\n</testsuites>\n"
    )
}

fn case(file: &str, findings: &[&Diagnostic]) -> String {
    let file = escape(file).replace('\n', "&#10;");
    if findings.is_empty() {
        return format!("<testcase classname=\"jobsd\" name=\"{file}\"/>\n");
    }
    let told = |finding: &&&Diagnostic| {
        format!(
            "{}: [{}] {}\n  {}\n",
            visible(&finding.place()),
            finding.code,
            finding.message.en,
            finding.help.en
        )
    };
    let (errors, others): (Vec<_>, Vec<_>) = findings
        .iter()
        .partition(|finding| finding.severity == Severity::Error);
    let mut inner = String::new();
    if let Some(first) = errors.first() {
        let text: String = errors.iter().map(told).collect();
        inner += &format!(
            "<failure type=\"{}\" message=\"{}\">{}</failure>\n",
            first.code,
            escape(&first.message.en),
            escape(&text)
        );
    }
    if !others.is_empty() {
        let text: String = others.iter().map(told).collect();
        inner += &format!("<system-out>{}</system-out>\n", escape(&text));
    }
    format!("<testcase classname=\"jobsd\" name=\"{file}\">\n{inner}</testcase>\n")
}

/// XML 1.0: five entities; what no one sees as a number; characters that XML cannot hold become
/// U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&apos;",
            '\n' | '\t' => escaped.push(c),
            c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => escaped.push('\u{fffd}'),
            c if is_hidden(c) => escaped += &format!("&#{};", c as u32),
            c => escaped.push(c),
        }
    }
    escaped
}
