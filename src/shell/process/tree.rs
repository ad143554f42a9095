//! The processes of runs, told from all others: by the marker in their environment, by the process
//! group and session that a program leads, by descent, and by cgroup where there is one. One look
//! at `/proc` serves all who ask at that moment.
//!
//! A process is known by run id *and* state directory: the same files elsewhere give the same run
//! ids. And as long as the daemon that started it lives, it is that daemon's: a folder that was
//! renamed away has a successor of the same path.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, WaitOptions, pidfd_open, pidfd_send_signal,
    waitid,
};

use crate::model::run::RunId;
use crate::shell::clock::{monotonic, pause};
use crate::shell::process::cgroup::Group;

/// How often a tree that ends is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// Rounds of KILL before a process that does not die is left to the kernel and reported.
const KILL_ROUNDS: u32 = 100;
/// Between the end of a child and the look at what it left running.
const SWEEP: Duration = Duration::from_secs(1);
/// From TERM to KILL for what a run left running without anyone's knowledge.
const LEFT_MIN: Duration = Duration::from_secs(5);
/// How long a zombie without an owner stays before it is reaped: a helper's own wait comes first.
const ZOMBIE_MIN: Duration = Duration::from_secs(1);
/// A start that takes longer hangs.
const START_MAX: Duration = Duration::from_secs(1);

/// A process, as `/proc/PID/stat` reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    parent: u32,
    group: u32,
    session: u32,
    /// Clock ticks from boot to its start: with `pid`, its identity.
    started: u64,
    is_zombie: bool,
    /// `PF_*` of the kernel.
    flags: u32,
}

/// Whose processes are meant.
#[derive(Clone, Copy, Debug)]
pub struct Who<'a> {
    /// The run.
    pub run_id: RunId,
    /// The program of the attempt, where this daemon started it; it leads a process group.
    pub leader: Option<Leader>,
    /// Its cgroup, where there is one.
    pub cgroup: Option<&'a Group>,
}

/// While this lives, a program is being started.
#[derive(Debug)]
pub struct Starting<'a> {
    table: &'a Table,
    number: u64,
}

impl Drop for Starting<'_> {
    fn drop(&mut self) {
        self.table.starts().remove(&self.number);
    }
}

/// The programs that are being started: they exist before anyone has enrolled them.
#[derive(Debug, Default)]
struct Starts {
    next: u64,
    since: BTreeMap<u64, Instant>,
}

impl Starts {
    fn remove(&mut self, number: &u64) {
        self.since.remove(number);
    }
}

/// The program of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leader {
    /// Its process id.
    pub pid: u32,
    /// Whether it was waited for: its id may belong to another process by now.
    pub is_reaped: bool,
}

/// All processes at one moment.
#[derive(Debug)]
pub struct Look {
    begun: Instant,
    /// The group of this process and of what it starts for itself.
    own_group: u32,
    processes: Vec<Process>,
    runs: HashMap<u32, RunId>,
}

/// The processes of this machine, looked at when someone asks.
#[derive(Debug)]
pub struct Table {
    state: Vec<u8>,
    own: u32,
    own_group: u32,
    last: tokio::sync::Mutex<Option<Arc<Look>>>,
    /// Processes once seen with a marker: it stays theirs, whatever environment they take on later.
    marks: Mutex<HashMap<(u32, u64), RunId>>,
    /// Programs that supervisors wait for, and their runs.
    leaders: Mutex<HashMap<u32, RunId>>,
    starting: Mutex<Starts>,
    /// Runs whose program was waited for, until their end is told.
    ending: Mutex<BTreeSet<RunId>>,
    /// Processes without an owner: since when they are known, and whether they were asked to stop.
    left: Mutex<HashMap<(u32, u64), (Instant, bool)>>,
    zombies: Mutex<HashMap<(u32, u64), Instant>>,
}

