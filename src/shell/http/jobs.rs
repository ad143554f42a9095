//! The jobs: `ScheduledJobConfig` of the plan, and ours beside it; with the record of each last run
//! where that is asked.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};

use crate::shell::clock;
use crate::shell::http::answer::{bad, no_job_in};
use crate::shell::http::keys;
use crate::shell::http::query::Query;
use crate::shell::http::route::{Answer, Doc, Shape};
use crate::shell::http::site::Site;
use crate::text::Text;
use crate::time::Timestamp;
use crate::view::answer::job::JobAnswer;
use crate::view::shapes;
use crate::view::status::JobStatus;

const JOB: Shape = Shape {
    name: "Job",
    schema: shapes::of::<JobAnswer>,
};

/// `/scheduler/jobs`
pub const LIST: Doc = Doc {
    summary: "Every job: the plan's ScheduledJobConfig, and ours",
    answer: Answer::List(JOB),
    query: &[keys::ENABLED_ONLY, keys::LAST_RUN],
    also: &[],
};

/// `/scheduler/jobs/{id}`
pub const ONE: Doc = Doc {
    summary: "One job",
    answer: Answer::One(JOB),
    query: &[keys::LAST_RUN],
    also: &[],
};

/// `GET /scheduler/jobs?enabled_only=&last_run=`
pub async fn list(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    let flags = Query::parse(query.as_deref())
        .and_then(|query| Ok((query.flag("enabled_only")?, entry_of(&query)?)));
    let (enabled_only, entry) = match flags {
        Ok((flag, entry)) => (flag.unwrap_or(false), entry),
        Err(refused) => return bad(refused),
    };
    let status = site.shared.read();
    let now = clock::now();
    let shown = status.jobs.values().filter(|job| job.present);
    let list: Vec<JobAnswer> = shown
        .filter(|status| !enabled_only || status.is_enabled())
        .filter_map(|job| entry(job, now))
        .collect();
    Json(list).into_response()
}

/// How a job is answered.
type Entry = fn(&JobStatus, Timestamp) -> Option<JobAnswer>;

fn entry_of(query: &Query) -> Result<Entry, Text> {
    Ok(match query.flag("last_run")? {
        Some(true) => JobAnswer::with_last_run,
        _ => JobAnswer::of,
    })
}

/// `GET /scheduler/jobs/{id}?last_run=`
pub async fn one(
    State(site): State<Site>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let entry = match Query::parse(query.as_deref()).and_then(|query| entry_of(&query)) {
        Ok(entry) => entry,
        Err(refused) => return bad(refused),
    };
    let status = site.shared.read();
    match status
        .jobs
        .get(id.as_str())
        .and_then(|job| entry(job, clock::now()))
    {
        Some(view) => Json(view.with_errors(&status)).into_response(),
        None => no_job_in(&status, &id),
    }
}
