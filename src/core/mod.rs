//! `Scheduler::decide`: the one pure function that decides. It reads no clock, no file, no socket
//! (A1); the shell feeds it inputs, makes the events durable, and only then shows them and acts on
//! them (A3).
//!
//! A spurious [`Input::Tick`] yields no event (A4).

pub mod adopt;
pub mod ask;
pub mod budget;
pub mod catch_up;
pub mod change;
pub mod dispatch;
pub mod end;
pub mod foreign;
pub mod job_ledger;
pub mod ledger;
pub mod memory;
pub mod pause;
pub mod request;
pub mod settle;
pub mod shared_ledger;
pub mod simulate;
pub mod span;
pub mod start;
pub mod uses;
pub mod waiting;
pub mod wake;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::core::ledger::Ledger;
use crate::model::event::{Actor, Asked, DaemonEnded, DaemonStarted, Event, Paused};
use crate::model::job::{JobId, JobSet};
use crate::model::outcome::{Outcome, Report};
use crate::model::run::Reason;
use crate::model::run_id::RunId;
use crate::time::{SignedDuration, Timestamp};

/// How long before a due time its intent is written and synced, so that at the due time only the
/// start remains.
pub const LEAD: SignedDuration = SignedDuration::from_millis(50);

/// Runs found due late that start per second, unless `catch_up.per_second` says otherwise.
pub const CATCH_UP_PER_SECOND: u32 = 20;

/// What happened outside.
#[derive(Clone, Debug)]
pub enum Input {
    /// Time passed. Harmless when nothing is due.
    Tick,
    /// The wall clock was set, forward or back: without that it would show this instant now.
    ClockStepped {
        /// What it would show.
        from: Timestamp,
    },
    /// This daemon begins, after a replay of its journal.
    Started {
        /// Who begins.
        daemon: DaemonStarted,
        /// The job files as they are now; `None` when they could not be read.
        jobs: Option<Arc<JobSet>>,
        /// Runs of a former daemon that still have processes; the shell is ending them.
        orphans: BTreeSet<RunId>,
    },
    /// The job files were read.
    JobsLoaded(Arc<JobSet>),
    /// An attempt ended.
    RunEnded {
        /// The run.
        run_id: RunId,
        /// The attempt; a report about another one is stale and ignored.
        attempt: u32,
        /// How it ended.
        outcome: Outcome,
        /// When its program was found ended. It may have taken a while to be told here.
        ended_at: Timestamp,
    },
    /// A start that is durable came too late to be acted on as it stands: the disk kept it waiting.
    /// Nothing was started.
    StartHeldUp {
        /// The run.
        run_id: RunId,
        /// The attempt.
        attempt: u32,
    },
    /// The last process of a former daemon's run is gone.
    OrphanGone(RunId),
    /// What the result file of a run that a former daemon left says; told before the run is
    /// recorded as interrupted.
    LastWords {
        /// The run.
        run_id: RunId,
        /// Its report.
        report: Report,
    },
    /// Another scheduler decided this, and the store that both share accepted it: it holds, and
    /// nothing is decided by it.
    Foreign(Vec<Event>),
    /// Somebody wants a run now.
    RunRequested {
        /// A fresh id (UUID v7).
        run_id: RunId,
        /// The job.
        job_id: JobId,
        /// Whether outside effects are left out.
        dry_run: bool,
    },
    /// Somebody wants a run to end.
    CancelRequested {
        /// The run.
        run_id: RunId,
        /// From TERM to KILL, where another time than the job's is wanted.
        grace_secs: Option<u64>,
    },
    /// Somebody wants nothing of a job to be due; a pause in force is replaced.
    PauseRequested(Paused),
    /// Somebody wants a pause lifted.
    ResumeRequested {
        /// The job.
        job_id: JobId,
        /// Who.
        by: Actor,
    },
    /// Who asked for what: an audit line, and nothing else follows.
    Asked(Asked),
    /// The daemon is to stop.
    ShutdownRequested,
    /// Everything has ended; the last input.
    ShutdownDone,
}

