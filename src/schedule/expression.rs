//! Cron expressions: the strict front (rules 1 to 11). What it accepts is local times on bits
//! (`civil.rs`).
//!
//! Each field is read once from left to right, so that the cost is linear in the text, whatever it
//! holds.

use crate::schedule::civil::{Civil, Days};
use crate::schedule::kind::Invalid;
use crate::schedule::names::{DAY_NAMES, MONTHS, OTHER_DAY_NAMES, OTHER_MONTHS};
use crate::text::Words;
use crate::text::findings;
use crate::text::findings::cron::{CronField, CronWhole};
use crate::text::near::{nearest, nearest_name};

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

/// What a field is called, what it holds, and the names it takes.
#[derive(Clone, Copy, Debug)]
struct Field {
    told: CronField,
    names: &'static [&'static str],
}

const fn field(
    en: &'static str,
    fr: &'static str,
    min: u64,
    max: u64,
    names: &'static [&'static str],
) -> Field {
    Field {
        told: CronField { en, fr, min, max },
        names,
    }
}

const SECOND: Field = field("second", "seconde", 0, 59, &[]);
const MINUTE: Field = field("minute", "minute", 0, 59, &[]);
const HOUR: Field = field("hour", "heure", 0, 23, &[]);
const DAY_OF_MONTH: Field = field("day of month", "jour du mois", 1, 31, &[]);
const MONTH: Field = field("month", "mois", 1, 12, &MONTHS);
const DAY_OF_WEEK: Field = field("day of week", "jour de la semaine", 0, 7, &DAY_NAMES);

/// What the fields are called, seconds first.
pub const CRON_FIELDS: [CronField; 6] = [
    SECOND.told,
    MINUTE.told,
    HOUR.told,
    DAY_OF_MONTH.told,
    MONTH.told,
    DAY_OF_WEEK.told,
];

/// A piece of the expression and where it begins, in code points.
#[derive(Clone, Copy, Debug)]
struct Piece<'a> {
    text: &'a str,
    start: usize,
}

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

impl<'a> Piece<'a> {
    /// Reads every item of a list, and keeps what is wrong with each.
    fn each(
        self,
        field: Field,
        faults: &mut Vec<Invalid>,
        mut read: impl FnMut(Piece<'a>) -> Result<(), Invalid>,
    ) {
        let mut start = self.start;
        for text in self.text.split(',') {
            let item = Piece { text, start };
            let result = if text.is_empty() {
                let comma = Piece {
                    text: ",",
                    start: start.saturating_sub(1).max(self.start),
                };
                Err(comma.invalid(findings::cron::cron_empty_item(field.told)))
            } else {
                read(item)
            };
            faults.extend(result.err());
            start += text.chars().count() + 1;
        }
    }

    /// The fault of a text that is not a value.
    fn no_value(self, field: Field) -> Invalid {
        self.invalid(findings::cron::cron_value(
            field.told,
            self.text,
            None,
            field.names,
        ))
    }

    /// `*`, a value, `a-b`, `*/n` or `a-b/n`.
    fn range(self, field: Field) -> Result<u64, Invalid> {
        let (range, step) = match self.text.split_once('/') {
            None => (self.text, 1),
            Some((range, step)) => {
                let start = self.start + range.chars().count() + 1;
                (range, Piece { text: step, start }.step(field)?)
            }
        };
        let piece = Piece {
            text: range,
            start: self.start,
        };
        let (first, last) = if range == "*" {
            (
                field.told.min,
                if field.told.max == 7 {
                    6
                } else {
                    field.told.max
                },
            )
        } else if let Some((first, last)) = range.split_once('-') {
            if first.is_empty() || last.is_empty() {
                return Err(piece.no_value(field));
            }
            let behind = self.start + first.chars().count() + 1;
            let low = Piece {
                text: first,
                start: self.start,
            }
            .value(field)?;
            let mut high = Piece {
                text: last,
                start: behind,
            }
            .value(field)?;
            if field.told.max == 7 && high == 0 && last.eq_ignore_ascii_case("sun") {
                high = 7;
            }
            if low > high {
                return Err(piece.invalid(findings::cron::cron_backwards(field.told, range)));
            }
            (low, high)
        } else if self.text.contains('/') {
            return Err(self.invalid(findings::cron::cron_single_step(
                field.told, self.text, range, step,
            )));
        } else {
            let value = piece.value(field)?;
            (value, value)
        };
        let step = usize::try_from(step).unwrap_or(usize::MAX);
        Ok((first..=last)
            .step_by(step)
            .fold(0, |bits, n| bits | 1 << n))
    }

    fn step(self, field: Field) -> Result<u64, Invalid> {
        let is_number = !self.text.is_empty() && self.text.bytes().all(|b| b.is_ascii_digit());
        let step = if is_number {
            self.text.parse::<u64>().unwrap_or(u64::MAX)
        } else {
            0
        };
        if (1..=65_535).contains(&step) {
            return Ok(step);
        }
        Err(self.invalid(findings::cron::cron_step(field.told, self.text)))
    }

    fn value(self, field: Field) -> Result<u64, Invalid> {
        if !self.text.is_empty() && self.text.bytes().all(|byte| byte.is_ascii_digit()) {
            let value = self.text.parse::<u64>().unwrap_or(u64::MAX);
            if (field.told.min..=field.told.max).contains(&value) {
                return Ok(value);
            }
            return Err(self.invalid(findings::cron::cron_range(field.told, self.text)));
        }
        let lower = self.text.to_ascii_lowercase();
        if let Some(found) = field.names.iter().position(|name| *name == lower) {
            return Ok(found as u64 + u64::from(field.told.min == 1));
        }
        let other: &[(&str, &str)] = match field.told.max {
            7 => &OTHER_DAY_NAMES,
            12 => &OTHER_MONTHS,
            _ => &[],
        };
        let near = nearest_name(self.text, field.names, other);
        Err(self.invalid(findings::cron::cron_value(
            field.told,
            self.text,
            near,
            field.names,
        )))
    }

    fn invalid(self, words: Words) -> Invalid {
        let end = self.start + self.text.chars().count().max(1);
        Invalid {
            start: self.start,
            end,
            words,
        }
    }
}
