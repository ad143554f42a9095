//! The jobs: `ScheduledJobConfig` of the plan, and ours beside it.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::shell::clock;
use crate::shell::http::Site;
use crate::shell::http::answer::{Query, bad, no_job};
use crate::view::api;

/// `GET /scheduler/jobs?enabled_only=`
pub async fn list(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    let query = Query::parse(query.as_deref());
    let enabled_only = match query.and_then(|query| query.flag("enabled_only")) {
        Ok(flag) => flag.unwrap_or(false),
        Err(refused) => return bad(refused),
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
