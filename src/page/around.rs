//! Where a run leads on to: the ones before and after it, and the last success before it.

use crate::model::job::Job;
use crate::model::run::RunRecord;
use crate::page::lately;
use crate::page::past::Past;

/// Ids of runs to continue to.
#[derive(Default)]
pub struct Around {
    /// The one before.
    pub older: Option<String>,
    /// The one after.
    pub newer: Option<String>,
    /// The last success before it.
    pub good: Option<String>,
}

/// The runs before and after this one, and the last good one before it.
pub fn of(past: &dyn Past, record: &RunRecord, job: Option<&Job>) -> Around {
    let near = past.neighbours(record).unwrap_or_default();
    let id = |run: RunRecord| run.id.to_string();
    let at = record.started_at.or(record.scheduled_at);
    let good = job
        .zip(at)
        .and_then(|(job, at)| lately::last_good(past, job, at));
    Around {
        older: near.older.map(id),
        newer: near.newer.map(id),
        good: good.map(id),
    }
}
