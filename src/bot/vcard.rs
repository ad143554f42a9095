//! vCard 2.1, 3 (RFC 2426) and 4 (RFC 6350) to contacts, and to the addresses of their pages.

use std::sync::Arc;

use crate::bot::contact::{Book, Listed, Place, Raw};
use crate::bot::content_line::{Property, properties};
use crate::bot::day;
use crate::text::{Text, contacts as words};

/// An entry while it is read.
#[derive(Default)]
struct Card {
    line: usize,
    raw: Raw,
    has_preferred: bool,
    urls: Vec<String>,
    /// Lines that are not read; the entry is whole without them.
    notes: Vec<(usize, Text)>,
    /// Whether it is of nobody who has birthdays: an organisation, a group, a place.
    is_no_person: bool,
    is_dead: bool,
}

/// Reads the entries of a file.
pub fn contacts(file: &Arc<str>, bytes: &[u8]) -> Book {
    let mut book = Book::default();
    for_each_card(bytes, &mut |card| match card {
        Ok(card) => {
            let at = |line| Place {
                file: file.clone(),
                line,
            };
            for (line, text) in card.notes {
                book.refuse(at(line), text);
            }
            let has_day = card.raw.birthday.is_some();
            match (card.is_no_person && has_day, card.is_dead) {
                (true, _) => {
                    book.set_aside += 1;
                    book.refuse(at(card.line), words::no_person());
                }
                (false, true) => book.set_aside += 1,
                (false, false) => book.take(card.raw, at(card.line)),
            }
        }
        Err((line, text)) => book.refuse(
            Place {
                file: file.clone(),
                line,
            },
            text,
        ),
    });
    book
}

/// The addresses of pages in a file, each with its line; and what is wrong.
pub fn urls(bytes: &[u8]) -> Listed {
    let mut listed = Listed::default();
    for_each_card(bytes, &mut |card| match card {
        Ok(card) => listed
            .urls
            .extend(card.urls.into_iter().map(|url| (card.line, url))),
        Err(problem) => listed.problems.push(problem),
    });
    listed
}

fn for_each_card(bytes: &[u8], see: &mut dyn FnMut(Result<Card, (usize, Text)>)) {
    let mut card: Option<Card> = None;
    let mut is_outside_told = false;
    // A photo may go on over lines of nothing but base 64.
    let mut is_in_base64 = false;
    for property in properties(bytes) {
        let property = match property {
            Ok(property) => property,
            Err(_) if is_in_base64 => continue,
            Err(line) => {
                match &mut card {
                    Some(card) => card.notes.push((line, words::not_a_property())),
                    None if !is_outside_told => {
                        is_outside_told = true;
                        see(Err((line, words::outside_of_cards())));
                    }
                    None => {}
                }
                continue;
            }
        };
        is_in_base64 = property.is_base64();
        let is_bound = matches!(property.name.as_str(), "BEGIN" | "END");
        let value = property.value().filter(|_| is_bound).unwrap_or_default();
        let is_card = value.trim().eq_ignore_ascii_case("VCARD");
        match (property.name.as_str(), &mut card) {
            ("BEGIN", open) if is_card => {
                if let Some(open) = open.take() {
                    see(Err((open.line, words::unfinished_card())));
                }
                card = Some(Card {
                    line: property.line,
                    ..Card::default()
                });
            }
            ("END", open) if is_card => {
                if let Some(card) = open.take() {
                    see(Ok(card));
                }
            }
            (_, Some(card)) => card.read(&property),
            (_, None) if !is_outside_told => {
                is_outside_told = true;
                see(Err((property.line, words::outside_of_cards())));
            }
            (_, None) => {}
        }
    }
    if let Some(card) = card {
        see(Err((card.line, words::unfinished_card())));
    }
}

impl Card {
    fn read(&mut self, property: &Property) {
        const KNOWN: [&str; 10] = [
            "FN",
            "N",
            "EMAIL",
            "BDAY",
            "UID",
            "URL",
            "KIND",
            "X-ABSHOWAS",
            "DEATHDATE",
            "X-ADDRESSBOOKSERVER-KIND",
        ];
        if !KNOWN.contains(&property.name.as_str()) {
            return;
        }
        let Some(text) = property.text() else {
            self.notes.push((property.line, words::card_not_utf8()));
            return;
        };
        self.keep(property, text);
    }

    fn keep(&mut self, property: &Property, text: String) {
        match property.name.as_str() {
            "FN" => self.raw.name = self.raw.name.take().or(Some(text)),
            "N" => {
                let mut parts = property.parts().unwrap_or_default().into_iter();
                self.raw.last_name = parts.next();
                self.raw.first_name = parts.next();
            }
            "EMAIL" => {
                let is_preferred = property.has("TYPE", "pref") || property.param("PREF").is_some();
                if is_preferred && !self.has_preferred {
                    self.raw.emails.insert(0, text);
                    self.has_preferred = true;
                } else {
                    self.raw.emails.push(text);
                }
            }
            "BDAY" => self.born(property, text),
            "UID" => self.raw.uid = Some(text),
            "URL" => self.urls.push(text),
            "DEATHDATE" => self.is_dead = true,
            _ => {
                let kinds = [
                    "org",
                    "group",
                    "location",
                    "application",
                    "device",
                    "company",
                ];
                self.is_no_person |= kinds
                    .iter()
                    .any(|kind| text.trim().eq_ignore_ascii_case(kind));
            }
        }
    }

    /// A day of birth. An entry may name it twice (ALTID), once in words: the first that is a day
    /// counts.
    fn born(&mut self, property: &Property, text: String) {
        let calendar = property.param("CALSCALE").unwrap_or("gregorian");
        if !calendar.eq_ignore_ascii_case("gregorian") {
            self.notes
                .push((property.line, words::other_calendar(calendar)));
            return;
        }
        let is_day = |text: &str| day::read(text, None).is_ok();
        let is_better = !self.raw.birthday.as_deref().is_some_and(is_day) && is_day(&text);
        if self.raw.birthday.is_none() || is_better {
            let filler = property.param("X-APPLE-OMIT-YEAR");
            self.raw.omits_year = filler.is_some_and(|year| text.trim().starts_with(year));
            self.raw.birthday = Some(text);
        }
    }
}
