//! A cron expression as a kind of schedule: `expression.rs` reads the text.

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::field::{self, Field};
use crate::schedule::cron_field::CRON_FIELDS;
use crate::schedule::expression::Cron;
use crate::schedule::forms;
use crate::schedule::kind::{Fault, Kind, Read, Rule, Times, Warning};
use crate::schedule::vocabulary::Vocabulary;
use crate::schedule::words::civil_words;
use crate::text::{Words, findings};
use crate::written;

/// The kind.
pub static KIND: Kind = Kind {
    name: "cron",
    has_config: true,
    follows_zone: true,
    schema: SchemaGenerator::into_root_schema_for::<CronSpec>,
    read,
    faults,
    warnings,
    words,
    label: ["Cron", "Cron"],
    fields: &[
        Field::new("cron", EXPRESSION, field::Kind::Text),
        Field::new(
            "cron_seconds",
            "schedule_config.seconds",
            field::Kind::Switch,
        )
        .silent(""),
    ],
};

const EXPRESSION: &str = "schedule_config.cron_expression";

/// What five fields are, for editors.
const FIVE_FIELDS_WANTED: &str = "Write minute, hour, day of month, month, day of week, as in \
    \"30 8 * * mon-fri\", or a nickname such as \"@daily\"; for six fields set seconds: true.";
/// What six fields are, for editors.
const SIX_FIELDS_WANTED: &str = "Write second, minute, hour, day of month, month, day of week, \
    as in \"0 30 8 * * mon-fri\".";

/// A cron expression.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("allOf" = cron_forms()))]
pub struct CronSpec {
    /// Minute, hour, day of month, month, day of week, quoted; or a nickname such as `"@daily"`. 1
    /// to 1000 characters. Required. Example: `"*/15 8-18 * * mon-fri"`.
    #[schemars(length(min = 1, max = 1000))]
    pub cron_expression: String,
    /// A sixth field, seconds, comes first. Default: false. Example: `true`.
    #[serde(default)]
    pub seconds: bool,
}

/// Five fields or a nickname without `seconds`, six fields with it.
fn cron_forms() -> Value {
    let form = |pattern, wanted| {
        let expression = json!({"pattern": pattern, "patternErrorMessage": wanted});
        json!({"properties": {"cron_expression": expression}})
    };
    let seconds = |value: bool| json!({"seconds": {"const": value}});
    json!([
        {"if": {"properties": seconds(false)}, "then": form(forms::cron(), FIVE_FIELDS_WANTED)},
        {
            "if": {"properties": seconds(true), "required": ["seconds"]},
            "then": form(forms::cron_with_seconds(), SIX_FIELDS_WANTED),
        },
    ])
}

impl From<Cron> for Rule {
    fn from(cron: Cron) -> Rule {
        Rule {
            kind: &KIND,
            times: Times::Civil(cron.civil()),
        }
    }
}

fn read(config: &Value) -> Option<Read> {
    Read::of(config, |spec: &CronSpec| {
        let cron = Cron::parse(&spec.cron_expression, spec.seconds).ok()?;
        Some(Times::Civil(cron.civil()))
    })
}

fn faults(config: &Value) -> Vec<Fault> {
    let text = written::text(config, "cron_expression");
    let seconds = written::is_on(config, "seconds");
    let faults = text.and_then(|text| Cron::parse_all(text, seconds).err());
    Fault::inside("cron_expression", faults.unwrap_or_default())
}

fn words(times: &Times, words: &Vocabulary) -> String {
    times
        .civil()
        .map_or_else(String::new, |civil| civil_words(civil, words))
}

/// Warns where the text is an expression, with or without seconds, whatever else is wrong with the
/// file.
fn warnings(config: &Value, is_read: bool) -> Vec<Warning> {
    let is_cron = |text: &&str| {
        let mut forms = [false, true].iter();
        is_read || forms.any(|seconds| Cron::parse(text, *seconds).is_ok())
    };
    let Some(text) = written::text(config, "cron_expression").filter(is_cron) else {
        return Vec::new();
    };
    let fields: Vec<&str> = text.split_whitespace().collect();
    let words = days(&fields).into_iter().chain(steps(&fields));
    let warning = |words| Warning {
        key: "cron_expression",
        words,
    };
    words.map(warning).collect()
}

/// Day of month and day of week both restricted (rule 10).
fn days(fields: &[&str]) -> Option<Words> {
    let [.., of_month, _, of_week] = fields else {
        return None;
    };
    let is_open = |field: &str| field == "*" || field == "?";
    if is_open(of_month) || is_open(of_week) {
        return None;
    }
    let mut starred = [of_month, of_week]
        .into_iter()
        .filter(|field| field.starts_with('*'));
    Some(match starred.next() {
        Some(step) => findings::cron::star_step_day(step),
        None => findings::cron::either_day(of_month, of_week),
    })
}

fn steps(fields: &[&str]) -> Option<Words> {
    let told = CRON_FIELDS.iter().skip(6 - fields.len().min(6)).zip(fields);
    let mut items = told.flat_map(|(told, field)| field.split(',').map(move |item| (*told, item)));
    items.find_map(|(told, item)| {
        let (range, step) = item.split_once('/')?;
        let step: u64 = step.parse().ok()?;
        let first = range.split('-').next().filter(|first| *first != "*");
        let value = first.map_or_else(|| told.min.to_string(), str::to_owned);
        // Sunday is 0 and 7: the week has seven days, not eight.
        let size = if told.max == 7 {
            7
        } else {
            told.max - told.min + 1
        };
        (step >= size).then(|| findings::cron::large_step(told, step, &value))
    })
}
