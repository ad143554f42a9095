//! The login of browsers: the token once, then a session that forms name with a CSRF token. Only
//! where control is on.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::shell::http::answer::{bad, detail};
use crate::shell::http::control::{Fields, NAME_MAX, denied, is_foreign, peer};
use crate::shell::http::gate::{COOKIE, Denied};
use crate::shell::http::guard::write_refused;
use crate::shell::http::pages;
use crate::shell::http::site::Site;
use crate::text::{http as words, visible};
use crate::view::answer::SessionAnswer;

/// Who sees the session's cookie. Without a `Path` it is what is below the folder of the login, as
/// the browser sees it (RFC 6265, 5.1.4): also where a proxy strips a prefix.
const SCOPE: &str = "HttpOnly; SameSite=Strict";

/// `GET /login`
pub async fn show(State(site): State<Site>, headers: HeaderMap) -> Response {
    pages::login(&site, &headers, StatusCode::OK)
}

/// `GET /session`: what forms of this browser must carry.
pub async fn session(State(site): State<Site>, headers: HeaderMap) -> Response {
    let session = site.gate.as_ref().and_then(|gate| gate.session(&headers));
    match session {
        Some(session) => Json(SessionAnswer {
            name: session.name,
            csrf: session.csrf,
        })
        .into_response(),
        None => detail(StatusCode::NOT_FOUND, words::no_session()),
    }
}

/// `POST /login`
pub async fn log_in(State(site): State<Site>, request: Request) -> Response {
    let Some(gate) = &site.gate else {
        return write_refused(&site, request.uri());
    };
    let address = peer(&request);
    let (head, body) = request.into_parts();
    if is_foreign(&site, &head.headers) {
        return denied(Denied::Forged).await;
    }
    let fields = match Fields::read(&head.uri, &head.headers, body).await {
        Ok(fields) => fields,
        Err(refused) => return bad(refused),
    };
    let name: String = fields
        .get("name")
        .unwrap_or_default()
        .trim()
        .chars()
        .take(NAME_MAX)
        .collect();
    let name = if name.is_empty() {
        "session".to_owned()
    } else {
        visible(&name)
    };
    match gate.log_in(fields.get("token").unwrap_or_default(), &name, address) {
        Ok(id) => {
            tracing::info!(who = name, from = %address, "logged in");
            enter(&site, &head, &id)
        }
        Err(Denied::TooMany) => denied(Denied::TooMany).await,
        Err(_) => {
            tracing::warn!(from = %address, "a wrong token was refused");
            pages::login(&site, &head.headers, StatusCode::UNAUTHORIZED)
        }
    }
}

/// `POST /logout`
pub async fn log_out(State(site): State<Site>, request: Request) -> Response {
    if is_foreign(&site, request.headers()) {
        return denied(Denied::Forged).await;
    }
    if let Some(gate) = &site.gate {
        gate.log_out(request.headers());
    }
    let name = site.cookies.name(request.headers(), COOKIE);
    home(&site, request.uri(), format!("{name}=; Max-Age=0; {SCOPE}"))
}

fn enter(site: &Site, head: &Parts, id: &str) -> Response {
    let name = site.cookies.name(&head.headers, COOKIE);
    let scheme = head
        .headers
        .get("x-forwarded-proto")
        .and_then(|value| value.to_str().ok());
    // On a plain connection a secure cookie would never come back.
    let secure = if scheme == Some("https") {
        "; Secure"
    } else {
        ""
    };
    home(site, &head.uri, format!("{name}={id}; {SCOPE}{secure}"))
}

/// Sets a cookie and leads to the first page.
fn home(site: &Site, uri: &Uri, cookie: String) -> Response {
    let to = site.lead(uri.path(), "/");
    (
        StatusCode::SEE_OTHER,
        [(header::SET_COOKIE, cookie), (header::LOCATION, to)],
    )
        .into_response()
}
