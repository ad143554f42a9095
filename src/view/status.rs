//! `Status`: all that the pages and the API show, a fold of events and of the active jobs.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::core::ledger::Ledger;
use crate::core::uses::{Levels, Uses};
use crate::model::diagnostic::Diagnostic;
use crate::model::event::{Adopted, ClockSet, Event, Paused, Reloaded, Stage};
use crate::model::job::{Commit, Job, JobId, JobSet};
use crate::model::run::{RunRecord, Status as RunStatus};
use crate::model::run_id::RunId;
use crate::model::state::State;
use crate::time::Timestamp;
use crate::view::tally::{LastDay, Tally};

/// Reloads kept.
const RELOADS_MAX: usize = 50;

/// Everything that is shown.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// The jobs, removed ones as long as a run of theirs is still running.
    pub jobs: BTreeMap<JobId, Arc<JobStatus>>,
    /// Commit of the job files.
    pub revision: Option<Arc<str>>,
    /// How many job files were read.
    pub files: usize,
    /// Findings in them.
    pub diagnostics: Vec<Diagnostic>,
    /// The last reloads, newest first.
    pub reloads: VecDeque<Reloaded>,
    /// Why the promise cannot be kept, by cause; empty is healthy.
    pub health: BTreeMap<&'static str, String>,
    /// What went wrong and was put right, or holds something up without breaking the promise, by
    /// cause.
    pub notes: BTreeMap<&'static str, String>,
    /// Whether job files were loaded since the start.
    pub is_ready: bool,
    /// Why changes of files may come without an event; `None`: every folder is watched.
    pub blind: Option<String>,
    /// Keys of `jobsd.yaml` whose new value waits for a restart.
    pub restart_needed: Vec<String>,
    /// The last commit that touched the job files.
    pub commit: Option<Commit>,
    /// The branch of the job files; `None` of a detached HEAD, and without git.
    pub branch: Option<String>,
    /// Where the folder of the job files is in its repository; `None` without git.
    pub folder: Option<String>,
    /// Reloads since the history began to be told.
    pub reloads_seen: u64,
    /// Start of the daemon.
    pub started_at: Option<Timestamp>,
    /// Syncs of the journal since the start.
    pub syncs: u64,
    /// Lines of the history that a crash tore, found at the start: `FILE:BYTE`. They are skipped,
    /// and fenced.
    pub torn_lines: Vec<String>,
    /// Time spent in them.
    pub sync_time: Duration,
    /// Lines of the log that no one took.
    pub log_lines_dropped: u64,
    /// Ended runs of the last day.
    pub last_day: LastDay,
    /// What happened since the start.
    pub tally: Tally,
    /// Whether control over TCP is on.
    pub has_control: bool,
    /// Where the endpoint is.
    pub url: String,
    /// The folder of job files and the daemon's settings, as it was given them.
    pub places: (PathBuf, PathBuf),
    /// Version of the daemon.
    pub version: String,
    /// The machine.
    pub host: String,
    /// How the processes of a run are found, in words.
    pub supervision: String,
}

/// What is shown of a job.
#[derive(Clone, Debug, Default)]
pub struct JobStatus {
    /// Its definition.
    pub job: Option<Arc<Job>>,
    /// Whether it is in the job set.
    pub present: bool,
    /// The active pause, which differs from what the file says: drift.
    pub pause: Option<Box<Paused>>,
    /// Its next due time.
    pub next_run_at: Option<Timestamp>,
    /// When its definition was first adopted.
    pub created_at: Option<Timestamp>,
    /// The last adoption.
    pub adopted: Option<Arc<Adopted>>,
    /// Runs that have started and are not over.
    pub running: BTreeMap<RunId, Arc<RunRecord>>,
    /// What it has sent, for its limits.
    pub uses: Option<Box<Uses>>,
    /// The last run that was tried; a dry run only where there was no other.
    pub last_run: Option<Arc<RunRecord>>,
    /// The last run that was tried and is over, never a dry run: whether the job is failing.
    pub last_ended: Option<Arc<RunRecord>>,
    /// The last record that became final since the start of the daemon.
    pub last_final: Option<Arc<RunRecord>>,
    /// How many became final since then: when it moves, what was read of the history is old.
    pub finals: u64,
    /// End of the last run that succeeded.
    pub last_success: Option<Timestamp>,
}

impl JobStatus {
    /// When its definition was last adopted.
    pub fn updated_at(&self) -> Option<Timestamp> {
        self.adopted.as_ref().map(|adopted| adopted.at)
    }

    /// Commit of the files that its definition came with.
    pub fn revision(&self) -> Option<&Arc<str>> {
        self.adopted.as_ref()?.revision.as_ref()
    }

