//! The journal: JSON lines in `history/YYYY-MM-DD.jsonl`, one writer, append only. A complete line is for ever.
//!
//! What recovery sees when the process dies between any two lines of code here: whole lines, and at most one torn one at
//! the end, which the next writer fences with a newline and readers skip.

pub(crate) mod index;
pub(crate) mod known;
pub mod query;
pub mod replay;

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::model::event::{Event, VERSION};
use crate::time::Timestamp;

/// The only writer of the history.
#[derive(Debug)]
pub struct Journal {
    dir: PathBuf,
    day: String,
    file: File,
    /// Length up to the end of the last whole line.
    length: u64,
    /// Lines written since the last good sync: after a failed one they are written again, for the kernel may have
    /// dropped them and a second sync would lie.
    unsynced: Vec<u8>,
    /// Whether the file's end is not the end of a line.
    torn: bool,
    /// Whether the last sync failed, so that `unsynced` must be written again.
    distrusted: bool,
    syncs: u64,
}

impl Journal {
    /// Opens the newest day's file for appending, or makes today's. A torn last line is fenced at the first append.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open(state_dir: &Path, now: Timestamp) -> io::Result<Journal> {
        let dir = state_dir.join("history");
        make_private_dir(&dir)?;
        let newest = query::day_files(&dir)?.pop();
        let last_day = newest.and_then(|path| Some(path.file_stem()?.to_str()?.to_owned()));
        let day = last_day.map_or(day_of(now), |last| last.max(day_of(now)));
        let (file, length, torn) = open_day(&dir, &day)?;
        let unsynced = Vec::new();
        Ok(Journal {
            dir,
            day,
            file,
            length,
            unsynced,
            torn,
            distrusted: false,
            syncs: 0,
        })
    }

    /// Writes the events with one write; not yet durable.
    ///
    /// # Errors
    /// Those of the file system. Nothing of the events counts as written then: call again.
    pub fn append(&mut self, now: Timestamp, events: &[Event]) -> io::Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        self.turn_day(now)?;
        let mut lines = Vec::new();
        for event in events {
            encode(event, &mut lines)?;
        }
        self.write(&lines)?;
        self.unsynced.extend_from_slice(&lines);
        Ok(())
    }

    /// Makes everything written durable (`fdatasync`).
    ///
    /// # Errors
    /// Those of the file system; the lines are written again at the next call.
    pub fn sync(&mut self) -> io::Result<()> {
        if self.unsynced.is_empty() {
            return Ok(());
        }
        if self.distrusted {
            let lines = std::mem::take(&mut self.unsynced);
            let written = self.write(&lines);
            self.unsynced = lines;
            written?;
        }
        self.distrusted = true;
        self.file.sync_data()?;
        self.distrusted = false;
        self.syncs += 1;
        self.unsynced.clear();
        Ok(())
    }

    /// Whether something written is not durable yet.
    pub fn is_dirty(&self) -> bool {
        !self.unsynced.is_empty()
    }

    /// How many syncs succeeded.
    pub fn syncs(&self) -> u64 {
        self.syncs
    }

    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        if self.torn {
            self.file.write_all(b"\n")?;
            self.length += 1;
            self.torn = false;
        }
        if let Err(error) = self.file.write_all(lines) {
            // A short write comes before ENOSPC: take it back, or fence it at the next try.
            self.torn = self.file.set_len(self.length).is_err();
            return Err(error);
        }
        self.length += lines.len() as u64;
        Ok(())
    }

    /// Goes to the next day's file. Never back, so that the order of files is the order of writing.
    fn turn_day(&mut self, now: Timestamp) -> io::Result<()> {
        let day = day_of(now);
        if day <= self.day {
            return Ok(());
        }
        self.sync()?;
        let (file, length, torn) = open_day(&self.dir, &day)?;
        (self.file, self.length, self.torn, self.day) = (file, length, torn, day);
        Ok(())
    }
}

/// Appends the line of an event.
fn encode(event: &Event, lines: &mut Vec<u8>) -> io::Result<()> {
    let body = serde_json::to_vec(event)?;
    write!(lines, "{{\"v\":{VERSION},")?;
    lines.extend_from_slice(&body[1..]);
    lines.push(b'\n');
    Ok(())
}

fn day_of(now: Timestamp) -> String {
    now.strftime("%Y-%m-%d").to_string()
}

fn open_day(dir: &Path, day: &str) -> io::Result<(File, u64, bool)> {
    let path = dir.join(format!("{day}.jsonl"));
    let is_new = !path.exists();
    let mut options = OpenOptions::new();
    let mut file = options
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&path)?;
    if is_new {
        File::open(dir)?.sync_all()?;
    }
    let length = file.seek(SeekFrom::End(0))?;
    let mut last = [b'\n'];
    if length > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    Ok((file, length, last != [b'\n']))
}

/// Makes a folder only its owner can enter, whatever the umask lets through.
///
/// # Errors
/// Those of the file system.
pub fn make_private_dir(dir: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}
