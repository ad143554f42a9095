//! Birthdays of an iCalendar file (RFC 5545): whole-day events that come back every year. Their
//! first year is not a year of birth, so no age is known.

use std::sync::Arc;

use crate::bot::contact::{Book, Place, Raw};
use crate::bot::content_line::{Property, properties};
use crate::text::{Text, contacts as words};

/// Words around the name in a summary, in the usual exports.
const BEFORE: [&str; 6] = [
    "🎂",
    "Birthday of ",
    "Birthday: ",
    "Anniversaire de ",
    "Anniversaire d’",
    "Anniversaire : ",
];
const BEHIND: [&str; 4] = [
    "’s birthday",
    "'s birthday",
    " (birthday)",
    " (anniversaire)",
];

#[derive(Default)]
struct Event {
    line: usize,
    raw: Raw,
    is_yearly: bool,
    fault: Option<(usize, Text)>,
}

/// Reads the birthdays of a file.
pub fn contacts(file: &Arc<str>, bytes: &[u8]) -> Book {
    let mut book = Book::default();
    let at = |line| Place {
        file: file.clone(),
        line,
    };
    let mut event: Option<Event> = None;
    for property in properties(bytes) {
        let Ok(property) = property else { continue };
        let value = property.value.as_deref().unwrap_or_default().trim();
        let is_event = value.eq_ignore_ascii_case("VEVENT");
        match (property.name.as_str(), &mut event) {
            ("BEGIN", _) if is_event => {
                event = Some(Event {
                    line: property.line,
                    ..Event::default()
                });
            }
            ("END", open) if is_event => {
                if let Some(event) = open.take().filter(|event| event.is_yearly) {
                    match event.fault {
                        Some((line, text)) => book.refuse(at(line), text),
                        None => book.take(event.raw, at(event.line)),
                    }
                }
            }
            (_, Some(event)) => event.read(&property),
            (_, None) => {}
        }
    }
    if let Some(event) = event {
        book.refuse(at(event.line), words::unfinished_event());
    }
    book
}

impl Event {
    fn read(&mut self, property: &Property) {
        let known = ["SUMMARY", "DTSTART", "RRULE", "ATTENDEE", "UID"];
        if !known.contains(&property.name.as_str()) {
            return;
        }
        let Some(text) = property.text() else {
            self.fault
                .get_or_insert((property.line, words::event_not_utf8()));
            return;
        };
        match property.name.as_str() {
            "SUMMARY" => self.raw.name = Some(name_in(&text)),
            "DTSTART" => {
                self.raw.birthday = Some(text);
                self.raw.omits_year = true;
            }
            "RRULE" => {
                let parts = text.split(';');
                self.is_yearly = parts
                    .into_iter()
                    .any(|part| part.eq_ignore_ascii_case("FREQ=YEARLY"));
            }
            "UID" => self.raw.uid = Some(text),
            _ => {
                let lower = text.to_ascii_lowercase();
                self.raw.email = lower
                    .starts_with("mailto:")
                    .then(|| text["mailto:".len()..].to_owned());
            }
        }
    }
}

fn name_in(summary: &str) -> String {
    let mut name = summary.trim();
    for words in BEFORE {
        name = name.strip_prefix(words).unwrap_or(name).trim();
    }
    for words in BEHIND {
        let cut = name.len().wrapping_sub(words.len());
        if name
            .get(cut..)
            .is_some_and(|end| end.eq_ignore_ascii_case(words))
        {
            name = name[..cut].trim();
        }
    }
    name.to_owned()
}
