//! What a supervisor is given: the order of one attempt, the places that all share, and whether it
//! is to stop.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::model::job::JobId;
use crate::model::program::Program;
use crate::model::run::Trigger;
use crate::model::run_id::RunId;
use crate::shell::clock::pause;
use crate::shell::process::cgroup::Cgroups;
use crate::shell::process::crew::Crew;
use crate::shell::process::descriptors::Descriptors;
use crate::shell::process::tree::Table;
use crate::time::Timestamp;

/// Looks at a cgroup that is to be removed, and the time between two.
const CGROUP_LOOKS: usize = 10;
const CGROUP_LOOK: Duration = Duration::from_millis(20);
/// Threads that read and write the files of runs, but for those that hang.
const WRITERS: usize = 2;
/// How much more likely than the daemon a program is to be ended when memory is short, of
/// [`OOM_MAX`].
const OOM_MORE: i32 = 100;
/// The largest `oom_score_adj` (proc_pid_oom_score_adj(5)).
const OOM_MAX: i32 = 1_000;

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
    pub fn grace(&self, stop: Stop) -> Duration {
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
            oom_score_adj: oom_score_adj(),
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

/// What programs of this process get as `oom_score_adj`: raising it takes no privilege.
fn oom_score_adj() -> Option<i32> {
    let own = fs::read_to_string("/proc/self/oom_score_adj").ok()?;
    let own: i32 = own.trim().parse().ok()?;
    Some((own + OOM_MORE).min(OOM_MAX)).filter(|score| *score > own)
}
