//! A job in the words of another scheduler: what all of them share. A schedule or a program that
//! cannot be said exactly is refused; what is around it and has no counterpart is listed as
//! lost.

use std::collections::BTreeMap;

use crate::model::job::{Job, OnInterrupt, Overlap};
use crate::model::program::{EnvValue, SELF};
use crate::schedule::civil::{Civil, Days};
use crate::schedule::elapsed::Interval;
use crate::schedule::kind;
use crate::text::Text;
use crate::text::export as words;
use crate::time::Timestamp;

/// Every bit from `min` to `max`.
pub const fn all_bits(min: u32, max: u32) -> u64 {
    (u64::MAX >> (63 - max)) & (u64::MAX << min)
}

/// What a job is in another scheduler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The text, whole lines.
    pub text: String,
    /// Zone of its times.
    pub zone: String,
    /// Keys with their values that have no counterpart: `timeout: 3600`.
    pub lost: Vec<String>,
}

/// Local times of a rule, and the zone that they are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// The times.
    pub civil: Civil,
    /// The zone; elapsed time is told in UTC, where no clock changes.
    pub zone: String,
}

/// The due times of a job as local times.
///
/// # Errors
/// A sentence for a rule that has none that other schedulers know.
pub fn times(job: &Job) -> Result<Times, Text> {
    if let Some(civil) = job.schedule.civil() {
        let Days {
            last,
            last_weekday,
            nearest,
            last_of_week,
            nth_of_week,
            ..
        } = civil.days;
        if last || last_weekday || nearest > 0 || last_of_week | nth_of_week > 0 {
            return Err(words::special_days());
        }
        let zone = job.timezone.to_string();
        return Ok(Times { civil, zone });
    }
    match job.schedule.times() {
        kind::Times::Elapsed(interval) => rhythm(interval).map(|civil| Times {
            civil,
            zone: "UTC".to_owned(),
        }),
        _ => Err(words::manual()),
    }
}

/// Elapsed time as times of the day in UTC, where its period divides a minute, an hour or a day.
fn rhythm(interval: &Interval) -> Result<Civil, Text> {
    let every = interval.every_secs.get();
    let refuse = || Err(words::uneven_interval());
    let offset = interval.anchor.duration_since(Timestamp::UNIX_EPOCH);
    let is_shifted = offset.subsec_nanos() != 0
        || i128::from(offset.as_secs()).rem_euclid(i128::from(every)) != 0;
    if is_shifted {
        return refuse();
    }
    let steps = |step: u64, max: u64| (0..max).step_by(usize::try_from(step).unwrap_or(1));
    let bits = |step, max| steps(step, max).fold(0, |bits, n| bits | 1_u64 << n);
    let (seconds, minutes, hours) = match every {
        0..60 if 60 % every == 0 => (bits(every, 60), all_bits(0, 59), all_bits(0, 23)),
        60..3_600 if 3_600 % every == 0 && every.is_multiple_of(60) => {
            (1, bits(every / 60, 60), all_bits(0, 23))
        }
        3_600..=86_400 if 86_400 % every == 0 && every.is_multiple_of(3_600) => {
            (1, 1, bits(every / 3_600, 24))
        }
        _ => return refuse(),
    };
    Ok(Civil {
        seconds,
        minutes,
        hours,
        days: Days::EVERY,
        // Once a day is not a rhythm; in UTC it makes no difference.
        is_fixed: every == 86_400,
    })
}

/// The variables of a job.
///
/// # Errors
/// A sentence for values that are kept elsewhere, and for bots, which other schedulers cannot run.
pub fn variables(job: &Job) -> Result<BTreeMap<&str, &str>, Text> {
    if job.program.name() == SELF || !job.bot.is_command {
        return Err(words::bot(job.bot.name));
    }
    let around = &job.program.surroundings;
    if around.env_file.is_some() {
        return Err(words::secrets("env_file"));
    }
    let pair = |(name, value): (&'_ String, &'_ EnvValue)| match value {
        EnvValue::Literal(_) => Ok(()),
        _ => Err(words::secrets(name)),
    };
    around.env.iter().try_for_each(pair)?;
    let known = around.env.iter().filter_map(|(name, value)| match value {
        EnvValue::Literal(value) => Some((name.as_str(), value.as_str())),
        _ => None,
    });
    Ok(known.collect())
}

/// Keys that neither cron nor a timer has.
pub fn lost_everywhere(job: &Job) -> Vec<String> {
    let policies = &*job.policies;
    let mut lost = Vec::new();
    if policies.max_instances != 1 {
        lost.push(format!("max_instances: {}", policies.max_instances));
    }
    match policies.overlap {
        Overlap::Skip => {}
        Overlap::Queue => lost.push("overlap: queue".to_owned()),
        Overlap::Replace => lost.push("overlap: replace".to_owned()),
    }
    if policies.misfire_grace_time.as_secs() > 0 {
        let secs = policies.misfire_grace_time.as_secs();
        lost.push(format!("misfire_grace_time: {secs}"));
    }
    if policies.retry.max_attempts > 1 {
        lost.push("retry".to_owned());
    }
    if policies.on_interrupt == OnInterrupt::Retry {
        lost.push("on_interrupt: retry".to_owned());
    }
    if !job.labels.is_empty() {
        lost.push("labels".to_owned());
    }
    let mut argv = job.program.argv.words();
    if argv.any(|word| word.contains("JOBSD_")) {
        lost.push("JOBSD_*".to_owned());
    }
    lost
}

/// The folder of a job: its own, else the base folder.
pub fn folder(job: &Job, base: &str) -> String {
    match &job.program.surroundings.working_dir {
        None => base.to_owned(),
        Some(dir) if dir.is_absolute() => dir.to_string_lossy().into_owned(),
        Some(dir) => format!("{}/{}", base.trim_end_matches('/'), dir.to_string_lossy()),
    }
}

/// Numbers of set bits, ascending.
pub fn numbers(bits: u64) -> Vec<u32> {
    (0..64).filter(|n| bits >> n & 1 == 1).collect()
}
