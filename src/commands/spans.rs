//! Spans of time as the command line takes them.

use crate::shell::control::GRACE_SECS_MAX;
use crate::text::usage::Expected;
use crate::time::SignedDuration;

/// Reads a span of time: `90s`, `15min`, `2h`, `1h30m`, `3d`, `1w`.
///
/// # Errors
/// What is expected, in English.
pub fn span(text: &str) -> Result<SignedDuration, String> {
    let (refuse, bounded) = (|| Expected::Span.text().en, || Expected::Bounded.text().en);
    let mut secs: i64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .ok_or_else(refuse)?;
        if digits == 0 {
            return Err(refuse());
        }
        // Digits that are no number are too many.
        let number: i64 = rest[..digits].parse().unwrap_or(i64::MAX);
        rest = &rest[digits..];
        let unit = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let each = match &rest[..unit] {
            "s" => 1,
            "m" | "min" => 60,
            "h" => 3_600,
            "d" | "j" => 86_400,
            "w" => 604_800,
            _ => return Err(refuse()),
        };
        rest = &rest[unit..];
        secs = secs.saturating_add(number.saturating_mul(each));
    }
    if text.is_empty() {
        return Err(refuse());
    }
    let is_sane = (1..=3_660 * 86_400).contains(&secs);
    is_sane
        .then(|| SignedDuration::from_secs(secs))
        .ok_or_else(bounded)
}

/// Seconds from TERM to KILL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace(pub u64);

/// Reads a time from TERM to KILL: a span, or none at all (`0s`), up to a day.
///
/// # Errors
/// What is expected, in English.
pub fn grace(text: &str) -> Result<Grace, String> {
    if matches!(text, "0" | "0s") {
        return Ok(Grace(0));
    }
    let secs = u64::try_from(span(text)?.as_secs()).unwrap_or(u64::MAX);
    let is_bounded = secs <= GRACE_SECS_MAX;
    is_bounded
        .then_some(Grace(secs))
        .ok_or_else(|| Expected::Grace.text().en)
}

#[cfg(test)]
mod tests {
    use super::{Grace, grace, span};
    use crate::text::usage::Expected;
    use crate::time::SignedDuration;

    #[test]
    fn spans_of_time_are_read_strictly() {
        let secs = |text| span(text).map(|span| span.as_secs());
        assert_eq!(secs("2h"), Ok(7_200));
        assert_eq!(secs("1h30m"), Ok(5_400));
        assert_eq!(secs("3d"), Ok(259_200));
        for bad in [
            "",
            "2",
            "h",
            "2x",
            "-2h",
            "0s",
            "99999999999999999999h",
            "9999w",
            "2h 3m",
        ] {
            assert!(span(bad).is_err(), "{bad}");
        }
        let bounds = Err(Expected::Bounded.text().en);
        for (text, is_form) in [
            ("0s", true),
            ("9999w", true),
            ("99999999999999999999h", true),
            ("2x", false),
        ] {
            assert_eq!(span(text) == bounds, is_form, "{text}");
        }
        assert_eq!(span("90s"), Ok(SignedDuration::from_secs(90)));
    }

    #[test]
    fn a_grace_is_from_nothing_to_a_day() {
        for (text, secs) in [("0", 0), ("0s", 0), ("90s", 90), ("24h", 86_400)] {
            assert_eq!(grace(text), Ok(Grace(secs)), "{text}");
        }
        for bad in ["", "10", "25h", "-1s", "00s"] {
            assert!(grace(bad).is_err(), "{bad}");
        }
    }
}
