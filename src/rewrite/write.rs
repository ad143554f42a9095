//! Values as the text of a file, in the style of `jobsd fmt`: what a person would write.

use serde_json::{Map, Value, json};

use crate::spec::yaml::reader;
use crate::text::is_hidden;

/// Words of YAML 1.1 that some readers take for a truth value or for nothing.
const NO_TEXTS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// Longer lists and maps go over several lines.
const INLINE_CHARS_MAX: usize = 60;

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
        Value::Object(map) if !map.is_empty() && (indent == 0 || is_long(value)) => {
            let mut text = format!("{lead}{key}:\n");
            block(map, indent + 2, &mut text);
            text
        }
        Value::Array(items) if is_long(value) => {
            let items = items.iter();
            let lines = items.map(|item| format!("{lead}  - {}\n", flow(item)));
            format!("{lead}{key}:\n{}", lines.collect::<String>())
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

/// Whether a value is read better over several lines.
fn is_long(value: &Value) -> bool {
    flow(value).chars().count() > INLINE_CHARS_MAX
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
pub fn scalar(text: &str) -> String {
    let is_safe = |c: char| c.is_alphanumeric() || " _./:@%+=,()'’~$-".contains(c);
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '/' || c == '_' || c == '.');
    let is_bare = begins
        && text.chars().all(is_safe)
        && text == text.trim()
        && !text.contains(": ")
        && !text.ends_with(':')
        && !NO_TEXTS.contains(&text.to_ascii_lowercase().as_str())
        && reader::parse(format!("k: {text}\n").as_bytes())
            .root
            .is_some_and(|root| root.to_json() == json!({"k": text}));
    if is_bare {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A text in double quotes, every character that a reader could not see, or that YAML would not
/// take, as an escape.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        let code = u32::from(c);
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted += "\\n",
            '\t' => quoted += "\\t",
            ' ' => quoted.push(c),
            c if is_hidden(c) || c.is_whitespace() || code & 0xfffe == 0xfffe => {
                quoted += &format!("\\U{code:08x}");
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