/// What a request is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done, or on its way.
    Accepted(RunId),
    /// It holds from now on.
    Done,
    /// The instant named lies in the past.
    Past(Timestamp),
    /// There is no such job.
    NoJob(JobId),
    /// There is no such run, or it is over.
    NoRun(RunId),
    /// `max_instances` runs are active, and the job's policy is not to wait.
    Overlap(JobId),
    /// The daemon is stopping.
    Stopping,
}

/// What was decided.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// What happened, in order; to be made durable before it is shown or acted on.
    pub events: Vec<Event>,
    /// Whether an event orders a start that no durable line orders yet: sync before acting.
    pub sync: bool,
    /// The runs that these events order, and that no durable line orders yet. A start of any other
    /// may go ahead of the sync.
    pub ordered: Vec<RunId>,
    /// When to decide again at the latest; `None` when only an input can bring work.
    pub wake_at: Option<Timestamp>,
    /// The answer to a request.
    pub answer: Option<Answer>,
}

/// What stays the same for the life of a daemon.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The machine's name, for records.
    pub host: Arc<str>,
    /// Bound over all jobs.
    pub max_concurrent_runs: usize,
    /// Most runs started per second of those found due late: at a start, after a sleep of the
    /// machine, after an outage of the disk.
    pub catch_up_per_second: u32,
}

/// The pure scheduler: its ledger and its setup.
#[derive(Clone, Debug)]
pub struct Scheduler {
    pub(crate) ledger: Ledger,
    pub(crate) setup: Setup,
    pub(crate) revision: Option<Arc<str>>,
    pub(crate) stopping: bool,
    /// What cut-off runs reported, until they are recorded.
    pub(crate) last_words: BTreeMap<RunId, Report>,
    /// Runs that were found late and have not started since.
    pub(crate) found_late: BTreeSet<RunId>,
    /// When the next of them may start.
    pub(crate) catch_up_at: Option<Timestamp>,
}

/// One decision in the making.
pub(crate) struct Turn {
    pub now: Timestamp,
    pub out: Decision,
    /// Due times in `(from, now]` were jumped over by a clock step.
    pub stepped_from: Option<Timestamp>,
    /// Due times found, still to be judged by overlap and bounds, in due order.
    pub fires: BTreeSet<(Timestamp, JobId)>,
    /// Due times after the fires of their job that no policy can hold: to be skipped once those are
    /// judged. A set, as inputs that come together each find them.
    pub skips: BTreeSet<(JobId, Timestamp, Timestamp)>,
}

impl Turn {
    fn at(now: Timestamp) -> Turn {
        Turn {
            now,
            out: Decision::default(),
            stepped_from: None,
            fires: BTreeSet::new(),
            skips: BTreeSet::new(),
        }
    }
}

impl Scheduler {
    /// A scheduler that continues from a replayed ledger.
    pub fn new(setup: Setup, ledger: Ledger) -> Scheduler {
        Scheduler {
            ledger,
            setup,
            revision: None,
            stopping: false,
            last_words: BTreeMap::new(),
            found_late: BTreeSet::new(),
            catch_up_at: None,
        }
    }

    /// Decides what follows from `input` at `now`.
    pub fn decide(&mut self, now: Timestamp, input: Input) -> Decision {
        let mut turn = Turn::at(now);
        match input {
            Input::LastWords { run_id, report } => {
                self.last_words.insert(run_id, report);
                turn.out.wake_at = self.wake_at();
                turn.out
            }
            Input::Foreign(events) => {
                self.follow(&turn, &events);
                turn.out.wake_at = self.wake_at();
                turn.out
            }
            Input::ShutdownDone => {
                self.notice_step(&mut turn, &Input::ShutdownDone);
                self.emit(&mut turn, Event::End(DaemonEnded { at: now }));
                turn.out
            }
            input => self.decide_together(now, [input]),
        }
    }

