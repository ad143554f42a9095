//! A plan for people: on a terminal, and as markdown for a pull request.

pub mod human;
pub mod markdown;

use serde_json::Value;

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::event::Renamed;
use crate::plan::document::Plan;
use crate::plan::fields::Field;
use crate::plan::fires::{Fire, Fires};
use crate::plan::job::JobPlan;
use crate::plan::side::Name;
use crate::schedule::words::span;
use crate::text::usage::{error_word, warning_word};
use crate::text::{Lang, Text, cut, plan as words, reload, visible};
use crate::time::Timestamp;
use crate::view::{changes, say};

/// Longest value that a line shows.
const VALUE_CHARS_MAX: usize = 200;

/// What a side is called: the reference and the beginning of its commit.
fn side(name: &Name) -> Text {
    let commit = name
        .commit
        .as_deref()
        .map(|commit| commit.get(..10).unwrap_or(commit));
    match (&name.reference, commit) {
        (Some(reference), Some(commit)) if !reference.starts_with(commit) => {
            Text::same(format!("{reference} ({commit})"))
        }
        (Some(reference), _) => Text::same(reference.as_str()),
        (None, _) => words::on_disk(),
    }
}

fn head(plan: &Plan) -> Text {
    let (old, new) = (side(&plan.old), side(&plan.new));
    let second = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let (from, until) = (second(plan.from), second(plan.until));
    Text::new(
        words::head(&old.en, &new.en, &from, &until).en,
        words::head(&old.fr, &new.fr, &from, &until).fr,
    )
}

fn summary(plan: &Plan) -> Text {
    let s = &plan.summary;
    let counts = [s.added, s.changed, s.renamed, s.removed, s.unchanged];
    words::summary(counts, s.fires_before, s.fires_after)
}

/// The ids of a job: "old → new" of a rename.
fn ids(job: &JobPlan) -> String {
    match &job.old_id {
        Some(old) => format!("{old} → {}", job.id),
        None => job.id.to_string(),
    }
}

/// A value as a line shows it.
fn value(value: &Value, lang: Lang) -> String {
    let text = match value {
        Value::Null => words::absent().get(lang).to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    visible(&cut(&text, VALUE_CHARS_MAX))
}

/// Where a field is set, unless it is the job's own file.
fn set_by(field: &Field, job: &JobPlan, lang: Lang) -> String {
    match (&field.path, field.line) {
        (Some(path), Some(line)) if *path == job.path => format!("{path}:{line}"),
        (Some(path), Some(line)) => words::from_settings(&format!("{path}:{line}"))
            .get(lang)
            .to_owned(),
        _ if field.key == "file" => String::new(),
        _ => words::built_in().get(lang).to_owned(),
    }
}

/// "30 due times before and after; all move by +1 h".
fn counts(fires: &Fires, lang: Lang) -> String {
    let mut text = words::fires(fires.before, fires.after).get(lang).to_owned();
    if let Some(secs) = fires.moved_secs {
        let sign = if secs < 0 { '−' } else { '+' };
        let distance = format!("{sign}{}", span(secs.unsigned_abs()));
        let separator = if lang == Lang::Fr { " ; " } else { "; " };
        text.push_str(separator);
        text.push_str(words::moved(&distance).get(lang));
    }
    text
}

/// A due time by the clock of its job: "Wed 2 Dec 2026 08:00 +01:00".
fn local(fires: &Fires, fire: &Fire, lang: Lang) -> String {
    fires.schedule.as_ref().map_or_else(
        || fire.local.clone(),
        |schedule| at(fire.at, schedule.zone(), lang),
    )
}

fn at(instant: Timestamp, zone: &crate::time::TimeZone, lang: Lang) -> String {
    let is_whole = instant.as_second() % 60 == 0;
    let form = if is_whole {
        "%H:%M %:z"
    } else {
        "%H:%M:%S %:z"
    };
    let day = crate::view::words::date(instant, zone, lang);
    format!("{day} {}", say::format(instant, zone, form))
}

/// The clock changes that the schedule feels, a line each.
fn clock_changes(fires: &Fires, lang: Lang) -> Vec<String> {
    let Some(schedule) = &fires.schedule else {
        return Vec::new();
    };
    let colon = if lang == Lang::Fr { " : " } else { ": " };
    let line = |change: &crate::plan::fires::ClockChange| {
        let day = crate::view::words::date(change.at, schedule.zone(), lang);
        let moved = changes::moved(&change.change, lang);
        let effect = changes::effect(schedule, &change.change, lang);
        format!("{day}, {moved}{colon}{effect}")
    };
    fires.clock_changes.iter().map(line).collect()
}

/// The schedule in words, before and after.
fn schedules(job: &JobPlan, lang: Lang) -> Option<String> {
    let zone = &job.timezone;
    match &job.words {
        (Some(before), Some(after)) => Some(format!(
            "{} → {}, {zone}",
            before.get(lang),
            after.get(lang)
        )),
        (None, Some(one)) | (Some(one), None) => Some(format!("{}, {zone}", one.get(lang))),
        (None, None) => None,
    }
}

/// A finding with how bad it is.
fn finding(finding: &Diagnostic, lang: Lang) -> String {
    let word = match finding.severity {
        Severity::Error => error_word(lang),
        _ => warning_word(lang),
    };
    format!("{word}{}", finding.line(lang))
}

/// What was probably meant as a rename and is none.
fn not_renamed(plan: &Plan) -> Vec<Text> {
    let pairs = plan.not_renamed.iter();
    let line = |pair: &Renamed| reload::not_renamed(pair.from.as_str(), pair.to.as_str());
    pairs.map(line).collect()
}

/// What is in hand, a line each.
fn live(plan: &Plan) -> Option<Vec<Text>> {
    let live = plan.live.as_ref()?;
    let mut lines = Vec::new();
    for job in &live.jobs {
        let id = job.id.as_str();
        if !job.running.is_empty() {
            lines.push(words::live_running(id, job.running.len()));
        }
        if job.paused {
            lines.push(words::live_paused(id));
        }
    }
    if lines.is_empty() {
        lines.push(words::live_nothing());
    }
    Some(lines)
}
