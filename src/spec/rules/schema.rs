//! The JSON Schema from the types of `file.rs`, shaped as if/then per discriminator, and what it
//! says of a tree.

use std::collections::HashSet;
use std::sync::LazyLock;

use jsonschema::Validator;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::bot::BOTS;
use crate::schedule::KINDS;
use crate::spec::rules::branch::{self, Branch};
use crate::spec::rules::violation::Violations;
use crate::spec::types::config::ConfigSpec;
use crate::spec::types::file::JobSpec;
use crate::spec::types::part::{description, drop_number_format, example_text, raw_part};
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

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

fn config_schema() -> Value {
    let mut schema = part::<ConfigSpec>();
    schema.insert("$schema".to_owned(), DRAFT.into());
    schema.to_value()
}

/// A job's keys, without what depends on its types.
pub fn job_part() -> Value {
    part::<JobSpec>().to_value()
}

fn job_schema() -> Value {
    let of_bots = BOTS
        .iter()
        .map(|kind| (kind.name, part_by(kind.schema), kind.is_command));
    let of_schedules = KINDS
        .iter()
        .map(|kind| (kind.name, part_by(kind.schema), kind.has_config));
    let bots = rules("bot_type", "bot_config", of_bots.collect());
    let schedules = rules("schedule_type", "schedule_config", of_schedules.collect());
    let mut schema = part::<JobSpec>();
    schema.insert("$schema".to_owned(), DRAFT.into());
    schema.insert("allOf".to_owned(), json!([bots, schedules].concat()));
    schema.to_value()
}

/// A rule per kind, of its name, the schema of its config, and whether that must be written: such
/// kinds come first.
fn rules(tag: &str, key: &str, mut kinds: Vec<(&str, Schema, bool)>) -> Vec<Schema> {
    kinds.sort_by_key(|(_, _, is_required)| !is_required);
    let rule = |(kind, config, is_required): &(&str, Schema, bool)| {
        let config = config.as_value();
        let branch = Branch {
            tag,
            kind,
            key,
            config,
        };
        branch::rule(&branch, *is_required)
    };
    kinds.iter().map(rule).collect()
}

fn part<T: JsonSchema>() -> Schema {
    part_by(SchemaGenerator::into_root_schema_for::<T>)
}

fn part_by(schema: fn(SchemaGenerator) -> Schema) -> Schema {
    let mut schema = raw_part(schema);
    Tidy.transform(&mut schema);
    schema
}

/// Removes what misleads editors: integer formats, and `null` where a key is merely optional. The
/// example of a description becomes a value.
#[derive(Clone, Copy, Debug)]
struct Tidy;

impl Transform for Tidy {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(example) = description(schema.as_value()).and_then(example_of) {
            schema.insert("examples".to_owned(), json!([example]));
        }
        drop_number_format(schema);
        let is_nullable = schema.remove("x-nullable").is_some();
        if !is_nullable {
            drop_null(schema);
        }
        transform_subschemas(self, schema);
    }
}

/// The value of "Example: `…`" in a description, which is YAML as a user would write it.
pub fn example_of(description: &str) -> Option<Value> {
    let text = example_text(description)?;
    let root = reader::parse(text.as_bytes()).root?;
    Some(root.to_json())
}

fn drop_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if schema.get("default") == Some(&Value::Null) {
        schema.remove("default");
    }
}
