//! Answers and queries that routes share.

use std::borrow::Cow;

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::text::cause::cause;
use crate::text::{Lang, Text, http as words};

/// Most keys of a query.
const KEYS_MAX: usize = 32;

/// An answer in FastAPI's error form. It is English; what it says rides along, for [`translated`].
pub fn detail(status: StatusCode, text: Text) -> Response {
    let mut response = (status, Json(json!({"detail": text.en}))).into_response();
    response.extensions_mut().insert(Detail(text));
    response
}

/// What an error says, in both languages.
#[derive(Clone, Debug)]
struct Detail(Text);

/// The answer in the language of whoever asked; one that is no error stays as it is.
pub fn translated(mut response: Response, lang: Lang) -> Response {
    let Some(Detail(text)) = response.extensions_mut().remove::<Detail>() else {
        return response;
    };
    let vary = HeaderValue::from_static("accept-language, cookie");
    response.headers_mut().append(header::VARY, vary);
    if lang == Lang::Fr {
        let body = json!({"detail": text.fr}).to_string();
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

/// A query or a form, decoded.
#[derive(Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `key=value&…`.
    ///
    /// # Errors
    /// A sentence, when it is not UTF-8 or has too many keys.
    pub fn parse(text: Option<&str>) -> Result<Query, Text> {
        let mut pairs = Vec::new();
        let parts = text.unwrap_or_default().split('&');
        for part in parts.filter(|part| !part.is_empty()) {
            if pairs.len() == KEYS_MAX {
                return Err(words::many_keys(KEYS_MAX));
            }
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let read = |text: &str| {
                let text = decode(&text.replace('+', " ")).map(Cow::into_owned);
                text.ok_or_else(words::query_not_utf8)
            };
            pairs.push((read(key)?, read(value)?));
        }
        Ok(Query(pairs))
    }

    /// The last value of a key.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().rev().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// A boolean in the forms that FastAPI takes.
    ///
    /// # Errors
    /// A sentence, when it is none.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Text> {
        let read = |text: &str| match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err(words::not_a_flag(name)),
        };
        self.get(name).map(read).transpose()
    }

    /// `limit`: how many records, 50 where it is not said.
    ///
    /// # Errors
    /// A sentence, when it is not an integer from 1 to 500.
    pub fn limit(&self) -> Result<usize, Text> {
        let limit = self.get("limit").map_or(Ok(50), str::parse::<usize>);
        let limit = limit.ok().filter(|limit| (1..=500).contains(limit));
        limit.ok_or_else(|| words::not_a_limit(1, 500))
    }
}

/// Percent-decoded text; `None` when that is not UTF-8 or an escape is cut short.
pub fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = tail;
            continue;
        }
        let digits = tail.get(..2)?;
        let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
        let digits = std::str::from_utf8(digits).ok().filter(|_| is_hex)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &tail[2..];
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{KEYS_MAX, Query, decode};

    #[test]
    fn a_query_is_decoded_and_bounded() {
        let query = Query::parse(Some("a=1&b=x%20y+z&a=2&c&&=")).unwrap();
        assert_eq!(query.get("a"), Some("2"));
        assert_eq!(query.get("b"), Some("x y z"));
        assert_eq!((query.get("c"), query.get("d")), (Some(""), None));
        assert!(Query::parse(Some("a=%ff")).is_err());
        assert!(Query::parse(Some(&"a&".repeat(KEYS_MAX + 1))).is_err());
        for bad in ["%", "%1", "%zz", "%+1", "%c3"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
