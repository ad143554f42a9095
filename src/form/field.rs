//! `Field`: one field of the form, its key in the file, and how its text becomes a value and back.

use serde_json::Value;

use crate::rewrite::write::render;
use crate::spec::yaml::reader;

/// How the text of a field becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text; empty is none.
    Text,
    /// One of a few words; empty is none.
    Word,
    /// A number; empty is none, and anything else is left for the validator to refuse.
    Number,
    /// A number; empty is `null`.
    NumberOrNull,
    /// A switch.
    Switch,
    /// A list, one entry a line.
    Lines,
    /// A list of numbers with commas.
    Numbers,
    /// A map, as YAML.
    Yaml,
    /// "08:00": the keys `hour` and `minute`.
    Time,
    /// Several words with commas.
    Words,
}

/// A field: its name in the form, its key in the file, and for which `bot_type` or `schedule_type` it counts.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name in the form.
    pub name: &'static str,
    /// Dotted key in the file.
    pub key: &'static str,
    /// How its text becomes a value.
    pub kind: Kind,
    /// Types that have it; none for every job.
    pub of: &'static [&'static str],
}

const fn field(
    name: &'static str,
    key: &'static str,
    kind: Kind,
    of: &'static [&'static str],
) -> Field {
    Field {
        name,
        key,
        kind,
        of,
    }
}

const BOTH: &[&str] = &["birthday", "visitor"];
const BIRTHDAY: &[&str] = &["birthday"];
const COMMAND: &[&str] = &["command"];

/// Every field. A test holds them against the schema.
pub const FIELDS: [Field; 51] = [
    field("name", "name", Kind::Text, &[]),
    field("description", "description", Kind::Text, &[]),
    field("enabled", "enabled", Kind::Switch, &[]),
    field("bot_type", "bot_type", Kind::Word, &[]),
    field("dry_run", "bot_config.dry_run", Kind::Switch, BOTH),
    field(
        "process_late",
        "bot_config.process_late",
        Kind::Switch,
        BIRTHDAY,
    ),
    field(
        "max_days_late",
        "bot_config.max_days_late",
        Kind::Number,
        BIRTHDAY,
    ),
    field(
        "max_messages_per_run",
        "bot_config.max_messages_per_run",
        Kind::NumberOrNull,
        BIRTHDAY,
    ),
    field(
        "daily_limit",
        "bot_config.daily_limit",
        Kind::NumberOrNull,
        BIRTHDAY,
    ),
    field(
        "weekly_limit",
        "bot_config.weekly_limit",
        Kind::NumberOrNull,
        BIRTHDAY,
    ),
    field("limit", "bot_config.limit", Kind::Number, &["visitor"]),
    field("argv", "bot_config.command", Kind::Lines, COMMAND),
    field("shell", "bot_config.shell", Kind::Text, COMMAND),
    field("stdin", "bot_config.stdin", Kind::Text, COMMAND),
    field("more", "bot_config", Kind::Yaml, BOTH),
    field("schedule_type", "schedule_type", Kind::Word, &[]),
    field(
        "day",
        "schedule_config.day_of_week",
        Kind::Words,
        &["weekly"],
    ),
    field(
        "at",
        "schedule_config.hour",
        Kind::Time,
        &["daily", "weekly"],
    ),
    field(
        "hours",
        "schedule_config.hours",
        Kind::Number,
        &["interval"],
    ),
    field(
        "minutes",
        "schedule_config.minutes",
        Kind::Number,
        &["interval"],
    ),
    field(
        "seconds",
        "schedule_config.seconds",
        Kind::Number,
        &["interval"],
    ),
    field(
        "anchor",
        "schedule_config.anchor",
        Kind::Text,
        &["interval"],
    ),
    field(
        "cron",
        "schedule_config.cron_expression",
        Kind::Text,
        &["cron"],
    ),
    field(
        "cron_seconds",
        "schedule_config.seconds",
        Kind::Switch,
        &["cron"],
    ),
    field("tz", "timezone", Kind::Text, &[]),
    field("max_instances", "max_instances", Kind::Number, &[]),
    field("overlap", "overlap", Kind::Word, &[]),
    field(
        "misfire_grace_time",
        "misfire_grace_time",
        Kind::Number,
        &[],
    ),
    field("coalesce", "coalesce", Kind::Switch, &[]),
    field("timeout", "timeout", Kind::NumberOrNull, &[]),
    field("kill_grace", "kill_grace", Kind::Number, &[]),
    field("max_attempts", "retry.max_attempts", Kind::Number, &[]),
    field("backoff_secs", "retry.backoff_secs", Kind::Number, &[]),
    field("backoff_factor", "retry.backoff_factor", Kind::Number, &[]),
    field(
        "max_backoff_secs",
        "retry.max_backoff_secs",
        Kind::Number,
        &[],
    ),
    field("on_exit", "retry.on_exit", Kind::Numbers, &[]),
    field("on_interrupt", "on_interrupt", Kind::Word, &[]),
    field("working_dir", "working_dir", Kind::Text, &[]),
    field("env", "env", Kind::Yaml, &[]),
    field("env_file", "env_file", Kind::Text, &[]),
    field("user", "user", Kind::Text, &[]),
    field("group", "group", Kind::Text, &[]),
    field("umask", "umask", Kind::Text, &[]),
    field("nice", "nice", Kind::Number, &[]),
    field("memory_bytes", "limits.memory_bytes", Kind::Number, &[]),
    field("cpu_secs", "limits.cpu_secs", Kind::Number, &[]),
    field("open_files", "limits.open_files", Kind::Number, &[]),
    field("processes", "limits.processes", Kind::Number, &[]),
    field("file_bytes", "limits.file_bytes", Kind::Number, &[]),
    field("labels", "labels", Kind::Yaml, &[]),
    field("id", "", Kind::Text, &[]),
];

