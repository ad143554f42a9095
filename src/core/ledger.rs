//! `Ledger`: all the core remembers, a fold of events (A7). A replay of the journal gives the same ledger.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::core::before;
use crate::core::budget::Budgets;
use crate::model::event::{
    Adopted, Boot, Change, ClockSet, DaemonStarted, Event, Paused, Reloaded, Resumed, Stage,
};
use crate::model::job::{Job, JobId};
use crate::model::run::{Reason, RunId, RunRecord, Status};
use crate::time::{SignedDuration, Timestamp};

/// Stretches of settled due times remembered per job, for a clock that is set back over them (A11).
const STRETCHES_MAX: usize = 256;

/// Renames in a row that are followed while a run of the first id goes on (A11).
const RENAMES_MAX: usize = 8;

/// What is remembered of everything.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Per job, also of removed ones: their cursor stays (A6).
    pub jobs: BTreeMap<JobId, Box<JobState>>,
    /// Runs that are not over.
    pub runs: BTreeMap<RunId, RunState>,
    /// The latest instant seen.
    pub high_water: Option<Timestamp>,
    /// Due times up to here were due while no daemon ran, unless they are settled.
    pub down_until: Option<Timestamp>,
    /// Whether the last daemon ended in good order.
    pub ended_clean: bool,
    /// The boot of the machine under which the last line was written, as the wall clock has it.
    pub boot: Option<Boot>,
    /// The last set of job files taken over.
    pub last_reload: Option<Reloaded>,
    /// What each job has sent, for its limits.
    pub budgets: Budgets,
    /// Next due time of each enabled job.
    pub(crate) due: BTreeSet<(Timestamp, JobId)>,
    /// Ordered runs that are not judged yet, by due time.
    pub(crate) planned: BTreeSet<(Timestamp, RunId)>,
    /// Judged runs that wait for a place, by due time or request.
    pub(crate) waiting: BTreeSet<(Timestamp, RunId)>,
    /// Pending retries.
    pub(crate) retries: BTreeSet<(Timestamp, RunId)>,
    /// Runs with an attempt under way.
    pub(crate) started: BTreeSet<RunId>,
    /// Pauses that lift by themselves, by when.
    pub(crate) pauses: BTreeSet<(Timestamp, JobId)>,
}

/// What is remembered of a job.
#[derive(Clone, Debug, Default)]
pub struct JobState {
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
    /// First due time behind the cursor and the pause, while the job is enabled.
    pub next: Option<Timestamp>,
    /// Ordered runs that are not judged yet.
    pub planned: BTreeSet<(Timestamp, RunId)>,
    /// Judged runs that wait for a place.
    pub(crate) waiting: BTreeSet<(Timestamp, RunId)>,
    /// Runs that occupy an instance: an attempt under way or a retry pending.
    pub active: BTreeSet<RunId>,
    /// Stretches of due times that were acted on (fired, skipped or stood for), first and last included.
    pub(crate) settled: VecDeque<(Timestamp, Timestamp)>,
    /// End of the newest stretch that was forgotten: nothing up to here is due again, whatever the clock says.
    pub(crate) forgotten: Option<Timestamp>,
    /// Whether the last settled due time belongs to the last stretch.
    pub(crate) stretch_open: bool,
    /// The id that the job went on under, where it was renamed: what its last runs send counts there.
    pub(crate) renamed_to: Option<JobId>,
}

/// What is remembered of a run that is not over.
#[derive(Clone, Debug)]
pub struct RunState {
    /// Its record so far.
    pub record: RunRecord,
    /// Why it was told to end, once it was.
    pub stop: Option<Reason>,
}

