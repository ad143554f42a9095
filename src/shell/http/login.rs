//! The login of browsers: the token once, then a session that forms name with a CSRF token. Only where control is on.

use askama::Template;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

use crate::shell::http::Site;
use crate::shell::http::answer::{bad, detail};
use crate::shell::http::control::{Fields, NAME_MAX, denied, is_foreign, peer};
use crate::shell::http::gate::{COOKIE, Denied};
use crate::shell::http::guard::write_refused;
use crate::text::{Lang, visible};

/// What the page may load and where its form may go.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    lang: &'static str,
    title: &'static str,
    token: &'static str,
    name: &'static str,
    submit: &'static str,
    action: String,
    problem: &'static str,
}

/// `GET /login`
pub async fn show(State(site): State<Site>, headers: HeaderMap) -> Response {
    page(&site, &headers, StatusCode::OK)
}

/// `GET /session`: what forms of this browser must carry.
pub async fn session(State(site): State<Site>, headers: HeaderMap) -> Response {
    let session = site.gate.as_ref().and_then(|gate| gate.session(&headers));
    match session {
        Some(session) => Json(json!({"name": session.name, "csrf": session.csrf})).into_response(),
        None => detail(StatusCode::NOT_FOUND, "no session: log in"),
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
        return denied(Denied::Forged);
    }
    let fields = match Fields::read(&head.uri, &head.headers, body).await {
        Ok(fields) => fields,
        Err(refused) => return bad(&refused),
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
            tracing::info!(who = ?name, from = %address, "logged in");
            enter(&site, &head.headers, &id)
        }
        Err(Denied::TooMany) => denied(Denied::TooMany),
        Err(_) => {
            tracing::warn!(from = %address, "a wrong token was refused");
            page(&site, &head.headers, StatusCode::UNAUTHORIZED)
        }
    }
}

/// `POST /logout`
pub async fn log_out(State(site): State<Site>, request: Request) -> Response {
    if is_foreign(&site, request.headers()) {
        return denied(Denied::Forged);
    }
    if let Some(gate) = &site.gate {
        gate.log_out(request.headers());
    }
    let cookie = format!(
        "{COOKIE}=; Max-Age=0; HttpOnly; SameSite=Strict; Path={}",
        site.base_path
    );
    let to = site.base_path.clone();
    (
        StatusCode::SEE_OTHER,
        [(header::SET_COOKIE, cookie), (header::LOCATION, to)],
    )
        .into_response()
}

fn enter(site: &Site, headers: &HeaderMap, id: &str) -> Response {
    let scheme = headers
        .get("x-forwarded-proto")
        .and_then(|value| value.to_str().ok());
    // On a plain connection a secure cookie would never come back.
    let secure = if scheme == Some("https") {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!(
        "{COOKIE}={id}; HttpOnly; SameSite=Strict; Path={}{secure}",
        site.base_path
    );
    let to = site.base_path.clone();
    (
        StatusCode::SEE_OTHER,
        [(header::SET_COOKIE, cookie), (header::LOCATION, to)],
    )
        .into_response()
}

fn page(site: &Site, headers: &HeaderMap, code: StatusCode) -> Response {
    let accepted = headers.get(header::ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|value| value.to_str().ok());
    let lang = accepted.map_or(Lang::En, Lang::of);
    let say = |en: &'static str, fr: &'static str| if lang == Lang::Fr { fr } else { en };
    let problem = if code == StatusCode::OK {
        ""
    } else {
        say("That is not the token.", "Ce n’est pas le jeton.")
    };
    let page = Login {
        lang: say("en", "fr"),
        title: say("Log in", "Connexion"),
        token: say("Token", "Jeton"),
        name: say("Your name, for the journal", "Votre nom, pour le journal"),
        submit: say("Log in", "Se connecter"),
        action: format!("{}/login", site.base_path.trim_end_matches('/')),
        problem,
    };
    match page.render() {
        Ok(html) => (
            code,
            [(header::CONTENT_SECURITY_POLICY, POLICY)],
            Html(html),
        )
            .into_response(),
        Err(error) => detail(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}
