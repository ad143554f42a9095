//! The pages over HTTP: gathers what a page is made from, and answers what became of it.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};

use crate::page::facts::{Ask, Facts, Session, ZoneChoice};
use crate::page::reply::Reply;
use crate::page::{Page, login};
use crate::shell::clock;
use crate::shell::http::answer::broken_off;
use crate::shell::http::language::spoken;
use crate::shell::http::query;
use crate::shell::http::site::Site;
use crate::text::Lang;

/// A year, in seconds: how long a browser keeps a choice of language, theme or view.
const CHOICE_SECS: u32 = 31_536_000;

/// A route of a page. Pages read history from disk, so each is made where it may block.
pub fn route(page: Page) -> MethodRouter<Site> {
    get(
        move |State(site): State<Site>, uri: Uri, headers: HeaderMap| async move {
            let (ask, choices) = ask(&site, &uri, &headers);
            let facts = gather(&site, ask, &headers);
            let make = move || page(&facts, &*site.past);
            match tokio::task::spawn_blocking(make).await {
                Ok(reply) => answer(reply, &choices),
                Err(error) => broken_off(&error),
            }
        },
    )
}

/// The login of control, or its refusal of a wrong token.
pub fn login(site: &Site, headers: &HeaderMap, code: StatusCode) -> Response {
    let uri = Uri::from_static("/login");
    let (ask, choices) = ask(site, &uri, headers);
    let facts = gather(site, ask, headers);
    let mut response = answer(login::page(&facts, code != StatusCode::OK), &choices);
    if response.status() == StatusCode::OK {
        *response.status_mut() = code;
    }
    response
}

/// What a request asks for, and the choices in it as cookies to keep.
fn ask(site: &Site, uri: &Uri, headers: &HeaderMap) -> (Ask, Vec<String>) {
    let mut pairs = query::pairs(uri.query());
    let mut choices = Vec::new();
    let mut choice = |name: &str, known: &[&'static str]| {
        let asked = pairs.iter().rfind(|(key, _)| key == name);
        let asked = asked.and_then(|(_, value)| known.iter().find(|known| *known == value));
        if let Some(value) = asked {
            choices.push(cookie(site, headers, name, value));
        }
        let kept = site.cookies.get(headers, name);
        let kept = kept.and_then(|value| known.iter().find(|known| **known == value));
        asked.or(kept).copied()
    };
    let lang = match choice("lang", &["en", "fr"]) {
        Some("fr") => Lang::Fr,
        Some(_) => Lang::En,
        None => spoken(&site.cookies, headers),
    };
    let theme = choice("theme", &["auto", "light", "dark"]).unwrap_or("auto");
    let view = choice("view", &["cards", "table"]);
    let zone = zone(site, &pairs, headers, &mut choices);
    pairs.retain(|(key, _)| !["lang", "theme", "zone"].contains(&key.as_str()));
    let path = uri.path().trim_start_matches('/').split('/');
    let ask = Ask {
        path: path.map(query::decode_part).collect(),
        pairs,
        lang,
        theme,
        view,
        zone,
    };
    (ask, choices)
}

/// The zone that is asked for, else the one that was kept: a name, unlike the other choices, of no
/// short list.
fn zone(
    site: &Site,
    pairs: &[(String, String)],
    headers: &HeaderMap,
    choices: &mut Vec<String>,
) -> ZoneChoice {
    let asked = pairs.iter().rfind(|(key, _)| key == "zone");
    if let Some((_, name)) = asked
        && let Some(zone) = ZoneChoice::parse(name)
    {
        choices.push(cookie(site, headers, "zone", name));
        return zone;
    }
    let kept = site.cookies.get(headers, "zone");
    kept.and_then(ZoneChoice::parse).unwrap_or_default()
}

/// A choice for the browser to keep.
fn cookie(site: &Site, headers: &HeaderMap, name: &str, value: &str) -> String {
    let path = format!("{}/", site.addresses.base());
    let name = site.cookies.name(headers, name);
    format!("{name}={value}; Path={path}; Max-Age={CHOICE_SECS}; SameSite=Strict; HttpOnly")
}

fn gather(site: &Site, ask: Ask, headers: &HeaderMap) -> Facts {
    // Before the status: what comes between the two is told again, never missed.
    let newest = site.events.newest().to_string();
    let session = site.gate.as_ref().and_then(|gate| gate.session(headers));
    Facts {
        status: site.shared.read(),
        now: clock::daemon_now(),
        newest,
        addresses: site.addresses.clone(),
        planned: site.planned.clone(),
        has_control: site.gate.is_some(),
        session: session.map(|session| Session {
            csrf: session.csrf,
            name: session.name,
        }),
        ask,
    }
}

fn answer(reply: Reply, choices: &[String]) -> Response {
    const HTML: &str = "text/html; charset=utf-8";
    let (code, media_type, name, body) = match reply {
        Reply::Page(body) => (StatusCode::OK, HTML, None, body),
        Reply::Missing(body) => (StatusCode::NOT_FOUND, HTML, None, body),
        Reply::File { name, text } => {
            (StatusCode::OK, "text/yaml; charset=utf-8", Some(name), text)
        }
        Reply::Broken(body) => (StatusCode::INTERNAL_SERVER_ERROR, HTML, None, body),
    };
    let mut response = (code, body).into_response();
    let headers = response.headers_mut();
    for (key, value) in [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "accept-language, cookie"),
    ] {
        headers.insert(key, HeaderValue::from_static(value));
    }
    let named = name.map(|name| format!("attachment; filename=\"{name}\""));
    if let Some(Ok(value)) = named.map(|text| HeaderValue::from_str(&text)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    let cookies = choices
        .iter()
        .filter_map(|text| HeaderValue::from_str(text).ok());
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}
