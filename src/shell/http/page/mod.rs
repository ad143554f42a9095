//! The dashboard: server-rendered pages, complete without script. A page is `fn(&Site, &Ask) -> Reply`, one file each.

pub mod assets;
pub mod attention;
pub mod card;
pub mod chrome;
pub mod config;
pub mod ended;
pub mod form;
pub mod icons;
pub mod job;
pub mod links;
pub mod output;
pub mod overview;
pub mod pulse;
pub mod run;
pub mod runs;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};

use crate::shell::clock;
use crate::shell::http::answer::broken_off;
use crate::shell::http::gate::Session;
use crate::shell::http::page::chrome::Chrome;
use crate::shell::http::{Route, Site, query};
use crate::text::Lang;
use crate::text::ui::Ui;
use crate::view::say::Say;

/// The pages.
pub const ROUTES: [Route; 11] = [
    ("/", || page(overview::page)),
    ("/jobs/{id}", || page(job::page)),
    ("/jobs/{id}/edit", || page(form::edit)),
    ("/jobs/{id}/edit/file", || page(form::file)),
    ("/new", || page(form::new)),
    ("/new/file", || page(form::file)),
    ("/runs", || page(runs::page)),
    ("/runs/{id}", || page(run::page)),
    ("/config", || page(config::page)),
    ("/fragments/card/{id}", || page(card::fragment)),
    ("/assets/{name}", || get(assets::asset)),
];

/// A year, in seconds: how long a browser keeps a choice of language, theme or view.
const CHOICE_SECS: u32 = 31_536_000;

/// What a visitor asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Path below the base, decoded, in parts.
    pub path: Vec<String>,
    /// The query, decoded, without language and theme.
    pub pairs: Vec<(String, String)>,
    /// Language of the answer.
    pub lang: Lang,
    /// `auto`, `light` or `dark`.
    pub theme: &'static str,
    /// `cards` or `table`, where the visitor chose.
    pub view: Option<&'static str>,
    /// The session of a visitor who may control.
    pub session: Option<Session>,
    /// The newest change when it was asked.
    pub newest: String,
    /// The choices to keep.
    set: Vec<String>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// Its code.
    pub code: StatusCode,
    /// Its body.
    pub body: String,
    /// Name under which it is saved, for a file.
    pub file: Option<String>,
}

impl Ask {
    fn new(uri: &Uri, headers: &HeaderMap, site: &Site) -> Ask {
        let mut pairs = query::pairs(uri.query());
        let mut set = Vec::new();
        let mut choice = |name: &str, known: &[&'static str]| {
            let asked = pairs.iter().rfind(|(key, _)| key == name);
            let asked = asked.and_then(|(_, value)| known.iter().find(|known| *known == value));
            if let Some(value) = asked {
                let path = format!("{}/", site.base_path.trim_end_matches('/'));
                set.push(format!(
                    "jobsd_{name}={value}; Path={path}; Max-Age={CHOICE_SECS}; SameSite=Strict; HttpOnly"
                ));
            }
            let kept = query::cookie(headers, &format!("jobsd_{name}"));
            let kept = kept.and_then(|value| known.iter().find(|known| **known == value));
            asked.or(kept).copied()
        };
        let lang = match choice("lang", &["en", "fr"]) {
            Some("fr") => Lang::Fr,
            Some(_) => Lang::En,
            None => spoken(headers),
        };
        let theme = choice("theme", &["auto", "light", "dark"]).unwrap_or("auto");
        let view = choice("view", &["cards", "table"]);
        pairs.retain(|(key, _)| key != "lang" && key != "theme");
        let path = uri.path().trim_start_matches('/').split('/');
        Ask {
            path: path.map(query::decode_part).collect(),
            pairs,
            lang,
            theme,
            view,
            newest: site.events.newest().to_string(),
            session: site.gate.as_ref().and_then(|gate| gate.session(headers)),
            set,
        }
    }

