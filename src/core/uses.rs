//! `Uses`: what a job has sent, a fold of its run records (A7), and how full its daily and weekly
//! limits are.
//!
//! "Day" is the job's calendar day in its zone, "week" the last 7 × 24 h; a run counts whole at the
//! instant it started. What is counted of a run stands in its record, so that no replay and no
//! request can count it otherwise.

use std::collections::VecDeque;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::core::span::ON_TIME;
use crate::model::job::Job;
use crate::model::run::RunRecord;
use crate::model::run_id::RunId;
use crate::model::state::Use;
use crate::text::failure;
use crate::time::{SignedDuration, TimeZone, Timestamp, civil::Date};

/// The week of a weekly limit.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Uses remembered per job (A11).
const USES_MAX: usize = 1_024;
/// Older uses count under no limit.
const OLD: SignedDuration = SignedDuration::from_hours(8 * 24);
/// Uses inside one such stretch share a calendar day in every zone: zones begin their days at full
/// quarters of an hour.
const QUARTER_SECS: i64 = 900;

/// What one job has used, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    uses: VecDeque<Use>,
}

/// A limit and how much of it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Meter {
    /// Messages used.
    pub used: u64,
    /// Messages allowed.
    pub limit: u64,
    /// When the first of the used ones counts no more; `None` while none is used.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub frees_at: Option<Timestamp>,
}

impl Meter {
    /// A limit and the uses that count under it, oldest first; `frees` says when the oldest of them
    /// counts no more.
    fn of(limit: u64, counted: &[&Use], frees: impl Fn(&Use) -> Option<Timestamp>) -> Meter {
        let messages = counted.iter().map(|used| used.messages);
        Meter {
            used: messages.fold(0, u64::saturating_add),
            limit,
            frees_at: counted.first().and_then(|first| frees(first)),
        }
    }

    /// How much of the limit is left.
    pub fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }

    /// How much of the limit is used, in whole percent, rounded down.
    pub fn percent(&self) -> u64 {
        let used = u128::from(self.used) * 100;
        u64::try_from(used / u128::from(self.limit.max(1))).unwrap_or(u64::MAX)
    }
}

/// How full the limits of a job are; a limit that it does not have is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Levels {
    /// Of the calendar day in the job's zone.
    pub daily: Option<Meter>,
    /// Of the last 7 × 24 h.
    pub weekly: Option<Meter>,
}

impl Uses {
    /// These, oldest first.
    pub(crate) fn of(uses: &[Use]) -> Uses {
        let uses = uses.iter().cloned().collect();
        Uses { uses }
    }

    /// Takes a run record in: the last line of a run says what it counts.
    pub(crate) fn apply(&mut self, record: &RunRecord) {
        let messages = counted(record);
        if messages > 0 || !self.is_empty() {
            let at = record.started_at.unwrap_or(record.order_at());
            self.set(record.id, at, messages);
        }
    }

    /// Counts these too.
    pub(crate) fn add(&mut self, more: Uses) {
        for used in more.uses {
            self.set(used.run_id, used.at, used.messages);
        }
    }

    /// As data.
    pub(crate) fn memory(&self) -> Vec<Use> {
        self.uses.iter().cloned().collect()
    }

    /// The first instant in `(from, until]` at which the week of this job leaves a use behind.
    pub(crate) fn ripens(&self, job: &Job, from: Timestamp, until: Timestamp) -> Option<Timestamp> {
        job.allowance.weekly?;
        let ends = self.uses.iter();
        let ends = ends.filter_map(|used| used.at.checked_add(WEEK).ok());
        ends.filter(|end| from < *end && *end <= until).min()
    }

    /// Whether nothing is counted.
    pub fn is_empty(&self) -> bool {
        self.uses.is_empty()
    }

