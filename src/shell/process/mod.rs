//! Supervises one attempt: starts the program, bounds its output and its time, ends its whole tree,
//! reads its report.

pub mod account;
pub mod capture;
pub mod cgroup;
pub mod child;
pub mod crew;
pub mod descriptors;
pub mod look;
pub mod mask;
pub mod output;
pub mod proc;
pub mod report;
pub mod retention;
pub mod shim;
pub mod start;
pub mod starter;
pub mod surroundings;
pub mod tree;
pub mod writer;

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::model::job::JobId;
use crate::model::outcome::{Ending, Outcome, Report};
use crate::model::program::Program;
use crate::model::run::Trigger;
use crate::model::run_id::RunId;
use crate::shell::clock::{daemon_now, pause};
use crate::shell::process::cgroup::Cgroups;
use crate::shell::process::crew::Crew;
use crate::shell::process::descriptors::Descriptors;
use crate::shell::process::look::{Leader, Who};
use crate::shell::process::start::Started;
use crate::shell::process::starter::{Begun, Pending, Start};
use crate::shell::process::tree::Table;
use crate::text::{failure, start as words};
use crate::time::Timestamp;

/// How long the pipes may stay open after the program's end.
const PIPES_MAX: Duration = Duration::from_millis(500);
/// How long the result file of an attempt may take to be read.
const WORDS_MAX: Duration = Duration::from_secs(2);
/// How long the rest of its output may take to be written: up to `output.max_bytes_per_run` is
/// copied then.
const OUTPUT_MAX: Duration = Duration::from_secs(10);
/// Looks at a cgroup that is to be removed, and the time between two.
const CGROUP_LOOKS: usize = 10;
const CGROUP_LOOK: Duration = Duration::from_millis(20);
/// Threads that read and write the files of runs, but for those that hang.
const WRITERS: usize = 2;

/// Everything a supervisor needs to run one attempt.
#[derive(Clone, Debug)]
pub struct Order {
    /// The run.
    pub run_id: RunId,
    /// Its job.
    pub job_id: JobId,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// What to execute.
    pub program: Program,
    /// What made it start.
    pub trigger: Trigger,
    /// Its due time; for a manual run the time of the request.
    pub scheduled_at: Timestamp,
    /// The job's zone.
    pub timezone: String,
    /// Whether outside effects are to be left out.
    pub dry_run: bool,
    /// Messages that it may send under the job's limits.
    pub budget_remaining: Option<u64>,
    /// Time limit.
    pub timeout: Option<Duration>,
    /// From TERM to KILL.
    pub kill_grace: Duration,
}

impl Order {
    /// From TERM to KILL, for an attempt that is asked to stop like this.
    fn grace(&self, stop: Stop) -> Duration {
        match stop {
            Stop::Within(grace) => grace,
            _ => self.kill_grace,
        }
    }
}

/// Where things are and what all runs share; all paths absolute.
#[derive(Clone, Debug)]
pub struct Places {
    /// The daemon's state directory.
    pub state_dir: PathBuf,
    /// Default working directory, and where relative paths start.
    pub base_dir: PathBuf,
    /// The jobsd binary.
    pub self_exe: PathBuf,
    /// How much output of a run is kept.
    pub output_bytes_max: u64,
    /// The processes of this machine.
    pub table: Arc<Table>,
    /// Cgroups for runs, or why this process may make none.
    pub cgroups: Result<Cgroups, String>,
    /// The descriptors of this process.
    pub descriptors: Arc<Descriptors>,
    /// The threads that read and write the files of runs.
    pub crew: Arc<Crew>,
    /// What programs get as `oom_score_adj`: when memory is short they end before the daemon.
    pub oom_score_adj: Option<i32>,
}

impl Places {
    /// Places of a daemon. From now on this process adopts what its runs leave running.
    ///
    /// # Errors
    /// When the system refuses the threads that read and write the files of runs.
    pub fn new(state_dir: PathBuf, base_dir: PathBuf, output_bytes_max: u64) -> io::Result<Places> {
        // Where it is refused, the markers and groups are still there to tell whose a process is.
        let _ = rustix::process::set_child_subreaper(rustix::process::Pid::from_raw(1));
        let cgroups = Cgroups::find(&state_dir);
        Ok(Places {
            table: Arc::new(Table::new(&state_dir)),
            cgroups,
            descriptors: Arc::new(Descriptors::new()),
            crew: Arc::new(Crew::new("output", WRITERS)?),
            oom_score_adj: start::oom_score_adj(),
            // The binary of this process, also when the file was replaced since.
            self_exe: PathBuf::from("/proc/self/exe"),
            state_dir,
            base_dir,
            output_bytes_max,
        })
    }

    /// The folder of a job's own.
    pub fn job_state(&self, job_id: &JobId) -> PathBuf {
        self.state_dir.join("bots").join(job_id.as_str())
    }

