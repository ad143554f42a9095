//! `State`: everything live at one instant, as data. It heads each day's file, so that retention
//! loses nothing, and it is the checkpoint. A fold that takes it in knows what a fold of every line
//! before it knows.
//!
//! Compatibility: every field has a default, and unknown keys are ignored.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::event::{Adopted, Boot, Paused, Reloaded};
use crate::model::job::JobId;
use crate::model::run::{Reason, RunRecord, Status};
use crate::model::run_id::RunId;
use crate::time::Timestamp;

/// Everything live.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The latest instant seen.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub high_water: Option<Timestamp>,
    /// Due times up to here were due while no daemon ran, unless they are settled.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub down_until: Option<Timestamp>,
    /// Whether the last daemon ended in good order.
    pub ended_clean: bool,
    /// The boot of the machine under which the last line was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boot: Option<Boot>,
    /// The last sets of job files loaded, newest first.
    pub reloads: Vec<Reloaded>,
    /// Ended runs of the last day, oldest hour first.
    pub last_day: Vec<Hour>,
    /// Per job, also of removed ones.
    pub jobs: BTreeMap<JobId, JobMemory>,
    /// Runs that are not over.
    pub runs: Vec<RunMemory>,
}

/// What is remembered of a job.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JobMemory {
    /// Whether it is in the job set.
    pub present: bool,
    /// Due times up to here are settled.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub cursor: Option<Timestamp>,
    /// Its last adoption.
    pub adopted: Option<Arc<Adopted>>,
    /// The active pause.
    pub pause: Option<Box<Paused>>,
    /// Stretches of due times that were acted on: first and last.
    pub settled: Vec<Stretch>,
    /// End of the newest stretch that was forgotten.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub forgotten: Option<Timestamp>,
    /// Whether the last settled due time belongs to the last stretch.
    pub stretch_open: bool,
    /// The id that it went on under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_to: Option<JobId>,
    /// When its definition was first adopted.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub created_at: Option<Timestamp>,
    /// The last run that was tried.
    pub last_started: Option<RunRecord>,
    /// The last one that is over, where that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_ended: Option<RunRecord>,
    /// End of the last run that succeeded.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub last_success: Option<Timestamp>,
    /// Messages that count under its limits, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<Use>,
}

/// The runs that ended in an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hour {
    /// Hours since the epoch.
    pub hour: i64,
    /// How many, by status.
    pub runs: BTreeMap<Status, u64>,
}

/// Messages that one run counts under the limits of its job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The run.
    pub run_id: RunId,
    /// When it counts.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// How many.
    pub messages: u64,
}

/// The first and the last due time of a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch(
    #[serde(with = "crate::time::Rfc3339")] pub Timestamp,
    #[serde(with = "crate::time::Rfc3339")] pub Timestamp,
);

/// What is remembered of a run that is not over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunMemory {
    /// Its record so far.
    pub record: RunRecord,
    /// Why it was asked to stop, once it was.
    #[serde(default)]
    pub stop: Option<Reason>,
}
