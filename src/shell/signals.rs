//! Signals as values.

use std::fs;
use std::io;

use nix::sys::signal::SigSet;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;

/// Signals that end a process unless it listens to them, and that ask nothing of a daemon: USR1,
/// USR2, ALRM, STKFLT, XCPU, VTALRM, PROF, IO, PWR.
const MEANINGLESS: [i32; 9] = [
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGALRM,
    libc::SIGSTKFLT,
    libc::SIGXCPU,
    libc::SIGVTALRM,
    libc::SIGPROF,
    libc::SIGIO,
    libc::SIGPWR,
];
/// Signals of faults: ignored by whoever started this process, they are given back their default.
const FAULTS: [i32; 7] = [
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGABRT,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGSEGV,
    libc::SIGSYS,
];

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// SIGTERM, SIGINT or SIGQUIT: stop; a second one: at once.
    Stop,
    /// SIGHUP: read the job files again, and open the log file again.
    Reload,
}

/// The signals that the daemon listens to.
#[derive(Debug)]
pub struct Signals {
    term: Signal,
    int: Signal,
    quit: Signal,
    hup: Signal,
    /// Listened to so that a write over RLIMIT_FSIZE is an error (EFBIG) and not the end of the
    /// process.
    _xfsz: Signal,
}

impl Signals {
    /// Begins to listen, also to signals that whoever started this process had blocked.
    ///
    /// # Errors
    /// When a handler cannot be installed.
    pub fn listen() -> io::Result<Signals> {
        SigSet::empty().thread_set_mask()?;
        Ok(Signals {
            term: signal(SignalKind::terminate())?,
            int: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            hup: signal(SignalKind::hangup())?,
            _xfsz: signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?,
        })
    }

    /// The next signal, as the exit code of who is ended by it: 128 and its number.
    ///
    /// # Cancel safety
    /// Cancel safe: no signal is lost.
    pub async fn next_end(&mut self) -> u8 {
        tokio::select! {
            _ = self.term.recv() => 143,
            _ = self.int.recv() => 130,
            _ = self.quit.recv() => 131,
            _ = self.hup.recv() => 129,
        }
    }

    /// The next wish.
    ///
    /// # Cancel safety
    /// Cancel safe: no signal is lost.
    pub async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.term.recv() => Wish::Stop,
            _ = self.int.recv() => Wish::Stop,
            _ = self.quit.recv() => Wish::Stop,
            _ = self.hup.recv() => Wish::Reload,
        }
    }
}

/// Outlasts the signals that ask nothing of a daemon, each with a line in the log: ended by one of
/// them it would leave its runs without a TERM. What whoever started this process had ignored is
/// listened to as well, because programs inherit what is ignored and not what is listened to: they
/// start with the default of every signal.
///
/// # Errors
/// When a handler cannot be installed.
pub fn outlast(tasks: &mut JoinSet<()>) -> io::Result<()> {
    let realtime = libc::SIGRTMIN()..=libc::SIGRTMAX();
    let meaningless: Vec<i32> = MEANINGLESS.into_iter().chain(realtime).collect();
    for number in meaningless.iter().copied() {
        let mut stream = signal(SignalKind::from_raw(number))?;
        tasks.spawn(async move {
            while stream.recv().await.is_some() {
                tracing::warn!(
                    number,
                    "a signal that asks nothing of this daemon is ignored"
                );
            }
        });
    }
    for number in ignored().filter(|number| !meaningless.contains(number)) {
        if FAULTS.contains(&number) {
            reset(number);
        } else if number != libc::SIGPIPE {
            // No one listens: that there is a handler is enough. Those that cannot have one are not
            // inherited either.
            let _ = signal(SignalKind::from_raw(number));
        }
    }
    Ok(())
}

/// The signals that this process ignores.
fn ignored() -> impl Iterator<Item = i32> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let mask = mask.unwrap_or(0);
    (1..=64).filter(move |number| mask >> (number - 1) & 1 == 1)
}

/// Gives a signal back its default.
fn reset(number: i32) {
    // SAFETY: signal(2) with SIG_DFL installs no handler, so no code of ours runs in one; a signal
    // of a fault that was ignored had no other reader in this process.
    let _ = unsafe { libc::signal(number, libc::SIG_DFL) };
}
