//! `Event`: something that was decided or seen, and a line of the journal. Everything else is a
//! fold over events (A7).
//!
//! Compatibility: every line has `v`. A reader of version 1 ignores keys it does not know; a line
//! of a type it does not know is counted and skipped; a line with a larger `v` is refused with its
//! place.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::alike;
use crate::model::definition::Definition;
use crate::model::digest::Digest;
use crate::model::job::{Cause, Commit, Job, JobId};
use crate::model::run::{Reason, RunRecord, Status};
use crate::model::run_id::RunId;
use crate::model::state::State;
use crate::time::Timestamp;

/// The version of the lines written now.
pub const VERSION: u32 = 1;

/// One journal line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A run was ordered, started, ended an attempt or ended: [`RunRecord::stage`] says which.
    Run(Box<RunRecord>),
    /// A running run was asked to stop.
    Stop(StopRequested),
    /// A definition was adopted or dropped.
    Adopt(Arc<Adopted>),
    /// A set of job files was loaded.
    Reload(Box<Reloaded>),
    /// A job was paused: nothing of it is due until the pause is lifted.
    Pause(Box<Paused>),
    /// A pause was lifted.
    Resume(Resumed),
    /// Someone asked for a run, its end or a reload; what came of it follows.
    Control(Box<Asked>),
    /// The wall clock was found set.
    Clock(ClockSet),
    /// A daemon began its work on this state directory.
    Start(DaemonStarted),
    /// A daemon ended in good order.
    End(DaemonEnded),
    /// Everything live, at the head of a day's file: what all lines before it say.
    State(Box<State>),
}

/// How far a run has come; a function of its record alone, so that a replay sees what the first
/// reader saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Ordered, nothing started: before its due time, or waiting for a place.
    Planned,
    /// An attempt is under way.
    Started,
    /// An attempt failed and a further one is due.
    Retrying,
    /// Over.
    Final,
}

impl Event {
    /// The job that the event names; `None` where it names none or is about all of them.
    pub fn job_id(&self) -> Option<&JobId> {
        match self {
            Event::Run(record) => Some(&record.job_id),
            Event::Adopt(adopted) => Some(&adopted.job_id),
            Event::Pause(pause) => Some(&pause.job_id),
            Event::Resume(resume) => Some(&resume.job_id),
            Event::Control(asked) => asked.job_id.as_ref(),
            Event::Stop(_)
            | Event::Reload(_)
            | Event::Clock(_)
            | Event::Start(_)
            | Event::End(_)
            | Event::State(_) => None,
        }
    }
}

impl RunRecord {
    /// How far the run has come.
    pub fn stage(&self) -> Stage {
        match (self.status, self.retry_at, self.started_at) {
            (Status::Running, Some(_), _) => Stage::Retrying,
            (Status::Running, None, Some(_)) => Stage::Started,
            (Status::Running, None, None) => Stage::Planned,
            _ => Stage::Final,
        }
    }

    /// Whether an attempt is over and the next one is waited for: no process of it runs.
    pub fn is_between_attempts(&self) -> bool {
        self.stage() == Stage::Retrying
    }
}

/// An order to end a run: TERM now, KILL after the job's `kill_grace`, or after the grace that was
/// asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopRequested {
    /// When it was decided.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// The run.
    pub run_id: RunId,
    /// The reason its record will bear.
    pub reason: Reason,
    /// From TERM to KILL, where another time than the job's was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_secs: Option<u64>,
}

/// What an adoption did to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// The job is new.
    Added,
    /// Its definition differs from the one before.
    Changed,
    /// It is gone; its runs in progress finish.
    Removed,
}

/// A definition adopted or dropped. Due times up to `at` were settled under the definition before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adopted {
    /// When.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// The job.
    pub job_id: JobId,
    /// What happened to it.
    pub change: Change,
    /// The file it is in.
    pub file: Arc<str>,
    /// Digest of the definition.
    pub digest: Digest,
    /// The effective definition, from which a restart restores the job; `None` when removed.
    pub definition: Option<Definition>,
    /// Commit of the files that it came with.
    #[serde(default, deserialize_with = "alike::text_option")]
    pub revision: Option<Arc<str>>,
    /// The id that the job had before, where the adoption is a rename: what is remembered of that
    /// id goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<JobId>,
}

impl Adopted {
    /// Takes the job's own texts where they say the same: one in memory for both.
    pub(crate) fn share_with(&mut self, job: &Job) {
        if self.file == job.file {
            self.file.clone_from(&job.file);
        }
        if let Some(definition) = self
            .definition
            .as_mut()
            .filter(|own| **own == job.definition)
        {
            definition.clone_from(&job.definition);
        }
    }
}

