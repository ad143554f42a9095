//! What is found late starts a few at a time: after a long stop, a suspend or an outage a machine
//! does not start all that was missed in one instant (`catch_up` of `jobsd.yaml`).
//!
//! Which runs were found late is not in the journal: whatever waits over a restart was.

use crate::core::span::{ON_TIME, grace};
use crate::core::{Scheduler, Turn};
use crate::model::run::{Reason, RunRecord, Status};
use crate::model::run_id::RunId;
use crate::time::{SignedDuration, Timestamp};

impl Scheduler {
    /// Notes that a due time is judged only now although it came earlier.
    pub(crate) fn note_late(&mut self, turn: &Turn, record: &RunRecord) {
        let due = record.scheduled_at;
        if due.is_some_and(|due| turn.now.duration_since(due) >= ON_TIME) {
            self.found_late.insert(record.id);
        }
    }

    /// Notes the attempts that came due since the last decision and are found only now.
    pub(crate) fn note_late_retries(&mut self, before: Option<Timestamp>, now: Timestamp) {
        let last = self.ledger.shared.retries.iter().rev();
        let late = last
            .skip_while(|(at, _)| now.duration_since(*at) < ON_TIME)
            .take_while(|(at, _)| before.is_none_or(|before| before < *at));
        self.found_late.extend(late.map(|(_, id)| *id));
    }

    /// Runs that waited when the last daemon ended: found late, all of them. One that somebody
    /// asked for longer ago than its job's grace does not start any more: who asked has long looked
    /// elsewhere.
    pub(crate) fn resume_waiting(&mut self, turn: &mut Turn) {
        let waiting = self.ledger.shared.waiting.iter().map(|(_, id)| *id);
        let ids: Vec<RunId> = waiting.collect();
        for run_id in ids {
            let Some(record) = self.ledger.run(&run_id).map(|run| &run.record) else {
                continue;
            };
            let age = turn.now.duration_since(record.requested());
            let job = self.job(&record.job_id);
            let is_stale = record.scheduled_at.is_none() && job.is_none_or(|job| age > grace(job));
            if is_stale {
                let record = record.clone();
                self.finish(turn, record, Status::Cancelled, Reason::Shutdown);
            } else {
                self.found_late.insert(run_id);
            }
        }
        let now = turn.now;
        self.note_late_retries(None, now);
    }

    /// Whether a run may start as far as the pace of catching up goes.
    pub(crate) fn may_catch_up(&self, run_id: RunId, now: Timestamp) -> bool {
        !self.found_late.contains(&run_id) || self.catch_up_at.is_none_or(|at| at <= now)
    }

    /// Notes that a run starts: the next one that was found late follows after its share of a
    /// second.
    pub(crate) fn note_catch_up(&mut self, now: Timestamp, run_id: RunId) {
        if !self.found_late.contains(&run_id) {
            return;
        }
        let per_second = i64::from(self.setup.catch_up_per_second.max(1));
        let span = SignedDuration::from_nanos(1_000_000_000 / per_second);
        // A loop that wakes a little late keeps the pace.
        let last = self.catch_up_at.filter(|at| now.duration_since(*at) < span);
        self.catch_up_at = last.unwrap_or(now).checked_add(span).ok();
    }

    /// When the next run that was found late may start; `None` when none waits for that.
    pub(crate) fn next_catch_up(&self) -> Option<Timestamp> {
        let at = self.catch_up_at?;
        let is_ahead = self.ledger.shared.high_water.is_none_or(|now| now < at);
        (is_ahead && !self.found_late.is_empty() && !self.is_full()).then_some(at)
    }
}
