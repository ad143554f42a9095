//! What a daemon has in hand for the jobs that a change touches.

use serde::Serialize;

use crate::model::job::JobId;
use crate::model::run_id::RunId;
use crate::time::Timestamp;

/// A job that a change touches, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiveJob {
    /// Its id, before the change.
    pub id: JobId,
    /// Its runs in progress: they go on as they began.
    pub running: Vec<RunId>,
    /// Whether it is paused: the pause stays.
    pub paused: bool,
    /// A run that waits for its next attempt, and when.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub retry_at: Option<Timestamp>,
}

/// What a daemon has in hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Live {
    /// The jobs that change, and have a run in progress, a further attempt to come, or a pause.
    pub jobs: Vec<LiveJob>,
}
