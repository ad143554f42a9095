//! Descriptors: how many runs they allow at once, and a limit that is raised for the daemon and not for its programs.
//!
//! Few runs fit under the limit that the daemon was started with, and it stays as it is. When more go on, it is raised, and
//! a program that starts meanwhile takes the old one on before it executes.

use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::process::{Child, Command};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Descriptors that a run holds: both pipes, its process, its output file.
const PER_RUN: u64 = 4;
/// Descriptors left for everything else: history, job files, connections, starts.
const RESERVED: u64 = 256;
/// More runs than this need no counting.
const RUNS_MAX: u64 = 1 << 20;

/// The descriptors of this process.
#[derive(Debug)]
pub struct Descriptors {
    inherited: Rlimit,
    /// How many runs the inherited limit allows.
    runs_plain: usize,
    turns: Arc<Semaphore>,
    state: RwLock<State>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    runs: usize,
    is_raised: bool,
}

/// The descriptors of one run; free again when this is dropped.
#[derive(Debug)]
pub struct Turn {
    descriptors: Arc<Descriptors>,
    _permit: OwnedSemaphorePermit,
}

impl Descriptors {
    /// The descriptors of this process. Programs get none that it was left by its own parent.
    pub fn new() -> Descriptors {
        close_on_exec();
        let inherited = getrlimit(Resource::Nofile);
        Descriptors {
            inherited,
            runs_plain: runs(inherited.current),
            turns: Arc::new(Semaphore::new(runs(inherited.maximum))),
            state: RwLock::default(),
        }
    }

    /// Waits until there are descriptors for one more run.
    ///
    /// # Cancel safety
    /// Cancel safe: a turn that was not taken is lost to nobody.
    pub async fn turn(self: &Arc<Descriptors>) -> Option<Turn> {
        let permit = self.turns.clone().acquire_owned().await.ok()?;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.runs += 1;
        if state.runs > self.runs_plain && !state.is_raised {
            state.is_raised = self.set(self.inherited.maximum);
        }
        Some(Turn {
            descriptors: self.clone(),
            _permit: permit,
        })
    }

    /// Starts a program with the limit that this daemon was started with.
    ///
    /// # Errors
    /// Those of the start.
    pub fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        // The limit is not raised between the look at it and the start.
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if state.is_raised {
            let inherited = self.inherited;
            let take_on = move || setrlimit(Resource::Nofile, inherited).map_err(io::Error::from);
            // SAFETY: between fork and exec the closure makes one system call on a copied value; it allocates nothing and
            // takes no lock, so whatever other threads held at the fork does not matter.
            unsafe { command.pre_exec(take_on) };
        }
        command.spawn()
    }

    fn set(&self, soft: Option<u64>) -> bool {
        let limit = Rlimit {
            current: soft,
            maximum: self.inherited.maximum,
        };
        setrlimit(Resource::Nofile, limit).is_ok()
    }
}

impl Default for Descriptors {
    fn default() -> Descriptors {
        Descriptors::new()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let own = &self.descriptors;
        let mut state = own.state.write().unwrap_or_else(PoisonError::into_inner);
        state.runs -= 1;
        if state.is_raised && state.runs < own.runs_plain / 2 {
            state.is_raised = !own.set(own.inherited.current);
        }
    }
}

/// How many runs a limit allows.
fn runs(limit: Option<u64>) -> usize {
    let runs = limit.map_or(RUNS_MAX, |limit| {
        (limit.saturating_sub(RESERVED) / PER_RUN).clamp(1, RUNS_MAX)
    });
    usize::try_from(runs).unwrap_or(usize::MAX >> 4)
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
