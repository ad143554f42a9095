//! Who reads a decision once it holds, and in which order: it is shown, runs are started, it is
//! logged, and those who follow the feed get it. A reader is a file here and a line of `READERS`.

mod feed;
mod log;
#[cfg(test)]
mod made_up;
mod show;
mod start;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use crate::core::{Input, Scheduler};
use crate::model::event::Event;
use crate::model::job::JobSet;
use crate::shell::engine::Engine;
use crate::shell::health::Health;

/// The readers, in their order: what is shown comes before what is done, and a start waits for
/// nobody after it.
const READERS: &[Open] = &[
    show::open,
    start::open,
    log::open,
    feed::open,
    #[cfg(test)]
    made_up::open,
];

/// Opens a reader; it gets what is shown and who follows it.
type Open = fn(&Health) -> Box<dyn Reader>;

/// A reader of what holds.
pub trait Reader {
    /// Reads what was accepted.
    fn read(&mut self, accepted: &mut Accepted<'_>);
}

/// What holds, with all that a reader may need.
pub struct Accepted<'a> {
    /// What happened, in order.
    pub events: &'a [Event],
    /// Whether it was decided here; what was decided elsewhere is executed there.
    pub is_own: bool,
    /// Whether it was decided too long ago for its starts to happen as they stand.
    pub is_late: bool,
    /// Who decided; its ledger holds these events.
    pub scheduler: &'a Scheduler,
    /// Who executes.
    pub engine: &'a mut dyn Engine,
    /// The set of jobs that was taken over by it, to be shown together with its jobs.
    pub set: Option<Arc<JobSet>>,
    /// Syncs of the store, and the time spent in them.
    pub syncs: (u64, Duration),
    /// What is to be decided about again.
    pub refused: Vec<Input>,
}

/// All readers, each with what it keeps.
pub struct Readers(Vec<Box<dyn Reader>>);

impl Readers {
    /// The readers of a daemon; `health` holds what is shown and who follows it.
    pub fn open(health: &Health) -> Readers {
        Readers(READERS.iter().map(|open| open(health)).collect())
    }

    /// Lets each read what was accepted.
    pub fn read(&mut self, accepted: &mut Accepted<'_>) {
        for reader in &mut self.0 {
            reader.read(accepted);
        }
    }
}
