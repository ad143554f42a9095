//! The answer of `status`: the daemon on one screen.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::event::Actor;
use crate::model::job::JobId;
use crate::model::run::{RunRecord, Status as RunStatus};
use crate::spec::types::config::ZoneData;
use crate::time::Timestamp;
use crate::view::answer::run::RunAnswer;
use crate::view::api;
use crate::view::drift::{self, Drift};
use crate::view::standstill::{self, HeldUp, WithoutSuccess};
use crate::view::status::{JobStatus, Status};

/// The daemon on one screen. A daemon of another version may leave keys out: they are empty then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct StatusAnswer {
    /// Version of the daemon.
    pub version: String,
    /// The machine.
    pub host: String,
    /// Start of the daemon.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub started_at: Option<Timestamp>,
    /// Commit of the job files.
    pub revision: Option<Arc<str>>,
    /// The last reload.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub reloaded_at: Option<Timestamp>,
    /// How many files were read.
    pub files: usize,
    /// How many of them have errors.
    pub files_invalid: usize,
    /// Jobs whose due times are held up by runs in progress.
    pub held_up: Vec<OfJob<HeldUp>>,
    /// Jobs whose due times pass without a success.
    pub without_success: Vec<OfJob<WithoutSuccess>>,
    /// Syncs of the journal since the start.
    pub journal_syncs: u64,
    /// Lines of the history that a crash tore.
    pub torn_lines: Vec<String>,
    /// What went wrong and was put right.
    pub notes: Vec<String>,
    /// How the processes of a run are found, in words.
    pub supervision: String,
    /// The zone data that serves.
    pub zone_data: String,
    /// Its facts for the zones in use.
    pub zones: Zones,
    /// How many jobs there are.
    pub jobs: usize,
    /// How many of them are paused.
    pub paused: usize,
    /// How many of them their file disables.
    pub disabled: usize,
    /// Runs that have started and are not over.
    pub running: Vec<Arc<RunRecord>>,
    /// What ended in the last day.
    pub last_day: LastDay,
    /// Where what is active differs from the files.
    pub drift: Vec<DriftAnswer>,
    /// Whether control over TCP is on.
    pub control: Control,
    /// Where the endpoint is.
    pub url: String,
    /// Why a promise cannot be kept; empty is healthy.
    pub reasons: Vec<String>,
    /// Errors in the files: no promise is broken by them.
    pub warnings: Vec<String>,
    /// Keys of `jobsd.yaml` whose new value waits for a restart.
    pub restart_needed: Vec<String>,
    /// How changes of files are noticed.
    pub watching: Watching,
    /// What keeps edits from being seen.
    pub notices: Vec<Notice>,
}

/// What was found of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OfJob<T> {
    /// The finding.
    #[serde(flatten)]
    pub found: T,
    /// The job.
    pub job_id: JobId,
}

/// What ended in the last day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct LastDay {
    /// How many runs.
    pub runs: u64,
    /// How many of each status.
    pub by_status: BTreeMap<RunStatus, u64>,
    /// Jobs that are failing, by the run that says so.
    pub failed_jobs: Vec<RunAnswer>,
}

/// A difference between what is active and the files. `kind` says which it is; it is not the first
/// key, so each form is recognized by its own keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum DriftAnswer {
    /// A job is paused.
    Paused(PauseDrift),
    /// The file of a job is bad: its last good version stays active.
    BadFile(Drift),
    /// One that only a newer daemon knows.
    #[schemars(skip)]
    Other(serde_json::Value),
}

/// The `kind` of a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PauseKind {
    /// A job is paused.
    Paused,
}

/// A job that is paused, whatever its file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PauseDrift {
    /// The job.
    pub job_id: JobId,
    /// `paused`.
    pub kind: PauseKind,
    /// Its file.
    pub file: Arc<str>,
    /// Whether its file enables it.
    pub file_enabled: bool,
    /// When.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// Who asked for it.
    pub by: Actor,
    /// Why, in their words.
    pub reason: Option<String>,
    /// When it lifts by itself.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub until: Option<Timestamp>,
}

/// Whether control over TCP is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Control {
    /// It is.
    On,
    /// The endpoint only reads.
    #[default]
    Off,
}

/// How changes of files are noticed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Watching {
    /// By which means.
    pub mode: WatchMode,
    /// Why not by events.
    pub reason: Option<String>,
}

/// By which means changes of files are noticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WatchMode {
    /// The system says so.
    #[default]
    Events,
    /// By looking now and then.
    Scanning,
}

/// Which zone data serves the zones in use, and where the other copy differs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Zones {
    /// Which copy is wanted.
    pub setting: ZoneData,
    /// The copy that serves.
    pub serving: String,
    /// The copy that does not, where there is one.
    pub other: Option<String>,
    /// The zones of the jobs.
    pub in_use: Vec<String>,
    /// Those of them that have other hours in the other copy.
    pub differing: Vec<ZoneDifference>,
}

/// A zone that has other hours in the copy that does not serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ZoneDifference {
    /// The zone.
    pub zone: String,
    /// From when on.
    #[serde(with = "crate::time::Rfc3339")]
    pub from: Timestamp,
}

/// Something that keeps edits from being seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// What.
    pub kind: NoticeKind,
    /// Where.
    pub path: String,
}

