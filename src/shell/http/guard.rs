//! What every request passes: the host it names, its method, its length; and the headers of every
//! answer.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Method, StatusCode, Uri, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_service::Service;

use crate::page::links::GitHost;
use crate::shell::clock::pause;
use crate::shell::http::answer::{detail, translated};
use crate::shell::http::finish::{Wants, finish};
use crate::shell::http::language::spoken;
use crate::shell::http::query::decode;
use crate::shell::http::site::Site;
use crate::text::http as words;

/// Longest answer time.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// Longest path and query.
const URI_BYTES_MAX: usize = 8 << 10;
/// What a page may load: what comes from here.
const PAGE_POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// What any other answer may load, were it taken for a page.
const DATA_POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Refuses what is not a read, not for us, or too long, and sets the headers of every answer.
pub async fn guard(
    State((site, control)): State<(Site, Option<Router>)>,
    request: Request,
    next: Next,
) -> Response {
    let refused = refusal(&site, &request);
    let is_head = request.method() == Method::HEAD;
    let wants = Wants::of(request.headers());
    let lang = spoken(&site.cookies, request.headers());
    let is_read = is_head || request.method() == Method::GET;
    let answer = async {
        match control {
            _ if is_read => next.run(request).await,
            Some(mut control) => control.call(request).await.unwrap_or_else(|e| match e {}),
            None => write_refused(&site, request.uri()),
        }
    };
    let mut response = match refused {
        Some(refused) => refused,
        None => tokio::select! {
            response = answer => response,
            () = pause(ANSWER_MAX) => detail(StatusCode::SERVICE_UNAVAILABLE, words::too_slow()),
        },
    };
    response = finish(translated(response, lang), &wants).await;
    let headers = response.headers_mut();
    let kind = headers.get(header::CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let policy = if is_page { PAGE_POLICY } else { DATA_POLICY };
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
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
    match named_host(request) {
        None => return Some(detail(StatusCode::BAD_REQUEST, words::bad_host())),
        Some(host) if !site.allows(host) => {
            return Some(detail(StatusCode::MISDIRECTED_REQUEST, words::other_host()));
        }
        Some(_) => {}
    }
    if request.uri().to_string().len() > URI_BYTES_MAX {
        return Some(detail(StatusCode::URI_TOO_LONG, words::long_address()));
    }
    if decode(request.uri().path()).is_none() {
        return Some(detail(StatusCode::BAD_REQUEST, words::address_not_utf8()));
    }
    None
}

/// The host that a request names: a whole address in its first line rules over `Host` (RFC 9112,
/// section 3.2.2). `None` where `Host` stands more than once, is missing in HTTP/1.1, or is no host
/// (section 3.2).
fn named_host(request: &Request) -> Option<&str> {
    let mut lines = request.headers().get_all(header::HOST).iter();
    let host = match (lines.next(), lines.next()) {
        (Some(line), None) => line.to_str().ok()?.trim(),
        (None, _) if request.version() < Version::HTTP_11 => "",
        _ => return None,
    };
    let is_host = host.is_empty() || !host.contains('@') && host.parse::<Authority>().is_ok();
    let whole = request.uri().authority().map(Authority::as_str);
    is_host.then_some(whole.unwrap_or(host))
}

/// What whoever wants to write is told: the file to edit, and where.
pub fn write_refused(site: &Site, uri: &Uri) -> Response {
    let file = uri
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
            let host = GitHost::of(&site.addresses, &site.shared.read());
            let link = host.edit(&file, 1);
            words::edit_file(&file, link.as_deref())
        }
        None => words::read_only(),
    };
    let mut response = detail(StatusCode::METHOD_NOT_ALLOWED, text);
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn a_request_names_one_host() {
        let named = |version, target: &str, hosts: &[&str]| {
            let mut request = Request::builder().version(version).uri(target);
            for host in hosts {
                request = request.header(header::HOST, *host);
            }
            let request = request.body(Body::empty()).unwrap();
            named_host(&request).map(str::to_owned)
        };
        let new = |target: &str, hosts: &[&str]| named(Version::HTTP_11, target, hosts);
        assert_eq!(new("/", &["a:1"]).as_deref(), Some("a:1"));
        assert_eq!(new("/", &["[::1]:80"]).as_deref(), Some("[::1]:80"));
        assert_eq!(new("/", &[""]).as_deref(), Some(""));
        assert_eq!(new("http://b/", &["a"]).as_deref(), Some("b"));
        for bad in [
            new("/", &[]),
            new("/", &["a", "b"]),
            new("/", &["a", "a"]),
            new("http://a/", &["a", "b"]),
            new("http://a/", &[]),
            new("/", &["a, b"]),
            new("/", &["user@a"]),
            new("/", &["a/b"]),
            new("/", &["a b"]),
        ] {
            assert_eq!(bad, None);
        }
        let old = named(Version::HTTP_10, "/", &[]);
        assert_eq!(old.as_deref(), Some(""), "which is not served");
    }
}
