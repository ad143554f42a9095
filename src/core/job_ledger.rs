//! `JobLedger`: all the core remembers of one job. It can be forgotten and put back by itself, when
//! a store does not accept what was decided about its job.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Deref;
use std::sync::Arc;

use crate::core::span::before;
use crate::core::uses::Uses;
use crate::model::event::{Adopted, Paused, Stage};
use crate::model::job::{Job, JobId};
use crate::model::run::{Reason, RunRecord, Status};
use crate::model::run_id::RunId;
use crate::time::{SignedDuration, Timestamp};

/// Stretches of settled due times remembered per job, for a clock that is set back over them (A11).
const STRETCHES_MAX: usize = 256;

/// First and last due time of each stretch.
pub(crate) type Stretches = VecDeque<(Timestamp, Timestamp)>;

/// What is remembered of a job.
#[derive(Clone, Debug, Default)]
pub struct JobLedger {
    /// The definition in force, or the last one.
    pub job: Option<Arc<Job>>,
    /// Whether the job is in the job set.
    pub present: bool,
    /// Due times up to here are settled.
    pub cursor: Option<Timestamp>,
    /// The last adoption, as journalled; the definition is restored from it.
    pub adopted: Option<Arc<Adopted>>,
    /// The pause in force; it stays with the id while the job is away.
    pub pause: Option<Box<Paused>>,
    /// First due time after the cursor and the pause, while the job is enabled.
    pub next: Option<Timestamp>,
    /// Its runs that are not over; most jobs have none most of the time.
    pub hand: Hand,
    /// What it has sent, for its limits.
    pub uses: Uses,
    /// Stretches of due times that were acted on (fired, skipped or stood for), first and last
    /// included.
    pub(crate) settled: Stretches,
    /// End of the newest stretch that was forgotten: nothing up to here is due again, whatever the
    /// clock says.
    pub(crate) forgotten: Option<Timestamp>,
    /// Whether the last settled due time belongs to the last stretch.
    pub(crate) stretch_open: bool,
    /// The id that the job went on under, where it was renamed: what its last runs send counts
    /// there.
    pub(crate) renamed_to: Option<JobId>,
}

/// The runs of a job that are not over: nothing in memory where there is none, for ten thousand
/// jobs live in a daemon.
#[derive(Clone, Debug, Default)]
pub struct Hand(Option<Box<Runs>>);

/// Runs that are not over.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    /// By id. Boxed: most jobs have one run, and a node has room for eleven.
    pub runs: BTreeMap<RunId, Box<RunState>>,
    /// Ordered runs that are not judged yet.
    pub planned: BTreeSet<(Timestamp, RunId)>,
    /// Judged runs that wait for a place.
    pub(crate) waiting: BTreeSet<(Timestamp, RunId)>,
    /// Runs that occupy an instance: an attempt under way or a retry pending.
    pub active: BTreeSet<RunId>,
}

static NO_RUNS: Runs = Runs {
    runs: BTreeMap::new(),
    planned: BTreeSet::new(),
    waiting: BTreeSet::new(),
    active: BTreeSet::new(),
};

impl Deref for Hand {
    type Target = Runs;

    fn deref(&self) -> &Runs {
        self.0.as_deref().unwrap_or(&NO_RUNS)
    }
}

impl Hand {
    /// A run by its id, to be changed.
    pub(crate) fn run_mut(&mut self, id: &RunId) -> Option<&mut RunState> {
        let run = self.0.as_mut()?.runs.get_mut(id);
        run.map(|run| &mut **run)
    }

    /// Puts a run where it belongs by its stage; one that is over is forgotten.
    fn place(&mut self, record: &RunRecord, stop: Option<Reason>) {
        self.forget(record.id);
        if record.stage() == Stage::Final {
            return;
        }
        let order = record.order_at();
        let all = self.0.get_or_insert_default();
        match record.stage() {
            Stage::Planned if record.waiting => all.waiting.insert((order, record.id)),
            Stage::Planned => all.planned.insert((order, record.id)),
            _ => all.active.insert(record.id),
        };
        let record = record.clone();
        all.runs
            .insert(record.id, Box::new(RunState { record, stop }));
    }

    fn forget(&mut self, run_id: RunId) {
        let Some(all) = &mut self.0 else { return };
        if let Some(run) = all.runs.remove(&run_id) {
            let order = run.record.order_at();
            all.planned.remove(&(order, run_id));
            all.waiting.remove(&(order, run_id));
            all.active.remove(&run_id);
        }
        if all.runs.is_empty() {
            self.0 = None;
        }
    }
}

/// What is remembered of a run that is not over.
#[derive(Clone, Debug)]
pub struct RunState {
    /// Its record so far.
    pub record: RunRecord,
    /// Why it was told to end, once it was.
    pub stop: Option<Reason>,
}

