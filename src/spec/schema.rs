//! The JSON Schema from the types of `file.rs`, shaped as if/then per discriminator, and its errors as findings.

use std::sync::LazyLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::model::diagnostic::Span;
use crate::spec::config::ConfigSpec;
use crate::spec::file::{
    BirthdaySpec, CommandSpec, CronSpec, DailySpec, IntervalSpec, JobSpec, ManualSpec, VisitorSpec,
    WeeklySpec,
};
use crate::spec::tree::{self, Fault, Kind, Node};
use crate::text::findings::{self, Bounds};
use crate::text::{Text, Words};

/// A schema and its validator.
pub struct Checker {
    schema: Value,
    validator: Validator,
}

/// The schema of a job file, draft 2020-12.
pub static JOB: LazyLock<Checker> = LazyLock::new(|| Checker::new(job_schema()));

/// The schema of `jobsd.yaml`, draft 2020-12.
pub static CONFIG: LazyLock<Checker> = LazyLock::new(|| Checker::new(config_schema()));

/// Findings of one kind in one place that are worth reading.
const FINDINGS_MAX: usize = 100;

impl Checker {
    fn new(schema: Value) -> Checker {
        let validator = jsonschema::draft202012::new(&schema).expect("our own schema is valid");
        Checker { schema, validator }
    }

    /// The schema as it is committed: indented, with a newline at its end.
    pub fn text(&self) -> String {
        format!("{:#}\n", self.schema)
    }

    /// The schema itself.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// Every finding of the schema in a tree, and the same tree as JSON.
    pub fn check(&self, root: &Node, json: &Value) -> Vec<Fault> {
        let mut faults: Vec<Fault> = Vec::new();
        for error in self.validator.iter_errors(json) {
            for fault in faults_of(root, &error, &self.schema) {
                let is_known = |known: &Fault| {
                    known.span == fault.span && known.words.code == fault.words.code
                };
                if !faults.iter().any(is_known) {
                    faults.push(fault);
                }
            }
        }
        faults
    }
}

fn config_schema() -> Value {
    let mut schema = part::<ConfigSpec>();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema
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
            part::<ManualSpec>(),
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
    let mut schema = raw_part::<T>();
    tidy(&mut schema);
    schema
}

/// The schema of a type as it is generated, to become a part of another one: what misleads editors is removed once, at the
/// end, for the marks that it goes by are removed with it.
pub fn raw_part<T: JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value();
    if let Some(map) = schema.as_object_mut() {
        map.remove("$schema");
    }
    schema
}

/// Removes what misleads editors: integer formats, and `null` where a key is merely optional. The example of a description
/// becomes a value.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let example = map.get("description").and_then(Value::as_str);
            if let Some(example) = example.and_then(example_of) {
                map.insert("examples".to_owned(), json!([example]));
            }
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

/// The value of "Example: `…`" in a description, which is YAML as a user would write it.
pub fn example_of(description: &str) -> Option<Value> {
    let text = example_text(description)?;
    let root = tree::parse(text.as_bytes()).root?;
    Some(root.to_json())
}