    /// The last value of a key of the query.
    pub fn value(&self, name: &str) -> Option<&str> {
        let pair = self.pairs.iter().rfind(|(key, _)| key == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// A part of the path.
    pub fn part(&self, n: usize) -> &str {
        self.path.get(n).map_or("", String::as_str)
    }

    /// Words and present.
    pub fn say(&self) -> Say {
        Say {
            t: Ui::of(self.lang),
            now: clock::daemon_now(),
        }
    }
}

impl Reply {
    /// A page.
    pub fn html(template: &impl Template) -> Reply {
        Reply::coded(StatusCode::OK, template)
    }

    /// A page with another code than 200.
    pub fn coded(code: StatusCode, template: &impl Template) -> Reply {
        match template.render() {
            Ok(body) => Reply {
                code,
                body,
                file: None,
            },
            Err(error) => Reply {
                code: StatusCode::INTERNAL_SERVER_ERROR,
                body: error.to_string(),
                file: None,
            },
        }
    }
}

#[derive(Template)]
#[template(path = "lost.html")]
struct Lost {
    c: Chrome,
}

/// The page of something that is not there.
fn lost(site: &Site, ask: &Ask, text: String) -> Reply {
    let status = site.shared.read();
    let c = Chrome::new(site, ask, &status, "", crate::text::visible(&text));
    Reply::coded(StatusCode::NOT_FOUND, &Lost { c })
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    c: Chrome,
    is_wrong: bool,
}

/// The login of control, or its refusal of a wrong token.
pub fn login(site: &Site, headers: &HeaderMap, code: StatusCode) -> Response {
    let ask = Ask::new(&Uri::from_static("/login"), headers, site);
    let status = site.shared.read();
    let c = Chrome::new(site, &ask, &status, "", ask.say().t.login_title.to_owned());
    let is_wrong = code != StatusCode::OK;
    answer(Reply::coded(code, &Login { c, is_wrong }), &ask.set)
}

/// A route of a page. Pages read history from disk, so each is made where it may block.
fn page(render: fn(&Site, &Ask) -> Reply) -> MethodRouter<Site> {
    get(
        move |State(site): State<Site>, uri: Uri, headers: HeaderMap| async move {
            let ask = Ask::new(&uri, &headers, &site);
            let set = ask.set.clone();
            let made = tokio::task::spawn_blocking(move || render(&site, &ask)).await;
            match made {
                Ok(reply) => answer(reply, &set),
                Err(error) => broken_off(&error),
            }
        },
    )
}

fn answer(reply: Reply, set: &[String]) -> Response {
    let mut response = (reply.code, reply.body).into_response();
    let headers = response.headers_mut();
    let media_type = match &reply.file {
        Some(_) => "text/yaml; charset=utf-8",
        None => "text/html; charset=utf-8",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::VARY,
        HeaderValue::from_static("accept-language, cookie"),
    );
    let named = reply
        .file
        .map(|name| format!("attachment; filename=\"{name}\""));
    if let Some(Ok(value)) = named.map(|text| HeaderValue::from_str(&text)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    for cookie in set
        .iter()
        .filter_map(|text| HeaderValue::from_str(text).ok())
    {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// The language of whoever asks: the one chosen before, else the one preferred.
pub fn spoken(headers: &HeaderMap) -> Lang {
    match query::cookie(headers, "jobsd_lang") {
        Some("fr") => Lang::Fr,
        Some("en") => Lang::En,
        _ => {
            let accepted = headers.get(header::ACCEPT_LANGUAGE);
            preferred(accepted.and_then(|value| value.to_str().ok()).unwrap_or(""))
        }
    }
}

/// The language that `Accept-Language` prefers of those we speak.
fn preferred(accepted: &str) -> Lang {
    let mut best = (0, Lang::En);
    for (place, part) in accepted.split(',').enumerate() {
        let (tag, rest) = part.split_once(';').unwrap_or((part, "q=1"));
        let tag = tag.trim().to_ascii_lowercase();
        let quality: f64 = rest
            .trim()
            .strip_prefix("q=")
            .and_then(|q| q.parse().ok())
            .unwrap_or(0.0);
        // Earlier wins among equals.
        let weight = (quality.clamp(0.0, 1.0) * 1_000.0) as i64 * 1_000 - place as i64;
        let lang = match tag.split('-').next() {
            Some("fr") => Lang::Fr,
            Some("en") => Lang::En,
            _ => continue,
        };
        if quality > 0.0 && weight > best.0 {
            best = (weight, lang);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_wanted_language_wins() {
        assert_eq!(preferred("fr-CA,fr;q=0.9,en;q=0.8"), Lang::Fr);
        assert_eq!(preferred("en;q=0.5, fr;q=0.7"), Lang::Fr);
        assert_eq!(preferred("de, en;q=0.2, fr;q=0"), Lang::En);
        assert_eq!(preferred(""), Lang::En);
    }
}
