//! Days that come again, by the rules of calendar files (RFC 5545, section 3.3.10): whole days of
//! the kinds `YEARLY` and `MONTHLY`. What is not read exactly is refused, never approximated.

use std::ops::{Range, RangeInclusive};

use crate::time::ToSpan;
use crate::time::civil::{Date, Weekday, date};

/// How often: the period that `INTERVAL` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frequency {
    Yearly,
    Monthly,
}

/// The rule of a day that comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    frequency: Frequency,
    interval: i32,
    until: Option<Date>,
    count: Option<usize>,
    by_month: Vec<i8>,
    by_month_day: Vec<i8>,
    by_day: Vec<(i8, Weekday)>,
    by_set_pos: Vec<i32>,
}

/// Days of an event: its first one, the rule of those that follow, single ones, and those left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recurrence {
    /// The first day (`DTSTART`).
    pub start: Date,
    /// The rule; without one the event is on its first day only.
    pub rule: Option<Rule>,
    /// Further single days (`RDATE`).
    pub dates: Vec<Date>,
    /// Days left out (`EXDATE`).
    pub except: Vec<Date>,
}

impl Rule {
    /// Reads the value of an `RRULE`.
    ///
    /// # Errors
    /// The part that is not read exactly, as written: another kind, an unknown part, a bad value.
    ///
    /// ```
    /// use jobsd::recurrence::Rule;
    /// assert!(Rule::parse("FREQ=YEARLY;BYMONTH=5;BYDAY=2SU").is_ok());
    /// assert_eq!(Rule::parse("FREQ=HOURLY"), Err("FREQ=HOURLY".to_owned()));
    /// ```
    pub fn parse(text: &str) -> Result<Rule, String> {
        let text = text.trim().trim_end_matches(';');
        let parts: Vec<(String, &str, &str)> = text
            .split(';')
            .map(|part| {
                let (key, value) = part.split_once('=').ok_or_else(|| part.to_owned())?;
                Ok((key.trim().to_ascii_uppercase(), value.trim(), part))
            })
            .collect::<Result<_, String>>()?;
        let frequency = parts.iter().find(|(key, ..)| key == "FREQ");
        let (_, value, part) = frequency.ok_or_else(|| text.to_owned())?;
        let frequency = match value.to_ascii_uppercase().as_str() {
            "YEARLY" => Frequency::Yearly,
            "MONTHLY" => Frequency::Monthly,
            _ => return Err((*part).to_owned()),
        };
        let mut rule = Rule {
            frequency,
            interval: 1,
            until: None,
            count: None,
            by_month: Vec::new(),
            by_month_day: Vec::new(),
            by_day: Vec::new(),
            by_set_pos: Vec::new(),
        };
        for (key, value, part) in &parts {
            rule.read(key, value).ok_or_else(|| (*part).to_owned())?;
        }
        Ok(rule)
    }