fn example_text(description: &str) -> Option<&str> {
    let (_, behind) = description.split_once("Example:")?;
    behind.trim_start().strip_prefix('`')?.split('`').next()
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

fn faults_of(root: &Node, error: &ValidationError<'_>, schema: &Value) -> Vec<Fault> {
    let pointer = error.instance_path().as_str();
    let Some(node) = root.at(pointer) else {
        return Vec::new();
    };
    let key = dotted(pointer);
    let at = |span: Span, key: String, words: Words| Fault {
        span,
        key,
        words,
        related: None,
    };
    let shown = show(node);
    let parent = parent_schema(error, schema);
    let words = match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let named = unexpected.iter().take(FINDINGS_MAX);
            let found = named.filter_map(|name| Some((name, node.get(name)?.0.span)));
            return found
                .map(|(name, span)| at(span, join(&key, name), unknown(name, &key, parent)))
                .collect();
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let span = if pointer.is_empty() {
                Span::START
            } else {
                node.span
            };
            let words = findings::missing_key(name, &key, example(parent, name));
            return vec![at(span, join(&key, name), words)];
        }
        ValidationErrorKind::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default().to_owned();
            let span = node.get(&name).map_or(node.span, |(found, _)| found.span);
            return vec![at(span, join(&key, &name), findings::variable_name(&name))];
        }
        ValidationErrorKind::Minimum { .. } | ValidationErrorKind::Maximum { .. } => {
            findings::range(&key, &shown, &bounds(parent))
        }
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().into_iter().flatten();
            let options: Vec<&str> = options.filter_map(Value::as_str).collect();
            let written = node.to_json().as_str().unwrap_or_default().to_owned();
            let near = nearest(&written, options.iter().copied());
            findings::one_of(&key, &shown, &options.join(", "), near)
        }
        ValidationErrorKind::Type { kind } => {
            let kinds = kinds(kind);
            let found = findings::found_kind(kind_of(node));
            findings::wrong_type(&key, &either(&kinds), &found, &shown, remedy(node, &kinds))
        }
        ValidationErrorKind::MinLength { limit } => findings::too_short(&key, *limit),
        ValidationErrorKind::MinItems { limit } => findings::too_few(&key, *limit),
        ValidationErrorKind::MaxLength { limit } => findings::too_long(&key, *limit),
        ValidationErrorKind::MinProperties { .. } | ValidationErrorKind::MaxProperties { .. } => {
            findings::one_source(&key)
        }
        // The type's own finding says what is wrong.
        ValidationErrorKind::OneOfMultipleValid { .. } if !matches!(node.kind, Kind::Map(_)) => {
            return Vec::new();
        }
        ValidationErrorKind::OneOfMultipleValid { .. } => {
            let (named, _) = node.get("shell").unzip();
            let span = named.map_or(node.span, |named| named.span);
            return vec![at(span, join(&key, "shell"), findings::two_programs())];
        }
        ValidationErrorKind::OneOfNotValid { .. } => {
            return vec![at(node.span, join(&key, "command"), findings::no_program())];
        }
        ValidationErrorKind::AnyOf { .. } => findings::interval_zero(),
        ValidationErrorKind::Pattern { .. } if key == "schedule_config.anchor" => {
            findings::anchor(node.to_json().as_str().unwrap_or_default())
        }
        ValidationErrorKind::Pattern { .. } => findings::pattern(&key, &shown, form(parent)),
        _ => findings::schema(&error.to_string()),
    };
    vec![at(node.span, key, words)]
}

/// The example of the schema object that holds a pattern, or what the pattern itself names.
fn form(parent: Option<&Value>) -> Option<&str> {
    parent.and_then(|p| example_text(p["description"].as_str()?))
}

/// The schema object that holds the keyword which failed.
fn parent_schema<'s>(error: &ValidationError<'_>, schema: &'s Value) -> Option<&'s Value> {
    let path = error.schema_path().as_str();
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    schema.pointer(parent)
}

fn unknown(name: &str, key: &str, parent: Option<&Value>) -> Words {
    let known = parent.and_then(|p| p["properties"].as_object());
    let names: Vec<&str> = known
        .into_iter()
        .flat_map(|map| map.keys())
        .map(String::as_str)
        .collect();
    findings::unknown_key(name, key, nearest(name, names.iter().copied()), &names)
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

/// The example of a key's description, as it is written there.
fn example<'a>(parent: Option<&'a Value>, name: &str) -> Option<&'a str> {
    parent.and_then(|p| example_text(p["properties"][name]["description"].as_str()?))
}

fn bounds(parent: Option<&Value>) -> Bounds {
    let bound = |name: &str| {
        let bound = parent
            .map(|p| p[name].clone())
            .filter(|bound| !bound.is_null());
        bound.map(|bound| bound.to_string())
    };
    Bounds {
        min: bound("minimum"),
        max: bound("maximum"),
    }
}

fn kinds(kind: &TypeKind) -> Vec<String> {
    match kind {
        TypeKind::Single(one) => vec![one.to_string()],
        TypeKind::Multiple(set) => set.iter().map(|one| one.to_string()).collect(),
    }
}

fn either(kinds: &[String]) -> Text {
    let texts: Vec<Text> = kinds.iter().map(|kind| findings::kind(kind)).collect();
    let join =
        |pick: fn(&Text) -> &str, word: &str| texts.iter().map(pick).collect::<Vec<_>>().join(word);
    Text::new(join(|text| &text.en, " or "), join(|text| &text.fr, " ou "))
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

fn remedy(node: &Node, wanted: &[String]) -> Option<Text> {
    let first = wanted.first()?.as_str();
    match (&node.kind, first) {
        (Kind::Scalar(Value::String(text), _), "boolean") => match text.as_str() {
            "yes" | "on" | "Yes" | "On" => Some(findings::write("true")),
            "no" | "off" | "No" | "Off" => Some(findings::write("false")),
            _ => None,
        },
        (Kind::Scalar(Value::String(text), _), _) if text.parse::<i64>().is_ok() => {
            Some(findings::remove_quotes(text))
        }
        (Kind::Scalar(value, _), "string") if !value.is_null() => {
            Some(findings::quote(&show(node)))
        }
        (Kind::List(_), "object") => Some(findings::no_dash()),
        _ => None,
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
