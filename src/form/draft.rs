//! A job as a form holds it: fields to the keys of a file and back. Only what differs from the
//! defaults is written.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::bot::{self, BOTS};
use crate::field::{Field, Kind};
use crate::form::field::{FIELDS, Unreadable, fields_of, text_of, time, time_of, value_of};
use crate::form::keys::{Place, at, choose, prune, put, set};
use crate::model::bot::Kind as BotKind;
use crate::rewrite::write::render;
use crate::schedule::{self, KINDS};
use crate::spec::types::config::Settings;
use crate::spec::types::file::JobSpec;
use crate::written;

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
        let has_way = |map: &Map<String, Value>| map.contains_key("delivery");
        if !settings.bot_defaults.values().any(has_way) {
            draft.values.insert("via", "smtp".to_owned());
        }
        if !settings.defaults.contains_key("timezone") {
            draft.values.insert("tz", timezone.to_owned());
        }
        draft
    }

    /// What a file holds, with the defaults where it is silent.
    pub fn of_file(file: &Value, settings: &Settings) -> Draft {
        let mut draft = Draft::default();
        let bot_type = written::text(file, "bot_type").unwrap_or(BOTS[0].name);
        for field in FIELDS.iter().filter(|field| field.name != "id") {
            let value = match field.kind {
                Kind::Time => time_of(part(file, "schedule_config")),
                Kind::OneOf => text_of(field.kind, at(file, field.key)),
                Kind::Yaml if field.name == "more" => {
                    let rest = rest_of(part(file, "bot_config"));
                    if rest.is_empty() {
                        String::new()
                    } else {
                        render(&rest)
                    }
                }
                _ => {
                    let written = at(file, field.key).cloned();
                    let value = written.or_else(|| default_of(field, settings, bot_type));
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

    /// Gives a field a text.
    pub fn suggest(&mut self, name: &'static str, text: String) {
        self.values.insert(name, text);
    }

    /// The fields that count for this bot type and schedule type, and that stand for a key.
    pub fn counting(&self) -> impl Iterator<Item = &'static Field> {
        let types = (self.value("bot_type"), self.value("schedule_type"));
        fields_of(types.0, types.1)
            .filter(|field| !field.key.is_empty() && !self.is_left_out(field.key))
            .filter(|field| {
                field
                    .only_with
                    .is_none_or(|switch| !self.value(switch).is_empty())
            })
    }

    /// Whether a key is below another one than that which a map was chosen to hold.
    fn is_left_out(&self, key: &str) -> bool {
        choices().any(|choice| {
            let below = key.strip_prefix(choice.key);
            let below = below.and_then(|rest| rest.strip_prefix('.'));
            below.is_some_and(|rest| rest.split('.').next() != Some(self.value(choice.name)))
        })
    }

    /// The field at which what is said of a field is seen: one that is left out is not shown.
    pub fn shown_at(&self, field: &Field) -> &'static str {
        let is_above = |choice: &&Field| field.key.starts_with(&format!("{}.", choice.key));
        let hidden = self.is_left_out(field.key);
        let choice = choices().find(|choice| hidden && is_above(choice));
        choice.map_or(field.name, |choice| choice.name)
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
            let put = match field.kind {
                Kind::OneOf => Ok(()),
                Kind::Time => self.put_time(field, &mut keys, &before),
                Kind::Yaml if field.name == "more" => self.put_more(&mut keys),
                kind => {
                    let default = default_of(field, settings, self.value("bot_type"));
                    let key = field.key;
                    let place = Place { key, kind, default };
                    put(&mut keys, &before, &place, self.value(field.name))
                }
            };
            bad.extend(put.err().map(|cause| (field.name, cause)));
        }
        prune(&mut keys);
        for choice in self.counting().filter(|field| field.kind == Kind::OneOf) {
            let chosen = format!("{}.{}", choice.key, self.value(choice.name));
            let below = format!("{chosen}.");
            let is_map = FIELDS.iter().any(|field| field.key.starts_with(&below));
            // What it lacks is then said where it belongs.
            if is_map && at(&json!(keys), &chosen).is_none() {
                set(&mut keys, &chosen, Some(json!({})));
            }
        }
        (keys, bad)
    }

    fn put_time(
        &self,
        field: &Field,
        keys: &mut Map<String, Value>,
        before: &Value,
    ) -> Result<(), Unreadable> {
        let (hour, minute) = time(self.value(field.name)).ok_or(Unreadable::Time)?;
        set(keys, "schedule_config.hour", Some(hour.into()));
        let is_written = written::number(before, "schedule_config.minute") == Some(0);
        let minute = (minute != 0 || is_written).then(|| minute.into());
        set(keys, "schedule_config.minute", minute);
        Ok(())
    }

    /// The keys that have no field of their own.
    fn put_more(&self, keys: &mut Map<String, Value>) -> Result<(), Unreadable> {
        let more = value_of(Kind::Yaml, self.value("more"))?;
        let more = more.as_ref().and_then(Value::as_object);
        for (key, value) in more.into_iter().flatten() {
            set(keys, &format!("bot_config.{key}"), Some(value.clone()));
        }
        Ok(())
    }

    /// The keys of the file that the fields begin from: without the settings of another type, and
    /// without those of the bot that the field for other keys holds.
    fn base(&self, file: &Value) -> Map<String, Value> {
        let mut keys = file.as_object().cloned().unwrap_or_default();
        for (kind, config) in [
            ("bot_type", "bot_config"),
            ("schedule_type", "schedule_config"),
        ] {
            if written::text(file, kind) != Some(self.value(kind)) {
                keys.remove(config);
            }
        }
        if bot::kind(self.value("bot_type")).is_none_or(|kind| !kind.is_command) {
            let rest = rest_of(part(file, "bot_config"));
            if let Some(config) = keys.get_mut("bot_config").and_then(Value::as_object_mut) {
                config.retain(|key, _| !rest.contains_key(key));
            }
        }
        for choice in choices() {
            choose(&mut keys, choice.key, self.value(choice.name));
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
fn part<'v>(file: &'v Value, key: &str) -> &'v Value {
    written::at(file, key).unwrap_or(&Value::Null)
}

fn rest_of(config: &Value) -> Map<String, Value> {
    let has_field = |key: &str| {
        FIELDS
            .iter()
            .filter_map(|field| field.key.strip_prefix("bot_config."))
            .any(|own| own.split('.').next() == Some(key))
    };
    let map = config.as_object().into_iter().flatten();
    map.filter(|(key, _)| !has_field(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// The fields that choose which key a map holds.
fn choices() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(|field| field.kind == Kind::OneOf)
}

/// What a field has where a file is silent; `None` where nothing stands for it. What settings say
/// of a map in a bot's config holds for a whole map only, and so for no field in it.
fn default_of(field: &Field, settings: &Settings, bot_type: &str) -> Option<Value> {
    if let Some(value) = at(&Value::Object(settings.defaults.clone()), field.key) {
        return Some(value.clone());
    }
    if let Some(text) = field.silent {
        return value_of(field.kind, text).ok().flatten();
    }
    let bare = json!({"name": "x", "bot_type": BOTS[0].name, "schedule_type": KINDS[0].name});
    let (head, tail) = field.key.split_once('.').unwrap_or((field.key, ""));
    let value = match head {
        "name" | "bot_type" | "schedule_type" | "schedule_config" => return None,
        "bot_config" => of_config(field, tail, settings, bot_type)?,
        _ => {
            let spec = serde_json::from_value::<JobSpec>(bare).ok()?;
            at(&json!(spec), field.key)?.clone()
        }
    };
    (!value.is_null()).then_some(value)
}

/// What a key of a bot's config has where a file is silent.
fn of_config(field: &Field, tail: &str, settings: &Settings, bot_type: &str) -> Option<Value> {
    let has = |kind: &&BotKind| kind.fields.iter().any(|own| own.name == field.name);
    let own = bot::kind(bot_type).filter(has);
    let kind = own.or_else(|| BOTS.iter().copied().find(has))?;
    let set = settings.bot_defaults.get(kind.name);
    if let Some(value) = set.and_then(|set| set.get(tail)) {
        return Some(value.clone());
    }
    let empty = (kind.read)(&json!({}))?;
    Some(empty.config[tail].clone())
}
