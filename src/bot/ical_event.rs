//! One event of a calendar: whose birthday it is, and on which days.

use crate::bot::contact::Raw;
use crate::bot::content_line::Property;
use crate::recurrence::{Recurrence, Rule, day};
use crate::text::{Text, contacts as words};
use crate::time::civil::Date;

/// Words before the name in a summary, in the usual exports, in small letters.
const BEFORE: [&str; 15] = [
    "🎂",
    "🎉",
    "🎈",
    "🎁",
    "birthday of ",
    "birthday:",
    "birthday -",
    "bday:",
    "anniversaire de ",
    "anniversaire d’",
    "anniversaire d'",
    "anniversaire:",
    "geburtstag von ",
    "geburtstag:",
    "cumpleaños de ",
];
/// Words after it.
const AFTER: [&str; 12] = [
    "’s birthday",
    "'s birthday",
    "s’ birthday",
    "s' birthday",
    "(birthday)",
    "(anniversaire)",
    "’s bday",
    "'s bday",
    "birthday",
    "hat geburtstag",
    "geburtstag",
    "🎂",
];
/// What says that an event is a birthday.
const BIRTHDAY: [&str; 9] = [
    "birthday",
    "bday",
    "🎂",
    "anniversaire",
    "geburtstag",
    "cumpleaños",
    "compleanno",
    "verjaardag",
    "aniversário",
];
/// What says that it is another day, also where it says "anniversaire".
const OTHER_DAY: [&str; 20] = [
    "wedding",
    "mariage",
    "noces",
    "hochzeit",
    "boda",
    "matrimonio",
    "pacs",
    "engagement",
    "fiançailles",
    "death",
    "décès",
    "memorial",
    "todestag",
    "name day",
    "nameday",
    "namenstag",
    "work anniversary",
    "founding",
    "fondation",
    "remembrance",
];
/// Another day, unless it is said to be a birthday.
const ANNIVERSARY: [&str; 3] = ["anniversary", "jahrestag", "aniversario"];

/// An event while it is read.
#[derive(Default)]
pub struct Event {
    /// Its first line.
    pub line: usize,
    /// Lines that are not read.
    pub notes: Vec<(usize, Text)>,
    summary: String,
    emails: Vec<String>,
    uid: Option<String>,
    start: Option<(usize, String)>,
    rules: Vec<(usize, String)>,
    dates: Vec<Date>,
    except: Vec<Date>,
    is_cancelled: bool,
    is_said_birthday: bool,
    is_one_of_a_series: bool,
    unread: Option<(usize, String)>,
}

/// What an event is.
pub enum Meaning {
    /// Somebody's birthday.
    Birthday(Box<Raw>),
    /// A birthday, or what may be one, that cannot be read exactly: the line, and why.
    Refused(usize, Text),
    /// One that was called off.
    Cancelled,
    /// A wedding, or another day of its kind; what is said of it.
    OtherDay(Text),
    /// Something else.
    Other,
}

impl Event {
    /// An event that begins on a line.
    pub fn at(line: usize) -> Event {
        Event {
            line,
            ..Event::default()
        }
    }

    /// Takes a line of it in.
    pub fn read(&mut self, property: &Property) {
        const KNOWN: [&str; 11] = [
            "SUMMARY",
            "DTSTART",
            "RRULE",
            "RDATE",
            "EXDATE",
            "EXRULE",
            "ATTENDEE",
            "UID",
            "STATUS",
            "CATEGORIES",
            "RECURRENCE-ID",
        ];
        if !KNOWN.contains(&property.name.as_str()) {
            return;
        }
        match property.text() {
            Some(text) => self.keep(property, text),
            None => self.notes.push((property.line, words::event_not_utf8())),
        }
    }

    fn keep(&mut self, property: &Property, text: String) {
        let line = property.line;
        match property.name.as_str() {
            "SUMMARY" => self.summary = text.trim().to_owned(),
            "DTSTART" => self.start = Some((line, text)),
            "RRULE" => self.rules.push((line, text)),
            "RDATE" => self.add_days(line, &text, |event| &mut event.dates),
            "EXDATE" => self.add_days(line, &text, |event| &mut event.except),
            "EXRULE" => self.unread = Some((line, text)),
            "UID" => self.uid = Some(text),
            "STATUS" => self.is_cancelled = text.trim().eq_ignore_ascii_case("CANCELLED"),
            "CATEGORIES" => self.is_said_birthday |= has_any(&text.to_lowercase(), &BIRTHDAY),
            "RECURRENCE-ID" => self.is_one_of_a_series = true,
            _ => {
                let scheme = text
                    .get(..7)
                    .filter(|it| it.eq_ignore_ascii_case("mailto:"));
                self.emails.extend(scheme.map(|_| text[7..].to_owned()));
            }
        }
    }

