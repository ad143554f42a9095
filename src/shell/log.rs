//! Where the daemon's log goes. A thread of its own writes it, so that a terminal that was stopped,
//! a pipe that no one reads or a disk that hangs never holds the loop up. What finds no room is
//! dropped and counted, in the log itself and in `/metrics`. A file that was renamed or removed is
//! opened again.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::mem::take;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

use crate::shell::clock::{rest, uptime};
use crate::text::trouble;

/// Lines that wait to be written.
const WAITING_BYTES_MAX: usize = 8 << 20;
/// Between two looks at whether the file is still the one of its name.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A write that takes longer is reported.
const REPORTED_AFTER: Duration = Duration::from_secs(1);
/// Before a descriptor that takes nothing now, and does not wait, is tried again.
const AGAIN_AFTER: Duration = Duration::from_millis(20);

/// The log; clones are the same log.
#[derive(Clone, Debug)]
pub struct Log {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    /// There is something to do.
    filled: Condvar,
    /// Everything is written.
    emptied: Condvar,
    /// The file; standard error where there is none.
    path: Option<PathBuf>,
}

#[derive(Debug, Default)]
struct Queue {
    lines: VecDeque<Vec<u8>>,
    /// Bytes that wait or are being written.
    bytes: usize,
    /// Lines dropped that the log does not report yet, and all of them.
    untold: u64,
    dropped: u64,
    /// Since when something is being written.
    since: Option<Duration>,
    /// Why the last write failed.
    failure: Option<String>,
    is_to_reopen: bool,
}

