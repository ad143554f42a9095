//! Fired to dispatched: overlap policy and bounds.

use crate::core::ledger::order_of;
use crate::core::settle::Verdict;
use crate::core::{ON_TIME, Scheduler, Turn, before, grace};
use crate::model::event::Event;
use crate::model::job::{Job, JobId, Overlap};
use crate::model::run::{Reason, RunId, RunRecord, Status, Trigger};
use crate::time::{SignedDuration, Timestamp};

impl Scheduler {
    /// Judges the due times found late, in due order, then records those that no policy could hold.
    pub(crate) fn judge_fires(&mut self, turn: &mut Turn) {
        for (due, id) in std::mem::take(&mut turn.fires) {
            let Some(job) = self.job(&id).cloned() else {
                continue;
            };
            let record = self.new_record(&job, RunId::of_fire(&id, due), Some(due));
            self.judge(turn, record);
        }
        for (id, after, through) in std::mem::take(&mut turn.skips) {
            let Some(job) = self.job(&id).cloned() else {
                continue;
            };
            self.write_off(turn, &job, (after, through), Verdict::OVERLAP);
        }
    }

    /// Judges the ordered runs whose due time has come.
    pub(crate) fn judge_planned(&mut self, turn: &mut Turn) {
        while let Some((due, run_id)) = self.ledger.planned.first().copied() {
            if due > turn.now {
                break;
            }
            let Some(run) = self.ledger.runs.get(&run_id) else {
                break;
            };
            let record = run.record.clone();
            self.judge(turn, record);
        }
    }

    /// Starts what waits for a place, in order, and writes off what waited too long.
    pub(crate) fn dispatch_waiting(&mut self, turn: &mut Turn) {
        let waiting: Vec<_> = self
            .ledger
            .waiting
            .iter()
            .map(|(_, run_id)| *run_id)
            .collect();
        for run_id in waiting {
            let Some(run) = self.ledger.runs.get(&run_id) else {
                continue;
            };
            let record = run.record.clone();
            let Some(job) = self.job(&record.job_id).cloned() else {
                self.finish(turn, record, Status::Cancelled, Reason::Removed);
                continue;
            };
            let is_ahead = record.scheduled_at.is_some_and(|due| due > turn.now);
            if is_ahead {
                // The clock was set back while it waited: never early.
                continue;
            } else if self.is_too_late(turn, &job, &record) {
                self.miss(turn, record);
            } else if self.has_place(&job) && self.ripe_at(&job, &record, turn.now).is_none() {
                self.start(turn, &job, record);
            }
        }
    }

    /// Starts the attempts whose time has come.
    pub(crate) fn start_retries(&mut self, turn: &mut Turn) {
        while let Some((at, run_id)) = self.ledger.retries.first().copied() {
            if at > turn.now || self.is_full() {
                break;
            }
            let Some(run) = self.ledger.runs.get(&run_id) else {
                break;
            };
            let record = run.record.clone();
            let Some(job) = self.job(&record.job_id).cloned() else {
                self.finish(turn, record, Status::Cancelled, Reason::Removed);
                continue;
            };
            self.start(turn, &job, record);
        }
    }

    /// When the first waiting run is too late.
    pub(crate) fn first_expiry(&self) -> Option<Timestamp> {
        let runs = self
            .ledger
            .waiting
            .iter()
            .filter_map(|(_, id)| self.ledger.runs.get(id));
        let expiry = |record: &RunRecord| {
            let grace = grace(self.job(&record.job_id)?);
            let end = record.scheduled_at?.checked_add(grace).ok()?;
            end.checked_add(SignedDuration::from_millis(1)).ok()
        };
        runs.filter_map(|run| expiry(&run.record)).min()
    }

    /// Whether the bound over all jobs is reached.
    pub(crate) fn is_full(&self) -> bool {
        self.ledger.started.len() >= self.setup.max_concurrent_runs
    }

    /// Gives a due time that has come its verdict.
    fn judge(&mut self, turn: &mut Turn, record: RunRecord) {
        let Some(job) = self.job(&record.job_id).cloned() else {
            // Removed before a restart: nothing says any more what to run.
            return self.finish(turn, record, Status::Cancelled, Reason::Removed);
        };
        if self.is_paused(&record) {
            self.finish_paused(turn, record);
        } else if !self.still_due(&job, &record) {
            self.finish(turn, record, Status::Cancelled, Reason::Removed);
        } else if self.is_too_late(turn, &job, &record) {
            self.miss(turn, record);
        } else {
            self.place(turn, &job, record);
        }
    }

    /// Starts a run, lets it wait, or skips it, by the overlap policy.
    pub(crate) fn place(&mut self, turn: &mut Turn, job: &Job, record: RunRecord) {
        let free = self.free_places(job);
        if free > 0 && !self.is_full() && self.ripe_at(job, &record, turn.now).is_none() {
            return self.start(turn, job, record);
        }
        if free > 0 {
            return self.wait(turn, job, record);
        }
        let waiting = self.waiting_of(&job.id);
        match job.policies.overlap {
            Overlap::Skip => self.finish(turn, record, Status::Skipped, Reason::Overlap),
            Overlap::Queue if waiting.is_empty() => self.wait(turn, job, record),
            Overlap::Queue => self.finish(turn, record, Status::Skipped, Reason::Overlap),
            Overlap::Replace => self.replace(turn, job, &waiting, record),
        }
    }

