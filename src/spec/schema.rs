//! The JSON Schema from the types of `file.rs`, shaped as if/then per discriminator, and its errors as findings.

use std::sync::LazyLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::model::diagnostic::Span;
use crate::spec::file::{
    BirthdaySpec, CommandSpec, CronSpec, DailySpec, IntervalSpec, JobSpec, VisitorSpec, WeeklySpec,
};
use crate::spec::tree::{Fault, Kind, Node};

/// The schema of a job file, draft 2020-12.
pub static JOB_SCHEMA: LazyLock<Value> = LazyLock::new(job_schema);

/// Findings of one kind in one place that are worth reading.
const FINDINGS_MAX: usize = 100;

static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::draft202012::new(&JOB_SCHEMA).expect("our own schema is valid"));

/// The schema as it is committed: indented, with a newline at its end.
pub fn job_schema_text() -> String {
    let text = serde_json::to_string_pretty(&*JOB_SCHEMA).expect("a value can be written");
    text + "\n"
}

/// Every finding of the schema in a tree.
pub fn check(root: &Node) -> Vec<Fault> {
    let json = root.to_json();
    let mut faults: Vec<Fault> = Vec::new();
    for error in VALIDATOR.iter_errors(&json) {
        for fault in faults_of(root, &error) {
            if !faults
                .iter()
                .any(|known| known.span == fault.span && known.code == fault.code)
            {
                faults.push(fault);
            }
        }
    }
    faults
}

fn job_schema() -> Value {
    let mut schema = part::<JobSpec>();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["allOf"] = json!([
        when(
            "bot_type",
            "command",
            "bot_config",
            part::<CommandSpec>(),
            true
        ),
        when(
            "bot_type",
            "birthday",
            "bot_config",
            part::<BirthdaySpec>(),
            false
        ),
        when(
            "bot_type",
            "visitor",
            "bot_config",
            part::<VisitorSpec>(),
            false
        ),
        when(
            "schedule_type",
            "daily",
            "schedule_config",
            part::<DailySpec>(),
            true
        ),
        when(
            "schedule_type",
            "weekly",
            "schedule_config",
            part::<WeeklySpec>(),
            true
        ),
        when(
            "schedule_type",
            "interval",
            "schedule_config",
            part::<IntervalSpec>(),
            true
        ),
        when(
            "schedule_type",
            "cron",
            "schedule_config",
            part::<CronSpec>(),
            true
        ),
        when(
            "schedule_type",
            "manual",
            "schedule_config",
            json!({"type": "object", "properties": {}, "additionalProperties": false}),
            false
        ),
    ]);
    schema
}

fn when(tag: &str, value: &str, key: &str, config: Value, required: bool) -> Value {
    let mut then = json!({"properties": {key: config}});
    if required {
        then["required"] = json!([key]);
    }
    json!({"if": {"properties": {tag: {"const": value}}, "required": [tag]}, "then": then})
}

fn part<T: JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value();
    tidy(&mut schema);
    if let Some(map) = schema.as_object_mut() {
        map.remove("$schema");
    }
    schema
}

/// Removes what misleads editors: integer formats, and `null` where a key is merely optional.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.get("format").is_some_and(|f| {
                f.as_str()
                    .is_some_and(|f| f.contains("int") || f == "double")
            }) {
                map.remove("format");
            }
            let nullable = map.remove("x-nullable").is_some();
            if !nullable {
                drop_null(map);
            }
            map.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn drop_null(map: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = map.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            map.insert("type".to_owned(), only);
        }
    }
    if map.get("default") == Some(&Value::Null) {
        map.remove("default");
    }
}

