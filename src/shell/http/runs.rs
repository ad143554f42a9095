//! Runs of all jobs, in pages, newest first.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::model::job::JobId;
use crate::model::run::RunId;
use crate::shell::http::Site;
use crate::shell::http::answer::{Query, bad, detail, no_run, unreadable};
use crate::shell::journal::query::{Cursor, Filter};
use crate::time::Timestamp;
use crate::view::api;

/// A cursor that leads nowhere.
const NO_PAGE: &str = "no page begins there";

/// `GET /scheduler/runs?job_id=&status=&trigger=&since=&until=&limit=&cursor=`
pub async fn list(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    let (filter, limit, cursor) = match wanted(query.as_deref()) {
        Ok(wanted) => wanted,
        Err(refused) if refused == NO_PAGE => return detail(StatusCode::NOT_FOUND, NO_PAGE),
        Err(refused) => return bad(&refused),
    };
    let history = site.history.clone();
    let read = move || history.page(&filter, cursor, limit);
    let page = match tokio::task::spawn_blocking(read).await {
        Ok(Ok(page)) => page,
        Ok(Err(error)) => return unreadable(&error),
        Err(error) => return detail(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    };
    let runs: Vec<Value> = page.records.iter().map(api::run).collect();
    let next = page.next.map(|cursor| cursor.to_string());
    let mut answer = Json(json!({"runs": runs, "next_cursor": next})).into_response();
    if let Some(link) = next.and_then(|next| link(query.as_deref(), &next)) {
        answer.headers_mut().insert(header::LINK, link);
    }
    answer
}

/// `GET /scheduler/runs/{id}`
pub async fn one(State(site): State<Site>, Path(id): Path<String>) -> Response {
    let Some(run_id) = RunId::parse(&id) else {
        return no_run(&id);
    };
    let history = site.history.clone();
    match tokio::task::spawn_blocking(move || history.run(run_id)).await {
        Ok(Ok(Some(record))) => Json(api::run(&record)).into_response(),
        Ok(Ok(None)) => no_run(&id),
        Ok(Err(error)) => unreadable(&error),
        Err(error) => detail(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

fn wanted(text: Option<&str>) -> Result<(Filter, usize, Option<Cursor>), String> {
    let query = Query::parse(text)?;
    let time = |key| -> Result<Option<Timestamp>, String> {
        let refuse = || format!("{key} is an RFC 3339 time: 2026-11-24T10:00:00Z");
        let text = query.get(key);
        text.map(|text| text.parse().map_err(|_| refuse()))
            .transpose()
    };
    let job_id = query.get("job_id").map(|text| {
        let refuse = || "job_id is the stem of a job file: [a-z0-9._-]".to_owned();
        JobId::new(text).ok_or_else(refuse)
    });
    let cursor = query.get("cursor").map(|text| {
        // It looks like one, and no page ever gave it.
        let is_form = text.len() == 24 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let refused = if is_form {
            NO_PAGE
        } else {
            "cursor is the next_cursor of a page"
        };
        Cursor::parse(text).ok_or_else(|| refused.to_owned())
    });
    let statuses = "success, failed, skipped, missed, interrupted, cancelled, running";
    let filter = Filter {
        job_id: job_id.transpose()?,
        status: word(&query, "status", statuses)?,
        trigger: word(&query, "trigger", "schedule, manual, catchup, retry")?,
        since: time("since")?,
        until: time("until")?,
    };
    Ok((filter, query.limit()?, cursor.transpose()?))
}

/// A word of an enumeration.
fn word<T: DeserializeOwned>(query: &Query, key: &str, all: &str) -> Result<Option<T>, String> {
    let read = |text: &str| {
        let refuse = |_| format!("{key} is one of {all}");
        serde_json::from_value(Value::from(text)).map_err(refuse)
    };
    query.get(key).map(read).transpose()
}

/// The next page, for whoever follows `Link`.
fn link(query: Option<&str>, next: &str) -> Option<HeaderValue> {
    let pairs = query.unwrap_or_default().split('&');
    let kept: Vec<&str> = pairs
        .filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="))
        .collect();
    let mut query = kept.join("&");
    if !query.is_empty() {
        query.push('&');
    }
    // What a request line may not hold did not come in it, but these two would end the link early.
    let query = query.replace(['<', '>'], "");
    HeaderValue::from_str(&format!("<?{query}cursor={next}>; rel=\"next\"")).ok()
}