impl Table {
    /// A table for the runs under a state directory.
    pub fn new(state_dir: &Path) -> Table {
        let mut state = b"JOBSD_STATE_DIR=".to_vec();
        state.extend_from_slice(state_dir.as_os_str().as_bytes());
        Table {
            state,
            own: std::process::id(),
            // 0 where it was led from outside of this container: getpgrp of rustix knows no such
            // group.
            own_group: read(std::process::id()).map_or(0, |own| own.group),
            last: tokio::sync::Mutex::new(None),
            marks: Mutex::default(),
            leaders: Mutex::default(),
            starting: Mutex::default(),
            ending: Mutex::default(),
            left: Mutex::default(),
            zombies: Mutex::default(),
        }
    }

    /// All processes, not older than this call; those who ask together share one look.
    pub async fn look(self: &Arc<Self>) -> Arc<Look> {
        let asked = monotonic();
        let mut last = self.last.lock().await;
        if let Some(look) = last.as_ref().filter(|look| look.begun >= asked) {
            return look.clone();
        }
        let table = self.clone();
        let look = tokio::task::spawn_blocking(move || table.look_now()).await;
        let look = Arc::new(look.unwrap_or_else(|_| self.look_now()));
        *last = Some(look.clone());
        look
    }

    /// All processes, now.
    pub fn look_now(&self) -> Look {
        let begun = monotonic();
        let processes = processes(self.own);
        let mut known = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut marks = HashMap::new();
        let mut runs = HashMap::new();
        for process in processes.iter().filter(|process| !process.is_zombie) {
            let key = (process.pid, process.started);
            let run = known.get(&key).copied();
            if let Some(run) = run.or_else(|| self.marker(process.pid)) {
                marks.insert(key, run);
                runs.insert(process.pid, run);
            }
        }
        *known = marks;
        Look {
            begun,
            own_group: self.own_group,
            processes,
            runs,
        }
    }

