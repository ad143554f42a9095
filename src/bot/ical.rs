//! Birthdays of an iCalendar file (RFC 5545): whole-day events, those that come back by their rule,
//! and single ones whose summary says that they are a birthday. Their first year is no year of
//! birth, so no age is known.

use std::sync::Arc;

use crate::bot::contact::{Book, Place};
use crate::bot::content_line::{Property, properties};
use crate::bot::ical_event::{Event, Meaning};
use crate::text::contacts as words;

/// A file while it is read.
struct Calendar<'a> {
    file: &'a Arc<str>,
    book: Book,
    event: Option<Event>,
    /// Components inside an event, such as alarms, whose lines are not its own.
    depth: usize,
    has_begun: bool,
    /// Events that are no birthday, and the line of the first.
    others: usize,
    first_other: usize,
}

/// Reads the birthdays of a file.
pub fn contacts(file: &Arc<str>, bytes: &[u8]) -> Book {
    let mut calendar = Calendar {
        file,
        book: Book::default(),
        event: None,
        depth: 0,
        has_begun: false,
        others: 0,
        first_other: 1,
    };
    for property in properties(bytes) {
        match property {
            Ok(property) => calendar.read(&property),
            Err(line) if calendar.event.is_some() => {
                calendar.refuse(line, words::not_a_property());
            }
            Err(_) => {}
        }
    }
    calendar.finish()
}

impl Calendar<'_> {
    fn read(&mut self, property: &Property) {
        let is_bound = matches!(property.name.as_str(), "BEGIN" | "END");
        let value = property.value().filter(|_| is_bound).unwrap_or_default();
        let value = value.trim().to_ascii_uppercase();
        match (property.name.as_str(), value.as_str(), &mut self.event) {
            ("BEGIN", "VCALENDAR", _) => self.has_begun = true,
            ("BEGIN", "VEVENT", _) => {
                self.leave_out_unfinished();
                self.event = Some(Event::at(property.line));
                self.depth = 0;
            }
            ("END", "VEVENT", open) => {
                if let Some(event) = open.take() {
                    self.take(event);
                }
            }
            ("BEGIN", _, Some(_)) => self.depth += 1,
            ("END", _, Some(_)) => self.depth = self.depth.saturating_sub(1),
            ("CALSCALE", _, None) => {
                let scale = property.text().unwrap_or_default();
                if !scale.trim().eq_ignore_ascii_case("GREGORIAN") {
                    self.refuse(property.line, words::other_calendar(scale.trim()));
                }
            }
            (_, _, Some(event)) if self.depth == 0 => event.read(property),
            _ => {}
        }
    }

    fn take(&mut self, event: Event) {
        for (line, text) in &event.notes {
            self.refuse(*line, text.clone());
        }
        let line = event.line;
        match event.meaning() {
            Meaning::Birthday(raw) => {
                let place = self.at(line);
                self.book.take(*raw, place);
            }
            Meaning::Refused(line, text) => self.refuse(line, text),
            Meaning::Cancelled => self.book.set_aside += 1,
            Meaning::OtherDay(text) => {
                self.book.set_aside += 1;
                self.refuse(line, text);
            }
            Meaning::Other => {
                if self.others == 0 {
                    self.first_other = line;
                }
                self.others += 1;
            }
        }
    }

    fn leave_out_unfinished(&mut self) {
        if let Some(event) = self.event.take() {
            self.refuse(event.line, words::unfinished_event());
        }
    }

    fn finish(mut self) -> Book {
        self.leave_out_unfinished();
        if !self.has_begun {
            self.refuse(1, words::no_calendar());
        }
        if self.others > 0 {
            self.refuse(self.first_other, words::other_events(self.others));
        }
        self.book
    }

    fn refuse(&mut self, line: usize, text: crate::text::Text) {
        let place = self.at(line);
        self.book.refuse(place, text);
    }

    fn at(&self, line: usize) -> Place {
        Place {
            file: self.file.clone(),
            line,
        }
    }
}
