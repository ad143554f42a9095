//! What others may ask of a scheduler; nothing of it changes by that.

use std::sync::Arc;

use crate::core::Scheduler;
use crate::core::ledger::Ledger;
use crate::model::event::Paused;
use crate::model::job::{Job, JobId};
use crate::time::Timestamp;

impl Scheduler {
    /// The job as adopted, also of a removed one while runs of it are known.
    pub fn job(&self, id: &JobId) -> Option<&Arc<Job>> {
        self.ledger
            .jobs
            .get(id)
            .and_then(|state| state.job.as_ref())
    }

    /// The jobs that have their next due time up to an instant.
    pub fn due_until(&self, until: Timestamp) -> impl Iterator<Item = &JobId> {
        let due = self.ledger.shared.due.iter();
        due.take_while(move |(at, _)| *at <= until)
            .map(|(_, id)| id)
    }

    /// The jobs in force.
    pub fn jobs(&self) -> impl Iterator<Item = &Arc<Job>> {
        self.ledger
            .jobs
            .values()
            .filter(|state| state.present)
            .filter_map(|s| s.job.as_ref())
    }

    /// The next due time of a job that has not started yet.
    pub fn next_run_at(&self, id: &JobId) -> Option<Timestamp> {
        let state = self.ledger.jobs.get(id)?;
        state
            .hand
            .planned
            .iter()
            .map(|(due, _)| *due)
            .find(|due| !state.is_paused_at(*due))
            .or(state.next)
    }

    /// The pause in force of a job.
    pub fn pause_of(&self, id: &JobId) -> Option<&Paused> {
        self.ledger.jobs.get(id)?.pause.as_deref()
    }

    /// How many runs have a process, as far as the events say.
    pub fn started_runs(&self) -> usize {
        self.ledger.shared.started.len()
    }

    /// What is remembered.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
}
