//! Days of birth as people write them.

use crate::time::civil::Date;

/// A year before this one stands for none: `1604` and its like fill a field that must hold one.
const YEAR_MIN: i16 = 1850;
/// Two digits from here on are of the last century: `30` is 1930, `29` is 2029.
const CENTURY: i16 = 30;

/// A day of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birthday {
    /// The year, where it is known.
    pub year: Option<i16>,
    /// The month, from 1.
    pub month: i8,
    /// The day, from 1.
    pub day: i8,
}

/// Which of two numbers is the day, where both can be.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// `25/05/1990`.
    Dmy,
    /// `05/25/1990`.
    Mdy,
}

/// Why a text is no day of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDay {
    /// It names no whole day.
    NotADay,
    /// It names two: `05/09/1990`.
    TwoDays,
}

/// Reads a day of birth: `1985-03-12`, `19850312`, `--0312`, `03-12`, `25/05/1990`, `25.05.90`,
/// `12 March 1985`, `12 mars`, each with or without a time after it.
///
/// # Errors
/// When it names no day, or two and `order` does not say which.
///
/// ```
/// use jobsd::bot::day::{DateOrder, NoDay, read};
/// let day = read("25/05/1990", None).map(|day| (day.year, day.month, day.day));
/// assert_eq!(day, Ok((Some(1990), 5, 25)));
/// assert_eq!(read("05/09/1990", None), Err(NoDay::TwoDays));
/// let day = read("05/09/1990", Some(DateOrder::Mdy)).map(|day| (day.month, day.day));
/// assert_eq!(day, Ok((5, 9)));
/// ```
pub fn read(text: &str, order: Option<DateOrder>) -> Result<Birthday, NoDay> {
    let text = without_time(text.trim());
    let (year, month, day) = match split(text, order)? {
        Some(parts) => parts,
        None => in_words(text).ok_or(NoDay::NotADay)?,
    };
    let year = year.filter(|year| *year >= YEAR_MIN);
    // Without a year any day may be one of a leap year.
    match Date::new(year.unwrap_or(2000), month, day) {
        Ok(_) => Ok(Birthday { year, month, day }),
        Err(_) => Err(NoDay::NotADay),
    }
}

/// Which order the days of a column are written in, where one of them can only be read so and none
/// only otherwise.
pub fn order_of<'a>(texts: impl Iterator<Item = &'a str>) -> Option<DateOrder> {
    let mut found = None;
    for text in texts {
        let text = without_time(text.trim());
        let is = |order| matches!(split(text, Some(order)), Ok(Some((_, month, _))) if month <= 12);
        let only = match (is(DateOrder::Dmy), is(DateOrder::Mdy)) {
            (true, false) => DateOrder::Dmy,
            (false, true) => DateOrder::Mdy,
            _ => continue,
        };
        if found.is_some_and(|known| known != only) {
            return None;
        }
        found = Some(only);
    }
    found
}

/// Whether a text says that no day is known: programs write zeros.
pub fn is_none(text: &str) -> bool {
    let text = without_time(text.trim());
    text.is_empty() || text.chars().all(|c| matches!(c, '0' | '/' | '-' | '.'))
}

fn without_time(text: &str) -> &str {
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let text = match text.find(['T', 't']) {
        Some(at)
            if is_digit(text[..at].chars().last()) && is_digit(text[at + 1..].chars().next()) =>
        {
            &text[..at]
        }
        _ => text,
    };
    match text.split_once(' ') {
        Some((day, time)) if time.contains(':') => day,
        _ => text,
    }
}

type Parts = (Option<i16>, i8, i8);

/// A day of numbers with signs between them; `None` where it is not one.
fn split(text: &str, order: Option<DateOrder>) -> Result<Option<Parts>, NoDay> {
    let (rest, is_yearless) = match text.strip_prefix("--") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(rest) {
        return Ok(match (rest.len(), is_yearless) {
            (8, false) => parts(Some(&rest[..4]), &rest[4..6], &rest[6..]),
            (4, true) => parts(None, &rest[..2], &rest[2..]),
            _ => None,
        });
    }
    let Some(sign) = rest.chars().find(|c| !c.is_ascii_digit()) else {
        return Ok(None);
    };
    let rest = rest.trim_end_matches('.');
    let numbers: Vec<&str> = rest.split(sign).map(str::trim).collect();
    if !matches!(sign, '-' | '/' | '.') || !numbers.iter().all(|number| digits(number)) {
        return Ok(None);
    }
    match numbers.as_slice() {
        [year, month, day] if year.len() == 4 && !is_yearless => Ok(parts(Some(year), month, day)),
        [a, b, year] if !is_yearless => either(Some(year), (a, b), sign, order),
        // `03-12` is ISO 8601 without its year.
        [month, day] if sign == '-' => Ok(parts(None, month, day)),
        [a, b] if !is_yearless => either(None, (a, b), sign, order),
        _ => Ok(None),
    }
}