    /// How full the limits of this job are at an instant, without what `except` counts.
    pub fn levels(&self, job: &Job, at: Timestamp, except: Option<RunId>) -> Levels {
        let zone = job.schedule.zone();
        let today = date(at, zone);
        let week = at.checked_sub(WEEK).unwrap_or(Timestamp::MIN);
        // A clock that was ahead for a while spends nothing: what was used later than now counts in
        // no window.
        let end = at.checked_add(ON_TIME).unwrap_or(Timestamp::MAX);
        let counted = |from: &dyn Fn(&Use) -> bool| -> Vec<&Use> {
            let uses = self.uses.iter().filter(|used| used.at <= end);
            uses.filter(|used| from(used) && Some(used.run_id) != except)
                .collect()
        };
        let daily = job.allowance.daily.map(|limit| {
            let counted = counted(&|used| date(used.at, zone) == today);
            Meter::of(limit, &counted, |_| midnight(at, zone))
        });
        let weekly = job.allowance.weekly.map(|limit| {
            let counted = counted(&|used| week < used.at);
            Meter::of(limit, &counted, |first| first.at.checked_add(WEEK).ok())
        });
        Levels { daily, weekly }
    }

    fn set(&mut self, run_id: RunId, at: Timestamp, messages: u64) {
        self.uses.retain(|used| used.run_id != run_id);
        if messages == 0 {
            return;
        }
        let place = self.uses.partition_point(|used| used.at <= at);
        let used = Use {
            run_id,
            at,
            messages,
        };
        self.uses.insert(place, used);
        if self.uses.len() > USES_MAX {
            self.shorten(at);
        }
    }

    /// Forgets a use that counts under no limit any more: one of a clock that was far ahead, or the
    /// oldest; else two of one quarter of an hour become one.
    fn shorten(&mut self, now: Timestamp) {
        let (Some(first), Some(last)) = (self.uses.front(), self.uses.back()) else {
            return;
        };
        if last.at.duration_since(now) > OLD {
            self.uses.pop_back();
            return;
        }
        if now.duration_since(first.at) > OLD {
            self.uses.pop_front();
            return;
        }
        let quarter = |used: &Use| used.at.as_second().div_euclid(QUARTER_SECS);
        let pairs = self.uses.iter().zip(self.uses.iter().skip(1));
        let close = |(earlier, later): (&Use, &Use)| quarter(earlier) == quarter(later);
        // Eight days have fewer quarters than there are uses: two share one.
        if let Some(at) = pairs.map(close).position(|close| close)
            && let Some(earlier) = self.uses.remove(at)
        {
            self.uses[at].messages = self.uses[at].messages.saturating_add(earlier.messages);
        }
    }
}

impl Levels {
    /// Messages left under all limits; `None` without any.
    pub fn left(&self) -> Option<u64> {
        let limits = [self.daily, self.weekly].into_iter().flatten();
        limits.map(|meter| meter.left()).min()
    }

    /// The limit that is used up, in words.
    pub(crate) fn exhausted(&self) -> Option<String> {
        let full = |meter: &Meter| meter.used >= meter.limit;
        if let Some(meter) = self.daily.filter(full) {
            return Some(failure::exhausted("daily_limit", meter.limit).en);
        }
        let weekly = self.weekly.filter(full)?;
        Some(failure::exhausted("weekly_limit", weekly.limit).en)
    }
}

/// Messages that a run counts: its reservation until it is over, then its use.
fn counted(record: &RunRecord) -> u64 {
    match (record.dry_run, record.budget) {
        (true, _) => 0,
        (false, Some(budget)) if record.is_final() => budget.used,
        (false, Some(budget)) => budget.reserved.max(budget.used),
        // No limit applied to it; one that was added since counts it all the same.
        (false, None) => record.messages_sent.unwrap_or(0),
    }
}

/// Where the next calendar day begins.
fn midnight(at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let tomorrow = at.to_zoned_datetime(zone.clone()).tomorrow().ok()?;
    Some(tomorrow.start_of_day().ok()?.timestamp())
}

fn date(at: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(at).date()
}
