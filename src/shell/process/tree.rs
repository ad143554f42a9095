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

use rustix::process::{Signal, WaitOptions};

use crate::model::run_id::RunId;
use crate::shell::clock::{monotonic, pause};
use crate::shell::process::look::{Look, Who};
use crate::shell::process::proc::{Process, has_ended, processes, raw, read};

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
                && !(is_stuck && process.is_unborn())
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

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
}
