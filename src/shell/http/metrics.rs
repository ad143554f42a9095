//! `/metrics`, for Prometheus.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::render::prometheus;
use crate::shell::clock;
use crate::shell::http::route::{Answer, Doc};
use crate::shell::http::site::Site;

/// `/metrics`
pub const SHOW: Doc = Doc {
    summary: "Counts and times, as Prometheus reads them",
    answer: Answer::Text("text/plain"),
    query: &[],
    also: &[],
};

/// `GET /metrics`
pub async fn show(State(site): State<Site>) -> Response {
    let page = prometheus::page(&site.shared.read(), clock::now());
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], page).into_response()
}
