//! `/metrics`, for Prometheus.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::render::prometheus;
use crate::shell::clock;
use crate::shell::http::Site;

/// `GET /metrics`
pub async fn show(State(site): State<Site>) -> Response {
    let page = prometheus::page(&site.shared.read(), clock::now());
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], page).into_response()
}