/// What keeps edits from being seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// The file is a mount point (`subPath` of Kubernetes, `-v file:file`): a file that replaces it
    /// outside never comes in.
    MountedFile,
    /// The tree belongs to another user, and git refuses to read it (`safe.directory`): author,
    /// subject and mark of revisions are unknown.
    OtherOwner,
}

/// What only the machine can say.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// The zone data that serves.
    pub zone_data: String,
    /// Its facts for the zones in use.
    pub zones: Zones,
    /// What keeps edits from being seen.
    pub notices: Vec<Notice>,
}

impl StatusAnswer {
    /// The answer at an instant.
    pub fn of(status: &Status, machine: Machine, now: Timestamp) -> StatusAnswer {
        let present = || status.jobs.values().filter(|job| job.present);
        let is_off = |job: &&Arc<JobStatus>| job.pause.is_none() && !job.is_enabled();
        let running = status.jobs.values().flat_map(|job| job.running.values());
        let errors = status.diagnostics.iter().filter(|found| found.is_error());
        StatusAnswer {
            version: status.version.clone(),
            host: status.host.clone(),
            started_at: status.started_at,
            revision: status.revision.as_deref().map(Into::into),
            reloaded_at: status.reloads.front().map(|reload| reload.at),
            files: status.files,
            files_invalid: api::invalid_files(status).len(),
            held_up: each(status, |job| standstill::stuck(job, now)),
            without_success: each(status, |job| standstill::fruitless(job, now)),
            journal_syncs: status.syncs,
            torn_lines: status.torn_lines.clone(),
            notes: status.notes.values().cloned().collect(),
            supervision: status.supervision.clone(),
            zone_data: machine.zone_data,
            zones: machine.zones,
            jobs: present().count(),
            paused: present().filter(|job| job.pause.is_some()).count(),
            disabled: present().filter(is_off).count(),
            running: running.cloned().collect(),
            last_day: LastDay::of(status, now),
            drift: DriftAnswer::all(status),
            control: if status.has_control {
                Control::On
            } else {
                Control::Off
            },
            url: status.url.clone(),
            reasons: status.health.values().cloned().collect(),
            warnings: errors.map(|error| drift::line(status, error)).collect(),
            restart_needed: status.restart_needed.clone(),
            watching: Watching::of(status),
            notices: machine.notices,
        }
    }

    /// How many things need attention: what `status` counts and what `status --check` is about.
    pub fn problem_count(&self) -> usize {
        let of_files = self.reasons.len() + self.warnings.len();
        let of_jobs = self.last_day.failed_jobs.len() + self.held_up.len();
        of_files + of_jobs + self.fruitless().count()
    }

    /// Jobs whose due times pass without a success, except those whose last run is listed as
    /// failed.
    pub fn fruitless(&self) -> impl Iterator<Item = &OfJob<WithoutSuccess>> {
        let failed = &self.last_day.failed_jobs;
        let is_listed = |id: &JobId| failed.iter().any(|run| run.record().job_id == *id);
        let all = self.without_success.iter();
        all.filter(move |one| !is_listed(&one.job_id))
    }

    /// The jobs that are paused, whatever their files say.
    pub fn pauses(&self) -> impl Iterator<Item = &PauseDrift> {
        self.drift.iter().filter_map(|drift| match drift {
            DriftAnswer::Paused(pause) => Some(pause),
            DriftAnswer::BadFile(_) | DriftAnswer::Other(_) => None,
        })
    }
}

/// The jobs of which something was found.
fn each<T>(status: &Status, judge: impl Fn(&JobStatus) -> Option<T>) -> Vec<OfJob<T>> {
    let present = status.jobs.iter().filter(|(_, job)| job.present);
    let found = present.filter_map(|(id, job)| {
        let (found, job_id) = (judge(job)?, id.clone());
        Some(OfJob { found, job_id })
    });
    found.collect()
}

impl LastDay {
    fn of(status: &Status, now: Timestamp) -> LastDay {
        let by_status = status.last_day.at(now);
        let failed = status.jobs.values().filter_map(|job| job.failing());
        LastDay {
            runs: by_status.values().sum(),
            failed_jobs: failed.map(RunAnswer::of).collect(),
            by_status,
        }
    }
}

impl DriftAnswer {
    /// Jobs that are paused, and those whose file is bad.
    pub fn all(status: &Status) -> Vec<DriftAnswer> {
        let shown = status.jobs.values().filter(|status| status.present);
        let paused = shown.filter_map(|status| PauseDrift::of(status));
        let bad = drift::bad_files(status).into_iter();
        let bad = bad.map(DriftAnswer::BadFile);
        paused.map(DriftAnswer::Paused).chain(bad).collect()
    }
}

impl PauseDrift {
    fn of(status: &JobStatus) -> Option<PauseDrift> {
        let (job, pause) = (status.job.as_ref()?, status.pause.as_ref()?);
        Some(PauseDrift {
            job_id: job.id.clone(),
            kind: PauseKind::Paused,
            file: job.file.clone(),
            file_enabled: job.enabled,
            at: pause.at,
            by: pause.by.clone(),
            reason: pause.reason.clone(),
            until: pause.until,
        })
    }
}

impl Watching {
    /// As the status says it.
    pub fn of(status: &Status) -> Watching {
        let mode = match status.blind {
            None => WatchMode::Events,
            Some(_) => WatchMode::Scanning,
        };
        let reason = status.blind.clone();
        Watching { mode, reason }
    }
}
