//! `DueRange`: due times in a row.

use crate::time::Timestamp;

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
