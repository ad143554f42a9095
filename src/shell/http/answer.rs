//! Answers and queries that routes share.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An answer in FastAPI's error form.
pub fn detail(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({"detail": text}))).into_response()
}

/// A query that cannot be answered.
pub fn bad(text: &str) -> Response {
    detail(StatusCode::BAD_REQUEST, text)
}

/// There is no such job.
pub fn no_job(id: &str) -> Response {
    detail(StatusCode::NOT_FOUND, &format!("Job {id} not found"))
}

/// The last value of a query key.
pub fn value<'a>(query: Option<&'a str>, name: &str) -> Option<&'a str> {
    let pairs = query
        .unwrap_or("")
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value)
        .next_back()
}
