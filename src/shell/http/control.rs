//! The handlers of what changes something, mounted only where `control.token_file` is set, in a
//! router of their own.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::event::Actor;
use crate::model::refusal::Refusal;
use crate::shell::clock;
use crate::shell::control::{self, GRACE_SECS_MAX, PAUSE_SECS_MAX, Request as Verb};
use crate::shell::http::answer::{bad, detail};
use crate::shell::http::gate::Denied;
use crate::shell::http::guard::write_refused;
use crate::shell::http::query::Query;
use crate::shell::http::server::Peer;
use crate::shell::http::site::Site;
use crate::text::{Text, http as words, visible};
use crate::time::Timestamp;
use crate::view::answer::run::{Accepted, Queued};

/// Largest body.
const BODY_BYTES_MAX: usize = 64 << 10;
/// Characters kept of a name that a client gives itself.
pub const NAME_MAX: usize = 64;

/// The plan's other writes, and whatever is not here.
pub async fn refuse(State(site): State<Site>, uri: Uri) -> Response {
    write_refused(&site, &uri)
}

/// `POST /scheduler/jobs/{id}/run`
pub async fn run(site: State<Site>, Path(id): Path<String>, request: Request) -> Response {
    let read = |fields: &Fields| {
        let dry_run = fields.flag("dry_run")?.unwrap_or(false);
        let job_id = id.clone();
        Ok(Verb::Run { job_id, dry_run })
    };
    let done = |answer: &Value| {
        let accepted = Accepted::deserialize(answer).ok();
        json!(Queued {
            message: format!("Job {id} queued for immediate execution"),
            run_id: accepted.map(|run| run.run_id),
        })
    };
    act(&site, request, read, StatusCode::ACCEPTED, done).await
}

/// `POST /scheduler/jobs/{id}/toggle`
pub async fn toggle(site: State<Site>, Path(job_id): Path<String>, request: Request) -> Response {
    let read = |fields: &Fields| {
        let enabled = fields.flag("enabled")?;
        let enabled = enabled.ok_or_else(|| words::no_flag("enabled"))?;
        Ok(Verb::Toggle { job_id, enabled })
    };
    act(&site, request, read, StatusCode::OK, Value::clone).await
}

/// `POST /scheduler/jobs/{id}/pause`
pub async fn pause(site: State<Site>, Path(job_id): Path<String>, request: Request) -> Response {
    let read = |fields: &Fields| {
        let until = fields.get("until").filter(|text| !text.is_empty());
        let until = until.map(|text| text.parse::<Timestamp>());
        let until = until.transpose().map_err(|_| words::not_a_time("until"))?;
        let for_secs = fields.number("for_secs", PAUSE_SECS_MAX)?;
        let reason = fields.get("reason").filter(|text| !text.is_empty());
        Ok(Verb::Pause {
            job_id,
            reason: reason.map(str::to_owned),
            until,
            for_secs,
        })
    };
    act(&site, request, read, StatusCode::OK, Value::clone).await
}

/// `POST /scheduler/jobs/{id}/resume`
pub async fn resume(site: State<Site>, Path(job_id): Path<String>, request: Request) -> Response {
    let read = |_: &Fields| Ok(Verb::Resume { job_id });
    act(&site, request, read, StatusCode::OK, Value::clone).await
}

/// `POST /scheduler/runs/{id}/cancel`
pub async fn cancel(site: State<Site>, Path(run_id): Path<String>, request: Request) -> Response {
    let read = |fields: &Fields| {
        let grace_secs = fields.number("grace_secs", GRACE_SECS_MAX)?;
        Ok(Verb::Cancel { run_id, grace_secs })
    };
    act(&site, request, read, StatusCode::ACCEPTED, Value::clone).await
}

/// `POST /scheduler/reload`
pub async fn reload(site: State<Site>, request: Request) -> Response {
    let read = |_: &Fields| Ok(Verb::Reload);
    act(&site, request, read, StatusCode::OK, Value::clone).await
}

/// Lets a request in, reads it, hands it to the loop, and answers.
async fn act(
    site: &Site,
    request: Request,
    read: impl FnOnce(&Fields) -> Result<Verb, Text>,
    code: StatusCode,
    done: impl FnOnce(&Value) -> Value,
) -> Response {
    let Some(gate) = &site.gate else {
        return write_refused(site, request.uri());
    };
    let from = from(&request);
    let address = peer(&request);
    let (head, body) = request.into_parts();
    let fields = match Fields::read(&head.uri, &head.headers, body).await {
        Ok(fields) => fields,
        Err(refused) => return bad(refused),
    };
    if is_foreign(site, &head.headers) {
        return denied(Denied::Forged).await;
    }
    let who = match gate.admit(&head.headers, fields.get("csrf"), address) {
        Ok(who) => who,
        Err(why) => return denied(why).await,
    };
    let by = Actor { who, from };
    let verb = match read(&fields) {
        Ok(verb) => verb,
        Err(refused) => return bad(refused),
    };
    match control::answer(verb, by, &site.shared, &gate.calls).await {
        Ok(answer) => match back(site, head.uri.path(), &fields) {
            Some(back) => back,
            None => (code, Json(done(&answer))).into_response(),
        },
        Err(refusal) => refused(&refusal),
    }
}

