//! A program that was started: waits for its end without reaping it, so that what the kernel tells
//! of the dead can be read.

use std::io;
use std::os::fd::OwnedFd;
use std::process::{Child as Spawned, ExitStatus};
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::shell::clock::pause;
use crate::shell::process::proc;

/// Between two looks where the kernel does not say when a process ends (before 5.3).
const LOOK: Duration = Duration::from_millis(20);

/// A program that is to be waited for.
#[derive(Debug)]
pub struct Child {
    spawned: Spawned,
    /// Readable when it has ended.
    ended: Option<AsyncFd<OwnedFd>>,
}

impl Child {
    /// Must be called inside the runtime that waits.
    pub fn new(spawned: Spawned) -> Child {
        let pid = Pid::from_child(&spawned);
        let ended = pidfd_open(pid, PidfdFlags::empty()).ok();
        #[expect(
            deprecated,
            reason = "an OwnedFd stays open and the same; the successor is unsafe for types that \
                do not"
        )]
        let ended = ended.and_then(|fd| AsyncFd::with_interest(fd, Interest::READABLE).ok());
        Child { spawned, ended }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.spawned.id()
    }

    /// Waits until it has ended; it is not reaped.
    ///
    /// # Cancel safety
    /// Cancel safe: nothing is lost but the wait.
    pub async fn ended(&self) {
        while !self.has_ended() {
            match &self.ended {
                // An error shows at the next look.
                Some(ended) => match ended.readable().await {
                    Ok(_) if self.has_ended() => return,
                    Ok(mut ready) => ready.clear_ready(),
                    Err(_) => pause(LOOK).await,
                },
                None => pause(LOOK).await,
            }
        }
    }

    /// Whether it has ended; it is not reaped.
    pub fn has_ended(&self) -> bool {
        proc::has_ended(self.id())
    }

    /// Whether it never became its program: it was ended between fork and exec. Read before it is
    /// reaped.
    pub fn is_unborn(&self) -> bool {
        proc::is_unborn(self.id())
    }

    /// Reaps it.
    ///
    /// # Errors
    /// When its exit status is lost.
    pub fn reap(&mut self) -> io::Result<ExitStatus> {
        self.spawned.wait()
    }
}
