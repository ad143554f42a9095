//! Whose birthday it is: the calendar day of a run, and, with lateness, the days before it.

use crate::bot::contact::Contact;
use crate::bot::day::Birthday;
use crate::recurrence::{Recurrence, Rule};
use crate::time::civil::Date;

/// A birthday of someone in one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occasion {
    /// The day. Born on 29 February: 28 February of other years.
    pub date: Date,
    /// How long ago it was.
    pub days_late: u32,
    /// The age reached, where the year is known.
    pub age: Option<i16>,
}

/// A mark that someone was greeted, or may have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What the person was known by.
    pub keys: Vec<String>,
    /// The name at that time, in small letters.
    pub name: String,
    /// The birthday.
    pub occasion: Date,
}

/// The last birthday of somebody, when it was at most `days_late_max` days before today. Nobody has
/// one before being born.
pub fn occasion(contact: &Contact, today: Date, days_late_max: u32) -> Option<Occasion> {
    let years = [today.year(), today.year().checked_sub(1)?];
    let days = years.into_iter().flat_map(|year| match &contact.days {
        Some(days) => birthdays_of(days, year),
        None => day_in(contact.birthday, year).into_iter().collect(),
    });
    let date = days.filter(|day| *day <= today).max()?;
    let days_late = u32::try_from(days_between(date, today)).ok()?;
    let age = contact.birthday.year.map(|year| date.year() - year);
    let is_born = age.is_none_or(|age| age >= 0);
    (is_born && days_late <= days_late_max).then_some(Occasion {
        date,
        days_late,
        age,
    })
}

/// Whether a mark stands for this birthday of this person: the same key and day; or the same key
/// and name and a day less than half a year away, for a day of birth that was corrected since.
pub fn is_marked(mark: &Mark, contact: &Contact, keys: &[String], occasion: Date) -> bool {
    const HALF_A_YEAR: i32 = 183;
    let is_same = mark.keys.iter().any(|key| keys.contains(key));
    let is_near = days_between(mark.occasion, occasion).abs() < HALF_A_YEAR;
    is_same && (mark.occasion == occasion || is_near && mark.name == contact.name.to_lowercase())
}

/// The days of an event. Each year on 29 February: 28 February of other years, as for anybody.
fn birthdays_of(days: &Recurrence, year: i16) -> Vec<Date> {
    let found = days.days_in(year);
    let is_yearly = days.rule.as_ref().is_some_and(Rule::is_plain_yearly);
    let is_leap_day = days.start.month() == 2 && days.start.day() == 29;
    if found.is_empty() && is_yearly && is_leap_day {
        let shifted = Recurrence {
            start: days.start.yesterday().unwrap_or(days.start),
            ..days.clone()
        };
        return shifted.days_in(year);
    }
    found
}

fn day_in(birthday: Birthday, year: i16) -> Option<Date> {
    let date = Date::new(year, birthday.month, birthday.day);
    date.or_else(|_| Date::new(year, birthday.month, birthday.day - 1))
        .ok()
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::bot::contact::Place;

    fn due(
        birthday: (Option<i16>, i8, i8),
        today: &str,
        max: u32,
    ) -> Option<(String, u32, Option<i16>)> {
        let (year, month, day) = birthday;
        let contact = contact(Birthday { year, month, day }, None);
        let found = occasion(&contact, today.parse().unwrap(), max)?;
        Some((found.date.to_string(), found.days_late, found.age))
    }

    fn contact(birthday: Birthday, days: Option<Recurrence>) -> Contact {
        Contact {
            name: "Nadia".to_owned(),
            first_name: "Nadia".to_owned(),
            email: None,
            uid: None,
            birthday,
            days,
            place: Place {
                file: "f".into(),
                line: 1,
            },
        }
    }

    #[test]
    fn an_event_on_29_february_comes_each_year() {
        let start: Date = "2020-02-29".parse().unwrap();
        let days = Recurrence {
            start,
            rule: Rule::parse("FREQ=YEARLY").ok(),
            dates: Vec::new(),
            except: Vec::new(),
        };
        let birthday = Birthday {
            year: None,
            month: 2,
            day: 29,
        };
        let contact = contact(birthday, Some(days));
        let on = |today: &str| occasion(&contact, today.parse().unwrap(), 0).is_some();
        assert!(on("2027-02-28") && on("2028-02-29") && !on("2028-02-28") && !on("2019-02-28"));
    }

    /// And over leap days.
    #[test]
    fn the_last_birthday_counts_over_new_year() {
        let some = |date: &str, late, age| Some((date.to_owned(), late, age));
        assert_eq!(
            due((Some(1990), 3, 12), "2026-03-12", 0),
            some("2026-03-12", 0, Some(36))
        );
        assert_eq!(due((Some(1990), 3, 12), "2026-03-13", 0), None);
        assert_eq!(
            due((None, 12, 30), "2026-01-02", 7),
            some("2025-12-30", 3, None)
        );
        assert_eq!(
            due((Some(2000), 2, 29), "2027-02-28", 0),
            some("2027-02-28", 0, Some(27))
        );
        assert_eq!(due((Some(2000), 2, 29), "2028-02-28", 7), None);
        assert_eq!(
            due((Some(2000), 2, 29), "2028-02-29", 0),
            some("2028-02-29", 0, Some(28))
        );
        assert_eq!(
            due((Some(2027), 3, 12), "2026-03-12", 0),
            None,
            "not born yet"
        );
        assert_eq!(
            due((None, 1, 1), "2026-12-31", 365),
            some("2026-01-01", 364, None)
        );
    }
}
