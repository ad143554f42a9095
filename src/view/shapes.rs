//! The JSON Schemas of what the API and the commands answer: what OpenAPI and `jobsd schema` print,
//! derived from the types in `view/answer/`. Tests hold them against real answers; an unknown key
//! there fails, so that a type cannot fall behind what is answered.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Value, json};

use crate::model::run::RunRecord;
use crate::spec::types::part::drop_number_format;

/// The schema of what is answered as a type: every key that is written, and no other.
pub fn of<T: JsonSchema>() -> Schema {
    generate::<T>(Tidy { is_closed: true })
}

/// The same where readers pass over keys that they do not know.
fn open<T: JsonSchema>() -> Schema {
    generate::<T>(Tidy { is_closed: false })
}

fn generate<T: JsonSchema>(tidy: Tidy) -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.with_transform(tidy).into_generator();
    let mut schema = schema.root_schema_for::<T>();
    schema.remove("title");
    schema
}

/// Makes what is derived say of an answer what it would say of a file: nothing has a default, and a
/// word is one of a list.
#[derive(Clone, Debug)]
struct Tidy {
    /// Whether no key may be there that is not listed.
    is_closed: bool,
}

impl Transform for Tidy {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        drop_number_format(schema);
        schema.remove("default");
        schema.remove("x-nullable");
        if let Some(words) = words_of(schema) {
            schema.remove("oneOf");
            schema.insert("type".to_owned(), "string".into());
            schema.insert("enum".to_owned(), words);
        }
        let is_object = schema.get("properties").is_some();
        if is_object && self.is_closed {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
    }
}

/// The words of an enum, each of which has a schema of its own where it has a description.
fn words_of(schema: &Schema) -> Option<Value> {
    let variants = schema.get("oneOf")?.as_array()?;
    variants
        .iter()
        .map(|variant| variant.get("const").cloned())
        .collect()
}

/// The other types of lines in the history.
const LINE_TYPES: [&str; 10] = [
    "stop", "adopt", "reload", "pause", "resume", "control", "clock", "start", "end", "state",
];

/// A line of the history: of a run, or of another type. Readers pass over keys that they do not
/// know.
pub fn line() -> Schema {
    let mut of_run = open::<RunRecord>();
    if let Some(properties) = of_run.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("type".to_owned(), json!({"const": "run"}));
    }
    json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "jobsd history",
        "type": "object",
        "properties": {
            "v": {"type": "integer", "minimum": 1},
            "type": {"type": "string", "minLength": 1},
        },
        "required": ["v", "type"],
        "if": {"properties": {"type": {"const": "run"}}},
        "then": of_run,
        "else": {
            "properties": {
                "type": {"enum": LINE_TYPES},
                "at": {"type": "string", "format": "date-time"},
            },
        },
    })
}
