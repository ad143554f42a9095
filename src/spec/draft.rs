//! A job as a form holds it: fields to the keys of a file and back. Only what differs from the defaults is written.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::spec::bots::{BirthdaySpec, VisitorSpec};
use crate::spec::config::Settings;
use crate::spec::file::JobSpec;
use crate::spec::tree;

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

/// What a form holds, as text.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    values: BTreeMap<&'static str, String>,
}

/// Why a field cannot be read at all; the form says it in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no map.
    Yaml,
    /// It is no time of day.
    Time,
}

impl Draft {
    /// The defaults of a new job.
    pub fn new(settings: &Settings, timezone: &str) -> Draft {
        let mut draft = Draft::of_file(&json!({}), settings);
        for (name, value) in [
            ("bot_type", "birthday"),
            ("schedule_type", "daily"),
            ("at", "08:00"),
            ("day", "mon"),
            ("hours", "2"),
            ("cron", "0 8 * * 1-5"),
        ] {
            draft.values.insert(name, value.to_owned());
        }
        if !settings.defaults.contains_key("timezone") {
            draft.values.insert("tz", timezone.to_owned());
        }
        draft
    }

    /// What a file holds, with the defaults where it is silent.
    pub fn of_file(file: &Value, settings: &Settings) -> Draft {
        let mut draft = Draft::default();
        for field in FIELDS.iter().filter(|field| field.name != "id") {
            let value = match field.kind {
                Kind::Time => time_of(&file["schedule_config"]),
                Kind::Yaml if field.name == "more" => {
                    let rest = rest_of(&file["bot_config"]);
                    if rest.is_empty() {
                        String::new()
                    } else {
                        render(&rest)
                    }
                }
                _ => {
                    let written = at(file, field.key).cloned();
                    let value = written.or_else(|| default_of(field, settings));
                    text_of(field.kind, value.as_ref())
                }
            };
            draft.values.insert(field.name, value);
        }
        draft
    }

    /// Takes what a form sent over what is there; a switch that was not sent is off where the whole form was sent.
    pub fn take(&mut self, pairs: &[(String, String)]) {
        let is_whole = pairs.iter().any(|(name, _)| name == "form");
        for field in &FIELDS {
            let sent: Vec<&str> = pairs
                .iter()
                .filter(|(name, _)| name == field.name)
                .map(|(_, value)| value.as_str())
                .collect();
            let value = match (field.kind, sent.last()) {
                (Kind::Switch, Some(value)) => if *value == "off" { "" } else { "on" }.to_owned(),
                (Kind::Switch, None) if is_whole => String::new(),
                (Kind::Words, None) if is_whole => String::new(),
                (Kind::Words, Some(_)) => sent.join(","),
                (_, Some(value)) => value.replace("\r\n", "\n"),
                (_, None) => continue,
            };
            self.values.insert(field.name, value);
        }
    }

    /// The text of a field.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// Whether a field counts for this bot type and schedule type.
    fn counts(&self, field: &Field) -> bool {
        let types = [self.value("bot_type"), self.value("schedule_type")];
        !field.key.is_empty()
            && (field.of.is_empty() || types.iter().any(|kind| field.of.contains(kind)))
    }