    /// Begins the start of a program; it ends with what is returned, after [`Table::enroll`].
    pub fn begin_start(&self) -> Starting<'_> {
        let mut starts = self.starts();
        let number = starts.next;
        starts.next += 1;
        starts.since.insert(number, monotonic());
        Starting {
            table: self,
            number,
        }
    }

    fn starts(&self) -> MutexGuard<'_, Starts> {
        self.starting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a program that a supervisor waits for.
    pub fn enroll(&self, leader: u32, run_id: RunId) {
        self.leaders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(leader, run_id);
    }

    /// The runs whose programs are still running.
    pub fn active(&self) -> HashSet<RunId> {
        let leaders = self.leaders.lock().unwrap_or_else(PoisonError::into_inner);
        leaders.values().copied().collect()
    }

    /// Forgets a program that was waited for. Its run stays until its end is [told](Table::told).
    pub fn dismiss(&self, leader: u32) {
        let mut leaders = self.leaders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run_id) = leaders.remove(&leader) {
            self.ending().insert(run_id);
        }
    }

    /// The end of a run was told to the loop.
    pub fn told(&self, run_id: RunId) {
        self.ending().remove(&run_id);
    }

    /// The runs whose program has ended, and whose end was not told.
    pub fn ended(&self) -> BTreeSet<RunId> {
        let leaders = self.leaders.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = leaders.iter().filter(|(leader, _)| has_ended(**leader));
        let ended: BTreeSet<RunId> = ended.map(|(_, run_id)| *run_id).collect();
        &ended | &self.ending()
    }

    fn ending(&self) -> MutexGuard<'_, BTreeSet<RunId>> {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends every process of a run: TERM, `kill_grace` (or until `hurry` says so), KILL until none
    /// is left. Says what could not be ended.
    pub async fn end(
        self: &Arc<Self>,
        who: Who<'_>,
        kill_grace: Duration,
        hurry: impl Future<Output = ()>,
    ) -> Option<&'static str> {
        let grace = pause(kill_grace);
        tokio::pin!(grace, hurry);
        let mut told: HashSet<(u32, u64)> = HashSet::new();
        loop {
            let found = self.look().await.members(who);
            if found.is_empty() {
                return None;
            }
            for process in found {
                // One that was forked since the last look is told too.
                if told.insert((process.pid, process.started)) {
                    process.send(Signal::TERM);
                    // A stopped process cannot take its TERM.
                    process.send(Signal::CONT);
                }
            }
            tokio::select! {
                () = pause(LOOK) => {}
                () = &mut grace => break,
                () = &mut hurry => break,
            }
        }
        for _ in 0..KILL_ROUNDS {
            let found = self.look().await.members(who);
            if found.is_empty() {
                return None;
            }
            if let Some(group) = who.cgroup {
                group.kill();
            }
            for process in found {
                process.send(Signal::KILL);
            }
            pause(LOOK).await;
        }
        Some("some of its processes do not die, even by KILL")
    }

    /// Reaps what was adopted and is dead, and ends adopted processes whose run is over: TERM when
    /// they are found a second time, KILL when they are found again after `LEFT_MIN`. One that shed
    /// its marker belongs to any run that began before it. Tells how many are left.
    pub async fn sweep(self: &Arc<Self>) -> usize {
        let look = self.look().await;
        let (is_starting, is_stuck) = self.starting();
        if is_starting {
            // One of those in sight may be a program that its supervisor has not enrolled yet.
            return 1;
        }
        let leaders = self
            .leaders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let adopted = look.processes.iter().filter(|process| {
            // What this daemon started for itself is in its own group.
            process.parent == self.own
                && !leaders.contains_key(&process.pid)
                && process.group != self.own_group
                // A start that hangs has not become its program yet, and must not keep the dead of
                // others.
                && !(is_stuck && process.has(FORKNOEXEC))
        });
        let (dead, alive): (Vec<Process>, Vec<Process>) =
            adopted.copied().partition(|process| process.is_zombie);
        self.reap(&dead);
        let began_before = |leader: u32, process: &Process| {
            let found = look.processes.iter().find(|p| p.pid == leader);
            found.is_none_or(|leader| leader.started <= process.started)
        };
        let is_left = |process: &&Process| match look.runs.get(&process.pid) {
            Some(run_id) => !leaders.values().any(|active| active == run_id),
            None => !leaders.keys().any(|leader| began_before(*leader, process)),
        };
        self.end_left(alive.iter().filter(is_left));
        dead.len() + alive.len()
    }

    /// Whether programs are being started, but for starts that hang; and whether any hangs.
    fn starting(&self) -> (bool, bool) {
        let starts = self.starts();
        let hangs = |since: &Instant| since.elapsed() >= START_MAX;
        let hanging = starts.since.values().filter(|since| hangs(since)).count();
        (hanging < starts.since.len(), hanging > 0)
    }

    fn end_left<'a>(&self, found: impl Iterator<Item = &'a Process>) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let mut still = HashMap::new();
        for process in found {
            let key = (process.pid, process.started);
            let (since, is_told) = *left.get(&key).unwrap_or(&(monotonic(), false));
            let is_known = left.contains_key(&key);
            if is_known && !is_told {
                tracing::warn!(
                    pid = process.pid,
                    "a run that is over left a process; it is ended"
                );
                process.send(Signal::TERM);
                process.send(Signal::CONT);
            }
            if is_told && since.elapsed() >= LEFT_MIN {
                process.send(Signal::KILL);
            }
            still.insert(key, (since, is_known));
        }
        *left = still;
    }

    fn reap(&self, dead: &[Process]) {
        let mut zombies = self.zombies.lock().unwrap_or_else(PoisonError::into_inner);
        zombies.retain(|key, _| dead.iter().any(|p| (p.pid, p.started) == *key));
        for process in dead {
            let since = *zombies
                .entry((process.pid, process.started))
                .or_insert_with(monotonic);
            if since.elapsed() >= ZOMBIE_MIN
                && let Some(pid) = raw(process.pid)
            {
                // Gone already is as good.
                let _ = rustix::process::waitpid(Some(pid), WaitOptions::NOHANG);
            }
        }
    }

    /// The run whose marker a process carries.
    fn marker(&self, pid: u32) -> Option<RunId> {
        let environ = fs::read(format!("/proc/{pid}/environ")).ok()?;
        let variables = || environ.split(|byte| *byte == 0);
        if !variables().any(|variable| variable == self.state) || self.is_of_another(&environ) {
            return None;
        }
        let run = variables().find_map(|variable| variable.strip_prefix(b"JOBSD_RUN_ID="))?;
        RunId::parse(std::str::from_utf8(run).ok()?)
    }

    /// Whether an environment names a daemon that is not this one and lives.
    fn is_of_another(&self, environ: &[u8]) -> bool {
        let mut variables = environ.split(|byte| *byte == 0);
        let mark = variables.find_map(|variable| variable.strip_prefix(b"JOBSD_DAEMON="));
        let daemon = mark.and_then(|mark| {
            let (pid, started) = std::str::from_utf8(mark).ok()?.split_once('-')?;
            Some((pid.parse().ok()?, started.parse().ok()?))
        });
        daemon.is_some_and(|(pid, started): (u32, u64)| {
            let found = read(pid).filter(|_| pid != self.own);
            found.is_some_and(|found| found.started == started && !found.is_zombie)
        })
    }

    /// Whether a process is of a run of another daemon that lives.
    pub fn is_foreign(&self, pid: u32) -> bool {
        fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environ| self.is_of_another(&environ))
    }
}

