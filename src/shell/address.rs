//! Where the endpoint listens, and `address` in the state directory, which says it: also when any
//! free port was asked for. It is written once the endpoint listens, again where it is replaced or
//! removed meanwhile, and removed at a clean stop. Commands continue over the socket while the disk
//! refuses it. One that a killed daemon left says nothing: only the lock tells whether a daemon
//! lives.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpListener;

use crate::shell::held::{Identity, identity, identity_at};
use crate::shell::lock::Lock;
use crate::shell::systemd;
use crate::text::cause::cause;
use crate::text::trouble;
use crate::text::{Text, command_errors as words};

/// The socket that systemd hands over, else one of our own.
///
/// # Errors
/// A sentence that says why there is none.
pub async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Text> {
    let handed =
        systemd::handed_over().and_then(|socket| socket.map(TcpListener::from_std).transpose());
    let listener = match handed {
        Ok(Some(listener)) => listener,
        Ok(None) => TcpListener::bind(address)
            .await
            .map_err(|e| words::no_listener(&address.to_string(), &cause(&e)))?,
        Err(e) => return Err(words::bad_handed_socket(&cause(&e))),
    };
    let address = listener.local_addr().unwrap_or(address);
    Ok((listener, address))
}

/// Writes the file of the daemon that holds the lock. What cannot be written yet, on a full disk,
/// is written by [`Address::renew`]. The file goes with the second value.
pub fn write_down(state_dir: &Path, listens: SocketAddr) -> (Arc<Address>, Removal) {
    let address = Arc::new(Address::new(state_dir, listens));
    if let Err(error) = address.renew() {
        tracing::warn!(%error, "the address file cannot be written yet");
    }
    (address.clone(), Removal(address))
}

/// Where the daemon of this state directory listens; `None` where none runs, or its file cannot be
/// read.
pub fn of_daemon(state_dir: &Path) -> Option<SocketAddr> {
    Lock::holder(state_dir)?;
    let text = fs::read_to_string(state_dir.join("address")).ok()?;
    text.trim_end().parse().ok()
}

/// The file, and what its name led to when it was written.
#[derive(Debug)]
pub struct Address {
    path: PathBuf,
    listens: SocketAddr,
    written: Mutex<Written>,
}

#[derive(Debug)]
enum Written {
    /// Not yet.
    Not,
    /// To this file.
    To(Identity),
    /// It was removed by us, and is not made again.
    Over,
}

/// Removes the file when it is dropped. Dropped before the lock, so that it never removes a
/// successor's file.
#[derive(Debug)]
pub struct Removal(Arc<Address>);

impl Drop for Removal {
    fn drop(&mut self) {
        let mut written = self.0.lock();
        *written = Written::Over;
        // A file that stays is one of a killed daemon: nobody believes it.
        let _ = fs::remove_file(&self.0.path);
    }
}

impl Address {
    /// The address of the daemon that holds the lock of this state directory. What a killed one
    /// left is removed.
    fn new(state_dir: &Path, listens: SocketAddr) -> Address {
        let path = state_dir.join("address");
        let _ = fs::remove_file(&path);
        Address {
            path,
            listens,
            written: Mutex::new(Written::Not),
        }
    }

    /// Writes the file when it is not there or is not ours. Says what it did where it had been
    /// written before.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn renew(&self) -> io::Result<Option<String>> {
        let mut written = self.lock();
        let is_first = match *written {
            Written::Over => return Ok(None),
            Written::To(ours) if identity_at(&self.path)? == Some(ours) => return Ok(None),
            Written::To(_) => false,
            Written::Not => true,
        };
        *written = Written::To(self.write()?);
        Ok((!is_first).then(trouble::new_address))
    }

    /// Writes the file beside its place and renames it, so that a reader finds all of it or
    /// nothing.
    fn write(&self) -> io::Result<Identity> {
        let new = self.path.with_extension("new");
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // A new file: a link that somebody put there is not followed.
        let mut options = OpenOptions::new();
        let options = options.write(true).create_new(true).mode(0o600);
        let mut file = options.open(&new)?;
        writeln!(file, "{}", self.listens)?;
        fs::rename(&new, &self.path)?;
        Ok(identity(&file.metadata()?))
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn only_the_file_of_a_living_daemon_is_believed() {
        let dir = tempfile::tempdir().unwrap();
        let listens = "127.0.0.1:4711".parse().unwrap();
        let (_, removal) = write_down(dir.path(), listens);
        assert_eq!(of_daemon(dir.path()), None, "the lock is free");
        let lock = Lock::take(dir.path(), "a test").unwrap();
        assert_eq!(of_daemon(dir.path()), Some(listens));
        drop(removal);
        assert_eq!(of_daemon(dir.path()), None);
        drop(lock);
    }

    #[test]
    fn an_address_that_was_removed_is_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("address");
        let (address, removal) = write_down(dir.path(), "127.0.0.1:4711".parse().unwrap());
        assert_eq!(address.renew().unwrap(), None, "it is in its place");
        fs::remove_file(&path).unwrap();
        assert!(address.renew().unwrap().is_some());
        assert_eq!(fs::read_to_string(&path).unwrap(), "127.0.0.1:4711\n");
        fs::write(dir.path().join("other"), "127.0.0.1:1\n").unwrap();
        fs::rename(dir.path().join("other"), &path).unwrap();
        assert!(address.renew().unwrap().is_some());
        assert_eq!(fs::read_to_string(&path).unwrap(), "127.0.0.1:4711\n");
        drop(removal);
        assert_eq!(address.renew().unwrap(), None, "the daemon is stopping");
        assert!(!path.exists());
    }

    #[test]
    fn a_link_in_its_way_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let mine = dir.path().join("mine");
        fs::write(&mine, "mine").unwrap();
        for name in ["address.new", "address"] {
            std::os::unix::fs::symlink(&mine, dir.path().join(name)).unwrap();
        }
        let listens = "[::1]:4711".parse().unwrap();
        let _written = write_down(dir.path(), listens);
        assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
        let text = fs::read_to_string(dir.path().join("address")).unwrap();
        assert_eq!(text, "[::1]:4711\n");
    }
}