    fn read(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            // Read before; the first day of a week says nothing without BYWEEKNO.
            "FREQ" | "WKST" => {}
            "INTERVAL" => self.interval = number(value, 1..=10_000)?,
            "COUNT" => self.count = Some(number(value, 1..=1_000_000)? as usize),
            "UNTIL" => self.until = Some(day(value)?),
            "BYMONTH" => self.by_month = numbers(value, 1..=12)?,
            "BYMONTHDAY" => self.by_month_day = signed(value, 31)?,
            "BYSETPOS" => {
                let found: Vec<i16> = signed(value, 366)?;
                self.by_set_pos = found.into_iter().map(i32::from).collect();
            }
            "BYDAY" => {
                let found = value.split(',').map(|word| weekday(word.trim()));
                self.by_day = found.collect::<Option<_>>()?;
            }
            _ => return None,
        }
        Some(())
    }

    /// Whether it says no more than "each year on the first day's date".
    pub fn is_plain_yearly(&self) -> bool {
        let has_parts = !self.by_month.is_empty()
            || !self.by_month_day.is_empty()
            || !self.by_day.is_empty()
            || !self.by_set_pos.is_empty();
        self.frequency == Frequency::Yearly && self.interval == 1 && !has_parts
    }

    /// The days of a year, those before the first day and after the end included.
    fn days_in(&self, start: Date, year: i16) -> Vec<Date> {
        let mut days = match self.frequency {
            Frequency::Yearly => {
                let is_in = i32::from(year - start.year()).rem_euclid(self.interval) == 0;
                let days = is_in.then(|| self.picked(self.days_of_year(start, year)));
                days.unwrap_or_default()
            }
            Frequency::Monthly => (1..=12)
                .filter(|month| self.has_month(start, year, *month))
                .flat_map(|month| self.picked(self.days_of_month(start, year, month)))
                .collect(),
        };
        days.sort_unstable();
        days.dedup();
        days
    }

    fn has_month(&self, start: Date, year: i16, month: i8) -> bool {
        let months = i32::from(year - start.year()) * 12 + i32::from(month - start.month());
        let is_named = self.by_month.is_empty() || self.by_month.contains(&month);
        is_named && months.rem_euclid(self.interval) == 0
    }

    fn days_of_year(&self, start: Date, year: i16) -> Vec<Date> {
        let months = match self.by_month.as_slice() {
            // Named days of a month are those of each; named weekdays are those of the year.
            [] if !self.by_month_day.is_empty() => (1..=12).collect(),
            [] if !self.by_day.is_empty() => return self.weekdays(year, 1..=12),
            [] => vec![start.month()],
            named => named.to_vec(),
        };
        let days = months.into_iter();
        days.flat_map(|month| self.days_of_month(start, year, month))
            .collect()
    }

    fn days_of_month(&self, start: Date, year: i16, month: i8) -> Vec<Date> {
        if self.by_month_day.is_empty() && !self.by_day.is_empty() {
            return self.weekdays(year, month..=month);
        }
        let last = date(year, month, 1).days_in_month();
        let own = [start.day()];
        let named = match self.by_month_day.as_slice() {
            [] => &own[..],
            named => named,
        };
        let on = named.iter().map(|n| if *n < 0 { last + 1 + n } else { *n });
        let days = on.filter_map(|day| Date::new(year, month, day).ok());
        let is_named = |day: &Date| {
            let mut named = self.by_day.iter();
            self.by_day.is_empty() || named.any(|(_, weekday)| day.weekday() == *weekday)
        };
        days.filter(is_named).collect()
    }

    /// The named weekdays of some months in a row: each, or the n-th from either end.
    fn weekdays(&self, year: i16, months: RangeInclusive<i8>) -> Vec<Date> {
        let first = date(year, *months.start(), 1);
        let last = date(year, *months.end(), 1).last_of_month();
        let days: Vec<Date> = first
            .series(1.days())
            .take_while(|day| *day <= last)
            .collect();
        let of = |(n, weekday): &(i8, Weekday)| {
            let all = days.iter().filter(|day| day.weekday() == *weekday);
            let all: Vec<Date> = all.copied().collect();
            match *n {
                0 => all,
                n => at(&all, i32::from(n)).into_iter().collect(),
            }
        };
        self.by_day.iter().flat_map(of).collect()
    }

    /// The days of a period that `BYSETPOS` names; all of them without it.
    fn picked(&self, mut days: Vec<Date>) -> Vec<Date> {
        if self.by_set_pos.is_empty() {
            return days;
        }
        days.sort_unstable();
        days.dedup();
        let named = self.by_set_pos.iter();
        named.filter_map(|n| at(&days, *n)).collect()
    }
}

impl Recurrence {
    /// The days of a year, in order.
    pub fn days_in(&self, year: i16) -> Vec<Date> {
        let mut days = match &self.rule {
            Some(rule) => self.days_by(rule, year),
            None => vec![self.start],
        };
        days.extend(&self.dates);
        days.retain(|day| day.year() == year && !self.except.contains(day));
        days.sort_unstable();
        days.dedup();
        days
    }

    fn days_by(&self, rule: &Rule, year: i16) -> Vec<Date> {
        let counts =
            |day: &Date| *day >= self.start && rule.until.is_none_or(|until| *day <= until);
        let in_year = |year| rule.days_in(self.start, year).into_iter().filter(counts);
        let Some(mut left) = rule.count else {
            return in_year(year).collect();
        };
        for earlier in self.start.year()..year {
            left = left.saturating_sub(in_year(earlier).count());
            if left == 0 {
                return Vec::new();
            }
        }
        in_year(year).take(left).collect()
    }
}

/// The n-th of a list from its beginning, or from its end where `n` is negative.
fn at(days: &[Date], n: i32) -> Option<Date> {
    let index = usize::try_from(n.unsigned_abs()).ok()?.checked_sub(1)?;
    let found = if n > 0 {
        days.get(index)
    } else {
        days.iter().nth_back(index)
    };
    found.copied()
}

fn number(text: &str, range: RangeInclusive<i32>) -> Option<i32> {
    text.parse().ok().filter(|n| range.contains(n))
}

fn numbers(text: &str, range: RangeInclusive<i8>) -> Option<Vec<i8>> {
    let found = text.split(',').map(|word| word.trim().parse().ok());
    found.map(|n| n.filter(|n| range.contains(n))).collect()
}

fn signed<N: TryFrom<i32>>(text: &str, most: i32) -> Option<Vec<N>> {
    let read = |word: &str| {
        let n = number(word.trim().trim_start_matches('+'), -most..=most)?;
        N::try_from(n).ok().filter(|_| n != 0)
    };
    text.split(',').map(read).collect()
}