    /// Its runs that have a process: without those that wait for their next attempt.
    pub fn with_process(&self) -> impl Iterator<Item = &Arc<RunRecord>> {
        let all = self.running.values();
        all.filter(|run| !run.is_between_attempts())
    }

    /// The run that makes the job fail: the last one that is over, where it ended badly.
    pub fn failing(&self) -> Option<&RunRecord> {
        self.last_ended.as_deref().filter(|run| run.is_bad())
    }

    /// Whether due times count: the file says so and no pause is active.
    pub fn is_enabled(&self) -> bool {
        self.pause.is_none() && self.job.as_ref().is_some_and(|job| job.enabled)
    }
}

impl Status {
    /// Takes an event in.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Run(record) => self.apply_run(record),
            Event::Adopt(adopted) => {
                let job = self.job_mut(&adopted.job_id);
                job.created_at = job.created_at.or(Some(adopted.at));
                job.present = adopted.definition.is_some();
                job.adopted = Some(adopted.clone());
                if let Some(from) = &adopted.renamed_from {
                    self.carry_over(from, &adopted.job_id);
                }
            }
            Event::Reload(reload) => {
                self.reloads.push_front((**reload).clone());
                self.reloads.truncate(RELOADS_MAX);
                self.reloads_seen += 1;
            }
            Event::Start(start) => {
                self.started_at = Some(start.at);
                self.version.clone_from(&start.version);
                self.host.clone_from(&start.host);
            }
            // A pause is shown with its job, by `show_job`.
            Event::Pause(_) | Event::Resume(_) | Event::Control(_) => {}
            Event::State(state) => self.restore(state),
            Event::Clock(set) => self.move_retries(set),
            Event::Stop(_) | Event::End(_) => {}
        }
    }

    /// Adds to a state what only this knows.
    pub fn add_to(&self, state: &mut State) {
        if !self.reloads.is_empty() {
            state.reloads = self.reloads.iter().cloned().collect();
        }
        state.last_day = self.last_day.memory();
        for (id, job) in &self.jobs {
            if let Some(memory) = state.jobs.get_mut(id) {
                memory.created_at = job.created_at;
                memory.last_started = job.last_run.as_deref().cloned();
                let same = job.last_ended.as_ref().map(|run| run.id)
                    == job.last_run.as_ref().map(|run| run.id);
                memory.last_ended = job.last_ended.as_deref().filter(|_| !same).cloned();
                memory.last_success = job.last_success;
            }
        }
    }

    /// Shows what a state says, and nothing that was shown of jobs before.
    fn restore(&mut self, state: &State) {
        self.reloads = state.reloads.iter().cloned().collect();
        self.last_day = LastDay::of(&state.last_day);
        let shown = state.jobs.iter().map(|(id, memory)| {
            let last_run = memory.last_started.clone().map(Arc::new);
            let of_last = || {
                last_run
                    .clone()
                    .filter(|run| run.is_final() && !run.is_dry_run())
            };
            let last_ended = memory.last_ended.clone().map(Arc::new).or_else(of_last);
            let job = JobStatus {
                present: memory.present,
                created_at: memory.created_at,
                adopted: memory.adopted.clone(),
                last_run,
                last_ended,
                last_success: memory.last_success,
                ..JobStatus::default()
            };
            (id.clone(), Arc::new(job))
        });
        self.jobs = shown.collect();
        let runs = state.runs.iter().map(|run| &run.record);
        for run in runs.filter(|run| run.stage() != Stage::Planned) {
            let job = self.job_mut(&run.job_id);
            job.running.insert(run.id, Arc::new(run.clone()));
        }
    }

    /// Shows these jobs and findings from now on.
    pub fn show_set(&mut self, set: &JobSet) {
        self.revision.clone_from(&set.revision);
        self.files = set.files;
        self.diagnostics.clone_from(&set.diagnostics);
        self.restart_needed.clone_from(&set.origin.restart_needed);
        self.commit.clone_from(&set.origin.commit);
        self.branch.clone_from(&set.origin.branch);
        self.folder.clone_from(&set.origin.folder);
        self.is_ready = true;
    }

    /// Shows a definition, its next due time and its pause.
    pub fn show_job(
        &mut self,
        job: &Arc<Job>,
        next_run_at: Option<Timestamp>,
        pause: Option<&Paused>,
    ) {
        let known = self.jobs.get(&job.id);
        let is_shown = known.is_some_and(|status| {
            status.next_run_at == next_run_at
                && status.pause.as_deref() == pause
                && status
                    .job
                    .as_ref()
                    .is_some_and(|shown| Arc::ptr_eq(shown, job))
        });
        if !is_shown {
            let status = self.job_mut(&job.id);
            status.job = Some(job.clone());
            status.next_run_at = next_run_at;
            status.pause = pause.cloned().map(Box::new);
        }
    }

    /// Shows what a job has sent.
    pub fn show_uses(&mut self, id: &JobId, uses: Option<&Uses>) {
        let uses = uses.filter(|uses| !uses.is_empty());
        let known = self.jobs.get(id);
        if known.and_then(|status| status.uses.as_deref()) != uses {
            self.job_mut(id).uses = uses.cloned().map(Box::new);
        }
    }

    /// Rebuilds what is shown of jobs, as `Ledger::compact` did, with that ledger's ids and
    /// adoptions.
    pub fn compact(&mut self, ledger: &Ledger) {
        let compact = self.jobs.iter().map(|(id, status)| {
            let mut status = JobStatus::clone(status);
            let Some((id, state)) = ledger.jobs.get_key_value(id) else {
                return (id.clone(), Arc::new(status));
            };
            if status.adopted == state.adopted {
                status.adopted.clone_from(&state.adopted);
            }
            (id.clone(), Arc::new(status))
        });
        self.jobs = compact.collect();
    }

    /// Forgets removed jobs without a run.
    pub fn drop_removed(&mut self) {
        let before = self.jobs.len();
        self.jobs
            .retain(|_, status| status.present || !status.running.is_empty());
        let jobs = &self.jobs;
        if jobs.len() < before {
            self.tally.keep(|id| jobs.contains_key(id));
        }
    }

    fn job_mut(&mut self, id: &JobId) -> &mut JobStatus {
        Arc::make_mut(self.jobs.entry(id.clone()).or_default())
    }

    /// What is shown of a renamed job goes with it.
    fn carry_over(&mut self, from: &JobId, to: &JobId) {
        let Some(old) = self.jobs.get(from).cloned() else {
            return;
        };
        let job = self.job_mut(to);
        job.created_at = old.created_at;
        job.last_run.clone_from(&old.last_run);
        job.last_ended.clone_from(&old.last_ended);
        job.last_success = old.last_success;
    }

    /// A back-off is a span of elapsed time: its end moves with a clock that is set.
    fn move_retries(&mut self, set: &ClockSet) {
        let step = set.to.duration_since(set.from);
        let waits = |job: &JobStatus| job.running.values().any(|run| run.retry_at.is_some());
        for job in self.jobs.values_mut().filter(|job| waits(job)) {
            for run in Arc::make_mut(job).running.values_mut() {
                let moved = run.retry_at.and_then(|at| at.checked_add(step).ok());
                if moved.is_some() {
                    Arc::make_mut(run).retry_at = moved;
                }
            }
        }
    }

    fn apply_run(&mut self, record: &RunRecord) {
        if record.stage() == Stage::Planned {
            return;
        }
        let status = self.job_mut(&record.job_id);
        let shared = Arc::new(record.clone());
        status.note_last(&shared);
        if record.stage() != Stage::Final {
            status.running.insert(record.id, shared);
            return;
        }
        status.running.remove(&record.id);
        status.last_final = Some(shared);
        status.finals += 1;
        if record.status == RunStatus::Success && !record.is_dry_run() {
            status.last_success = record.finished_at;
        }
        if !record.is_dry_run() {
            self.last_day.add(record);
        }
    }
}

