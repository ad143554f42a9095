//! One process of this machine, as `/proc` tells of it: what it is, and signals to it.

use std::fs;

use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal, waitid,
};

/// `PF_KTHREAD`: a thread of the kernel. Its parent is process 2, but under an init of a container
/// that is the daemon itself.
const KTHREAD: u32 = 0x0020_0000;
/// `PF_FORKNOEXEC`: forked, and nothing executed since.
const FORKNOEXEC: u32 = 0x0000_0040;

/// A process, as `/proc/PID/stat` reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    pub(super) parent: u32,
    pub(super) group: u32,
    pub(super) session: u32,
    /// Clock ticks from boot to its start: with `pid`, its identity.
    pub(super) started: u64,
    pub(super) is_zombie: bool,
    /// `PF_*` of the kernel.
    pub(super) flags: u32,
}

impl Process {
    /// Whether the kernel says this of it.
    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    /// Whether it never became its program: it has executed nothing since it was forked.
    pub(super) fn is_unborn(&self) -> bool {
        self.has(FORKNOEXEC)
    }

    /// Sends a signal, unless the id belongs to another process by now.
    pub fn send(&self, signal: Signal) {
        let Some(pid) = raw(self.pid) else { return };
        // Whatever is gone needs no signal; whoever may not be signalled is found again by the next
        // look.
        let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else {
            return;
        };
        if read(self.pid).is_some_and(|now| now.started == self.started) {
            let _ = pidfd_send_signal(&handle, signal);
        }
    }
}

/// A process id as system calls take it.
pub(super) fn raw(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

/// Whether a child of this process has ended; it is not reaped.
pub fn has_ended(child: u32) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    // An error says that there is nothing to wait for any more.
    raw(child).is_none_or(|pid| !matches!(waitid(WaitId::Pid(pid), options), Ok(None)))
}

/// Whether a process never became its program: it has not executed anything since it was forked.
pub fn is_unborn(pid: u32) -> bool {
    read(pid).is_some_and(|process| process.is_unborn())
}

/// Ends the process that a thread of this one has forked and that hangs before it becomes its
/// program.
pub fn end_unborn(thread: u32) {
    let children = fs::read_to_string(format!("/proc/self/task/{thread}/children"));
    let pids = children.unwrap_or_default();
    let pids = pids.split_ascii_whitespace().flat_map(str::parse);
    for process in pids.filter_map(read).filter(Process::is_unborn) {
        process.send(Signal::KILL);
    }
}

/// Every process but this one and the kernel's own.
pub(super) fn processes(own: u32) -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| *pid != own)
        .filter_map(read)
        .filter(|process| !process.has(KTHREAD))
        .collect()
}

/// A process by its id; `None` when there is none.
pub(super) fn read(pid: u32) -> Option<Process> {
    parse(pid, &fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// proc_pid_stat(5): the name, in brackets, may hold anything, so the fields are counted after its
/// last bracket.
fn parse(pid: u32, stat: &[u8]) -> Option<Process> {
    let text = String::from_utf8_lossy(stat);
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    Some(Process {
        pid,
        is_zombie: matches!(*fields.first()?, "Z" | "X"),
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        session: fields.get(3)?.parse().ok()?,
        started: fields.get(19)?.parse().ok()?,
        flags: fields.get(6)?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_name_with_brackets_and_blanks_hides_no_field() {
        let stat = b"7 (a) Z 1 (b) S 1 42 43 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99 0 0\n";
        let found = parse(7, stat).unwrap();
        assert_eq!((found.parent, found.group, found.session), (1, 42, 43));
        assert_eq!((found.started, found.is_zombie), (99, false));
    }
}
