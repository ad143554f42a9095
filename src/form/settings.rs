//! The settings of `jobsd.yaml` as a form holds them: the daemon's own, and for each kind of bot
//! what its jobs leave out.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::bot::BOTS;
use crate::field::{Field, Kind};
use crate::form::field::{Unreadable, text_of, value_of};
use crate::form::keys::{Place, at, choose, prune, put, set};
use crate::model::bot::{DRY_RUN, MORE};
use crate::rewrite::write::render;

/// The daemon's own settings, each key once.
pub static OWN: [Field; 27] = [
    Field::new("jobs", "jobs", Kind::Text),
    Field::new("state", "state", Kind::Text),
    Field::new("set_tz", "defaults.timezone", Kind::Text),
    Field::new("set_defaults", "defaults", Kind::Yaml),
    Field::new("max_runs", "max_concurrent_runs", Kind::Number),
    Field::new("per_second", "catch_up.per_second", Kind::Number),
    Field::new("zone_data", "zone_data", Kind::Word).silent("newer"),
    Field::new("listen", "listen", Kind::Text),
    Field::new("base_path", "base_path", Kind::Text),
    Field::new("hosts", "allowed_hosts", Kind::Lines),
    Field::new("edit_url", "edit_url", Kind::Text),
    Field::new("new_url", "new_url", Kind::Text),
    Field::new("token_file", "control.token_file", Kind::Text),
    Field::new("socket_group", "control.socket_group", Kind::Text),
    Field::new("history_days", "history.retain_days", Kind::Number),
    Field::new("history_bytes", "history.retain_bytes", Kind::Number),
    Field::new("run_bytes", "output.max_bytes_per_run", Kind::Number),
    Field::new("output_days", "output.retain_days", Kind::Number),
    Field::new("output_bytes", "output.retain_bytes", Kind::Number),
    Field::new("output_runs", "output.retain_runs", Kind::Number),
    Field::new("log_format", "log.format", Kind::Word).silent("text"),
    Field::new("log_level", "log.level", Kind::Word).silent("info"),
    Field::new("log_file", "log.file", Kind::Text),
    Field::new("own_birthday", "bots.birthday.command", Kind::Argv),
    Field::new("own_visitor", "bots.visitor.command", Kind::Argv),
    Field::new("rest_birthday", "bots.birthday.defaults", Kind::Yaml),
    Field::new("rest_visitor", "bots.visitor.defaults", Kind::Yaml),
];

/// What a form of the settings holds, as text.
#[derive(Clone, Debug, Default)]
pub struct SettingsDraft {
    values: BTreeMap<&'static str, String>,
}

/// A field at its place in `jobsd.yaml`.
struct Placed {
    field: Field,
    key: String,
    default: Option<Value>,
}

/// Every field that has a place of its own, in the order of the keys of a new file.
fn placed() -> Vec<Placed> {
    let own = OWN.iter().filter(|field| !is_rest(field));
    let mut all: Vec<Placed> = own
        .map(|field| Placed {
            field: *field,
            key: field.key.to_owned(),
            default: default_of(field),
        })
        .collect();
    for kind in BOTS.iter().filter(|kind| kind.settings.is_some()) {
        let empty = (kind.read)(&json!({})).map_or(Value::Null, |setup| setup.config);
        let own = kind.fields.iter();
        for field in own.filter(|field| field.name != DRY_RUN.name && field.name != MORE.name) {
            let tail = field.key.trim_start_matches("bot_config.");
            let value = at(&empty, tail).filter(|value| !value.is_null());
            all.push(Placed {
                field: *field,
                key: format!("bots.{}.defaults.{tail}", kind.name),
                default: default_of(field).or_else(|| value.cloned()),
            });
        }
    }
    all
}

/// Whether a field holds the keys of a map that have no field of their own.
fn is_rest(field: &Field) -> bool {
    field.name == "set_defaults" || field.name.starts_with("rest_")
}

fn default_of(field: &Field) -> Option<Value> {
    let text = field.silent?;
    value_of(field.kind, text).ok().flatten()
}

