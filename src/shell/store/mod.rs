//! The seam between the loop and where decisions are kept: the loop proposes, and acts only on what
//! it learns to hold (A3). `local` is the journal of one machine and never refuses; a store that
//! several schedulers share may refuse a job's part of a decision, or tell what another one
//! decided.

pub mod local;

use crate::core::Decision;
use crate::core::job_ledger::JobLedger;
use crate::model::event::Event;
use crate::model::job::JobId;

/// Where decisions are kept.
pub trait Store {
    /// Takes in what was decided together. Nothing of it holds yet: it is learned what became of
    /// it, until nothing is left to learn; only then is decided again.
    fn commit(&mut self, decision: Decision);

    /// Learns the next thing that became known; `None` when everything committed has its answer.
    fn learn(&mut self) -> impl Future<Output = Option<Learned>>;
}

/// What became known about decisions.
#[derive(Debug)]
pub enum Learned {
    /// This holds: it may be shown and acted on.
    Won(Vec<Event>),
    /// Nothing that was decided about these jobs holds: this is how they stand, or that there is
    /// none of this id.
    Lost(Vec<(JobId, Option<Box<JobLedger>>)>),
    /// Another scheduler decided this, and it holds.
    Foreign(Vec<Event>),
}
