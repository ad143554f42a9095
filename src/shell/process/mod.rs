//! Supervises one attempt: starts the program, bounds its output and its time, ends its whole tree, reads its report.

pub mod group;
pub mod output;
pub mod report;
pub mod surroundings;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::sync::watch;

use crate::model::job::JobId;
use crate::model::program::{Program, SELF};
use crate::model::run::{Ending, Outcome, Report, RunId, Trigger};
use crate::shell::clock::pause;
use crate::shell::process::output::Capture;
use crate::time::Timestamp;

/// How long the pipes may stay open behind the program's end.
const PIPES_MAX: Duration = Duration::from_millis(500);

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
    /// Time limit.
    pub timeout: Option<Duration>,
    /// From TERM to KILL.
    pub kill_grace: Duration,
}

/// Where things are, the same for all runs; all paths absolute.
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
}

impl Places {
    /// The output of a run.
    pub fn output_of(&self, run_id: RunId) -> PathBuf {
        self.state_dir.join("output").join(format!("{run_id}.log"))
    }
}

/// Runs one attempt to its end. `stop` turns true when it must end: TERM to the whole tree, `kill_grace`, KILL.
///
/// # Cancel safety
/// Not cancel safe: a dropped future leaves the program running.
pub async fn supervise(order: &Order, places: &Places, stop: watch::Receiver<bool>) -> Outcome {
    let result = report::path(order, places);
    match start(order, places, &result) {
        Err(cause) => Outcome {
            ending: Ending::StartFailed(cause),
            report: Report::default(),
            output_bytes: 0,
            note: None,
        },
        Ok((child, capture)) => follow(order, places, child, capture, stop, &result).await,
    }
}

fn start(
    order: &Order,
    places: &Places,
    result: &std::path::Path,
) -> Result<(Child, Capture), String> {
    let env = surroundings::environment(order, places, result)?;
    let dir = surroundings::working_dir(order, places)?;
    let log = output::open(&places.output_of(order.run_id)).map_err(|e| {
        format!("the output file cannot be made: {e}; free space or mend the state directory")
    })?;
    let program = match order.program.argv[0].as_str() {
        SELF => places.self_exe.clone(),
        other => PathBuf::from(other),
    };
    let mut command = Command::new(&program);
    command
        .args(&order.program.argv[1..])
        .env_clear()
        .envs(env)
        .current_dir(&dir);
    command
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let has_stdin = order.program.stdin.is_some();
    command.stdin(if has_stdin {
        Stdio::piped()
    } else {
        Stdio::null()
    });
    let mut child = command
        .spawn()
        .map_err(|e| surroundings::start_failure(&program, &dir, &e))?;
    let capture = Capture::new(&mut child, log, places.output_bytes_max);
    if let (Some(mut pipe), Some(text)) = (child.stdin.take(), order.program.stdin.clone()) {
        // Owned by the child's pipe: it ends with the child, or when the text is read.
        #[expect(
            clippy::disallowed_methods,
            reason = "ends with the pipe; its failure means an unread text"
        )]
        tokio::spawn(async move {
            let _ = pipe.write_all(text.as_bytes()).await;
        });
    }
    Ok((child, capture))
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
    mut child: Child,
    mut capture: Capture,
    mut stop: watch::Receiver<bool>,
    result: &std::path::Path,
) -> Outcome {
    let leader = child.id();
    let limit = async {
        match order.timeout {
            Some(timeout) => pause(timeout).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(limit);
    let cut = loop {
        tokio::select! {
            // Cancel safe: the exit status stays with the child.
            _ = child.wait() => break None,
            // Cancel safe: bytes that were read are counted at once.
            () = capture.pump(), if capture.is_open() => {}
            () = &mut limit => break Some(Cut::Timeout),
            Ok(_) = stop.wait_for(|stop| *stop) => break Some(Cut::Stop),
        }
    };
    let marker = group::Marker::new(order.run_id, &places.state_dir);
    let mut notes = Vec::new();
    if cut.is_some() {
        let tree = group::Tree {
            leader,
            marker: &marker,
        };
        let ended = group::end(tree, order.kill_grace, &mut child, &mut capture).await;
        notes.extend(ended);
    }
    let status = child.wait().await;
    let is_held = capture.finish(PIPES_MAX).await;
    if cut.is_none() && (is_held || leader.is_some_and(group::has_group)) {
        let tree = group::Tree {
            leader,
            marker: &marker,
        };
        notes.extend(group::end(tree, order.kill_grace, &mut child, &mut capture).await);
        notes.push("processes were left behind when the program ended; they were ended".to_owned());
    }
    let ending = match (cut, status) {
        (Some(Cut::Timeout), _) => Ending::TimedOut,
        (Some(Cut::Stop), _) => Ending::Stopped,
        (None, Ok(status)) => ending(status),
        (None, Err(error)) => Ending::StartFailed(format!("its exit status was lost: {error}")),
    };
    let (report, bad) = report::take(result);
    notes.extend(bad);
    let note = (!notes.is_empty()).then(|| notes.join("; "));
    Outcome {
        ending,
        report,
        output_bytes: capture.bytes(),
        note,
    }
}

fn ending(status: std::process::ExitStatus) -> Ending {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => Ending::Exited(code),
        (None, signal) => Ending::Signaled(signal.unwrap_or(0)),
    }
}
