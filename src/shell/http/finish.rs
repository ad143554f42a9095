//! The last step of an answer: its `ETag`, `304` where the client has it already, gzip where that
//! pays. Streams pass.

use std::hash::{DefaultHasher, Hasher};
use std::io::Write;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Smaller answers are sent as they are.
const GZIP_BYTES_MIN: usize = 1_024;
/// Larger ones are packed off the threads that serve.
const ASIDE_BYTES_MIN: usize = 64 << 10;

/// What the request said about the form of its answer.
#[derive(Clone, Debug, Default)]
pub struct Wants {
    known: Option<HeaderValue>,
    gzip: bool,
}

impl Wants {
    /// Reads the headers of a request.
    pub fn of(headers: &HeaderMap) -> Wants {
        let accepted = headers.get(header::ACCEPT_ENCODING);
        let accepted = accepted.and_then(|value| value.to_str().ok());
        Wants {
            known: headers.get(header::IF_NONE_MATCH).cloned(),
            gzip: accepted.is_some_and(accepts_gzip),
        }
    }

    fn has(&self, tag: &str) -> bool {
        let known = self.known.as_ref().and_then(|value| value.to_str().ok());
        let is_it = |known: &str| known.trim() == "*" || known.trim() == tag;
        known.is_some_and(|list| list.split(',').any(is_it))
    }
}

fn accepts_gzip(list: &str) -> bool {
    list.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = matches!(parts.next(), Some("gzip" | "*"));
        is_gzip && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// Finishes a good answer whose body is whole.
pub async fn finish(response: Response, wants: &Wants) -> Response {
    let length = response.body().size_hint().exact();
    let is_tagged = response.headers().contains_key(header::ETAG);
    if response.status() != StatusCode::OK || length.is_none() || is_tagged {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Response::from_parts(head, Body::empty());
    };
    let tag = tag(&bytes);
    if let Ok(value) = HeaderValue::from_str(&tag) {
        head.headers.insert(header::ETAG, value);
    }
    let vary = HeaderValue::from_static("accept-encoding");
    head.headers.append(header::VARY, vary);
    if wants.has(&tag) {
        head.status = StatusCode::NOT_MODIFIED;
        head.headers.remove(header::CONTENT_TYPE);
        head.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(head, Body::empty());
    }
    if !wants.gzip || bytes.len() < GZIP_BYTES_MIN {
        return Response::from_parts(head, Body::from(bytes));
    }
    let packed = packed(bytes).await;
    head.headers.remove(header::CONTENT_LENGTH);
    let coding = HeaderValue::from_static("gzip");
    head.headers.insert(header::CONTENT_ENCODING, coding);
    Response::from_parts(head, Body::from(packed))
}

/// A weak tag: the same for the packed and the plain form.
fn tag(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("W/\"{:016x}{:x}\"", hasher.finish(), bytes.len())
}

async fn packed(bytes: Bytes) -> Vec<u8> {
    if bytes.len() < ASIDE_BYTES_MIN {
        return gzip(&bytes);
    }
    let aside = tokio::task::spawn_blocking(move || gzip(&bytes)).await;
    aside.unwrap_or_default()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // A vector takes whatever is written to it.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::accepts_gzip;

    #[test]
    fn gzip_is_sent_only_where_it_is_accepted() {
        for yes in ["gzip", "br, gzip;q=0.5", "*"] {
            assert!(accepts_gzip(yes), "{yes}");
        }
        for no in ["", "br", "gzip;q=0", "identity"] {
            assert!(!accepts_gzip(no), "{no}");
        }
    }
}
