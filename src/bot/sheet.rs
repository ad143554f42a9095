//! CSV to contacts, and to addresses of pages. Columns are found by their header; `docs/bots.md`
//! lists the names.

use std::sync::Arc;

use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::bot::contact::{Book, Listed, Place, Raw};
use crate::bot::day::{self, DateOrder};
use crate::text::{Text, contacts as words};

/// Columns and the headers they go by, as [`plain`] gives them.
const COLUMNS: [(&str, &[&str]); 10] = [
    (
        "name",
        &[
            "name",
            "full name",
            "nom complet",
            "display name",
            "nom affiché",
            "contact name",
        ],
    ),
    (
        "first_name",
        &[
            "first name",
            "given name",
            "firstname",
            "forename",
            "prénom",
            "prenom",
            "vorname",
        ],
    ),
    (
        "last_name",
        &[
            "last name",
            "family name",
            "lastname",
            "surname",
            "nom",
            "nom de famille",
            "nachname",
        ],
    ),
    (
        "email",
        &[
            "email",
            "e mail",
            "mail",
            "email address",
            "e mail address",
            "primary email",
            "e mail 1 value",
            "email 1 value",
            "e mail 2 value",
            "secondary email",
            "e mail 2 address",
            "courriel",
            "adresse e mail",
            "adresse email",
            "adresse de messagerie",
            "adresse mail",
        ],
    ),
    (
        "birthday",
        &[
            "birthday",
            "birth date",
            "birthdate",
            "date of birth",
            "birth day",
            "bday",
            "dob",
            "d.o.b.",
            "born",
            "anniversaire",
            "naissance",
            "date de naissance",
            "date anniversaire",
            "né le",
            "née le",
            "né(e) le",
            "geburtstag",
            "geburtsdatum",
            "cumpleaños",
            "fecha de nacimiento",
            "compleanno",
            "data di nascita",
        ],
    ),
    (
        "year",
        &[
            "year",
            "birth year",
            "birthyear",
            "année",
            "annee",
            "année de naissance",
        ],
    ),
    (
        "month",
        &[
            "month",
            "birth month",
            "birthmonth",
            "mois",
            "mois de naissance",
        ],
    ),
    ("day", &["day", "birth day", "jour", "jour de naissance"]),
    ("uid", &["uid", "id"]),
    (
        "url",
        &["url", "address", "page", "adresse", "lien", "website"],
    ),
];

/// Columns whose names a message lists.
const LISTED_MAX: usize = 12;

/// A sheet with its columns known.
struct Sheet<'a> {
    reader: Reader<&'a [u8]>,
    columns: Vec<Option<&'static str>>,
}

/// A row, by its columns.
struct Row {
    line: usize,
    cells: Vec<(Option<&'static str>, String)>,
}

/// Reads the people of a file. `order` says which of two numbers of a day is the day; without it
/// the column decides, where one of its days can only be read so.
pub fn contacts(file: &Arc<str>, bytes: &[u8], order: Option<DateOrder>) -> Book {
    let mut book = Book::default();
    let at = |line| Place {
        file: file.clone(),
        line,
    };
    let mut sheet = match Sheet::open(bytes, &[&["birthday"], &["month", "day"]]) {
        Ok(sheet) => sheet,
        Err(text) => {
            book.refuse(at(1), text);
            return book;
        }
    };
    let mut rows = Vec::new();
    while let Some((line, row)) = sheet.next() {
        match row {
            Ok(row) => rows.push(row),
            Err(text) => book.refuse(at(line), text),
        }
    }
    let days = rows.iter().filter_map(|row| row.cell("birthday"));
    let order = order.or_else(|| day::order_of(days));
    for row in rows {
        let place = at(row.line);
        book.take(row.entry(order), place);
    }
    book
}

impl Row {
    /// The first cell of a column that holds something.
    fn cell(&self, column: &str) -> Option<&str> {
        self.all(column).next()
    }

    fn all(&self, column: &str) -> impl Iterator<Item = &str> {
        let cells = self.cells.iter();
        let cells = cells.filter(move |(known, _)| *known == Some(column));
        cells
            .map(|(_, text)| text.trim())
            .filter(|text| !text.is_empty())
    }

