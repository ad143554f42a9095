//! Warnings: what is legal and has no effect, or is probably not meant. Notes: what is left
//! implicit.

use std::sync::Arc;

use serde_json::Value;

use crate::bot::BOTS;
use crate::model::diagnostic::Span;
use crate::model::job::Job;
use crate::model::program::SELF;
use crate::schedule::Schedule;
use crate::schedule::civil::Civil;
use crate::schedule::dst;
use crate::spec::rules::place::place;
use crate::spec::rules::{check, zone};
use crate::spec::types::config::Settings;
use crate::spec::yaml::tree::{Fault, Kind, Node};
use crate::text::{Words, findings, secret, token};
use crate::time::{self, SignedDuration, Timestamp, rfc3339};

/// More jobs than this at one time of day are a crowd.
const CROWD_MIN: usize = 30;
/// Clock changes of these years are looked at; zone rules repeat.
const CHANGES_FROM: &str = "2026-01-01T00:00:00Z";
const CHANGES_DAYS: i64 = 2 * 366;

/// Warnings about a file; the schedule and its zone's name where they can be told, whatever else is
/// wrong.
pub fn warnings(
    root: &Node,
    schedule: Option<(&Schedule, &str)>,
    settings: &Settings,
) -> Vec<Fault> {
    let mut found = Vec::new();
    of_bot(root, settings, &mut found);
    without_effect(root, &mut found);
    variables(root, &mut found);
    tokens(root, &mut found);
    of_schedule(root, schedule.is_some(), &mut found);
    found.extend(abbreviation(root));
    if let Some((schedule, zone)) = schedule {
        found.extend(clock_change(root, schedule, zone));
    }
    found
}

/// What the kind of the schedule says of its config.
fn of_schedule(root: &Node, is_read: bool, found: &mut Vec<Fault>) {
    let Some((kind, (_, config))) = check::schedule_kind(root).zip(root.get("schedule_config"))
    else {
        return;
    };
    for warning in (kind.warnings)(&config.to_json(), is_read) {
        let (key, span) = place(root, &["schedule_config", warning.key]);
        found.push(fault(span, &key, warning.words));
    }
}

/// A zone named by an abbreviation: legal, and rarely what is meant.
fn abbreviation(root: &Node) -> Option<Fault> {
    let (_, node) = root.get("timezone")?;
    let Kind::Scalar(Value::String(name), _) = &node.kind else {
        return None;
    };
    let near = zone::place_of(name).filter(|_| zone::of(name).is_some())?;
    let words = findings::zones::zone_abbreviation(name, near);
    Some(fault(node.span, "timezone", words))
}

/// Notes about a file: shown only on request.
pub fn notes(root: &Node, zone: &str) -> Vec<Fault> {
    let follows_zone = check::schedule_kind(root).is_some_and(|kind| kind.follows_zone);
    if !follows_zone {
        return Vec::new();
    }
    let is_written = root.get("timezone").is_some();
    let key = if is_written {
        "timezone"
    } else {
        "schedule_type"
    };
    let (_, span) = place(root, &[key]);
    let note = |words| fault(span, "timezone", words);
    let implicit = (!is_written).then(|| note(findings::zones::implicit_timezone(zone)));
    let differs = time::zone_differs_from(zone);
    let differs = differs.map(|from| note(findings::zones::zone_data(zone, &rfc3339(from))));
    implicit.into_iter().chain(differs).collect()
}

/// Keys that a built-in bot needs to do anything, and that neither the file nor `jobsd.yaml` has.
pub fn bot_sources(root: &Node, job: &Job, missing: &[&str]) -> Vec<Fault> {
    // A program of the user's own may need none of them.
    if job.program.name() != SELF {
        return Vec::new();
    }
    let (_, span) = match root.get("bot_config") {
        Some(_) => place(root, &["bot_config"]),
        None => place(root, &["bot_type"]),
    };
    let warning = |key: &&str| {
        let words = findings::bots::bot_source(key, job.bot.name);
        fault(span, &format!("bot_config.{key}"), words)
    };
    missing.iter().map(warning).collect()
}

