//! The rule of a schedule, from its config.

use std::num::NonZeroU64;

use serde::Deserialize;
use serde_json::Value;

use crate::schedule::Rule;
use crate::schedule::cron::Cron;
use crate::schedule::daily::Daily;
use crate::schedule::interval::Interval;
use crate::schedule::weekly::Weekly;
use crate::spec::types::file::{CronSpec, DailySpec, IntervalSpec, ScheduleType, WeeklySpec};
use crate::time::Timestamp;

/// The rule of a schedule; `None` when the config has been refused.
pub fn rule(kind: ScheduleType, config: &Value) -> Option<Rule> {
    match kind {
        ScheduleType::Daily => {
            let spec: DailySpec = Deserialize::deserialize(config).ok()?;
            let (hour, minute) = time_of_day(spec.hour, spec.minute)?;
            Some(Rule::Daily(Daily { hour, minute }))
        }
        ScheduleType::Weekly => {
            let spec: WeeklySpec = Deserialize::deserialize(config).ok()?;
            let (hour, minute) = time_of_day(spec.hour, spec.minute)?;
            let weekly = Weekly::parse(&spec.day_of_week, hour, minute);
            weekly.ok().map(Rule::Weekly)
        }
        ScheduleType::Interval => interval(&Deserialize::deserialize(config).ok()?),
        ScheduleType::Cron => {
            let spec: CronSpec = Deserialize::deserialize(config).ok()?;
            let cron = Cron::parse(&spec.cron_expression, spec.seconds);
            cron.ok().map(Rule::Cron)
        }
        ScheduleType::Manual => Some(Rule::Manual),
    }
}

fn time_of_day(hour: i8, minute: i8) -> Option<(i8, i8)> {
    let is_good = (0..24).contains(&hour) && (0..60).contains(&minute);
    is_good.then_some((hour, minute))
}

fn interval(spec: &IntervalSpec) -> Option<Rule> {
    let hours = spec.hours.checked_mul(3_600)?;
    let minutes = spec.minutes.checked_mul(60)?;
    let sum = hours.checked_add(minutes)?.checked_add(spec.seconds)?;
    let every_secs = NonZeroU64::new(sum)?;
    let anchor = match spec.anchor.as_deref() {
        None => Timestamp::UNIX_EPOCH,
        Some(text) => instant(text)?,
    };
    Some(Rule::Interval(Interval { every_secs, anchor }))
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
