//! `Budgets`: what each job has sent, a fold of run records (A7), and what its daily and weekly limits leave.
//!
//! "Day" is the job's calendar day in its zone, "week" the last 7 × 24 h; a run counts whole at the instant it started.
//! What is counted of a run stands in its record, so that no replay and no request can count it otherwise.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::core::ledger::{RunState, order_of};
use crate::core::{ON_TIME, Scheduler};
use crate::model::job::{Job, JobId};
use crate::model::run::{Budget, Ending, Report, RunId, RunRecord};
use crate::model::state::Use;
use crate::text::failure;
use crate::time::{SignedDuration, TimeZone, Timestamp, civil::Date};

/// The week of a weekly limit.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Uses remembered per job (A11).
const USES_MAX: usize = 1_024;
/// Older uses count under no limit.
const OLD: SignedDuration = SignedDuration::from_hours(8 * 24);
/// Uses inside one such stretch share a calendar day in every zone: zones begin their days at full quarters of an hour.
const QUARTER_SECS: i64 = 900;

/// What every job has used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budgets {
    jobs: BTreeMap<JobId, Uses>,
}

/// What one job has used, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    uses: VecDeque<Use>,
}

/// A limit and how much of it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Meter {
    /// Messages used.
    pub used: u64,
    /// Messages allowed.
    pub limit: u64,
    /// When the first of the used ones counts no more; `None` while none is used.
    #[serde(with = "crate::time::as_rfc3339_option")]
    pub frees_at: Option<Timestamp>,
}

impl Meter {
    /// A limit and the uses that count under it, oldest first; `frees` says when the oldest of them counts no more.
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Levels {
    /// Of the calendar day in the job's zone.
    pub daily: Option<Meter>,
    /// Of the last 7 × 24 h.
    pub weekly: Option<Meter>,
}

impl Budgets {
    /// Takes a run record in, under the id that its job has now: the last line of a run says what it counts.
    pub fn apply(&mut self, record: &RunRecord, owner: &JobId) {
        let messages = counted(record);
        if messages > 0 || self.jobs.contains_key(owner) {
            let uses = self.jobs.entry(owner.clone()).or_default();
            let at = record.started_at.unwrap_or(order_of(record));
            uses.set(record.id, at, messages);
            if uses.uses.is_empty() {
                self.jobs.remove(owner);
            }
        }
    }

    /// What a job has used counts under its new id from now on.
    pub(crate) fn rename(&mut self, from: &JobId, to: &JobId) {
        let Some(moved) = self.jobs.remove(from) else {
            return;
        };
        let uses = self.jobs.entry(to.clone()).or_default();
        for used in moved.uses {
            uses.set(used.run_id, used.at, used.messages);
        }
    }

    /// What a job has used, as data.
    pub(crate) fn memory(&self, id: &JobId) -> Vec<Use> {
        let uses = self.of(id).map(|uses| uses.uses.iter().cloned());
        uses.into_iter().flatten().collect()
    }

    /// Remembers what a job has used.
    pub(crate) fn restore(&mut self, id: &JobId, uses: &[Use]) {
        if !uses.is_empty() {
            let uses = uses.iter().cloned().collect();
            self.jobs.insert(id.clone(), Uses { uses });
        }
    }

    /// What a job has used.
    pub fn of(&self, id: &JobId) -> Option<&Uses> {
        self.jobs.get(id)
    }

    /// How full the limits of a job are at an instant, without what `except` counts.
    pub fn levels(&self, job: &Job, at: Timestamp, except: Option<RunId>) -> Levels {
        let none = Uses::default();
        let uses = self.of(&job.id).unwrap_or(&none);
        uses.levels(job, at, except)
    }

    /// The first instant in `(from, until]` at which the week of this job leaves a use behind.
    pub(crate) fn ripens(&self, job: &Job, from: Timestamp, until: Timestamp) -> Option<Timestamp> {
        job.allowance.weekly?;
        let ends = self.of(&job.id)?.uses.iter();
        let ends = ends.filter_map(|used| used.at.checked_add(WEEK).ok());
        ends.filter(|end| from < *end && *end <= until).min()
    }
}

impl Uses {
    /// Whether nothing is counted.
    pub fn is_empty(&self) -> bool {
        self.uses.is_empty()
    }

