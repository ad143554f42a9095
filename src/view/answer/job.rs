//! The answer for a job: its definition, and what is known of it and of its runs.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::core::uses::Levels;
use crate::model::digest::Digest;
use crate::model::event::Paused;
use crate::model::job::JobId;
use crate::model::run::{RunRecord, Status as RunStatus};
use crate::model::run_id::RunId;
use crate::spec::types::file::JobSpec;
use crate::time::Timestamp;
use crate::view::answer::finding::FindingAnswer;
use crate::view::answer::run::RunAnswer;
use crate::view::drift;
use crate::view::standstill::{self, HeldUp, WithoutSuccess};
use crate::view::status::{JobStatus, Status};

/// A job with the plan's `ScheduledJobConfig` fields: the file's keys, defaults filled in, and what
/// is known of its runs. A daemon of another version may leave keys out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JobAnswer {
    /// The job.
    pub id: JobId,
    /// Its definition, where `enabled` says whether due times count: no pause is active either.
    #[serde(flatten, serialize_with = "with_description")]
    #[schemars(with = "JobSpec")]
    pub definition: JobDefinition,
    /// Whether its file enables it.
    #[serde(default)]
    pub file_enabled: bool,
    /// Whether it is paused.
    #[serde(default)]
    pub paused: bool,
    /// By whom, since when, and until when.
    #[serde(default)]
    pub pause: Option<Box<Paused>>,
    /// When its definition was first adopted.
    #[serde(default, with = "crate::time::Rfc3339Option")]
    pub created_at: Option<Timestamp>,
    /// When its definition was last adopted.
    #[serde(default, with = "crate::time::Rfc3339Option")]
    pub updated_at: Option<Timestamp>,
    /// When it last ran.
    #[serde(default, with = "crate::time::Rfc3339Option")]
    pub last_run_at: Option<Timestamp>,
    /// How that ended.
    #[serde(default)]
    pub last_run_status: Option<RunStatus>,
    /// The cause in words, where it failed.
    #[serde(default)]
    pub last_run_error: Option<String>,
    /// Its next due time.
    #[serde(default, with = "crate::time::Rfc3339Option")]
    pub next_run_at: Option<Timestamp>,
    /// Its runs that have started and are not over.
    #[serde(default)]
    pub running: Vec<RunId>,
    /// How full its limits are; `None` without any.
    #[serde(default)]
    pub budget: Option<Levels>,
    /// Its due times are held up by a run in progress.
    #[serde(default)]
    pub held_up: Option<HeldUp>,
    /// Its due times pass without a success.
    #[serde(default)]
    pub without_success: Option<WithoutSuccess>,
    /// Its file.
    #[serde(default)]
    pub file: Arc<str>,
    /// Digest of its definition.
    #[serde(default)]
    pub digest: Digest,
    /// The last run that was tried, `null` where there is none; absent where it was not asked for.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub last_run: Option<Option<Box<RunAnswer>>>,
    /// Errors in its file, each `file:line:column: …`: what is active is an earlier version. Absent
    /// where there is none, and of a job in a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub file_errors: Vec<String>,
}

/// What the file of a job says, in the file's order, with defaults filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JobDefinition {
    /// Its name for people.
    pub name: String,
    /// More for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether due times count.
    pub enabled: bool,
    /// What runs. A newer daemon may have types that are unknown here.
    pub bot_type: String,
    /// The settings of the bot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot_config: Option<Map<String, Value>>,
    /// How due times are named. A newer daemon may have types that are unknown here.
    pub schedule_type: String,
    /// The due times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule_config: Option<Map<String, Value>>,
    /// The zone of its schedule.
    pub timezone: String,
    /// Every other key.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// `jobs`: every job, and what was found in the files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct JobsAnswer {
    /// The jobs.
    pub jobs: Vec<JobAnswer>,
    /// The findings.
    pub diagnostics: Vec<FindingAnswer>,
}

/// A job as `list` shows it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ListedJob<'a> {
    /// The job.
    #[serde(flatten)]
    pub job: &'a JobAnswer,
    /// Errors in its file, each `file:line:column: …`; the last good version stays active.
    pub errors: &'a [String],
}

/// A description is shown also where there is none; no other key is (`timeout: null` is a value).
fn with_description<S: Serializer>(
    definition: &JobDefinition,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Shown<'a> {
        #[serde(flatten)]
        definition: &'a JobDefinition,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<Value>,
    }
    let description = definition.description.is_none().then_some(Value::Null);
    let shown = Shown {
        definition,
        description,
    };
    shown.serialize(serializer)
}

