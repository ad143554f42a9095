//! The checkpoint: everything live at a place of the journal, so that a start reads only what was
//! written behind it. A cache: one that does not fit the journal is not used, and a start without
//! one begins at the newest day's state line.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::state::State;
use crate::shell::journal::day::Position;
use crate::shell::journal::day::day_path;
use crate::shell::journal::sum::fingerprint;
use crate::shell::journal::sum::hash;
use crate::shell::open;

/// Journal between two checkpoints: about what a start reads in a tenth of a second.
pub const EVERY_BYTES: u64 = 8 << 20;

/// What the file holds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Version of the program that wrote it: another one may know lines that this one did not fold
    /// in.
    version: String,
    day: u32,
    offset: u64,
    /// Of the last lines before the place.
    fingerprint: u64,
    /// What all lines before the place say.
    pub state: State,
}

impl Checkpoint {
    /// A checkpoint of a place whose lines are durable.
    ///
    /// # Errors
    /// When the day's file cannot be read.
    pub(crate) fn of(state_dir: &Path, at: Position, state: State) -> io::Result<Checkpoint> {
        let file = open::read(&day_path(&state_dir.join("history"), at.day))?;
        Ok(Checkpoint {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            day: at.day,
            offset: at.offset,
            fingerprint: fingerprint(&file, at.offset)?,
            state,
        })
    }

    /// Where the lines begin that it does not hold.
    pub(crate) fn at(&self) -> Position {
        Position {
            day: self.day,
            offset: self.offset,
        }
    }

    /// Writes it, so that a crash leaves this one or the one before.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(&self, state_dir: &Path) -> io::Result<()> {
        let new = state_dir.join("checkpoint.new");
        let written = self.write_to(&new).and_then(|()| {
            fs::rename(&new, state_dir.join("checkpoint"))?;
            File::open(state_dir)?.sync_all()
        });
        if written.is_err() {
            // A half-written file must not keep space that the journal lacks.
            let _ = fs::remove_file(&new);
        }
        written
    }

    fn write_to(&self, path: &Path) -> io::Result<()> {
        let body = serde_json::to_vec(self)?;
        // One left by a crash, or planted there, is not written to.
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = open::with(OpenOptions::new().write(true).create_new(true), path)?;
        file.write_all(format!("{:016x}\n", hash(&body)).as_bytes())?;
        file.write_all(&body)?;
        file.sync_data()
    }

    /// Reads the checkpoint of a state directory; `None` when there is none that fits the journal.
    pub fn read(state_dir: &Path) -> Option<Checkpoint> {
        let mut bytes = Vec::new();
        let mut file = open::read(&state_dir.join("checkpoint")).ok()?;
        file.read_to_end(&mut bytes).ok()?;
        let (sum, body) = (bytes.get(..16)?, bytes.get(17..)?);
        if sum != format!("{:016x}", hash(body)).as_bytes() {
            return None;
        }
        let checkpoint: Checkpoint = serde_json::from_slice(body).ok()?;
        let file = open::read(&day_path(&state_dir.join("history"), checkpoint.day)).ok()?;
        let fits = checkpoint.version == env!("CARGO_PKG_VERSION")
            && fingerprint(&file, checkpoint.offset).ok()? == checkpoint.fingerprint;
        fits.then_some(checkpoint)
    }
}
