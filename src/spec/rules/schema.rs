//! The JSON Schema from the types of `file.rs`, shaped as if/then per discriminator, and what it
//! says of a tree.

use std::collections::HashSet;
use std::sync::LazyLock;

use jsonschema::Validator;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::bot::BOTS;
use crate::schedule::KINDS;
use crate::spec::rules::violation::Violations;
use crate::spec::types::config::ConfigSpec;
use crate::spec::types::file::JobSpec;
use crate::spec::types::part::{example_text, raw_part};
use crate::spec::yaml::reader;
use crate::spec::yaml::tree::{Fault, Node};

/// A schema and its validator.
pub struct Checker {
    schema: Value,
    validator: Validator,
    is_job: bool,
}

/// The schema of a job file, draft 2020-12.
pub static JOB: LazyLock<Checker> = LazyLock::new(|| Checker::new(job_schema(), true));

/// The schema of `jobsd.yaml`, draft 2020-12.
pub static CONFIG: LazyLock<Checker> = LazyLock::new(|| Checker::new(config_schema(), false));

/// Errors of the validator that are looked at; a file with more has enough to read.
const ERRORS_MAX: usize = 300;

impl Checker {
    fn new(schema: Value, is_job: bool) -> Checker {
        let validator = jsonschema::draft202012::new(&schema).expect("our own schema is valid");
        Checker {
            schema,
            validator,
            is_job,
        }
    }

    /// The schema as it is committed: indented, with a newline at its end.
    pub fn text(&self) -> String {
        format!("{:#}\n", self.schema)
    }

    /// The schema itself.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// Every finding of the schema in a tree, given as JSON too.
    pub fn check(&self, root: &Node, json: &Value) -> Vec<Fault> {
        // Nearly every file is good, and to say only that costs half.
        if self.validator.is_valid(json) {
            return Vec::new();
        }
        let mut found = Violations::new(&self.schema, self.is_job);
        for error in self.validator.iter_errors(json).take(ERRORS_MAX) {
            found.take(root, &error);
        }
        let mut known = HashSet::new();
        let mut faults = found.faults();
        faults.retain(|fault| known.insert((fault.span, fault.words.code, fault.key.clone())));
        faults
    }
}

fn config_schema() -> Value {
    let mut schema = part::<ConfigSpec>();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema
}

/// A job's keys, without what depends on its types.
pub fn job_part() -> Value {
    part::<JobSpec>()
}

fn job_schema() -> Value {
    let mut schema = part::<JobSpec>();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    // Kinds whose config must be written come first.
    let of_bots = BOTS
        .iter()
        .map(|kind| (kind.name, kind.schema, kind.is_command));
    let of_schedules = KINDS
        .iter()
        .map(|kind| (kind.name, kind.schema, kind.has_config));
    let mut bots: Vec<_> = of_bots.collect();
    bots.sort_by_key(|(_, _, is_required)| !is_required);
    let mut schedules: Vec<_> = of_schedules.collect();
    schedules.sort_by_key(|(_, _, is_required)| !is_required);
    let when_bot =
        |(name, config, required)| when("bot_type", name, "bot_config", part_by(config), required);
    let when_schedule = |(name, config, required)| {
        when(
            "schedule_type",
            name,
            "schedule_config",
            part_by(config),
            required,
        )
    };
    let all = bots.into_iter().map(when_bot);
    schema["allOf"] = all
        .chain(schedules.into_iter().map(when_schedule))
        .collect();
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
    part_by(SchemaGenerator::into_root_schema_for::<T>)
}

fn part_by(schema: fn(SchemaGenerator) -> Schema) -> Value {
    let mut schema = raw_part(schema);
    tidy(&mut schema);
    schema
}

/// Removes what misleads editors: integer formats, and `null` where a key is merely optional. The
/// example of a description becomes a value.
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
    let root = reader::parse(text.as_bytes()).root?;
    Some(root.to_json())
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
