//! Fired to dispatched: overlap policy and bounds.

use std::collections::BTreeMap;

use crate::core::settle::Verdict;
use crate::core::span::{ON_TIME, before, grace};
use crate::core::{Scheduler, Turn};
use crate::model::event::{Event, Stage};
use crate::model::job::{Job, JobId, Overlap};
use crate::model::run::{Reason, RunRecord, Status, Trigger};
use crate::model::run_id::RunId;
use crate::text::failure;
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
        let now = turn.now;
        let planned = self.ledger.shared.planned.iter().copied();
        let come = planned.take_while(|(due, _)| *due <= now).collect();
        let is_late = |(due, _): &(Timestamp, RunId)| now.duration_since(*due) >= ON_TIME;
        for run_id in self.in_order(come, is_late) {
            if let Some(run) = self.ledger.run(&run_id) {
                let record = run.record.clone();
                self.judge(turn, record);
            }
        }
    }

    /// Starts what waits and the attempts whose time has come, in due order, and writes off what
    /// waited too long.
    pub(crate) fn dispatch(&mut self, turn: &mut Turn) {
        // How many of a job keep waiting: a later due time of it takes none of their places.
        let mut ahead: BTreeMap<JobId, usize> = BTreeMap::new();
        for run_id in self.candidates(turn.now) {
            let Some(run) = self.ledger.run(&run_id) else {
                continue;
            };
            let record = run.record.clone();
            match record.stage() {
                Stage::Planned => {
                    let held = ahead.entry(record.job_id.clone()).or_default();
                    *held += usize::from(!self.dispatch_waiting(turn, record, *held));
                }
                Stage::Retrying => self.dispatch_retry(turn, record),
                Stage::Started | Stage::Final => {}
            }
        }
    }

    /// What waits and the retries that are due, in the order in which they start.
    fn candidates(&self, now: Timestamp) -> Vec<RunId> {
        let ledger = &self.ledger;
        let retries = ledger
            .shared
            .retries
            .iter()
            .take_while(|(at, _)| *at <= now);
        let ids = ledger
            .shared
            .waiting
            .iter()
            .chain(retries)
            .map(|(_, id)| *id);
        let runs = ids.filter_map(|id| Some((&ledger.run(&id)?.record, id)));
        let mut found: Vec<(Timestamp, RunId)> =
            runs.map(|(record, id)| (record.order_at(), id)).collect();
        found.sort_unstable();
        self.in_order(found, |(_, id)| self.found_late.contains(id))
    }

    /// Runs in due order as they are to start: among those found late, the one whose grace ends
    /// first takes the first of their places.
    fn in_order(
        &self,
        found: Vec<(Timestamp, RunId)>,
        is_late: impl Fn(&(Timestamp, RunId)) -> bool,
    ) -> Vec<RunId> {
        let late = found.iter().filter(|run| is_late(run));
        let mut by_expiry: Vec<(Timestamp, (Timestamp, RunId))> =
            late.map(|run| (self.expiry_of(run.1), *run)).collect();
        by_expiry.sort_unstable();
        let mut by_expiry = by_expiry.into_iter();
        let run_in_place = |run: (Timestamp, RunId)| {
            let next = is_late(&run).then(|| by_expiry.next()).flatten();
            next.map_or(run.1, |(_, (_, id))| id)
        };
        found.into_iter().map(run_in_place).collect()
    }

    /// When the grace of a run ends.
    fn expiry_of(&self, run_id: RunId) -> Timestamp {
        let record = self.ledger.run(&run_id).map(|run| &run.record);
        let end = record.and_then(|record| {
            let grace = grace(self.job(&record.job_id)?);
            record.order_at().checked_add(grace).ok()
        });
        end.unwrap_or(Timestamp::MAX)
    }

    /// A further attempt happens only while its job is there, enabled, and not paused.
    fn dispatch_retry(&mut self, turn: &mut Turn, record: RunRecord) {
        let state = self.ledger.jobs.get(&record.job_id);
        let Some(state) = state.filter(|state| state.is_due()) else {
            return self.finish(turn, record, Status::Cancelled, Reason::Removed);
        };
        let is_held = state.is_paused_at(turn.now);
        let Some(job) = state.job.clone().filter(|_| !is_held) else {
            return;
        };
        if !self.is_full() && self.may_catch_up(record.id, turn.now) {
            self.start(turn, &job, record);
        }
    }

    /// Whether nothing but its own job's instances stands against a start.
    pub(crate) fn can_start(&self, job: &Job, record: &RunRecord, now: Timestamp) -> bool {
        !self.is_full()
            && self.may_catch_up(record.id, now)
            && self.ripe_at(job, record, now).is_none()
    }

    /// Whether the bound over all jobs is reached.
    pub(crate) fn is_full(&self) -> bool {
        self.ledger.shared.started.len() >= self.setup.max_concurrent_runs
    }

    /// A start that the disk kept waiting did not happen: it happens now, if its grace allows that.
    pub(crate) fn start_again(&mut self, turn: &mut Turn, run_id: RunId, attempt: u32) {
        let Some(run) = self.ledger.run(&run_id) else {
            return;
        };
        if run.record.stage() != Stage::Started || run.record.attempt != attempt {
            return;
        }
        let stop = run.stop;
        let mut record = run.record.clone();
        let is_first = record.is_first_start();
        record.started_at = record.started_at.filter(|_| !is_first);
        let job = self.job(&record.job_id).cloned();
        if let Some(reason) = stop {
            return self.finish(turn, record, Status::Cancelled, reason);
        }
        if is_first
            && job
                .as_ref()
                .is_some_and(|job| self.is_too_late(turn, job, &record))
        {
            return self.miss(turn, record);
        }
        if is_first
            && let Some(job) = job
            && let Some(latest) = self.latest_come(turn, &job, &record)
        {
            // It has not started: a later due time of its job stands for it, as for any other that
            // is late.
            return self.finish_coalesced(turn, record, latest);
        }
        record.started_at = record.started_at.or(Some(turn.now));
        record.delayed = true;
        if let Some(last) = record.attempts.last_mut() {
            last.started_at = turn.now;
        }
        let lag = record.scheduled_at.map(|due| turn.now.duration_since(due));
        if attempt == 1 && lag.is_some_and(|lag| lag >= ON_TIME) {
            record.trigger = Trigger::Catchup;
        }
        self.emit(turn, Event::Run(Box::new(record)));
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
        } else if let Some(latest) = self.latest_instead(&job, &record, turn.now) {
            self.finish_coalesced(turn, record, latest);
        } else {
            self.note_late(turn, &record);
            self.place(turn, &job, record);
        }
    }

    /// Starts a run, lets it wait, or skips it, by the overlap policy. What waits counts as what
    /// runs: with `skip` there are `max_instances` at most, with `queue` one more.
    pub(crate) fn place(&mut self, turn: &mut Turn, job: &Job, record: RunRecord) {
        let free = self.free_places(job);
        if free > 0 && job.policies.coalesce {
            self.coalesce_waiting(turn, job, &record);
        }
        let waiting = self.waiting_of(&job.id, turn.now);
        if waiting.len() < free {
            if self.can_start(job, &record, turn.now) {
                self.start(turn, job, record);
            } else {
                self.wait(turn, job, record);
            }
            return;
        }
        match job.policies.overlap {
            Overlap::Queue if self.has_room(job, turn.now) => self.wait(turn, job, record),
            Overlap::Skip | Overlap::Queue => {
                self.finish(turn, record, Status::Skipped, Reason::Overlap);
            }
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
        if self.free_places(job) > 0 && self.can_start(job, &record, turn.now) {
            self.start(turn, job, record);
        } else {
            self.wait(turn, job, record);
        }
    }

    /// Orders the start of the next attempt; a run without a message left to send is skipped.
    pub(crate) fn start(&mut self, turn: &mut Turn, job: &Job, mut record: RunRecord) {
        // Where no attempt has started, the run counts from now on; one that a crash cut off before
        // its first line said so may have sent what it reserved.
        let is_doubtful = record.attempt == 0 && record.retry_at.is_some();
        if record.started_at.is_none() && !is_doubtful && !self.grant(job, &mut record, turn.now) {
            return self.finish(turn, record, Status::Skipped, Reason::Budget);
        }
        // The line of an intent orders its start; any other start is ordered by its own line.
        let known = self.ledger.run(&record.id).map(|run| &run.record);
        let is_ordered =
            known.is_some_and(|known| known.stage() == Stage::Planned && !known.waiting);
        if record.attempt > 0 || is_doubtful {
            record.trigger = Trigger::Retry;
        } else if record
            .scheduled_at
            .is_some_and(|due| turn.now.duration_since(due) >= ON_TIME)
        {
            record.trigger = Trigger::Catchup;
        }
        record.attempt += 1;
        record.waiting = false;
        record.delayed = false;
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
        // An attempt belongs to who starts it, not to who planned the run.
        record.host.clone_from(&self.setup.host);
        if !is_ordered {
            self.order(turn, record.id);
        }
        self.note_catch_up(turn.now, record.id);
        self.emit(turn, Event::Run(Box::new(record)));
    }

    pub(crate) fn miss(&mut self, turn: &mut Turn, mut record: RunRecord) {
        let due = record.scheduled_at.unwrap_or(turn.now);
        let reason = self.miss_reason(turn, due);
        if reason == Reason::Late {
            let lag = turn.now.duration_since(due).as_secs_f64();
            record.error = Some(failure::late(lag).en);
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
        let now = turn.now;
        self.close(turn, record, (status, Some(reason)), now);
    }

    pub(crate) fn close(
        &mut self,
        turn: &mut Turn,
        mut record: RunRecord,
        (status, reason): (Status, Option<Reason>),
        ended_at: Timestamp,
    ) {
        record.end_attempt(ended_at, reason);
        record.status = status;
        record.reason = reason;
        record.retry_at = None;
        record.waiting = false;
        record.delayed = false;
        record.finished_at = Some(ended_at.max(record.started_at.unwrap_or(ended_at)));
        self.emit(turn, Event::Run(Box::new(record)));
    }

    /// Whether the files still name this due time.
    pub(crate) fn still_due(&self, job: &Job, record: &RunRecord) -> bool {
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

    pub(crate) fn is_too_late(&self, turn: &Turn, job: &Job, record: &RunRecord) -> bool {
        record.scheduled_at.is_some_and(|due| {
            let lag = turn.now.duration_since(due);
            lag >= ON_TIME && lag > grace(job)
        })
    }

    /// Whether one more run of the job may run or wait, as its policy goes.
    pub(crate) fn has_room(&self, job: &Job, now: Timestamp) -> bool {
        let queued = usize::from(job.policies.overlap == Overlap::Queue);
        self.waiting_of(&job.id, now).len() < self.free_places(job) + queued
    }

    /// Instances of the job that no attempt, under way or to come, occupies.
    pub(crate) fn free_places(&self, job: &Job) -> usize {
        let active = self
            .ledger
            .jobs
            .get(&job.id)
            .map_or(0, |state| state.hand.active.len());
        (job.policies.max_instances as usize).saturating_sub(active)
    }

    fn oldest_active(&self, id: &JobId) -> Option<RunId> {
        let state = self.ledger.jobs.get(id)?;
        let runs = state
            .hand
            .active
            .iter()
            .filter_map(|run_id| self.ledger.run(run_id));
        let going = runs.filter(|run| run.stop.is_none());
        going
            .min_by_key(|run| run.record.order_at())
            .map(|run| run.record.id)
    }
}