    /// Removes the cgroups at the end, when no run is in progress; the dying may take a moment.
    pub async fn remove_cgroups(&self) {
        let Ok(cgroups) = &self.cgroups else { return };
        for _ in 0..CGROUP_LOOKS {
            if cgroups.remove() {
                return;
            }
            pause(CGROUP_LOOK).await;
        }
        tracing::debug!(root = %cgroups.root().display(), "a cgroup stays: it holds processes");
    }

    /// How the processes of a run are found, in words.
    pub fn supervision(&self) -> String {
        match &self.cgroups {
            Ok(cgroups) => format!("cgroup {} and process tree", cgroups.root().display()),
            Err(reason) => format!("process tree ({reason})"),
        }
    }
}

/// Whether an attempt is to end before its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// It is running.
    #[default]
    No,
    /// TERM, `kill_grace`, KILL.
    Gently,
    /// TERM, this grace, KILL.
    Within(Duration),
    /// KILL.
    Now,
}

impl Stop {
    /// Asked once more: gently first, then at once.
    pub fn further(&mut self) {
        *self = match self {
            Stop::No => Stop::Gently,
            _ => Stop::Now,
        };
    }
}

/// Processes that were left running by a program that ended by itself.
#[derive(Debug)]
pub struct Leftovers {
    leader: u32,
    group: Option<cgroup::Group>,
}

/// What became of an attempt.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub outcome: Outcome,
    /// When its program was found ended, or given up.
    pub at: Timestamp,
    /// What it left running, which is still to be ended.
    pub left: Option<Leftovers>,
}

/// Runs one attempt that was asked for to its end.
///
/// # Cancel safety
/// Not cancel safe: a dropped future leaves the program running.
pub async fn supervise(
    order: &Order,
    places: &Places,
    mut pending: Pending,
    mut stop: watch::Receiver<Stop>,
) -> Ended {
    match pending.begun(&mut stop, order.timeout).await {
        Start::Stopped => not_begun(Ending::Stopped, None),
        Start::TimedOut => not_begun(Ending::TimedOut, Some(failure::no_answer().en)),
        Start::Failed(cause) => not_begun(Ending::StartFailed(cause), None),
        Start::Begun(begun) => {
            let Begun { mut started, turn } = *begun;
            pending.quiet(&mut stop).await;
            // One that has ended already has nothing that a cgroup could hold together.
            if started.group.is_none() && !started.child.has_ended() {
                started.group = start::enter_cgroup(order, places, started.leader);
            }
            let done = follow(order, places, started, stop).await;
            drop(turn);
            done
        }
    }
}

fn not_begun(ending: Ending, note: Option<String>) -> Ended {
    let outcome = Outcome {
        ending,
        report: Report::default(),
        output_bytes: 0,
        note,
    };
    let at = daemon_now();
    Ended {
        outcome,
        at,
        left: None,
    }
}

/// What cut an attempt short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    Timeout,
    Stop,
}

async fn follow(
    order: &Order,
    places: &Places,
    mut started: Started,
    mut stop: watch::Receiver<Stop>,
) -> Ended {
    let cut = until_end(order, &mut started, &mut stop).await;
    let mut notes = Vec::new();
    if cut.is_some() {
        let ended = end(order, places, &mut started, &mut stop).await;
        notes.extend(ended.map(str::to_owned));
    }
    started.child.ended().await;
    let at = daemon_now();
    let is_unborn = started.child.is_unborn();
    let status = started.child.reap();
    places.table.dismiss(started.leader);
    let is_stopped = *stop.borrow() > Stop::No;
    let write_max = if is_stopped { WORDS_MAX } else { OUTPUT_MAX };
    let finished = started.capture.finish(PIPES_MAX, write_max).await;
    let is_left = cut.is_none() && (finished.is_held || stays(order, places, &started).await);
    if is_left {
        notes.push(failure::left_behind().en);
    }
    if !finished.is_whole {
        notes.push(failure::output_lost().en);
    }
    let (words, silent) = last_words(order, places, &started).await;
    let (report, bad) = words.report;
    notes.extend(bad.into_iter().chain(silent));
    let ending = match (cut, words.start_failure) {
        (_, Some(cause)) => Ending::StartFailed(cause),
        (Some(Cut::Timeout), None) => Ending::TimedOut,
        (Some(Cut::Stop), None) => Ending::Stopped,
        (None, None) if is_unborn => Ending::StartFailed(failure::unborn().en),
        (None, None) => exit(status),
    };
    let outcome = Outcome {
        ending,
        report,
        output_bytes: started.capture.bytes(),
        note: (!notes.is_empty()).then(|| notes.join("; ")),
    };
    let leader = started.leader;
    let group = started.group;
    let left = is_left.then_some(Leftovers { leader, group });
    Ended { outcome, at, left }
}

