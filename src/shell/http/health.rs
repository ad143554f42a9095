//! Whether the promise is kept, and whether job files were taken over.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::shell::http::route::{Also, Answer, Doc, Shape};
use crate::shell::http::site::Site;
use crate::text::Lang;
use crate::view::drift;
use crate::view::shapes;

/// `/health`
pub const HEALTH: Doc = Doc {
    summary: "Whether every promise is kept",
    answer: Answer::One(Shape {
        name: "Health",
        schema: shapes::health,
    }),
    query: &[],
    also: &[Also::Same(503, "It is not")],
};

/// `/ready`
pub const READY: Doc = Doc {
    summary: "Whether job files were taken over",
    answer: Answer::One(Shape {
        name: "Ready",
        schema: shapes::ready,
    }),
    query: &[],
    also: &[Also::Same(503, "It is not")],
};

/// `GET /health`
pub async fn health(State(site): State<Site>) -> Response {
    let status = site.shared.read();
    let errors = status
        .diagnostics
        .iter()
        .filter(|finding| finding.is_error());
    let warnings: Vec<String> = errors.map(|e| drift::line(&status, e, Lang::En)).collect();
    let reasons: Vec<&String> = status.health.values().collect();
    let word = if reasons.is_empty() {
        "ok"
    } else {
        "unhealthy"
    };
    let torn = &status.torn_lines;
    let notes: Vec<&String> = status.notes.values().collect();
    let body = json!({
        "status": word, "reasons": reasons, "warnings": warnings, "notes": notes, "torn_lines": torn,
    });
    (code(reasons.is_empty()), Json(body)).into_response()
}

/// `GET /ready`
pub async fn ready(State(site): State<Site>) -> Response {
    let status = site.shared.read();
    (
        code(status.is_ready),
        Json(json!({"ready": status.is_ready})),
    )
        .into_response()
}

fn code(good: bool) -> StatusCode {
    if good {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}
