//! Instants as the command line takes them, everywhere alike: RFC 3339, a local time, a day, a word
//! for one, or a span, which counts back or ahead as the command looks.

use crate::commands::exit::Failure;
use crate::commands::spans::span;
use crate::render::screen::Screen;
use crate::text::command_errors::no_such_instant;
use crate::text::usage::Expected;
use crate::time::{SignedDuration, Timestamp, ToSpan, civil};

/// An instant as it is written. Which one it is depends on now and on the zone of the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// With its offset.
    Exact(Timestamp),
    /// So far from now.
    Span(SignedDuration),
    /// A time of a day, on the reader's clock.
    Local(Day, civil::Time),
}

/// A day on the reader's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// By its date.
    Dated(civil::Date),
    /// So many days after today.
    FromToday(i64),
}

/// Reads an instant: `2026-11-24T08:00:00+01:00`, `2026-11-24T08:00`, `2026-11-24`, `08:00`,
/// `yesterday`, `tomorrow 08:00`, `2h`.
///
/// # Errors
/// What is expected, in English.
pub fn when(text: &str) -> Result<When, String> {
    if let Ok(at) = text.parse() {
        return Ok(When::Exact(at));
    }
    let found = match text {
        "now" | "maintenant" => Some(When::Span(SignedDuration::ZERO)),
        _ => local(text),
    };
    let bounded = Expected::Bounded.text().en;
    found
        .map_or_else(|| span(text).map(When::Span), Ok)
        .map_err(|refused| {
            // A span that is too long is one all the same.
            if refused == bounded {
                refused
            } else {
                Expected::Instant.text().en
            }
        })
}

/// A day, a time, or both with a space or `T` between.
fn local(text: &str) -> Option<When> {
    let (before, after) = match text.split_once(' ') {
        Some((before, after)) => (before, Some(after)),
        // No word has a capital T.
        None => text
            .split_once('T')
            .map_or((text, None), |(before, after)| (before, Some(after))),
    };
    match (day(before), after) {
        (Some(day), None) => Some(When::Local(day, civil::Time::midnight())),
        (Some(day), Some(after)) => Some(When::Local(day, time(after)?)),
        (None, None) => Some(When::Local(Day::FromToday(0), time(before)?)),
        (None, Some(_)) => None,
    }
}

fn day(text: &str) -> Option<Day> {
    Some(match text {
        "today" | "aujourd'hui" | "aujourd’hui" => Day::FromToday(0),
        "yesterday" | "hier" => Day::FromToday(-1),
        "tomorrow" | "demain" => Day::FromToday(1),
        _ if has_form(text, "0000-00-00") => Day::Dated(text.parse().ok()?),
        _ => return None,
    })
}

fn time(text: &str) -> Option<civil::Time> {
    let is_time = has_form(text, "00:00") || has_form(text, "00:00:00");
    text.parse().ok().filter(|_| is_time)
}