/// The keys of a map that no other field has.
fn rest_of(map: &Value, key: &str, placed: &[Placed]) -> Map<String, Value> {
    let below = format!("{key}.");
    let owned = placed.iter().filter_map(|one| one.key.strip_prefix(&below));
    let owned: Vec<&str> = owned.filter_map(|tail| tail.split('.').next()).collect();
    let entries = map.as_object().into_iter().flatten();
    entries
        .filter(|(key, _)| !owned.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

impl SettingsDraft {
    /// What a file holds, with the defaults where it is silent.
    pub fn of_file(file: &Value) -> SettingsDraft {
        let placed = placed();
        let mut draft = SettingsDraft::default();
        for one in &placed {
            let written = at(file, &one.key);
            let value = match one.field.kind {
                Kind::OneOf => written,
                _ => written.or(one.default.as_ref()),
            };
            let text = text_of(one.field.kind, value);
            draft.values.insert(one.field.name, text);
        }
        for field in OWN.iter().filter(|field| is_rest(field)) {
            let rest = at(file, field.key).map(|map| rest_of(map, field.key, &placed));
            let rest = rest.filter(|rest| !rest.is_empty());
            let text = rest.map_or_else(String::new, |rest| render(&rest));
            draft.values.insert(field.name, text);
        }
        draft
    }

    /// Takes what a form sent over what is there.
    pub fn take(&mut self, pairs: &[(String, String)]) {
        let is_whole = pairs.iter().any(|(name, _)| name == "form");
        let names: Vec<(&'static str, Kind)> = placed()
            .iter()
            .map(|one| (one.field.name, one.field.kind))
            .chain(OWN.iter().map(|field| (field.name, field.kind)))
            .collect();
        for (name, kind) in names {
            let sent = pairs.iter().rfind(|(key, _)| key == name);
            let text = match (kind, sent) {
                (Kind::Switch, Some((_, value))) if value != "off" => "on".to_owned(),
                (Kind::Switch, Some(_)) => String::new(),
                (Kind::Switch, None) if is_whole => String::new(),
                (_, Some((_, value))) => value.replace("\r\n", "\n"),
                (_, None) => continue,
            };
            self.values.insert(name, text);
        }
    }

    /// The text of a field.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// The keys of the file.
    pub fn keys(&self, file: &Value) -> (Map<String, Value>, Vec<(&'static str, Unreadable)>) {
        let placed = placed();
        let (mut keys, mut bad) = (file.as_object().cloned().unwrap_or_default(), Vec::new());
        for field in OWN.iter().filter(|field| is_rest(field)) {
            let owned = at(file, field.key).map(|map| rest_of(map, field.key, &placed));
            for key in owned.iter().flat_map(Map::keys) {
                set(&mut keys, &format!("{}.{key}", field.key), None);
            }
            match value_of(Kind::Yaml, self.value(field.name)) {
                Ok(rest) => {
                    let rest = rest.as_ref().and_then(Value::as_object);
                    for (key, value) in rest.into_iter().flatten() {
                        let key = format!("{}.{key}", field.key);
                        set(&mut keys, &key, Some(value.clone()));
                    }
                }
                Err(cause) => bad.push((field.name, cause)),
            }
        }
        let chosen = placed.iter().filter(|one| one.field.kind == Kind::OneOf);
        let chosen: Vec<(&str, &str)> = chosen
            .map(|one| (one.key.as_str(), self.value(one.field.name)))
            .collect();
        for (key, choice) in &chosen {
            choose(&mut keys, key, choice);
        }
        let before = Value::Object(keys.clone());
        for one in placed.iter().filter(|one| self.counts(one, &chosen)) {
            let place = Place {
                key: &one.key,
                kind: one.field.kind,
                default: one.default.clone(),
            };
            let put = put(&mut keys, &before, &place, self.value(one.field.name));
            bad.extend(put.err().map(|cause| (one.field.name, cause)));
        }
        prune(&mut keys);
        for (key, choice) in &chosen {
            let key = format!("{key}.{choice}");
            let is_map = placed
                .iter()
                .any(|one| one.key.starts_with(&format!("{key}.")));
            if is_map && at(&json!(keys), &key).is_none() {
                set(&mut keys, &key, Some(json!({})));
            }
        }
        (keys, bad)
    }

    /// Whether a field says anything beside what was chosen and switched on.
    fn counts(&self, one: &Placed, chosen: &[(&str, &str)]) -> bool {
        let is_on = |switch| !self.value(switch).is_empty();
        let is_out = chosen.iter().any(|(key, choice)| {
            let below = one
                .key
                .strip_prefix(key)
                .and_then(|tail| tail.strip_prefix('.'));
            below.is_some_and(|tail| tail.split('.').next() != Some(choice))
        });
        one.field.kind != Kind::OneOf && !is_out && one.field.only_with.is_none_or(is_on)
    }

    /// The field of a finding's key.
    pub fn field_of(&self, key: &str) -> Option<&'static str> {
        let holds = |own: &str| {
            let rest = key.strip_prefix(own);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let placed = placed();
        let placed = placed.iter().map(|one| (one.key.as_str(), one.field.name));
        let all = placed.chain(OWN.iter().map(|field| (field.key, field.name)));
        let found = all.filter(|(own, _)| holds(own));
        found.max_by_key(|(own, _)| own.len()).map(|(_, name)| name)
    }
}