/// A key that is there, be it `null`.
fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<Box<RunAnswer>>>, D::Error> {
    Deserialize::deserialize(deserializer).map(Some)
}

impl JobAnswer {
    /// The answer at an instant; `None` of a job that is not defined any more.
    pub fn of(status: &JobStatus, now: Timestamp) -> Option<JobAnswer> {
        let job = status.job.as_ref()?;
        let last = status.last_run.as_deref();
        let mut definition: JobDefinition = serde_json::from_str(&job.definition.text()).ok()?;
        definition.enabled = status.is_enabled();
        Some(JobAnswer {
            id: job.id.clone(),
            definition,
            file_enabled: job.enabled,
            paused: status.pause.is_some(),
            pause: status.pause.clone(),
            created_at: status.created_at,
            updated_at: status.updated_at(),
            last_run_at: last.and_then(|run| run.started_at.or(run.finished_at)),
            last_run_status: last.map(|run| run.status),
            last_run_error: last.and_then(|run| run.error.clone()),
            next_run_at: status.next_run_at,
            running: status.running.keys().copied().collect(),
            budget: status.levels(now),
            held_up: standstill::stuck(status, now),
            without_success: standstill::fruitless(status, now),
            file: job.file.clone(),
            digest: job.digest,
            last_run: None,
            file_errors: Vec::new(),
        })
    }

    /// The same with the whole record of the last run that was tried.
    pub fn with_last_run(status: &JobStatus, now: Timestamp) -> Option<JobAnswer> {
        let last = status.last_run.as_deref();
        let last = last.map(|record| Box::new(RunAnswer::of(record)));
        let job = JobAnswer::of(status, now)?;
        Some(JobAnswer {
            last_run: Some(last),
            ..job
        })
    }

    /// The same with the errors in its file.
    #[must_use]
    pub fn with_errors(mut self, status: &Status) -> JobAnswer {
        self.file_errors = drift::errors_of(status, self.id.as_str());
        self
    }

    /// The last run that was tried, where it was asked for.
    pub fn last_run(&self) -> Option<&RunRecord> {
        self.last_run.as_ref()?.as_deref().map(RunAnswer::record)
    }

    /// Whether its last run failed.
    pub fn is_failing(&self) -> bool {
        self.last_run().is_some_and(RunRecord::is_bad)
    }

    /// How many things need attention: what `status JOB --check` is about.
    pub fn problem_count(&self) -> usize {
        let is_without_success = self.is_failing() || self.without_success.is_some();
        let is_bad = !self.file_errors.is_empty();
        usize::from(is_bad) + usize::from(self.held_up.is_some()) + usize::from(is_without_success)
    }

    /// The definition that its file gives it, whatever is paused.
    pub fn file_definition(&self) -> JobDefinition {
        JobDefinition {
            enabled: self.file_enabled,
            ..self.definition.clone()
        }
    }
}

impl JobDefinition {
    /// Whether its runs leave outside effects out.
    pub fn is_dry_run(&self) -> bool {
        self.setting("dry_run").and_then(Value::as_bool) == Some(true)
    }

    /// Messages that a run may send, or profiles that it may visit, where there is a limit.
    pub fn limit_of_run(&self) -> Option<u64> {
        let messages = self.setting("max_messages_per_run");
        let messages = messages.and_then(Value::as_u64);
        messages.or(self.setting("limit").and_then(Value::as_u64))
    }

    /// Attempts of a run at most.
    pub fn attempts_max(&self) -> Option<u64> {
        self.rest.get("retry")?.get("max_attempts")?.as_u64()
    }

    /// The value of a label.
    pub fn label(&self, key: &str) -> Option<&Value> {
        self.rest.get("labels")?.get(key)
    }

    fn setting(&self, key: &str) -> Option<&Value> {
        self.bot_config.as_ref()?.get(key)
    }
}

impl JobsAnswer {
    /// The answer at an instant.
    pub fn of(status: &Status, now: Timestamp) -> JobsAnswer {
        let shown = status.jobs.values().filter(|job| job.present);
        let jobs = shown.filter_map(|job| JobAnswer::with_last_run(job, now));
        JobsAnswer {
            jobs: jobs.collect(),
            diagnostics: status.diagnostics.iter().map(FindingAnswer::of).collect(),
        }
    }
}