fn faults_of(root: &Node, error: &ValidationError<'_>) -> Vec<Fault> {
    let pointer = error.instance_path().as_str();
    let Some(node) = root.at(pointer) else {
        return Vec::new();
    };
    let key = dotted(pointer);
    let at = |span: Span, code: &'static str, key: String, message: String, help: String| Fault {
        span,
        code,
        key,
        message,
        help,
        related: None,
    };
    let shown = show(node);
    let parent = parent_schema(error);
    let one = match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            return unexpected
                .iter()
                .take(FINDINGS_MAX)
                .filter_map(|name| {
                    let (found, _) = node.get(name)?;
                    let (message, help) = unknown(name, &key, parent);
                    Some(at(
                        found.span,
                        "unknown-key",
                        join(&key, name),
                        message,
                        help,
                    ))
                })
                .collect();
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let span = if pointer.is_empty() {
                Span::START
            } else {
                node.span
            };
            let place = if key.is_empty() {
                "the file".to_owned()
            } else {
                format!("`{key}`")
            };
            let message = format!("{place} has no `{name}`");
            at(
                span,
                "missing-key",
                join(&key, name),
                message,
                format!("add `{name}:`{}", about(parent, name)),
            )
        }
        ValidationErrorKind::Minimum { .. } | ValidationErrorKind::Maximum { .. } => {
            let message = format!("`{key}`: {shown} is out of range, {}", range(parent));
            at(
                node.span,
                "range",
                key,
                message,
                format!("write a number {}", range(parent)),
            )
        }
        ValidationErrorKind::Enum { options } => {
            let options: Vec<&str> = options
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let list = options.join(", ");
            let message = format!("`{key}`: {shown} is not one of {list}");
            let written = node.to_json().as_str().unwrap_or_default().to_owned();
            let help = match nearest(&written, options.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write one of {list}"),
            };
            at(node.span, "enum", key, message, help)
        }
        ValidationErrorKind::Type { kind } => {
            let wanted = kinds(kind);
            let (what, name) = (
                if key.is_empty() {
                    "a job".into()
                } else {
                    format!("`{key}`")
                },
                name_of(node),
            );
            let message = format!("{what} expects {wanted}, got {name}{}", of(&shown));
            at(node.span, "type", key, message, remedy(node, &wanted))
        }
        ValidationErrorKind::MinLength { limit } => {
            let message = format!(
                "`{key}` is shorter than {limit} character{}",
                plural(*limit)
            );
            at(node.span, "length", key, message, "write some text".into())
        }
        ValidationErrorKind::MaxLength { limit } => {
            let message = format!("`{key}` is longer than {limit} characters");
            at(node.span, "length", key, message, "shorten it".into())
        }
        ValidationErrorKind::MinItems { limit } => {
            let message = format!("`{key}` needs at least {limit} item{}", plural(*limit));
            at(
                node.span,
                "length",
                key,
                message,
                "write the program first: [df, -h]".into(),
            )
        }
        ValidationErrorKind::MinProperties { .. } | ValidationErrorKind::MaxProperties { .. } => {
            let message = format!("`{key}` must hold exactly one of from_env and from_file");
            at(
                node.span,
                "exactly-one",
                key,
                message,
                "write {from_env: NAME} or {from_file: PATH}".into(),
            )
        }
        ValidationErrorKind::Pattern { pattern } => {
            let message = format!("`{key}`: {shown} does not have the form {pattern}");
            at(
                node.span,
                "pattern",
                key,
                message,
                format!("write a text of the form {pattern}"),
            )
        }
        ValidationErrorKind::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default().to_owned();
            let span = node.get(&name).map_or(node.span, |(found, _)| found.span);
            let message = format!("`{name}` cannot name a variable");
            let help = "use letters, digits and _; not a digit first".into();
            at(span, "pattern", join(&key, &name), message, help)
        }
        _ => at(
            node.span,
            "schema",
            key,
            error.to_string(),
            "see `jobsd schema job`".into(),
        ),
    };
    vec![one]
}

/// The schema object that holds the keyword which failed.
fn parent_schema(error: &ValidationError<'_>) -> Option<&'static Value> {
    let path = error.schema_path().as_str();
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let schema: &'static Value = &JOB_SCHEMA;
    schema.pointer(parent)
}

fn unknown(name: &str, key: &str, parent: Option<&Value>) -> (String, String) {
    let known = parent.and_then(|p| p["properties"].as_object());
    let names: Vec<&str> = known
        .into_iter()
        .flat_map(|map| map.keys())
        .map(String::as_str)
        .collect();
    let place = if key.is_empty() {
        String::new()
    } else {
        format!(" in `{key}`")
    };
    let message = format!("unknown key `{name}`{place}");
    let help = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "remove it: nothing is configured here".to_owned(),
        None => format!("remove it; the keys here are {}", names.join(", ")),
    };
    (message, help)
}

