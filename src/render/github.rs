//! Findings as GitHub workflow commands, which show beside the lines of a pull request. Escapes as
//! GitHub's documentation of workflow commands says: `%`, CR and LF in the text, `:` and `,`
//! besides in properties.

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::render::findings::Format;
use crate::text::visible;

/// GitHub workflow commands.
pub const FORMAT: Format = Format {
    name: "github",
    what: ("GitHub workflow commands", "Commandes de workflow GitHub"),
    for_ci: Some((
        "annotations of a pull request",
        "les annotations d’une demande de fusion",
    )),
    is_shortened: true,
    write: |findings| commands(findings.shown),
};

/// One command per finding.
pub fn commands(list: &[Diagnostic]) -> String {
    list.iter().map(command).collect()
}

fn command(finding: &Diagnostic) -> String {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let span = finding.span;
    // GitHub takes columns for one line alone.
    let columns = if span.end_line == span.line {
        format!(",col={},endColumn={}", span.column, span.end_column)
    } else {
        String::new()
    };
    let text = format!("{}\n{}", finding.message.en, finding.help.en);
    format!(
        "::{name} file={},line={},endLine={}{columns},title={}::{}\n",
        property(&visible(&finding.path)),
        span.line,
        span.end_line,
        property(finding.code),
        data(text.trim_end())
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
