//! Elapsed time from an anchor (rule 19): neither a zone nor a clock change nor a restart moves it.

use std::num::NonZeroU64;

use crate::schedule::due::DueRange;
use crate::time::{SignedDuration, Timestamp};

/// Elapsed time from an anchor.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    /// The period, at least one second.
    pub every_secs: NonZeroU64,
    /// Where counting starts; 1970-01-01T00:00:00Z unless the file says otherwise.
    pub anchor: Timestamp,
}

impl Interval {
    /// The first due time strictly after `after`.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        self.due(self.index(after) + 1)
    }

    /// The due times in `(after, through]`.
    pub fn due_range(&self, after: Timestamp, through: Timestamp) -> Option<DueRange> {
        let (first, last) = (self.index(after) + 1, self.index(through));
        if first > last {
            return None;
        }
        let count = u64::try_from(last - first + 1).ok()?;
        Some(DueRange {
            first: self.due(first)?,
            last: self.due(last)?,
            count,
        })
    }

    /// Number of the last due time at or before an instant.
    fn index(&self, at: Timestamp) -> i128 {
        at.duration_since(self.anchor)
            .as_nanos()
            .div_euclid(self.every_nanos())
    }

    fn due(&self, index: i128) -> Option<Timestamp> {
        let nanos = index.checked_mul(self.every_nanos())?;
        let secs = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
        let rest = i32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?;
        self.anchor
            .checked_add(SignedDuration::new(secs, rest))
            .ok()
    }

    fn every_nanos(&self) -> i128 {
        i128::from(self.every_secs.get()) * 1_000_000_000
    }
}
