//! Finds and ends all processes of a run: its process group, and, for those that left it (`setsid`), every process that
//! carries the run's marker in its environment.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};
use tokio::process::Child;

use crate::model::run::RunId;
use crate::shell::clock::pause;
use crate::shell::process::output::Capture;

/// How often the tree is looked at while it ends.
const LOOK: Duration = Duration::from_millis(20);
/// Rounds of KILL before a process that does not die is left to the kernel and reported.
const KILL_ROUNDS: u32 = 100;

/// What the environment of every process of a run holds: the same files elsewhere give the same run ids, so the state
/// directory is part of it.
#[derive(Clone, Debug)]
pub struct Marker {
    run: Vec<u8>,
    state: Vec<u8>,
}

/// The processes of a run.
#[derive(Clone, Copy, Debug)]
pub struct Tree<'a> {
    /// The program itself, which leads the process group.
    pub leader: Option<u32>,
    /// What its descendants carry.
    pub marker: &'a Marker,
}

/// A process of a former daemon's run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Orphan {
    /// The run it carries.
    pub run_id: RunId,
    /// Its process id.
    pub pid: u32,
}

impl Marker {
    /// The marker of a run under a state directory.
    pub fn new(run_id: RunId, state_dir: &Path) -> Marker {
        Marker {
            run: format!("JOBSD_RUN_ID={run_id}").into_bytes(),
            state: state_of(state_dir),
        }
    }

    fn is_on(&self, environ: &[u8]) -> bool {
        let mut variables = environ.split(|byte| *byte == 0);
        let (mut run, mut state) = (false, false);
        for variable in &mut variables {
            run |= variable == self.run;
            state |= variable == self.state;
        }
        run && state
    }
}

/// Ends a tree: TERM, `kill_grace`, KILL until none is left. Says what could not be ended.
pub async fn end(
    tree: Tree<'_>,
    kill_grace: Duration,
    child: &mut Child,
    capture: &mut Capture,
) -> Option<String> {
    signal(tree, Signal::TERM);
    let grace = pause(kill_grace);
    tokio::pin!(grace);
    while !is_gone(tree, child) {
        tokio::select! {
            () = capture.pump(), if capture.is_open() => {}
            () = pause(LOOK) => {}
            () = &mut grace => break,
        }
    }
    for _ in 0..KILL_ROUNDS {
        if is_gone(tree, child) {
            return None;
        }
        signal(tree, Signal::KILL);
        pause(LOOK).await;
    }
    Some("some of its processes do not die, even by KILL".to_owned())
}

/// Whether a process group has members.
pub fn has_group(leader: u32) -> bool {
    pid(leader).is_some_and(|pid| test_kill_process_group(pid).is_ok())
}

/// The processes of former runs under a state directory.
pub fn find_orphans(state_dir: &Path) -> BTreeSet<Orphan> {
    let state = state_of(state_dir);
    let found = processes().filter_map(|(pid, environ)| {
        let mut variables = environ.split(|byte| *byte == 0);
        if !variables.any(|variable| variable == state) {
            return None;
        }
        let run = environ
            .split(|byte| *byte == 0)
            .find_map(|v| v.strip_prefix(b"JOBSD_RUN_ID="))?;
        let run_id = RunId::parse(std::str::from_utf8(run).ok()?)?;
        Some(Orphan { run_id, pid })
    });
    found.collect()
}

/// Ends the processes of a former daemon's run; returns when the last one is gone.
pub async fn end_orphans(run_id: RunId, state_dir: &Path, kill_grace: Duration) {
    let marker = Marker::new(run_id, state_dir);
    let tree = Tree {
        leader: None,
        marker: &marker,
    };
    signal(tree, Signal::TERM);
    let grace = pause(kill_grace);
    tokio::pin!(grace);
    while !marked(&marker).is_empty() {
        tokio::select! {
            () = pause(LOOK) => {}
            () = &mut grace => break,
        }
    }
    while !marked(&marker).is_empty() {
        signal(tree, Signal::KILL);
        pause(LOOK).await;
    }
}

fn signal(tree: Tree<'_>, signal: Signal) {
    // Whatever is gone already needs no signal; whoever may not be signalled is found again by the next look.
    if let Some(leader) = tree.leader.and_then(pid) {
        let _ = kill_process_group(leader, signal);
    }
    for process in marked(tree.marker).into_iter().filter_map(pid) {
        let _ = kill_process(process, signal);
    }
}

fn is_gone(tree: Tree<'_>, child: &mut Child) -> bool {
    let is_reaped = matches!(child.try_wait(), Ok(Some(_)));
    is_reaped && !tree.leader.is_some_and(has_group) && marked(tree.marker).is_empty()
}

fn marked(marker: &Marker) -> Vec<u32> {
    processes()
        .filter(|(_, environ)| marker.is_on(environ))
        .map(|(pid, _)| pid)
        .collect()
}

/// Every process but this one, with its environment. A zombie has none.
fn processes() -> impl Iterator<Item = (u32, Vec<u8>)> {
    let own = std::process::id();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(move |entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let environ = fs::read(entry.path().join("environ")).ok()?;
        (pid != own).then_some((pid, environ))
    })
}

fn state_of(state_dir: &Path) -> Vec<u8> {
    let mut state = b"JOBSD_STATE_DIR=".to_vec();
    state.extend_from_slice(state_dir.as_os_str().as_bytes());
    state
}

fn pid(raw: u32) -> Option<Pid> {
    i32::try_from(raw).ok().and_then(Pid::from_raw)
}
