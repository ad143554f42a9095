//! `Schedule`: the rule that names due times. Pure: no clock, no zone look-up by name (the zone is given).
//!
//! The rules are `tests/conformance/README.md`, cited by number in the files of this folder.

pub mod cron;
pub mod daily;
pub mod dst;
pub mod interval;
pub mod weekly;

use crate::time::{TimeZone, Timestamp};

/// A compiled rule together with its zone.
#[derive(Clone, Debug)]
pub struct Schedule {
    rule: Rule,
    zone: TimeZone,
}

/// One schedule type each.
#[derive(Clone, Debug)]
pub enum Rule {
    /// Every day at a local time.
    Daily(daily::Daily),
    /// On listed days at a local time.
    Weekly(weekly::Weekly),
    /// Elapsed time from an anchor.
    Interval(interval::Interval),
    /// A cron expression.
    Cron(cron::Cron),
    /// Never by itself.
    Manual,
}

/// Why a schedule is refused, and where inside its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Suggested diagnostic code: `cron` or `day`.
    pub code: &'static str,
    /// First code point of the fault inside the text, from 0.
    pub start: usize,
    /// Just behind its last code point.
    pub end: usize,
    /// What is wrong, with the value and what is allowed.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// Due times in a row: how many there are, the first and the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueRange {
    /// The first due time.
    pub first: Timestamp,
    /// The last due time, included.
    pub last: Timestamp,
    /// How many due times there are from `first` to `last`, both included.
    pub count: u64,
}

impl Schedule {
    /// A rule in a zone.
    pub fn new(rule: Rule, zone: TimeZone) -> Schedule {
        Schedule { rule, zone }
    }

    /// The first due time strictly after `after`; `None` when there is none.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let _ = (after, &self.rule, &self.zone);
        None
    }

    /// The due times in `(after, through]`, counted; `None` when there are none.
    pub fn due_range(&self, after: Timestamp, through: Timestamp) -> Option<DueRange> {
        let _ = (after, through);
        None
    }
}
