//! `Schedule`: the rule that names due times. Pure: no clock, no zone look-up by name (the zone is given).
//!
//! The rules are `tests/conformance/README.md`, cited by number in the files of this folder.

pub mod civil;
pub mod cron;
pub mod daily;
pub mod dst;
pub mod interval;
pub mod weekly;

use crate::text::Words;
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
    /// First code point of the fault inside the text, from 0.
    pub start: usize,
    /// Just behind its last code point.
    pub end: usize,
    /// What is wrong and what to write instead.
    pub words: Words,
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
        match (&self.rule, self.civil()) {
            (Rule::Interval(interval), _) => interval.next_after(after),
            (_, Some(civil)) => dst::next_after(&civil, &self.zone, after),
            (_, None) => None,
        }
    }

    /// The due times in `(after, through]`, counted, not walked through; `None` when there are none.
    pub fn due_range(&self, after: Timestamp, through: Timestamp) -> Option<DueRange> {
        if let Rule::Interval(interval) = &self.rule {
            return interval.due_range(after, through);
        }
        let civil = self.civil()?;
        let first = self.next_after(after).filter(|first| *first <= through)?;
        let count = dst::count(&civil, &self.zone, after, through);
        Some(DueRange {
            first,
            last: self.last_through(first, through),
            count,
        })
    }

    /// The zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The rule.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The local times that the rule names; `None` for elapsed time and for `manual`.
    pub fn civil(&self) -> Option<civil::Civil> {
        match &self.rule {
            Rule::Daily(daily) => Some(daily.civil()),
            Rule::Weekly(weekly) => Some(weekly.civil()),
            Rule::Cron(cron) => Some(cron.civil()),
            Rule::Interval(_) | Rule::Manual => None,
        }
    }

    /// The last due time up to `through`, found by halving from one that is known.
    fn last_through(&self, known: Timestamp, through: Timestamp) -> Timestamp {
        let next = |after| self.next_after(after).filter(|due| *due <= through);
        let (mut last, mut none_behind) = (known, through);
        while let Some(due) = next(last) {
            last = due;
            let middle = last + none_behind.duration_since(last) / 2;
            match next(middle) {
                Some(due) => last = due,
                None => none_behind = middle,
            }
        }
        last
    }
}
