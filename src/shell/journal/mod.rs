//! The journal: JSON lines in `history/YYYY-MM-DD.jsonl`, one writer, append only. A complete line
//! is for ever.
//!
//! What recovery sees when the process dies between any two lines of code here: whole lines, and at
//! most one torn one at the end, which the next writer fences with a newline and readers skip. A
//! write that the disk cuts short is not taken back: what is left of it is written when the disk
//! takes it, so that nobody ever reads a line that vanishes.

mod back;
pub mod belief;
pub mod check;
pub mod checkpoint;
pub(crate) mod day;
mod faults;
pub(crate) mod index;
pub mod keep;
pub mod lines;
pub mod outcomes;
pub mod past;
pub mod query;
pub mod renew;
pub mod replay;
pub(crate) mod sum;
pub mod why;

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::FallocateFlags;
use rustix::io::Errno;

use crate::model::event::Event;
use crate::model::state::State;
use crate::shell::clock::monotonic;
use crate::shell::held::Held;
use crate::shell::journal::day::{Position, day_of, days, open_to_append};
use crate::shell::journal::lines::encode;
use crate::shell::journal::renew::{Displaced, Renewed, carry_over, ends_with_newline};
use crate::shell::open::make_private_dir;
use crate::time::{SignedDuration, Timestamp};

/// What a buffer keeps between turns.
const BUFFER_BYTES: usize = 256 << 10;

/// Room that a request needs in today's file, with much to spare.
const ROOM_BYTES: u64 = 64 << 10;
/// A clock that is set back by less than this keeps writing to the day that it had begun.
const MIDNIGHT_TWICE: SignedDuration = SignedDuration::from_hours(1);

/// The only writer of the history.
#[derive(Debug)]
pub struct Journal {
    /// The state directory, which another one of its name does not replace.
    state: Held,
    dir: PathBuf,
    /// The day whose file is open; 0 before there is one.
    day: u32,
    file: Option<File>,
    /// The name of the file, to be compared with what is open.
    name: Option<Held>,
    /// Set when today's file proved to be another one than was written to, until somebody asks.
    renewed: Option<Renewed>,
    /// Length of the file.
    length: u64,
    /// Lines that the file does not hold yet; the first may lack a beginning that it holds.
    pending: Vec<u8>,
    /// Lines written since the last good sync: after a failed one they are written again, for the
    /// kernel may have dropped them and a second sync would lie.
    unsynced: Vec<u8>,
    /// Bytes made durable since the start.
    synced_bytes: u64,
    syncs: u64,
    sync_time: Duration,
}

