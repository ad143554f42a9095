//! The schema of one type as it is generated, and what schemas say, read alike by all who ask.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

/// The schema of a type as it is generated, to become a part of another one: what misleads editors
/// is removed once, at the end, for the marks that it goes by are removed with it.
pub fn raw_part(schema: fn(SchemaGenerator) -> Schema) -> Schema {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let mut schema = schema(settings.into_generator());
    schema.remove("$schema");
    schema
}

/// The keys that an object may have, each with its schema, in the order of the type.
pub fn properties(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let map = schema.get("properties").and_then(Value::as_object);
    let all = map.into_iter().flatten();
    all.map(|(name, own)| (name.as_str(), own))
}

/// The schema of a key.
pub fn property<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    schema.get("properties")?.get(name)
}

/// What a schema says to people.
pub fn description(schema: &Value) -> Option<&str> {
    schema.get("description")?.as_str()
}

/// The words that a text may be; empty where it may be any.
pub fn words(schema: &Value) -> Vec<&str> {
    let words = schema.get("enum").and_then(Value::as_array);
    words
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// The text of "Example: `…`" in a description.
pub fn example_text(description: &str) -> Option<&str> {
    let (_, behind) = description.split_once("Example:")?;
    behind.trim_start().strip_prefix('`')?.split('`').next()
}

/// Removes the format of a number, which editors do not know.
pub fn drop_number_format(schema: &mut Schema) {
    let format = schema.get("format").and_then(Value::as_str);
    if format.is_some_and(|format| format.contains("int") || format == "double") {
        schema.remove("format");
    }
}