/// The nearest known word, when it is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let distance = |other: &str| strsim::damerau_levenshtein(&lower, &other.to_lowercase());
    let found = known.map(|other| (distance(other), other)).min();
    let limit = (word.chars().count() / 3).clamp(1, 3);
    found
        .filter(|(distance, _)| *distance <= limit)
        .map(|(_, other)| other)
}

fn about(parent: Option<&Value>, name: &str) -> String {
    let text = parent.and_then(|p| p["properties"][name]["description"].as_str());
    text.map_or(String::new(), |text| {
        format!(": {}", text.lines().next().unwrap_or(text))
    })
}

fn range(parent: Option<&Value>) -> String {
    let bound = |name: &str| {
        parent
            .map(|p| p[name].clone())
            .filter(|bound| !bound.is_null())
    };
    match (bound("minimum"), bound("maximum")) {
        (Some(min), Some(max)) => format!("from {min} to {max}"),
        (Some(min), None) => format!("of at least {min}"),
        (None, Some(max)) => format!("of at most {max}"),
        (None, None) => "inside the bounds".to_owned(),
    }
}

fn kinds(kind: &TypeKind) -> String {
    let name = |json: &str| match json {
        "integer" => "an integer (a whole number)",
        "number" => "a number",
        "boolean" => "true or false",
        "string" => "a string (text)",
        "array" => "a list",
        "object" => "a map of keys",
        _ => "null",
    };
    match kind {
        TypeKind::Single(one) => name(&one.to_string()).to_owned(),
        TypeKind::Multiple(set) => set
            .iter()
            .map(|one| name(&one.to_string()))
            .collect::<Vec<_>>()
            .join(" or "),
    }
}

fn name_of(node: &Node) -> &'static str {
    match &node.kind {
        Kind::List(_) => "a list (sequence)",
        Kind::Map(_) => "a map",
        Kind::Scalar(Value::Null, _) => "nothing",
        Kind::Scalar(Value::Bool(_), _) => "a boolean",
        Kind::Scalar(Value::Number(_), _) => "a number",
        Kind::Scalar(_, _) => "a string",
    }
}

fn remedy(node: &Node, wanted: &str) -> String {
    match (&node.kind, wanted) {
        (Kind::Scalar(Value::String(text), _), "true or false") => match text.as_str() {
            "yes" | "on" | "Yes" | "On" => "write true".to_owned(),
            "no" | "off" | "No" | "Off" => "write false".to_owned(),
            _ => "write true or false".to_owned(),
        },
        (Kind::Scalar(Value::String(text), _), _) if text.parse::<i64>().is_ok() => {
            format!("remove the quotes: {text}")
        }
        (Kind::Scalar(value, _), wanted) if wanted.starts_with("a string") && !value.is_null() => {
            format!("quote it: \"{}\"", show(node))
        }
        (Kind::List(_), _) if wanted.starts_with("a map") => {
            "begin with `name: …`, without a dash".to_owned()
        }
        _ => format!("write {wanted}"),
    }
}

fn show(node: &Node) -> String {
    match &node.kind {
        Kind::Scalar(Value::String(text), _) => {
            let short: String = text.chars().take(60).collect();
            let dots = if short.len() < text.len() { "…" } else { "" };
            format!("\"{short}{dots}\"")
        }
        Kind::Scalar(Value::Null, _) | Kind::List(_) | Kind::Map(_) => String::new(),
        Kind::Scalar(value, _) => value.to_string(),
    }
}

fn of(shown: &str) -> String {
    if shown.is_empty() {
        String::new()
    } else {
        format!(": {shown}")
    }
}

fn plural(n: u64) -> &'static str {
    if n == 1 { "" } else { "s" }
}

fn dotted(pointer: &str) -> String {
    pointer.split('/').skip(1).collect::<Vec<_>>().join(".")
}

fn join(key: &str, name: &str) -> String {
    if key.is_empty() {
        name.to_owned()
    } else {
        format!("{key}.{name}")
    }
}
