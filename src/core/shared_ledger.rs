//! `SharedLedger`: what the core remembers that belongs to no job, and where it finds the jobs and
//! runs of an instant.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::job_ledger::RunState;
use crate::model::event::{Boot, Reloaded, Stage};
use crate::model::job::JobId;
use crate::model::run_id::RunId;
use crate::time::Timestamp;

/// What spans jobs.
#[derive(Clone, Debug, Default)]
pub struct SharedLedger {
    /// The latest instant seen.
    pub high_water: Option<Timestamp>,
    /// Due times up to here were due while no daemon ran, unless they are settled.
    pub down_until: Option<Timestamp>,
    /// Whether the last daemon ended in good order.
    pub ended_clean: bool,
    /// The boot of the machine under which the last line was written, as the wall clock has it.
    pub boot: Option<Boot>,
    /// The last set of job files taken over.
    pub last_reload: Option<Reloaded>,
    /// The job of each run that is not over.
    pub(crate) owners: BTreeMap<RunId, JobId>,
    /// Next due time of each enabled job.
    pub(crate) due: BTreeSet<(Timestamp, JobId)>,
    /// Ordered runs that are not judged yet, by due time.
    pub(crate) planned: BTreeSet<(Timestamp, RunId)>,
    /// Judged runs that wait for a place, by due time or request.
    pub(crate) waiting: BTreeSet<(Timestamp, RunId)>,
    /// Pending retries.
    pub(crate) retries: BTreeSet<(Timestamp, RunId)>,
    /// Runs with an attempt under way.
    pub(crate) started: BTreeSet<RunId>,
    /// Pauses that lift by themselves, by when.
    pub(crate) pauses: BTreeSet<(Timestamp, JobId)>,
}

impl SharedLedger {
    /// Puts a run of a job where an instant finds it.
    pub(crate) fn place(&mut self, id: &JobId, run: &RunState) {
        let record = &run.record;
        let order = record.order_at();
        match record.stage() {
            Stage::Planned if record.waiting => self.waiting.insert((order, record.id)),
            Stage::Planned => self.planned.insert((order, record.id)),
            Stage::Started => self.started.insert(record.id),
            Stage::Retrying => self.retries.insert((run.retry_at(), record.id)),
            Stage::Final => return,
        };
        self.owners.insert(record.id, id.clone());
    }

    /// Takes a run from where an instant finds it.
    pub(crate) fn forget(&mut self, run: &RunState) {
        let (order, id) = (run.record.order_at(), run.record.id);
        self.planned.remove(&(order, id));
        self.waiting.remove(&(order, id));
        self.started.remove(&id);
        self.retries.remove(&(run.retry_at(), id));
        self.owners.remove(&id);
    }
}
