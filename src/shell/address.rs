//! Where the endpoint listens, and `address` in the state directory, which says it: also when any free port was asked for.
//! It is written once the endpoint listens and removed at a clean stop. One that a killed daemon left says nothing: only the
//! lock tells whether a daemon lives.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::shell::clock::pause;
use crate::shell::lock::Lock;
use crate::shell::notify;
use crate::text::cause::cause;
use crate::text::{Text, command_errors as words};

/// Between tries to write it while the disk refuses: commands go on over the socket meanwhile.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// The socket that systemd hands over, else one of our own.
///
/// # Errors
/// A sentence that says why there is none.
pub async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Text> {
    let handed =
        notify::handed_over().and_then(|socket| socket.map(TcpListener::from_std).transpose());
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

/// Writes the file of the daemon that holds the lock; with a full disk as soon as it takes it. The file goes with what is
/// returned.
pub fn write_down(state_dir: &Path, listens: SocketAddr, tasks: &mut JoinSet<()>) -> Removal {
    let address = Address::new(state_dir, listens);
    let removal = Removal(address.path.clone());
    if let Err(error) = address.write() {
        tracing::warn!(%error, "the address file cannot be written yet");
        tasks.spawn(address.write_when_possible());
    }
    removal
}

/// Where the daemon of this state directory listens; `None` where none runs, or its file cannot be read.
pub fn of_daemon(state_dir: &Path) -> Option<SocketAddr> {
    Lock::holder(state_dir)?;
    let text = fs::read_to_string(state_dir.join("address")).ok()?;
    text.trim_end().parse().ok()
}

/// The file to be written.
#[derive(Clone, Debug)]
struct Address {
    path: PathBuf,
    listens: SocketAddr,
}

/// Removes the file when it is dropped. Dropped before the lock, so that it never removes a successor's file.
#[derive(Debug)]
pub struct Removal(PathBuf);

impl Drop for Removal {
    fn drop(&mut self) {
        // A file that stays is one of a killed daemon: nobody believes it.
        let _ = fs::remove_file(&self.0);
    }
}

impl Address {
    /// The address of the daemon that holds the lock of this state directory. What a killed one left is removed.
    fn new(state_dir: &Path, listens: SocketAddr) -> Address {
        let path = state_dir.join("address");
        let _ = fs::remove_file(&path);
        Address { path, listens }
    }

    /// Writes the file beside its place and renames it, so that a reader finds all of it or nothing.
    fn write(&self) -> io::Result<()> {
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
        fs::rename(&new, &self.path)
    }

    /// Writes it once the disk takes it: a daemon starts on a full disk too.
    async fn write_when_possible(self) {
        loop {
            pause(WRITE_AGAIN).await;
            let address = self.clone();
            let written = tokio::task::spawn_blocking(move || address.write()).await;
            if matches!(written, Ok(Ok(()))) {
                return;
            }
        }
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
        let address = Address::new(dir.path(), listens);
        address.write().unwrap();
        assert_eq!(of_daemon(dir.path()), None, "the lock is free");
        let lock = Lock::take(dir.path(), "a test").unwrap();
        assert_eq!(of_daemon(dir.path()), Some(listens));
        drop(Removal(address.path));
        assert_eq!(of_daemon(dir.path()), None);
        drop(lock);
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
        Address::new(dir.path(), listens).write().unwrap();
        assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
        let text = fs::read_to_string(dir.path().join("address")).unwrap();
        assert_eq!(text, "[::1]:4711\n");
    }
}
