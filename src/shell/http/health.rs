//! Whether the promise is kept, and whether job files were taken over.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::shell::http::route::{Also, Answer, Doc, Shape};
use crate::shell::http::site::Site;
use crate::view::answer::{Health, Ready};
use crate::view::shapes;

/// `/health`
pub const HEALTH: Doc = Doc {
    summary: "Whether every promise is kept",
    answer: Answer::One(Shape {
        name: "Health",
        schema: shapes::of::<Health<'static>>,
    }),
    query: &[],
    also: &[Also::Same(503, "It is not")],
};

/// `/ready`
pub const READY: Doc = Doc {
    summary: "Whether job files were loaded",
    answer: Answer::One(Shape {
        name: "Ready",
        schema: shapes::of::<Ready>,
    }),
    query: &[],
    also: &[Also::Same(503, "It is not")],
};

/// `GET /health`
pub async fn health(State(site): State<Site>) -> Response {
    let status = site.shared.read();
    let health = Health::of(&status);
    (code(health.is_good()), Json(health)).into_response()
}

/// `GET /ready`
pub async fn ready(State(site): State<Site>) -> Response {
    let ready = site.shared.read().is_ready;
    (code(ready), Json(Ready { ready })).into_response()
}

fn code(good: bool) -> StatusCode {
    if good {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}
