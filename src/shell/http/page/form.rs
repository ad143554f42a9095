//! `/new` and `/jobs/{id}/edit`: a form that renders the file to commit. The same parser, validator and scheduler as the
//! daemon's judge it; nothing is saved here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use askama::Template;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::bot::{self, BOTS};
use crate::form::draft::Draft;
use crate::form::field::Unreadable;
use crate::model::bot::Kind as BotKind;
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::job::JobId;
use crate::rewrite::merge;
use crate::rewrite::write::render;
use crate::schedule::{self, KINDS};
use crate::shell::disk::{self, Trust};
use crate::shell::http::Site;
use crate::shell::http::page::chrome::Chrome;
use crate::shell::http::page::config::Line;
use crate::shell::http::page::job::{FIRES, Fires, fires};
use crate::shell::http::page::{Ask, Reply, lost};
use crate::shell::settings;
use crate::spec::SourceFile;
use crate::spec::jobs::loader;
use crate::spec::types::config::Settings;
use crate::spec::yaml::reader;
use crate::text::Lang;
use crate::text::ui::fill;
use crate::time::zone_names;
use crate::view::code::{self, Piece};
use crate::view::diff::{Change, diff};

#[derive(Template)]
#[template(path = "form.html")]
struct FormPage {
    c: Chrome,
    f: Form,
}

/// The form as its template asks it.
struct Form {
    draft: Draft,
    id: String,
    /// The name of the job that is edited.
    edited: Option<String>,
    /// Findings by field, in words.
    told: BTreeMap<&'static str, Vec<Told>>,
    /// Findings that belong to no field.
    others: Vec<Told>,
    file: String,
    text: String,
    lines: Vec<Line>,
    count: u64,
    is_changed: bool,
    fires: Option<Fires>,
    timezone: String,
    git: Option<String>,
    zones: Vec<String>,
    download: String,
    late_range: String,
    limit_range: String,
    lang: Lang,
}

/// A finding in words.
struct Told {
    text: String,
    is_error: bool,
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

    /// Whether a group belongs to other choices than those made.
    fn hides(&self, name: &str, values: &str) -> bool {
        !values.split('|').any(|value| self.is(name, value))
    }

    fn has_day(&self, day: &str) -> bool {
        self.draft
            .value("day")
            .split(',')
            .any(|chosen| chosen == day)
    }

    fn is_bot(&self) -> bool {
        self.bot().is_none_or(|kind| !kind.is_command)
    }

    fn bot(&self) -> Option<&'static BotKind> {
        bot::kind(self.value("bot_type"))
    }

    /// What a real run of the bot does, in words.
    fn production(&self) -> &'static str {
        let bot = self.bot().unwrap_or(BOTS[0]);
        bot.texts.production(self.lang)
    }

    /// The name of a kind.
    fn label(&self, label: &[&'static str; 2]) -> &'static str {
        self.lang.pick(*label)
    }

    /// The kinds of bots, as choices.
    fn bots(&self) -> impl Iterator<Item = &'static BotKind> {
        BOTS.iter().copied()
    }

    /// The kinds of schedules, as choices.
    fn schedules(&self) -> impl Iterator<Item = &'static schedule::kind::Kind> {
        KINDS.iter().copied()
    }

    fn told(&self, name: &str) -> &[Told] {
        self.told.get(name).map_or(&[], Vec::as_slice)
    }

    fn is_bad(&self, name: &str) -> bool {
        self.told(name).iter().any(|told| told.is_error)
    }
}

/// What is edited.
struct Edited {
    id: JobId,
    name: String,
    path: String,
    text: String,
    keys: Value,
}

/// `GET /new`
pub fn new(site: &Site, ask: &Ask) -> Reply {
    show(site, ask, None)
}

/// `GET /jobs/{id}/edit`
pub fn edit(site: &Site, ask: &Ask) -> Reply {
    match edited(site, ask) {
        Some(edited) => show(site, ask, Some(edited)),
        None => lost(
            site,
            ask,
            fill(ask.say().t.e_unknown_job, &[("id", ask.part(1))]),
        ),
    }
}

/// `GET /new/file` and `GET /jobs/{id}/edit/file`: the file itself.
pub fn file(site: &Site, ask: &Ask) -> Reply {
    let edited = if ask.part(0) == "jobs" {
        edited(site, ask)
    } else {
        None
    };
    let status = site.shared.read();
    let c = Chrome::new(site, ask, &status, "", String::new());
    let form = form(site, ask, &c, edited);
    let name = JobId::new(&form.id).map_or_else(|| "job".to_owned(), |id| id.to_string());
    Reply {
        code: StatusCode::OK,
        body: form.text,
        file: Some(format!("{name}.yaml")),
    }
}

fn show(site: &Site, ask: &Ask, edited: Option<Edited>) -> Reply {
    let status = site.shared.read();
    let t = ask.say().t;
    let title = match &edited {
        Some(edited) => fill(t.n_edit, &[("n", &edited.name)]),
        None => t.n_title.to_owned(),
    };
    let c = Chrome::new(site, ask, &status, "", title);
    let f = form(site, ask, &c, edited);
    Reply::html(&FormPage { c, f })
}

fn edited(site: &Site, ask: &Ask) -> Option<Edited> {
    let status = site.shared.read();
    let job = status.jobs.get(ask.part(1))?.job.clone()?;
    let bytes = disk::read_one(Path::new(&*job.file)).ok()?.bytes;
    let text = String::from_utf8(bytes).ok()?;
    let root = reader::parse(text.as_bytes()).root?;
    Some(Edited {
        id: job.id.clone(),
        name: crate::text::visible(&job.name),
        path: job.file.to_string(),
        keys: root.to_json(),
        text,
    })
}

