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
        for field in &mut fields {
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
        let config = self.new.config.as_ref()?.path.clone();
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
            let config = new.config.as_ref().filter(|file| file.path == path);
            let file = new.file(path).or(config)?;
            reader::parse(&file.bytes).root
        });
        let keys: Vec<&str> = key.split('.').collect();
        let (found, span) = place::place(tree.as_ref()?, &keys);
        (found == key).then_some(span.line)
    }
}

fn field(key: &str, old: &Value, new: &Value) -> Field {
    let shown = |value: &Value| match secret::may_show(key) || value.is_null() {
        true => value.clone(),
        false => Value::from("…"),
    };
    Field {
        key: key.to_owned(),
        old: shown(old),
        new: shown(new),
        path: None,
        line: None,
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
