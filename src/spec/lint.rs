//! Warnings: what is legal and has no effect, or is probably not meant. Notes: what is left implicit.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::diagnostic::Span;
use crate::model::job::{Job, JobId};
use crate::schedule::civil::Civil;
use crate::schedule::dst;
use crate::schedule::{Rule, Schedule};
use crate::spec::tree::{Fault, Kind, Node};
use crate::time::{SignedDuration, Timestamp};

/// More jobs than this at one time of day are a crowd.
const CROWD_MIN: usize = 30;
/// Clock changes of these years are looked at; zone rules repeat.
const CHANGES_FROM: &str = "2026-01-01T00:00:00Z";
const CHANGES_DAYS: i64 = 2 * 366;

/// Warnings about a file that gave a job.
pub fn warnings(root: &Node, job: &Job) -> Vec<Fault> {
    let mut found = Vec::new();
    found.extend(without_effect(root));
    if let Rule::Cron(cron) = job.schedule.rule() {
        let (key, span) = place(root, &["schedule_config", "cron_expression"]);
        let fields: Vec<&str> = cron.text().split_whitespace().collect();
        let at = |code, message: String, help: &str| fault(span, code, &key, message, help);
        found.extend(days(&fields).map(|(code, message, help)| at(code, message, help)));
        found.extend(steps(&fields).map(|(message, help)| at("large-step", message, &help)));
    }
    found.extend(clock_change(root, &job.schedule, &job.timezone));
    found
}

/// Notes about a file that gave a job: shown only on request.
pub fn notes(root: &Node, job: &Job) -> Vec<Fault> {
    let follows_zone = matches!(
        job.schedule.rule(),
        Rule::Daily(_) | Rule::Weekly(_) | Rule::Cron(_)
    );
    if !follows_zone || root.get("timezone").is_some() {
        return Vec::new();
    }
    let (_, span) = place(root, &["schedule_type"]);
    let message = format!("no `timezone` is set: times are in {}", job.timezone);
    let help =
        "write it, so that the next reader need not know the default: timezone: Europe/Paris";
    vec![fault(span, "implicit-timezone", "timezone", message, help)]
}

/// Jobs that crowd at one time of day: the first job of each crowd, and how many there are.
pub fn crowds<'a>(jobs: impl Iterator<Item = &'a Job>) -> Vec<(JobId, String)> {
    let mut at: BTreeMap<(&str, u64, u64), Vec<&JobId>> = BTreeMap::new();
    for job in jobs.filter(|job| job.enabled) {
        if let Some(civil) = fixed(&job.schedule)
            && civil.hours.count_ones() == 1
            && civil.minutes.count_ones() == 1
        {
            at.entry((&job.timezone, civil.hours, civil.minutes))
                .or_default()
                .push(&job.id);
        }
    }
    let crowds = at.into_iter().filter(|(_, ids)| ids.len() > CROWD_MIN);
    let words = |(zone, hours, minutes): (&str, u64, u64), count| {
        let (hour, minute) = (hours.trailing_zeros(), minutes.trailing_zeros());
        format!("{count} jobs are due at {hour:02}:{minute:02} {zone}")
    };
    crowds
        .map(|(key, ids)| (ids[0].clone(), words(key, ids.len())))
        .collect()
}

/// The finding about a crowd, in the file of its first job.
pub fn crowd(message: String) -> Fault {
    let help = "spread them over some minutes, or lower max_instances of what they share";
    fault(
        Span::START,
        "crowded-minute",
        "schedule_config",
        message,
        help,
    )
}

fn without_effect(root: &Node) -> Option<Fault> {
    let is_birthday = root.at("/bot_type")?.to_json() == "birthday";
    let (key, _) = root.get("bot_config")?.1.get("max_days_late")?;
    let process = root.at("/bot_config/process_late").map(Node::to_json);
    if !is_birthday || process == Some(Value::Bool(true)) {
        return None;
    }
    let message = "`max_days_late` has no effect while `process_late` is false".to_owned();
    let help = "remove this line, or set process_late: true";
    Some(fault(
        key.span,
        "no-effect",
        "bot_config.max_days_late",
        message,
        help,
    ))
}

