//! Runs of all jobs, newest first: in pages, or all that match as JSON lines.

use std::io;
use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::model::job::JobId;
use crate::model::run::RunRecord;
use crate::shell::http::answer::{bad, broken_off, detail, no_run, unreadable};
use crate::shell::http::keys;
use crate::shell::http::query::Query;
use crate::shell::http::route::{Also, Answer, Doc, Shape};
use crate::shell::http::site::Site;
use crate::shell::journal::query::filter::Filter;
use crate::shell::journal::query::sought::Sought;
use crate::shell::journal::query::{Cursor, History};
use crate::text::{Text, control, http as words};
use crate::time::Timestamp;
use crate::view::answer::RunPage;
use crate::view::answer::run::RunAnswer;
use crate::view::shapes;

/// Records that are read at once for the lines.
const PIECE: usize = 100;
/// Answers in lines at the same time: each may last as long as its reader is slow.
const LINES_MAX: usize = 8;

static LINES: Semaphore = Semaphore::const_new(LINES_MAX);

/// A run as programs see it.
pub const RUN: Shape = Shape {
    name: "Run",
    schema: shapes::of::<RunAnswer>,
};

/// `/scheduler/runs`
pub const LIST: Doc = Doc {
    summary: "Runs in pages, newest first",
    answer: Answer::One(Shape {
        name: "RunPage",
        schema: shapes::of::<RunPage>,
    }),
    query: &[
        keys::JOB_ID,
        keys::STATUS,
        keys::TRIGGER,
        keys::SINCE,
        keys::UNTIL,
        keys::LIMIT,
        keys::CURSOR,
        keys::FORMAT,
    ],
    // With `format=jsonl`: a run a line.
    also: &[Also::Text("application/x-ndjson")],
};

/// `/scheduler/runs/{id}`
pub const ONE: Doc = Doc {
    summary: "One run",
    answer: Answer::One(RUN),
    query: &[],
    also: &[],
};

/// `GET /scheduler/runs?job_id=&status=&trigger=&since=&until=&limit=&cursor=&format=`
pub async fn list(State(site): State<Site>, RawQuery(query): RawQuery) -> Response {
    let Wanted {
        filter,
        limit,
        cursor,
        is_lines,
    } = match wanted(query.as_deref()) {
        Ok(wanted) => wanted,
        Err(Refused::NoPage) => return detail(StatusCode::NOT_FOUND, words::no_page_begins()),
        Err(Refused::Bad(text)) => return bad(text),
    };
    if is_lines {
        return lines(site.history, filter, cursor);
    }
    let history = site.history.clone();
    let read = move || history.page(&filter, cursor, limit);
    let page = match tokio::task::spawn_blocking(read).await {
        Ok(Ok(page)) => page,
        Ok(Err(error)) => return unreadable(&error),
        Err(error) => return broken_off(&error),
    };
    let next = page.next.map(|cursor| cursor.to_string());
    let link = next
        .as_deref()
        .and_then(|next| link(query.as_deref(), next));
    let mut answer = Json(RunPage::of(&page.records, next)).into_response();
    if let Some(link) = link {
        answer.headers_mut().insert(header::LINK, link);
    }
    answer
}

/// Every match, a line each, read as it is taken. A history that cannot be read on breaks the
/// answer off, so that nobody takes a part for the whole.
fn lines(history: Arc<History>, filter: Filter, cursor: Option<Cursor>) -> Response {
    let Ok(place) = LINES.try_acquire() else {
        let busy = detail(StatusCode::SERVICE_UNAVAILABLE, words::many_downloads());
        return ([(header::RETRY_AFTER, "5")], busy).into_response();
    };
    let pieces = stream::unfold((Some(cursor), place), move |(from, place)| {
        let (history, filter) = (history.clone(), filter.clone());
        async move {
            let from = from?;
            let read = move || history.page(&filter, from, PIECE);
            let read = tokio::task::spawn_blocking(read).await;
            match read.unwrap_or_else(|error| Err(io::Error::other(error))) {
                Ok(page) => {
                    let line = |record| format!("{}\n", json!(RunAnswer::of(record)));
                    let text: String = page.records.iter().map(line).collect();
                    Some((Ok(Bytes::from(text)), (page.next.map(Some), place)))
                }
                Err(error) => Some((Err(error), (None, place))),
            }
        }
    });
    let head = [
        (header::CONTENT_TYPE, "application/x-ndjson; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"runs.jsonl\"",
        ),
    ];
    (head, Body::from_stream(pieces)).into_response()
}

/// `GET /scheduler/runs/{id}`, where the beginning of an id is enough.
pub async fn one(State(site): State<Site>, Path(id): Path<String>) -> Response {
    match sought(&site, &id).await {
        Ok(record) => Json(RunAnswer::of(&record)).into_response(),
        Err(refused) => refused,
    }
}

/// The run with an id, or the only one whose id begins so.
///
/// # Errors
/// The answer, where there is none.
pub(super) async fn sought(site: &Site, id: &str) -> Result<RunRecord, Response> {
    let (history, text) = (site.history.clone(), id.to_owned());
    let found = tokio::task::spawn_blocking(move || history.seek(&text)).await;
    match found {
        Ok(Ok(Sought::Run(record))) => Ok(*record),
        Ok(Ok(Sought::Nothing)) => Err(no_run(id)),
        Ok(Ok(Sought::Several(ids))) => {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            Err(bad(control::several_runs(id, &ids)))
        }
        Ok(Err(error)) => Err(unreadable(&error)),
        Err(error) => Err(broken_off(&error)),
    }
}

/// Why a query is not answered.
enum Refused {
    /// A cursor that leads nowhere.
    NoPage,
    /// It cannot be understood.
    Bad(Text),
}

impl From<Text> for Refused {
    fn from(text: Text) -> Refused {
        Refused::Bad(text)
    }
}

/// What a query asks for.
struct Wanted {
    filter: Filter,
    limit: usize,
    cursor: Option<Cursor>,
    is_lines: bool,
}

fn wanted(text: Option<&str>) -> Result<Wanted, Refused> {
    let query = Query::parse(text)?;
    let time = |key| -> Result<Option<Timestamp>, Text> {
        let text = query.get(key);
        text.map(|text| text.parse().map_err(|_| words::not_a_time(key)))
            .transpose()
    };
    let job_id = query
        .get("job_id")
        .map(|text| JobId::new(text).ok_or_else(words::not_a_job_id));
    let cursor = query.get("cursor").map(|text| {
        // It looks like one, and no page ever gave it.
        let is_form = text.len() == 24 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let refuse = || match is_form {
            true => Refused::NoPage,
            false => Refused::Bad(words::not_a_cursor()),
        };
        Cursor::parse(text).ok_or_else(refuse)
    });
    let statuses = "success, failed, skipped, missed, interrupted, cancelled, running";
    let filter = Filter {
        job_id: job_id.transpose()?,
        status: word(&query, "status", statuses)?,
        trigger: word(&query, "trigger", "schedule, manual, catchup, retry")?,
        since: time("since")?,
        until: time("until")?,
    };
    let is_lines = match query.get("format") {
        None | Some("json") => false,
        Some("jsonl") => true,
        Some(_) => return Err(words::not_among("format", "json, jsonl").into()),
    };
    Ok(Wanted {
        filter,
        limit: query.limit()?,
        cursor: cursor.transpose()?,
        is_lines,
    })
}

/// A word of an enumeration.
fn word<T: DeserializeOwned>(query: &Query, key: &str, all: &str) -> Result<Option<T>, Text> {
    let read = |text: &str| {
        let refuse = |_| words::not_among(key, all);
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