/// Which daemon starts a program: its process id and when it began, for `JOBSD_DAEMON`.
pub fn own_mark() -> String {
    let own = std::process::id();
    format!("{own}-{}", read(own).map_or(0, |own| own.started))
}

/// Reaps and ends what runs leave running: a while after each end of a child, until nothing is
/// left. As PID 1 this serves the whole container.
pub async fn sweep(table: Arc<Table>) {
    let ended = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::child());
    let Ok(mut ended) = ended else { return };
    while ended.recv().await.is_some() {
        loop {
            pause(SWEEP).await;
            if table.sweep().await == 0 {
                break;
            }
        }
    }
}

impl Look {
    /// The runs that have processes.
    pub fn runs(&self) -> BTreeSet<RunId> {
        self.runs.values().copied().collect()
    }

    /// The living processes of a run.
    pub fn members(&self, who: Who<'_>) -> Vec<Process> {
        let listed = who.cgroup.map(Group::members).unwrap_or_default();
        let mut found: HashSet<u32> = listed.into_iter().collect();
        let is_there = |pid: u32| self.processes.iter().any(|process| process.pid == pid);
        let leader = who
            .leader
            .filter(|leader| !(leader.is_reaped && is_there(leader.pid)))
            .map(|leader| leader.pid);
        let leads = |process: &&Process| {
            leader.is_some_and(|pid| [process.pid, process.group, process.session].contains(&pid))
        };
        found.extend(self.processes.iter().filter(leads).map(|p| p.pid));
        let marked = self.runs.iter().filter(|(_, run)| **run == who.run_id);
        found.extend(marked.map(|(pid, _)| *pid));
        // A parent comes before its children in most lists, not in all; and who is in a group with
        // one of them was forked by one of them.
        loop {
            let groups: HashSet<u32> = self
                .processes
                .iter()
                .filter(|process| found.contains(&process.pid) && process.group != self.own_group)
                .map(|process| process.group)
                .collect();
            let grown = self.processes.iter().filter(|process| {
                found.contains(&process.parent) || groups.contains(&process.group)
            });
            let more: Vec<u32> = grown
                .map(|process| process.pid)
                .filter(|pid| !found.contains(pid))
                .collect();
            if more.is_empty() {
                break;
            }
            found.extend(more);
        }
        let alive = |process: &&Process| !process.is_zombie && found.contains(&process.pid);
        self.processes.iter().filter(alive).copied().collect()
    }
}