/// Why a field cannot be read at all; the form says it in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no map.
    Yaml,
    /// It is no time of day.
    Time,
}

/// The time of day of a schedule as its field has it; empty where it has none.
pub fn time_of(config: &Value) -> String {
    let part = |key: &str| config[key].as_u64();
    match (part("hour"), part("minute")) {
        (Some(hour), minute) => format!("{hour:02}:{:02}", minute.unwrap_or(0)),
        _ => String::new(),
    }
}

/// "08:05" as hour and minute.
pub fn time(text: &str) -> Option<(u64, u64)> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |text: &str, max: u64| {
        let is_short =
            (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|n| is_short && *n <= max)
    };
    Some((number(hour, 23)?, number(minute, 59)?))
}

/// A value as its field has it.
pub fn text_of(kind: Kind, value: Option<&Value>) -> String {
    let word = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let list = |value: &Value, between| {
        let items = value.as_array().into_iter().flatten();
        items.map(word).collect::<Vec<_>>().join(between)
    };
    match (kind, value) {
        (_, None | Some(Value::Null)) => String::new(),
        (Kind::Switch, Some(value)) => if *value == true { "on" } else { "" }.to_owned(),
        (Kind::Lines, Some(value)) => list(value, "\n"),
        (Kind::Numbers, Some(value)) => list(value, ", "),
        (Kind::Yaml, Some(value)) => value.as_object().map_or_else(String::new, render),
        (Kind::Words, Some(value)) => days(&word(value)),
        (_, Some(value)) => word(value),
    }
}

/// A list of days with its ranges written out, as the form's boxes have them.
pub fn days(text: &str) -> String {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let place = |name: &str| {
        names
            .iter()
            .position(|known| *known == name.trim().to_lowercase())
    };
    let mut chosen = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (Some(mut at), Some(last)) = (place(first), place(last)) else {
            continue;
        };
        chosen[at] = true;
        while at != last {
            at = (at + 1) % 7;
            chosen[at] = true;
        }
    }
    let kept = names.iter().zip(chosen).filter(|(_, is_in)| *is_in);
    kept.map(|(name, _)| *name).collect::<Vec<_>>().join(",")
}

fn number(text: &str) -> Value {
    let text = text.trim();
    let whole = text.parse::<i64>().map(Value::from);
    let broken = || {
        text.parse::<f64>()
            .ok()
            .and_then(|n| serde_json::Number::from_f64(n).map(Value::from))
    };
    whole.ok().or_else(broken).unwrap_or_else(|| text.into())
}

/// What the text of a field says; `None` says nothing.
///
/// # Errors
/// [`Unreadable`]
pub fn value_of(kind: Kind, text: &str) -> Result<Option<Value>, Unreadable> {
    let trimmed = text.trim();
    Ok(match kind {
        Kind::Switch => Some((!text.is_empty()).into()),
        Kind::NumberOrNull if trimmed.is_empty() => Some(Value::Null),
        Kind::Numbers => Some(
            trimmed
                .split(',')
                .filter(|part| !part.trim().is_empty())
                .map(number)
                .collect(),
        ),
        _ if trimmed.is_empty() => None,
        Kind::Number | Kind::NumberOrNull => Some(number(text)),
        Kind::Lines => Some(
            text.lines()
                .map(str::trim_end)
                .filter(|line| !line.is_empty())
                .collect(),
        ),
        Kind::Yaml => {
            let root = reader::parse(text.as_bytes());
            let map = root
                .root
                .filter(|_| root.faults.is_empty())
                .map(|root| root.to_json());
            Some(map.filter(Value::is_object).ok_or(Unreadable::Yaml)?)
        }
        Kind::Text if text.contains('\n') => Some(text.into()),
        Kind::Text | Kind::Word | Kind::Words => Some(trimmed.into()),
        Kind::Time => None,
    })
}