    /// The newest wins: the oldest waiting run, else the oldest running one, makes room.
    fn replace(&mut self, turn: &mut Turn, job: &Job, waiting: &[RunId], record: RunRecord) {
        if waiting.len() >= job.policies.max_instances as usize {
            self.cancel(turn, waiting[0], Reason::Replaced);
        } else if let Some(oldest) = self.oldest_active(&job.id) {
            self.cancel(turn, oldest, Reason::Replaced);
        }
        if self.free_places(job) > 0 && !self.is_full() {
            self.start(turn, job, record);
        } else {
            self.wait(turn, job, record);
        }
    }

    fn wait(&mut self, turn: &mut Turn, job: &Job, mut record: RunRecord) {
        let (run_id, order) = (record.id, order_of(&record));
        if !self.ledger.runs.contains_key(&run_id) {
            self.reserve(job, &mut record, turn.now);
            self.order(turn, run_id);
            self.emit(turn, Event::Run(Box::new(record)));
        }
        self.ledger.wait(run_id, order);
    }

    /// Orders the start of the next attempt; a run without a message left to send is skipped.
    fn start(&mut self, turn: &mut Turn, job: &Job, mut record: RunRecord) {
        // Where no attempt has started, the run counts from now on.
        if record.started_at.is_none() && !self.grant(job, &mut record, turn.now) {
            return self.finish(turn, record, Status::Skipped, Reason::Budget);
        }
        let is_new = !self.ledger.runs.contains_key(&record.id);
        if record.attempt > 0 {
            record.trigger = Trigger::Retry;
        } else if record
            .scheduled_at
            .is_some_and(|due| turn.now.duration_since(due) >= ON_TIME)
        {
            record.trigger = Trigger::Catchup;
        }
        record.attempt += 1;
        record.retry_at = None;
        record.reason = None;
        record.error = None;
        record.exit_code = None;
        record.signal = None;
        record.started_at = record.started_at.or(Some(turn.now));
        if record.attempt > 1 {
            record.begin_attempt(turn.now);
        }
        record.file.clone_from(&job.file);
        record.digest = job.digest.to_string().into();
        record.revision.clone_from(&self.revision);
        if is_new || record.attempt > 1 {
            self.order(turn, record.id);
        }
        self.emit(turn, Event::Run(Box::new(record)));
    }

    fn miss(&mut self, turn: &mut Turn, mut record: RunRecord) {
        let due = record.scheduled_at.unwrap_or(turn.now);
        let reason = self.miss_reason(turn, due);
        if reason == Reason::Late {
            let lag = turn.now.duration_since(due).as_secs_f64();
            record.error = Some(format!("could not start within its grace; {lag:.1} s late"));
        }
        self.finish(turn, record, Status::Missed, reason);
    }

    pub(crate) fn finish(
        &mut self,
        turn: &mut Turn,
        record: RunRecord,
        status: Status,
        reason: Reason,
    ) {
        self.close(turn, record, status, Some(reason));
    }

    pub(crate) fn close(
        &mut self,
        turn: &mut Turn,
        mut record: RunRecord,
        status: Status,
        reason: Option<Reason>,
    ) {
        record.end_attempt(turn.now, reason);
        record.status = status;
        record.reason = reason;
        record.retry_at = None;
        record.finished_at = Some(turn.now.max(record.started_at.unwrap_or(turn.now)));
        self.emit(turn, Event::Run(Box::new(record)));
    }

    /// Whether the files still name this due time.
    fn still_due(&self, job: &Job, record: &RunRecord) -> bool {
        let is_due = self
            .ledger
            .jobs
            .get(&job.id)
            .is_some_and(|state| state.is_due());
        let Some(due) = record.scheduled_at else {
            return true;
        };
        let just_before = before(due, SignedDuration::from_nanos(1));
        is_due && job.schedule.next_after(just_before) == Some(due)
    }

    fn is_too_late(&self, turn: &Turn, job: &Job, record: &RunRecord) -> bool {
        record.scheduled_at.is_some_and(|due| {
            let lag = turn.now.duration_since(due);
            lag >= ON_TIME && lag > grace(job)
        })
    }

    fn has_place(&self, job: &Job) -> bool {
        !self.is_full() && self.free_places(job) > 0
    }

    /// Instances of the job that nothing occupies.
    pub(crate) fn free_places(&self, job: &Job) -> usize {
        let active = self
            .ledger
            .jobs
            .get(&job.id)
            .map_or(0, |state| state.active.len());
        (job.policies.max_instances as usize).saturating_sub(active)
    }

    fn waiting_of(&self, id: &JobId) -> Vec<RunId> {
        let of_job = |run_id: &RunId| {
            self.ledger
                .runs
                .get(run_id)
                .is_some_and(|run| run.record.job_id == *id)
        };
        self.ledger
            .waiting
            .iter()
            .map(|(_, run_id)| *run_id)
            .filter(of_job)
            .collect()
    }

    fn oldest_active(&self, id: &JobId) -> Option<RunId> {
        let state = self.ledger.jobs.get(id)?;
        let runs = state
            .active
            .iter()
            .filter_map(|run_id| self.ledger.runs.get(run_id));
        let going = runs.filter(|run| run.stop.is_none());
        going
            .min_by_key(|run| order_of(&run.record))
            .map(|run| run.record.id)
    }
}
