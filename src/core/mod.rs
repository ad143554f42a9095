//! `Scheduler::decide`: the one pure function that decides. It reads no clock, no file, no socket (A1); the shell feeds it
//! inputs, makes the events durable, and only then shows them and acts on them (A3).
//!
//! A spurious [`Input::Tick`] yields no event (A4).

pub mod adopt;
pub mod budget;
pub mod catch_up;
pub mod change;
pub mod dispatch;
pub mod end;
pub mod job_ledger;
pub mod ledger;
pub mod memory;
pub mod pause;
pub mod request;
pub mod settle;
pub mod simulate;
pub mod span;
pub mod uses;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::core::ledger::Ledger;
use crate::model::event::{
    Actor, Asked, ClockSet, DaemonEnded, DaemonStarted, Event, Paused, Stage,
};
use crate::model::job::{Job, JobId, JobSet};
use crate::model::run::{Outcome, Reason, Report, RunId};
use crate::time::{SignedDuration, Timestamp};

/// How long before a due time its intent is written and synced, so that at the due time only the start remains.
pub const LEAD: SignedDuration = SignedDuration::from_millis(50);

/// Runs found due late that start per second, unless `catch_up.per_second` says otherwise.
pub const CATCH_UP_PER_SECOND: u32 = 20;

/// A wall clock that leaps by less than this was slewed, not set.
const STEP_MIN: SignedDuration = SignedDuration::from_secs(1);

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
    /// A start that is durable came too late to be acted on as it stands: the disk kept it waiting. Nothing was started.
    StartHeldUp {
        /// The run.
        run_id: RunId,
        /// The attempt.
        attempt: u32,
    },
    /// The last process of a former daemon's run is gone.
    OrphanGone(RunId),
    /// What the result file of a run that a former daemon left says; told before the run is recorded as interrupted.
    LastWords {
        /// The run.
        run_id: RunId,
        /// Its report.
        report: Report,
    },
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
    /// The runs that these events order, and that no durable line orders yet. A start of any other may go ahead of the
    /// sync.
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
    /// Most runs started per second of those found due late: at a start, after a sleep of the machine, after an outage
    /// of the disk.
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
    /// Due times after the fires of their job that no policy can hold: to be skipped once those are judged. A set, as
    /// inputs that come together each find them.
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
    /// A scheduler that goes on from a replayed ledger.
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
            Input::ShutdownDone => {
                self.notice_step(&mut turn, &Input::ShutdownDone);
                self.emit(&mut turn, Event::End(DaemonEnded { at: now }));
                turn.out
            }
            input => self.decide_together(now, [input]),
        }
    }

    /// Decides what follows from inputs that came together: all are taken in before anything that is due is judged, so that no
    /// due time is held up by a run that has ended.
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

    /// The job as adopted, also of a removed one while runs of it are known.
    pub fn job(&self, id: &JobId) -> Option<&Arc<Job>> {
        self.ledger
            .jobs
            .get(id)
            .and_then(|state| state.job.as_ref())
    }

    /// The jobs that have their next due time up to an instant.
    pub fn due_until(&self, until: Timestamp) -> impl Iterator<Item = &JobId> {
        let due = self.ledger.shared.due.iter();
        due.take_while(move |(at, _)| *at <= until)
            .map(|(_, id)| id)
    }

    /// The jobs in force.
    pub fn jobs(&self) -> impl Iterator<Item = &Arc<Job>> {
        self.ledger
            .jobs
            .values()
            .filter(|state| state.present)
            .filter_map(|s| s.job.as_ref())
    }

    /// The next due time of a job that has not started yet.
    pub fn next_run_at(&self, id: &JobId) -> Option<Timestamp> {
        let state = self.ledger.jobs.get(id)?;
        state
            .planned
            .iter()
            .map(|(due, _)| *due)
            .find(|due| !state.is_paused_at(*due))
            .or(state.next)
    }

    /// Rebuilds what is remembered compactly, see [`Ledger::compact`].
    pub fn compact(&mut self) {
        self.ledger.compact();
    }

    /// The pause in force of a job.
    pub fn pause_of(&self, id: &JobId) -> Option<&Paused> {
        self.ledger.jobs.get(id)?.pause.as_deref()
    }

    /// How many runs have a process, as far as the events say.
    pub fn started_runs(&self) -> usize {
        self.ledger.shared.started.len()
    }

    /// What is remembered.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// These events order this run: they must be durable before it starts.
    pub(crate) fn order(&self, turn: &mut Turn, run_id: RunId) {
        turn.out.sync = true;
        turn.out.ordered.push(run_id);
    }

    /// Every event passes here: it is applied to the ledger at once and becomes part of the decision.
    pub(crate) fn emit(&mut self, turn: &mut Turn, event: Event) {
        self.ledger.apply(&event);
        if let Event::Run(run) = &event
            && matches!(run.stage(), Stage::Started | Stage::Final)
        {
            self.found_late.remove(&run.id);
        }
        turn.out.events.push(event);
    }

    /// Notes that the wall clock was set. What is left of a back-off stays what it was.
    fn notice_step(&mut self, turn: &mut Turn, input: &Input) {
        let now = turn.now;
        let Some(high_water) = self.ledger.shared.high_water else {
            return;
        };
        let told = match input {
            Input::ClockStepped { from } => Some(*from),
            Input::Started { daemon, .. } => self.ledger.without_step(daemon),
            _ => None,
        };
        let is_step = |from: &Timestamp| from.duration_since(now).abs() >= STEP_MIN;
        // A step that nobody told of is seen when it goes back.
        let unseen = (high_water.duration_since(now) >= STEP_MIN).then_some(high_water);
        if let Some(from) = told.filter(is_step).or(unseen) {
            self.emit(turn, Event::Clock(ClockSet { from, to: now }));
            self.catch_up_at = None;
        }
        self.ledger.see(now);
    }

    fn begin(
        &mut self,
        turn: &mut Turn,
        daemon: DaemonStarted,
        jobs: Option<&JobSet>,
        orphans: &BTreeSet<RunId>,
    ) {
        let clean = self.ledger.shared.ended_clean;
        self.emit(turn, Event::Start(daemon));
        for run_id in self.ledger.cut_off(turn.now, clean) {
            if !orphans.contains(&run_id) {
                self.interrupt(turn, run_id);
            }
        }
        self.settle_due(turn);
        for (due, id) in std::mem::take(&mut turn.fires) {
            self.plan(turn, &id, due);
        }
        // Before any adoption moves a cursor: a torn write must not lose what is left of a gap.
        self.judge_fires(turn);
        if let Some(jobs) = jobs {
            self.adopt(turn, jobs);
        }
        self.resume_waiting(turn);
    }

    fn wake_at(&self) -> Option<Timestamp> {
        if self.stopping {
            return None;
        }
        let ledger = &self.ledger;
        let next = ledger.shared.due.first().map(|(at, _)| *at - LEAD);
        let planned = ledger.shared.planned.first().map(|(at, _)| *at);
        // One that is due and did not start waits for a place, for its pace, or for the end of a pause.
        let ahead_of = |at: &Timestamp| ledger.shared.high_water.is_none_or(|now| now < *at);
        let retry = ledger
            .shared
            .retries
            .iter()
            .map(|(at, _)| *at)
            .find(ahead_of);
        let (expiry, ripe) = (self.first_expiry(), self.first_ripe());
        let catch_up = self.next_catch_up();
        let ahead = ledger
            .shared
            .waiting
            .iter()
            .map(|(at, _)| *at)
            .find(|at| ledger.shared.high_water < Some(*at));
        let lift = ledger.shared.pauses.first().map(|(until, _)| *until);
        [next, planned, retry, expiry, ripe, catch_up, ahead, lift]
            .into_iter()
            .flatten()
            .min()
    }
}
