//! On listed days at a local time (rule 18).

use crate::schedule::Invalid;
use crate::schedule::civil::{Civil, Days};
use crate::text::{Words, findings};

/// On listed days at a local time.
#[derive(Clone, Copy, Debug)]
pub struct Weekly {
    civil: Civil,
}

/// The names of the days, Sunday first.
pub const DAY_NAMES: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl Weekly {
    /// `day_of_week` is a list of `mon` … `sun` and ranges of them (a range may end in `sun`), any case; hour (0 to 23)
    /// and minute (0 to 59) are in range already.
    ///
    /// # Errors
    /// [`Invalid`] with the place inside `day_of_week`.
    pub fn parse(day_of_week: &str, hour: i8, minute: i8) -> Result<Weekly, Invalid> {
        let mut of_week = 0u64;
        let mut start = 0;
        for item in day_of_week.split(',') {
            of_week |= days(item, start)?;
            start += item.chars().count() + 1;
        }
        let days = Days {
            of_week,
            ..Days::EVERY
        };
        let civil = Civil {
            seconds: 1,
            minutes: 1 << minute,
            hours: 1 << hour,
            days,
            is_fixed: true,
        };
        Ok(Weekly { civil })
    }

    /// The local times.
    pub fn civil(&self) -> Civil {
        self.civil
    }
}

fn days(item: &str, start: usize) -> Result<u64, Invalid> {
    let name = item.trim();
    let start = start + item.chars().take_while(|c| c.is_whitespace()).count();
    let Some((first, last)) = name.split_once('-') else {
        return Ok(1 << day(name, start)?);
    };
    let behind = start + first.chars().count() + 1;
    let (first, last) = (
        day(first.trim_end(), start)?,
        day(last.trim_start(), behind)?,
    );
    let last = if last == 0 { 7 } else { last };
    if first > last {
        return Err(invalid(name, start, findings::day_backwards(name)));
    }
    Ok((first..=last).fold(0, |bits, n| bits | 1 << (n % 7)))
}

fn day(name: &str, start: usize) -> Result<u64, Invalid> {
    let lower = name.to_ascii_lowercase();
    if let Some(found) = DAY_NAMES.iter().position(|known| *known == lower) {
        return Ok(found as u64);
    }
    let near = DAY_NAMES.iter().find(|known| lower.starts_with(*known));
    Err(invalid(name, start, findings::day(name, near.copied())))
}

fn invalid(text: &str, start: usize, words: Words) -> Invalid {
    let end = start + text.chars().count().max(1);
    Invalid { start, end, words }
}
