//! Cron expressions: the strict front (rules 1 to 11). What it accepts is local times on bits
//! (`civil.rs`).
//!
//! Each field is read once from left to right, so that the cost is linear in the text, whatever it
//! holds.

use crate::schedule::civil::{Civil, Days};
use crate::schedule::cron_field::{
    DAY_OF_MONTH, DAY_OF_WEEK, Field, HOUR, MINUTE, MONTH, Piece, SECOND,
};
use crate::schedule::kind::Invalid;
use crate::text::findings;
use crate::text::findings::cron::CronWhole;
use crate::text::near::nearest;

/// A checked cron expression.
#[derive(Clone, Debug)]
pub struct Cron {
    civil: Civil,
}

/// Longest expression.
const TEXT_CHARS_MAX: usize = 1_000;

const NICKNAMES: [&str; 7] = [
    "@yearly",
    "@annually",
    "@monthly",
    "@weekly",
    "@daily",
    "@midnight",
    "@hourly",
];

impl Cron {
    /// Reads an expression of five fields, or of six with `seconds`.
    ///
    /// # Errors
    /// The first [`Invalid`], with the place inside the text.
    pub fn parse(text: &str, seconds: bool) -> Result<Cron, Invalid> {
        Cron::parse_all(text, seconds).map_err(|mut faults| faults.swap_remove(0))
    }

    /// As [`Cron::parse`], with every fault.
    ///
    /// # Errors
    /// At least one [`Invalid`].
    pub fn parse_all(text: &str, seconds: bool) -> Result<Cron, Vec<Invalid>> {
        let whole = Piece { text, start: 0 };
        if text.chars().count() > TEXT_CHARS_MAX {
            return Err(vec![
                whole.invalid(findings::cron::cron_whole(CronWhole::TooLong)),
            ]);
        }
        if let Some(at) = text.chars().position(|c| c.is_control() && c != '\t') {
            let piece = Piece {
                text: " ",
                start: at,
            };
            return Err(vec![
                piece.invalid(findings::cron::cron_whole(CronWhole::Control)),
            ]);
        }
        let pieces = split(text);
        let civil = match pieces.first() {
            None => {
                return Err(vec![
                    whole.invalid(findings::cron::cron_whole(CronWhole::Empty)),
                ]);
            }
            Some(first) if first.text.starts_with('@') => nickname(*first, &pieces, seconds)?,
            Some(_) => fields(whole, &pieces, seconds)?,
        };
        if !civil.days.can_match() {
            return Err(vec![whole.invalid(findings::cron::cron_never())]);
        }
        Ok(Cron { civil })
    }

    /// The local times.
    pub fn civil(&self) -> Civil {
        self.civil
    }
}

fn split(text: &str) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut begin: Option<(usize, usize)> = None;
    for (chars, (bytes, c)) in text.char_indices().enumerate() {
        let is_blank = c == ' ' || c == '\t';
        match begin {
            None if !is_blank => begin = Some((bytes, chars)),
            Some((from, start)) if is_blank => {
                pieces.push(Piece {
                    text: &text[from..bytes],
                    start,
                });
                begin = None;
            }
            _ => {}
        }
    }
    if let Some((from, start)) = begin {
        pieces.push(Piece {
            text: &text[from..],
            start,
        });
    }
    pieces
}

fn nickname(first: Piece<'_>, pieces: &[Piece<'_>], seconds: bool) -> Result<Civil, Vec<Invalid>> {
    let lower = first.text.to_ascii_lowercase();
    if lower == "@every" {
        return Err(vec![first.invalid(findings::cron::cron_every())]);
    }
    if let Some(second) = pieces.get(1) {
        return Err(vec![
            second.invalid(findings::cron::cron_whole(CronWhole::BehindNickname)),
        ]);
    }
    if seconds {
        return Err(vec![first.invalid(findings::cron::cron_nickname_seconds())]);
    }
    let expansion = match lower.as_str() {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => {
            let near = nearest(first.text, NICKNAMES.into_iter());
            return Err(vec![
                first.invalid(findings::cron::cron_nickname(first.text, near)),
            ]);
        }
    };
    let pieces = split(expansion);
    let whole = Piece {
        text: expansion,
        start: 0,
    };
    fields(whole, &pieces, false)
}

