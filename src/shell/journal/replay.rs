//! Reads the journal back into a ledger (A7). Torn and unknown lines are counted, never trusted.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::core::ledger::Ledger;
use crate::model::event::{Event, VERSION};
use crate::shell::journal::query::day_files;

/// Longest line that is read; a longer one is damage.
pub(crate) const LINE_BYTES_MAX: usize = 1 << 20;

/// What a replay gives.
#[derive(Debug, Default)]
pub struct Replay {
    /// The fold of every line.
    pub ledger: Ledger,
    /// Lines that are not what a writer of any version writes: torn by a crash.
    pub torn: Vec<Place>,
    /// Lines of a type or version that this program does not know.
    pub unknown: Vec<Place>,
    /// Whole lines.
    pub lines: u64,
}

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
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

/// Reads everything below `state_dir/history`.
///
/// # Errors
/// Those of the file system.
pub fn replay(state_dir: &Path, mut see: impl FnMut(&Event)) -> io::Result<Replay> {
    let mut replay = Replay::default();
    for path in day_files(&state_dir.join("history"))? {
        let mut reader = BufReader::with_capacity(1 << 16, File::open(&path)?);
        let mut bytes = Vec::new();
        for line in 1.. {
            bytes.clear();
            if reader.read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
            let place = || Place {
                path: path.clone(),
                line,
            };
            match read_line(&bytes) {
                _ if bytes == b"\n" => {}
                Line::Event(event) => {
                    replay.ledger.apply(&event);
                    replay.lines += 1;
                    see(&event);
                }
                Line::Unknown => replay.unknown.push(place()),
                Line::Torn => replay.torn.push(place()),
            }
        }
    }
    Ok(replay)
}

/// Reads one line, its newline included: without it the line is torn, whatever it parses to.
pub fn read_line(bytes: &[u8]) -> Line {
    let Some(body) = bytes
        .strip_suffix(b"\n")
        .filter(|body| body.len() <= LINE_BYTES_MAX)
    else {
        return Line::Torn;
    };
    match serde_json::from_slice::<Event>(body) {
        Ok(event) => Line::Event(Box::new(event)),
        Err(_) => match serde_json::from_slice::<Head>(body) {
            Ok(head) if head.v >= VERSION => Line::Unknown,
            _ => Line::Torn,
        },
    }
}
