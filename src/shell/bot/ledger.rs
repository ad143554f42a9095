//! A bot's own ledger: JSON lines in the job's folder, one bot at a time, each line synced before
//! what it announces.
//!
//! A line that a crash cut short announced nothing that happened: it is cut off. Any other line
//! that cannot be read might hide a message that was sent, so nothing is sent until somebody has
//! looked.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::shell::bot::Refusal;
use crate::shell::lock::{Lock, LockError};
use crate::text::bot_setup as words;

/// A ledger with this many lines is rewritten without those that say nothing any more.
const LINES_MAX: usize = 20_000;

/// A ledger that can be added to.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    file: File,
    _lock: Lock,
}

impl Ledger {
    /// Opens the ledger of this name in a job's folder, and gives its lines.
    ///
    /// # Errors
    /// Another run of the job is at work; the ledger cannot be read or written, or is damaged.
    pub fn open<T: DeserializeOwned + Serialize>(
        state: &Path,
        name: &str,
        keep: impl Fn(&[T]) -> Vec<bool>,
    ) -> Result<(Ledger, Vec<T>), Refusal> {
        let path = state.join(name);
        let fail = |error: io::Error| cannot(&path, &error);
        let lock = Lock::take(state, &format!("pid {}", std::process::id())).map_err(held)?;
        let file = options().open(&path).map_err(fail)?;
        let (mut lines, good_bytes) = read(&path)?;
        let is_torn = file.metadata().map_err(fail)?.len() > good_bytes;
        if is_torn {
            file.set_len(good_bytes).map_err(fail)?;
        }
        file.sync_all().map_err(fail)?;
        File::open(state)
            .and_then(|dir| dir.sync_all())
            .map_err(fail)?;
        let mut ledger = Ledger {
            path: path.clone(),
            file,
            _lock: lock,
        };
        if lines.len() > LINES_MAX {
            let mut kept = keep(&lines).into_iter();
            lines.retain(|_| kept.next().unwrap_or(true));
            ledger.rewrite(&lines).map_err(fail)?;
        }
        Ok((ledger, lines))
    }

    /// Reads a ledger without leaving a mark; one that is not there yet is empty.
    ///
    /// # Errors
    /// It cannot be read, or is damaged.
    pub fn peek<T: DeserializeOwned>(state: &Path, name: &str) -> Result<Vec<T>, Refusal> {
        read(&state.join(name)).map(|(lines, _)| lines)
    }

    /// Adds a line; it is on disk when this returns.
    ///
    /// # Errors
    /// Those of the file.
    pub fn add<T: Serialize>(&mut self, line: &T) -> Result<(), Refusal> {
        let mut bytes = serde_json::to_vec(line).map_err(io::Error::from)?;
        bytes.push(b'\n');
        let written = self.file.write_all(&bytes);
        written
            .and_then(|()| self.file.sync_data())
            .map_err(|error| cannot(&self.path, &error))
    }

    fn rewrite<T: Serialize>(&mut self, lines: &[T]) -> io::Result<()> {
        let new = self.path.with_extension("new");
        let mut bytes = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut bytes, line)?;
            bytes.push(b'\n');
        }
        let _ = fs::remove_file(&new);
        let mut file = options().open(&new)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        if let Some(dir) = self.path.parent() {
            File::open(dir)?.sync_all()?;
        }
        self.file = file;
        Ok(())
    }
}

/// The lines of a file, and how many bytes they are.
fn read<T: DeserializeOwned>(path: &Path) -> Result<(Vec<T>, u64), Refusal> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), 0)),
        Err(error) => return Err(cannot(path, &error)),
    };
    let end = bytes.iter().rposition(|byte| *byte == b'\n');
    let whole = &bytes[..end.map_or(0, |end| end + 1)];
    let mut lines = Vec::new();
    for (line, number) in whole.split_inclusive(|byte| *byte == b'\n').zip(1..) {
        let parsed = serde_json::from_slice(line).map_err(|_| damaged(path, number))?;
        lines.push(parsed);
    }
    Ok((lines, whole.len() as u64))
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true).mode(0o600);
    options
}

fn cannot(path: &Path, error: &io::Error) -> Refusal {
    Refusal(words::no_ledger(path.display(), error))
}

fn damaged(path: &Path, line: usize) -> Refusal {
    Refusal(words::damaged_ledger(path.display(), line))
}

fn held(error: LockError) -> Refusal {
    Refusal(match error {
        LockError::Held(by) => words::another_run(by),
        LockError::Io(error) => words::no_folder(error),
    })
}