impl Journal {
    /// Opens the newest day's file for appending. A torn last line is fenced by the next write.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open(state_dir: &Path) -> io::Result<Journal> {
        let dir = state_dir.join("history");
        make_private_dir(&dir)?;
        let state = Held::of(state_dir, &File::open(state_dir)?)?;
        let mut journal = Journal {
            state,
            day: 0,
            file: None,
            name: None,
            renewed: None,
            length: 0,
            pending: Vec::new(),
            unsynced: Vec::new(),
            synced_bytes: 0,
            syncs: 0,
            sync_time: Duration::ZERO,
            dir,
        };
        if let Some(day) = days(&journal.dir)?.pop() {
            journal.open_day(day)?;
        }
        Ok(journal)
    }

    /// The state directory, as it was when the journal was opened.
    pub fn state_dir(&self) -> &Held {
        &self.state
    }

    /// Whether these events belong into a new day's file, which [`Journal::begin_day`] must begin
    /// before. Back to an earlier day goes [`Journal::move_back`] only, so that the order of files
    /// is the order of writing.
    pub fn is_new_day(&self, now: Timestamp) -> bool {
        day_of(now) > self.day || self.length == 0
    }

    /// Begins a new day's file with everything live, which must be what all lines before say.
    /// Durable at the next sync.
    ///
    /// # Errors
    /// Those of the file system. Nothing has changed then: call again.
    pub fn begin_day(&mut self, now: Timestamp, state: State) -> io::Result<()> {
        self.sync()?;
        let day = day_of(now).max(self.day);
        if day != self.day {
            self.open_day(day)?;
        }
        if self.length == 0 && self.pending.is_empty() {
            encode(&Event::State(Box::new(state)), &mut self.pending)?;
        }
        Ok(())
    }

    /// Takes events in, to be written by the next [`Journal::write`] or [`Journal::sync`].
    ///
    /// # Errors
    /// When an event cannot be said in JSON.
    pub fn append(&mut self, events: &[Event]) -> io::Result<()> {
        let mut lines = Vec::new();
        for event in events {
            encode(event, &mut lines)?;
        }
        self.pending.append(&mut lines);
        Ok(())
    }

    /// Writes what was taken in, with one write where the disk allows; not yet durable.
    ///
    /// # Errors
    /// Those of the file system. What was not written stays for the next call.
    pub fn write(&mut self) -> io::Result<()> {
        self.look()?;
        let Some(file) = &mut self.file else {
            return if self.pending.is_empty() {
                Ok(())
            } else {
                Err(io::ErrorKind::NotFound.into())
            };
        };
        while !self.pending.is_empty() {
            match file.write(&self.pending) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    self.length += written as u64;
                    self.unsynced.extend(self.pending.drain(..written));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.believe()
    }

    /// Compares what is open with its name, and puts right what differs.
    fn look(&mut self) -> io::Result<()> {
        if !self.state.is_in_place()? {
            let displaced = Displaced(self.state.path().to_owned());
            return Err(io::Error::other(displaced));
        }
        let (Some(file), Some(name)) = (&self.file, &self.name) else {
            return Ok(());
        };
        if !name.is_in_place()? {
            return self.renew();
        }
        let length = file.metadata()?.len();
        if length > self.length && self.unsynced.is_empty() {
            // Somebody else's lines stay where they are.
            self.length = length;
            if !ends_with_newline(file)? && self.pending.first() != Some(&b'\n') {
                self.pending.insert(0, b'\n');
            }
        }
        if length < self.length {
            self.length = length;
            let rest = std::mem::take(&mut self.pending);
            self.pending = b"\n".to_vec();
            self.pending.append(&mut self.unsynced);
            self.pending.extend(rest);
            self.renewed = Some(Renewed::Cut);
        }
        Ok(())
    }

    /// Goes on in the file that has the name now, which gets what only the one that is open holds.
    fn renew(&mut self) -> io::Result<()> {
        let Some(old) = self.file.as_ref() else {
            return Ok(());
        };
        make_private_dir(&self.dir)?;
        let (new, name) = open_to_append(&self.dir, self.day)?;
        let before = new.metadata()?.len();
        let (copied, mut torn) = carry_over(old, self.length, &new)?;
        if !torn.is_empty() && self.pending.is_empty() {
            torn.push(b'\n');
        }
        torn.append(&mut self.pending);
        self.pending = torn;
        // Whatever was written is in the new file by now, and durable there.
        self.unsynced.clear();
        if copied > 0 || before != self.length {
            self.renewed = Some(Renewed::Replaced(copied));
            // It stands for lines of the other file.
            let _ = std::fs::remove_file(self.state.path().join("checkpoint"));
        }
        self.length = new.metadata()?.len();
        (self.file, self.name) = (Some(new), Some(name));
        Ok(())
    }

    /// What happened to today's file since this was asked: everything live belongs into it, for
    /// what stands there may be in another order than it was written in, or be missing.
    pub fn take_renewed(&mut self) -> Option<Renewed> {
        self.renewed.take()
    }

    /// Says everything live, as all lines taken in so far say it.
    ///
    /// # Errors
    /// When it cannot be said in JSON.
    pub fn say_state(&mut self, state: State) -> io::Result<()> {
        encode(&Event::State(Box::new(state)), &mut self.pending)
    }

    /// Looks whether the file is as long as what was written: a disk (or another writer) that says
    /// otherwise is not believed, and the lines since the last good sync are written again behind a
    /// fence.
    fn believe(&mut self) -> io::Result<()> {
        let Some(file) = self.file.as_ref().filter(|_| !self.unsynced.is_empty()) else {
            return Ok(());
        };
        let length = file.metadata()?.len();
        if length == self.length {
            return Ok(());
        }
        self.length = length;
        self.pending = b"\n".to_vec();
        self.pending.append(&mut self.unsynced);
        Err(io::Error::other(
            "the file is not as long as what was written to it",
        ))
    }

    /// Makes everything taken in durable (`fdatasync`).
    ///
    /// # Errors
    /// Those of the file system; after a failed sync the lines are written again at the next call.
    pub fn sync(&mut self) -> io::Result<()> {
        self.write()?;
        let Some(file) = self.file.as_ref().filter(|_| !self.unsynced.is_empty()) else {
            return Ok(());
        };
        let start = monotonic();
        let synced = file.sync_data();
        self.sync_time += start.elapsed();
        if let Err(error) = synced {
            self.pending = std::mem::take(&mut self.unsynced);
            return Err(error);
        }
        self.syncs += 1;
        // The name may have come to lead elsewhere since the write: a line that nobody can read is
        // not durable.
        self.look()?;
        if !self.pending.is_empty() {
            return Err(io::Error::other("the file became shorter meanwhile"));
        }
        self.synced_bytes += self.unsynced.len() as u64;
        self.unsynced.clear();
        give_back(&mut self.unsynced);
        give_back(&mut self.pending);
        Ok(())
    }

    /// Bytes made durable since the start.
    pub fn synced_bytes(&self) -> u64 {
        self.synced_bytes
    }

    /// Whether something taken in is not durable yet.
    pub fn is_dirty(&self) -> bool {
        !self.unsynced.is_empty() || !self.pending.is_empty()
    }

    /// Whether the disk takes what a request leads to: asked before it is carried out, for what is
    /// decided is carried out when the disk takes it, however late.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn has_room(&self) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let flags = FallocateFlags::KEEP_SIZE;
        match rustix::fs::fallocate(file, flags, self.length, ROOM_BYTES) {
            // A file system that reserves nothing tells when it is written to.
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INTR) | Ok(()) => {}
            Err(errno) => return Err(errno.into()),
        }
        let limit = rustix::process::getrlimit(rustix::process::Resource::Fsize).current;
        if limit.is_some_and(|limit| limit < self.length + ROOM_BYTES) {
            return Err(Errno::FBIG.into());
        }
        Ok(())
    }

    /// Time spent in syncs.
    pub fn sync_time(&self) -> Duration {
        self.sync_time
    }

    /// How many syncs succeeded.
    pub fn syncs(&self) -> u64 {
        self.syncs
    }

    /// Where the next line begins, when nothing waits to be written.
    pub(crate) fn end(&self) -> Position {
        Position {
            day: self.day,
            offset: self.length,
        }
    }

    fn open_day(&mut self, day: u32) -> io::Result<()> {
        let (file, name) = open_to_append(&self.dir, day)?;
        self.length = file.metadata()?.len();
        if !ends_with_newline(&file)? {
            self.pending.push(b'\n');
        }
        (self.file, self.name, self.day) = (Some(file), Some(name), day);
        Ok(())
    }
}

/// Leaves an empty buffer no more memory than a usual turn takes.
fn give_back(buffer: &mut Vec<u8>) {
    if buffer.is_empty() && buffer.capacity() > BUFFER_BYTES {
        *buffer = Vec::new();
    }
}
