//! What commands print as JSON of their own finding, without a daemon.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::job::JobId;
use crate::model::run::RunRecord;
use crate::time::Timestamp;
use crate::view::answer::job::JobAnswer;
use crate::view::answer::reload::ReloadAnswer;
use crate::view::answer::run::{Accepted, Queued};

/// `why`: why a job ran, or did not.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhyAnswer<'a> {
    /// The job.
    pub job_id: &'a str,
    /// The instant that was asked about.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// The one reason.
    pub reason: Option<WhyFinding<'a>>,
    /// The last line that the run wrote which is the reason.
    pub last_line: Option<&'a str>,
    /// What to type next.
    pub next_command: Option<String>,
    /// What is known of it, the cause first.
    pub findings: Vec<WhyFinding<'a>>,
    /// The runs that are about that instant.
    pub records: &'a [RunRecord],
    /// Errors that are now in the job's file, each `file:line:column: …`.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub file_errors: &'a [String],
}

/// One thing that explains a run, or that there was none.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct WhyFinding<'a> {
    /// A stable code.
    pub code: &'a str,
    /// The same in words.
    pub text: &'a str,
}

/// One thing that `doctor` looked at.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct CheckAnswer<'a> {
    /// What.
    pub check: &'a str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub found: &'a str,
    /// What to do, where it is not.
    pub help: Option<&'a str>,
}

/// A job that `export` gives away.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ExportedJob {
    /// The job.
    pub id: JobId,
    /// Its file.
    pub file: Arc<str>,
    /// Its effective definition.
    #[schemars(with = "Map<String, Value>")]
    pub definition: Value,
}

/// What a daemon answers to a change: only its schema is of use, for a command prints what came.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(untagged)]
pub enum ControlAnswer {
    /// `pause` and `resume`: the job.
    Job(Box<JobAnswer>),
    /// `reload`.
    Reload(ReloadAnswer),
    /// `run` and `cancel`.
    Accepted(Accepted),
    /// `run`, of a server.
    Queued(Queued),
    /// Nothing is left to say.
    Nothing(()),
}
