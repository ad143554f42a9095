//! The formats of answers and findings, as the command line takes them.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::render::findings::Format as Findings;
use crate::render::{FORMATS, Format};
use crate::text::Lang;

/// For people, or one document.
pub(super) fn human_or_json() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(["human", "json"]).map(|name| match name.as_str() {
        "json" => Format::Json,
        _ => Format::Human,
    })
}

/// The formats of findings.
pub(super) fn findings() -> impl TypedValueParser<Value = &'static Findings> {
    let values = FORMATS
        .iter()
        .map(|format| PossibleValue::new(format.name).help(format.what.0));
    PossibleValuesParser::new(values).map(|name| {
        let found = FORMATS.iter().find(|format| format.name == name);
        // The parser lets no other name through.
        found.copied().unwrap_or(FORMATS[0])
    })
}

/// The French of a format of findings, by `format/NAME`.
pub(super) fn french(key: &str) -> Option<&'static str> {
    let name = key.strip_prefix("format/")?;
    let found = FORMATS.iter().find(|format| format.name == name);
    found.map(|format| format.what.1)
}

/// A text in which `{formats}` names those that CI systems read.
pub fn named_in(text: &str, lang: Lang) -> String {
    let line = |format: &&Findings| {
        let (en, fr) = format.for_ci?;
        let what = if lang == Lang::Fr { fr } else { en };
        Some(format!("  --format {:<8} {what}\n", format.name))
    };
    let lines: String = FORMATS.iter().filter_map(line).collect();
    text.replace("{formats}", &lines)
}