fn weekday(word: &str) -> Option<(i8, Weekday)> {
    let (n, name) = word.split_at_checked(word.len().checked_sub(2)?)?;
    let weekday = match name.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let n = match n {
        "" => 0,
        n => number(n.trim_start_matches('+'), -53..=53).filter(|n| *n != 0)?,
    };
    Some((i8::try_from(n).ok()?, weekday))
}

/// A day as calendar files write it: `20260509`, with or without a time after it.
pub fn day(text: &str) -> Option<Date> {
    let digits = text.trim().split(['T', 't']).next()?;
    let is_day = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let part = |range: Range<usize>| digits.get(range)?.parse::<i16>().ok();
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    let found = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    found.ok().filter(|_| is_day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// The days of some years, written short.
    fn days(start: &str, rule: &str, years: RangeInclusive<i16>) -> Vec<String> {
        let recurrence = Recurrence {
            start: start.parse().unwrap(),
            rule: Some(Rule::parse(rule).unwrap()),
            dates: Vec::new(),
            except: Vec::new(),
        };
        let days = years.flat_map(|year| recurrence.days_in(year));
        days.map(|day| day.to_string()).collect()
    }

    #[test]
    fn rules_give_the_days_of_the_standard() {
        let cases: [(&str, &str, &[&str]); 16] = [
            ("2020-05-09", "FREQ=YEARLY", &["2026-05-09", "2027-05-09"]),
            ("2020-05-09", "FREQ=YEARLY;UNTIL=20260508", &[]),
            (
                "2020-05-09",
                "FREQ=YEARLY;UNTIL=20260509T000000Z",
                &["2026-05-09"],
            ),
            ("2020-05-09", "FREQ=YEARLY;COUNT=7", &["2026-05-09"]),
            ("2020-05-09", "FREQ=YEARLY;INTERVAL=7", &["2027-05-09"]),
            ("2027-05-09", "FREQ=YEARLY", &["2027-05-09"]),
            ("2020-02-29", "FREQ=YEARLY", &[]),
            (
                "2020-05-31",
                "FREQ=MONTHLY;INTERVAL=12",
                &["2026-05-31", "2027-05-31"],
            ),
            (
                "2020-05-01",
                "FREQ=YEARLY;BYMONTH=5;BYDAY=2SU",
                &["2026-05-10", "2027-05-09"],
            ),
            (
                "2020-05-01",
                "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO",
                &["2026-05-25", "2027-05-31"],
            ),
            (
                "2020-01-01",
                "FREQ=YEARLY;BYDAY=20MO",
                &["2026-05-18", "2027-05-17"],
            ),
            (
                "2020-01-01",
                "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=-1",
                &["2026-05-31", "2027-05-31"],
            ),
            (
                "2020-01-01",
                "FREQ=YEARLY;BYMONTHDAY=9;BYMONTH=5",
                &["2026-05-09", "2027-05-09"],
            ),
            (
                "2026-01-01",
                "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
                &["2026-02-13", "2026-03-13", "2026-11-13", "2027-08-13"],
            ),
            (
                "2026-10-01",
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2",
                &["2026-10-30", "2026-11-30"],
            ),
            (
                "2026-11-05",
                "FREQ=MONTHLY;COUNT=3",
                &["2026-11-05", "2026-12-05", "2027-01-05"],
            ),
        ];
        for (start, rule, right) in cases {
            assert_eq!(days(start, rule, 2026..=2027), right, "{start} {rule}");
        }
    }

    #[test]
    fn what_is_not_read_exactly_is_refused() {
        for (rule, part) in [
            ("FREQ=DAILY", "FREQ=DAILY"),
            ("FREQ=YEARLY;BYWEEKNO=20", "BYWEEKNO=20"),
            ("FREQ=YEARLY;BYYEARDAY=1", "BYYEARDAY=1"),
            ("RSCALE=HEBREW;FREQ=YEARLY", "RSCALE=HEBREW"),
            ("FREQ=YEARLY;BYMONTH=13", "BYMONTH=13"),
            ("FREQ=YEARLY;BYMONTHDAY=0", "BYMONTHDAY=0"),
            ("FREQ=YEARLY;BYDAY=XX", "BYDAY=XX"),
            ("FREQ=YEARLY;INTERVAL=0", "INTERVAL=0"),
            ("FREQ=YEARLY;UNTIL=soon", "UNTIL=soon"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(Rule::parse(rule), Err(part.to_owned()), "{rule}");
        }
    }

    #[test]
    fn single_days_come_and_go() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let recurrence = Recurrence {
            start: day("2020-05-09"),
            rule: Rule::parse("FREQ=YEARLY").ok(),
            dates: vec![day("2026-06-01"), day("2026-05-09")],
            except: vec![day("2027-05-09")],
        };
        assert_eq!(
            recurrence.days_in(2026),
            [day("2026-05-09"), day("2026-06-01")]
        );
        assert_eq!(recurrence.days_in(2027), []);
    }
}
