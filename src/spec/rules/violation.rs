//! What the schema refuses, as findings: each kind of its errors with our code, words, place and
//! help.

use std::borrow::Cow;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use crate::model::diagnostic::Span;
use crate::spec::rules::asked::{bounds, either, example, form, kinds, names, words_of};
use crate::spec::types::part::words;
use crate::spec::yaml::tree::{Fault, Key, Kind, Node};
use crate::text::findings;
use crate::text::near::nearest;
use crate::text::{Text, Words, secret, short};

/// Unknown keys of one map that are worth reading.
const UNKNOWN_MAX: usize = 100;

/// Findings as they come.
pub struct Violations<'s> {
    schema: &'s Value,
    is_job: bool,
    faults: Vec<Fault>,
    /// Keys that an unknown one was probably meant to be: they are not missing too.
    meant: Vec<String>,
}

/// A node, its key path and, in a map, its key.
struct Place<'n> {
    node: &'n Node,
    path: String,
    key: Option<&'n Key>,
}

impl<'s> Violations<'s> {
    /// None yet.
    pub fn new(schema: &'s Value, is_job: bool) -> Violations<'s> {
        Violations {
            schema,
            is_job,
            faults: Vec::new(),
            meant: Vec::new(),
        }
    }

    /// All of them, without those that another one says better.
    pub fn faults(mut self) -> Vec<Fault> {
        let of = |code: &str, faults: &[Fault]| -> Vec<String> {
            let named = faults.iter().filter(|fault| fault.words.code == code);
            named.map(|fault| fault.key.clone()).collect()
        };
        let types = of("type", &self.faults);
        let meant = self.meant;
        let mut wrong = types.clone();
        wrong.extend(of("range", &self.faults));
        wrong.extend(meant.iter().cloned());
        self.faults.retain(|fault| match fault.words.code {
            "missing-key" => !meant.contains(&fault.key),
            "enum" => !types.contains(&fault.key),
            // A misspelt key is one fault, not two.
            "exactly-one" => !meant.iter().any(|key| is_beside(key, &fault.key)),
            // No sum where a part is wrong by itself.
            "interval-zero" => !wrong.iter().any(|key| is_part(key, &fault.key)),
            _ => true,
        });
        self.faults
    }

    /// Takes an error of the validator.
    pub fn take(&mut self, root: &Node, error: &ValidationError<'_>) {
        let Some(place) = locate(root, error.instance_path().as_str()) else {
            return;
        };
        let parent = self.parent_schema(error);
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                for name in unexpected.iter().take(UNKNOWN_MAX) {
                    self.unknown(&place, name, parent);
                }
            }
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let words = findings::keys::missing_key(name, &place.path, example(parent, name));
                let span = if place.path.is_empty() {
                    Span::START
                } else {
                    place.span()
                };
                self.push(span, join(&place.path, name), words);
            }
            ValidationErrorKind::PropertyNames { error } => {
                let name = error.instance().as_str().unwrap_or_default().to_owned();
                let key = place.node.get(&name).map(|(key, _)| key.span);
                let words = findings::environment::variable_name(&name);
                self.push(key.unwrap_or(place.span()), join(&place.path, &name), words);
            }
            // The type's own finding says what is wrong.
            ValidationErrorKind::OneOfMultipleValid { .. } => {
                if matches!(place.node.kind, Kind::Map(_)) {
                    let named = place.node.get("shell").map(|(key, _)| key.span);
                    let span = named.unwrap_or(place.span());
                    self.push(
                        span,
                        join(&place.path, "shell"),
                        findings::bots::two_programs(),
                    );
                }
            }
            ValidationErrorKind::OneOfNotValid { .. } => {
                let key = join(&place.path, "command");
                self.push(place.span(), key, findings::bots::no_program());
            }
            kind => {
                let words = self.value(&place, kind, parent, error);
                self.push(place.span(), place.path.clone(), words);
            }
        }
    }

    fn push(&mut self, span: Span, key: String, words: Words) {
        self.faults.push(Fault {
            span,
            key,
            words,
            related: None,
        });
    }

    fn unknown(&mut self, place: &Place<'_>, name: &str, parent: Option<&Value>) {
        let Some((key, _)) = place.node.get(name) else {
            return;
        };
        let names = names(parent);
        let near = nearest(name, names.iter().copied());
        self.meant.extend(near.map(|near| join(&place.path, near)));
        let words = findings::keys::unknown_key(name, &place.path, near, &names);
        self.push(key.span, join(&place.path, name), words);
    }

    /// The schema object that holds the keyword which failed.
    fn parent_schema(&self, error: &ValidationError<'_>) -> Option<&'s Value> {
        let path = error.schema_path().as_str();
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        self.schema.pointer(parent)
    }

    /// What is wrong with a value.
    fn value(
        &self,
        place: &Place<'_>,
        kind: &ValidationErrorKind,
        parent: Option<&Value>,
        error: &ValidationError<'_>,
    ) -> Words {
        let key = short(&place.path);
        let node = place.node;
        let shown = place.shown();
        match kind {
            ValidationErrorKind::Minimum { .. } | ValidationErrorKind::Maximum { .. } => {
                findings::values::range(&key, &shown, &bounds(parent))
            }
            ValidationErrorKind::Enum { options } => {
                let options = words_of(options);
                let written = text_of(node);
                let near = nearest(written, options.iter().copied());
                findings::values::one_of(&key, &shown, &options.join(", "), near)
            }
            ValidationErrorKind::Type { .. } if place.path.is_empty() => {
                let found = findings::values::found_kind(kind_of(node));
                findings::values::wrong_file(
                    self.is_job,
                    &found,
                    matches!(node.kind, Kind::List(_)),
                )
            }
            ValidationErrorKind::Type { kind } => {
                let kinds = kinds(kind);
                let found = findings::values::found_kind(kind_of(node));
                let help = place.remedy(&kinds, parent);
                findings::values::wrong_type(&key, &either(&kinds), &found, &shown, help)
            }
            ValidationErrorKind::MinLength { limit } => findings::values::too_short(&key, *limit),
            ValidationErrorKind::MinItems { limit } => findings::values::too_few(&key, *limit),
            ValidationErrorKind::MaxLength { limit } => findings::values::too_long(&key, *limit),
            ValidationErrorKind::MinProperties { .. }
            | ValidationErrorKind::MaxProperties { .. } => {
                findings::keys::exactly_one(&key, &names(parent))
            }
            ValidationErrorKind::AnyOf { .. } => findings::schedule::interval_zero(),
            ValidationErrorKind::Pattern { .. } if key == "schedule_config.anchor" => {
                findings::schedule::anchor(text_of(node))
            }
            ValidationErrorKind::Pattern { .. } => {
                findings::values::pattern(&key, &shown, form(parent))
            }
            _ => findings::keys::schema(&short(&error.to_string())),
        }
    }
}

