//! What the daily and weekly limits of a job leave to its runs; what it has used is in
//! [`Uses`](crate::core::uses::Uses).

use crate::core::Scheduler;
use crate::core::job_ledger::RunState;
use crate::core::span::ON_TIME;
use crate::model::job::Job;
use crate::model::outcome::{Ending, Report};
use crate::model::run::{Budget, RunRecord};
use crate::time::Timestamp;

impl Scheduler {
    /// Reserves what a run of this job may send from `at` on; nothing for a dry run or a job
    /// without a limit.
    pub(crate) fn reserve(&self, job: &Job, record: &mut RunRecord, at: Timestamp) {
        let reserved = self.allowed(job, record, at);
        record.budget = reserved.map(|reserved| Budget { reserved, used: 0 });
    }

    /// Reserves for a run that starts now. Without a message left, the answer is no and its record
    /// says why.
    pub(crate) fn grant(&self, job: &Job, record: &mut RunRecord, now: Timestamp) -> bool {
        self.reserve(job, record, now);
        let is_empty = record.budget.is_some_and(|budget| budget.reserved == 0);
        if is_empty {
            let levels = self.ledger.levels(job, now, Some(record.id));
            record.budget = None;
            record.error = levels.exhausted();
        }
        !is_empty
    }

    /// When more is allowed to this run than now and it would still be on time: a week ago the job
    /// started a moment later in its second.
    pub(crate) fn ripe_at(
        &self,
        job: &Job,
        record: &RunRecord,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let until = record.scheduled_at?.checked_add(ON_TIME).ok()?;
        let is_first = record.attempt == 0 && !record.dry_run;
        let uses = self.ledger.uses(&job.id)?;
        let at = uses
            .ripens(job, now, until)
            .filter(|at| is_first && *at < until)?;
        (self.allowed(job, record, at) > self.allowed(job, record, now)).then_some(at)
    }

    /// When the first waiting run is allowed more.
    pub(crate) fn first_ripe(&self) -> Option<Timestamp> {
        let now = self.ledger.shared.high_water?;
        let waiting = self.ledger.shared.waiting.iter();
        let runs = waiting.filter_map(|(_, id)| self.ledger.run(id));
        let ripe = |run: &RunState| self.ripe_at(self.job(&run.record.job_id)?, &run.record, now);
        runs.filter_map(ripe).min()
    }

    fn allowed(&self, job: &Job, record: &RunRecord, at: Timestamp) -> Option<u64> {
        if record.dry_run {
            return None;
        }
        let levels = self.ledger.levels(job, at, Some(record.id));
        let left = levels.left()?;
        Some(job.allowance.per_run.map_or(left, |cap| cap.min(left)))
    }
}

/// Counts what an attempt sent; of one that was cut off before it said so, all that it might have
/// sent.
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
    let unknown = report.unknown();
    match (report.messages_sent, unknown) {
        (None, None) => None,
        (sent, unknown) => Some(sent.unwrap_or(0).saturating_add(unknown.unwrap_or(0))),
    }
}
