//! One daemon per state directory: a lock that dies with the process.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};

use crate::shell::clock;

/// How long a refused lock is tried again: a child forked by a daemon that was just killed holds the lock until it execs.
const PATIENCE: Duration = Duration::from_millis(500);

/// The lock of a state directory; held while this lives. Close-on-exec, so that no child inherits it.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why there is no lock.
#[derive(Debug)]
pub enum LockError {
    /// Another daemon holds it; what its lock file says of it.
    Held(String),
    /// The file cannot be made or locked.
    Io(io::Error),
}

impl Lock {
    /// Takes the lock of a state directory and writes who holds it into the file.
    ///
    /// # Errors
    /// [`LockError`].
    #[expect(
        clippy::disallowed_methods,
        reason = "a bounded wait for a lock, before there is a loop"
    )]
    pub fn take(state_dir: &Path, holder: &str) -> Result<Lock, LockError> {
        let mut options = OpenOptions::new();
        let options = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600);
        let mut file = options
            .open(state_dir.join("lock"))
            .map_err(LockError::Io)?;
        let end = Instant::now() + PATIENCE;
        while flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            if Instant::now() >= end {
                let mut text = String::new();
                let _ = file.read_to_string(&mut text);
                return Err(LockError::Held(text.trim().to_owned()));
            }
            clock::rest(Duration::from_millis(10));
        }
        // The text is for people only: a failure to write it does not weaken the lock.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{holder}"));
        Ok(Lock { _file: file })
    }

    /// Whether a daemon holds the lock of this state directory, and what it says of itself.
    pub fn holder(state_dir: &Path) -> Option<String> {
        let path = state_dir.join("lock");
        let file = File::open(&path).ok()?;
        if flock(&file, FlockOperation::NonBlockingLockShared).is_ok() {
            return None;
        }
        fs::read_to_string(&path)
            .ok()
            .map(|text| text.trim().to_owned())
    }
}