    fn add_days(&mut self, line: usize, text: &str, list: fn(&mut Event) -> &mut Vec<Date>) {
        for word in text.split(',') {
            match day(word) {
                Some(day) => list(self).push(day),
                None => self.unread = Some((line, word.trim().to_owned())),
            }
        }
    }

    /// What the whole of it says.
    pub fn meaning(self) -> Meaning {
        let lower = self.summary.to_lowercase();
        let is_birthday = self.is_said_birthday || has_any(&lower, &BIRTHDAY);
        let is_other = has_any(&lower, &OTHER_DAY) || !is_birthday && has_any(&lower, &ANNIVERSARY);
        let comes_back = !self.rules.is_empty() || !self.dates.is_empty();
        if self.is_cancelled || self.is_one_of_a_series {
            return Meaning::Cancelled;
        }
        if is_other {
            return Meaning::OtherDay(words::other_day(&self.summary));
        }
        match self.recurrence() {
            Ok(Some(days)) if is_birthday || comes_back => self.birthday(days),
            Ok(None) if is_birthday => Meaning::Refused(self.line, words::no_start()),
            Err((line, part)) if is_birthday => Meaning::Refused(line, words::unread_rule(&part)),
            _ => Meaning::Other,
        }
    }

    /// Its days; an error is the line and the part that is not read exactly.
    fn recurrence(&self) -> Result<Option<Recurrence>, (usize, String)> {
        if let Some(unread) = &self.unread {
            return Err(unread.clone());
        }
        let Some((line, written)) = &self.start else {
            return Ok(None);
        };
        let start = day(written).ok_or_else(|| (*line, written.clone()))?;
        let rule = match self.rules.as_slice() {
            [] => None,
            [(line, text)] => Some(Rule::parse(text).map_err(|part| (*line, part))?),
            [_, (line, text), ..] => return Err((*line, text.clone())),
        };
        Ok(Some(Recurrence {
            start,
            rule,
            dates: self.dates.clone(),
            except: self.except.clone(),
        }))
    }

    fn birthday(self, days: Recurrence) -> Meaning {
        Meaning::Birthday(Box::new(Raw {
            name: Some(name_in(&self.summary)),
            emails: self.emails,
            uid: self.uid,
            birthday: Some(days.start.to_string()),
            omits_year: true,
            days: Some(days),
            ..Raw::default()
        }))
    }
}

fn has_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// The name in a summary: `🎂 Nadia's birthday! (36)` is Nadia's.
fn name_in(summary: &str) -> String {
    // French puts a blank of some kind before a colon.
    let plain = summary.replace(['\u{a0}', '\u{202f}'], " ");
    let parts: Vec<&str> = plain.split(':').map(str::trim_end).collect();
    let plain = parts.join(":");
    let mut name = plain.trim();
    loop {
        let shorter = shorter(name).trim();
        if shorter.len() == name.len() || shorter.is_empty() {
            return name.to_owned();
        }
        name = shorter;
    }
}

fn shorter(name: &str) -> &str {
    let plain = name.trim_end_matches(['!', '.', '…', ' ']);
    if plain.len() < name.len() && !plain.is_empty() {
        return plain;
    }
    let age = name
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('));
    let is_age = |text: &str| text.chars().any(|c| c.is_ascii_digit());
    if let Some((before, _)) = age.filter(|(_, inside)| is_age(inside)) {
        return before;
    }
    let is_same =
        |part: Option<&str>, word: &str| part.is_some_and(|part| part.to_lowercase() == word);
    for word in BEFORE {
        if is_same(name.get(..word.len()), word) {
            return &name[word.len()..];
        }
    }
    for word in AFTER {
        let cut = name.len().saturating_sub(word.len());
        if cut > 0 && is_same(name.get(cut..), word) {
            // `Nadias Geburtstag`, `James’ birthday`: the s that is the name's own stays.
            let kept = if word.starts_with("s’") || word.starts_with("s'") {
                cut + 1
            } else {
                cut
            };
            return &name[..kept];
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::name_in;

    #[test]
    fn a_summary_names_a_person() {
        for (summary, name) in [
            ("Nadia's birthday!", "Nadia"),
            ("Nadia’s Birthday", "Nadia"),
            ("James' birthday", "James"),
            ("🎂 Nadia Perrot (36)", "Nadia Perrot"),
            ("Birthday: Nadia", "Nadia"),
            ("Anniversaire de Nadia Perrot", "Nadia Perrot"),
            ("Anniversaire : Nadia (1990)", "Nadia"),
            ("Nadia Perrot – Geburtstag", "Nadia Perrot –"),
            ("Nadia Perrot hat Geburtstag", "Nadia Perrot"),
            ("Nadia Perrot", "Nadia Perrot"),
            ("Birthday", "Birthday"),
        ] {
            assert_eq!(name_in(summary), name, "{summary}");
        }
    }
}
