//! The jobs: `ScheduledJobConfig` of the plan, and ours beside it.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::shell::clock;
use crate::shell::http::Site;
use crate::shell::http::answer::{bad, no_job, value};
use crate::view::api;

/// `GET /scheduler/jobs?enabled_only=`
pub async fn list(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    let enabled_only = match value(query.as_deref(), "enabled_only") {
        None | Some("false" | "0") => false,
        Some("true" | "1") => true,
        Some(_) => return bad("enabled_only is true or false"),
    };
    let status = site.shared.read();
    let now = clock::now();
    let shown = status.jobs.values().filter(|job| job.present);
    let list: Vec<Value> = shown
        .filter(|status| !enabled_only || status.is_enabled())
        .filter_map(|job| api::job(job, now))
        .collect();
    Json(list).into_response()
}

/// `GET /scheduler/jobs/{id}`
pub async fn one(State(site): State<Site>, Path(id): Path<String>) -> Response {
    let status = site.shared.read();
    match status
        .jobs
        .get(id.as_str())
        .and_then(|job| api::job(job, clock::now()))
    {
        Some(view) => Json(view).into_response(),
        None => no_job(&id),
    }
}
