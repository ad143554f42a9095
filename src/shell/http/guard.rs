//! What every request passes: the host it names, its method, its length; and the headers of every answer.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::shell::clock::pause;
use crate::shell::http::Site;
use crate::shell::http::answer::detail;

/// Longest answer time.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// Longest path and query.
const URI_BYTES_MAX: usize = 8 << 10;

/// Refuses what is not a read, not for us, or too long, and sets the headers of every answer.
pub async fn guard(State(site): State<Site>, request: Request, next: Next) -> Response {
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
            "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ] {
        // A page or an asset may have said more of itself.
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
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
