//! `Schedule`: the rule that names due times. Pure: no clock, no zone look-up by name (the zone is
//! given).
//!
//! The rules are `tests/conformance/README.md`, cited by number in the files of this folder.

pub mod civil;
pub mod cron;
pub mod cron_field;
pub mod daily;
pub mod dst;
pub mod due;
pub mod elapsed;
pub mod expression;
pub mod forms;
pub mod interval;
pub mod kind;
#[cfg(test)]
pub mod made_up;
pub mod manual;
pub mod names;
pub mod vocabulary;
pub mod weekly;
pub mod words;

use crate::schedule::civil::Civil;
use crate::schedule::due::DueRange;
use crate::schedule::kind::{Kind, Rule, Times};
use crate::schedule::vocabulary::Vocabulary;
use crate::text::Lang;
use crate::time::{TimeZone, Timestamp};

/// Every kind of schedule, in the order in which they are listed.
pub static KINDS: &[&Kind] = &[
    &daily::KIND,
    &weekly::KIND,
    &interval::KIND,
    &cron::KIND,
    &manual::KIND,
    #[cfg(test)]
    &made_up::KIND,
];

/// The kind with this name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// A rule together with its zone. Only [`Schedule::next_after`] and [`Schedule::due_range`] say
/// what is due.
#[derive(Clone, Debug)]
pub struct Schedule {
    rule: Rule,
    zone: TimeZone,
}

impl Schedule {
    /// A rule in a zone.
    pub fn new(rule: Rule, zone: TimeZone) -> Schedule {
        Schedule { rule, zone }
    }

    /// The first due time strictly after `after`; `None` when there is none.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        match &self.rule.times {
            Times::Elapsed(interval) => interval.next_after(after),
            Times::Civil(civil) => dst::next_after(civil, &self.zone, after),
            Times::Never => None,
        }
    }

    /// The due times in `(after, through]`, counted, not walked through; `None` when there are
    /// none.
    pub fn due_range(&self, after: Timestamp, through: Timestamp) -> Option<DueRange> {
        let civil = match &self.rule.times {
            Times::Elapsed(interval) => return interval.due_range(after, through),
            Times::Civil(civil) => civil,
            Times::Never => return None,
        };
        let first = self.next_after(after).filter(|first| *first <= through)?;
        let count = dst::count(civil, &self.zone, after, through);
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

    /// Its kind.
    pub fn kind(&self) -> &'static Kind {
        self.rule.kind
    }

    /// The times that it names, without its zone.
    pub fn times(&self) -> &Times {
        &self.rule.times
    }

    /// The local times that the rule names; `None` for elapsed time and for a schedule without
    /// times.
    pub fn civil(&self) -> Option<Civil> {
        match &self.rule.times {
            Times::Civil(civil) => Some(*civil),
            Times::Elapsed(_) | Times::Never => None,
        }
    }

    /// The schedule in words: "Daily at 08:00", "Lun, mer, ven à 14:30", "Every 2 h".
    pub fn in_words(&self, lang: Lang) -> String {
        let words = (self.rule.kind.words)(&self.rule.times, Vocabulary::of(lang));
        words::capitalized(&words)
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
