//! Whether what a job names is on this machine: what the form asks before the first run would fail.
//! The endpoint has no password, so a visitor learns nothing of paths out of the folder of the
//! settings; and an address book is read only while it is small, for the form asks again and again.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::bot::day::DateOrder;
use crate::form::need::What;
use crate::page::past::Found;
use crate::shell::bot::{Refusal, book};
use crate::shell::open;
use crate::shell::process::surroundings::PATH;
use crate::text::cause::cause;
use crate::text::{Text, bot_setup, needs as words, visible};

/// Larger address books and lists are not read: that they are there must do.
const BYTES_MAX: u64 = 4 << 20;

/// Looks for it. `base` is the folder that relative paths start from.
pub fn find(what: &What, base: &Path, may: bool) -> Found {
    match what {
        What::Variable(name) => match std::env::var_os(name) {
            Some(_) => Found::There,
            None => Found::Lacking(words::no_variable(&visible(name))),
        },
        What::Program(name, dir) => program(name, &base.join(dir), base, may),
        What::Path(named) => at(named, base, may, |_| Ok(None)),
        What::Contacts(named, order) => at(named, base, may, |path| {
            let order = match order.as_str() {
                "dmy" => Some(DateOrder::Dmy),
                "mdy" => Some(DateOrder::Mdy),
                _ => None,
            };
            let book = book::contacts(path, named, order).map_err(said)?;
            let is_empty = book.contacts.is_empty() && book.set_aside == 0;
            Ok(is_empty.then(|| words::nobody(&visible(named))))
        }),
        What::Pages(named) => at(named, base, may, |path| {
            let (pages, _) = book::addresses(path, named).map_err(said)?;
            Ok(pages.is_empty().then(|| words::no_pages(&visible(named))))
        }),
    }
}

fn said(refusal: Refusal) -> Text {
    bot_setup::text(&refusal.0)
}

/// A file or folder, and what its readers say of it.
fn at(
    named: &str,
    base: &Path,
    may: bool,
    look: impl FnOnce(&Path) -> Result<Option<Text>, Text>,
) -> Found {
    let path = base.join(named);
    if !may && !is_inside(&path, base) {
        return Found::Unseen;
    }
    if let Err(error) = readable(&path) {
        return Found::Lacking(words::no_path(&visible(named), &cause(&error)));
    }
    let is_small = fs::metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() <= BYTES_MAX);
    match is_small.then(|| look(&path)) {
        Some(Ok(Some(text)) | Err(text)) => Found::Lacking(text),
        Some(Ok(None)) | None => Found::There,
    }
}

/// Whether a path, or the folder that it would be in, is below the base, links resolved.
fn is_inside(path: &Path, base: &Path) -> bool {
    let real = path.ancestors().find_map(|known| known.canonicalize().ok());
    let (Some(real), Ok(base)) = (real, base.canonicalize()) else {
        return false;
    };
    let climbs = path.components().any(|part| part.as_os_str() == "..");
    real.starts_with(base) && !climbs
}

fn readable(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.is_dir() {
        return fs::read_dir(path).map(drop);
    }
    open::read(path).map(drop)
}

fn program(name: &str, dir: &Path, base: &Path, may: bool) -> Found {
    let lacking = || Found::Lacking(words::no_program(&visible(name)));
    let places: Vec<PathBuf> = if name.contains('/') {
        let path = dir.join(name);
        if !may && !is_inside(&path, base) {
            return Found::Unseen;
        }
        vec![path]
    } else {
        let path = std::env::var_os("PATH").unwrap_or_else(|| PATH.into());
        std::env::split_paths(&path)
            .map(|dir| dir.join(name))
            .collect()
    };
    if places.iter().any(|path| is_executable(path)) {
        return Found::There;
    }
    lacking()
}

fn is_executable(path: &Path) -> bool {
    let meta = fs::metadata(path);
    meta.is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}
