//! Virtual time: the real `decide` over a job set, from a start to an end. No clock is read; an
//! hour costs what its events cost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::core::ledger::Ledger;
use crate::core::span::signed;
use crate::core::{CATCH_UP_PER_SECOND, Input, Scheduler, Setup};
use crate::model::event::{DaemonStarted, Event, Stage};
use crate::model::job::{Job, JobSet};
use crate::model::outcome::{Ending, Outcome, Report};
use crate::model::run::RunRecord;
use crate::model::run_id::RunId;
use crate::time::{SignedDuration, Timestamp};

/// What is to be lived through.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The jobs, the same from beginning to end.
    pub jobs: Arc<JobSet>,
    /// The first instant.
    pub from: Timestamp,
    /// The last instant.
    pub until: Timestamp,
    /// Bound over all jobs.
    pub max_concurrent_runs: usize,
}

/// Lives through a plan: `duration` says how long a run of a job takes, `see` is shown every event.
pub fn live(
    plan: &Plan,
    duration: &dyn Fn(&Job) -> SignedDuration,
    see: &mut dyn FnMut(Timestamp, &Event),
) {
    let setup = Setup {
        host: "simulation".into(),
        max_concurrent_runs: plan.max_concurrent_runs,
        catch_up_per_second: CATCH_UP_PER_SECOND,
    };
    let mut scheduler = Scheduler::new(setup, Ledger::default());
    let mut runs = Runs::default();
    let daemon = DaemonStarted {
        at: plan.from,
        version: String::new(),
        host: String::new(),
        pid: 0,
        boot: None,
    };
    let jobs = Some(plan.jobs.clone());
    let mut input = Input::Started {
        daemon,
        jobs,
        orphans: BTreeSet::new(),
    };
    let mut now = plan.from;
    loop {
        let decision = scheduler.decide(now, input);
        for event in &decision.events {
            see(now, event);
            runs.react(now, event, &scheduler, duration);
        }
        let next = [decision.wake_at, runs.first()].into_iter().flatten().min();
        let Some(next) = next.filter(|next| *next <= plan.until) else {
            return;
        };
        now = next.max(now);
        input = runs.take(now).unwrap_or(Input::Tick);
    }
}

/// Attempts in progress in virtual time, by their end.
#[derive(Default)]
struct Runs {
    ends: BTreeSet<(Timestamp, RunId)>,
    going: BTreeMap<RunId, (Timestamp, u32, Ending)>,
}

impl Runs {
    fn first(&self) -> Option<Timestamp> {
        self.ends.first().map(|(at, _)| *at)
    }

    fn take(&mut self, now: Timestamp) -> Option<Input> {
        let (at, run_id) = *self.ends.first().filter(|(at, _)| *at <= now)?;
        self.ends.remove(&(at, run_id));
        let (_, attempt, ending) = self.going.remove(&run_id)?;
        let outcome = Outcome {
            ending,
            report: Report::default(),
            output_bytes: 0,
            note: None,
        };
        Some(Input::RunEnded {
            run_id,
            attempt,
            outcome,
            ended_at: at,
        })
    }

    fn react(
        &mut self,
        now: Timestamp,
        event: &Event,
        scheduler: &Scheduler,
        duration: &dyn Fn(&Job) -> SignedDuration,
    ) {
        match event {
            Event::Run(run) if run.stage() == Stage::Started => {
                if let Some(job) = scheduler.job(&run.job_id) {
                    self.begin(now, run, job, duration(job));
                }
            }
            Event::Stop(stop) => {
                if let Some(run) = self.going.get_mut(&stop.run_id) {
                    self.ends.remove(&(run.0, stop.run_id));
                    (run.0, run.2) = (now, Ending::Stopped);
                    self.ends.insert((now, stop.run_id));
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, now: Timestamp, run: &RunRecord, job: &Job, takes: SignedDuration) {
        let limit = job.policies.timeout.map_or(SignedDuration::MAX, signed);
        let ending = if takes > limit {
            Ending::TimedOut
        } else {
            Ending::Exited(0)
        };
        let end = now.checked_add(takes.min(limit)).unwrap_or(Timestamp::MAX);
        self.ends.insert((end, run.id));
        self.going.insert(run.id, (end, run.attempt, ending));
    }
}
