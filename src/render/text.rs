//! Findings for people: the place, the line with a caret, what to do.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::model::diagnostic::{Diagnostic, Severity, Span};

/// Longest source that is quoted.
const QUOTED_BYTES_MAX: usize = 1 << 20;

/// The findings, each with the place in its source where that can be quoted.
pub fn diagnostics(
    list: &[Diagnostic],
    source: &dyn Fn(&str) -> Option<String>,
    color: bool,
) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    list.iter()
        .map(|finding| one(finding, source(&finding.path), &renderer) + "\n\n")
        .collect()
}

/// What was checked and found.
pub fn summary(files: usize, list: &[Diagnostic]) -> String {
    let errors = list.iter().filter(|finding| finding.is_error()).count();
    let mut bad: Vec<&str> = list
        .iter()
        .filter(|finding| finding.is_error())
        .map(|f| f.path.as_str())
        .collect();
    bad.dedup();
    let warnings = list
        .iter()
        .filter(|finding| finding.severity == Severity::Warning)
        .count();
    let many = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let valid = files.saturating_sub(bad.len());
    format!(
        "{}, {valid} valid, {}, {}\n",
        many(files, "file"),
        many(errors, "error"),
        many(warnings, "warning")
    )
}

fn one(finding: &Diagnostic, source: Option<String>, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let source = source
        .filter(|text| text.len() <= QUOTED_BYTES_MAX)
        .unwrap_or_default();
    let source = source.strip_prefix('\u{feff}').unwrap_or(&source);
    let range = bytes(source, &finding.span);
    let snippet = Snippet::source(source)
        .path(finding.path.as_str())
        .annotation(
            AnnotationKind::Primary
                .span(range)
                .label(finding.help.as_str()),
        );
    let title = level
        .primary_title(finding.message.as_str())
        .id(finding.code);
    let mut groups = vec![title.element(snippet)];
    for related in &finding.related {
        let place = format!(
            "{}: {}:{}:{}",
            related.message, related.path, related.span.line, related.span.column
        );
        groups[0] = groups.remove(0).element(Level::NOTE.message(place));
    }
    renderer.render(&groups)
}

/// The byte range of a span, at most up to the end of its first line.
fn bytes(source: &str, span: &Span) -> std::ops::Range<usize> {
    let mut begin = 0;
    for line in source
        .split_inclusive('\n')
        .take(span.line.saturating_sub(1))
    {
        begin += line.len();
    }
    let rest = &source[begin.min(source.len())..];
    let line = rest.split('\n').next().unwrap_or("").trim_end_matches('\r');
    let offset = |column: usize| {
        line.char_indices()
            .nth(column.saturating_sub(1))
            .map_or(line.len(), |(at, _)| at)
    };
    let start = offset(span.column);
    let end = if span.end_line == span.line {
        offset(span.end_column)
    } else {
        line.len()
    };
    begin + start..begin + end.max(start)
}
