//! What the loader says of the file that a form renders: findings by field, and below their lines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::form::draft::Draft;
use crate::form::field::Unreadable;
use crate::form::need::{Need, What};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::job::JobId;
use crate::page::chrome::Chrome;
use crate::page::config::Line;
use crate::page::past::Found;
use crate::schedule::Schedule;
use crate::spec::SourceFile;
use crate::spec::jobs::loader;
use crate::spec::rules::check;
use crate::spec::types::config::Settings;
use crate::spec::yaml::reader;
use crate::text::pages::fill;
use crate::view::code::{self, Piece};
use crate::view::diff::{Change, diff};
use crate::view::status::Status;

/// Longest link to the git host with a file's text in it: servers refuse longer ones.
pub const LINK_CHARS_MAX: usize = 8_000;

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

impl Told {
    /// A finding in words.
    pub fn new(text: String, is_error: bool) -> Told {
        Told { text, is_error }
    }
}

/// What is wrong with a file.
pub struct Judged {
    /// Findings by field, in words.
    pub by_field: BTreeMap<&'static str, Vec<Told>>,
    /// Findings that belong to no field.
    pub others: Vec<Told>,
    /// How many errors there are.
    pub errors: usize,
    /// How many things are missing without which every run fails.
    pub lacks: usize,
    /// The findings of the file itself, with the field of each.
    pub findings: Vec<(Option<&'static str>, Diagnostic)>,
    /// The schedule with its zone, where it can be told, whatever else is wrong.
    pub schedule: Option<(Schedule, String)>,
}

/// What is known of a file before it is read.
pub struct Known {
    /// Fields that cannot be read.
    pub unreadable: Vec<(&'static str, Unreadable)>,
    /// What is wrong with its id.
    pub id_error: Option<String>,
    /// What its runs need and is not there.
    pub needs: Vec<(Need, Found)>,
}

/// Judges a file.
pub fn judge(
    written: &Written,
    draft: &Draft,
    settings: &Settings,
    known: Known,
    c: &Chrome,
) -> Judged {
    let mut by_field = unusable(&known, draft, c);
    let told: BTreeSet<&str> = by_field.keys().copied().collect();
    // A field that cannot be read is missing from the file; that it is missing is no second
    // finding.
    let field = |finding: &Diagnostic| match finding.is_error() {
        true => draft.field_of_error(&finding.key),
        false => draft.field_of(&finding.key),
    };
    let loaded = load(&written.id, &written.path, &written.text, settings);
    let placed = loaded.into_iter().map(|finding| (field(&finding), finding));
    let findings: Vec<(Option<&'static str>, Diagnostic)> = placed
        .filter(|(field, _)| field.is_none_or(|field| !told.contains(field)))
        .collect();
    let count = |is: &dyn Fn(&Diagnostic) -> bool| findings.iter().filter(|(_, f)| is(f)).count();
    let errors = count(&Diagnostic::is_error) + told.len();
    let mut lacks = count(&|finding| finding.code == "bot-source");
    let mut others = Vec::new();
    for (field, finding) in &findings {
        let one = Told::new(sentence(finding, c), finding.is_error());
        match field {
            Some(field) => by_field.entry(field).or_default().push(one),
            None => others.push(one),
        }
    }
    for (need, found) in known.needs {
        lacks += usize::from(matches!(found, Found::Lacking(_)));
        let told = lacking(&need, &found, c).map(|text| Told::new(text, false));
        by_field.entry(need.field).or_default().extend(told);
    }
    let root = reader::parse(written.text.as_bytes()).root;
    Judged {
        by_field,
        others,
        errors,
        lacks,
        findings,
        schedule: root.and_then(|root| check::lenient_schedule(&root, settings)),
    }
}

/// What is wrong with fields before there is a file.
fn unusable(known: &Known, draft: &Draft, c: &Chrome) -> BTreeMap<&'static str, Vec<Told>> {
    let unread = known.unreadable.iter();
    let unread = unread.map(|(name, kind)| (*name, unreadable_words(*kind, draft.value(name), c)));
    let id = known.id_error.iter().map(|words| ("id", words.clone()));
    let all = unread.chain(id);
    all.map(|(name, text)| (name, vec![Told::new(text, true)]))
        .collect()
}

/// What is said of something that runs need, unless it is there.
fn lacking(need: &Need, found: &Found, c: &Chrome) -> Option<String> {
    match (found, &need.what) {
        (Found::There, _) => None,
        (Found::Lacking(text), _) => Some(text.get(c.t.lang).replace('`', "")),
        (Found::Unseen, What::Path(path) | What::Contacts(path, _) | What::Pages(path)) => {
            Some(fill(c.t.n_unseen, &[("f", &crate::text::visible(path))]))
        }
        (Found::Unseen, _) => None,
    }
}

/// A finding with what to do, as one sentence.
pub fn sentence(finding: &Diagnostic, c: &Chrome) -> String {
    let (message, help) = (finding.message.get(c.t.lang), finding.help.get(c.t.lang));
    let between = if c.is_french() { " ; " } else { "; " };
    format!("{message}{between}{help}").replace('`', "")
}

/// What the loader says of the text; without a usable id under a name of its own.
fn load(id: &str, path: &str, text: &str, settings: &Settings) -> Vec<Diagnostic> {
    let path = if JobId::new(id).is_some() {
        path.to_owned()
    } else {
        "jobs.d/job.yaml".to_owned()
    };
    let file = SourceFile {
        path,
        bytes: text.as_bytes().to_vec(),
    };
    let mut found = loader::load(&[file], settings).diagnostics;
    found.retain(|finding| finding.severity != Severity::Note);
    found
}

/// Why a field cannot be read, in words.
pub fn unreadable_words(kind: Unreadable, value: &str, c: &Chrome) -> String {
    match kind {
        Unreadable::Yaml => c.t.n_bad_yaml.to_owned(),
        Unreadable::Secret => c.t.n_bad_secret.to_owned(),
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
    taken(status, &id).map(|file| fill(c.t.n_taken, &[("f", &file)]))
}

/// The file that has an id already.
pub fn taken(status: &Status, id: &JobId) -> Option<String> {
    let stem = |path: &str| {
        Path::new(path)
            .file_stem()
            .is_some_and(|stem| *stem == *id.as_str())
    };
    let known = status.jobs.get(id).filter(|shown| shown.present);
    let file = known.and_then(|shown| Some(shown.job.as_ref()?.file.to_string()));
    let bad = status.diagnostics.iter().map(|finding| &finding.path);
    file.or_else(|| bad.into_iter().find(|path| stem(path)).cloned())
}

/// The text with its findings below their lines.
pub fn lines(text: &str, findings: &[&Diagnostic], c: &Chrome) -> Vec<Line> {
    let mut lines = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let here: Vec<&Diagnostic> = findings
            .iter()
            .copied()
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
