//! `/scheduler/events`: changes as they come.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::shell::http::answer::{bad, detail};
use crate::shell::http::events::Reader;
use crate::shell::http::keys;
use crate::shell::http::query::Query;
use crate::shell::http::route::{Answer, Doc};
use crate::shell::http::site::Site;
use crate::text::http as words;

/// `/scheduler/events`
pub const FOLLOW: Doc = Doc {
    summary: "Changes as server-sent events; resume with Last-Event-ID or `after`",
    answer: Answer::Text("text/event-stream"),
    query: &[keys::AFTER],
    also: &[],
};

/// `GET /scheduler/events?after=`
pub async fn follow(
    State(site): State<Site>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = match Query::parse(query.as_deref()) {
        Ok(query) => query,
        Err(refused) => return bad(refused),
    };
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .or(query.get("after"));
    let Some(reader) = Reader::begin(&site.events, last) else {
        let busy = detail(StatusCode::SERVICE_UNAVAILABLE, words::many_readers());
        return ([(header::RETRY_AFTER, "5")], busy).into_response();
    };
    let body = Body::from_stream(stream::unfold(reader, Reader::next));
    // Proxies that collect an answer before they pass it on, or pack it, would hold changes back:
    // nginx knows the first header, the others are to heed the second one (RFC 9111, 5.2.2.6).
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
        (header::CACHE_CONTROL, "no-cache, no-transform"),
    ];
    (headers, body).into_response()
}
