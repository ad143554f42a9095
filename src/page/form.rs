//! `/new` and `/jobs/{id}/edit`: a form that renders the file to commit. The same parser, validator
//! and scheduler as the daemon's judge it; nothing is saved here.

use std::collections::BTreeMap;

use askama::Template;
use serde_json::{Map, Value, json};

use crate::bot::{self, BOTS};
use crate::form::draft::Draft;
use crate::model::bot::Kind as BotKind;
use crate::model::job::JobId;
use crate::page::chrome::Chrome;
use crate::page::config::Line;
use crate::page::facts::Facts;
use crate::page::job::{FIRES, Fires, fires};
use crate::page::judged::{self, Judged, Told, Written};
use crate::page::lost;
use crate::page::past::Past;
use crate::page::reply::Reply;
use crate::rewrite::merge;
use crate::rewrite::write::render;
use crate::schedule::{self, KINDS};
use crate::spec::types::config::Settings;
use crate::spec::yaml::reader;
use crate::text::Lang;
use crate::text::pages::fill;
use crate::time::zone_names;

/// Longest link to the git host with a file's text in it: servers refuse longer ones.
const LINK_CHARS_MAX: usize = 8_000;

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
pub fn new(facts: &Facts, past: &dyn Past) -> Reply {
    show(facts, past, None)
}

/// `GET /jobs/{id}/edit`
pub fn edit(facts: &Facts, past: &dyn Past) -> Reply {
    match edited(facts, past) {
        Some(edited) => show(facts, past, Some(edited)),
        None => {
            let id = facts.ask.part(1);
            lost::page(facts, &fill(facts.say().t.e_unknown_job, &[("id", id)]))
        }
    }
}

/// `GET /new/file` and `GET /jobs/{id}/edit/file`: the file itself.
pub fn file(facts: &Facts, past: &dyn Past) -> Reply {
    let edited = if facts.ask.part(0) == "jobs" {
        edited(facts, past)
    } else {
        None
    };
    let c = Chrome::new(facts, "", String::new());
    let form = form(facts, past, &c, edited);
    let name = JobId::new(&form.id).map_or_else(|| "job".to_owned(), |id| id.to_string());
    Reply::File {
        name: format!("{name}.yaml"),
        text: form.text,
    }
}

fn show(facts: &Facts, past: &dyn Past, edited: Option<Edited>) -> Reply {
    let t = facts.say().t;
    let title = match &edited {
        Some(edited) => fill(t.n_edit, &[("n", &edited.name)]),
        None => t.n_title.to_owned(),
    };
    let c = Chrome::new(facts, "", title);
    let f = form(facts, past, &c, edited);
    Reply::page(&FormPage { c, f })
}

fn edited(facts: &Facts, past: &dyn Past) -> Option<Edited> {
    let job = facts.status.jobs.get(facts.ask.part(1))?.job.clone()?;
    let text = String::from_utf8(past.file(&job.file)?).ok()?;
    let root = reader::parse(text.as_bytes()).root?;
    Some(Edited {
        id: job.id.clone(),
        name: crate::text::visible(&job.name),
        path: job.file.to_string(),
        keys: root.to_json(),
        text,
    })
}

fn form(facts: &Facts, past: &dyn Past, c: &Chrome, edited: Option<Edited>) -> Form {
    let settings = past.settings();
    let draft = draft(facts, c, edited.as_ref(), &settings);
    let before = edited
        .as_ref()
        .map_or_else(|| json!({}), |edited| edited.keys.clone());
    let (keys, unreadable) = draft.keys(&before, &settings);
    let written = write(facts, &draft, edited.as_ref(), &keys);
    let id_error = match &edited {
        Some(_) => None,
        None => judged::id_error(&facts.status, &written.id, c),
    };
    let judged = judged::judge(&written, &draft, &settings, (&unreadable, id_error), c);
    let lines = match &edited {
        Some(edited) => judged::changed_lines(&edited.text, &written.text),
        None => judged::lines(&written.text, &judged.findings, c),
    };
    filled(facts, c, edited, (draft, written, judged), lines)
}

/// The fields: those of the file or of an empty form, then what was sent.
fn draft(facts: &Facts, c: &Chrome, edited: Option<&Edited>, settings: &Settings) -> Draft {
    let mut draft = match edited {
        Some(edited) => Draft::of_file(&edited.keys, settings),
        None => Draft::new(settings, &c.zone_name),
    };
    draft.take(&facts.ask.pairs);
    draft
}

/// The file that the form renders.
fn write(
    facts: &Facts,
    draft: &Draft,
    edited: Option<&Edited>,
    keys: &Map<String, Value>,
) -> Written {
    if let Some(edited) = edited {
        return Written {
            id: edited.id.to_string(),
            path: edited.path.clone(),
            text: merge::merge(&edited.text, keys).unwrap_or_else(|| render(keys)),
        };
    }
    let id = draft.value("id").trim().to_owned();
    let name = format!("{}.yaml", if id.is_empty() { "…" } else { &id });
    let path = facts.addresses.jobs_dir.join(name);
    Written {
        id,
        path: path.to_string_lossy().into_owned(),
        text: format!(
            "# yaml-language-server: $schema=../schema/job.schema.json\n{}",
            render(keys)
        ),
    }
}

/// The form with everything that its template asks.
fn filled(
    facts: &Facts,
    c: &Chrome,
    edited: Option<Edited>,
    (draft, written, judged): (Draft, Written, Judged),
    lines: Vec<Line>,
) -> Form {
    let Written { id, path, text } = written;
    let git = match &edited {
        Some(_) => c.git.edit_into(&path, &text),
        None => c.git.new_file(&path, &text),
    };
    let is_touched = !facts.ask.pairs.is_empty();
    let job = judged.job;
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
        count: judged.errors as u64,
        draft,
        id,
        // Nothing is wrong with a field that nobody has filled in yet.
        told: if is_touched {
            judged.by_field
        } else {
            BTreeMap::new()
        },
        others: judged.others,
        file: crate::text::visible(&path),
        text,
        lines,
        git: git.filter(|link| judged.errors == 0 && link.len() < LINK_CHARS_MAX),
    }
}
