//! What a daemon has in hand for the jobs that a change touches.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::job::JobId;
use crate::model::run_id::RunId;
use crate::plan::job::{Change, JobPlan};
use crate::time::Timestamp;
use crate::view::answer::job::JobAnswer;

/// A job that a change touches, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LiveJob {
    /// Its id, before the change.
    pub id: JobId,
    /// Its runs that are not over: an attempt in progress continues as it began.
    pub running: Vec<RunId>,
    /// Whether it is paused: the pause stays.
    pub paused: bool,
    /// Its next due time as it is in force.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub next_run_at: Option<Timestamp>,
}

/// What a daemon has in hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Live {
    /// The jobs that change, and have a run in progress or a pause.
    pub jobs: Vec<LiveJob>,
}

impl Live {
    /// What of the daemon's jobs the plan touches.
    pub fn of(plans: &[JobPlan], jobs: &[JobAnswer]) -> Live {
        let touched = |id: &JobId| {
            plans.iter().any(|plan| {
                let old = plan.old_id.as_ref().unwrap_or(&plan.id);
                !matches!(plan.change, Change::Added | Change::Unchanged) && old == id
            })
        };
        let busy = jobs
            .iter()
            .filter(|job| job.paused || !job.running.is_empty());
        let jobs = busy.filter(|job| touched(&job.id)).map(|job| LiveJob {
            id: job.id.clone(),
            running: job.running.clone(),
            paused: job.paused,
            next_run_at: job.next_run_at,
        });
        Live {
            jobs: jobs.collect(),
        }
    }
}
