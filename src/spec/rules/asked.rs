//! What a schema object asks for, as sentences name it.

use jsonschema::error::TypeKind;
use serde_json::Value;

use crate::spec::types::part::{description, example_text, properties, property};
use crate::text::Text;
use crate::text::findings;
use crate::text::findings::values::Bounds;

/// The words of a list of options.
pub fn words_of(options: &Value) -> Vec<&str> {
    let options = options.as_array().into_iter().flatten();
    options.filter_map(Value::as_str).collect()
}

/// The example of the schema object that holds a pattern, as it is written there.
pub fn form(parent: Option<&Value>) -> Option<&str> {
    example_text(description(parent?)?)
}

/// The example of a key's description, as it is written there.
pub fn example<'a>(parent: Option<&'a Value>, name: &str) -> Option<&'a str> {
    example_text(description(property(parent?, name)?)?)
}

/// Its bounds.
pub fn bounds(parent: Option<&Value>) -> Bounds {
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

/// The kinds of values that it takes.
pub fn kinds(kind: &TypeKind) -> Vec<String> {
    match kind {
        TypeKind::Single(one) => vec![one.to_string()],
        TypeKind::Multiple(set) => set.iter().map(|one| one.to_string()).collect(),
    }
}

/// One of these kinds, in words.
pub fn either(kinds: &[String]) -> Text {
    let texts: Vec<Text> = kinds
        .iter()
        .map(|kind| findings::values::kind(kind))
        .collect();
    let join =
        |pick: fn(&Text) -> &str, word: &str| texts.iter().map(pick).collect::<Vec<_>>().join(word);
    Text::new(join(|text| &text.en, " or "), join(|text| &text.fr, " ou "))
}

/// The names of the keys that the failed schema object knows.
pub fn names(parent: Option<&Value>) -> Vec<&str> {
    let known = parent.into_iter().flat_map(properties);
    known.map(|(name, _)| name).collect()
}
