//! The schema of one type as it is generated, and the example that its descriptions carry.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

/// The schema of a type as it is generated, to become a part of another one: what misleads editors
/// is removed once, at the end, for the marks that it goes by are removed with it.
pub fn raw_part(schema: fn(SchemaGenerator) -> Schema) -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let mut schema = schema(settings.into_generator()).to_value();
    if let Some(map) = schema.as_object_mut() {
        map.remove("$schema");
    }
    schema
}

/// The text of "Example: `…`" in a description.
pub fn example_text(description: &str) -> Option<&str> {
    let (_, behind) = description.split_once("Example:")?;
    behind.trim_start().strip_prefix('`')?.split('`').next()
}
