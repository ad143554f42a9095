//! Queries, forms and cookies: the one place where any of them is taken apart.

use std::borrow::Cow;

use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use crate::text::{Text, http as words};

/// Most keys of a query.
const KEYS_MAX: usize = 32;

/// A query or a form, decoded.
#[derive(Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `key=value&…`.
    ///
    /// # Errors
    /// A sentence, when it is not UTF-8 or has too many keys.
    pub fn parse(text: Option<&str>) -> Result<Query, Text> {
        let text = text.unwrap_or_default();
        decode(text).ok_or_else(words::query_not_utf8)?;
        let pairs = pairs(Some(text));
        if pairs.len() > KEYS_MAX {
            return Err(words::many_keys(KEYS_MAX));
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

/// A query as pairs, in its order. Pages take any: a bad escape stays text, and what is not UTF-8
/// becomes the replacement character.
pub fn pairs(text: Option<&str>) -> Vec<(String, String)> {
    form_urlencoded::parse(text.unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

/// Percent-decoded text; `None` when that is not UTF-8 or an escape is cut short.
pub fn decode(text: &str) -> Option<Cow<'_, str>> {
    let is_escape = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(is_hex);
    let mut escapes = text.split('%').skip(1);
    let are_whole = escapes.all(is_escape);
    are_whole.then(|| percent_decode_str(text).decode_utf8().ok())?
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

/// A part of a path as a page reads it: a bad escape stays text.
pub fn decode_part(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The value of a request's cookie; the first of its name.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let mut pairs = lines
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_and_bounded() {
        let query = Query::parse(Some("a=1&b=x%20y+z&a=2&c&&=")).unwrap();
        assert_eq!(query.get("a"), Some("2"));
        assert_eq!(query.get("b"), Some("x y z"));
        assert_eq!((query.get("c"), query.get("d")), (Some(""), None));
        for bad in ["a=%ff", "a=%c3&b=%a9", "a=%c3=%a9", "%zz=1"] {
            assert!(Query::parse(Some(bad)).is_err(), "{bad}");
        }
        assert!(Query::parse(Some(&"a&".repeat(KEYS_MAX + 1))).is_err());
        for bad in ["%", "%1", "%zz", "%+1", "%c3", "%1é"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert_eq!(decode("a%c3%a9+").as_deref(), Some("aé+"));
    }

    #[test]
    fn a_page_takes_bad_escapes_as_text() {
        let one = |key: &str, value: &str| vec![(key.to_owned(), value.to_owned())];
        assert_eq!(pairs(Some("q=a%20b%zz%+c")), one("q", "a b%zz% c"));
        assert_eq!(pairs(Some("q=%ff")), one("q", "\u{fffd}"));
        assert_eq!(decode_part("a%20b%zz%+"), "a b%zz%+");
    }

    #[test]
    fn a_cookie_is_found_on_any_line() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; bb=2=3".parse().unwrap());
        headers.append(header::COOKIE, "c=4; a=5".parse().unwrap());
        let value = |name| cookie(&headers, name);
        assert_eq!(value("a"), Some("1"));
        assert_eq!(value("bb"), Some("2=3"));
        assert_eq!((value("c"), value("b")), (Some("4"), None));
    }
}
