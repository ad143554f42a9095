//! The JSON routes: the plan's fields, and ours beside them.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::model::job::JobId;
use crate::model::run::RunRecord;
use crate::shell::http::{Site, detail};
use crate::shell::journal::query;
use crate::text::Lang;
use crate::time::{Timestamp, rfc3339};
use crate::view::status::JobStatus;

/// `GET /scheduler/jobs?enabled_only=`
pub async fn jobs(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    let enabled_only = match value(query.as_deref(), "enabled_only") {
        None | Some("false" | "0") => false,
        Some("true" | "1") => true,
        Some(_) => return bad("enabled_only is true or false"),
    };
    let status = site.shared.read();
    let shown = status.jobs.values().filter(|job| job.present);
    let list: Vec<Value> = shown
        .filter(|status| !enabled_only || status.job.as_ref().is_some_and(|job| job.enabled))
        .filter_map(|job| view(job))
        .collect();
    Json(list).into_response()
}

/// `GET /scheduler/jobs/{id}`
pub async fn job(State(site): State<Site>, Path(id): Path<String>) -> Response {
    let status = site.shared.read();
    match status.jobs.get(id.as_str()).and_then(|job| view(job)) {
        Some(view) => Json(view).into_response(),
        None => no_job(&id),
    }
}

/// `GET /scheduler/jobs/{id}/history?limit=50`
pub async fn history(
    State(site): State<Site>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let limit = value(query.as_deref(), "limit").map_or(Ok(50), str::parse::<usize>);
    let Some(limit) = limit.ok().filter(|limit| (1..=500).contains(limit)) else {
        return bad("limit is an integer from 1 to 500");
    };
    let status = site.shared.read();
    let Some(job_id) = JobId::new(&id) else {
        return no_job(&id);
    };
    let known = status.jobs.contains_key(&job_id);
    let state_dir = site.state_dir.clone();
    let read = move || query::newest(&state_dir, Some(&job_id), limit);
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(records)) if records.is_empty() && !known => no_job(&id),
        Ok(Ok(records)) => {
            let is_shown = |record: &&RunRecord| record.is_final() || record.started_at.is_some();
            let list: Vec<Value> = records.iter().filter(is_shown).map(entry).collect();
            Json(list).into_response()
        }
        Ok(Err(error)) => detail(
            StatusCode::INTERNAL_SERVER_ERROR,
            &format!("history cannot be read: {error}"),
        ),
        Err(error) => detail(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// `GET /scheduler/config`
pub async fn config(State(site): State<Site>) -> Response {
    let status = site.shared.read();
    Json(json!({
        "revision": status.revision,
        "files": status.files,
        "diagnostics": status.diagnostics,
        "reloads": status.reloads,
        "drift": [],
    }))
    .into_response()
}

/// `GET /health`
pub async fn health(State(site): State<Site>) -> Response {
    let status = site.shared.read();
    let errors = status
        .diagnostics
        .iter()
        .filter(|finding| finding.is_error());
    let warnings: Vec<String> = errors.map(|e| e.line(Lang::En)).collect();
    let reasons: Vec<&String> = status.health.values().collect();
    let word = if reasons.is_empty() {
        "ok"
    } else {
        "unhealthy"
    };
    let body = json!({"status": word, "reasons": reasons, "warnings": warnings});
    (code(reasons.is_empty()), Json(body)).into_response()
}

/// `GET /ready`
pub async fn ready(State(site): State<Site>) -> Response {
    let status = site.shared.read();
    (
        code(status.is_ready),
        Json(json!({"ready": status.is_ready})),
    )
        .into_response()
}

fn code(good: bool) -> StatusCode {
    if good {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

fn bad(text: &str) -> Response {
    detail(StatusCode::BAD_REQUEST, text)
}

fn no_job(id: &str) -> Response {
    detail(StatusCode::NOT_FOUND, &format!("Job {id} not found"))
}

fn value<'a>(query: Option<&'a str>, name: &str) -> Option<&'a str> {
    let pairs = query
        .unwrap_or("")
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value)
        .next_back()
}

fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| rfc3339(at).into())
}

/// A job with the plan's `ScheduledJobConfig` fields: the file's keys, defaults filled in, and what is known of its runs.
pub fn view(status: &JobStatus) -> Option<Value> {
    let job = status.job.as_ref()?;
    let mut view = json!({"id": job.id});
    let map = view.as_object_mut()?;
    map.extend((*job.definition).as_object()?.clone());
    map.entry("description").or_insert(Value::Null);
    let last = status.last_started.as_deref();
    for (key, value) in [
        ("file_enabled", job.enabled.into()),
        ("paused", false.into()),
        ("created_at", time(status.created_at)),
        ("updated_at", time(status.updated_at)),
        ("last_run_at", time(last.and_then(|run| run.started_at))),
        ("last_run_status", json!(last.map(|run| run.status))),
        (
            "last_run_error",
            json!(last.and_then(|run| run.error.as_ref())),
        ),
        ("next_run_at", time(status.next_run_at)),
        ("running", json!(status.running.keys().collect::<Vec<_>>())),
        ("file", job.file.as_str().into()),
        ("digest", job.digest.as_str().into()),
    ] {
        map.insert(key.to_owned(), value);
    }
    Some(view)
}

/// A run with the plan's `JobExecutionLog` fields: counters are 0 where there are none.
fn entry(record: &RunRecord) -> Value {
    let mut entry = json!(record);
    for counter in ["messages_sent", "profiles_visited"] {
        if entry[counter].is_null() {
            entry[counter] = 0.into();
        }
    }
    entry
}
