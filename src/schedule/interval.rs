//! Elapsed time from an anchor (rule 19).

use crate::time::Timestamp;

/// Elapsed time from an anchor.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    /// The period, at least one second.
    pub every_secs: std::num::NonZeroU64,
    /// Where counting starts; 1970-01-01T00:00:00Z unless the file says otherwise.
    pub anchor: Timestamp,
}
