//! One daemon per state directory: a lock that dies with the process. It is on the folder itself,
//! whatever happens to the names in it, and on the file `lock`, which says who holds it and is all
//! that an older version looks at.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use crate::shell::clock;
use crate::shell::held::Held;
use crate::shell::open;
use crate::text::trouble;

/// How long a refused lock is tried again: a child forked by a daemon that was just killed holds
/// the lock until it execs.
const PATIENCE: Duration = Duration::from_millis(500);
/// Most that is read of what a lock file says.
const HOLDER_BYTES_MAX: u64 = 1 << 10;

/// The lock of a state directory; held while this lives. Close-on-exec, so that no child inherits
/// it.
#[derive(Debug)]
pub struct Lock {
    state_dir: PathBuf,
    holder: String,
    _folder: File,
    file: Mutex<(File, Held)>,
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
    pub fn take(state_dir: &Path, holder: &str) -> Result<Lock, LockError> {
        let folder = File::open(state_dir).map_err(LockError::Io)?;
        let refused = || LockError::Held(said(state_dir));
        // NFS locks no folder: there the file alone has to do.
        if is_locked(&folder) {
            return Err(refused());
        }
        let (file, name) = open_lock(state_dir).map_err(LockError::Io)?;
        if is_locked(&file) {
            return Err(refused());
        }
        write_holder(&file, holder);
        Ok(Lock {
            state_dir: state_dir.to_owned(),
            holder: holder.to_owned(),
            _folder: folder,
            file: Mutex::new((file, name)),
        })
    }

    /// Makes the file `lock` again when its name leads elsewhere or nowhere. Says what it did; an
    /// error says who has it.
    ///
    /// # Errors
    /// [`LockError`].
    pub fn renew(&self) -> Result<Option<String>, LockError> {
        let mut held = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if held.1.is_in_place().map_err(LockError::Io)? {
            return Ok(None);
        }
        let (file, name) = open_lock(&self.state_dir).map_err(LockError::Io)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => return Err(LockError::Held(said(&self.state_dir))),
            Err(errno) => return Err(LockError::Io(errno.into())),
            Ok(()) => {}
        }
        write_holder(&file, &self.holder);
        *held = (file, name);
        Ok(Some(trouble::new_lock()))
    }

    /// Whether a daemon holds the lock of this state directory, and what it says of itself.
    pub fn holder(state_dir: &Path) -> Option<String> {
        let is_held = |file: File| {
            let locked = flock(&file, FlockOperation::NonBlockingLockShared);
            locked == Err(Errno::WOULDBLOCK)
        };
        let folder = File::open(state_dir).is_ok_and(is_held);
        let file = || open::read(&state_dir.join("lock")).is_ok_and(is_held);
        (folder || file()).then(|| said(state_dir))
    }
}

/// Locks what is open; true when someone else keeps it locked for as long as our patience lasts.
fn is_locked(file: &File) -> bool {
    let end = clock::uptime() + PATIENCE;
    while flock(file, FlockOperation::NonBlockingLockExclusive) == Err(Errno::WOULDBLOCK) {
        if clock::uptime() >= end {
            return true;
        }
        clock::rest(Duration::from_millis(10));
    }
    false
}

fn open_lock(state_dir: &Path) -> io::Result<(File, Held)> {
    let path = state_dir.join("lock");
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true).create(true);
    let file = open::with(options, &path)?;
    let name = Held::of(&path, &file)?;
    Ok((file, name))
}

/// The text is for people only: a failure to write it does not weaken the lock.
fn write_holder(mut file: &File, holder: &str) {
    let _ = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{holder}"));
}

/// What a lock file says of who holds it.
fn said(state_dir: &Path) -> String {
    let mut text = String::new();
    if let Ok(file) = open::read(&state_dir.join("lock")) {
        let _ = file.take(HOLDER_BYTES_MAX).read_to_string(&mut text);
    }
    match text.trim() {
        "" => "unknown: its file `lock` is gone".to_owned(),
        text => text.to_owned(),
    }
}
