//! The effective keys that differ between two definitions, and where each is set.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::model::job::Job;
use crate::plan::side::Side;
use crate::spec::rules::place;
use crate::spec::yaml::reader;
use crate::spec::yaml::tree::Node;
use crate::text::secret;

/// A key that differs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Field {
    /// The path of the key: `schedule_config.hour`.
    pub key: String,
    /// Its value before; `null` where it had none, `"…"` where it must not be shown.
    pub old: Value,
    /// Its value after.
    pub new: Value,
    /// The file that sets it now: the job's, or `jobsd.yaml`; `null` for a built-in default.
    pub path: Option<String>,
    /// The line there.
    pub line: Option<usize>,
}

/// Where keys are set on the new side. A file is read once.
pub struct Places<'s> {
    old: &'s Side,
    new: &'s Side,
    trees: HashMap<String, Option<Node>>,
}

impl<'s> Places<'s> {
    /// Of two sides.
    pub fn new(old: &'s Side, new: &'s Side) -> Places<'s> {
        Places {
            old,
            new,
            trees: HashMap::new(),
        }
    }

    /// What differs between the definitions of a job, in the order of its keys.
    pub fn compare(&mut self, old: &Job, new: &Job) -> Vec<Field> {
        let mut fields = Vec::new();
        differences(
            "",
            &old.definition.value(),
            &new.definition.value(),
            &mut fields,
        );
        let (before, after) = (self.old.below(&old.file), self.new.below(&new.file));
        if before != after {
            fields.push(field("file", &before.into(), &after.into()));
        }
        let may_show = self.old.may_show(&old.file) && self.new.may_show(&new.file);
        for field in &mut fields {
            if !may_show && field.key != "file" {
                (field.old, field.new) = (hidden(&field.old), hidden(&field.new));
            }
            if let Some((path, line)) = self.place(new, &field.key) {
                (field.path, field.line) = (Some(path), Some(line));
            }
        }
        fields
    }

    /// The file and the line that set a key.
    fn place(&mut self, job: &Job, key: &str) -> Option<(String, usize)> {
        let file = job.file.to_string();
        if let Some(line) = self.line(&file, key) {
            return Some((file, line));
        }
        let config = self.new.config_file.as_ref()?.path.clone();
        let line = self.line(&config, &format!("defaults.{key}"));
        let line = line.or_else(|| {
            let key = key.strip_prefix("bot_config.")?;
            self.line(&config, &format!("bots.{}.{key}", job.bot.name))
        });
        Some((config, line?))
    }

    fn line(&mut self, path: &str, key: &str) -> Option<usize> {
        let new = self.new;
        let tree = self.trees.entry(path.to_owned()).or_insert_with(|| {
            let config = new.config_file.as_ref().filter(|file| file.path == path);
            let file = new.file(path).or(config)?;
            reader::parse(&file.bytes).root
        });
        let keys: Vec<&str> = key.split('.').collect();
        let (found, span) = place::place(tree.as_ref()?, &keys);
        (found == key).then_some(span.line)
    }
}

/// What differs between the files of settings, as they are written.
pub(super) fn of_settings(old: &Side, new: &Side) -> Vec<Field> {
    let tree = |side: &Side| {
        let file = side.config_file.as_ref()?;
        Some(reader::parse(&file.bytes).root?.to_json())
    };
    let nothing = || Value::Object(serde_json::Map::new());
    let mut fields = Vec::new();
    let (before, after) = (tree(old), tree(new));
    let (before, after) = (
        before.unwrap_or_else(nothing),
        after.unwrap_or_else(nothing),
    );
    differences("", &before, &after, &mut fields);
    let mut places = Places::new(old, new);
    for field in &mut fields {
        let path = new.config_file.as_ref().map(|file| file.path.clone());
        field.line = path.as_ref().and_then(|path| places.line(path, &field.key));
        field.path = path.filter(|_| field.line.is_some());
    }
    fields
}

fn field(key: &str, old: &Value, new: &Value) -> Field {
    let names_a_secret = key.contains("webhook.url") || key.contains("webhook.headers");
    let shown = |value: &Value| match secret::may_show(key) && !names_a_secret {
        true => covered(value),
        false => hidden(value),
    };
    Field {
        key: key.to_owned(),
        old: shown(old),
        new: shown(new),
        path: None,
        line: None,
    }
}

fn hidden(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        _ => Value::from("…"),
    }
}

/// A value with what has the form of a secret covered.
fn covered(value: &Value) -> Value {
    match value {
        Value::String(text) => secret::forms_covered(text).into(),
        Value::Array(items) => items.iter().map(covered).collect(),
        Value::Object(map) => {
            let part = |(name, value): (&String, &Value)| match secret::may_show(name) {
                true => (name.clone(), covered(value)),
                false => (name.clone(), hidden(value)),
            };
            Value::Object(map.iter().map(part).collect())
        }
        other => other.clone(),
    }
}

fn differences(path: &str, old: &Value, new: &Value, fields: &mut Vec<Field>) {
    let (Value::Object(a), Value::Object(b)) = (old, new) else {
        if old != new {
            fields.push(field(path, old, new));
        }
        return;
    };
    let more = b.keys().filter(|key| !a.contains_key(*key));
    for key in a.keys().chain(more) {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        let (old, new) = (a.get(key), b.get(key));
        let (old, new) = (old.unwrap_or(&Value::Null), new.unwrap_or(&Value::Null));
        differences(&path, old, new, fields);
    }
}