fn form(site: &Site, ask: &Ask, c: &Chrome, edited: Option<Edited>) -> Form {
    let read = settings::read(&site.config_file, Trust::of_this_process(), None);
    let settings = read.config.unwrap_or_default().settings();
    let mut draft = match &edited {
        Some(edited) => Draft::of_file(&edited.keys, &settings),
        None => Draft::new(&settings, &c.zone_name),
    };
    let is_touched = !ask.pairs.is_empty();
    draft.take(&ask.pairs);
    let before = edited
        .as_ref()
        .map_or_else(|| json!({}), |edited| edited.keys.clone());
    let (keys, unreadable) = draft.keys(&before, &settings);
    let id = match &edited {
        Some(edited) => edited.id.to_string(),
        None => draft.value("id").trim().to_owned(),
    };
    let path = match &edited {
        Some(edited) => edited.path.clone(),
        None => site
            .jobs_dir
            .join(format!("{}.yaml", if id.is_empty() { "…" } else { &id }))
            .to_string_lossy()
            .into_owned(),
    };
    let text = match &edited {
        Some(edited) => merge::merge(&edited.text, &keys).unwrap_or_else(|| render(&keys)),
        None => format!(
            "# yaml-language-server: $schema=../schema/job.schema.json\n{}",
            render(&keys)
        ),
    };
    let judged = judge(&id, &path, &text, &settings);
    let mut told: BTreeMap<&'static str, Vec<Told>> = BTreeMap::new();
    let error = |text| Told {
        text,
        is_error: true,
    };
    for (name, kind) in unreadable {
        let words = unreadable_words(kind, draft.value(name), c);
        told.entry(name).or_default().push(error(words));
    }
    if let Some(words) = id_errors(site, &id, edited.is_some(), c) {
        told.entry("id").or_default().push(error(words));
    }
    let is_told: BTreeSet<&str> = told.keys().copied().collect();
    let mut findings: Vec<&Diagnostic> = judged.diagnostics.iter().collect();
    // A field that cannot be read is missing from the file; that it is missing is no second finding.
    let field = |finding: &Diagnostic| match finding.is_error() {
        true => draft.field_of_error(&finding.key),
        false => draft.field_of(&finding.key),
    };
    findings.retain(|finding| field(finding).is_none_or(|field| !is_told.contains(field)));
    let mut others = Vec::new();
    for finding in &findings {
        let one = Told {
            text: sentence(finding, c),
            is_error: finding.is_error(),
        };
        match field(finding) {
            Some(field) => told.entry(field).or_default().push(one),
            None => others.push(one),
        }
    }
    let bad = findings.iter().filter(|finding| finding.is_error()).count() + is_told.len();
    let job = JobId::new(&id).and_then(|id| judged.jobs.get(&id).cloned());
    let lines = match &edited {
        Some(edited) => changed_lines(&edited.text, &text),
        None => lines(&text, &findings, c),
    };
    if !is_touched {
        told.clear();
    }
    let template = if edited.is_some() {
        &site.edit_url
    } else {
        &site.new_url
    };
    let git = c
        .git
        .link(template.as_deref(), (&path, 1), &text)
        .filter(|link| bad == 0 && link.len() < 8_000);
    Form {
        timezone: job
            .as_ref()
            .map_or_else(String::new, |job| job.timezone.to_string()),
        fires: job.map(|job| fires(&job, FIRES, c)),
        is_changed: edited.as_ref().is_none_or(|edited| edited.text != text),
        download: match &edited {
            Some(edited) => format!("{}jobs/{}/edit/file", c.root, edited.id),
            None => format!("{}new/file", c.root),
        },
        edited: edited.map(|edited| edited.name),
        late_range: fill(c.t.n_range, &[("a", "1"), ("b", "365")]),
        limit_range: fill(c.t.n_range, &[("a", "1"), ("b", "500")]),
        lang: c.t.lang,
        zones: zone_names(),
        count: bad as u64,
        draft,
        id,
        told,
        others,
        file: crate::text::visible(&path),
        text,
        lines,
        git,
    }
}

/// A finding with what to do, as one sentence.
fn sentence(finding: &Diagnostic, c: &Chrome) -> String {
    let (message, help) = (finding.message.get(c.t.lang), finding.help.get(c.t.lang));
    let between = if c.is_french() { " ; " } else { "; " };
    format!("{message}{between}{help}").replace('`', "")
}

/// What the loader says of the text; without a usable id under a name of its own.
fn judge(id: &str, path: &str, text: &str, settings: &Settings) -> loader::Loaded {
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

fn id_errors(site: &Site, id: &str, is_edit: bool, c: &Chrome) -> Option<String> {
    if is_edit {
        return None;
    }
    if id.is_empty() {
        return Some(c.t.n_need.to_owned());
    }
    let Some(id) = JobId::new(id) else {
        return Some(c.t.n_bad_id.to_owned());
    };
    let status = site.shared.read();
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
fn lines(text: &str, findings: &[&Diagnostic], c: &Chrome) -> Vec<Line> {
    let mut lines = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let here: Vec<&&Diagnostic> = findings
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
fn changed_lines(before: &str, after: &str) -> Vec<Line> {
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
