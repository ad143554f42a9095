//! `/settings`: what `jobsd.yaml` says, and a form that renders the file to copy. Nothing is saved
//! here.

use std::collections::BTreeMap;

use askama::Template;
use serde_json::{Map, Value, json};

use crate::form::field::Unreadable;
use crate::form::settings::SettingsDraft;
use crate::model::diagnostic::Diagnostic;
use crate::page::chrome::Chrome;
use crate::page::config::Line;
use crate::page::facts::Facts;
use crate::page::judged::{self, Told};
use crate::page::past::Past;
use crate::page::reply::Reply;
use crate::page::verdict::{Findings, Verdict};
use crate::rewrite::merge;
use crate::rewrite::write::render;
use crate::spec::SourceFile;
use crate::spec::jobs::settings_file::load_config;
use crate::spec::yaml::reader;
use crate::text::secret;
use crate::time::zone_names;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    c: Chrome,
    f: Form,
}

/// The form as its template asks it; it shares parts with the form of a job.
struct Form {
    draft: SettingsDraft,
    told: Findings,
    others: Vec<Told>,
    file: String,
    /// Settings of the file that wait for a restart.
    restart: String,
    text: String,
    lines: Vec<Line>,
    verdict: Verdict,
    is_changed: bool,
    git: Option<String>,
    zones: Vec<String>,
    download: String,
    /// What the choice of no way to send is called.
    no_way: Option<&'static str>,
    /// What is edited, for the parts that are shared with the form of a job.
    edited: Option<()>,
}

impl Form {
    fn value(&self, name: &str) -> &str {
        self.draft.value(name)
    }

    fn is_on(&self, name: &str) -> bool {
        !self.draft.value(name).is_empty()
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.draft.value(name) == value
    }

    fn hides(&self, name: &str, values: &str) -> bool {
        !values.split('|').any(|value| self.is(name, value))
    }

    /// How much the log may say, as the file names it.
    fn levels(&self) -> [&'static str; 5] {
        ["error", "warn", "info", "debug", "trace"]
    }

    /// The forms of a log line, as the file names them.
    fn formats(&self) -> [&'static str; 2] {
        ["text", "json"]
    }

    fn told(&self, name: &str) -> &[Told] {
        self.told.of(name)
    }

    fn is_bad(&self, name: &str) -> bool {
        self.told(name).iter().any(|told| told.is_error)
    }
}

/// `GET /settings`
pub fn page(facts: &Facts, past: &dyn Past) -> Reply {
    let c = Chrome::new(facts, "config", facts.say().t.s_title.to_owned());
    let f = form(facts, past, &c);
    Reply::page(&SettingsPage { c, f })
}

/// `GET /settings/file`: the file itself.
pub fn file(facts: &Facts, past: &dyn Past) -> Reply {
    let c = Chrome::new(facts, "", String::new());
    Reply::File {
        name: "jobsd.yaml".to_owned(),
        text: form(facts, past, &c).text,
    }
}

fn form(facts: &Facts, past: &dyn Past, c: &Chrome) -> Form {
    let path = facts.status.places.1.to_string_lossy().into_owned();
    let file = past.file(&path);
    let has_file = file.is_some();
    let before = file.map_or_else(String::new, |bytes| {
        String::from_utf8_lossy(&bytes).into_owned()
    });
    // A text that should be a secret is shown to nobody but who may control the daemon.
    let covered = covered(&before);
    let is_covered = facts.session.is_none() && covered != before;
    let before = if is_covered { covered } else { before };
    let root = reader::parse(before.as_bytes()).root;
    let keys = root.map_or_else(|| json!({}), |root| root.to_json());
    let mut draft = SettingsDraft::of_file(&keys);
    draft.take(&facts.ask.pairs);
    let (fresh, unreadable) = draft.keys(&keys);
    let text = write(&before, &keys, &fresh);
    let secret = is_covered.then(|| Told::new(c.t.s_covered.to_owned(), true));
    let (told, others) = judge((&path, &text), &draft, (unreadable, secret), c);
    let all = told.by_field.values().flatten().chain(&others);
    let errors = all.filter(|told| told.is_error).count();
    let git = match has_file {
        true => c.git.edit_into(&path, &text),
        false => c.git.new_file(&path, &text),
    };
    Form {
        verdict: Verdict::new(errors, true, 0, c),
        told,
        others,
        restart: facts.status.restart_needed.join(", "),
        is_changed: text != before,
        lines: judged::changed_lines(&before, &text),
        git: git.filter(|link| errors == 0 && link.len() < judged::LINK_CHARS_MAX),
        file: crate::text::visible(&path),
        text,
        draft,
        zones: zone_names(),
        download: format!("{}settings/file", c.root),
        no_way: Some(c.t.s_via_none),
        edited: has_file.then_some(()),
    }
}

/// What is found, by field, and what belongs to none.
fn judge(
    (path, text): (&str, &str),
    draft: &SettingsDraft,
    (unreadable, secret): (Vec<(&'static str, Unreadable)>, Option<Told>),
    c: &Chrome,
) -> (Findings, Vec<Told>) {
    let mut by_field: BTreeMap<&'static str, Vec<Told>> = BTreeMap::new();
    let mut others: Vec<Told> = secret.into_iter().collect();
    for (name, cause) in unreadable {
        let words = judged::unreadable_words(cause, draft.value(name), c);
        by_field
            .entry(name)
            .or_default()
            .push(Told::new(words, true));
    }
    for finding in findings(path, text) {
        let one = Told::new(judged::sentence(&finding, c), finding.is_error());
        match draft.field_of(&finding.key) {
            Some(field) => by_field.entry(field).or_default().push(one),
            None => others.push(one),
        }
    }
    let left = None;
    (Findings { by_field, left }, others)
}

/// The text with its secrets covered; that of a token's file is none.
fn covered(text: &str) -> String {
    let lines = text.split_inclusive('\n').zip(secret::lines_covered(text));
    let lines = lines.map(|(line, covered)| match line.trim_end() == covered {
        false if !line.contains("token_file:") => covered + "\n",
        _ => line.to_owned(),
    });
    lines.collect()
}

/// The text with these keys: the file as it is where nothing changes, with its comments where that
/// can be.
fn write(before: &str, keys: &Value, fresh: &Map<String, Value>) -> String {
    if keys.as_object() == Some(fresh) {
        return before.to_owned();
    }
    let is_bare = reader::parse(before.as_bytes()).root.is_none();
    match merge::merge(before, fresh) {
        Some(text) => text,
        None if is_bare && !before.trim().is_empty() => {
            format!("{}\n{}", before.trim_end(), render(fresh))
        }
        None => render(fresh),
    }
}

fn findings(path: &str, text: &str) -> Vec<Diagnostic> {
    let file = SourceFile {
        path: path.to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    load_config(&file).1
}