/// Whether a text has digits where the form has them, and is the same elsewhere.
fn has_form(text: &str, form: &str) -> bool {
    let same = |(a, b): (u8, u8)| {
        if b == b'0' {
            a.is_ascii_digit()
        } else {
            a == b
        }
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(same)
}

/// The instant for a command that looks back: a span ends now.
///
/// # Errors
/// [`Failure`] where the calendar has no such instant.
pub fn past(when: Option<When>, screen: &Screen) -> Result<Option<Timestamp>, Failure> {
    let back = |span: SignedDuration| screen.now.checked_sub(span).ok();
    resolve(when, screen, back)
}

/// The instant for a command that looks ahead: a span begins at `from`.
///
/// # Errors
/// [`Failure`] where the calendar has no such instant.
pub fn future(
    when: Option<When>,
    from: Timestamp,
    screen: &Screen,
) -> Result<Option<Timestamp>, Failure> {
    resolve(when, screen, |span| from.checked_add(span).ok())
}

fn resolve(
    when: Option<When>,
    screen: &Screen,
    of_span: impl FnOnce(SignedDuration) -> Option<Timestamp>,
) -> Result<Option<Timestamp>, Failure> {
    let Some(when) = when else { return Ok(None) };
    let at = match when {
        When::Exact(at) => Some(at),
        When::Span(span) => of_span(span),
        When::Local(day, time) => on_clock(day, time, screen),
    };
    at.map(Some)
        .ok_or_else(|| Failure::usage(&no_such_instant()))
}

/// By the rule of all local times: one that a clock change skips is the first instant after it, one
/// that occurs twice is the first.
fn on_clock(day: Day, time: civil::Time, screen: &Screen) -> Option<Timestamp> {
    let date = match day {
        Day::Dated(date) => date,
        Day::FromToday(days) => {
            let today = screen.now.to_zoned_datetime(screen.zone.clone()).date();
            today.checked_add(days.days()).ok()?
        }
    };
    let ambiguous = screen.zone.to_ambiguous_timestamp(date.to_datetime(time));
    ambiguous.compatible().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{future, past, when};
    use crate::render::screen::Screen;
    use crate::text::Lang;
    use crate::time::{TimeZone, rfc3339};

    /// Tuesday 24 November 2026, 11:00 in Paris.
    fn screen() -> Screen {
        Screen {
            zone: TimeZone::get("Europe/Paris").unwrap(),
            now: "2026-11-24T10:00:00Z".parse().unwrap(),
            ..Screen::plain(Lang::En)
        }
    }

    #[test]
    fn every_form_of_an_instant_is_read() {
        for (text, at) in [
            ("2026-11-24T09:00:00+02:00", "2026-11-24T07:00:00.000Z"),
            ("2026-11-24T08:00", "2026-11-24T07:00:00.000Z"),
            ("2026-11-24 08:00:30", "2026-11-24T07:00:30.000Z"),
            ("2026-07-01", "2026-06-30T22:00:00.000Z"),
            ("08:00", "2026-11-24T07:00:00.000Z"),
            ("now", "2026-11-24T10:00:00.000Z"),
            ("today", "2026-11-23T23:00:00.000Z"),
            ("yesterday", "2026-11-22T23:00:00.000Z"),
            ("hier 08:00", "2026-11-23T07:00:00.000Z"),
            ("tomorrow 08:00", "2026-11-25T07:00:00.000Z"),
            ("demain", "2026-11-24T23:00:00.000Z"),
            // Skipped by the clock, and there twice.
            ("2027-03-28 02:30", "2027-03-28T01:30:00.000Z"),
            ("2026-10-25 02:30", "2026-10-25T00:30:00.000Z"),
        ] {
            let read = when(text).unwrap();
            let (back, ahead) = (past(Some(read), &screen()), screen());
            assert_eq!(rfc3339(back.unwrap().unwrap()), at, "{text}");
            let ahead = future(Some(read), ahead.now, &ahead);
            assert_eq!(rfc3339(ahead.unwrap().unwrap()), at, "{text}");
        }
    }

    #[test]
    fn spans_count_back_or_ahead() {
        let (now, screen) = (screen().now, screen());
        for (text, secs) in [
            ("90s", 90),
            ("1h30m", 5_400),
            ("7d", 604_800),
            ("2w", 1_209_600),
        ] {
            let span = when(text).ok();
            let back = past(span, &screen).unwrap().unwrap();
            let ahead = future(span, now, &screen).unwrap().unwrap();
            assert_eq!(now.duration_since(back).as_secs(), secs, "{text}");
            assert_eq!(ahead.duration_since(now).as_secs(), secs, "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "7",
            "d",
            "7 d",
            "-7d",
            "7dd",
            "8:00",
            "24:00",
            "08:00Z",
            "20261124",
            "2026-13-01",
            "2026-02-30",
            "2026-11-24T",
            "2026-11-24T8",
            "yesterdayT",
            "gestern",
            "99999999999999999999d",
            "é",
        ] {
            assert!(when(text).is_err(), "{text}");
        }
    }
}
