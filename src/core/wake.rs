//! The clock as the core sees it: when to decide again, and that it was set.

use std::collections::BTreeSet;

use crate::core::{Input, LEAD, Scheduler, Turn};
use crate::model::event::{ClockSet, Event};
use crate::model::run_id::RunId;
use crate::time::{SignedDuration, Timestamp};

/// A wall clock that leaps by less than this was slewed, not set.
const STEP_MIN: SignedDuration = SignedDuration::from_secs(1);

impl Scheduler {
    /// The runs in progress of jobs that have a due time to be judged now: whether one of them has
    /// ended decides about it.
    pub fn in_the_way(&self, now: Timestamp) -> BTreeSet<RunId> {
        let planned = self.ledger.shared.planned.iter();
        let come = planned.take_while(|(due, _)| *due <= now);
        let runs = come.filter_map(|(_, run_id)| self.ledger.run(run_id));
        let jobs = runs.filter_map(|run| self.ledger.jobs.get(&run.record.job_id));
        jobs.flat_map(|job| job.hand.active.iter().copied())
            .collect()
    }

    /// Notes that the wall clock was set. What is left of a back-off stays what it was.
    pub(crate) fn notice_step(&mut self, turn: &mut Turn, input: &Input) {
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

    /// When to decide again at the latest.
    pub fn wake_at(&self) -> Option<Timestamp> {
        if self.stopping {
            return None;
        }
        let ledger = &self.ledger;
        let next = ledger.shared.due.first().map(|(at, _)| *at - LEAD);
        let planned = ledger.shared.planned.first().map(|(at, _)| *at);
        // One that is due and did not start waits for a place, for its pace, or for the end of a
        // pause.
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
