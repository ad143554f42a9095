//! Runs that wait for a place: how they begin to wait, how they become one with a later due time,
//! and when they no longer may.

use crate::core::span::grace;
use crate::core::{Scheduler, Turn};
use crate::model::event::Event;
use crate::model::job::{Job, JobId};
use crate::model::run::{Reason, RunRecord, Status};
use crate::model::run_id::RunId;
use crate::time::{SignedDuration, Timestamp};

impl Scheduler {
    /// Whether it waits no longer, or not for a place; so many of its job that go before it do.
    pub(crate) fn dispatch_waiting(
        &mut self,
        turn: &mut Turn,
        record: RunRecord,
        held: usize,
    ) -> bool {
        let Some(job) = self.job(&record.job_id).cloned() else {
            self.finish(turn, record, Status::Cancelled, Reason::Removed);
            return true;
        };
        let is_ahead = record.scheduled_at.is_some_and(|due| due > turn.now);
        if is_ahead {
            // The clock was set back while it waited: never early.
        } else if self.is_too_late(turn, &job, &record) {
            self.miss(turn, record);
        } else if self.found_late.contains(&record.id)
            && let Some(latest) = self.latest_instead(&job, &record, turn.now)
        {
            self.finish_coalesced(turn, record, latest);
        } else if self.free_places(&job) > held && self.can_start(&job, &record, turn.now) {
            self.start(turn, &job, record);
        } else {
            return false;
        }
        true
    }

    /// Lets a run wait. Its line says so, and that nothing of it starts before a further one: over
    /// a crash it is known that it never started, and it is judged again.
    pub(crate) fn wait(&mut self, turn: &mut Turn, job: &Job, mut record: RunRecord) {
        if self.ledger.run(&record.id).is_none() {
            self.reserve(job, &mut record, turn.now);
            self.order(turn, record.id);
        }
        record.waiting = true;
        self.emit(turn, Event::Run(Box::new(record)));
    }

    /// The latest due time of the same job that has come and not started, where it stands for this
    /// one.
    pub(crate) fn latest_instead(
        &self,
        job: &Job,
        record: &RunRecord,
        now: Timestamp,
    ) -> Option<RunId> {
        let due = record
            .scheduled_at
            .filter(|_| job.policies.coalesce && record.attempt == 0)?;
        let later = self.come_of(&job.id, now).filter(|(at, _)| due < *at);
        later.max().map(|(_, id)| id)
    }

    /// The due times of a job that have come and have a line, but no start.
    fn come_of(&self, id: &JobId, now: Timestamp) -> impl Iterator<Item = (Timestamp, RunId)> {
        let planned = self
            .ledger
            .jobs
            .get(id)
            .map(|state| state.hand.planned.iter());
        let planned = planned.into_iter().flatten().copied();
        let waiting = self.waiting_of(id, now).into_iter().filter_map(|id| {
            let other = &self.ledger.run(&id)?.record;
            Some((other.scheduled_at?, id))
        });
        planned.chain(waiting).filter(move |(at, _)| *at <= now)
    }

    /// The latest due time of the same job that has come while the start of this one was held up.
    pub(crate) fn latest_come(&self, turn: &Turn, job: &Job, record: &RunRecord) -> Option<RunId> {
        let due = record.scheduled_at.filter(|_| job.policies.coalesce)?;
        let found = turn.fires.iter().filter(|(_, id)| *id == job.id);
        let found = found.map(|(at, id)| (*at, RunId::of_fire(id, *at)));
        let known = self.come_of(&job.id, turn.now);
        let later = found.chain(known).filter(|(at, _)| due < *at);
        later.max().map(|(_, id)| id)
    }

    /// Older due times of a job that wait for a place become one run with this one, the latest.
    pub(crate) fn coalesce_waiting(&mut self, turn: &mut Turn, job: &Job, latest: &RunRecord) {
        for run_id in self.waiting_of(&job.id, turn.now) {
            let Some(run) = self.ledger.run(&run_id) else {
                continue;
            };
            let is_older =
                run.record.scheduled_at.is_some() && run.record.scheduled_at < latest.scheduled_at;
            if is_older {
                let record = run.record.clone();
                self.finish_coalesced(turn, record, latest.id);
            }
        }
    }

    pub(crate) fn finish_coalesced(&mut self, turn: &mut Turn, mut record: RunRecord, into: RunId) {
        record.coalesced_into = Some(into);
        self.finish(turn, record, Status::Missed, Reason::Coalesced);
    }

    /// When the first waiting run is too late.
    pub(crate) fn first_expiry(&self) -> Option<Timestamp> {
        let runs = self
            .ledger
            .shared
            .waiting
            .iter()
            .filter_map(|(_, id)| self.ledger.run(id));
        let expiry = |record: &RunRecord| {
            let grace = grace(self.job(&record.job_id)?);
            let end = record.scheduled_at?.checked_add(grace).ok()?;
            end.checked_add(SignedDuration::from_millis(1)).ok()
        };
        runs.filter_map(|run| expiry(&run.record)).min()
    }

    /// What waits of a job, in due order; not what a clock that was set back put ahead again.
    pub(crate) fn waiting_of(&self, id: &JobId, now: Timestamp) -> Vec<RunId> {
        let waiting = self
            .ledger
            .jobs
            .get(id)
            .map(|state| state.hand.waiting.iter());
        let come = waiting
            .into_iter()
            .flatten()
            .take_while(|(at, _)| *at <= now);
        come.map(|(_, run_id)| *run_id).collect()
    }
}