impl JobStatus {
    /// Notes a run that was tried. Which is the last one is told by the order of lines, never by a
    /// clock that may have been set.
    fn note_last(&mut self, run: &Arc<RunRecord>) {
        let known = self.last_run.as_deref();
        let is_known = known.is_some_and(|last| last.id == run.id);
        // Its first line that says so: it began, or it ended badly without one.
        let is_first = !self.running.contains_key(&run.id);
        let began = is_first && (run.is_bad() || run.attempt > 0 && !run.is_final());
        let is_real = known.is_none_or(|last| last.is_dry_run()) || !run.is_dry_run();
        if is_known || began && is_real {
            self.last_run = Some(run.clone());
        }
        let was_tried = run.attempt > 0 || run.is_bad();
        if run.is_final() && was_tried && !run.is_dry_run() {
            self.last_ended = Some(run.clone());
        }
    }
}

impl JobStatus {
    /// How full its limits are at an instant; `None` without any.
    pub fn levels(&self, at: Timestamp) -> Option<Levels> {
        let job = self.job.as_ref()?;
        let none = Uses::default();
        let uses = self.uses.as_deref().unwrap_or(&none);
        let levels = uses.levels(job, at, None);
        levels.left().is_some().then_some(levels)
    }
}

/// The status as readers get it: one pointer copy, never a lock that the loop waits on for longer
/// (A10).
#[derive(Debug, Default)]
pub struct Shared {
    status: Mutex<Arc<Status>>,
}

impl Shared {
    /// The status as it is now; it will not change under the reader.
    pub fn read(&self) -> Arc<Status> {
        self.status
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes the status. Only the loop calls this.
    pub fn update(&self, change: impl FnOnce(&mut Status)) {
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut status));
    }
}
