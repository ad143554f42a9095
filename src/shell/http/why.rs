//! Why runs of a job did or did not happen, from the history.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};

use crate::model::job::JobId;
use crate::page::output;
use crate::shell::clock;
use crate::shell::http::answer::{bad, broken_off, no_job, no_job_in, unreadable};
use crate::shell::http::keys;
use crate::shell::http::query::Query;
use crate::shell::http::route::{Answer, Doc};
use crate::shell::http::site::Site;
use crate::shell::journal::why::explain;
use crate::text::http as words;
use crate::view::drift;

/// `/scheduler/jobs/{id}/why`
pub const WHY: Doc = Doc {
    summary: "Why a run of a job did or did not happen",
    answer: Answer::Object,
    query: &[keys::AT],
    also: &[],
};

/// `GET /scheduler/jobs/{id}/why?at=`
pub async fn show(
    State(site): State<Site>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let now = clock::now();
    let at = Query::parse(query.as_deref()).and_then(|query| match query.get("at") {
        Some(text) => text.parse().map_err(|_| words::not_a_time("at")),
        None => Ok(now),
    });
    let at = match at {
        Ok(at) => at,
        Err(refused) => return bad(refused),
    };
    let Some(job_id) = JobId::new(&id) else {
        return no_job(&id);
    };
    let (state_dir, history, past) = (site.state_dir, site.history, site.past);
    let shared = site.shared;
    let read = move || {
        let mut answer = explain(&state_dir, &history, &job_id, (at, now))?;
        if let Some(answer) = &mut answer {
            answer.quote(|id| past.output(id, output::LAST_BYTES_MAX).bytes);
        }
        Ok(answer)
    };
    let read: Result<std::io::Result<_>, _> = tokio::task::spawn_blocking(read).await;
    match read {
        Ok(Ok(Some(mut answer))) => {
            answer.file_errors = drift::errors_of(&shared.read(), &id);
            Json(answer).into_response()
        }
        Ok(Ok(None)) => no_job_in(&shared.read(), &id),
        Ok(Err(error)) => unreadable(&error),
        Err(error) => broken_off(&error),
    }
}