    fn entry(&self, order: Option<DateOrder>) -> Raw {
        let text = |column| self.cell(column).map(str::to_owned);
        // An export may put several addresses into one cell.
        let emails = self
            .all("email")
            .flat_map(|cell| cell.split([';', ',', ' ']));
        let emails = emails.filter(|part| !part.trim_matches(':').is_empty());
        Raw {
            name: text("name"),
            first_name: text("first_name"),
            last_name: text("last_name"),
            emails: emails.map(str::to_owned).collect(),
            uid: text("uid"),
            birthday: text("birthday").or_else(|| self.day_of_columns()),
            order,
            ..Raw::default()
        }
    }

    /// A day of birth that is spread over columns; without a month and a day there is none.
    fn day_of_columns(&self) -> Option<String> {
        let (month, day) = (self.cell("month")?, self.cell("day")?);
        let month = match day::month(month) {
            Some(number) => number.to_string(),
            None => month.to_owned(),
        };
        Some(match self.cell("year") {
            Some(year) => format!("{year:0>4}-{month}-{day}"),
            None => format!("--{month:0>2}-{day:0>2}"),
        })
    }
}

/// The addresses of pages in a file, each with its line; and what is wrong.
pub fn urls(bytes: &[u8]) -> Listed {
    let mut listed = Listed::default();
    let mut sheet = match Sheet::open(bytes, &[&["url"]]) {
        Ok(sheet) => sheet,
        Err(text) => {
            listed.problems.push((1, text));
            return listed;
        }
    };
    while let Some((line, row)) = sheet.next() {
        match row {
            Ok(row) => {
                let url = row.cell("url").map(|url| (line, url.to_owned()));
                listed.urls.extend(url);
            }
            Err(text) => listed.problems.push((line, text)),
        }
    }
    listed
}

impl<'a> Sheet<'a> {
    /// `needed`: groups of columns, of which one must be there whole.
    fn open(bytes: &'a [u8], needed: &[&[&str]]) -> Result<Sheet<'a>, Text> {
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
        let headers = reader.byte_headers().cloned().unwrap_or_default();
        let mut columns: Vec<Option<&str>> = headers.iter().map(column).collect();
        if columns.contains(&Some("month")) {
            // Beside a month, "Birth Day" is the number of a day.
            for (known, header) in columns.iter_mut().zip(&headers) {
                if plain(&String::from_utf8_lossy(header)) == "birth day" {
                    *known = Some("day");
                }
            }
        }
        let is_there = |group: &&[&str]| group.iter().all(|name| columns.contains(&Some(*name)));
        if !needed.iter().any(is_there) {
            let name = needed.iter().flat_map(|group| group.iter()).next();
            return Err(no_column(name.unwrap_or(&""), &headers));
        }
        Ok(Sheet { reader, columns })
    }

    /// The next row, and its line.
    fn next(&mut self) -> Option<(usize, Result<Row, Text>)> {
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
        let cells = self.columns.iter().copied().zip(texts).collect();
        Some((line, Ok(Row { line, cells })))
    }
}

fn column(header: &[u8]) -> Option<&'static str> {
    let header = plain(&String::from_utf8_lossy(header));
    let known = COLUMNS
        .iter()
        .find(|(_, names)| names.contains(&header.as_str()));
    known.map(|(name, _)| *name)
}

/// A header in small letters, its words with one blank between them: `E-mail 1 - Value` is
/// `e mail 1 value`.
fn plain(header: &str) -> String {
    let lower = header.to_lowercase();
    let words = lower.split([' ', '_', '-', ':', '*', '\u{a0}']);
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn no_column(needed: &str, headers: &ByteRecord) -> Text {
    let names = headers.iter().take(LISTED_MAX);
    let names = names.map(|name| format!("{:?}", String::from_utf8_lossy(name).trim()));
    let mut found = names.collect::<Vec<_>>().join(", ");
    if headers.len() > LISTED_MAX {
        found += ", …";
    }
    words::no_column(needed, &found)
}
