//! What the API answers of a job: the fields of the plan, and ours beside them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::model::diagnostic::Diagnostic;
use crate::time::{Timestamp, rfc3339};
use crate::view::answer::run::RunAnswer;
use crate::view::drift;
use crate::view::standstill;
use crate::view::status::{JobStatus, Status};

fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| rfc3339(at).into())
}

/// A job with the plan's `ScheduledJobConfig` fields: the file's keys, defaults filled in, and what
/// is known of its runs.
pub fn job(status: &JobStatus, now: Timestamp) -> Option<Value> {
    let job = status.job.as_ref()?;
    let mut view = json!({"id": job.id});
    let map = view.as_object_mut()?;
    map.extend(job.definition.value().as_object()?.clone());
    map.entry("description").or_insert(Value::Null);
    let last = status.last_run.as_deref();
    for (key, value) in [
        ("enabled", status.is_enabled().into()),
        ("file_enabled", job.enabled.into()),
        ("paused", status.pause.is_some().into()),
        ("pause", json!(status.pause)),
        ("created_at", time(status.created_at)),
        ("updated_at", time(status.updated_at())),
        (
            "last_run_at",
            time(last.and_then(|run| run.started_at.or(run.finished_at))),
        ),
        ("last_run_status", json!(last.map(|run| run.status))),
        (
            "last_run_error",
            json!(last.and_then(|run| run.error.as_ref())),
        ),
        ("next_run_at", time(status.next_run_at)),
        ("running", json!(status.running.keys().collect::<Vec<_>>())),
        ("budget", json!(status.levels(now))),
        ("held_up", json!(standstill::stuck(status, now))),
        ("without_success", json!(standstill::fruitless(status, now))),
        ("file", (*job.file).into()),
        ("digest", job.digest.to_string().into()),
    ] {
        map.insert(key.to_owned(), value);
    }
    Some(view)
}

/// The same with the whole record of the last run that was tried.
pub fn job_with_last_run(status: &JobStatus, now: Timestamp) -> Option<Value> {
    let mut job = job(status, now)?;
    let last = status
        .last_run
        .as_ref()
        .map(|record| json!(RunAnswer::of(record)));
    job["last_run"] = last.unwrap_or(Value::Null);
    Some(job)
}

/// Keys of a job's answer that are not of its definition.
const OURS: [&str; 18] = [
    "id",
    "file_enabled",
    "paused",
    "pause",
    "created_at",
    "updated_at",
    "last_run_at",
    "last_run_status",
    "last_run_error",
    "last_run",
    "next_run_at",
    "running",
    "budget",
    "held_up",
    "without_success",
    "file",
    "digest",
    "errors",
];

/// The definition inside a job's answer.
pub fn definition(job: &Value) -> Value {
    let mut definition = job.clone();
    if let Some(map) = definition.as_object_mut() {
        // A description is shown also where there is none; no other key is (`timeout: null` is a
        // value).
        let is_silent = |key: &str, value: &Value| key == "description" && value.is_null();
        map.retain(|key, value| !OURS.contains(&key.as_str()) && !is_silent(key, value));
        map.insert("enabled".to_owned(), job["file_enabled"].clone());
    }
    definition
}

/// Files with errors, beside `jobsd.yaml`.
pub fn invalid_files(status: &Status) -> BTreeSet<&str> {
    let errors = status.diagnostics.iter().filter(|found| found.is_error());
    let paths = errors.map(|finding| finding.path.as_str());
    paths.filter(|path| !is_settings(path)).collect()
}

fn is_settings(path: &str) -> bool {
    let stem = path.rsplit('/').next().unwrap_or(path);
    stem == "jobsd.yaml"
}

/// The findings, each error with the version of its job that stays active.
pub fn diagnostics(status: &Status) -> Vec<Value> {
    let one = |finding: &Diagnostic| {
        let mut shown = json!(finding);
        let error = Some(finding).filter(|finding| finding.is_error());
        shown["in_force"] = json!(error.and_then(|error| drift::in_force(status, error)));
        shown
    };
    status.diagnostics.iter().map(one).collect()
}
