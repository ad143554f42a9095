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
pub mod order;
pub mod output;
pub mod output_end;
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
use std::process::ExitStatus;
use std::time::Duration;

use tokio::sync::watch;

use crate::model::outcome::{Ending, Outcome, Report};
use crate::shell::clock::{daemon_now, pause};
use crate::shell::process::look::{Leader, Who};
use crate::shell::process::order::{Order, Places, Stop};
use crate::shell::process::start::Started;
use crate::shell::process::starter::{Begun, Pending, Start};
use crate::text::{failure, start as words};
use crate::time::Timestamp;

/// How long the pipes may stay open after the program's end.
const PIPES_MAX: Duration = Duration::from_millis(500);
/// How long the result file of an attempt may take to be read.
const WORDS_MAX: Duration = Duration::from_secs(2);
/// How long the rest of its output may take to be written: up to `output.max_bytes_per_run` is
/// copied then.
const OUTPUT_MAX: Duration = Duration::from_secs(10);

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
