//! The fields of the form, and how the text of each becomes a value and back.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::bot::{self, BOTS};
use crate::field::{Field, Kind};
use crate::rewrite::write::render;
use crate::schedule::{self, KINDS};
use crate::spec::yaml::reader;

/// Fields of every job that come before those of its bot.
static FIRST: [Field; 4] = [
    Field::new("name", "name", Kind::Text),
    Field::new("description", "description", Kind::Text),
    Field::new("enabled", "enabled", Kind::Switch),
    Field::new("bot_type", "bot_type", Kind::Word),
];

/// Fields of every job that come after those of its bot: the schedule's type, then, after the
/// schedule's own, the rest.
static SCHEDULE_TYPE: Field = Field::new("schedule_type", "schedule_type", Kind::Word);
static LAST: [Field; 27] = [
    Field::new("tz", "timezone", Kind::Text),
    Field::new("max_instances", "max_instances", Kind::Number),
    Field::new("overlap", "overlap", Kind::Word),
    Field::new("misfire_grace_time", "misfire_grace_time", Kind::Number),
    Field::new("coalesce", "coalesce", Kind::Switch),
    Field::new("timeout", "timeout", Kind::NumberOrNull),
    Field::new("kill_grace", "kill_grace", Kind::Number),
    Field::new("max_attempts", "retry.max_attempts", Kind::Number),
    Field::new("backoff_secs", "retry.backoff_secs", Kind::Number),
    Field::new("backoff_factor", "retry.backoff_factor", Kind::Number),
    Field::new("max_backoff_secs", "retry.max_backoff_secs", Kind::Number),
    Field::new("on_exit", "retry.on_exit", Kind::Numbers),
    Field::new("on_interrupt", "on_interrupt", Kind::Word),
    Field::new("working_dir", "working_dir", Kind::Path),
    Field::new("env", "env", Kind::Yaml),
    Field::new("env_file", "env_file", Kind::Path),
    Field::new("user", "user", Kind::Text),
    Field::new("group", "group", Kind::Text),
    Field::new("umask", "umask", Kind::Text),
    Field::new("nice", "nice", Kind::Number),
    Field::new("memory_bytes", "limits.memory_bytes", Kind::Number),
    Field::new("cpu_secs", "limits.cpu_secs", Kind::Number),
    Field::new("open_files", "limits.open_files", Kind::Number),
    Field::new("processes", "limits.processes", Kind::Number),
    Field::new("file_bytes", "limits.file_bytes", Kind::Number),
    Field::new("labels", "labels", Kind::Yaml),
    Field::new("id", "", Kind::Text),
];

/// Every field, each once, in the order of the keys of a new file: those of every job, of every bot
/// and of every kind of schedule. A test holds them against the schema.
pub static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let bots = BOTS.iter().flat_map(|kind| kind.fields);
    let schedules = KINDS.iter().flat_map(|kind| kind.fields);
    let all = FIRST.iter().chain(bots).chain([&SCHEDULE_TYPE]);
    let mut fields: Vec<Field> = Vec::new();
    for field in all.chain(schedules).chain(&LAST) {
        if fields.iter().all(|known| known.name != field.name) {
            fields.push(*field);
        }
    }
    fields
});

/// The fields of a job of these types, in the order of the keys of a new file.
pub fn fields_of(bot_type: &str, schedule_type: &str) -> impl Iterator<Item = &'static Field> {
    let of_bot = bot::kind(bot_type).map_or(&[][..], |kind| kind.fields);
    let of_schedule = schedule::kind(schedule_type).map_or(&[][..], |kind| kind.fields);
    let fields = FIRST.iter().chain(of_bot).chain([&SCHEDULE_TYPE]);
    fields.chain(of_schedule).chain(&LAST)
}

/// Why a field cannot be read at all; the form says it in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not a map.
    Yaml,
    /// It is not a time of day.
    Time,
    /// It is neither the name of a variable nor the path of a file.
    Secret,
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
        (Kind::Lines | Kind::Argv, Some(value)) => list(value, "\n"),
        (Kind::Texts, Some(value)) => list(value, "\n---\n"),
        (Kind::OneOf, Some(value)) => {
            let keys = value.as_object().into_iter().flat_map(Map::keys);
            keys.take(1).cloned().collect()
        }
        (Kind::Secret | Kind::Url, Some(value)) if value.is_object() => kept_at(value),
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
        Kind::Lines | Kind::Argv => Some(
            text.lines()
                .map(str::trim_end)
                .filter(|line| !line.is_empty())
                .collect(),
        ),
        Kind::Texts => Some(texts(text)),
        Kind::Secret => Some(secret(trimmed).ok_or(Unreadable::Secret)?),
        Kind::Url => Some(secret(trimmed).unwrap_or_else(|| trimmed.into())),
        Kind::Yaml => {
            let root = reader::parse(text.as_bytes());
            let map = root
                .root
                .filter(|_| root.faults.is_empty())
                .map(|root| root.to_json());
            Some(map.filter(Value::is_object).ok_or(Unreadable::Yaml)?)
        }
        Kind::Text if text.contains('\n') => Some(text.into()),
        Kind::Text | Kind::Word | Kind::Words | Kind::Path => Some(trimmed.into()),
        Kind::Contacts | Kind::Pages => Some(trimmed.into()),
        Kind::Time | Kind::OneOf => None,
    })
}

/// Texts parted by lines of three hyphens, without blank lines around them.
fn texts(text: &str) -> Value {
    let mut all = vec![String::new()];
    for line in text.lines() {
        match (line.trim() == "---", all.last_mut()) {
            (false, Some(last)) => *last += &format!("{}\n", line.trim_end()),
            _ => all.push(String::new()),
        }
    }
    let all = all.iter().map(|text| text.trim_matches('\n'));
    all.filter(|text| !text.is_empty()).collect()
}

/// Where a value is kept, as its field has it: names in capitals and paths that show that they are
/// paths stand for themselves.
fn kept_at(value: &Value) -> String {
    let text = |key: &str| value[key].as_str();
    match (text("from_env"), text("from_file")) {
        (Some(name), _) if is_variable(name) => name.to_owned(),
        (Some(name), _) => format!("env:{name}"),
        (None, Some(path)) if is_path(path) => path.to_owned(),
        (None, Some(path)) => format!("file:{path}"),
        (None, None) => String::new(),
    }
}

/// The reverse of [`kept_at`]; nothing for a text that may be the secret itself.
fn secret(text: &str) -> Option<Value> {
    let named = |key: &str, text: &str| (!text.is_empty()).then(|| json!({key: text}));
    match text.split_once(':') {
        Some(("env", name)) => named("from_env", name),
        Some(("file", path)) => named("from_file", path),
        _ if is_variable(text) => named("from_env", text),
        _ if is_path(text) => named("from_file", text),
        _ => None,
    }
}

fn is_variable(text: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    text.bytes().all(is_fine) && !text.starts_with(|first: char| first.is_ascii_digit())
}

fn is_path(text: &str) -> bool {
    ["/", "./", "../"].iter().any(|lead| text.starts_with(lead))
}
