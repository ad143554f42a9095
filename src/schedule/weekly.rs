//! On listed days at a local time (rule 18).

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::field::{self, Field};
use crate::schedule::civil::{Civil, Days};
use crate::schedule::daily::AT;
use crate::schedule::forms;
use crate::schedule::kind::{Fault, Invalid, Kind, Read, Rule, Times, no_warnings, time_of_day};
use crate::schedule::names::{DAY_NAMES, OTHER_DAY_NAMES};
use crate::schedule::vocabulary::Vocabulary;
use crate::schedule::words::{clock, weekly_days};
use crate::text::near::nearest_name;
use crate::text::{Words, findings};
use crate::written;

/// The kind.
pub static KIND: Kind = Kind {
    name: "weekly",
    has_config: true,
    follows_zone: true,
    schema: SchemaGenerator::into_root_schema_for::<WeeklySpec>,
    read,
    faults,
    warnings: no_warnings,
    words,
    label: ["Weekly", "Hebdomadaire"],
    fields: &[DAY, AT],
};

const DAY: Field = Field::new("day", "schedule_config.day_of_week", field::Kind::Words);

/// On listed days at a local time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeeklySpec {
    /// Days `mon` to `sun`, listed or as ranges such as `mon-fri`. Required. Example:
    /// `mon,wed,fri`.
    #[schemars(
        length(min = 1),
        extend(
            "pattern" = forms::days(),
            "patternErrorMessage" = "Write days by three letters, as lists and ranges: mon-fri \
                or sat,sun."
        )
    )]
    pub day_of_week: String,
    /// Hour of the day: 0 to 23. Required. Example: `14`.
    #[schemars(range(min = 0, max = 23))]
    pub hour: i8,
    /// Minute of the hour: 0 to 59. Default: 0. Example: `30`.
    #[serde(default)]
    #[schemars(range(min = 0, max = 59))]
    pub minute: i8,
}

/// On listed days at a local time.
#[derive(Clone, Copy, Debug)]
pub struct Weekly {
    civil: Civil,
}

/// Items of a list that are read: more than a week has days, written any way.
const ITEMS_MAX: usize = 100;

impl Weekly {
    /// `day_of_week` is a list of `mon` … `sun` and ranges of them (a range may end in `sun`), any
    /// case; hour (0 to 23) and minute (0 to 59) are in range already.
    ///
    /// # Errors
    /// The first [`Invalid`], with the place inside `day_of_week`.
    pub fn parse(day_of_week: &str, hour: i8, minute: i8) -> Result<Weekly, Invalid> {
        Weekly::parse_all(day_of_week, hour, minute).map_err(|mut faults| faults.swap_remove(0))
    }

    /// As [`Weekly::parse`], with every fault.
    ///
    /// # Errors
    /// At least one [`Invalid`].
    pub fn parse_all(day_of_week: &str, hour: i8, minute: i8) -> Result<Weekly, Vec<Invalid>> {
        let (mut of_week, mut faults) = (0u64, Vec::new());
        let mut start = 0;
        for item in day_of_week.split(',').take(ITEMS_MAX) {
            match days(item, start) {
                Ok(bits) => of_week |= bits,
                Err(fault) => faults.push(fault),
            }
            start += item.chars().count() + 1;
        }
        if let Some((at, _)) = day_of_week.match_indices(',').nth(ITEMS_MAX - 1) {
            let rest = &day_of_week[at + 1..];
            faults.push(invalid(rest, start, findings::schedule::day(rest, None)));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let days = Days {
            of_week,
            ..Days::EVERY
        };
        let civil = Civil {
            seconds: 1,
            minutes: 1 << minute,
            hours: 1 << hour,
            days,
            is_fixed: true,
        };
        Ok(Weekly { civil })
    }

    /// The local times.
    pub fn civil(&self) -> Civil {
        self.civil
    }
}

impl From<Weekly> for Rule {
    fn from(weekly: Weekly) -> Rule {
        Rule {
            kind: &KIND,
            times: Times::Civil(weekly.civil),
        }
    }
}

fn read(config: &Value) -> Option<Read> {
    Read::of(config, |spec: &WeeklySpec| {
        let (hour, minute) = time_of_day(spec.hour, spec.minute)?;
        let weekly = Weekly::parse(&spec.day_of_week, hour, minute).ok()?;
        Some(Times::Civil(weekly.civil))
    })
}

fn faults(config: &Value) -> Vec<Fault> {
    let days = written::text(config, "day_of_week");
    let faults = days.and_then(|days| Weekly::parse_all(days, 0, 0).err());
    Fault::inside("day_of_week", faults.unwrap_or_default())
}

fn words(times: &Times, words: &Vocabulary) -> String {
    let Some(civil) = times.civil() else {
        return String::new();
    };
    let days = weekly_days(civil.days.of_week, words);
    format!("{days} {} {}", words.at, clock(civil))
}

fn days(item: &str, start: usize) -> Result<u64, Invalid> {
    let name = item.trim();
    let start = start + item.chars().take_while(|c| c.is_whitespace()).count();
    let Some((first, last)) = name.split_once('-') else {
        return Ok(1 << day(name, start)?);
    };
    let behind = start + first.chars().count() + 1;
    let (first, last) = (
        day(first.trim_end(), start)?,
        day(last.trim_start(), behind)?,
    );
    let last = if last == 0 { 7 } else { last };
    if first > last {
        return Err(invalid(
            name,
            start,
            findings::schedule::day_backwards(name),
        ));
    }
    Ok((first..=last).fold(0, |bits, n| bits | 1 << (n % 7)))
}

fn day(name: &str, start: usize) -> Result<u64, Invalid> {
    let lower = name.to_ascii_lowercase();
    if let Some(found) = DAY_NAMES.iter().position(|known| *known == lower) {
        return Ok(found as u64);
    }
    let near = nearest_name(name, &DAY_NAMES, &OTHER_DAY_NAMES);
    Err(invalid(name, start, findings::schedule::day(name, near)))
}

fn invalid(text: &str, start: usize, words: Words) -> Invalid {
    let end = start + text.chars().count().max(1);
    Invalid { start, end, words }
}