    /// Decides what follows from inputs that came together: all are taken in before anything that
    /// is due is judged, so that no due time is held up by a run that has ended.
    pub fn decide_together(
        &mut self,
        now: Timestamp,
        inputs: impl IntoIterator<Item = Input>,
    ) -> Decision {
        let mut turn = Turn::at(now);
        for input in inputs {
            let before = self.ledger.shared.high_water;
            self.notice_step(&mut turn, &input);
            self.note_late_retries(before, now);
            self.take_in(&mut turn, input);
        }
        self.judge_fires(&mut turn);
        if !self.stopping {
            // What waits goes first: no fresh due time overtakes it.
            self.dispatch(&mut turn);
            self.judge_planned(&mut turn);
            self.plan_ahead(&mut turn);
        }
        turn.out.wake_at = self.wake_at();
        turn.out
    }

    fn take_in(&mut self, turn: &mut Turn, input: Input) {
        match input {
            Input::LastWords { run_id, report } => drop(self.last_words.insert(run_id, report)),
            Input::Foreign(events) => self.follow(turn, &events),
            Input::Tick => self.settle_due(turn),
            Input::ClockStepped { from } => {
                turn.stepped_from = (from < turn.now).then_some(from);
                self.settle_due(turn);
            }
            Input::Started {
                daemon,
                jobs,
                orphans,
            } => {
                self.begin(turn, daemon, jobs.as_deref(), &orphans);
            }
            Input::JobsLoaded(jobs) => {
                self.settle_due(turn);
                self.judge_fires(turn);
                self.adopt(turn, &jobs);
            }
            Input::RunEnded {
                run_id,
                attempt,
                outcome,
                ended_at,
            } => {
                self.settle_due(turn);
                self.end_attempt(turn, run_id, attempt, outcome, ended_at);
            }
            Input::StartHeldUp { run_id, attempt } => {
                self.settle_due(turn);
                self.start_again(turn, run_id, attempt);
            }
            Input::OrphanGone(run_id) => self.interrupt(turn, run_id),
            Input::RunRequested {
                run_id,
                job_id,
                dry_run,
            } => {
                self.settle_due(turn);
                self.judge_fires(turn);
                turn.out.answer = Some(self.request(turn, run_id, job_id, dry_run));
            }
            Input::CancelRequested { run_id, grace_secs } => {
                let answer = self.cancel_within(turn, run_id, Reason::User, grace_secs);
                turn.out.answer = Some(answer);
            }
            Input::PauseRequested(pause) => {
                self.settle_due(turn);
                self.judge_fires(turn);
                if !self.stopping {
                    self.judge_planned(turn);
                }
                turn.out.answer = Some(self.pause(turn, pause));
            }
            Input::ResumeRequested { job_id, by } => {
                turn.out.answer = Some(self.resume(turn, job_id, by));
                self.settle_due(turn);
            }
            Input::Asked(asked) => self.emit(turn, Event::Control(Box::new(asked))),
            Input::ShutdownRequested => self.shut_down(turn),
            Input::ShutdownDone => {
                let end = DaemonEnded { at: turn.now };
                self.emit(turn, Event::End(end));
            }
        }
    }

    /// Rebuilds what is remembered compactly, see [`Ledger::compact`].
    pub fn compact(&mut self) {
        self.ledger.compact();
    }

    /// These events order this run: they must be durable before it starts.
    pub(crate) fn order(&self, turn: &mut Turn, run_id: RunId) {
        turn.out.sync = true;
        turn.out.ordered.push(run_id);
    }

    /// Every event passes here: it is applied to the ledger at once and becomes part of the
    /// decision.
    pub(crate) fn emit(&mut self, turn: &mut Turn, event: Event) {
        self.take(&event);
        turn.out.events.push(event);
    }
}
