//! `Allowance`: how many messages a job may send.

/// How many messages a job may send; absent means no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowance {
    /// Per run, all attempts together.
    pub per_run: Option<u64>,
    /// Per calendar day in the job's zone.
    pub daily: Option<u64>,
    /// In the last 7 × 24 h.
    pub weekly: Option<u64>,
}
