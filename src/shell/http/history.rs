//! The runs of one job: `JobExecutionLog` of the plan, and ours beside it.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::model::job::JobId;
use crate::shell::http::Site;
use crate::shell::http::answer::{bad, detail, no_job, value};
use crate::shell::journal::query::Filter;
use crate::view::api;

/// `GET /scheduler/jobs/{id}/history?limit=50`
pub async fn of_job(
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
    let history = site.history.clone();
    let filter = Filter {
        job_id: Some(job_id),
        ..Filter::default()
    };
    let read = move || history.page(&filter, None, limit);
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(page)) if page.records.is_empty() && !known => no_job(&id),
        Ok(Ok(page)) => {
            let list: Vec<Value> = page.records.iter().map(api::run).collect();
            Json(list).into_response()
        }
        Ok(Err(error)) => detail(
            StatusCode::INTERNAL_SERVER_ERROR,
            &format!("history cannot be read: {error}"),
        ),
        Err(error) => detail(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}
