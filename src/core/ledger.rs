//! `Ledger`: all the core remembers, a fold of events (A7). A replay of the journal gives the same
//! ledger. What belongs to one job is its [`JobLedger`]; what spans jobs is [`SharedLedger`].

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::core::job_ledger::{JobLedger, RunState};
use crate::core::shared_ledger::SharedLedger;
use crate::core::span::before;
use crate::core::uses::{Levels, Uses};
use crate::model::event::{Adopted, Change, DaemonStarted, Event, Paused, Resumed, Stage};
use crate::model::job::{Job, JobId};
use crate::model::run::RunRecord;
use crate::model::run_id::RunId;
use crate::time::{SignedDuration, Timestamp};

mod clock;

/// Renames in a row that are followed while a run of the first id is in progress (A11).
const RENAMES_MAX: usize = 8;

/// What is remembered of everything.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Per job, also of removed ones: their cursor stays (A6).
    pub jobs: BTreeMap<JobId, Box<JobLedger>>,
    /// What belongs to no job, and what finds the jobs and runs of an instant.
    pub shared: SharedLedger,
}

impl Ledger {
    /// Takes an event in.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Run(record) => self.apply_run(record),
            Event::Stop(stop) => {
                if let Some(run) = self.run_mut(&stop.run_id) {
                    run.stop = Some(stop.reason);
                }
                self.see(stop.at);
            }
            Event::Adopt(adopted) => self.apply_adopted(adopted),
            Event::Reload(reload) => {
                self.see(reload.at);
                self.shared.last_reload = Some((**reload).clone());
            }
            Event::Pause(pause) => self.apply_pause(pause),
            Event::Resume(resume) => self.apply_resume(resume),
            Event::Control(asked) => self.see(asked.at),
            Event::Clock(set) => self.apply_clock(set),
            Event::Start(start) => {
                self.shared.down_until = Some(start.at);
                self.shared.ended_clean = false;
                self.shared.boot.clone_from(&start.boot);
                self.see(start.at);
            }
            Event::End(end) => {
                self.shared.ended_clean = true;
                self.see(end.at);
            }
            Event::State(state) => self.restore(state),
        }
    }

    /// A run that is not over.
    pub fn run(&self, id: &RunId) -> Option<&RunState> {
        let job = self.jobs.get(self.shared.owners.get(id)?)?;
        job.hand.runs.get(id).map(|run| &**run)
    }

    /// The runs that are not over, by id.
    pub fn runs(&self) -> impl Iterator<Item = &RunState> {
        self.shared.owners.keys().filter_map(|id| self.run(id))
    }

    /// The job that an event is about; `None` of one that is about all of them.
    pub fn job_of<'a>(&'a self, event: &'a Event) -> Option<&'a JobId> {
        match event {
            Event::Stop(stop) => self.shared.owners.get(&stop.run_id),
            event => event.job_id(),
        }
    }

    /// What a job has used.
    pub fn uses(&self, id: &JobId) -> Option<&Uses> {
        self.jobs.get(id).map(|job| &job.uses)
    }

    /// How full the limits of a job are at an instant, without what `except` counts.
    pub fn levels(&self, job: &Job, at: Timestamp, except: Option<RunId>) -> Levels {
        let none = Uses::default();
        let uses = self.uses(&job.id).unwrap_or(&none);
        uses.levels(job, at, except)
    }

    /// Takes over what another ledger says that each job has used, and nothing else of it.
    pub fn take_uses(&mut self, other: Ledger) {
        for (id, job) in other
            .jobs
            .into_iter()
            .filter(|(_, job)| !job.uses.is_empty())
        {
            self.jobs.entry(id).or_default().uses = job.uses;
        }
    }

    /// Puts a compiled definition in force. The cursor stays where it is.
    pub fn define(&mut self, job: Arc<Job>) {
        let id = job.id.clone();
        let state = self.jobs.entry(id.clone()).or_default();
        state.job = Some(job);
        self.refresh_next(&id);
    }

    /// Forgets one job, with its runs and all that leads to them, and remembers this of it instead:
    /// what was decided about it did not hold, and this is how it stands.
    pub fn put_back(&mut self, id: &JobId, job: Option<Box<JobLedger>>) {
        self.forget_places(id);
        self.jobs.remove(id);
        if let Some(job) = job {
            self.jobs.insert(id.clone(), job);
            self.find_places(id);
            self.refresh_next(id);
        }
    }

    /// Rebuilds what is remembered of jobs compactly, with one id and one text each: a replay
    /// leaves it scattered between what it read and dropped. Nothing else changes.
    pub fn compact(&mut self) {
        let jobs = std::mem::take(&mut self.jobs);
        // A box stays where it is: a copy would leave a hole between others.
        let compact = jobs.into_iter().map(|(id, mut state)| {
            let id = state.job.as_ref().map_or(id, |job| job.id.clone());
            state.adopted = state.adopted.map(|adopted| {
                let mut adopted = Adopted::clone(&adopted);
                adopted.job_id = id.clone();
                if let Some(job) = &state.job {
                    adopted.share_with(job);
                }
                Arc::new(adopted)
            });
            (id, state)
        });
        self.jobs = compact.collect();
        let due = std::mem::take(&mut self.shared.due);
        self.shared.due = due.into_iter().collect();
    }

    /// Remembers that this instant was seen.
    pub fn see(&mut self, at: Timestamp) {
        self.shared.high_water = Some(self.shared.high_water.map_or(at, |high| high.max(at)));
    }

    /// What the wall clock would show at this start, had it not been set since the last line;
    /// `None` where the machine was booted since, or nothing is known.
    pub(crate) fn without_step(&self, daemon: &DaemonStarted) -> Option<Timestamp> {
        let (known, now) = (self.shared.boot.as_ref()?, daemon.boot.as_ref()?);
        let step = now.at.duration_since(known.at);
        daemon
            .at
            .checked_sub(step)
            .ok()
            .filter(|_| known.id == now.id)
    }

    /// Runs that a former daemon left unfinished: started ones, and, unless it ended in good order,
    /// ordered ones whose due time has passed: whether they started cannot be known, so they never
    /// start again (A8). What waited did not.
    pub fn cut_off(&self, now: Timestamp, clean: bool) -> Vec<RunId> {
        let doubtful =
            |record: &RunRecord| !clean && record.scheduled_at.is_none_or(|due| due <= now);
        let cut = |record: &RunRecord| match record.stage() {
            Stage::Started => true,
            Stage::Planned => !record.waiting && doubtful(record),
            Stage::Retrying | Stage::Final => false,
        };
        let records = self.runs().map(|run| &run.record);
        records
            .filter(|record| cut(record))
            .map(|record| record.id)
            .collect()
    }

    /// Recomputes the first due time after the cursor.
    pub(crate) fn refresh_next(&mut self, id: &JobId) {
        let Some(state) = self.jobs.get_mut(id) else {
            return;
        };
        if let Some(old) = state.next.take() {
            self.shared.due.remove(&(old, id.clone()));
        }
        state.next = state.first_open();
        if let Some(next) = state.next {
            self.shared.due.insert((next, id.clone()));
        }
    }

    /// Puts a job's pause and runs where an instant finds them.
    pub(crate) fn find_places(&mut self, id: &JobId) {
        let Some(job) = self.jobs.get(id) else {
            return;
        };
        if let Some(until) = job.pause.as_ref().and_then(|pause| pause.until) {
            self.shared.pauses.insert((until, id.clone()));
        }
        for run in job.hand.runs.values() {
            self.shared.place(id, run);
        }
    }

    /// Takes a job's due time, pause and runs from where an instant finds them.
    fn forget_places(&mut self, id: &JobId) {
        let Some(job) = self.jobs.get(id) else {
            return;
        };
        if let Some(next) = job.next {
            self.shared.due.remove(&(next, id.clone()));
        }
        if let Some(until) = job.pause.as_ref().and_then(|pause| pause.until) {
            self.shared.pauses.remove(&(until, id.clone()));
        }
        for run in job.hand.runs.values() {
            self.shared.forget(run);
        }
    }

    fn run_mut(&mut self, id: &RunId) -> Option<&mut RunState> {
        let job = self.jobs.get_mut(self.shared.owners.get(id)?)?;
        job.hand.run_mut(id)
    }

    fn apply_run(&mut self, record: &RunRecord) {
        self.see_run(record);
        // Later lines settle nothing: behind a clock that was set back they would hide what is due
        // again.
        let is_first_line = !self.shared.owners.contains_key(&record.id);
        let owner = self.owner_of(&record.job_id).clone();
        self.jobs.entry(owner).or_default().uses.apply(record);
        let id = &record.job_id;
        let job = self.jobs.entry(id.clone()).or_default();
        if let Some(run) = job.hand.runs.get(&record.id) {
            self.shared.forget(run);
        }
        if is_first_line {
            job.note_settled(record);
        }
        job.place(record, None);
        if let Some(run) = job.hand.runs.get(&record.id) {
            self.shared.place(id, run);
        }
        self.refresh_next(id);
    }

    /// Sees the times that this line adds: those of an earlier line may lie ahead of a clock that
    /// was set back since.
    fn see_run(&mut self, record: &RunRecord) {
        let known = self.run(&record.id);
        let known = known.and_then(|run| run.record.started_at);
        let started = record.started_at.filter(|_| known.is_none());
        let finished = record
            .finished_at
            .filter(|end| Some(*end) != record.started_at);
        for at in [started, finished].into_iter().flatten() {
            self.see(at);
        }
    }

    fn apply_adopted(&mut self, adopted: &Arc<Adopted>) {
        self.see(adopted.at);
        let state = self.jobs.entry(adopted.job_id.clone()).or_default();
        state.present = adopted.change != Change::Removed;
        state.settle_through(adopted.at);
        state.adopted = Some(adopted.clone());
        // The removal of a renamed id follows the adoption of the new one: its runs still count
        // there.
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
        if let Some(mut pause) = self.forget_pause(from) {
            pause.job_id = to.clone();
            self.set_pause(to, pause);
        }
        let Some(old) = self.jobs.get_mut(from) else {
            return;
        };
        old.renamed_to = Some(to.clone());
        let used = std::mem::take(&mut old.uses);
        let (settled, forgotten) = (old.settled.clone(), old.forgotten);
        if let Some(state) = self.jobs.get_mut(to) {
            state.uses.add(used);
            state.carry_over(settled, forgotten);
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
        self.set_pause(&pause.job_id, Box::new(pause.clone()));
        self.refresh_next(&pause.job_id);
    }

    /// Due times of the pause are not due any more: the cursor goes to its end.
    fn apply_resume(&mut self, resume: &Resumed) {
        self.see(resume.at);
        self.forget_pause(&resume.job_id);
        let just_before = before(resume.at, SignedDuration::from_nanos(1));
        if let Some(state) = self.jobs.get_mut(&resume.job_id)
            && state.cursor.is_some()
        {
            state.settle_through(just_before);
        }
        self.refresh_next(&resume.job_id);
    }

    fn set_pause(&mut self, id: &JobId, pause: Box<Paused>) {
        self.forget_pause(id);
        if let Some(until) = pause.until {
            self.shared.pauses.insert((until, id.clone()));
        }
        self.jobs.entry(id.clone()).or_default().pause = Some(pause);
    }

    fn forget_pause(&mut self, id: &JobId) -> Option<Box<Paused>> {
        let pause = self.jobs.get_mut(id)?.pause.take()?;
        if let Some(until) = pause.until {
            self.shared.pauses.remove(&(until, id.clone()));
        }
        Some(pause)
    }
}
