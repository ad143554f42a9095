//! How many runs ended how: tallies that charts draw and pages count.

use std::collections::{BTreeMap, HashMap};

use crate::model::job::JobId;
use crate::model::run::Status;
use crate::time::{TimeZone, civil::Date};
use crate::view::look::Look;

/// Days that are looked back at most.
pub const DAYS_MAX: usize = 90;

/// The zone of a job, in which its days begin.
pub type ZoneOf<'a> = &'a dyn Fn(&JobId) -> TimeZone;

/// Tallies of jobs, day by day.
pub type OutcomesByJob = HashMap<JobId, BTreeMap<Date, Outcomes>>;

/// How runs ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// By status, in the order of [`ENDS`].
    ends: [u64; ENDS.len()],
    /// Of the missed ones, those that a later run stands for: by design, and no loss.
    covered: u64,
}

/// How a run ends.
const ENDS: [Status; 6] = [
    Status::Success,
    Status::Failed,
    Status::Interrupted,
    Status::Skipped,
    Status::Missed,
    Status::Cancelled,
];

impl Outcomes {
    /// Counts runs that ended so; one in progress is none of them.
    pub fn add(&mut self, status: Status, count: u64) {
        if let Some(at) = ENDS.iter().position(|end| *end == status) {
            self.ends[at] += count;
        }
    }

    /// Counts due times that a later run stands for.
    pub fn cover(&mut self, count: u64) {
        self.add(Status::Missed, count);
        self.covered += count;
    }

    /// Adds another tally.
    pub fn join(&mut self, other: Outcomes) {
        self.covered += other.covered;
        for (sum, more) in self.ends.iter_mut().zip(other.ends) {
            *sum += more;
        }
    }

    /// How many ended so.
    pub fn of(self, status: Status) -> u64 {
        let at = ENDS.iter().position(|end| *end == status);
        at.map_or(0, |at| self.ends[at])
    }

    /// Successes.
    pub fn ok(self) -> u64 {
        self.of(Status::Success)
    }

    /// Failed or interrupted.
    pub fn fail(self) -> u64 {
        self.of(Status::Failed) + self.of(Status::Interrupted)
    }

    /// Skipped or missed, and no later run stands for it.
    pub fn warn(self) -> u64 {
        self.of(Status::Skipped) + self.of(Status::Missed) - self.covered
    }

    /// Cancelled.
    pub fn mute(self) -> u64 {
        self.of(Status::Cancelled)
    }

    /// All of them; a due time that a later run stands for is counted with that run.
    pub fn total(self) -> u64 {
        self.ends.iter().sum::<u64>() - self.covered
    }

    /// The look of a day: the worst that happened, failures first.
    pub fn look(self) -> Look {
        match (self.fail(), self.warn(), self.ok(), self.mute()) {
            (0, 0, 0, 0) => Look::None,
            (0, 0, 0, _) => Look::Mute,
            (0, 0, ..) => Look::Ok,
            (0, ..) => Look::Warn,
            _ => Look::Fail,
        }
    }
}