impl Ledger {
    /// Takes an event in.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Run(record) => self.apply_run(record),
            Event::Stop(stop) => {
                if let Some(run) = self.runs.get_mut(&stop.run_id) {
                    run.stop = Some(stop.reason);
                }
                self.see(stop.at);
            }
            Event::Adopt(adopted) => self.apply_adopted(adopted),
            Event::Reload(reload) => {
                self.see(reload.at);
                self.last_reload = Some((**reload).clone());
            }
            Event::Pause(pause) => self.apply_pause(pause),
            Event::Resume(resume) => self.apply_resume(resume),
            Event::Control(asked) => self.see(asked.at),
            Event::Clock(set) => self.apply_clock(set),
            Event::Start(start) => {
                self.down_until = Some(start.at);
                self.ended_clean = false;
                self.boot.clone_from(&start.boot);
                self.see(start.at);
            }
            Event::End(end) => {
                self.ended_clean = true;
                self.see(end.at);
            }
            Event::State(state) => self.restore(state),
        }
    }

    /// Puts a compiled definition in force. The cursor stays where it is.
    pub fn define(&mut self, job: Arc<Job>) {
        let id = job.id.clone();
        let state = self.jobs.entry(id.clone()).or_default();
        state.job = Some(job);
        self.refresh_next(&id);
    }

    /// Rebuilds what is remembered of jobs compactly, with one id and one text each: a replay leaves it scattered between what it
    /// read and dropped. Nothing else changes.
    pub fn compact(&mut self) {
        let jobs = std::mem::take(&mut self.jobs);
        let compact = jobs.iter().map(|(id, state)| {
            let id = state.job.as_ref().map_or(id, |job| &job.id);
            let mut state = state.clone();
            state.adopted = state.adopted.map(|adopted| {
                let mut adopted = Adopted::clone(&adopted);
                adopted.job_id = id.clone();
                if let Some(job) = &state.job {
                    adopted.share_with(job);
                }
                Arc::new(adopted)
            });
            (id.clone(), state)
        });
        self.jobs = compact.collect();
        self.due = std::mem::take(&mut self.due).into_iter().collect();
    }

    /// Remembers that this instant was seen.
    pub fn see(&mut self, at: Timestamp) {
        self.high_water = Some(self.high_water.map_or(at, |high| high.max(at)));
    }

    /// What the wall clock would show at this start, had it not been set since the last line; `None` where the machine was
    /// booted since, or nothing is known.
    pub(crate) fn without_step(&self, daemon: &DaemonStarted) -> Option<Timestamp> {
        let (known, now) = (self.boot.as_ref()?, daemon.boot.as_ref()?);
        let step = now.at.duration_since(known.at);
        daemon
            .at
            .checked_sub(step)
            .ok()
            .filter(|_| known.id == now.id)
    }

    /// Runs that a former daemon left unfinished: started ones, and, unless it ended in good order, ordered ones whose
    /// due time has passed: whether they started cannot be known, so they never start again (A8). What waited did not.
    pub fn cut_off(&self, now: Timestamp, clean: bool) -> Vec<RunId> {
        let doubtful =
            |record: &RunRecord| !clean && record.scheduled_at.is_none_or(|due| due <= now);
        let cut = |record: &RunRecord| match record.stage() {
            Stage::Started => true,
            Stage::Planned => !record.waiting && doubtful(record),
            Stage::Retrying | Stage::Final => false,
        };
        self.runs
            .values()
            .filter(|run| cut(&run.record))
            .map(|run| run.record.id)
            .collect()
    }

    /// Recomputes the first due time behind the cursor.
    pub(crate) fn refresh_next(&mut self, id: &JobId) {
        let Some(state) = self.jobs.get_mut(id) else {
            return;
        };
        if let Some(old) = state.next.take() {
            self.due.remove(&(old, id.clone()));
        }
        state.next = state.first_open();
        if let Some(next) = state.next {
            self.due.insert((next, id.clone()));
        }
    }

    fn apply_run(&mut self, record: &RunRecord) {
        self.see_run(record);
        // Later lines settle nothing: behind a clock that was set back they would hide what is due again.
        let is_first_line = !self.runs.contains_key(&record.id);
        let owner = self.owner_of(&record.job_id).clone();
        self.budgets.apply(record, &owner);
        self.forget_places(record.id);
        let state = self.jobs.entry(record.job_id.clone()).or_default();
        if is_first_line {
            state.note_settled(record);
        }
        self.place(record);
        self.refresh_next(&record.job_id);
    }

    /// Puts a run where it belongs by its stage.
    pub(crate) fn place(&mut self, record: &RunRecord) {
        let state = self.jobs.entry(record.job_id.clone()).or_default();
        let order = order_of(record);
        match record.stage() {
            Stage::Planned if record.waiting => {
                self.waiting.insert((order, record.id));
                state.waiting.insert((order, record.id));
            }
            Stage::Planned => {
                self.planned.insert((order, record.id));
                state.planned.insert((order, record.id));
            }
            Stage::Started => {
                self.started.insert(record.id);
                state.active.insert(record.id);
            }
            Stage::Retrying => {
                self.retries.insert((retry_of(record), record.id));
                state.active.insert(record.id);
            }
            Stage::Final => {}
        }
        if record.is_final() {
            self.runs.remove(&record.id);
        } else {
            let run = RunState {
                record: record.clone(),
                stop: None,
            };
            self.runs.insert(record.id, run);
        }
    }

    /// Sees the times that this line adds: those of an earlier line may lie ahead of a clock that was set back since.
    fn see_run(&mut self, record: &RunRecord) {
        let known = self
            .runs
            .get(&record.id)
            .and_then(|run| run.record.started_at);
        let started = record.started_at.filter(|_| known.is_none());
        let finished = record
            .finished_at
            .filter(|end| Some(*end) != record.started_at);
        for at in [started, finished].into_iter().flatten() {
            self.see(at);
        }
    }

    fn forget_places(&mut self, run_id: RunId) {
        let Some(run) = self.runs.get(&run_id) else {
            return;
        };
        let order = order_of(&run.record);
        self.planned.remove(&(order, run_id));
        self.waiting.remove(&(order, run_id));
        self.started.remove(&run_id);
        self.retries.remove(&(retry_of(&run.record), run_id));
        if let Some(state) = self.jobs.get_mut(&run.record.job_id) {
            state.planned.remove(&(order, run_id));
            state.waiting.remove(&(order, run_id));
            state.active.remove(&run_id);
        }
    }

    fn apply_adopted(&mut self, adopted: &Arc<Adopted>) {
        self.see(adopted.at);
        let state = self.jobs.entry(adopted.job_id.clone()).or_default();
        state.present = adopted.change != Change::Removed;
        if state.cursor.is_none_or(|cursor| cursor < adopted.at) {
            state.cursor = Some(adopted.at);
            state.stretch_open = false;
        }
        state.adopted = Some(adopted.clone());
        // The removal of a renamed id follows the adoption of the new one: its runs still count there.
        if state.present {
            state.renamed_to = None;
        }
        if let Some(from) = &adopted.renamed_from {
            self.carry_over(from, &adopted.job_id);
        }
        self.refresh_next(&adopted.job_id);
    }

    /// A renamed job keeps its pause, what it has sent, and what it was due before.
    fn carry_over(&mut self, from: &JobId, to: &JobId) {
        let pause = self.jobs.get(from).and_then(|state| state.pause.clone());
        if let Some(mut pause) = pause {
            self.forget_pause(from);
            self.forget_pause(to);
            pause.job_id = to.clone();
            if let Some(state) = self.jobs.get_mut(to) {
                state.pause = Some(pause);
            }
            self.place_pause(to);
        }
        self.budgets.rename(from, to);
        let Some(old) = self.jobs.get_mut(from) else {
            return;
        };
        old.renamed_to = Some(to.clone());
        let (settled, forgotten) = (old.settled.clone(), old.forgotten);
        if let Some(state) = self.jobs.get_mut(to) {
            state.settled.extend(settled);
            state.stretch_open = false;
            while state.settled.len() > STRETCHES_MAX {
                state.forget_oldest_stretch();
            }
            state.forgotten = state.forgotten.max(forgotten);
        }
    }

    /// The id under which what a job sends counts: that of its last rename.
    fn owner_of<'a>(&'a self, id: &'a JobId) -> &'a JobId {
        let mut owner = id;
        for _ in 0..RENAMES_MAX {
            match self
                .jobs
                .get(owner)
                .and_then(|state| state.renamed_to.as_ref())
            {
                Some(next) if next != id => owner = next,
                _ => break,
            }
        }
        owner
    }

    fn apply_pause(&mut self, pause: &Paused) {
        self.see(pause.at);
        self.forget_pause(&pause.job_id);
        let state = self.jobs.entry(pause.job_id.clone()).or_default();
        state.pause = Some(Box::new(pause.clone()));
        self.place_pause(&pause.job_id);
        self.refresh_next(&pause.job_id);
    }

    /// Puts a job's pause where it belongs by its end.
    pub(crate) fn place_pause(&mut self, id: &JobId) {
        let pause = self.jobs.get(id).and_then(|state| state.pause.as_ref());
        if let Some(until) = pause.and_then(|pause| pause.until) {
            self.pauses.insert((until, id.clone()));
        }
    }

    /// Due times of the pause are not due any more: the cursor goes to its end.
    fn apply_resume(&mut self, resume: &Resumed) {
        self.see(resume.at);
        self.forget_pause(&resume.job_id);
        let just_before = before(resume.at, SignedDuration::from_nanos(1));
        if let Some(state) = self.jobs.get_mut(&resume.job_id)
            && state.cursor.is_some_and(|cursor| cursor < just_before)
        {
            state.cursor = Some(just_before);
            state.stretch_open = false;
        }
        self.refresh_next(&resume.job_id);
    }

    fn forget_pause(&mut self, id: &JobId) {
        let pause = self.jobs.get_mut(id).and_then(|state| state.pause.take());
        if let Some(until) = pause.and_then(|pause| pause.until) {
            self.pauses.remove(&(until, id.clone()));
        }
    }

    fn apply_clock(&mut self, set: &ClockSet) {
        let step = set.to.duration_since(set.from);
        if let Some(boot) = &mut self.boot {
            boot.at = after(boot.at, step);
        }
        self.move_spans(step);
        if set.to < set.from {
            self.rebase(set.to);
        } else {
            self.see(set.to);
        }
    }

    /// What is a span of elapsed time ends when it would have ended.
    fn move_spans(&mut self, step: SignedDuration) {
        for (_, run_id) in std::mem::take(&mut self.retries) {
            if let Some(run) = self.runs.get_mut(&run_id) {
                run.record.retry_at = run.record.retry_at.map(|at| after(at, step));
                self.retries.insert((retry_of(&run.record), run_id));
            }
        }
        let pauses = std::mem::take(&mut self.pauses);
        for (mut until, id) in pauses {
            let pause = self
                .jobs
                .get_mut(&id)
                .and_then(|state| state.pause.as_mut());
            if let Some(pause) = pause.filter(|pause| pause.is_span) {
                until = after(until, step);
                pause.until = Some(until);
            }
            // The first due time after the pause moves with its end.
            self.refresh_next(&id);
            self.pauses.insert((until, id));
        }
    }

    /// Re-bases the cursors: due times behind `to` are due again, but for those that were acted on.
    fn rebase(&mut self, to: Timestamp) {
        self.high_water = Some(to);
        self.down_until = self.down_until.map(|until| until.min(to));
        let ids: Vec<JobId> = self.jobs.keys().cloned().collect();
        for id in ids {
            if let Some(state) = self.jobs.get_mut(&id) {
                let to = state.forgotten.map_or(to, |end| end.max(to));
                state.cursor = state.cursor.map(|cursor| cursor.min(to));
                state.stretch_open = false;
            }
            self.refresh_next(&id);
        }
    }
}

