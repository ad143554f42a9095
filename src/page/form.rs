//! `/new` and `/jobs/{id}/edit`: a form that renders the file to commit. The same parser, validator
//! and scheduler as the daemon's judge it; nothing is saved here.

use std::collections::BTreeSet;

use askama::Template;
use serde_json::{Map, Value, json};

use crate::bot::{self, BOTS};
use crate::form::draft::Draft;
use crate::form::id::suggested;
use crate::form::need::needs;
use crate::model::bot::Kind as BotKind;
use crate::model::diagnostic::Diagnostic;
use crate::model::job::JobId;
use crate::page::chrome::Chrome;
use crate::page::config::Line;
use crate::page::facts::Facts;
use crate::page::job::{FIRES, Fires, fires};
use crate::page::judged::{self, Judged, Known, Told, Written};
use crate::page::lost;
use crate::page::past::Past;
use crate::page::reply::Reply;
use crate::page::verdict::{Findings, Verdict};
use crate::rewrite::merge;
use crate::rewrite::write::render;
use crate::schedule::{self, KINDS};
use crate::spec::types::config::Settings;
use crate::spec::yaml::reader;
use crate::text::Lang;
use crate::text::pages::{Ui, fill};
use crate::time::zone_names;

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
    told: Findings,
    /// Findings that belong to no field.
    others: Vec<Told>,
    file: String,
    text: String,
    lines: Vec<Line>,
    verdict: Verdict,
    is_changed: bool,
    /// The schedule in words.
    words: String,
    fires: Option<Fires>,
    timezone: String,
    git: Option<String>,
    zones: Vec<String>,
    download: String,
    /// What the choice of no way to send is called, where there is one.
    no_way: Option<&'static str>,
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

    /// The days of the week, as files and as people name them.
    fn days(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let t = Ui::of(self.lang);
        names.into_iter().zip(t.n_days.split('|'))
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
        self.told.of(name)
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
    let needs = needs(&draft, &keys, &settings).into_iter().map(|need| {
        let found = past.find(&need.what, facts.session.is_some());
        (need, found)
    });
    let known = Known {
        unreadable,
        id_error,
        needs: needs.collect(),
    };
    let mut judged = judged::judge(&written, &draft, &settings, known, c);
    let told = Findings {
        by_field: std::mem::take(&mut judged.by_field),
        left: left(facts, edited.is_some()),
    };
    let lines = match &edited {
        Some(edited) => judged::changed_lines(&edited.text, &written.text),
        None => {
            let shown = judged.findings.iter();
            let shown = shown.filter(|(field, _)| field.is_none_or(|field| told.is_shown(field)));
            let shown: Vec<&Diagnostic> = shown.map(|(_, finding)| finding).collect();
            judged::lines(&written.text, &shown, c)
        }
    };
    let has_way = |map: &Map<String, Value>| map.contains_key("delivery");
    let has_way = settings.bot_defaults.values().any(has_way);
    filled(c, edited, (draft, written, judged, told), (lines, has_way))
}

/// The fields of which findings are shown: those that were left, where a script says which ones;
/// none where nobody has sent the form; else all.
fn left(facts: &Facts, is_edit: bool) -> Option<BTreeSet<String>> {
    let is_sent = is_edit || facts.ask.value("form").is_some();
    if !is_sent {
        return Some(BTreeSet::new());
    }
    let names = facts.ask.value("left")?;
    Some(names.split(',').map(str::to_owned).collect())
}

/// The fields: those of the file or of an empty form, then what was sent.
fn draft(facts: &Facts, c: &Chrome, edited: Option<&Edited>, settings: &Settings) -> Draft {
    let mut draft = match edited {
        Some(edited) => Draft::of_file(&edited.keys, settings),
        None => Draft::new(settings, &c.zone_name),
    };
    draft.take(&facts.ask.pairs);
    if edited.is_none() && draft.value("id").trim().is_empty() {
        let is_taken = |id: &str| {
            let id = JobId::new(id);
            id.is_none_or(|id| judged::taken(&facts.status, &id).is_some())
        };
        let id = suggested(draft.value("name"), is_taken);
        draft.suggest("id", id);
    }
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
    c: &Chrome,
    edited: Option<Edited>,
    (draft, written, judged, told): (Draft, Written, Judged, Findings),
    (lines, has_way): (Vec<Line>, bool),
) -> Form {
    let Written { id, path, text } = written;
    let git = match &edited {
        Some(_) => c.git.edit_into(&path, &text),
        None => c.git.new_file(&path, &text),
    };
    let verdict = Verdict::of(&judged, &told, c);
    let (words, timezone) = match &judged.schedule {
        Some((schedule, zone)) => (schedule.in_words(c.t.lang), zone.clone()),
        None => (String::new(), String::new()),
    };
    Form {
        words,
        timezone,
        fires: judged
            .schedule
            .map(|(schedule, _)| fires(&schedule, schedule.zone(), FIRES, c)),
        is_changed: edited.as_ref().is_none_or(|edited| edited.text != text),
        download: match &edited {
            Some(edited) => format!("{}jobs/{}/edit/file", c.root, edited.id),
            None => format!("{}new/file", c.root),
        },
        no_way: has_way.then_some(c.t.n_via_set),
        edited: edited.map(|edited| edited.name),
        lang: c.t.lang,
        zones: zone_names(),
        draft,
        id,
        others: judged.others,
        told,
        file: crate::text::visible(&path),
        text,
        lines,
        git: git.filter(|link| verdict.is_valid && link.len() < judged::LINK_CHARS_MAX),
        verdict,
    }
}
