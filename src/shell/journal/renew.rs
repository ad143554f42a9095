//! When the name of today's file leads elsewhere (`sed -i`, `rsync`, a restore, `rm`), the
//! descriptor that is still open holds what the new file lacks: those lines are written there
//! again, before anything else is.
//!
//! What recovery sees when the process dies here: the new file with some of the lines, each whole
//! but the last. The next daemon goes by that file, and the lines that were not copied are gone
//! with the old one.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use serde::Deserialize;

use crate::model::run::Status;
use crate::model::run_id::RunId;
use crate::shell::journal::lines::{STATE_HEAD, next_line};
use crate::shell::journal::sum::hash;
use crate::text::trouble;

/// Today's file was not what was written to, and was put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewed {
    /// Its name led elsewhere or nowhere; so many lines were written again.
    Replaced(u64),
    /// It had become shorter: what stood there was cut off.
    Cut,
    /// Files of days that a clock ahead had begun are part of it now; so many lines were moved.
    MovedBack(u64),
}

/// The state directory was renamed away, removed or replaced.
#[derive(Debug)]
pub struct Displaced(pub PathBuf);

impl std::fmt::Display for Displaced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&trouble::displaced(self.0.display()))
    }
}

impl std::error::Error for Displaced {}

/// What tells a line from the others of its run.
#[derive(Deserialize)]
struct Slim<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    id: RunId,
    status: Status,
    #[serde(default)]
    attempt: u32,
    #[serde(default)]
    started_at: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    retry_at: Option<serde::de::IgnoredAny>,
}

/// What a file says.
#[derive(Debug, Default)]
struct Said {
    lines: HashSet<u64>,
    /// Runs that are over there: an earlier line of theirs would have them running again.
    ended: HashSet<RunId>,
    is_empty: bool,
}

/// Copies the whole lines of `old` (its first `length` bytes) that `new` does not say, and makes
/// them durable. Says how many, and gives what stands after the last newline of `old`.
pub(super) fn carry_over(old: &File, length: u64, new: &File) -> io::Result<(u64, Vec<u8>)> {
    let said = read(new)?;
    let mut reader = old;
    reader.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::with_capacity(1 << 18, reader.take(length));
    let mut writer = BufWriter::with_capacity(1 << 18, new);
    if !ends_with_newline(new)? {
        writer.write_all(b"\n")?;
    }
    let (mut copied, mut line) = (0, Vec::new());
    while next_line(&mut reader, &mut line)? > 0 {
        if !line.ends_with(b"\n") {
            writer.flush()?;
            new.sync_data()?;
            return Ok((copied, line));
        }
        if line != b"\n" && said.lacks(&line) {
            writer.write_all(&line)?;
            copied += 1;
        }
    }
    writer.flush()?;
    new.sync_data()?;
    Ok((copied, Vec::new()))
}

impl Said {
    fn note(&mut self, line: &[u8]) {
        let run = run_of(line);
        self.lines.insert(key(line, run.as_ref()));
        self.ended.extend(
            run.filter(|run| run.status != Status::Running)
                .map(|run| run.id),
        );
    }

    fn lacks(&self, line: &[u8]) -> bool {
        if line.starts_with(STATE_HEAD) && !self.is_empty {
            // An old state would undo what stands before it; a new one follows.
            return false;
        }
        let run = run_of(line);
        let is_over =
            |run: &Slim<'_>| run.status == Status::Running && self.ended.contains(&run.id);
        !run.as_ref().is_some_and(is_over) && !self.lines.contains(&key(line, run.as_ref()))
    }
}

fn read(file: &File) -> io::Result<Said> {
    let mut said = Said {
        is_empty: file.metadata()?.len() == 0,
        ..Said::default()
    };
    let mut reader = file;
    reader.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::with_capacity(1 << 18, reader);
    let mut line = Vec::new();
    while next_line(&mut reader, &mut line)? > 0 {
        if !line.ends_with(b"\n") {
            // The line is fenced before anything is written.
            line.push(b'\n');
        }
        said.note(&line);
    }
    Ok(said)
}

fn run_of(line: &[u8]) -> Option<Slim<'_>> {
    let run: Option<Slim<'_>> = serde_json::from_slice(line).ok();
    run.filter(|run| run.kind == "run")
}

/// A run's line by what it is of the run, so that one somebody edited is not said twice; any other
/// by its text.
fn key(line: &[u8], run: Option<&Slim<'_>>) -> u64 {
    let Some(run) = run else { return hash(line) };
    let Slim {
        kind: _,
        id,
        status,
        attempt,
        started_at,
        retry_at,
    } = run;
    let stage = (started_at.is_some(), retry_at.is_some());
    hash(format!("{id} {attempt} {} {stage:?}", status.as_str()).as_bytes())
}

/// Whether a file ends with a whole line; an empty one does.
pub(super) fn ends_with_newline(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::FileExt;
    let length = file.metadata()?.len();
    let mut last = [b'\n'];
    if length > 0 {
        file.read_exact_at(&mut last, length - 1)?;
    }
    Ok(last == [b'\n'])
}
