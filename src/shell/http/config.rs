//! What was read of the files, and what differs from them.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::shell::control;
use crate::shell::http::route::{Answer, Doc, Shape};
use crate::shell::http::site::Site;
use crate::shell::zones;
use crate::view::answer::config::ConfigAnswer;
use crate::view::answer::status::StatusAnswer;
use crate::view::shapes;

/// `/scheduler/config`
pub const SHOW: Doc = Doc {
    summary: "What was read of the files, and drift from them",
    answer: Answer::One(Shape {
        name: "Config",
        schema: shapes::of::<ConfigAnswer>,
    }),
    query: &[],
    also: &[],
};

/// `/scheduler/status`
pub const STATUS: Doc = Doc {
    summary: "The daemon on one screen",
    answer: Answer::One(Shape {
        name: "Status",
        schema: shapes::of::<StatusAnswer>,
    }),
    query: &[],
    also: &[],
};

/// `GET /scheduler/status`: the daemon on one screen.
pub async fn status(State(site): State<Site>) -> Response {
    Json(control::daemon(&site.shared)).into_response()
}

/// `GET /scheduler/config`
pub async fn show(State(site): State<Site>) -> Response {
    let status = site.shared.read();
    let present = status.jobs.values().filter(|job| job.present);
    let in_use = present.filter_map(|job| Some(&*job.job.as_ref()?.timezone));
    let (zones, notices) = (zones::facts(in_use), control::notices(&status));
    Json(ConfigAnswer::of(&status, zones, notices)).into_response()
}