impl Place<'_> {
    /// Where the value is; of one that is not written, its key.
    fn span(&self) -> Span {
        let span = self.node.span;
        let is_empty = (span.line, span.column) == (span.end_line, span.end_column);
        match self.key.filter(|_| is_empty && self.node.is_null()) {
            Some(key) => key.span,
            None => span,
        }
    }

    /// The value as a sentence shows it; nothing where it must not be shown.
    fn shown(&self) -> String {
        if !secret::may_show(&self.path) {
            return String::new();
        }
        match (&self.node.kind, &self.node.raw) {
            (Kind::Scalar(Value::String(text), _), _) => {
                let short: String = text.chars().take(60).collect();
                let dots = if short.len() < text.len() { "…" } else { "" };
                format!("\"{short}{dots}\"")
            }
            (Kind::Scalar(Value::Null, _), _) | (Kind::List(_) | Kind::Map(_), _) => String::new(),
            (Kind::Scalar(..), Some(raw)) => short(raw),
            (Kind::Scalar(value, _), None) => short(&value.to_string()),
        }
    }

    /// What to write instead of a value of the wrong kind.
    fn remedy(&self, wanted: &[String], parent: Option<&Value>) -> Option<Text> {
        let first = wanted.first()?.as_str();
        let options = parent.map(words).unwrap_or_default();
        if !options.is_empty() {
            return Some(findings::values::write_one_of(&options.join(", ")));
        }
        let name = self.path.rsplit('.').next().unwrap_or_default();
        match (&self.node.kind, first) {
            (Kind::Scalar(Value::String(text), _), "boolean") => match text.as_str() {
                "yes" | "on" | "Yes" | "On" => Some(findings::values::write("true")),
                "no" | "off" | "No" | "Off" => Some(findings::values::write("false")),
                _ => None,
            },
            (Kind::Scalar(Value::String(text), _), "integer" | "number") => {
                let number = text.trim().parse::<i64>().ok()?;
                let may = secret::may_show(&self.path);
                may.then(|| findings::values::remove_quotes(&number.to_string()))
            }
            (Kind::Scalar(..), "string") if name == "day_of_week" => {
                Some(findings::schedule::write_days())
            }
            (Kind::Scalar(..), "string") if name == "listen" => {
                Some(findings::values::write_address())
            }
            (Kind::Scalar(value, _), "string") if !value.is_null() => {
                if !secret::may_show(&self.path) {
                    return Some(findings::values::quote_it());
                }
                let raw = self.node.raw.as_deref().unwrap_or_default();
                let octal = raw.strip_prefix("0o").filter(|_| name == "umask");
                let text = octal.map_or(Cow::Borrowed(raw), |o| Cow::Owned(format!("{o:0>3}")));
                Some(findings::values::quote(&text))
            }
            (Kind::List(_) | Kind::Scalar(..), "object") => {
                let example = match name {
                    "retry" => "max_attempts: 3",
                    "schedule_config" => "hour: 8",
                    "bot_config" => "command: [df, -h]",
                    "limits" => "cpu_secs: 60",
                    _ => "name: value",
                };
                Some(findings::values::a_map(&self.path, example))
            }
            _ => None,
        }
    }
}

