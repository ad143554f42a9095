//! The runs of one job: `JobExecutionLog` of the plan, and ours beside it.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};

use crate::model::job::JobId;
use crate::shell::http::answer::{bad, broken_off, no_job, unreadable};
use crate::shell::http::keys;
use crate::shell::http::query::Query;
use crate::shell::http::route::{Answer, Doc};
use crate::shell::http::runs::RUN;
use crate::shell::http::site::Site;
use crate::shell::journal::query::filter::Filter;
use crate::view::answer::run::RunAnswer;

/// `/scheduler/jobs/{id}/history`
pub const OF_JOB: Doc = Doc {
    summary: "Runs of a job, newest first: the plan's JobExecutionLog, and ours",
    answer: Answer::List(RUN),
    query: &[keys::LIMIT],
    also: &[],
};

/// `GET /scheduler/jobs/{id}/history?limit=50`
pub async fn of_job(
    State(site): State<Site>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let limit = match Query::parse(query.as_deref()).and_then(|query| query.limit()) {
        Ok(limit) => limit,
        Err(refused) => return bad(refused),
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
            let list: Vec<RunAnswer> = page.records.iter().map(RunAnswer::of).collect();
            Json(list).into_response()
        }
        Ok(Err(error)) => unreadable(&error),
        Err(error) => broken_off(&error),
    }
}
