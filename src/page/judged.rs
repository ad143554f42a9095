//! What the loader says of the file that a form renders: findings by field, and below their lines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::form::draft::Draft;
use crate::form::field::Unreadable;
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::job::{Job, JobId};
use crate::page::chrome::Chrome;
use crate::page::config::Line;
use crate::spec::SourceFile;
use crate::spec::jobs::loader;
use crate::spec::types::config::Settings;
use crate::text::pages::fill;
use crate::view::code::{self, Piece};
use crate::view::diff::{Change, diff};
use crate::view::status::Status;

/// The file that a form renders.
pub struct Written {
    /// The id of its job, good or not.
    pub id: String,
    /// Its path.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A finding in words.
pub struct Told {
    /// The words.
    pub text: String,
    /// Whether the file is refused for it.
    pub is_error: bool,
}

/// What is wrong with a file.
pub struct Judged {
    /// Findings by field, in words.
    pub by_field: BTreeMap<&'static str, Vec<Told>>,
    /// Findings that belong to no field.
    pub others: Vec<Told>,
    /// How many errors there are.
    pub errors: usize,
    /// The findings of the file itself.
    pub findings: Vec<Diagnostic>,
    /// The job, where the file is good.
    pub job: Option<Arc<Job>>,
}

/// Judges a file. What is known before it is read: fields that cannot be read, and a bad id.
pub fn judge(
    written: &Written,
    draft: &Draft,
    settings: &Settings,
    (unreadable, id_error): (&[(&'static str, Unreadable)], Option<String>),
    c: &Chrome,
) -> Judged {
    let loaded = load(&written.id, &written.path, &written.text, settings);
    let mut by_field: BTreeMap<&'static str, Vec<Told>> = BTreeMap::new();
    let unread = unreadable
        .iter()
        .map(|(name, kind)| (*name, unreadable_words(*kind, draft.value(name), c)));
    for (name, text) in unread.chain(id_error.map(|words| ("id", words))) {
        let is_error = true;
        by_field
            .entry(name)
            .or_default()
            .push(Told { text, is_error });
    }
    let known: BTreeSet<&str> = by_field.keys().copied().collect();
    // A field that cannot be read is missing from the file; that it is missing is no second
    // finding.
    let field = |finding: &Diagnostic| match finding.is_error() {
        true => draft.field_of_error(&finding.key),
        false => draft.field_of(&finding.key),
    };
    let mut findings = loaded.diagnostics;
    findings.retain(|finding| field(finding).is_none_or(|field| !known.contains(field)));
    let errors = findings.iter().filter(|finding| finding.is_error()).count() + known.len();
    let mut others = Vec::new();
    for finding in &findings {
        let one = Told {
            text: sentence(finding, c),
            is_error: finding.is_error(),
        };
        match field(finding) {
            Some(field) => by_field.entry(field).or_default().push(one),
            None => others.push(one),
        }
    }
    Judged {
        by_field,
        others,
        errors,
        findings,
        job: JobId::new(&written.id).and_then(|id| loaded.jobs.get(&id).cloned()),
    }
}

/// A finding with what to do, as one sentence.
fn sentence(finding: &Diagnostic, c: &Chrome) -> String {
    let (message, help) = (finding.message.get(c.t.lang), finding.help.get(c.t.lang));
    let between = if c.is_french() { " ; " } else { "; " };
    format!("{message}{between}{help}").replace('`', "")
}

/// What the loader says of the text; without a usable id under a name of its own.
fn load(id: &str, path: &str, text: &str, settings: &Settings) -> loader::Loaded {
    let path = if JobId::new(id).is_some() {
        path.to_owned()
    } else {
        "jobs.d/job.yaml".to_owned()
    };
    let file = SourceFile {
        path,
        bytes: text.as_bytes().to_vec(),
    };
    loader::load(&[file], settings)
}

fn unreadable_words(kind: Unreadable, value: &str, c: &Chrome) -> String {
    match kind {
        Unreadable::Yaml => c.t.n_bad_yaml.to_owned(),
        Unreadable::Time => fill(c.t.n_bad_time, &[("v", &crate::text::visible(value))]),
    }
}

/// Why an id cannot be taken for a new job.
pub fn id_error(status: &Status, id: &str, c: &Chrome) -> Option<String> {
    if id.is_empty() {
        return Some(c.t.n_need.to_owned());
    }
    let Some(id) = JobId::new(id) else {
        return Some(c.t.n_bad_id.to_owned());
    };
    let stem = |path: &str| {
        Path::new(path)
            .file_stem()
            .is_some_and(|stem| *stem == *id.as_str())
    };
    let known = status.jobs.get(&id).filter(|shown| shown.present);
    let file = known.and_then(|shown| Some(shown.job.as_ref()?.file.to_string()));
    let bad = status.diagnostics.iter().map(|finding| &finding.path);
    let taken = file.or_else(|| bad.into_iter().find(|path| stem(path)).cloned());
    taken.map(|file| fill(c.t.n_taken, &[("f", &file)]))
}

/// The text with its findings below their lines.
pub fn lines(text: &str, findings: &[Diagnostic], c: &Chrome) -> Vec<Line> {
    let mut lines = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let here: Vec<&Diagnostic> = findings
            .iter()
            .filter(|finding| finding.span.line == n + 1)
            .collect();
        let worst = here.iter().map(|finding| finding.severity).min();
        lines.push(Line {
            number: Some(n + 1),
            class: match worst {
                Some(Severity::Error) => "bad",
                Some(Severity::Warning) => "wrn",
                _ => "",
            },
            pieces: code::yaml(line),
        });
        for finding in here {
            let column = finding.span.column.saturating_sub(1).min(200);
            let text = format!(
                "{}^ {}",
                " ".repeat(column),
                finding.message.get(c.t.lang).replace('`', "")
            );
            lines.push(Line {
                number: None,
                class: if finding.is_error() { "mark" } else { "mark w" },
                pieces: vec![plain(&text)],
            });
        }
    }
    lines
}

/// What an edit changes.
pub fn changed_lines(before: &str, after: &str) -> Vec<Line> {
    let mut number = 0;
    let mut line = |change: Change| {
        let (class, sign, text) = match change {
            Change::Same(text) => ("ctx", " ", text),
            Change::Gone(text) => ("gone", "-", text),
            Change::New(text) => ("new", "+", text),
        };
        number += usize::from(class != "gone");
        let mut pieces = vec![plain(&format!("{sign} "))];
        pieces.extend(code::yaml(text));
        Line {
            number: (class != "gone").then_some(number),
            class,
            pieces,
        }
    };
    diff(before, after).into_iter().map(&mut line).collect()
}

fn plain(text: &str) -> Piece {
    Piece {
        class: "",
        text: text.to_owned(),
        is_link: false,
    }
}