/// The node at a JSON pointer.
fn locate<'n>(root: &'n Node, pointer: &str) -> Option<Place<'n>> {
    let mut place = Place {
        node: root,
        path: String::new(),
        key: None,
    };
    for part in pointer.split('/').skip(1) {
        let part = match part.contains('~') {
            true => Cow::Owned(part.replace("~1", "/").replace("~0", "~")),
            false => Cow::Borrowed(part),
        };
        match &place.node.kind {
            Kind::Map(_) => {
                let (key, node) = place.node.get(&part)?;
                place.path = join(&place.path, &part);
                (place.key, place.node) = (Some(key), node);
            }
            Kind::List(items) => {
                place.node = items.get(part.parse::<usize>().ok()?)?;
                place.path.push_str(&format!("[{part}]"));
                place.key = None;
            }
            Kind::Scalar(..) => return None,
        }
    }
    Some(place)
}

fn text_of(node: &Node) -> &str {
    match &node.kind {
        Kind::Scalar(Value::String(text), _) => text,
        _ => "",
    }
}

/// Whether two keys are in one map.
fn is_beside(one: &str, other: &str) -> bool {
    let map = |key: &str| key.rsplit_once('.').map(|(map, _)| map.to_owned());
    map(one) == map(other)
}

/// Whether a key is one that an interval is the sum of.
fn is_part(key: &str, map: &str) -> bool {
    let name = key
        .strip_prefix(map)
        .and_then(|rest| rest.strip_prefix('.'));
    name.is_some_and(|name| ["hours", "minutes", "seconds"].contains(&name))
}

fn kind_of(node: &Node) -> &'static str {
    match &node.kind {
        Kind::List(_) => "array",
        Kind::Map(_) => "object",
        Kind::Scalar(Value::Null, _) => "null",
        Kind::Scalar(Value::Bool(_), _) => "boolean",
        Kind::Scalar(Value::Number(_), _) => "number",
        Kind::Scalar(_, _) => "string",
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
