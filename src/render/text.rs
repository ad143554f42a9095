//! Findings for people: the place, the line with a caret, what to do.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::model::diagnostic::{Diagnostic, Severity, Span};
use crate::render::Checked;
use crate::text::Lang;

/// Longest source that is quoted.
const QUOTED_BYTES_MAX: usize = 1 << 20;

/// The findings, each with the place in its source where that can be quoted.
pub fn findings(
    list: &[Diagnostic],
    source: &dyn Fn(&str) -> Option<String>,
    color: bool,
    lang: Lang,
) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let one = |finding| one(finding, source, &renderer, lang) + "\n\n";
    list.iter().map(one).collect()
}

/// What was checked and found.
pub fn summary(checked: &Checked, lang: Lang) -> String {
    let count = |severity| {
        checked
            .findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let errors = checked.findings.iter().filter(|finding| finding.is_error());
    let mut bad: Vec<&str> = errors.map(|finding| finding.path.as_str()).collect();
    bad.dedup();
    let files = checked.files.len();
    let valid = files.saturating_sub(bad.len());
    let many = |n: usize, one: &str, more: &str| {
        format!(
            "{n} {}",
            if n < 2 && (n == 1 || lang == Lang::Fr) {
                one
            } else {
                more
            }
        )
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    match lang {
        Lang::En => format!(
            "{}, {valid} valid, {}, {}\n",
            many(files, "file", "files"),
            many(errors, "error", "errors"),
            many(warnings, "warning", "warnings")
        ),
        Lang::Fr => format!(
            "{}, {}, {}, {}\n",
            many(files, "fichier", "fichiers"),
            many(valid, "valide", "valides"),
            many(errors, "erreur", "erreurs"),
            many(warnings, "avertissement", "avertissements")
        ),
    }
}

fn one(
    finding: &Diagnostic,
    source: &dyn Fn(&str) -> Option<String>,
    renderer: &Renderer,
    lang: Lang,
) -> String {
    let level = match (finding.severity, lang) {
        (Severity::Error, Lang::En) => Level::ERROR,
        (Severity::Error, Lang::Fr) => Level::ERROR.with_name("erreur"),
        (Severity::Warning, Lang::En) => Level::WARNING,
        (Severity::Warning, Lang::Fr) => Level::WARNING.with_name("avertissement"),
        (Severity::Note, _) => Level::NOTE,
    };
    let source = source(&finding.path).filter(|text| text.len() <= QUOTED_BYTES_MAX);
    let source = source.unwrap_or_default();
    let source = source.strip_prefix('\u{feff}').unwrap_or(&source);
    let snippet = Snippet::source(source)
        .path(finding.path.as_str())
        .annotation(
            AnnotationKind::Primary
                .span(bytes(source, &finding.span))
                .label(finding.help.get(lang)),
        );
    let title = level
        .primary_title(finding.message.get(lang))
        .id(finding.code);
    let mut group = title.element(snippet);
    for related in &finding.related {
        let Span { line, column, .. } = related.span;
        let place = format!(
            "{}: {}:{line}:{column}",
            related.message.get(lang),
            related.path
        );
        group = group.element(Level::NOTE.message(place));
    }
    renderer.render(&[group])
}

/// The byte range of a span, at most up to the end of its first line.
fn bytes(source: &str, span: &Span) -> std::ops::Range<usize> {
    let lines = source
        .split_inclusive('\n')
        .take(span.line.saturating_sub(1));
    let begin: usize = lines.map(str::len).sum();
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
