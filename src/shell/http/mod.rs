//! The read-only endpoint: GET and HEAD alone; every handler reads one `Arc<Status>` or finished history on disk (A10).

pub mod json;
pub mod page;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;

use crate::shell::clock::pause;
use crate::view::status::Shared;

/// Longest answer time.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// Longest path and query.
const URI_BYTES_MAX: usize = 8 << 10;

/// What every handler may read.
#[derive(Clone, Debug)]
pub struct Site {
    /// What is shown.
    pub shared: Arc<Shared>,
    /// Where finished history lies.
    pub state_dir: PathBuf,
    /// Names accepted in `Host`.
    pub allowed_hosts: Arc<Vec<String>>,
    /// Path that everything is served under.
    pub base_path: String,
    /// Link to edit a file on the git host, with `{path}`, `{line}` and `{branch}`.
    pub edit_url: Option<String>,
}

/// A path and its handler.
type Route = (&'static str, fn() -> MethodRouter<Site>);

/// Every route; all answer GET and HEAD alone.
pub const ROUTES: [Route; 7] = [
    ("/", || get(page::overview)),
    ("/scheduler/jobs", || get(json::jobs)),
    ("/scheduler/jobs/{id}", || get(json::job)),
    ("/scheduler/jobs/{id}/history", || get(json::history)),
    ("/scheduler/config", || get(json::config)),
    ("/health", || get(json::health)),
    ("/ready", || get(json::ready)),
];

/// The router of the endpoint.
pub fn router(site: Site) -> Router {
    let mut router = Router::new();
    for (path, route) in ROUTES {
        router = router.route(path, route());
    }
    let missing = || async { detail(StatusCode::NOT_FOUND, "no such page; see GET /") };
    let base = site.base_path.trim_end_matches('/').to_owned();
    if !base.is_empty() {
        router = Router::new().nest(&base, router);
    }
    let guard = middleware::from_fn_with_state(site.clone(), guard);
    router.fallback(missing).layer(guard).with_state(site)
}

/// Serves until the task is dropped.
///
/// # Errors
/// Those of the listener.
pub async fn serve(listener: TcpListener, site: Site) -> std::io::Result<()> {
    axum::serve(listener, router(site)).await
}

/// An answer in FastAPI's error form.
pub fn detail(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({"detail": text}))).into_response()
}

/// Refuses what is not a read, not for us, or too long, and sets the headers of every answer.
async fn guard(State(site): State<Site>, request: Request, next: Next) -> Response {
    let is_head = request.method() == Method::HEAD;
    let mut response = match refusal(&site, &request) {
        Some(refused) => refused,
        None => tokio::select! {
            response = next.run(request) => response,
            () = pause(ANSWER_MAX) => detail(StatusCode::SERVICE_UNAVAILABLE, "the answer took too long"),
        },
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_head {
        *response.body_mut() = Body::empty();
    }
    response
}

fn refusal(site: &Site, request: &Request) -> Option<Response> {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("");
    if !site
        .allowed_hosts
        .iter()
        .any(|allowed| is_host(host, allowed))
    {
        let text = "this name is not served here; add it to allowed_hosts";
        return Some(detail(StatusCode::MISDIRECTED_REQUEST, text));
    }
    if request.uri().to_string().len() > URI_BYTES_MAX {
        return Some(detail(StatusCode::URI_TOO_LONG, "the address is too long"));
    }
    if request.method() == Method::GET || request.method() == Method::HEAD {
        return None;
    }
    let file = request
        .uri()
        .path()
        .split_once("/scheduler/jobs/")
        .map(|(_, rest)| rest)
        .and_then(|rest| {
            let status = site.shared.read();
            let job = status.jobs.get(rest.split('/').next()?)?.job.clone()?;
            Some(job.file.clone())
        });
    let text = match file {
        Some(file) => {
            let link = site.edit_url.as_ref().map_or(String::new(), |template| {
                let link = template.replace("{path}", &file).replace("{line}", "1");
                format!(": {}", link.replace("{branch}", "main"))
            });
            format!("jobs are files in git: edit {file} and merge it{link}")
        }
        None => "this endpoint is read-only: jobs are files in jobs.d, in git".to_owned(),
    };
    let mut response = detail(StatusCode::METHOD_NOT_ALLOWED, &text);
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    Some(response)
}

/// Whether a `Host` header names this host, with or without a port.
fn is_host(header: &str, allowed: &str) -> bool {
    let bare = match header.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => header,
    };
    header.eq_ignore_ascii_case(allowed) || bare.eq_ignore_ascii_case(allowed)
}