impl RunState {
    /// When its next attempt is due. One that a crash cut off before its first attempt was known is
    /// never early.
    pub(crate) fn retry_at(&self) -> Timestamp {
        let order = self.record.order_at();
        let at = self.record.retry_at.unwrap_or(order);
        if self.record.attempt == 0 {
            at.max(order)
        } else {
            at
        }
    }
}

impl JobLedger {
    /// Puts a run where it belongs by its stage; one that is over is forgotten.
    pub(crate) fn place(&mut self, record: &RunRecord, stop: Option<Reason>) {
        self.hand.place(record, stop);
    }

    /// What a job that continues under this id brings along: its due times that were acted on.
    pub(crate) fn carry_over(&mut self, settled: Stretches, forgotten: Option<Timestamp>) {
        self.settled.extend(settled);
        self.stretch_open = false;
        while self.settled.len() > STRETCHES_MAX {
            self.forget_oldest_stretch();
        }
        self.forgotten = self.forgotten.max(forgotten);
    }

    /// Goes back to an instant: due times after it are due again, but for those that were acted on.
    pub(crate) fn rebase(&mut self, to: Timestamp) {
        let to = self.forgotten.map_or(to, |end| end.max(to));
        self.cursor = self.cursor.map(|cursor| cursor.min(to));
        self.stretch_open = false;
    }

    /// Moves the cursor on, behind whatever is not due any more.
    pub(crate) fn settle_through(&mut self, through: Timestamp) {
        if self.cursor.is_none_or(|cursor| cursor < through) {
            self.cursor = Some(through);
            self.stretch_open = false;
        }
    }

    /// Whether due times count: present and enabled.
    pub fn is_due(&self) -> bool {
        self.present && self.job.as_ref().is_some_and(|job| job.enabled)
    }

    /// Whether a pause takes this due time away.
    pub fn is_paused_at(&self, due: Timestamp) -> bool {
        let pause = self.pause.as_ref();
        pause.is_some_and(|pause| pause.until.is_none_or(|until| due < until))
    }

    /// The first due time after the cursor and the pause that was not acted on.
    pub(crate) fn first_open(&self) -> Option<Timestamp> {
        if !self.is_due() {
            return None;
        }
        let schedule = &self.job.as_ref()?.schedule;
        let mut after = self.cursor?;
        if let Some(pause) = &self.pause {
            after = after.max(before(pause.until?, SignedDuration::from_nanos(1)));
        }
        loop {
            let due = schedule.next_after(after)?;
            match self.stretch_around(due) {
                Some((_, last)) => after = last.max(due),
                None => return Some(due),
            }
        }
    }

    /// The stretch of acted-on due times that holds this one.
    pub fn stretch_around(&self, due: Timestamp) -> Option<(Timestamp, Timestamp)> {
        self.settled
            .iter()
            .copied()
            .find(|(first, last)| *first <= due && due <= *last)
    }

    /// The first stretch that begins behind this instant.
    pub fn stretch_behind(&self, after: Timestamp) -> Option<(Timestamp, Timestamp)> {
        self.settled
            .iter()
            .copied()
            .filter(|(first, _)| *first > after)
            .min()
    }

    pub(crate) fn note_settled(&mut self, record: &RunRecord) {
        let (Some(first), Some(last)) = (record.scheduled_at, record.settles_through()) else {
            return;
        };
        let written_off =
            record.status == Status::Missed && record.reason != Some(Reason::Coalesced);
        if written_off {
            self.stretch_open = false;
        } else if self.stretch_around(first).is_none() {
            self.extend(first, last);
        }
        if self.cursor.is_none_or(|cursor| cursor < last) {
            self.cursor = Some(last);
        }
    }

    /// Adds due times to the last stretch when they follow it directly, else begins a new one.
    fn extend(&mut self, first: Timestamp, last: Timestamp) {
        let follows = self.stretch_open
            && self
                .settled
                .back()
                .is_some_and(|(_, end)| Some(*end) == self.cursor && *end < first);
        if follows {
            if let Some(back) = self.settled.back_mut() {
                back.1 = last;
            }
        } else {
            self.settled.push_back((first, last));
            self.forget_oldest_stretch();
        }
        self.stretch_open = true;
    }

    /// Keeps [`STRETCHES_MAX`]: the one that lies farthest back goes.
    pub(crate) fn forget_oldest_stretch(&mut self) {
        if self.settled.len() <= STRETCHES_MAX {
            return;
        }
        let ages = self
            .settled
            .iter()
            .enumerate()
            .min_by_key(|(_, (_, end))| *end);
        if let Some((_, end)) = ages.map(|(n, _)| n).and_then(|n| self.settled.remove(n)) {
            self.forgotten = Some(self.forgotten.map_or(end, |known| known.max(end)));
        }
    }
}