/// What the files of an attempt say when it has ended.
#[derive(Debug, Default)]
struct Words {
    start_failure: Option<String>,
    report: (Report, Option<String>),
}

/// Reads them, and says when they do not answer.
async fn last_words(order: &Order, places: &Places, started: &Started) -> (Words, Option<String>) {
    let (shim, result) = (started.shim.clone(), started.result.clone());
    let secrets = started.secrets.clone();
    let read = move || Words {
        start_failure: shim::failure(&shim),
        report: report::take(&result, &secrets),
    };
    let lane = ("result", order.job_id.clone());
    let words = places.crew.ask(lane, WORDS_MAX, read).await;
    let silent = words.is_none().then(|| failure::result_lost().en);
    (words.unwrap_or_default(), silent)
}

/// Whether a program that ended by itself left living processes.
async fn stays(order: &Order, places: &Places, started: &Started) -> bool {
    if !tree::stays(started.leader, PIPES_MAX).await {
        return false;
    }
    // The dead stay in their group until they are reaped.
    let who = Who {
        run_id: order.run_id,
        leader: Some(Leader {
            pid: started.leader,
            is_reaped: true,
        }),
        cgroup: started.group.as_ref(),
    };
    !places.table.look().await.members(who).is_empty()
}

/// Waits for the program's own end, or for what cuts it short.
async fn until_end(
    order: &Order,
    started: &mut Started,
    stop: &mut watch::Receiver<Stop>,
) -> Option<Cut> {
    let elapsed = started.since.elapsed();
    let limit = async {
        match order.timeout {
            Some(timeout) => pause(timeout.saturating_sub(elapsed)).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(limit);
    let cut = loop {
        tokio::select! {
            biased;
            // Cancel safe: it is not reaped here.
            () = started.child.ended() => return None,
            () = &mut limit => break Cut::Timeout,
            Ok(_) = stop.wait_for(|stop| *stop > Stop::No) => break Cut::Stop,
            // Cancel safe: bytes that were read are counted at once. The last, for there may be
            // something to read always.
            () = started.capture.pump(), if started.capture.is_open() => {}
        }
    };
    // After a suspend or SIGSTOP of this daemon the timer is over first, though the program has
    // long ended by itself.
    (!started.child.has_ended()).then_some(cut)
}

/// Ends the whole tree of an attempt, and keeps reading what it says meanwhile. The program itself
/// is waited for after this, so that its id is no one else's.
async fn end(
    order: &Order,
    places: &Places,
    started: &mut Started,
    stop: &mut watch::Receiver<Stop>,
) -> Option<&'static str> {
    let who = Who {
        run_id: order.run_id,
        leader: Some(Leader {
            pid: started.leader,
            is_reaped: false,
        }),
        cgroup: started.group.as_ref(),
    };
    let grace = order.grace(*stop.borrow());
    let ending = places.table.end(who, grace, hurry(stop));
    tokio::pin!(ending);
    loop {
        tokio::select! {
            ended = &mut ending => return ended,
            () = started.capture.pump(), if started.capture.is_open() => {}
        }
    }
}

/// Waits until KILL is due before the grace that an ending began with is over: at once, or after
/// the grace that is asked for meanwhile. An order that no one can change any more is.
async fn hurry(stop: &mut watch::Receiver<Stop>) {
    loop {
        let wanted = *stop.borrow_and_update();
        let kill = async {
            match wanted {
                Stop::Now => {}
                Stop::Within(grace) => pause(grace).await,
                Stop::No | Stop::Gently => std::future::pending().await,
            }
        };
        tokio::pin!(kill);
        tokio::select! {
            () = &mut kill => return,
            changed = stop.changed() => if changed.is_err() { return kill.await },
        }
    }
}

impl Leftovers {
    /// Ends them.
    pub async fn end(self, order: &Order, places: &Places, mut stop: watch::Receiver<Stop>) {
        let who = Who {
            run_id: order.run_id,
            leader: Some(Leader {
                pid: self.leader,
                is_reaped: true,
            }),
            cgroup: self.group.as_ref(),
        };
        let grace = order.grace(*stop.borrow());
        let ending = places.table.end(who, grace, hurry(&mut stop));
        if let Some(sentence) = ending.await {
            tracing::error!(run = %order.run_id, sentence, "processes were left running");
        }
    }
}

fn exit(status: io::Result<ExitStatus>) -> Ending {
    use std::os::unix::process::ExitStatusExt;
    let status = match status {
        Ok(status) => status,
        Err(error) => return Ending::StartFailed(words::lost_status(error)),
    };
    match (status.code(), status.signal()) {
        (Some(code), _) => Ending::Exited(code),
        (None, signal) => Ending::Signaled(signal.unwrap_or(0)),
    }
}
