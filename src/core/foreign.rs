//! What was decided elsewhere, where a store is shared: it is taken in, and nothing is decided by
//! it.
//!
//! A decision about a job that the store refuses is forgotten whole: the job's ledger is put back
//! as the store has it, with what was decided instead.

use crate::core::job_ledger::JobLedger;
use crate::core::ledger::Ledger;
use crate::core::span::ON_TIME;
use crate::core::{Input, Scheduler, Turn};
use crate::model::event::{Event, Stage};
use crate::model::job::JobId;
use crate::time::Timestamp;

impl Scheduler {
    /// Takes in what another one decided about jobs and a store accepted. That its daemon began or
    /// ended, and what its clock did, is its own.
    pub(crate) fn follow(&mut self, turn: &Turn, events: &[Event]) {
        let before = self.ledger.shared.high_water;
        for event in events {
            if self.ledger.job_of(event).is_some() {
                self.take(event);
            }
        }
        // Its clock may be ahead of this one, which was not set back for that.
        let seen = before.max(Some(turn.now));
        self.ledger.shared.high_water = self.ledger.shared.high_water.min(seen);
    }

    /// Forgets what was decided about a job and remembers this instead: how the job stands in the
    /// store, or that the store knows none of this id.
    pub fn put_back(&mut self, id: &JobId, job: Option<Box<JobLedger>>) {
        self.ledger.put_back(id, job);
        let ledger = &self.ledger;
        self.found_late.retain(|run| ledger.run(run).is_some());
        // What waits in the store was found late by whoever let it wait, as after a restart.
        let late = |due: &Timestamp| {
            let seen = ledger.shared.high_water;
            seen.is_some_and(|now| now.duration_since(*due) >= ON_TIME)
        };
        let waiting = ledger
            .jobs
            .get(id)
            .into_iter()
            .flat_map(|job| &job.hand.waiting);
        let found = waiting.filter(|(due, _)| late(due)).map(|(_, run)| *run);
        self.found_late.extend(found);
    }

    /// Applies an event to the ledger.
    pub(crate) fn take(&mut self, event: &Event) {
        self.ledger.apply(event);
        if let Event::Run(run) = event
            && matches!(run.stage(), Stage::Started | Stage::Final)
        {
            self.found_late.remove(&run.id);
        }
    }
}

impl Input {
    /// Whether somebody waits for an answer.
    pub fn is_request(&self) -> bool {
        matches!(
            self,
            Input::RunRequested { .. }
                | Input::CancelRequested { .. }
                | Input::PauseRequested(_)
                | Input::ResumeRequested { .. }
        )
    }

    /// Whether it is to be decided about again when a decision about this job was refused and
    /// forgotten: it is about this job, or about every job and harmless to repeat.
    pub fn is_about(&self, id: &JobId, ledger: &Ledger) -> bool {
        match self {
            Input::RunEnded { run_id, .. }
            | Input::StartHeldUp { run_id, .. }
            | Input::OrphanGone(run_id)
            | Input::LastWords { run_id, .. }
            | Input::CancelRequested { run_id, .. } => {
                let run = ledger.run(run_id);
                run.is_some_and(|run| run.record.job_id == *id)
            }
            Input::RunRequested { job_id, .. } | Input::ResumeRequested { job_id, .. } => {
                job_id == id
            }
            Input::PauseRequested(pause) => pause.job_id == *id,
            Input::Asked(asked) => asked.job_id.as_ref() == Some(id),
            Input::JobsLoaded(_) | Input::ShutdownRequested => true,
            Input::Tick
            | Input::ClockStepped { .. }
            | Input::Started { .. }
            | Input::Foreign(_)
            | Input::ShutdownDone => false,
        }
    }
}
