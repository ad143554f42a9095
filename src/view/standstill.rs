//! Jobs that do not get on: their due times pass while every place is taken by runs that still go
//! on, or pass without a success. Judged from what is shown and the clock alone, so nothing of it
//! is kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::job::Job;
use crate::model::run::{Reason, Status as RunStatus};
use crate::model::run_id::RunId;
use crate::time::Timestamp;
use crate::view::status::JobStatus;

/// Due times that pass before a standstill is one.
pub const DUE_TIMES_MIN: u64 = 3;

/// Due times that pass while runs are still in progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldUp {
    /// The oldest of these runs.
    pub run_id: RunId,
    /// Its start.
    #[serde(with = "crate::time::Rfc3339")]
    pub since: Timestamp,
    /// How many due times came since every place was taken.
    pub due_times: u64,
}

/// Due times that pass without a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WithoutSuccess {
    /// The last success, or the adoption of the job where there was none.
    #[serde(with = "crate::time::Rfc3339")]
    pub since: Timestamp,
    /// How many due times came since then.
    pub due_times: u64,
}

/// Due times held up by runs in progress, from the first one; `None` where a place is free.
pub fn held_up(status: &JobStatus, now: Timestamp) -> Option<HeldUp> {
    let job = active(status)?;
    let starts = || status.running.values().filter_map(|run| run.started_at);
    if starts().count() < job.policies.max_instances as usize {
        return None;
    }
    // Until the last of them started a place was free.
    let (oldest, full) = (starts().min()?, starts().max()?);
    let mut running = status.running.iter();
    let (run_id, _) = running.find(|(_, run)| run.started_at == Some(oldest))?;
    let due = job.schedule.due_range(full, now)?;
    Some(HeldUp {
        run_id: *run_id,
        since: oldest,
        due_times: due.count,
    })
}

/// Due times since the last success, from the first one. A job that has spent its limits is not
/// meant to succeed.
pub fn without_success(status: &JobStatus, now: Timestamp) -> Option<WithoutSuccess> {
    // Dry runs count in no state: where the file orders them there is nothing to succeed.
    let job = active(status).filter(|job| !job.dry_run)?;
    let last = status.last_final.as_deref();
    if last
        .is_some_and(|run| run.status == RunStatus::Skipped && run.reason == Some(Reason::Budget))
    {
        return None;
    }
    let since = status.last_success.max(status.updated_at())?;
    let due = job.schedule.due_range(since, now)?;
    Some(WithoutSuccess {
        since,
        due_times: due.count,
    })
}

/// The job, where due times of it count.
fn active(status: &JobStatus) -> Option<&Job> {
    let job = status.job.as_deref()?;
    (status.present && status.is_enabled()).then_some(job)
}

/// [`held_up`] where it is a standstill.
pub fn stuck(status: &JobStatus, now: Timestamp) -> Option<HeldUp> {
    held_up(status, now).filter(|found| found.due_times >= DUE_TIMES_MIN)
}

/// [`without_success`] where it is a standstill, and no run that holds the job up says more.
pub fn fruitless(status: &JobStatus, now: Timestamp) -> Option<WithoutSuccess> {
    let found = without_success(status, now).filter(|found| found.due_times >= DUE_TIMES_MIN);
    found.filter(|_| stuck(status, now).is_none())
}
