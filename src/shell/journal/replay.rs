//! Reads the journal back into a ledger (A7): from the checkpoint on, else from the newest day that
//! begins with a state line, else from the first line. Torn and unknown lines are counted, never
//! trusted.

use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::core::ledger::Ledger;
use crate::model::event::{Event, VERSION};
use crate::model::state::State;
use crate::shell::journal::checkpoint::Checkpoint;
use crate::shell::journal::day::Position;
use crate::shell::journal::day::{day_path, days};
use crate::shell::journal::lines::{
    LINE_BYTES_MAX, STATE_BYTES_MAX, STATE_HEAD, each_line, next_line,
};
use crate::shell::open;
use crate::view::status::Status;

/// What a replay gives.
#[derive(Debug, Default)]
pub struct Replay {
    /// The fold of every line.
    pub ledger: Ledger,
    /// Lines that are not what a writer of any version writes: torn by a crash.
    pub torn: Vec<Place>,
    /// Lines of a type or version that this program does not know.
    pub unknown: Vec<Place>,
    /// Whole lines read.
    pub lines: u64,
    /// Bytes read.
    pub bytes: u64,
}

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// Its first byte.
    pub offset: u64,
}

/// What every line has.
#[derive(Deserialize)]
struct Head {
    v: u32,
}

/// What a line says.
#[derive(Debug)]
pub enum Line {
    /// An event.
    Event(Box<Event>),
    /// Written by a later version.
    Unknown,
    /// Not a whole line.
    Torn,
}

/// Reads what is needed below a state directory.
///
/// # Errors
/// Those of the file system.
pub fn replay(state_dir: &Path, mut see: impl FnMut(&Event)) -> io::Result<Replay> {
    let mut replay = Replay::default();
    let mut from = Position::default();
    if let Some(checkpoint) = Checkpoint::read(state_dir) {
        from = checkpoint.at();
        let state = Event::State(Box::new(checkpoint.state));
        replay.ledger.apply(&state);
        see(&state);
    } else if let Some(day) = newest_head(&state_dir.join("history"))? {
        from.day = day;
    }
    replay.read(&state_dir.join("history"), from, &mut see)?;
    Ok(replay)
}

/// Everything live below a state directory.
///
/// # Errors
/// Those of the file system.
pub fn state(state_dir: &Path) -> io::Result<State> {
    let mut status = Status::default();
    let replay = replay(state_dir, |event| status.apply(event))?;
    let mut state = replay.ledger.state();
    status.add_to(&mut state);
    Ok(state)
}

/// Reads every line below a state directory.
///
/// # Errors
/// Those of the file system.
pub fn replay_all(state_dir: &Path, mut see: impl FnMut(&Event)) -> io::Result<Replay> {
    let mut replay = Replay::default();
    let history = state_dir.join("history");
    replay.read(&history, Position::default(), &mut see)?;
    Ok(replay)
}

impl Replay {
    fn read(
        &mut self,
        history: &Path,
        from: Position,
        see: &mut impl FnMut(&Event),
    ) -> io::Result<()> {
        for day in days(history)?.into_iter().filter(|day| *day >= from.day) {
            let path = day_path(history, day);
            let start = if day == from.day { from.offset } else { 0 };
            each_line(&path, start, |offset, line| {
                self.bytes += line.len() as u64;
                let place = || Place {
                    path: path.clone(),
                    offset,
                };
                match read_line(line) {
                    _ if line == b"\n" => {}
                    Line::Event(event) => {
                        self.ledger.apply(&event);
                        self.lines += 1;
                        see(&event);
                    }
                    Line::Unknown => self.unknown.push(place()),
                    Line::Torn => self.torn.push(place()),
                }
            })?;
        }
        Ok(())
    }
}

/// The newest day whose file begins with a whole state line.
pub(crate) fn newest_head(history: &Path) -> io::Result<Option<u32>> {
    for day in days(history)?.into_iter().rev() {
        if has_head(&day_path(history, day))? {
            return Ok(Some(day));
        }
    }
    Ok(None)
}

/// Whether a day's file begins with a whole state line.
pub(crate) fn has_head(path: &Path) -> io::Result<bool> {
    let mut reader = BufReader::new(open::read(path)?);
    if !reader.fill_buf()?.starts_with(STATE_HEAD) {
        return Ok(false);
    }
    let mut line = Vec::new();
    next_line(&mut reader, &mut line)?;
    Ok(matches!(read_line(&line), Line::Event(event) if matches!(*event, Event::State(_))))
}

/// Reads one line. One that lacks only its newline is whole: no beginning of a JSON object is a
/// JSON object.
pub fn read_line(bytes: &[u8]) -> Line {
    let longest = if bytes.starts_with(STATE_HEAD) {
        STATE_BYTES_MAX
    } else {
        LINE_BYTES_MAX
    };
    let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if body.len() > longest {
        return Line::Torn;
    }
    match serde_json::from_slice::<Event>(body) {
        Ok(event) => Line::Event(Box::new(event)),
        Err(_) => match serde_json::from_slice::<Head>(body) {
            Ok(head) if head.v >= VERSION => Line::Unknown,
            _ => Line::Torn,
        },
    }
}