/// Most ids that a reload names of each kind; `counts` says how many there are.
pub const NAMED_MAX: usize = 1_000;

/// A set of job files loaded, by a start, an edit, a signal or a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reloaded {
    /// When.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// What made the daemon look.
    #[serde(default)]
    pub cause: Cause,
    /// Whether every file was good.
    #[serde(default)]
    pub result: ReloadResult,
    /// Commit of the files.
    pub revision: Option<String>,
    /// The last commit that touched them: by whom and when.
    #[serde(default)]
    pub commit: Option<Commit>,
    /// Milliseconds from the first sign of a change to the whole set.
    #[serde(default)]
    pub took_ms: u64,
    /// How many files were read.
    pub files: usize,
    /// How many jobs each list below would name without its bound, and how many are untouched.
    #[serde(default)]
    pub counts: Counts,
    /// Ids of new jobs.
    pub added: Vec<JobId>,
    /// Ids of changed jobs.
    pub changed: Vec<JobId>,
    /// Ids of jobs that are gone.
    pub removed: Vec<JobId>,
    /// Jobs that are gone and came back under another id with the same definition.
    #[serde(default)]
    pub renamed: Vec<Renamed>,
    /// Jobs that are gone and new ones alike that are no rename, for their content changed too:
    /// nothing carries over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_renamed: Vec<Renamed>,
    /// Errors in the files, each `file:line:column: [code] message`.
    pub errors: Vec<String>,
}

/// Who asked for something, and from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Actor {
    /// A user of this machine, or the name that a client gave itself.
    pub who: String,
    /// `socket`, or the address of a TCP client.
    pub from: String,
}

/// A job was paused: an override of its file, kept over restarts and edits until it is lifted. Due
/// times from `at` up to the lifting are not due and have no record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Paused {
    /// When.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// The job.
    pub job_id: JobId,
    /// Who asked for it.
    pub by: Actor,
    /// Why, in their words.
    pub reason: Option<String>,
    /// When it lifts by itself; a due time of exactly this instant is due.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub until: Option<Timestamp>,
    /// Whether a span was asked for (two hours): its end moves with a clock that is set.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_span: bool,
}

/// A pause was lifted: due times from `at` on count again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    /// From when on; the pause's `until` where that was reached.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// The job.
    pub job_id: JobId,
    /// Who asked for it; `None`: its `until` was reached.
    pub by: Option<Actor>,
}

/// What can be asked for, beside pauses, which have lines of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// A run now.
    Run,
    /// The end of a run.
    Cancel,
    /// The job files to be read now.
    Reload,
}

impl Verb {
    /// The word, as it is in the history.
    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Run => "run",
            Verb::Cancel => "cancel",
            Verb::Reload => "reload",
        }
    }
}

/// Who asked for what, when and from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// When.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// What for.
    pub verb: Verb,
    /// Who.
    pub by: Actor,
    /// The job, where one was named.
    pub job_id: Option<JobId>,
    /// The run to end, or the one ordered; a run refused by its policy has no other line.
    pub run_id: Option<RunId>,
}

/// How a reload ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReloadResult {
    /// Every file is active as it is written.
    #[default]
    Ok,
    /// Some files are bad: their jobs keep their last good version.
    Partial,
}

/// How many jobs a reload touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// New jobs.
    pub added: usize,
    /// Changed jobs.
    pub changed: usize,
    /// Jobs that are gone.
    pub removed: usize,
    /// Jobs under another id.
    pub renamed: usize,
    /// Jobs that are as they were.
    pub unchanged: usize,
}

/// A job under another id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Renamed {
    /// The id that is gone.
    pub from: JobId,
    /// The new one.
    pub to: JobId,
}

/// The wall clock was found set. Where it went back, due times written off after `to` and never
/// started are due again. Whatever is a span of elapsed time (a back-off, a pause for two hours)
/// moves with the clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockSet {
    /// What it would show now without the step, or the latest instant seen before.
    #[serde(with = "crate::time::Rfc3339")]
    pub from: Timestamp,
    /// What it shows.
    #[serde(with = "crate::time::Rfc3339")]
    pub to: Timestamp,
}

/// A daemon began its work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaemonStarted {
    /// When.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// Version of the program.
    pub version: String,
    /// The machine.
    pub host: String,
    /// Its process id.
    pub pid: u32,
    /// When its machine booted, as its wall clock has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<Boot>,
}

/// A boot of the machine, for telling a clock that was set from time that passed: while it lasts,
/// the wall clock and the time since the boot move together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// The kernel's name for it (`/proc/sys/kernel/random/boot_id`).
    pub id: String,
    /// When it was, by the wall clock as it goes now.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
}

/// A daemon ended in good order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaemonEnded {
    /// When.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
}
