//! Zones by their IANA names, in exact spelling, and what a wrong name was probably meant to be.

use std::fmt;

use crate::text::near::nearest;
use crate::text::{Words, findings};
use crate::time::{self, TimeZone, zone_names};

/// Names that a zone folder holds and that mean another zone on another machine, or none.
const NOT_NAMES: [&str; 3] = ["localtime", "posixrules", "Factory"];

/// Abbreviations, and the place that most people mean by each.
const ABBREVIATIONS: [(&str, &str); 24] = [
    ("AEST", "Australia/Sydney"),
    ("BST", "Europe/London"),
    ("CDT", "America/Chicago"),
    ("CEST", "Europe/Paris"),
    ("CET", "Europe/Paris"),
    ("CST", "America/Chicago"),
    ("CST6CDT", "America/Chicago"),
    ("EDT", "America/New_York"),
    ("EEST", "Europe/Athens"),
    ("EET", "Europe/Athens"),
    ("EST", "America/New_York"),
    ("EST5EDT", "America/New_York"),
    ("HST", "Pacific/Honolulu"),
    ("JST", "Asia/Tokyo"),
    ("MDT", "America/Denver"),
    ("MET", "Europe/Paris"),
    ("MST", "America/Denver"),
    ("MST7MDT", "America/Denver"),
    ("PDT", "America/Los_Angeles"),
    ("PST", "America/Los_Angeles"),
    ("PST8PDT", "America/Los_Angeles"),
    ("WEST", "Europe/Lisbon"),
    ("WET", "Europe/Lisbon"),
    ("Z", "UTC"),
];

/// Why a zone is refused.
#[derive(Debug)]
pub struct Refusal {
    /// What is wrong and what to do.
    pub words: Words,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.words.message.en, self.words.help.en)
    }
}

/// A zone by its IANA name.
///
/// # Errors
/// [`Refusal`] with the nearest name.
pub fn zone(name: &str) -> Result<TimeZone, Refusal> {
    of(name).ok_or_else(|| Refusal {
        words: unknown(name),
    })
}

/// A zone by its IANA name.
pub fn of(name: &str) -> Option<TimeZone> {
    if NOT_NAMES.contains(&name) || name.starts_with("posix/") || name.starts_with("right/") {
        return None;
    }
    time::zone(name).filter(|zone| zone.iana_name() == Some(name))
}

/// Why a name is not a zone.
pub fn refusal(name: &str) -> Option<Words> {
    of(name).is_none().then(|| unknown(name))
}

/// The place that an abbreviation stands for.
pub fn place_of(name: &str) -> Option<&'static str> {
    let upper = name.to_ascii_uppercase();
    let found = ABBREVIATIONS.iter().find(|(known, _)| *known == upper);
    found.map(|(_, place)| *place)
}

fn unknown(name: &str) -> Words {
    let trimmed = name.trim();
    if let Some(place) = place_of(trimmed) {
        return findings::zones::timezone(name, Some(place));
    }
    if is_offset(trimmed) {
        return findings::zones::zone_offset(name);
    }
    if name.chars().count() > 64 {
        return findings::zones::timezone(name, None);
    }
    let names = zone_names();
    let is_city = |known: &&String| {
        let city = known.rsplit('/').next().unwrap_or(known);
        city.eq_ignore_ascii_case(&trimmed.replace(' ', "_"))
    };
    let same = |known: &&String| known.eq_ignore_ascii_case(trimmed);
    // The main continents first: US/Pacific and the like are old names.
    let is_old = |known: &&String| known.starts_with("US/") || known.starts_with("posix");
    let exact = names.iter().find(same);
    let city = names
        .iter()
        .filter(is_city)
        .min_by_key(|known| (is_old(known), known.len()));
    let near = || {
        let long = names
            .iter()
            .filter(|known| known.contains('/') || *known == "UTC");
        nearest(trimmed, long.map(String::as_str))
    };
    let found = exact.or(city).map(String::as_str).or_else(near);
    findings::zones::timezone(name, found.filter(|found| of(found).is_some()))
}

/// `GMT+2`, `UTC+02:00`, `+02:00`.
fn is_offset(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let rest = upper
        .strip_prefix("UTC")
        .or_else(|| upper.strip_prefix("GMT"))
        .unwrap_or(&upper);
    let digits = rest.strip_prefix(['+', '-']);
    digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit() || b == b':'))
}
