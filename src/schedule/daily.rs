//! Every day at a local time (rule 17).

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::field::{self, Field};
use crate::schedule::civil::{Civil, Days};
use crate::schedule::kind::{Kind, Read, Rule, Times, no_faults, no_warnings, time_of_day};
use crate::schedule::vocabulary::Vocabulary;
use crate::schedule::words::clock;

/// The kind.
pub static KIND: Kind = Kind {
    name: "daily",
    has_config: true,
    follows_zone: true,
    schema: SchemaGenerator::into_root_schema_for::<DailySpec>,
    read,
    faults: no_faults,
    warnings: no_warnings,
    words,
    label: ["Daily", "Quotidien"],
    fields: &[AT],
};

/// The field of the time of day.
pub const AT: Field = Field::new("at", "schedule_config.hour", field::Kind::Time);

/// Every day at a local time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DailySpec {
    /// Hour of the day: 0 to 23. Required. Example: `8`.
    #[schemars(range(min = 0, max = 23))]
    pub hour: i8,
    /// Minute of the hour: 0 to 59. Default: 0. Example: `30`.
    #[serde(default)]
    #[schemars(range(min = 0, max = 59))]
    pub minute: i8,
}

/// Every day at a local time.
#[derive(Clone, Copy, Debug)]
pub struct Daily {
    /// 0 to 23.
    pub hour: i8,
    /// 0 to 59.
    pub minute: i8,
}

impl Daily {
    /// The local times.
    pub fn civil(&self) -> Civil {
        Civil {
            seconds: 1,
            minutes: 1 << self.minute,
            hours: 1 << self.hour,
            days: Days::EVERY,
            is_fixed: true,
        }
    }
}

impl From<Daily> for Rule {
    fn from(daily: Daily) -> Rule {
        Rule {
            kind: &KIND,
            times: Times::Civil(daily.civil()),
        }
    }
}

fn read(config: &Value) -> Option<Read> {
    Read::of(config, |spec: &DailySpec| {
        let (hour, minute) = time_of_day(spec.hour, spec.minute)?;
        Some(Times::Civil(Daily { hour, minute }.civil()))
    })
}

fn words(times: &Times, words: &Vocabulary) -> String {
    let time = times.civil().map(clock).unwrap_or_default();
    format!("{} {} {time}", words.daily, words.at)
}
