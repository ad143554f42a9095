//! The language of an answer: the one that was chosen before, else the one that the browser
//! prefers.

use axum::http::{HeaderMap, header};

use crate::shell::http::cookies::Cookies;
use crate::text::Lang;

/// The language of whoever asks: the one chosen before, else the one preferred.
pub fn spoken(cookies: &Cookies, headers: &HeaderMap) -> Lang {
    match cookies.get(headers, "lang") {
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
