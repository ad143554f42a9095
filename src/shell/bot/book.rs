//! Files of an address book or of addresses of pages: one file, or a folder of them, read with a
//! bound.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::bot::contact::{Book, Listed, Place, Problem};
use crate::bot::day::DateOrder;
use crate::bot::{ical, sheet, vcard};
use crate::shell::bot::Refusal;
use crate::text::{bot_setup as words, contacts as entries};

/// Larger files are refused.
const FILE_BYTES_MAX: u64 = 32 << 20;
/// Files of one folder.
const FILES_MAX: usize = 10_000;

/// A file as it was read.
struct Source {
    name: Arc<str>,
    kind: Kind,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Vcard,
    Sheet,
    Calendar,
    Lines,
}

/// A page to visit, with its place.
#[derive(Clone, Debug)]
pub struct Address {
    /// The address, as written.
    pub url: String,
    /// Where it stands.
    pub place: Place,
}

/// Reads an address book; `order` says which number of a day like 05/09/1990 is the day.
///
/// # Errors
/// When there is none, or its only file cannot be read.
pub fn contacts(path: &Path, named: &str, order: Option<DateOrder>) -> Result<Book, Refusal> {
    let kinds = [Kind::Vcard, Kind::Sheet, Kind::Calendar];
    let mut all = Book::default();
    each(path, (named, "contacts"), &kinds, &mut |source| {
        let mut book = match source {
            Err(problem) => return all.problems.push(problem),
            Ok(Source { name, kind, bytes }) => match kind {
                Kind::Vcard => vcard::contacts(&name, &bytes),
                Kind::Calendar => ical::contacts(&name, &bytes),
                Kind::Sheet | Kind::Lines => sheet::contacts(&name, &bytes, order),
            },
        };
        all.contacts.append(&mut book.contacts);
        all.problems.append(&mut book.problems);
        all.without_birthday += book.without_birthday;
        all.set_aside += book.set_aside;
    })?;
    Ok(all)
}

/// Reads a list of pages.
///
/// # Errors
/// When there is none, or its only file cannot be read.
pub fn addresses(path: &Path, named: &str) -> Result<(Vec<Address>, Vec<Problem>), Refusal> {
    let kinds = [Kind::Vcard, Kind::Sheet, Kind::Lines];
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    each(path, (named, "addresses"), &kinds, &mut |source| {
        let source = match source {
            Err(problem) => return wrong.push(problem),
            Ok(source) => source,
        };
        let Listed { urls, problems } = match source.kind {
            Kind::Vcard => vcard::urls(&source.bytes),
            Kind::Sheet => sheet::urls(&source.bytes),
            Kind::Lines | Kind::Calendar => lines(&source.bytes),
        };
        let place = |line| Place {
            file: source.name.clone(),
            line,
        };
        found.extend(urls.into_iter().map(|(line, url)| Address {
            url,
            place: place(line),
        }));
        wrong.extend(problems.into_iter().map(|(line, text)| Problem {
            place: place(line),
            text,
        }));
    })?;
    Ok((found, wrong))
}

/// One address per line; `#` begins a comment line.
fn lines(bytes: &[u8]) -> Listed {
    let mut listed = Listed::default();
    for (line, number) in bytes.split(|byte| *byte == b'\n').zip(1..) {
        match std::str::from_utf8(line).map(str::trim) {
            Ok(text) if text.is_empty() || text.starts_with('#') => {}
            Ok(text) => listed
                .urls
                .push((number, text.trim_start_matches('\u{feff}').to_owned())),
            Err(_) => listed.problems.push((number, entries::line_not_utf8())),
        }
    }
    listed
}

/// Shows every file of a path in order of name. In a folder a file that cannot be read is a
/// problem; alone it is the end.
fn each(
    path: &Path,
    (named, key): (&str, &str),
    kinds: &[Kind],
    see: &mut dyn FnMut(Result<Source, Problem>),
) -> Result<(), Refusal> {
    let cannot = |cause: String| Refusal(words::unreadable(key, named, cause));
    let refused = |error: io::Error| cannot(error.to_string());
    if !fs::metadata(path).map_err(refused)?.is_dir() {
        let kind = kind(path).filter(|kind| kinds.contains(kind));
        let kind = kind.ok_or_else(|| Refusal(words::unknown_kind(key, named)))?;
        let bytes = read(path).map_err(cannot)?;
        let name = named.into();
        see(Ok(Source { name, kind, bytes }));
        return Ok(());
    }
    for (file, kind) in files(path, kinds).map_err(refused)? {
        let base = file.file_name().unwrap_or_default().to_string_lossy();
        let name: Arc<str> = format!("{}/{base}", named.trim_end_matches('/')).into();
        let source = read(&file).map(|bytes| Source {
            name: name.clone(),
            kind,
            bytes,
        });
        see(source.map_err(|cause| Problem {
            place: Place {
                file: name,
                line: 1,
            },
            text: entries::unreadable(&words::text(&cause)),
        }));
    }
    Ok(())
}

fn files(dir: &Path, kinds: &[Kind]) -> io::Result<Vec<(PathBuf, Kind)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)?.take(FILES_MAX) {
        let path = entry?.path();
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(['.', '_']));
        // In a folder a text file may be anything, so it is no list.
        let kind = kind(&path).filter(|kind| kinds.contains(kind) && path.is_file());
        found.extend(kind.filter(|_| !is_hidden).map(|kind| (path, kind)));
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

fn kind(path: &Path) -> Option<Kind> {
    let ending = path.extension()?.to_string_lossy().to_ascii_lowercase();
    match ending.as_str() {
        "vcf" | "vcard" => Some(Kind::Vcard),
        "csv" => Some(Kind::Sheet),
        "ics" => Some(Kind::Calendar),
        "txt" => Some(Kind::Lines),
        _ => None,
    }
}

/// The bytes of a file, or why there are none. It is opened without waiting: a pipe with nobody at
/// its other end must not hold the run.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NONBLOCK.bits() as i32;
    let cannot = |error: io::Error| error.to_string();
    let file = fs::OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(cannot)?;
    if !file.metadata().map_err(cannot)?.is_file() {
        return Err(words::not_a_file());
    }
    let mut bytes = Vec::new();
    let mut part = file.take(FILE_BYTES_MAX + 1);
    part.read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(words::large_file(FILE_BYTES_MAX >> 20));
    }
    Ok(in_utf8(bytes))
}

/// A file that begins with the mark of UTF-16, as some programs export, in UTF-8.
fn in_utf8(bytes: Vec<u8>) -> Vec<u8> {
    match encoding_rs::Encoding::for_bom(&bytes) {
        Some((encoding, _)) if encoding != encoding_rs::UTF_8 => {
            encoding.decode(&bytes).0.into_owned().into_bytes()
        }
        _ => bytes,
    }
}