/// Day of month and day of week both restricted (rule 10).
fn days(fields: &[&str]) -> Option<(&'static str, String, &'static str)> {
    let [.., of_month, _, of_week] = fields else {
        return None;
    };
    let is_open = |field: &str| field == "*" || field == "?";
    if is_open(of_month) || is_open(of_week) {
        return None;
    }
    let starred = [of_month, of_week]
        .into_iter()
        .find(|field| field.starts_with('*'));
    Some(match starred {
        Some(step) => (
            "star-step-day",
            format!(
                "`{step}` begins with `*`, so both day fields must match; some programs let one be enough"
            ),
            "list the days: 1-31/2 lets one be enough, or leave the other field `*`",
        ),
        None => (
            "either-day",
            format!("day of month `{of_month}` and day of week `{of_week}`: one match is enough"),
            "if both were meant to match, test one in the program; if one is enough, nothing is wrong",
        ),
    })
}

fn steps(fields: &[&str]) -> Option<(String, String)> {
    const SIZES: [(&str, u64); 6] = [
        ("second", 60),
        ("minute", 60),
        ("hour", 24),
        ("day of month", 31),
        ("month", 12),
        ("day of week", 7),
    ];
    let named = SIZES.iter().skip(6 - fields.len().min(6)).zip(fields);
    named
        .flat_map(|(size, field)| field.split(',').map(move |item| (size, item)))
        .find_map(|((name, size), item)| {
            let step: u64 = item.split_once('/')?.1.parse().ok()?;
            (step >= *size).then(|| {
                let first = item.split(['/', '-']).next().unwrap_or("*");
                let value = if first == "*" {
                    "the lowest value"
                } else {
                    first
                };
                (
                    format!(
                        "{name}: the step {step} is larger than the field: only {value} matches"
                    ),
                    "write that value alone".to_owned(),
                )
            })
        })
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
    };
    let mut words = Vec::new();
    if let Some(skipped) = hit(true) {
        let (day, first) = (local(skipped.at, "%Y-%m-%d"), local(skipped.at, "%H:%M"));
        words.push(format!("does not exist on {day} (it runs at {first})"));
    }
    if let Some(repeated) = hit(false) {
        let day = local(repeated.at, "%Y-%m-%d");
        words.push(format!(
            "happens twice on {day} (it runs once, the first time)"
        ));
    }
    if words.is_empty() {
        return None;
    }
    let (key, span) = place(root, &["schedule_config"]);
    let message = format!(
        "a clock change of {zone_name} hits this time: it {}",
        words.join(", and ")
    );
    let help =
        "nothing is lost or doubled; choose another hour, or timezone: UTC, to be out of its way";
    Some(fault(span, "clock-change", &key, message, help))
}

fn fixed(schedule: &Schedule) -> Option<Civil> {
    schedule.civil().filter(|civil| civil.is_fixed)
}

/// The key and span of the value that these keys lead to, or of the deepest one that is there.
fn place(root: &Node, keys: &[&str]) -> (String, Span) {
    let (mut node, mut span, mut path) = (root, Span::START, Vec::new());
    for key in keys {
        let Some((found, value)) = node.get(key) else {
            break;
        };
        span = if matches!(value.kind, Kind::Map(_)) {
            found.span
        } else {
            value.span
        };
        path.push(*key);
        node = value;
    }
    (path.join("."), span)
}

fn fault(span: Span, code: &'static str, key: &str, message: String, help: &str) -> Fault {
    Fault {
        span,
        code,
        key: key.to_owned(),
        message,
        help: help.to_owned(),
        related: None,
    }
}
