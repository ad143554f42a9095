//! A job as a form holds it: fields to the keys of a file and back. Only what differs from the
//! defaults is written.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::bot::{self, BOTS};
use crate::field::{Field, Kind};
use crate::form::field::{FIELDS, Unreadable, days, fields_of, text_of, time, time_of, value_of};
use crate::model::bot::Kind as BotKind;
use crate::rewrite::write::render;
use crate::schedule::{self, KINDS};
use crate::spec::types::config::Settings;
use crate::spec::types::file::JobSpec;

/// What a form holds, as text.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    values: BTreeMap<&'static str, String>,
}

impl Draft {
    /// The defaults of a new job.
    pub fn new(settings: &Settings, timezone: &str) -> Draft {
        let mut draft = Draft::of_file(&json!({}), settings);
        for (name, value) in [
            ("bot_type", BOTS[0].name),
            ("schedule_type", KINDS[0].name),
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

    /// Takes what a form sent over what is there; a switch that was not sent is off where the whole
    /// form was sent.
    pub fn take(&mut self, pairs: &[(String, String)]) {
        let is_whole = pairs.iter().any(|(name, _)| name == "form");
        for field in FIELDS.iter() {
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

    /// The fields that count for this bot type and schedule type, and that stand for a key.
    fn counting(&self) -> impl Iterator<Item = &'static Field> {
        let types = (self.value("bot_type"), self.value("schedule_type"));
        fields_of(types.0, types.1).filter(|field| !field.key.is_empty())
    }

    /// The keys of the file: those of `file` that have no field, and of the fields what differs
    /// from the defaults or is in the file already.
    pub fn keys(
        &self,
        file: &Value,
        settings: &Settings,
    ) -> (Map<String, Value>, Vec<(&'static str, Unreadable)>) {
        let (mut keys, mut bad) = (self.base(file), Vec::new());
        let before = Value::Object(keys.clone());
        for field in self.counting() {
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

    /// The keys of the file that the fields begin from: without the settings of another type, and
    /// without those of the bot that the field for other keys holds.
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
        if bot::kind(self.value("bot_type")).is_none_or(|kind| !kind.is_command) {
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
        let holds = |field: &&'static Field| {
            let rest = key.strip_prefix(field.key);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.counting()
            .filter(holds)
            .max_by_key(|field| field.key.len())
            .map(|field| field.name)
    }

    /// The field of an error; one about the schedule as a whole is shown at its first field.
    pub fn field_of_error(&self, key: &str) -> Option<&'static str> {
        let kind = || schedule::kind(self.value("schedule_type"));
        match key {
            "schedule_config" => Some(kind()?.fields.first()?.name),
            key => self.field_of(key),
        }
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
    let bare = json!({"name": "x", "bot_type": BOTS[0].name, "schedule_type": KINDS[0].name});
    let (head, tail) = field.key.split_once('.').unwrap_or((field.key, ""));
    if let Some(text) = field.silent {
        return value_of(field.kind, text).ok().flatten();
    }
    let value = match head {
        "name" | "bot_type" | "schedule_type" | "schedule_config" => return None,
        "bot_config" => {
            let owner = |kind: &&&BotKind| kind.fields.iter().any(|own| own.name == field.name);
            let empty = (BOTS.iter().find(owner)?.read)(&json!({}))?;
            empty.config[tail].clone()
        }
        _ => {
            let spec = serde_json::from_value::<JobSpec>(bare).ok()?;
            at(&json!(spec), field.key)?.clone()
        }
    };
    (!value.is_null()).then_some(value)
}
