//! Pauses: an override of a job's file, in force until somebody or its `until` lifts it. Nothing is
//! due meanwhile.

use crate::core::{Answer, Scheduler, Turn};
use crate::model::event::{Actor, Event, Paused, Resumed};
use crate::model::job::JobId;
use crate::model::run::{Reason, RunRecord, Status};
use crate::model::run_id::RunId;
use crate::text::failure;

impl Scheduler {
    /// Pauses a job. Due times up to now are settled already; runs in progress finish, and what
    /// waits for a place goes.
    pub(crate) fn pause(&mut self, turn: &mut Turn, mut pause: Paused) -> Answer {
        let id = pause.job_id.clone();
        if !self.ledger.jobs.get(&id).is_some_and(|state| state.present) {
            return Answer::NoJob(id);
        }
        if let Some(until) = pause.until.filter(|until| *until <= turn.now) {
            return Answer::Past(until);
        }
        // What came due since it was asked for has its verdict, also where it is decided again.
        pause.at = turn.now;
        self.emit(turn, Event::Pause(Box::new(pause)));
        for record in self.waiting_fires(&id) {
            self.finish_paused(turn, record);
        }
        Answer::Done
    }

    /// Lifts a pause; without one there is nothing to do.
    pub(crate) fn resume(&mut self, turn: &mut Turn, job_id: JobId, by: Actor) -> Answer {
        let Some(state) = self.ledger.jobs.get(&job_id).filter(|state| state.present) else {
            return Answer::NoJob(job_id);
        };
        if state.pause.is_some() {
            let at = turn.now;
            let by = Some(by);
            self.emit(turn, Event::Resume(Resumed { at, job_id, by }));
        }
        Answer::Done
    }

    /// Lifts the pauses whose `until` is reached; their due times count from that instant, also
    /// when it is found late.
    pub(crate) fn lift_expired(&mut self, turn: &mut Turn) {
        while let Some((at, job_id)) = self.ledger.shared.pauses.first().cloned() {
            if at > turn.now {
                break;
            }
            let by = None;
            self.emit(turn, Event::Resume(Resumed { at, job_id, by }));
        }
    }

    /// Whether a pause takes the due time of this run away.
    pub(crate) fn is_paused(&self, record: &RunRecord) -> bool {
        let state = self.ledger.jobs.get(&record.job_id);
        record
            .scheduled_at
            .is_some_and(|due| state.is_some_and(|state| state.is_paused_at(due)))
    }

    /// Ends a run that was ordered or waited when its job was paused.
    pub(crate) fn finish_paused(&mut self, turn: &mut Turn, mut record: RunRecord) {
        record.error = Some(failure::paused().en);
        self.finish(turn, record, Status::Cancelled, Reason::User);
    }

    /// Scheduled runs of a job that wait for a place; one that somebody asked for is not a due
    /// time.
    fn waiting_fires(&self, id: &JobId) -> Vec<RunRecord> {
        let runs: Vec<RunId> = self
            .ledger
            .shared
            .waiting
            .iter()
            .map(|(_, id)| *id)
            .collect();
        let records = runs.iter().filter_map(|run_id| self.ledger.run(run_id));
        records
            .map(|run| run.record.clone())
            .filter(|record| record.job_id == *id && record.scheduled_at.is_some())
            .collect()
    }
}