/// The program of a `command` job, when the file names one.
pub fn program(root: &Node) -> Option<&str> {
    let (_, kind) = root.get("bot_type")?;
    BOTS.iter()
        .find(|own| own.is_command && kind.is_text(own.name))?;
    match &root.at("/bot_config/command/0")?.kind {
        Kind::Scalar(Value::String(text), _) if !text.trim().is_empty() && !text.contains('\0') => {
            Some(text)
        }
        _ => None,
    }
}

/// Zone, hour, minute.
pub type TimeOfDay = (Arc<str>, u32, u32);

/// The one time of day of a fixed daily job, for counting crowds.
pub fn time_of_day(job: &Job) -> Option<TimeOfDay> {
    let civil = fixed(&job.schedule).filter(|_| job.enabled)?;
    let is_one = civil.hours.count_ones() == 1 && civil.minutes.count_ones() == 1;
    let (hour, minute) = (civil.hours.trailing_zeros(), civil.minutes.trailing_zeros());
    is_one.then(|| (job.timezone.clone(), hour, minute))
}

/// The warning about this many jobs at one time of day, when they are a crowd.
pub fn crowd((zone, hour, minute): &TimeOfDay, count: usize) -> Option<Words> {
    let time = format!("{hour:02}:{minute:02}");
    (count > CROWD_MIN).then(|| findings::schedule::crowded_minute(count, &time, zone))
}

/// Limits of which the first is never reached beside the second.
const OUTDONE: [(&str, &str, &str); 4] = [
    ("bot_config", "max_messages_per_run", "daily_limit"),
    ("bot_config", "max_messages_per_run", "weekly_limit"),
    ("bot_config", "daily_limit", "weekly_limit"),
    ("retry", "backoff_secs", "max_backoff_secs"),
];

/// Keys that change nothing beside the others of the file.
fn without_effect(root: &Node, found: &mut Vec<Fault>) {
    for (map, key, other) in OUTDONE {
        let Some((_, entries)) = root.get(map) else {
            continue;
        };
        let pair = entries.get(key).zip(entries.get(other));
        let Some(((place, own), (_, bound))) = pair else {
            continue;
        };
        let is_told = found.iter().any(|fault| fault.span == place.span);
        if let Some((own, bound)) = number(own).zip(number(bound))
            && own > bound
            && !is_told
        {
            let words = findings::keys::outdone(key, own, other, bound);
            found.push(fault(place.span, &format!("{map}.{key}"), words));
        }
    }
    let Some((_, retry)) = root.get("retry") else {
        return;
    };
    let attempts = retry.get("max_attempts");
    if attempts.is_some_and(|(_, node)| number(node) != Some(1)) {
        return;
    }
    for key in [
        "backoff_secs",
        "backoff_factor",
        "max_backoff_secs",
        "on_exit",
    ] {
        if let Some((place, _)) = retry.get(key) {
            let words = findings::keys::no_retry(key);
            found.push(fault(place.span, &format!("retry.{key}"), words));
        }
    }
}

fn number(node: &Node) -> Option<u64> {
    match &node.kind {
        Kind::Scalar(Value::Number(number), _) => number.as_u64(),
        _ => None,
    }
}

/// What has no effect in a bot's config. Where the file names no bot, nothing of a bot has any.
fn of_bot(root: &Node, settings: &Settings, found: &mut Vec<Fault>) {
    let Some(((_, kind), (_, config))) = root.get("bot_type").zip(root.get("bot_config")) else {
        return;
    };
    let own = BOTS.iter().find(|own| kind.is_text(own.name));
    let Some(own) = own else { return };
    let defaults = settings.bot_defaults.get(own.name).cloned();
    let defaults = Value::Object(defaults.unwrap_or_default());
    let faults = (own.warnings)(&config.to_json(), &defaults);
    found.extend(
        faults
            .into_iter()
            .map(|fault| check::placed(config, "bot_config", fault)),
    );
}