/// A day and a month, in the order that only one of them allows, that the sign means, or that is
/// said.
fn either(
    year: Option<&&str>,
    (a, b): (&str, &str),
    sign: char,
    order: Option<DateOrder>,
) -> Result<Option<Parts>, NoDay> {
    let is_month = |text: &str| text.parse::<i8>().is_ok_and(|n| (1..=12).contains(&n));
    let said = if sign == '.' {
        Some(DateOrder::Dmy)
    } else {
        order
    };
    let order = match (is_month(a), is_month(b)) {
        _ if a == b => DateOrder::Dmy,
        (true, true) => said.ok_or(NoDay::TwoDays)?,
        (true, false) => said.unwrap_or(DateOrder::Mdy),
        (false, _) => said.unwrap_or(DateOrder::Dmy),
    };
    let year = year.copied();
    Ok(match order {
        DateOrder::Dmy => parts(year, b, a),
        DateOrder::Mdy => parts(year, a, b),
    })
}

fn parts(year: Option<&str>, month: &str, day: &str) -> Option<Parts> {
    let year = match year {
        None => None,
        Some(text) => Some(full_year(text)?),
    };
    Some((year, month.parse().ok()?, day.parse().ok()?))
}

fn full_year(text: &str) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 if year < CENTURY => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    }
}

/// A day with its month in words.
fn in_words(text: &str) -> Option<Parts> {
    let words = text
        .split([' ', ',', '.', '-', '/'])
        .filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    let named = words.iter().position(|word| month(word).is_some())?;
    let numbers: Vec<&str> = words
        .iter()
        .enumerate()
        .filter(|(at, word)| *at != named && !matches!(**word, "de" | "of" | "le"))
        .map(|(_, word)| *word)
        .collect();
    let (day, year) = match numbers.as_slice() {
        [day] => (*day, None),
        [year, day] if year.len() == 4 && named == 1 => (*day, Some(*year)),
        [day, year] => (*day, Some(*year)),
        _ => return None,
    };
    // `12th`, `1er`.
    let day = day.trim_end_matches(|c: char| c.is_alphabetic());
    let year = match year {
        None => None,
        Some(text) => Some(full_year(text)?),
    };
    Some((year, month(words[named])?, day.parse().ok()?))
}

/// The number of a month: a name in English or French, or its beginning.
pub fn month(word: &str) -> Option<i8> {
    const NAMES: [[&str; 2]; 12] = [
        ["january", "janvier"],
        ["february", "février"],
        ["march", "mars"],
        ["april", "avril"],
        ["may", "mai"],
        ["june", "juin"],
        ["july", "juillet"],
        ["august", "août"],
        ["september", "septembre"],
        ["october", "octobre"],
        ["november", "novembre"],
        ["december", "décembre"],
    ];
    let plain = |text: &str| text.replace(['é', 'è'], "e").replace('û', "u");
    let word = plain(&word.trim_end_matches('.').to_lowercase());
    let named = |name: &str| {
        let name = plain(name);
        // `jui` may be June or July in French.
        name == word || word.chars().count() >= 3 && name.starts_with(&word) && word != "jui"
    };
    let found = NAMES
        .iter()
        .position(|names| names.iter().any(|name| named(name)));
    i8::try_from(found? + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<(Option<i16>, i8, i8)> {
        let found = read(text, None).ok()?;
        Some((found.year, found.month, found.day))
    }

    #[test]
    fn days_of_birth_are_read_in_every_usual_form() {
        let born = Some((Some(1985), 3, 12));
        for text in [
            "1985-03-12",
            "19850312",
            "1985-3-12",
            "1985/03/12",
            "12.03.1985",
            "12.3.85",
            "12 March 1985",
            "12 mars 1985",
            "March 12, 1985",
            "12-Mar-1985",
            "12th of March 1985",
            "1985 March 12",
            "1985-03-12T23:10:00Z",
            "1985-03-12 00:00:00",
        ] {
            assert_eq!(day(text), born, "{text}");
        }
        for text in [
            "--0229",
            "--02-29",
            "02-29",
            "29 février",
            "29.2.",
            "29/02",
            "1604-02-29",
            "0000-02-29",
        ] {
            assert_eq!(day(text), Some((None, 2, 29)), "{text}");
        }
        assert_eq!(day("1er août 2001"), Some((Some(2001), 8, 1)));
        assert_eq!(day("25/05/1990"), Some((Some(1990), 5, 25)));
        assert_eq!(day("05/25/1990"), Some((Some(1990), 5, 25)));
        assert_eq!(day("05/05/90"), Some((Some(1990), 5, 5)));
        assert_eq!(day("19531015T231000Z"), Some((Some(1953), 10, 15)));
        for text in [
            "",
            "1985",
            "1985-03",
            "---12",
            "1985-02-30",
            "--0230",
            "1985-02-29",
            "é",
            "9999999",
            "31/31/1990",
            "25/05/1990/1",
            "12 of 1985",
            "May",
            "1 jui 1990",
            "123/1/1990",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn two_readings_are_asked_about_unless_the_column_decides() {
        assert_eq!(read("05/09/1990", None), Err(NoDay::TwoDays));
        assert_eq!(read("05-09-1990", None), Err(NoDay::TwoDays));
        let order = |texts: &[&str]| order_of(texts.iter().copied());
        assert_eq!(order(&["05/09/1990", "25/05/1990"]), Some(DateOrder::Dmy));
        assert_eq!(order(&["05/09/1990", "05/25/1990"]), Some(DateOrder::Mdy));
        assert_eq!(order(&["05/09/1990", "1990-05-25"]), None);
        assert_eq!(order(&["25/05/1990", "05/25/1990"]), None, "both kinds");
    }
}
