//! A kind of schedule that exists in tests only: what it takes to add one is this file and one line
//! in `KINDS`.

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::field::{self, Field};
use crate::schedule::civil::{Civil, Days};
use crate::schedule::daily::AT;
use crate::schedule::kind::{Kind, Read, Times, no_faults, no_warnings, time_of_day};
use crate::schedule::vocabulary::Vocabulary;
use crate::schedule::words::civil_words;

/// The kind.
pub static KIND: Kind = Kind {
    name: "monthly",
    has_config: true,
    follows_zone: true,
    schema: SchemaGenerator::into_root_schema_for::<MonthlySpec>,
    read,
    faults: no_faults,
    warnings: no_warnings,
    words,
    label: ["Monthly", "Mensuel"],
    fields: &[
        Field::new("month_day", "schedule_config.day", field::Kind::Number),
        AT,
    ],
};

/// On one day of each month at a local time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MonthlySpec {
    /// Day of the month: 1 to 28. Required. Example: `15`.
    #[schemars(range(min = 1, max = 28))]
    day: u8,
    /// Hour of the day: 0 to 23. Required. Example: `8`.
    #[schemars(range(min = 0, max = 23))]
    hour: i8,
    /// Minute of the hour: 0 to 59. Default: 0. Example: `30`.
    #[serde(default)]
    #[schemars(range(min = 0, max = 59))]
    minute: i8,
}

fn read(config: &Value) -> Option<Read> {
    Read::of(config, |spec: &MonthlySpec| {
        let (hour, minute) = time_of_day(spec.hour, spec.minute)?;
        let days = Days {
            of_month: 1 << spec.day,
            ..Days::EVERY
        };
        Some(Times::Civil(Civil {
            seconds: 1,
            minutes: 1 << minute,
            hours: 1 << hour,
            days,
            is_fixed: true,
        }))
    })
}

fn words(times: &Times, words: &Vocabulary) -> String {
    times
        .civil()
        .map_or_else(String::new, |civil| civil_words(civil, words))
}
