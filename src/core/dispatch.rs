//! Fired to dispatched: overlap policy, bounds, retry, stop. What an attempt's end means is decided here too.

use std::time::Duration;

use crate::core::budget::{is_cut_off, spend};
use crate::core::ledger::order_of;
use crate::core::settle::Verdict;
use crate::core::{Answer, ON_TIME, Scheduler, Turn, before, grace, signed};
use crate::model::event::{Event, Stage, StopRequested};
use crate::model::job::{Job, JobId, OnInterrupt, Overlap, Retry};
use crate::model::run::{Ending, Outcome, Reason, Report, RunId, RunRecord, Status, Trigger};
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

    /// A run that somebody asked for: it obeys the same policies, and a refusal is an answer, not a record.
    pub(crate) fn request(
        &mut self,
        turn: &mut Turn,
        run_id: RunId,
        job_id: JobId,
        dry_run: bool,
    ) -> Answer {
        if self.stopping {
            return Answer::Stopping;
        }
        let present = self.ledger.jobs.get(&job_id).filter(|state| state.present);
        let Some(job) = present.and_then(|state| state.job.clone()) else {
            return Answer::NoJob(job_id);
        };
        if job.policies.overlap == Overlap::Skip && self.free_places(&job) == 0 {
            return Answer::Overlap(job_id);
        }
        let mut record = self.new_record(&job, run_id, None);
        record.dry_run = job.dry_run || dry_run;
        self.place(turn, &job, record);
        Answer::Accepted(run_id)
    }

    /// Ends a run, in the time that its job gives it.
    pub(crate) fn cancel(&mut self, turn: &mut Turn, run_id: RunId, reason: Reason) -> Answer {
        self.cancel_within(turn, run_id, reason, None)
    }

    /// Ends a run: a started one is told to stop, any other is cancelled at once. One that is told already is told again where
    /// it gets another time.
    pub(crate) fn cancel_within(
        &mut self,
        turn: &mut Turn,
        run_id: RunId,
        reason: Reason,
        grace_secs: Option<u64>,
    ) -> Answer {
        let Some(run) = self.ledger.runs.get(&run_id) else {
            return Answer::NoRun(run_id);
        };
        if run.record.stage() == Stage::Started {
            if run.stop.is_none() || grace_secs.is_some() {
                let stop = StopRequested {
                    at: turn.now,
                    run_id,
                    reason: run.stop.unwrap_or(reason),
                    grace_secs,
                };
                self.emit(turn, Event::Stop(stop));
            }
        } else {
            let record = run.record.clone();
            self.finish(turn, record, Status::Cancelled, reason);
        }
        Answer::Accepted(run_id)
    }

    /// Stops starting and tells every run to end. Pending retries and runs ordered for later survive the stop.
    pub(crate) fn shut_down(&mut self, turn: &mut Turn) {
        self.stopping = true;
        let started: Vec<RunId> = self.ledger.started.iter().copied().collect();
        let waiting: Vec<RunId> = self.ledger.waiting.iter().map(|(_, id)| *id).collect();
        for run_id in started.into_iter().chain(waiting) {
            self.cancel(turn, run_id, Reason::Shutdown);
        }
    }

    /// Records how an attempt ended: the run is over, or a further attempt is due. A stale report is ignored.
    pub(crate) fn end_attempt(
        &mut self,
        turn: &mut Turn,
        run_id: RunId,
        attempt: u32,
        outcome: Outcome,
    ) {
        let Some(run) = self.ledger.runs.get(&run_id) else {
            return;
        };
        if run.record.stage() != Stage::Started || run.record.attempt != attempt {
            return;
        }
        let stop = run.stop;
        let mut record = run.record.clone();
        let began_at = record.started_at;
        let (status, reason) = verdict(&outcome, stop);
        spend(&mut record, &outcome.report, is_cut_off(&outcome.ending));
        take_report(&mut record, outcome);
        let retry = self.retry_delay(&record, status, stop);
        match (retry, reason) {
            (Some(delay), _) => {
                note_first(&mut record, began_at);
                record.end_attempt(turn.now, reason);
                record.reason = reason;
                record.retry_at = turn.now.checked_add(delay).ok();
                self.emit(turn, Event::Run(Box::new(record)));
            }
            (None, reason) => self.close(turn, record, status, reason),
        }
    }

    /// A run that a former daemon left unfinished: over, or, where the job says so, tried again.
    pub(crate) fn interrupt(&mut self, turn: &mut Turn, run_id: RunId) {
        let Some(run) = self.ledger.runs.get(&run_id) else {
            return;
        };
        let mut record = run.record.clone();
        let report = self.last_words.remove(&run_id).unwrap_or_default();
        spend(&mut record, &report, true);
        take_words(&mut record, report);
        let job = self.job(&record.job_id);
        let again = job.is_some_and(|job| job.policies.on_interrupt == OnInterrupt::Retry);
        if again && record.started_at.is_some() {
            let began_at = record.started_at;
            note_first(&mut record, began_at);
            record.end_attempt(turn.now, Some(Reason::Crash));
            record.reason = Some(Reason::Crash);
            record.retry_at = Some(turn.now);
            self.emit(turn, Event::Run(Box::new(record)));
        } else {
            self.finish(turn, record, Status::Interrupted, Reason::Crash);
        }
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
    fn place(&mut self, turn: &mut Turn, job: &Job, record: RunRecord) {
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

    fn close(
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
    fn free_places(&self, job: &Job) -> usize {
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

    fn retry_delay(
        &self,
        record: &RunRecord,
        status: Status,
        stop: Option<Reason>,
    ) -> Option<SignedDuration> {
        let state = self
            .ledger
            .jobs
            .get(&record.job_id)
            .filter(|state| state.present)?;
        let retry = &state.job.as_ref()?.policies.retry;
        let worth = retry.on_exit.is_empty()
            || record
                .exit_code
                .is_some_and(|code| retry.on_exit.contains(&code));
        let again = status == Status::Failed
            && stop.is_none()
            && worth
            && record.attempt < retry.max_attempts;
        again.then(|| backoff(retry, record.attempt))
    }
}

/// The delay after attempt `attempt`: `backoff × factor^(attempt − 1)`, at most `max_backoff`.
pub fn backoff(retry: &Retry, attempt: u32) -> SignedDuration {
    let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
    let secs = retry.backoff.as_secs_f64() * retry.backoff_factor.powi(exponent);
    let max = retry.max_backoff.as_secs_f64();
    let delay = Duration::try_from_secs_f64(secs.min(max)).unwrap_or(retry.max_backoff);
    signed(delay)
}

/// Notes when the first attempt began: only a run that is tried again keeps a list.
fn note_first(record: &mut RunRecord, began_at: Option<Timestamp>) {
    if let (1, true, Some(at)) = (record.attempt, record.attempts.is_empty(), began_at) {
        record.begin_attempt(at);
    }
}

/// What an attempt's end means (PRODUCT section 5).
fn verdict(outcome: &Outcome, stop: Option<Reason>) -> (Status, Option<Reason>) {
    let reported = outcome.report.success == Some(false) || outcome.report.error.is_some();
    match (&outcome.ending, stop) {
        (Ending::Stopped, stop) => (Status::Cancelled, Some(stop.unwrap_or(Reason::User))),
        (Ending::Signaled(_), Some(stop)) => (Status::Cancelled, Some(stop)),
        (Ending::Exited(0), _) if reported => (Status::Failed, Some(Reason::Reported)),
        (Ending::Exited(0), _) => (Status::Success, None),
        (Ending::Exited(_), _) => (Status::Failed, Some(Reason::Exit)),
        (Ending::Signaled(_), None) => (Status::Failed, Some(Reason::Signal)),
        (Ending::TimedOut, _) => (Status::Failed, Some(Reason::Timeout)),
        (Ending::StartFailed(_), _) => (Status::Failed, Some(Reason::StartFailed)),
    }
}

fn take_report(record: &mut RunRecord, outcome: Outcome) {
    record.output_bytes += outcome.output_bytes;
    take_words(record, outcome.report);
    record.error = record.error.take().or(outcome.note);
    match outcome.ending {
        Ending::Exited(code) => record.exit_code = Some(code),
        Ending::Signaled(signal) => record.signal = Some(signal),
        Ending::StartFailed(cause) => {
            record.error = Some(cause);
            if record.is_first_start() {
                record.started_at = None;
            }
        }
        Ending::TimedOut | Ending::Stopped => {}
    }
}

/// Takes over what an attempt reported; what the attempts of a run count adds up.
fn take_words(record: &mut RunRecord, report: Report) {
    let sum = |before: Option<u64>, more: Option<u64>| match (before, more) {
        (Some(before), Some(more)) => Some(before.saturating_add(more)),
        (before, more) => more.or(before),
    };
    record.messages_sent = sum(record.messages_sent, report.messages_sent);
    record.profiles_visited = sum(record.profiles_visited, report.profiles_visited);
    record.result = report.result;
    record.error = report.error;
}