fn fields(whole: Piece<'_>, pieces: &[Piece<'_>], seconds: bool) -> Result<Civil, Vec<Invalid>> {
    if let Some(zone) = pieces.iter().find(|piece| piece.text.contains('=')) {
        return Err(vec![zone.invalid(findings::cron::cron_zone(zone.text))]);
    }
    let wanted = if seconds { 6 } else { 5 };
    if pieces.len() != wanted {
        return Err(vec![
            whole.invalid(findings::cron::cron_count(pieces.len(), seconds)),
        ]);
    }
    let (second, rest) = if seconds {
        (Some(pieces[0]), &pieces[1..])
    } else {
        (None, pieces)
    };
    let mut faults = Vec::new();
    let second_bits = second.map_or(1, |piece| numbers(piece, SECOND, &mut faults));
    let minutes = numbers(rest[0], MINUTE, &mut faults);
    let hours = numbers(rest[1], HOUR, &mut faults);
    let mut days = Days {
        of_month: 0,
        of_week: 0,
        both: false,
        ..Days::EVERY
    };
    day_of_month(rest[2], &mut days, &mut faults);
    days.months = numbers(rest[3], MONTH, &mut faults);
    day_of_week(rest[4], &mut days, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    days.both = [rest[2], rest[4]]
        .iter()
        .any(|piece| piece.text.starts_with(['*', '?']));
    let timed = second.into_iter().chain([rest[0], rest[1]]);
    let is_fixed = timed
        .into_iter()
        .all(|piece| !piece.text.contains(['*', '-', '/']));
    Ok(Civil {
        seconds: second_bits,
        minutes,
        hours,
        days,
        is_fixed,
    })
}

/// A field of numbers, ranges and steps.
fn numbers(piece: Piece<'_>, field: Field, faults: &mut Vec<Invalid>) -> u64 {
    let mut bits = 0;
    piece.each(field, faults, |item| {
        bits |= item.range(field)?;
        Ok(())
    });
    bits
}

fn day_of_month(piece: Piece<'_>, days: &mut Days, faults: &mut Vec<Invalid>) {
    if piece.text == "?" {
        days.of_month = Days::EVERY.of_month;
        return;
    }
    let is_alone = !piece.text.contains(',');
    piece.each(DAY_OF_MONTH, faults, |item| {
        let upper = item.text.to_ascii_uppercase();
        match upper.as_str() {
            "L" => days.last = true,
            "LW" if is_alone => days.last_weekday = true,
            "W" => return Err(item.no_value(DAY_OF_MONTH)),
            _ if is_alone && upper.ends_with('W') => {
                let number = Piece {
                    text: &item.text[..item.text.len() - 1],
                    start: item.start,
                };
                let nearest = number.value(DAY_OF_MONTH)?;
                days.nearest = u8::try_from(nearest).unwrap_or(0);
            }
            _ if upper.ends_with('W') => {
                return Err(item.invalid(findings::cron::cron_weekday_alone(item.text)));
            }
            _ if upper.starts_with("L-") => {
                return Err(item.invalid(findings::cron::cron_before_last(item.text)));
            }
            _ => days.of_month |= item.range(DAY_OF_MONTH)?,
        }
        Ok(())
    });
}

fn day_of_week(piece: Piece<'_>, days: &mut Days, faults: &mut Vec<Invalid>) {
    if piece.text == "?" {
        days.of_week = Days::EVERY.of_week;
        return;
    }
    piece.each(DAY_OF_WEEK, faults, |item| {
        if let Some((name, which)) = item.text.split_once('#') {
            if name.is_empty() {
                return Err(item.no_value(DAY_OF_WEEK));
            }
            let day = Piece {
                text: name,
                start: item.start,
            }
            .value(DAY_OF_WEEK)?
                % 7;
            match which {
                "L" | "l" => days.last_of_week |= 1 << day,
                "1" | "2" | "3" | "4" | "5" => {
                    let nth: u64 = which.parse().unwrap_or(1);
                    days.nth_of_week |= 1 << (8 * nth + day);
                }
                _ => {
                    return Err(item.invalid(findings::cron::cron_week(which)));
                }
            }
        } else if let Some(digit) = item.text.strip_suffix(['L', 'l']).filter(|d| d.len() == 1) {
            let day = Piece {
                text: digit,
                start: item.start,
            }
            .value(DAY_OF_WEEK)?
                % 7;
            days.last_of_week |= 1 << day;
        } else {
            let bits = item.range(DAY_OF_WEEK)?;
            days.of_week |= bits & 0x7f | bits >> 7;
        }
        Ok(())
    });
}