impl JobState {
    /// Whether due times count: present and enabled.
    pub fn is_due(&self) -> bool {
        self.present && self.job.as_ref().is_some_and(|job| job.enabled)
    }

    /// Whether a pause takes this due time away.
    pub fn is_paused_at(&self, due: Timestamp) -> bool {
        let pause = self.pause.as_ref();
        pause.is_some_and(|pause| pause.until.is_none_or(|until| due < until))
    }

    /// The first due time behind the cursor and the pause that was not acted on.
    fn first_open(&self) -> Option<Timestamp> {
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

    fn note_settled(&mut self, record: &RunRecord) {
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
    fn forget_oldest_stretch(&mut self) {
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

/// `at + span`, kept within what a clock can show.
fn after(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(at)
}

/// When a pending retry is due. One that a crash cut off before its first attempt was known is never early.
fn retry_of(record: &RunRecord) -> Timestamp {
    let order = order_of(record);
    let at = record.retry_at.unwrap_or(order);
    if record.attempt == 0 {
        at.max(order)
    } else {
        at
    }
}

/// Where a run stands in the order of dispatch: its due time; for a manual run the time of the request.
pub(crate) fn order_of(record: &RunRecord) -> Timestamp {
    record.scheduled_at.unwrap_or_else(|| record.requested())
}
