//! CSV to contacts, and to addresses of pages. Columns are found by their header; `docs/bots.md`
//! lists the names.

use std::sync::Arc;

use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::bot::contact::{Book, Listed, Place, Raw};
use crate::text::{Text, contacts as words};

/// Columns and the headers they go by, in small letters.
const COLUMNS: [(&str, &[&str]); 7] = [
    (
        "name",
        &[
            "name",
            "full name",
            "full_name",
            "nom complet",
            "display name",
        ],
    ),
    (
        "first_name",
        &["first_name", "first name", "given name", "prénom", "prenom"],
    ),
    (
        "last_name",
        &[
            "last_name",
            "last name",
            "family name",
            "surname",
            "nom",
            "nom de famille",
        ],
    ),
    (
        "email",
        &[
            "email",
            "e-mail",
            "mail",
            "email address",
            "e-mail address",
            "e-mail 1 - value",
            "courriel",
            "adresse e-mail",
        ],
    ),
    (
        "birthday",
        &[
            "birthday",
            "birth date",
            "birth_date",
            "birthdate",
            "date of birth",
            "bday",
            "anniversaire",
            "naissance",
            "date de naissance",
        ],
    ),
    ("uid", &["uid", "id"]),
    (
        "url",
        &["url", "address", "page", "adresse", "lien", "website"],
    ),
];

/// A sheet with its columns known.
struct Sheet<'a> {
    reader: Reader<&'a [u8]>,
    columns: Vec<Option<&'static str>>,
}

/// Reads the people of a file.
pub fn contacts(file: &Arc<str>, bytes: &[u8]) -> Book {
    let mut book = Book::default();
    let at = |line| Place {
        file: file.clone(),
        line,
    };
    let mut sheet = match Sheet::open(bytes, "birthday") {
        Ok(sheet) => sheet,
        Err(text) => {
            book.refuse(at(1), text);
            return book;
        }
    };
    while let Some((line, row)) = sheet.next() {
        match row {
            Ok(mut cell) => {
                let raw = Raw {
                    name: cell("name"),
                    first_name: cell("first_name"),
                    last_name: cell("last_name"),
                    email: cell("email"),
                    uid: cell("uid"),
                    birthday: cell("birthday"),
                    omits_year: false,
                };
                book.take(raw, at(line));
            }
            Err(text) => book.refuse(at(line), text),
        }
    }
    book
}

/// The addresses of pages in a file, each with its line; and what is wrong.
pub fn urls(bytes: &[u8]) -> Listed {
    let mut listed = Listed::default();
    let mut sheet = match Sheet::open(bytes, "url") {
        Ok(sheet) => sheet,
        Err(text) => {
            listed.problems.push((1, text));
            return listed;
        }
    };
    while let Some((line, row)) = sheet.next() {
        match row {
            Ok(mut cell) => {
                let url = cell("url").map(|url| url.trim().to_owned());
                listed
                    .urls
                    .extend(url.filter(|url| !url.is_empty()).map(|url| (line, url)));
            }
            Err(text) => listed.problems.push((line, text)),
        }
    }
    listed
}

type Cells = Box<dyn FnMut(&str) -> Option<String>>;

impl<'a> Sheet<'a> {
    fn open(bytes: &'a [u8], needed: &str) -> Result<Sheet<'a>, Text> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let head = bytes.split(|byte| *byte == b'\n').next().unwrap_or(bytes);
        let count = |sign: u8| head.iter().filter(|byte| **byte == sign).count();
        let signs = [b',', b';', b'\t'];
        let delimiter = signs
            .into_iter()
            .rev()
            .max_by_key(|sign| count(*sign))
            .unwrap_or(b',');
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(bytes);
        let headers = reader
            .byte_headers()
            .map_err(|_| words::no_column(needed))?;
        let columns: Vec<Option<&str>> = headers.iter().map(column).collect();
        if !columns.contains(&Some(needed)) {
            return Err(words::no_column(needed));
        }
        Ok(Sheet { reader, columns })
    }

    /// The next row: its line, and a way to take its cells.
    fn next(&mut self) -> Option<(usize, Result<Cells, Text>)> {
        let mut record = ByteRecord::new();
        match self.reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return None,
            // Bytes in memory give no other error than a broken form, which a flexible reader does
            // not have.
            Err(_) => return None,
        }
        let line = record.position().map_or(0, |at| at.line() as usize);
        let texts: Result<Vec<String>, _> = record
            .iter()
            .map(|cell| String::from_utf8(cell.to_vec()))
            .collect();
        let Ok(texts) = texts else {
            return Some((line, Err(words::row_not_utf8())));
        };
        let mut cells: Vec<(Option<&'static str>, String)> =
            self.columns.iter().copied().zip(texts).collect();
        let take = move |name: &str| {
            let cell = cells.iter_mut().find(|(known, _)| *known == Some(name));
            cell.map(|(_, text)| std::mem::take(text))
        };
        Some((line, Ok(Box::new(take))))
    }
}

fn column(header: &[u8]) -> Option<&'static str> {
    let header = String::from_utf8_lossy(header).trim().to_lowercase();
    let known = COLUMNS
        .iter()
        .find(|(_, names)| names.contains(&header.as_str()));
    known.map(|(name, _)| *name)
}
