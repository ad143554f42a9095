//! Days and distances in words, French and English.

use crate::schedule::vocabulary::Vocabulary;
use crate::text::Lang;
use crate::time::{TimeZone, Timestamp};

/// A day with its year: "Fri 20 Nov 2026", "ven 20 nov. 2026".
pub fn date(at: Timestamp, zone: &TimeZone, lang: Lang) -> String {
    let year = at.to_zoned_datetime(zone.clone()).year();
    format!("{} {year}", day(at, zone, lang))
}

/// A day of the year that is meant anyway: "Fri 20 Nov", "ven 20 nov.".
pub fn day(at: Timestamp, zone: &TimeZone, lang: Lang) -> String {
    let zoned = at.to_zoned_datetime(zone.clone());
    let words = Vocabulary::of(lang);
    let day = words.days[zoned.weekday().to_sunday_zero_offset().unsigned_abs() as usize];
    let month = words.months[zoned.month().unsigned_abs() as usize - 1];
    format!("{day} {} {month}", zoned.day())
}

/// A distance in its two largest units: "21h 17min", "1d 21h"; days are "j" in French.
pub fn distance(secs: u64, lang: Lang) -> String {
    let day = if lang == Lang::Fr { "j" } else { "d" };
    let units = [
        (secs / 86_400, day),
        (secs / 3_600 % 24, "h"),
        (secs / 60 % 60, "min"),
        (secs % 60, "s"),
    ];
    let first = units.iter().position(|(n, _)| *n > 0).unwrap_or(3);
    let shown = units[first..].iter().take(2).filter(|(n, _)| *n > 0);
    let text = shown
        .map(|(n, unit)| format!("{n}{unit}"))
        .collect::<Vec<_>>()
        .join(" ");
    if text.is_empty() {
        "0s".to_owned()
    } else {
        text
    }
}