/// Variables whose name promises a secret and whose value is in the file, and those that jobsd
/// sets itself.
fn variables(root: &Node, found: &mut Vec<Fault>) {
    let Some((_, env)) = root.get("env") else {
        return;
    };
    let Kind::Map(entries) = &env.kind else {
        return;
    };
    for (key, node) in entries {
        let name = key.text.as_str();
        let looks = |text: &str| text.len() >= 8 && !text.starts_with('/');
        let path = || format!("env.{name}");
        if secret::is_promised(name)
            && matches!(&node.kind, Kind::Scalar(Value::String(text), _) if looks(text))
        {
            found.push(fault(
                node.span,
                &path(),
                findings::environment::clear_secret(name),
            ));
        }
        if name.starts_with("JOBSD_") {
            found.push(fault(
                key.span,
                &path(),
                findings::environment::own_variable(name),
            ));
        }
    }
}

/// Texts that have the form of a secret, whatever name they are under.
fn tokens(root: &Node, found: &mut Vec<Fault>) {
    let mut any = false;
    root.look(&mut |text, _| any |= !token::tokens(text).is_empty());
    if !any {
        return;
    }
    root.walk("", &mut |path, node| {
        let Kind::Scalar(Value::String(text), _) = &node.kind else {
            return;
        };
        let is_told = found.iter().any(|fault| fault.span == node.span);
        let first = token::tokens(text).into_iter().next().filter(|_| !is_told);
        if let Some(token) = first {
            // Of a text over several lines only the first is quoted, for it shows the form alone.
            let mut span = node.span;
            if span.end_line > span.line {
                (span.end_line, span.end_column) = (span.line, span.column + 1);
            }
            found.push(fault(
                span,
                path,
                findings::environment::clear_token(path, &token.what),
            ));
        }
    });
}

/// A fixed time that a clock change of its zone skips or repeats.
fn clock_change(root: &Node, schedule: &Schedule, zone_name: &str) -> Option<Fault> {
    let civil = fixed(schedule)?;
    let from: Timestamp = CHANGES_FROM.parse().ok()?;
    let until = from
        .checked_add(SignedDuration::from_hours(24 * CHANGES_DAYS))
        .ok()?;
    let changes = dst::changes(Some(&civil), schedule.zone(), from, until);
    let local = |at: Timestamp, form: &str| {
        at.to_zoned_datetime(schedule.zone().clone())
            .strftime(form)
            .to_string()
    };
    let hit = |forward: bool| {
        changes
            .iter()
            .find(|c| c.named > 0 && (c.shift_secs > 0) == forward)
            .map(|c| c.at)
    };
    let skipped = hit(true).map(|at| (local(at, "%Y-%m-%d"), local(at, "%H:%M")));
    let repeated = hit(false).map(|at| local(at, "%Y-%m-%d"));
    if skipped.is_none() && repeated.is_none() {
        return None;
    }
    let (key, span) = place(root, &["schedule_config"]);
    Some(fault(
        span,
        &key,
        findings::zones::clock_change(zone_name, skipped, repeated),
    ))
}

fn fixed(schedule: &Schedule) -> Option<Civil> {
    schedule.civil().filter(|civil| civil.is_fixed)
}

fn fault(span: Span, key: &str, words: Words) -> Fault {
    Fault {
        span,
        key: key.to_owned(),
        words,
        related: None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::spec::SourceFile;
    use crate::spec::jobs::loader::load;
    use crate::spec::types::config::Settings;

    /// `max_days_late` has an effect where only the settings say `process_late`.
    #[test]
    fn late_days_work_with_late_birthdays_in_settings() {
        let file = SourceFile {
            path: "jobs.d/b.yaml".to_owned(),
            bytes: b"name: b\nbot_type: birthday\nbot_config: {max_days_late: 3}\nschedule_type: \
                manual\n"
                .to_vec(),
        };
        let codes = |settings: &Settings| -> Vec<&str> {
            let found = load(std::slice::from_ref(&file), settings).diagnostics;
            let codes = found.iter().map(|finding| finding.code);
            codes.filter(|code| *code == "no-effect").collect()
        };
        let mut settings = Settings::default();
        assert_eq!(codes(&settings), ["no-effect"]);
        let defaults = json!({"process_late": true});
        let map = defaults.as_object().cloned().unwrap_or_default();
        settings.bot_defaults.insert("birthday".to_owned(), map);
        assert!(codes(&settings).is_empty());
    }
}
