//! Elapsed time as a kind of schedule: `elapsed.rs` counts it.

use std::num::NonZeroU64;

use schemars::{JsonSchema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::field::{self, Field};
use crate::schedule::elapsed::Interval;
use crate::schedule::forms;
use crate::schedule::kind::{Fault, Kind, Read, Rule, Times, no_warnings};
use crate::schedule::vocabulary::Vocabulary;
use crate::schedule::words::span;
use crate::text::findings;
use crate::time::Timestamp;
use crate::written;

/// The kind.
pub static KIND: Kind = Kind {
    name: "interval",
    has_config: true,
    follows_zone: false,
    schema: SchemaGenerator::into_root_schema_for::<IntervalSpec>,
    read,
    faults,
    warnings: no_warnings,
    words,
    label: ["Interval", "Intervalle"],
    fields: &[
        amount("hours", "schedule_config.hours"),
        amount("minutes", "schedule_config.minutes"),
        amount("seconds", "schedule_config.seconds"),
        Field::new("anchor", "schedule_config.anchor", field::Kind::Text),
    ],
};

const fn amount(name: &'static str, key: &'static str) -> Field {
    Field::new(name, key, field::Kind::Number).silent("0")
}

/// Elapsed time, anchored: a restart does not move it. The sum must be above 0.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [above_zero("hours"), above_zero("minutes"), above_zero("seconds")]))]
pub struct IntervalSpec {
    /// Hours: 0 to 876000. Default: 0. Example: `2`.
    #[serde(default)]
    #[schemars(range(min = 0, max = 876_000))]
    pub hours: u64,
    /// Minutes: 0 to 52560000. Default: 0. Example: `15`.
    #[serde(default)]
    #[schemars(range(min = 0, max = 52_560_000))]
    pub minutes: u64,
    /// Seconds: 0 to 3153600000. Default: 0. Example: `30`.
    #[serde(default)]
    #[schemars(range(min = 0, max = 3_153_600_000u64))]
    pub seconds: u64,
    /// Where counting starts: an instant of RFC 3339, with seconds and an offset. Default:
    /// 1970-01-01T00:00:00Z. Example: `2026-01-01T06:00:00+01:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        regex(pattern = forms::INSTANT),
        extend("patternErrorMessage" = "Write a day, T, a time with seconds and an offset, as in \
            2026-01-01T06:00:00Z.")
    )]
    pub anchor: Option<String>,
}

fn above_zero(key: &str) -> Value {
    json!({"properties": {key: {"not": {"const": 0}}}, "required": [key]})
}

impl From<Interval> for Rule {
    fn from(interval: Interval) -> Rule {
        Rule {
            kind: &KIND,
            times: Times::Elapsed(interval),
        }
    }
}

fn read(config: &Value) -> Option<Read> {
    Read::of(config, |spec: &IntervalSpec| {
        let hours = spec.hours.checked_mul(3_600)?;
        let minutes = spec.minutes.checked_mul(60)?;
        let sum = hours.checked_add(minutes)?.checked_add(spec.seconds)?;
        let every_secs = NonZeroU64::new(sum)?;
        let anchor = match spec.anchor.as_deref() {
            None => Timestamp::UNIX_EPOCH,
            Some(text) => instant(text)?,
        };
        Some(Times::Elapsed(Interval { every_secs, anchor }))
    })
}

fn faults(config: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    // A value of another type is refused by the schema.
    let is_nothing = |key: &&str| match config.get(key) {
        None => true,
        Some(value) => value.as_u64() == Some(0),
    };
    if config.is_object() && ["hours", "minutes", "seconds"].iter().all(is_nothing) {
        faults.push(Fault::whole("", "", findings::schedule::interval_zero()));
    }
    let anchor = written::text(config, "anchor");
    if let Some(text) = anchor.filter(|text| instant(text).is_none()) {
        faults.push(Fault::whole(
            "anchor",
            text,
            findings::schedule::anchor(text),
        ));
    }
    faults
}

fn words(times: &Times, words: &Vocabulary) -> String {
    match times {
        Times::Elapsed(interval) => format!("{} {}", words.every, span(interval.every_secs.get())),
        Times::Civil(_) | Times::Never => String::new(),
    }
}

/// RFC 3339 with an offset: nothing looser, though the time library reads more.
pub fn instant(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let form = b"dddd-dd-ddTdd:dd:dd";
    let fits = |(byte, form): (&u8, &u8)| match form {
        b'd' => byte.is_ascii_digit(),
        b'T' => *byte == b'T' || *byte == b't',
        other => byte == other,
    };
    if bytes.len() <= form.len() || !bytes.iter().zip(form).all(fits) {
        return None;
    }
    let rest = &text[form.len()..];
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let zone = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let end = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
            if end == 0 {
                return None;
            }
            &fraction[end..]
        }
    };
    let is_offset = match zone
        .strip_prefix(['+', '-'])
        .and_then(|z| z.split_once(':'))
    {
        Some((hours, minutes)) => {
            hours.len() == 2 && minutes.len() == 2 && digits(hours) && digits(minutes)
        }
        None => zone == "Z" || zone == "z",
    };
    text.parse().ok().filter(|_| is_offset)
}
