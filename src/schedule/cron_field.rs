//! One field of a cron expression: what it is called, and how its numbers, names, ranges and steps
//! are read.

use crate::schedule::kind::Invalid;
use crate::schedule::names::{DAY_NAMES, MONTHS, OTHER_DAY_NAMES, OTHER_MONTHS};
use crate::text::Words;
use crate::text::findings;
use crate::text::findings::cron::CronField;
use crate::text::near::nearest_name;

/// What a field is called, what it holds, and the names it takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) told: CronField,
    pub(super) names: &'static [&'static str],
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

pub(super) const SECOND: Field = field("second", "seconde", 0, 59, &[]);
pub(super) const MINUTE: Field = field("minute", "minute", 0, 59, &[]);
pub(super) const HOUR: Field = field("hour", "heure", 0, 23, &[]);
pub(super) const DAY_OF_MONTH: Field = field("day of month", "jour du mois", 1, 31, &[]);
pub(super) const MONTH: Field = field("month", "mois", 1, 12, &MONTHS);
pub(super) const DAY_OF_WEEK: Field = field("day of week", "jour de la semaine", 0, 7, &DAY_NAMES);

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
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl<'a> Piece<'a> {
    /// Reads every item of a list, and keeps what is wrong with each.
    pub(super) fn each(
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
    pub(super) fn no_value(self, field: Field) -> Invalid {
        self.invalid(findings::cron::cron_value(
            field.told,
            self.text,
            None,
            field.names,
        ))
    }

    /// `*`, a value, `a-b`, `*/n` or `a-b/n`.
    pub(super) fn range(self, field: Field) -> Result<u64, Invalid> {
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

    /// A number or a name, in the bounds of its field.
    pub(super) fn value(self, field: Field) -> Result<u64, Invalid> {
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

    /// What is wrong with this piece, in words.
    pub(super) fn invalid(self, words: Words) -> Invalid {
        let end = self.start + self.text.chars().count().max(1);
        Invalid {
            start: self.start,
            end,
            words,
        }
    }
}