    /// The keys of the file: those of `file` that have no field, and of the fields what differs from the defaults or
    /// stands in the file already.
    pub fn keys(
        &self,
        file: &Value,
        settings: &Settings,
    ) -> (Map<String, Value>, Vec<(&'static str, Unreadable)>) {
        let (mut keys, mut bad) = (self.base(file), Vec::new());
        let before = Value::Object(keys.clone());
        for field in FIELDS.iter().filter(|field| self.counts(field)) {
            let text = self.value(field.name);
            if field.kind == Kind::Time {
                match time(text) {
                    Some((hour, minute)) => {
                        set(&mut keys, "schedule_config.hour", Some(hour.into()));
                        let is_written = before["schedule_config"]["minute"] == 0;
                        let minute = (minute != 0 || is_written).then(|| minute.into());
                        set(&mut keys, "schedule_config.minute", minute);
                    }
                    None => bad.push((field.name, Unreadable::Time)),
                }
                continue;
            }
            let Ok(value) = value_of(field.kind, text) else {
                bad.push((field.name, Unreadable::Yaml));
                continue;
            };
            if field.name == "more" {
                let more = value
                    .as_ref()
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten();
                for (key, value) in more {
                    set(&mut keys, &format!("bot_config.{key}"), Some(value.clone()));
                }
                continue;
            }
            let written = at(&before, field.key);
            let value = match (field.kind, written.and_then(Value::as_str)) {
                // The same days in other words: `mon-fri` stays as the file has it.
                (Kind::Words, Some(words)) if value == Some(days(words).into()) => {
                    Some(words.into())
                }
                _ => value,
            };
            let is_default = same(value.as_ref(), default_of(field, settings).as_ref());
            let is_kept = written.is_some() && same(value.as_ref(), written);
            set(
                &mut keys,
                field.key,
                value.filter(|_| !is_default || is_kept),
            );
        }
        keys.retain(|_, value| value.as_object().is_none_or(|map| !map.is_empty()));
        (keys, bad)
    }

    /// The keys of the file that the fields begin from: without the settings of another type, and without those of the
    /// bot that the field for other keys holds.
    fn base(&self, file: &Value) -> Map<String, Value> {
        let mut keys = file.as_object().cloned().unwrap_or_default();
        for (kind, config) in [
            ("bot_type", "bot_config"),
            ("schedule_type", "schedule_config"),
        ] {
            if file[kind].as_str() != Some(self.value(kind)) {
                keys.remove(config);
            }
        }
        if self.value("bot_type") != "command" {
            let rest = rest_of(&file["bot_config"]);
            if let Some(config) = keys.get_mut("bot_config").and_then(Value::as_object_mut) {
                config.retain(|key, _| !rest.contains_key(key));
            }
        }
        keys
    }

    /// The field of a finding's key.
    pub fn field_of(&self, key: &str) -> Option<&'static str> {
        let key = match key {
            "schedule_config.minute" => "schedule_config.hour",
            key => key,
        };
        let counting = FIELDS.iter().filter(|field| self.counts(field));
        let holds = |field: &&Field| {
            let rest = key.strip_prefix(field.key);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        counting
            .filter(holds)
            .max_by_key(|field| field.key.len())
            .map(|field| field.name)
    }
}

/// The keys of `bot_config` that have no field of their own.
fn rest_of(config: &Value) -> Map<String, Value> {
    let has_field = |key: &str| {
        FIELDS
            .iter()
            .any(|field| field.key.strip_prefix("bot_config.") == Some(key))
    };
    let map = config.as_object().into_iter().flatten();
    map.filter(|(key, _)| !has_field(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    one == other || number(one).is_some() && number(one) == number(other)
}

fn at<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    key.split('.')
        .try_fold(value, |value, part| value.get(part))
}

fn set(keys: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    match key.split_once('.') {
        None => match value {
            Some(value) => drop(keys.insert(key.to_owned(), value)),
            None => drop(keys.shift_remove(key)),
        },
        Some((head, tail)) => {
            if value.is_none() && !keys.contains_key(head) {
                return;
            }
            let inner = keys.entry(head).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                set(inner, tail, value);
            }
        }
    }
}

/// What a field has where a file is silent; `None` where nothing stands for it.
fn default_of(field: &Field, settings: &Settings) -> Option<Value> {
    if let Some(value) = at(&Value::Object(settings.defaults.clone()), field.key) {
        return Some(value.clone());
    }
    let bare = json!({"name": "x", "bot_type": "command", "schedule_type": "manual"});
    let (head, tail) = field.key.split_once('.').unwrap_or((field.key, ""));
    let value = match (head, tail) {
        ("name" | "bot_type" | "schedule_type", _) => return None,
        ("bot_config", tail) if field.of == ["visitor"] => {
            json!(VisitorSpec::default())[tail].clone()
        }
        ("bot_config", tail) => json!(BirthdaySpec::default())[tail].clone(),
        ("schedule_config", "hours" | "minutes") => 0.into(),
        ("schedule_config", "seconds") if field.kind == Kind::Switch => false.into(),
        ("schedule_config", "seconds") => 0.into(),
        _ => {
            let spec = serde_json::from_value::<JobSpec>(bare).ok()?;
            at(&json!(spec), field.key)?.clone()
        }
    };
    (!value.is_null()).then_some(value)
}

fn time_of(config: &Value) -> String {
    let part = |key: &str| config[key].as_u64();
    match (part("hour"), part("minute")) {
        (Some(hour), minute) => format!("{hour:02}:{:02}", minute.unwrap_or(0)),
        _ => String::new(),
    }
}

/// "08:05" as hour and minute.
fn time(text: &str) -> Option<(u64, u64)> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |text: &str, max: u64| {
        let is_short =
            (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|n| is_short && *n <= max)
    };
    Some((number(hour, 23)?, number(minute, 59)?))
}

