//! How many runs start at a minute, before and after a change.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::job::Job;
use crate::plan::fires::{Span, count};
use crate::plan::side::Jobs;
use crate::schedule::Schedule;
use crate::time::{SignedDuration, Timestamp};

/// Rows that are shown.
const SHOWN_MAX: usize = 5;
/// Longest span whose minutes are counted.
pub const DAYS_MAX: i64 = 1_000;
const MINUTE: i64 = 60;
const DAY_MINUTES: i64 = 24 * 60;

/// A minute of the day, on all days of the span on which the same numbers of runs start then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Minute {
    /// The minute of the day in UTC: `08:00`.
    pub minute: String,
    /// The first of these days.
    #[serde(with = "crate::time::Rfc3339")]
    pub first: Timestamp,
    /// How many days.
    pub days: u64,
    /// Starts at this minute before the change.
    pub before: u32,
    /// Starts at this minute after it.
    pub after: u32,
}

/// Starts by minute, of both sides.
pub struct Minutes {
    first: i64,
    before: Vec<u32>,
    after: Vec<u32>,
    totals: (u64, u64),
}

impl Minutes {
    /// Counts them. Jobs with one schedule are counted together.
    pub(super) fn count(old: &Jobs, new: &Jobs, span: Span) -> Minutes {
        let first = span.from.as_second().div_euclid(MINUTE);
        let last = span.until.as_second().div_euclid(MINUTE);
        let length = usize::try_from(last - first + 1).unwrap_or(0);
        let mut minutes = Minutes {
            first,
            before: vec![0; length],
            after: vec![0; length],
            totals: (0, 0),
        };
        let mut groups: HashMap<String, (&Schedule, u32, u32)> = HashMap::new();
        for (jobs, is_new) in [(old, false), (new, true)] {
            for job in jobs.values().filter(|job| job.enabled) {
                let group = groups.entry(key(job)).or_insert((&job.schedule, 0, 0));
                if is_new {
                    group.2 += 1;
                } else {
                    group.1 += 1;
                }
            }
        }
        for (schedule, before, after) in groups.into_values() {
            minutes.add(schedule, before, after, span);
        }
        minutes
    }

    fn add(&mut self, schedule: &Schedule, before: u32, after: u32, span: Span) {
        let total = count(Some(schedule), span);
        self.totals.0 += total * u64::from(before);
        self.totals.1 += total * u64::from(after);
        let mut put = |minute: i64, times: u64| {
            let place = usize::try_from(minute - self.first).unwrap_or(usize::MAX);
            let times = u32::try_from(times).unwrap_or(u32::MAX);
            for (counts, jobs) in [(&mut self.before, before), (&mut self.after, after)] {
                if let Some(count) = counts.get_mut(place) {
                    *count = count.saturating_add(times.saturating_mul(jobs));
                }
            }
        };
        let mut due = schedule.next_after(span.from);
        while let Some(at) = due.filter(|due| *due <= span.until) {
            let minute = at.as_second().div_euclid(MINUTE);
            // What is due several times in a minute is counted, not walked through.
            let end = Timestamp::from_second((minute + 1) * MINUTE).unwrap_or(Timestamp::MAX);
            let last = before_instant(end).min(span.until);
            match schedule.next_after(at).filter(|next| *next <= last) {
                None => {
                    put(minute, 1);
                    due = schedule.next_after(at);
                }
                Some(_) => {
                    let span = Span {
                        from: at,
                        until: last,
                    };
                    put(minute, 1 + count(Some(schedule), span));
                    due = schedule.next_after(last);
                }
            }
        }
    }

    /// Due times of all jobs in the span, before and after.
    pub(super) fn totals(&self) -> (u64, u64) {
        self.totals
    }

    /// The minutes at which most start, those that change first.
    pub(super) fn busiest(&self) -> Vec<Minute> {
        let mut rows: BTreeMap<(i64, u32, u32), (i64, u64)> = BTreeMap::new();
        let pairs = self.before.iter().zip(&self.after).enumerate();
        for (place, (before, after)) in pairs {
            if before.max(after) < &2 {
                continue;
            }
            let minute = self.first + i64::try_from(place).unwrap_or(0);
            let key = (minute.rem_euclid(DAY_MINUTES), *before, *after);
            rows.entry(key).or_insert((minute, 0)).1 += 1;
        }
        let mut rows: Vec<_> = rows.into_iter().collect();
        rows.sort_by_key(|((minute, before, after), _)| {
            (
                std::cmp::Reverse(*before.max(after)),
                before == after,
                *minute,
            )
        });
        rows.truncate(SHOWN_MAX);
        let row = |((minute, before, after), (first, days))| Minute {
            minute: format!("{:02}:{:02}", minute / 60, minute % 60),
            first: Timestamp::from_second(first * MINUTE).unwrap_or(Timestamp::MIN),
            days,
            before,
            after,
        };
        rows.into_iter().map(row).collect()
    }
}

fn before_instant(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(at)
}

/// What tells schedules apart: the rule, and the zone.
fn key(job: &Job) -> String {
    format!("{:?} {}", job.schedule.times(), job.timezone)
}
