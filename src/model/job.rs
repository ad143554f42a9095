//! `Job`: a checked job file; `JobSet`: all of them, immutable.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::allowance::Allowance;
use crate::model::bot::Kind;
use crate::model::definition::Definition;
use crate::model::diagnostic::Diagnostic;
use crate::model::digest::Digest;
use crate::model::program::Program;
use crate::schedule::Schedule;
use crate::time::Timestamp;

/// The id of a job: the stem of its file.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct JobId(Arc<str>);

impl JobId {
    /// Takes a stem when it is `[a-z0-9][a-z0-9._-]{0,63}`, the form of an id.
    pub fn new(text: &str) -> Option<JobId> {
        let tail = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        let head = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let good = text.len() <= 64 && text.starts_with(head) && text.chars().all(tail);
        good.then(|| JobId(text.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for JobId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// What a fire does when `max_instances` runs of its job are active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Overlap {
    /// It is recorded `skipped`/`overlap`.
    #[default]
    Skip,
    /// It waits for a place; at most one waits, a further one is skipped.
    Queue,
    /// It stops the oldest run and starts when that one is gone.
    Replace,
}

/// What to do with a run that a crash of the daemon cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnInterrupt {
    /// Leave it `interrupted`: at most once.
    #[default]
    Abandon,
    /// Start it again as a further attempt: at least once.
    Retry,
}

/// When a failed attempt is tried again.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// Attempts in all, 1 to 100.
    pub max_attempts: u32,
    /// Delay before the second attempt.
    pub backoff: Duration,
    /// The delay is multiplied by this after each attempt.
    pub backoff_factor: f64,
    /// No delay is longer.
    pub max_backoff: Duration,
    /// Exit codes worth a retry; empty means every failure is.
    pub on_exit: Vec<i32>,
}

/// How due times and runs of a job are dealt with.
#[derive(Clone, Debug, PartialEq)]
pub struct Policies {
    /// Runs at the same time, 1 to 1000.
    pub max_instances: u32,
    /// What a fire does when that many are active.
    pub overlap: Overlap,
    /// How late a fire may still start. Less than 1 s late is on time, whatever this says.
    pub misfire_grace_time: Duration,
    /// Several due times found late become one run, the latest.
    pub coalesce: bool,
    /// Time limit of one attempt; `None` for none.
    pub timeout: Option<Duration>,
    /// From TERM to KILL.
    pub kill_grace: Duration,
    /// When a failed attempt is tried again.
    pub retry: Retry,
    /// What to do with a run cut off by a crash.
    pub on_interrupt: OnInterrupt,
}

/// A checked job: nothing downstream checks again.
#[derive(Clone, Debug)]
pub struct Job {
    /// The stem of the file.
    pub id: JobId,
    /// What people read.
    pub name: Box<str>,
    /// More for people.
    pub description: Option<Box<str>>,
    /// `false`: listed, nothing is due.
    pub enabled: bool,
    /// What kind of bot runs.
    pub bot: &'static Kind,
    /// The rule of its due times, compiled, with its zone.
    pub schedule: Schedule,
    /// IANA name of that zone.
    pub timezone: Arc<str>,
    /// How due times and runs are dealt with.
    pub policies: Arc<Policies>,
    /// How many messages it may send.
    pub allowance: Arc<Allowance>,
    /// What a run executes.
    pub program: Program,
    /// Whether runs are dry by the file's word.
    pub dry_run: bool,
    /// Owner, team, runbook …, in order of their names. A list: a map of one entry takes half a
    /// kilobyte.
    pub labels: Arc<[(String, String)]>,
    /// The effective definition, defaults filled in, with the keys of the file: what the API shows,
    /// what the journal keeps to restore the job after a restart, and what `digest` covers. Holds
    /// references to secrets only.
    pub definition: Definition,
    /// Digest of `definition` and of the program that it stands for.
    pub digest: Digest,
    /// The file, relative to the jobs folder's parent (`jobs.d/a.yaml`).
    pub file: Arc<str>,
}

impl Job {
    /// Whether this is another job than `new`, which has its id. The same text with new zone data
    /// is another schedule.
    pub fn differs(&self, new: &Job) -> bool {
        self.digest != new.digest
            || self.file != new.file
            || self.schedule.zone() != new.schedule.zone()
    }
}

/// All jobs at one moment: made of the good files and, for each bad file, the last good version of
/// its job (A9).
#[derive(Clone, Debug, Default)]
pub struct JobSet {
    /// The jobs by id.
    pub jobs: BTreeMap<JobId, Arc<Job>>,
    /// Findings of every file, errors and warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// Commit of the tree that holds the files, with `+` when they differ from it; `None` without
    /// git.
    pub revision: Option<Arc<str>>,
    /// How many files were read.
    pub files: usize,
    /// How it came about.
    pub origin: Origin,
}

/// What made a daemon read its job files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The daemon began.
    Start,
    /// The files changed.
    #[default]
    Edit,
    /// SIGHUP.
    Signal,
    /// `jobsd reload`.
    Request,
}

/// How a job set came about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// What made the daemon look.
    pub cause: Cause,
    /// From the first sign of a change to the whole set.
    pub took: Duration,
    /// The last commit that touched the files, when git could say.
    pub commit: Option<Commit>,
    /// The branch that is checked out, when git could say.
    pub branch: Option<String>,
    /// Where the folder of the files is in its repository.
    pub folder: Option<String>,
    /// Keys of `jobsd.yaml` whose new value waits for a restart.
    pub restart_needed: Vec<String>,
}

/// Who changed the files, as git has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Commit {
    /// Its object id.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// When it was committed.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// The first line of its message.
    pub subject: String,
}
