//! Descriptors: how many runs they allow at once, and a limit that is raised for the daemon and not for its programs.

use std::sync::{Mutex, PoisonError};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::Semaphore;

/// Descriptors that a run may hold: both pipes, its process, its output file, and the ends that only its start needs.
const PER_RUN: u64 = 6;
/// Descriptors left for everything else: history, job files, connections.
const RESERVED: u64 = 256;
/// More runs than this need no counting.
const RUNS_MAX: u64 = 1 << 20;

/// The descriptors of this process.
#[derive(Debug)]
pub struct Descriptors {
    inherited: Rlimit,
    raised: Rlimit,
    /// How many starts go on under the inherited limit.
    narrow: Mutex<usize>,
    turns: Semaphore,
}

/// While this lives, a program that is started has the limit that this daemon was started with.
#[derive(Debug)]
pub struct Narrow<'a>(&'a Descriptors);

impl Descriptors {
    /// Raises the soft limit to the hard one, and keeps from programs what this daemon was left by its own parent.
    pub fn raise() -> Descriptors {
        close_on_exec();
        let inherited = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: inherited.maximum,
            maximum: inherited.maximum,
        };
        // What cannot be raised stays: fewer runs go on at once.
        let is_raised = setrlimit(Resource::Nofile, raised).is_ok();
        let raised = if is_raised { raised } else { inherited };
        let runs = raised.current.map_or(RUNS_MAX, |limit| {
            (limit.saturating_sub(RESERVED) / PER_RUN).clamp(1, RUNS_MAX)
        });
        Descriptors {
            inherited,
            raised,
            narrow: Mutex::new(0),
            turns: Semaphore::new(usize::try_from(runs).unwrap_or(usize::MAX >> 4)),
        }
    }

    /// Waits until there are descriptors for one more run; they are free again when the permit is dropped.
    ///
    /// # Cancel safety
    /// Cancel safe: a turn that was not taken is lost to nobody.
    pub async fn turn(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// Takes the inherited limit on for the start of a program. Meanwhile nothing else can have a descriptor above it: it
    /// fails for a moment and is tried again, as when there are none.
    pub fn narrow(&self) -> Narrow<'_> {
        let mut narrow = self.narrow.lock().unwrap_or_else(PoisonError::into_inner);
        *narrow += 1;
        if *narrow == 1 && self.inherited != self.raised {
            let _ = setrlimit(Resource::Nofile, self.inherited);
        }
        Narrow(self)
    }
}

/// Marks every descriptor above standard error close-on-exec; our own are made so.
fn close_on_exec() {
    const FIRST: libc::c_uint = 3;
    // SAFETY: close_range(2) with CLOSE_RANGE_CLOEXEC closes nothing and touches no memory: it sets a flag that changes
    // what an exec keeps, never what this process may use. Kernels without it (before 5.11) refuse it, and nothing changes.
    let _ = unsafe {
        libc::syscall(
            libc::SYS_close_range,
            FIRST,
            libc::c_uint::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        )
    };
}

impl Drop for Narrow<'_> {
    fn drop(&mut self) {
        let mut narrow = self.0.narrow.lock().unwrap_or_else(PoisonError::into_inner);
        *narrow -= 1;
        if *narrow == 0 && self.0.inherited != self.0.raised {
            let _ = setrlimit(Resource::Nofile, self.0.raised);
        }
    }
}