impl Log {
    /// A log on standard error.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn stderr() -> io::Result<Log> {
        Log::begin(None, Box::new(io::stderr()))
    }

    /// A log in a file, which is made when it is missing.
    ///
    /// # Errors
    /// When the file cannot be opened, or the system refuses a thread.
    pub fn file(path: PathBuf) -> io::Result<Log> {
        // Opened here for the first time, so that a wrong path is an error of the start.
        let file = open(&path)?;
        let place = Place::of(&file);
        Log::begin(Some((path, place)), Box::new(file))
    }

    fn begin(
        named: Option<(PathBuf, Option<Place>)>,
        target: Box<dyn Write + Send>,
    ) -> io::Result<Log> {
        let (path, place) = named.unzip();
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            filled: Condvar::new(),
            emptied: Condvar::new(),
            path,
        });
        let log = Log { shared };
        let written = log.shared.clone();
        let mut target = Target {
            target,
            place: place.flatten(),
        };
        let builder = thread::Builder::new().name("log".to_owned());
        builder.spawn(move || written.serve(&mut target))?;
        Ok(log)
    }

    /// Opens the file again, also when its name still leads to it.
    pub fn reopen(&self) {
        self.shared.lock().is_to_reopen = true;
        self.shared.filled.notify_one();
    }

    /// How many lines were dropped.
    pub fn dropped(&self) -> u64 {
        self.shared.lock().dropped
    }

    /// Why the log is not written; `None` when it is.
    pub fn trouble(&self) -> Option<String> {
        let queue = self.shared.lock();
        let name = match &self.shared.path {
            Some(path) => trouble::log_file(path.display()),
            None => trouble::standard_error(),
        };
        let hangs = |since: Duration| uptime().saturating_sub(since) >= REPORTED_AFTER;
        if queue.since.is_some_and(hangs) {
            return Some(trouble::unread_log(name));
        }
        let failure = queue.failure.as_ref()?;
        Some(trouble::failed_log(name, failure))
    }

    /// Waits until everything is written, for a bounded time.
    pub fn flush(&self, longest: Duration) {
        let end = uptime() + longest;
        let mut queue = self.shared.lock();
        while queue.bytes > 0 {
            let rest = end.saturating_sub(uptime());
            if rest.is_zero() {
                return;
            }
            let waited = self.shared.emptied.wait_timeout(queue, rest);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

impl Write for Log {
    /// Takes a line; never waits.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut queue = self.shared.lock();
        if queue.bytes + line.len() > WAITING_BYTES_MAX {
            queue.dropped += 1;
            queue.untold += 1;
            return Ok(line.len());
        }
        queue.bytes += line.len();
        queue.lines.push_back(line.to_vec());
        drop(queue);
        self.shared.filled.notify_one();
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, target: &mut Target) {
        loop {
            let (lines, is_to_reopen) = self.next();
            let renewed = self.renew(target, is_to_reopen);
            let count = lines.len() as u64;
            let text: Vec<u8> = lines.into_iter().flatten().collect();
            let written = target.put(&text);
            let untold = self.note(text.len(), count, renewed.and(written));
            if untold > 0 {
                tracing::warn!(lines = untold, "log lines were dropped: they were not read");
            }
        }
    }

    /// What is to be written next.
    fn next(&self) -> (VecDeque<Vec<u8>>, bool) {
        let mut queue = self.lock();
        if queue.lines.is_empty() && !queue.is_to_reopen {
            queue = match self.path {
                Some(_) => {
                    let waited = self.filled.wait_timeout(queue, LOOK_EVERY);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    let waited = self.filled.wait(queue);
                    waited.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
        queue.since = Some(uptime());
        (take(&mut queue.lines), take(&mut queue.is_to_reopen))
    }

    /// Notes how a write went; gives how many lines were dropped and are still to be reported.
    fn note(&self, bytes: usize, lines: u64, done: io::Result<()>) -> u64 {
        let mut queue = self.lock();
        if done.is_err() {
            queue.dropped += lines;
            queue.untold += lines;
        }
        queue.bytes -= bytes;
        queue.since = None;
        if bytes > 0 || done.is_err() {
            queue.failure = done.err().map(|error| error.to_string());
        }
        if queue.bytes == 0 {
            self.emptied.notify_all();
        }
        match queue.failure {
            None => take(&mut queue.untold),
            Some(_) => 0,
        }
    }

    /// Opens the file again where its name leads to another one, or to none.
    fn renew(&self, target: &mut Target, is_to_reopen: bool) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let is_same = Place::named(path) == target.place;
        if is_same && !is_to_reopen {
            return Ok(());
        }
        let file = open(path)?;
        target.place = Place::of(&file);
        target.target = Box::new(file);
        if !is_same {
            let file = path.display();
            tracing::warn!(%file, "the log file was renamed or removed; it is opened again");
        }
        Ok(())
    }
}

/// Where lines go, and which file that is.
struct Target {
    target: Box<dyn Write + Send>,
    place: Option<Place>,
}

impl Target {
    fn put(&mut self, mut text: &[u8]) -> io::Result<()> {
        while !text.is_empty() {
            match self.target.write(text) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => text = &text[written..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Someone who shares the descriptor has made it one that does not wait.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    rest(AGAIN_AFTER);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Which file a name leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    device: u64,
    inode: u64,
}

impl Place {
    fn of(file: &File) -> Option<Place> {
        file.metadata().ok().map(|meta| Place::from(&meta))
    }

    fn named(path: &Path) -> Option<Place> {
        std::fs::metadata(path).ok().map(|meta| Place::from(&meta))
    }

    fn from(meta: &std::fs::Metadata) -> Place {
        Place {
            device: meta.dev(),
            inode: meta.ino(),
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::os::fd::OwnedFd;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    /// Only lines that have no room are lost.
    #[test]
    fn an_unread_pipe_holds_nobody_up() {
        let (mut reader, writer) = io::pipe().unwrap();
        let target = File::from(OwnedFd::from(writer));
        let mut log = Log::begin(None, Box::new(target)).unwrap();
        let line = [b'x'; 1 << 10];
        let before = uptime();
        let mut given = 0;
        while log.dropped() == 0 {
            log.write_all(&line).unwrap();
            given += 1;
        }
        assert!(uptime() - before < LONG, "the log was waited for");
        while log.trouble().is_none() {
            assert!(uptime() - before < LONG, "nobody says that it is not read");
            thread::yield_now();
        }
        let kept = (given - 1) * line.len();
        let mut all = vec![0; kept];
        io::Read::read_exact(&mut reader, &mut all).unwrap();
        assert!(all.iter().all(|byte| *byte == b'x'));
        log.flush(LONG);
        assert_eq!(log.trouble(), None);
    }

    #[test]
    fn a_renamed_or_removed_log_is_reopened() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let mut log = Log::file(path.clone()).unwrap();
        let mut say = |line: &str| {
            log.write_all(line.as_bytes()).unwrap();
            log.flush(LONG);
        };
        say("one\n");
        std::fs::rename(&path, dir.path().join("old")).unwrap();
        say("two\n");
        std::fs::remove_file(&path).unwrap();
        say("three\n");
        let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
        assert_eq!(
            (read("old"), read("log")),
            ("one\n".into(), "three\n".into())
        );
    }
}