    /// How full the limits of this job are at an instant.
    pub fn levels(&self, job: &Job, at: Timestamp, except: Option<RunId>) -> Levels {
        let zone = job.schedule.zone();
        let today = date(at, zone);
        let week = at.checked_sub(WEEK).unwrap_or(Timestamp::MIN);
        // A clock that was ahead for a while spends nothing: what was used later than now counts in no window.
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

    /// Forgets a use that counts under no limit any more: one of a clock that was far ahead, or the oldest; else two of one
    /// quarter of an hour become one.
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

impl Scheduler {
    /// Reserves what a run of this job may send from `at` on; nothing for a dry run or a job without a limit.
    pub(crate) fn reserve(&self, job: &Job, record: &mut RunRecord, at: Timestamp) {
        let reserved = self.allowed(job, record, at);
        record.budget = reserved.map(|reserved| Budget { reserved, used: 0 });
    }

    /// Reserves for a run that starts now. Without a message left, the answer is no and its record says why.
    pub(crate) fn grant(&self, job: &Job, record: &mut RunRecord, now: Timestamp) -> bool {
        self.reserve(job, record, now);
        let is_empty = record.budget.is_some_and(|budget| budget.reserved == 0);
        if is_empty {
            let levels = self.ledger.budgets.levels(job, now, Some(record.id));
            record.budget = None;
            record.error = levels.exhausted();
        }
        !is_empty
    }

    /// When more is allowed to this run than now and it would still be on time: a week ago the job started a moment later
    /// in its second.
    pub(crate) fn ripe_at(
        &self,
        job: &Job,
        record: &RunRecord,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let until = record.scheduled_at?.checked_add(ON_TIME).ok()?;
        let is_first = record.attempt == 0 && !record.dry_run;
        let budgets = &self.ledger.budgets;
        let at = budgets
            .ripens(job, now, until)
            .filter(|at| is_first && *at < until)?;
        (self.allowed(job, record, at) > self.allowed(job, record, now)).then_some(at)
    }

    /// When the first waiting run is allowed more.
    pub(crate) fn first_ripe(&self) -> Option<Timestamp> {
        let now = self.ledger.high_water?;
        let waiting = self.ledger.waiting.iter();
        let runs = waiting.filter_map(|(_, id)| self.ledger.runs.get(id));
        let ripe = |run: &RunState| self.ripe_at(self.job(&run.record.job_id)?, &run.record, now);
        runs.filter_map(ripe).min()
    }

    fn allowed(&self, job: &Job, record: &RunRecord, at: Timestamp) -> Option<u64> {
        if record.dry_run {
            return None;
        }
        let levels = self.ledger.budgets.levels(job, at, Some(record.id));
        let left = levels.left()?;
        Some(job.allowance.per_run.map_or(left, |cap| cap.min(left)))
    }
}

/// Counts what an attempt sent; of one that was cut off before it said so, all that it might have sent.
pub(crate) fn spend(record: &mut RunRecord, report: &Report, is_cut_off: bool) {
    let Some(budget) = &mut record.budget else {
        return;
    };
    let rest = budget.reserved.saturating_sub(budget.used);
    let used = match said(report) {
        Some(messages) => messages,
        None if is_cut_off => rest,
        None => 0,
    };
    budget.used = budget.used.saturating_add(used);
}

/// Whether an attempt may have gone on behind its last word.
pub(crate) fn is_cut_off(ending: &Ending) -> bool {
    match ending {
        Ending::Signaled(_) | Ending::TimedOut | Ending::Stopped => true,
        Ending::Exited(_) | Ending::StartFailed(_) => false,
    }
}

/// Messages that surely left and those that may have (`unknown` in the result).
fn said(report: &Report) -> Option<u64> {
    let unknown = report.result.as_ref().and_then(|r| r["unknown"].as_u64());
    match (report.messages_sent, unknown) {
        (None, None) => None,
        (sent, unknown) => Some(sent.unwrap_or(0).saturating_add(unknown.unwrap_or(0))),
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
