//! The definition of a job: its file, and the keys in effect.

use serde_json::Value;

use crate::model::job::Job;
use crate::page::past::Past;
use crate::spec::yaml::reader;
use crate::view::code::{self, Piece};
use crate::written;

/// Lines of a file that are shown.
const LINES_MAX: usize = 500;

/// Characters of a value that are shown.
const VALUE_CHARS_MAX: usize = 2_000;

/// A key in effect.
pub struct Setting {
    /// The key, with those above it.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Whether it has several lines.
    pub is_long: bool,
    /// Whether the file leaves it out.
    pub is_default: bool,
}

/// The file's lines, and what is in effect, with what the file leaves out marked as default.
pub fn of(past: &dyn Past, job: &Job) -> (Option<Vec<Vec<Piece>>>, Vec<Setting>) {
    let bytes = past.file(&job.file);
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let written = text
        .as_deref()
        .and_then(|text| reader::parse(text.as_bytes()).root)
        .map(|root| root.to_json());
    let lines = text.map(|text| {
        let lines = text.lines().take(LINES_MAX);
        lines.map(code::yaml).collect()
    });
    let mut settings = Vec::new();
    let known = written.as_ref();
    let config = known.and_then(|known| written::at(known, "bot_config"));
    let definition = job.definition.value();
    if let Some(own) = written::at(&definition, "bot_config") {
        flatten("", own, config, &mut settings);
    }
    if let Some(map) = definition.as_object() {
        let told = [
            "name",
            "description",
            "bot_type",
            "bot_config",
            "schedule_type",
            "schedule_config",
            "labels",
        ];
        for (key, value) in map.iter().filter(|(key, _)| !told.contains(&key.as_str())) {
            flatten(
                key,
                value,
                known.map(|written| &written[key]),
                &mut settings,
            );
        }
    }
    (lines, settings)
}

fn flatten(key: &str, value: &Value, written: Option<&Value>, found: &mut Vec<Setting>) {
    if let Some(map) = value
        .as_object()
        .filter(|map| !map.is_empty() && !is_secret(map))
    {
        for (part, value) in map {
            let path = if key.is_empty() {
                part.clone()
            } else {
                format!("{key}.{part}")
            };
            flatten(&path, value, written.map(|written| &written[part]), found);
        }
        return;
    }
    if value.as_object().is_some_and(serde_json::Map::is_empty) {
        return;
    }
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    let is_long = text.trim_end().contains('\n');
    let lines = text.trim_end().lines().map(crate::text::visible);
    let text = lines.collect::<Vec<_>>().join("\n");
    let is_cut = text.chars().count() > VALUE_CHARS_MAX;
    let mut value_text: String = text.chars().take(VALUE_CHARS_MAX).collect();
    if is_cut {
        value_text.push('…');
    }
    found.push(Setting {
        key: key.to_owned(),
        value: value_text,
        is_long,
        is_default: written.is_some_and(Value::is_null) && !value.is_null(),
    });
}

/// A value that stands elsewhere: shown as what names it.
fn is_secret(map: &serde_json::Map<String, Value>) -> bool {
    map.len() == 1 && (map.contains_key("from_env") || map.contains_key("from_file"))
}