/// Where a form of a page leads back to: a path of this site alone.
fn back(site: &Site, from: &str, fields: &Fields) -> Option<Response> {
    let path = fields.get("next")?.strip_prefix(site.addresses.base());
    let is_ours = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
    };
    let target = site.lead(from, path.filter(is_ours).unwrap_or("/"));
    Some((StatusCode::SEE_OTHER, [(header::LOCATION, target)]).into_response())
}

fn refused(refusal: &Refusal) -> Response {
    let code = StatusCode::from_u16(refusal.kind().http());
    let code = code.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = match refusal {
        Refusal::NoJob { job_id, errors, .. } => match errors.first() {
            Some(error) => words::bad_file(job_id, error),
            None => words::no_job(job_id),
        },
        other => other.text(),
    };
    detail(code, text)
}

/// How long the answer to one guess too many is held back.
const GUESS_HELD: Duration = Duration::from_secs(1);

/// What a client without a right is told: never whether it was close.
pub async fn denied(why: Denied) -> Response {
    match why {
        Denied::Unknown => {
            let refused = detail(StatusCode::UNAUTHORIZED, words::no_token());
            ([(header::WWW_AUTHENTICATE, "Bearer")], refused).into_response()
        }
        Denied::Forged => detail(StatusCode::FORBIDDEN, words::foreign_form()),
        Denied::TooMany => {
            clock::pause(GUESS_HELD).await;
            let refused = detail(StatusCode::TOO_MANY_REQUESTS, words::too_many());
            ([(header::RETRY_AFTER, "6")], refused).into_response()
        }
    }
}

/// Whether a browser says that another site sent this.
pub fn is_foreign(site: &Site, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let fetch = text("sec-fetch-site");
    let crosses = fetch.is_some_and(|from| from != "same-origin" && from != "none");
    let host =
        text("origin").map(|origin| origin.split_once("://").map_or(origin, |(_, host)| host));
    // Under `no-referrer` a browser names no origin with its own form: then its other header must
    // speak for it.
    let is_hidden = host == Some("null") && fetch == Some("same-origin");
    crosses || host.is_some_and(|host| !is_hidden && !site.allows(host))
}

/// The address of a client.
pub fn peer(request: &Request) -> std::net::IpAddr {
    let peer = request.extensions().get::<Peer>();
    peer.map_or(std::net::IpAddr::from([0, 0, 0, 0]), |Peer(address)| {
        address.ip()
    })
}

/// Where a request comes from, for the journal; what a proxy claims comes after the address that
/// was seen.
pub fn from(request: &Request) -> String {
    let seen = request.extensions().get::<Peer>();
    let seen = seen.map_or("unknown".to_owned(), |Peer(address)| address.to_string());
    let claimed = request.headers().get("x-forwarded-for");
    match claimed.and_then(|value| value.to_str().ok()) {
        Some(text) => {
            let text: String = text.chars().take(NAME_MAX).collect();
            format!("{seen}, forwarded for {}", visible(&text))
        }
        None => seen,
    }
}

/// What a request says in its query and its body, JSON or form.
pub struct Fields {
    query: Query,
    form: Query,
    json: Value,
}

impl Fields {
    /// Reads them.
    ///
    /// # Errors
    /// A sentence.
    pub async fn read(uri: &Uri, headers: &HeaderMap, body: Body) -> Result<Fields, Text> {
        let bytes = to_bytes(body, BODY_BYTES_MAX)
            .await
            .map_err(|_| words::large_body(BODY_BYTES_MAX))?;
        let kind = headers.get(header::CONTENT_TYPE);
        let kind = kind
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let is_form = kind.starts_with("application/x-www-form-urlencoded");
        let form = std::str::from_utf8(&bytes).map_err(|_| words::body_not_utf8())?;
        let json = if is_form || bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).map_err(|e| words::body_not_json(&e.to_string()))?
        };
        Ok(Fields {
            query: Query::parse(uri.query())?,
            form: Query::parse(Some(form).filter(|_| is_form))?,
            json,
        })
    }

    /// A text; the body wins over the query.
    pub fn get(&self, name: &str) -> Option<&str> {
        let body = self.json[name].as_str().or_else(|| self.form.get(name));
        body.or_else(|| self.query.get(name))
    }

    /// A whole number from 0.
    fn number(&self, name: &str, max: u64) -> Result<Option<u64>, Text> {
        let body = &self.json[name];
        let number = match body {
            Value::Null => self.get(name).map(|text| text.parse().ok()),
            number => Some(number.as_u64()),
        };
        match number {
            Some(number) => number
                .filter(|number| *number <= max)
                .map(Some)
                .ok_or_else(|| words::not_a_number(name, max)),
            None => Ok(None),
        }
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, Text> {
        match &self.json[name] {
            Value::Bool(flag) => Ok(Some(*flag)),
            Value::Null => match self.form.flag(name)? {
                Some(flag) => Ok(Some(flag)),
                None => self.query.flag(name),
            },
            _ => Err(words::not_a_flag(name)),
        }
    }
}
