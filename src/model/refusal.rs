//! `Refusal`: why a request to a daemon has no effect; a code for programs, and sentences for people in `text/control.rs`.

use serde::{Deserialize, Serialize};

use crate::text::{Text, control};

/// Why a request has no effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is told in full by its sentence")]
pub enum Refusal {
    NoJob {
        job_id: String,
        /// A job with nearly that id.
        near: Option<String>,
    },
    NoRun {
        run_id: String,
    },
    NotARunId {
        run_id: String,
    },
    Overlap {
        job_id: String,
    },
    NoDryRun {
        job_id: String,
    },
    /// The file says `enabled: false`, which no override lifts.
    Disabled {
        job_id: String,
        file: String,
    },
    Past {
        until: String,
    },
    ReloadUnderWay,
    /// The job files cannot be read, in the daemon's words.
    ReloadFailed {
        cause: String,
    },
    Stopping,
    /// Nothing can be recorded, in the words of `/health`.
    Unwritable {
        cause: String,
    },
    NotARequest {
        cause: String,
    },
}

impl Refusal {
    /// What to tell people.
    pub fn text(&self) -> Text {
        match self {
            Refusal::NoJob { job_id, near } => control::no_job(job_id, near.as_deref()),
            Refusal::NoRun { run_id } => control::no_run(run_id),
            Refusal::NotARunId { run_id } => control::not_a_run_id(run_id),
            Refusal::Overlap { job_id } => control::overlap(job_id),
            Refusal::NoDryRun { job_id } => control::no_dry_run(job_id),
            Refusal::Disabled { job_id, file } => control::disabled(job_id, file),
            Refusal::Past { until } => control::past(until),
            Refusal::ReloadUnderWay => control::reload_under_way(),
            Refusal::ReloadFailed { cause } => Text::same(cause),
            Refusal::Stopping => control::stopping(),
            Refusal::Unwritable { cause } => control::unwritable(cause),
            Refusal::NotARequest { cause } => control::not_a_request(cause),
        }
    }
}
