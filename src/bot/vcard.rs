//! vCard 3 (RFC 2426) and 4 (RFC 6350) to contacts, and to the addresses of their pages.

use std::sync::Arc;

use crate::bot::contact::{Book, Listed, Place, Raw};
use crate::bot::content_line::{Property, properties};
use crate::text::{Text, contacts as words};

/// An entry while it is read.
#[derive(Default)]
struct Card {
    line: usize,
    raw: Raw,
    is_preferred: bool,
    urls: Vec<String>,
    fault: Option<(usize, Text)>,
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
            match card.fault {
                Some((line, text)) => book.refuse(at(line), text),
                None => book.take(card.raw, at(card.line)),
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
    for property in properties(bytes) {
        let property = match property {
            Ok(property) => property,
            Err(line) => {
                match &mut card {
                    Some(card) => card.fail(line, words::not_a_property()),
                    None if !is_outside_told => {
                        is_outside_told = true;
                        see(Err((line, words::outside_of_cards())));
                    }
                    None => {}
                }
                continue;
            }
        };
        let value = property.value.as_deref().unwrap_or_default().trim();
        let is_card = value.eq_ignore_ascii_case("VCARD");
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
        let known = [
            "VERSION", "FN", "N", "NICKNAME", "EMAIL", "BDAY", "UID", "URL",
        ];
        if !known.contains(&property.name.as_str()) {
            return;
        }
        let charset = property.param("CHARSET").unwrap_or("UTF-8");
        if property.value.is_none() || !charset.eq_ignore_ascii_case("UTF-8") {
            return self.fail(property.line, words::card_not_utf8());
        }
        if property.has("ENCODING", "QUOTED-PRINTABLE")
            || property.has("TYPE", "QUOTED-PRINTABLE")
            || property.name == "VERSION" && property.text().as_deref() == Some("2.1")
        {
            return self.fail(property.line, words::old_card());
        }
        self.keep(property);
    }

    fn keep(&mut self, property: &Property) {
        let text = property.text();
        match property.name.as_str() {
            "FN" => self.raw.name = self.raw.name.take().or(text),
            "N" => {
                let mut parts = property.parts().into_iter();
                self.raw.last_name = parts.next();
                self.raw.first_name = parts.next();
            }
            "EMAIL" => {
                let is_preferred = property.has("TYPE", "pref") || property.param("PREF").is_some();
                if self.raw.email.is_none() || is_preferred && !self.is_preferred {
                    self.raw.email = text;
                    self.is_preferred = is_preferred;
                }
            }
            "BDAY" => {
                self.raw.omits_year = property.param("X-APPLE-OMIT-YEAR").is_some();
                self.raw.birthday = text;
            }
            "UID" => self.raw.uid = text,
            "URL" => self.urls.extend(text),
            _ => {}
        }
    }

    fn fail(&mut self, line: usize, text: Text) {
        self.fault.get_or_insert((line, text));
    }
}