impl Process {
    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
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

/// Whether the group of a program that was waited for still has members after this time: some end
/// with it.
pub async fn stays(leader: u32, longest: Duration) -> bool {
    let has_members =
        || raw(leader).is_some_and(|pid| rustix::process::test_kill_process_group(pid).is_ok());
    let since = monotonic();
    while has_members() {
        if since.elapsed() >= longest {
            return true;
        }
        pause(LOOK).await;
    }
    false
}

fn raw(pid: u32) -> Option<Pid> {
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
    read(pid).is_some_and(|process| process.has(FORKNOEXEC))
}

/// Ends the process that a thread of this one has forked and that hangs before it becomes its
/// program.
pub fn end_unborn(thread: u32) {
    let children = fs::read_to_string(format!("/proc/self/task/{thread}/children"));
    let pids = children.unwrap_or_default();
    let pids = pids.split_ascii_whitespace().flat_map(str::parse);
    for process in pids.filter_map(read).filter(|child| child.has(FORKNOEXEC)) {
        process.send(Signal::KILL);
    }
}

/// Every process but this one and the kernel's own.
fn processes(own: u32) -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| *pid != own)
        .filter_map(read)
        .filter(|process| !process.has(KTHREAD))
        .collect()
}

/// `PF_KTHREAD`: a thread of the kernel. Its parent is process 2, but under an init of a container
/// that is the daemon itself.
const KTHREAD: u32 = 0x0020_0000;
/// `PF_FORKNOEXEC`: forked, and nothing executed since.
const FORKNOEXEC: u32 = 0x0000_0040;

fn read(pid: u32) -> Option<Process> {
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

    fn process(pid: u32, parent: u32, group: u32, session: u32) -> Process {
        Process {
            pid,
            parent,
            group,
            session,
            started: u64::from(pid),
            is_zombie: false,
            flags: 0,
        }
    }

    #[test]
    fn a_name_with_brackets_and_blanks_hides_no_field() {
        let stat = b"7 (a) Z 1 (b) S 1 42 43 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99 0 0\n";
        let found = parse(7, stat).unwrap();
        assert_eq!((found.parent, found.group, found.session), (1, 42, 43));
        assert_eq!((found.started, found.is_zombie), (99, false));
    }

    #[tokio::test]
    async fn an_unenrolled_program_is_not_a_leftover() {
        use std::os::unix::process::CommandExt;
        let dir = tempfile::tempdir().unwrap();
        let table = Arc::new(Table::new(dir.path()));
        let starting = table.begin_start();
        let mut child = std::process::Command::new("sleep")
            .arg("611")
            .env("JOBSD_STATE_DIR", dir.path())
            .env("JOBSD_RUN_ID", uuid::Uuid::from_u128(3).to_string())
            .process_group(0)
            .spawn()
            .unwrap();
        for _ in 0..4 {
            assert!(table.sweep().await > 0);
        }
        assert!(
            child.try_wait().unwrap().is_none(),
            "a start was taken for a leftover"
        );
        drop(starting);
        // Now it is one: no one waits for it.
        while child.try_wait().unwrap().is_none() {
            table.sweep().await;
        }
    }

    #[test]
    fn a_tree_holds_group_session_marked_and_descendants() {
        let run_id = RunId::from_uuid(uuid::Uuid::from_u128(1));
        let other = RunId::from_uuid(uuid::Uuid::from_u128(2));
        let look = Look {
            begun: monotonic(),
            own_group: 5,
            processes: vec![
                process(19, 12, 19, 19), // grandchild of a marked one, before its parent
                process(10, 5, 10, 5),   // the leader
                process(11, 1, 10, 5),   // its group
                process(12, 1, 12, 12),  // marked, in a session of its own
                process(13, 1, 12, 12),  // without a marker, in the group of that one
                process(15, 1, 15, 15),  // marked by another run
                process(17, 1, 5, 5),    // what the daemon started for itself
                process(16, 1, 16, 16),  // a stranger
            ],
            runs: HashMap::from([(12, run_id), (15, other)]),
        };
        let who = Who {
            run_id,
            leader: Some(Leader {
                pid: 10,
                is_reaped: false,
            }),
            cgroup: None,
        };
        let found: Vec<u32> = look.members(who).iter().map(|p| p.pid).collect();
        assert_eq!(found, [19, 10, 11, 12, 13]);
        let reused = Who {
            leader: Some(Leader {
                pid: 10,
                is_reaped: true,
            }),
            ..who
        };
        let found: Vec<u32> = look.members(reused).iter().map(|p| p.pid).collect();
        assert_eq!(
            found,
            [19, 12, 13],
            "an id that was taken over by a stranger"
        );
    }
}
