//! Findings for people: the place, the line with a caret, what to do.

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use crate::model::diagnostic::{Diagnostic, Severity, Span};
use crate::render::findings::{Checked, Findings, Format};
use crate::text::{Lang, is_hidden, secret, visible};

/// The daemon's settings.
const CONFIG_NAME: &str = "jobsd.yaml";
/// Longest line that is quoted; of a longer one the place is named alone.
const LINE_BYTES_MAX: usize = 2_000;
/// Findings about what a file is, not about its text: nothing of it is quoted.
const WITHOUT_TEXT: [&str; 4] = ["io", "not-a-file", "link-leaves", "too-large"];

/// Findings for people.
pub const FORMAT: Format = Format {
    name: "human",
    what: ("For people", "Pour les personnes"),
    for_ci: None,
    is_shortened: true,
    write: |findings| written(findings),
};

fn written(asked: &Findings<'_>) -> String {
    findings(asked.shown, asked.source, asked.color, asked.lang)
        + &summary(asked.checked, asked.lang)
}

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
    let mut lines = Lines {
        source,
        path: None,
        text: None,
        line: 1,
        at: 0,
    };
    let mut shown = String::new();
    for finding in list {
        let line = lines.of(&finding.path, finding.span.line);
        let line = line.filter(|line| is_quoted(finding, line));
        shown += &one(finding, line.as_deref(), &renderer, lang);
        shown += "\n\n";
    }
    shown
}

/// Whether the line of a finding may be quoted. A line of a secret that does not hold its name
/// could not be covered.
fn is_quoted(finding: &Diagnostic, line: &str) -> bool {
    let key = &*finding.key;
    let name = key.rsplit('.').next().unwrap_or(key);
    let is_named = secret::may_show(key) || line.contains(name);
    !WITHOUT_TEXT.contains(&finding.code)
        && line.len() <= LINE_BYTES_MAX
        && is_named
        && !key.ends_with(".…")
}

/// The lines of the files that findings speak of: each file is read once, for findings come in
/// order.
struct Lines<'s> {
    source: &'s dyn Fn(&str) -> Option<String>,
    path: Option<String>,
    text: Option<String>,
    line: usize,
    at: usize,
}

impl Lines<'_> {
    /// A line as it may be shown: no secret, nothing hidden, letter for letter.
    fn of(&mut self, path: &str, line: usize) -> Option<String> {
        if self.path.as_deref() != Some(path) {
            // The last one goes before the next one comes.
            self.text = None;
            self.text = (self.source)(path);
            self.path = Some(path.to_owned());
            (self.line, self.at) = (1, 0);
        }
        let text = self.text.as_deref()?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if line < self.line {
            (self.line, self.at) = (1, 0);
        }
        while self.line < line {
            self.at += text[self.at..].find('\n')? + 1;
            self.line += 1;
        }
        let rest = &text[self.at..];
        let line = rest.split('\n').next().unwrap_or("").trim_end_matches('\r');
        if line.len() > LINE_BYTES_MAX {
            return None;
        }
        let show = |c: char| {
            let is_bad = is_hidden(c) && c != '\t';
            if is_bad { '\u{fffd}' } else { c }
        };
        Some(secret::covered(line).chars().map(show).collect())
    }
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
    // Job files are counted, as the daemon counts them; `jobsd.yaml` only where it is all that was
    // checked.
    let is_settings = |path: &str| path == CONFIG_NAME || path.ends_with("/jobsd.yaml");
    let jobs = checked
        .files
        .iter()
        .filter(|path| !is_settings(path))
        .count();
    let files = if jobs == 0 { checked.files.len() } else { jobs };
    if jobs > 0 {
        bad.retain(|path| !is_settings(path));
    }
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

fn one(finding: &Diagnostic, line: Option<&str>, renderer: &Renderer, lang: Lang) -> String {
    let level = match (finding.severity, lang) {
        (Severity::Error, Lang::En) => Level::ERROR,
        (Severity::Error, Lang::Fr) => Level::ERROR.with_name("erreur"),
        (Severity::Warning, Lang::En) => Level::WARNING,
        (Severity::Warning, Lang::Fr) => Level::WARNING.with_name("avertissement"),
        (Severity::Note, _) => Level::NOTE,
    };
    let path = visible(&finding.path);
    let title = level
        .primary_title(finding.message.get(lang))
        .id(finding.code);
    let help = finding.help.get(lang);
    let mut group = match line {
        Some(line) => {
            let annotation = AnnotationKind::Primary
                .span(bytes(line, &finding.span))
                .label(help);
            let snippet = Snippet::source(line)
                .line_start(finding.span.line)
                .path(path)
                .annotation(annotation);
            title.element(snippet)
        }
        None => {
            let place = Origin::path(path)
                .line(finding.span.line)
                .char_column(finding.span.column);
            let level = match lang {
                Lang::En => Level::HELP,
                Lang::Fr => Level::HELP.with_name("aide"),
            };
            title.element(place).element(level.message(help))
        }
    };
    for related in &finding.related {
        let Span { line, column, .. } = related.span;
        let place = format!(
            "{}: {}:{line}:{column}",
            related.message.get(lang),
            visible(&related.path)
        );
        group = group.element(Level::NOTE.message(place));
    }
    renderer.render(&[group])
}

/// The byte range of a span in its first line.
fn bytes(line: &str, span: &Span) -> std::ops::Range<usize> {
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
    start..end.max(start)
}
