//! Descriptors: how many runs they allow at once, and a limit that is raised for the daemon and not
//! for its programs.
//!
//! Few runs fit under the limit that the daemon was started with, and it stays as it is. When more
//! are in progress, it is raised, and a program that starts meanwhile takes the old one on before
//! it executes.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit, setrlimit};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::shell::clock::monotonic;

/// Descriptors that a run holds: both pipes, its process, its output file.
const PER_RUN: u64 = 4;
/// Descriptors left for everything else: history, job files, connections, starts.
const RESERVED: u64 = 256;
/// A start that takes longer hangs.
const START_MAX: Duration = Duration::from_secs(1);
/// More runs than this need no counting.
const RUNS_MAX: u64 = 1 << 20;

/// The descriptors of this process.
#[derive(Debug)]
pub struct Descriptors {
    inherited: Rlimit,
    /// How many runs the inherited limit allows.
    runs_plain: usize,
    turns: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    runs: usize,
    is_raised: bool,
    /// Starts under way that began with the inherited limit.
    plain: usize,
    /// Since when the limit is to be raised.
    wanted_since: Option<Instant>,
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
            state: Mutex::default(),
        }
    }

    /// Waits until there are descriptors for one more run.
    ///
    /// # Cancel safety
    /// Cancel safe: a turn that was not taken is lost to no one.
    pub async fn turn(self: &Arc<Descriptors>) -> Option<Turn> {
        let permit = self.turns.clone().acquire_owned().await.ok()?;
        Some(self.begin(permit))
    }

    /// Descriptors for one more run, where there are some at once.
    pub fn turn_now(self: &Arc<Descriptors>) -> Option<Turn> {
        let permit = self.turns.clone().try_acquire_owned().ok()?;
        Some(self.begin(permit))
    }

    fn begin(self: &Arc<Descriptors>, permit: OwnedSemaphorePermit) -> Turn {
        let mut state = self.lock();
        state.runs += 1;
        self.raise_where_wanted(&mut state);
        drop(state);
        Turn {
            descriptors: self.clone(),
            _permit: permit,
        }
    }

    /// Starts a program with the limit that this daemon was started with. A start that hangs holds
    /// up no one else: no lock is held over it.
    ///
    /// # Errors
    /// Those of the start.
    pub fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        let is_raised = {
            let mut state = self.lock();
            // While it is to be raised no more starts are begun that would have to be waited for.
            let is_raised = state.is_raised || state.wanted_since.is_some();
            state.plain += usize::from(!is_raised);
            is_raised
        };
        if is_raised {
            let inherited = self.inherited;
            let take_on = move || setrlimit(Resource::Nofile, inherited).map_err(io::Error::from);
            // SAFETY: between fork and exec the closure makes one system call on a copied value; it
            // allocates nothing and takes no lock, so whatever other threads held at the fork does
            // not matter.
            unsafe { command.pre_exec(take_on) };
            return command.spawn();
        }
        let spawned = command.spawn();
        let mut state = self.lock();
        state.plain -= 1;
        if let (true, Ok(child)) = (state.is_raised, &spawned) {
            // It was raised without waiting for this start, which hung. One that has ended needs no
            // limit.
            let _ = prlimit(
                Some(Pid::from_child(child)),
                Resource::Nofile,
                self.inherited,
            );
        }
        self.raise_where_wanted(&mut state);
        spawned
    }

    /// Raises the limit where there are more runs than the inherited one allows; not while a start
    /// is running that began with it, unless that hangs.
    fn raise_where_wanted(&self, state: &mut State) {
        if state.is_raised || state.runs <= self.runs_plain {
            state.wanted_since = None;
            return;
        }
        let since = *state.wanted_since.get_or_insert_with(monotonic);
        if state.plain == 0 || since.elapsed() >= START_MAX {
            state.is_raised = self.set(self.inherited.maximum);
            state.wanted_since = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
        let mut state = own.lock();
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
    // SAFETY: close_range(2) with CLOSE_RANGE_CLOEXEC closes nothing and touches no memory: it sets
    // a flag that changes what an exec keeps, never what this process may use. Kernels without it
    // (before 5.11) refuse it, and nothing changes.
    let _ = unsafe {
        libc::syscall(
            libc::SYS_close_range,
            FIRST,
            libc::c_uint::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        )
    };
}
