//! Answers that routes share.

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::text::cause::cause;
use crate::text::{Lang, Text, http as words};
use crate::view::answer::Detail;
use crate::view::drift;
use crate::view::status::Status;

/// An answer in FastAPI's error form. It is English; what it says rides along, for [`translated`].
pub fn detail(status: StatusCode, text: Text) -> Response {
    let mut response = (status, Json(refusal(&text.en))).into_response();
    response.extensions_mut().insert(Said(text));
    response
}

/// What an error says, in both languages.
#[derive(Clone, Debug)]
struct Said(Text);

fn refusal(detail: &str) -> Detail {
    let detail = detail.to_owned();
    Detail { detail }
}

/// The answer in the language of whoever asked; one that is no error stays as it is.
pub fn translated(mut response: Response, lang: Lang) -> Response {
    let Some(Said(text)) = response.extensions_mut().remove::<Said>() else {
        return response;
    };
    let vary = HeaderValue::from_static("accept-language, cookie");
    response.headers_mut().append(header::VARY, vary);
    if lang == Lang::Fr {
        let body = json!(refusal(&text.fr)).to_string();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(body);
    }
    response
}

/// A query that cannot be answered.
pub fn bad(text: Text) -> Response {
    detail(StatusCode::BAD_REQUEST, text)
}

/// There is no such job.
pub fn no_job(id: &str) -> Response {
    detail(StatusCode::NOT_FOUND, words::no_job(id))
}

/// There is no active job of that id: its file may be bad.
pub fn no_job_in(status: &Status, id: &str) -> Response {
    match drift::errors_of(status, id).first() {
        Some(error) => detail(StatusCode::NOT_FOUND, words::bad_file(id, error)),
        None => no_job(id),
    }
}

/// There is no such run.
pub fn no_run(id: &str) -> Response {
    detail(StatusCode::NOT_FOUND, words::no_run(id))
}

/// The disk refuses.
pub fn unreadable(error: &std::io::Error) -> Response {
    let text = words::unreadable(&cause(error));
    detail(StatusCode::INTERNAL_SERVER_ERROR, text)
}

/// A task that was to make the answer panicked.
pub fn broken_off(error: &tokio::task::JoinError) -> Response {
    let text = words::broken_off(&error.to_string());
    detail(StatusCode::INTERNAL_SERVER_ERROR, text)
}