fn text_of(kind: Kind, value: Option<&Value>) -> String {
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
fn days(text: &str) -> String {
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

fn value_of(kind: Kind, text: &str) -> Result<Option<Value>, Unreadable> {
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
            let root = tree::parse(text.as_bytes());
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

/// Keys as the text of a file.
pub fn render(keys: &Map<String, Value>) -> String {
    let mut text = String::new();
    block(keys, 0, &mut text);
    text
}

fn block(keys: &Map<String, Value>, indent: usize, text: &mut String) {
    for (key, value) in keys {
        *text += &entry(key, value, indent);
    }
}

/// A key with its value, at an indent, as lines of a file.
pub fn entry(key: &str, value: &Value, indent: usize) -> String {
    let (lead, key) = (" ".repeat(indent), scalar(key));
    match value {
        Value::Object(map) if indent == 0 && !map.is_empty() => {
            let mut text = format!("{lead}{key}:\n");
            block(map, indent + 2, &mut text);
            text
        }
        Value::String(value) if is_block(value) => {
            let mark = if value.ends_with('\n') { "|" } else { "|-" };
            let lines = value.trim_end_matches('\n').split('\n');
            let body: String = lines
                .map(|line| {
                    if line.is_empty() {
                        "\n".to_owned()
                    } else {
                        format!("{lead}  {line}\n")
                    }
                })
                .collect();
            format!("{lead}{key}: {mark}\n{body}")
        }
        value => format!("{lead}{key}: {}\n", flow(value)),
    }
}

/// A value in one line.
pub fn flow(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let parts = map
                .iter()
                .map(|(key, value)| format!("{}: {}", scalar(key), inner(value)));
            format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            let parts = items.iter().map(inner);
            format!("[{}]", parts.collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => scalar(text),
        value => value.to_string(),
    }
}

/// A value inside a list or map in one line, where commas and brackets mean something.
fn inner(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains([',', '[', ']', '{', '}']) => quoted(text),
        value => flow(value),
    }
}

fn is_block(text: &str) -> bool {
    let is_plain = |line: &str| line == line.trim_end() && !line.chars().any(char::is_control);
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.contains('\n')
        && !body.starts_with([' ', '\n'])
        && !body.ends_with('\n')
        && body.split('\n').all(is_plain)
}

/// A text as YAML: bare where every reader takes it for the same text, else in double quotes.
fn scalar(text: &str) -> String {
    let is_safe = |c: char| c.is_alphanumeric() || " _./:@%+=,()'’~$-".contains(c);
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '/' || c == '_' || c == '.');
    let is_bare = begins
        && text.chars().all(is_safe)
        && text == text.trim()
        && !text.contains(": ")
        && !text.ends_with(':')
        && !["y", "n", "yes", "no", "on", "off"].contains(&text.to_ascii_lowercase().as_str())
        && tree::parse(format!("k: {text}\n").as_bytes())
            .root
            .is_some_and(|root| root.to_json()["k"] == *text);
    if is_bare {
        text.to_owned()
    } else {
        quoted(text)
    }
}

fn quoted(text: &str) -> String {
    let text = Value::from(text).to_string();
    // JSON leaves these as they are; some YAML readers take them for line ends.
    text.replace('\u{85}', "\\u0085")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
        .replace('\u{7f}', "\\u007f")
}
