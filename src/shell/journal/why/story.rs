//! What the history says of a job around an instant, as `jobsd why` tells it: a fold of the lines
//! up to it.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::model::event::{Adopted, Change, Event, Paused, Reloaded};
use crate::model::job::{Job, JobId};
use crate::model::run::RunRecord;
use crate::model::run_id::RunId;
use crate::model::state::State;
use crate::shell::journal::past::look_back;
use crate::spec::jobs::compile;
use crate::spec::types::config::Settings;
use crate::time::Timestamp;

/// What the history says of a job around an instant.
#[derive(Default)]
pub(super) struct Story {
    /// The definition in force.
    pub(super) adopted: Option<Arc<Adopted>>,
    /// The pause in force.
    pub(super) pause: Option<Box<Paused>>,
    /// The id that it went on under, and since when.
    pub(super) renamed_to: Option<(JobId, Option<Timestamp>)>,
    /// The job that it took the place of, and is no rename of.
    pub(super) not_renamed_from: Option<JobId>,
    /// When an edit took it away.
    pub(super) removed: Option<Timestamp>,
    /// When the last daemon started.
    pub(super) started: Option<Timestamp>,
    /// When it ended in good order, and none started since.
    pub(super) ended: Option<Timestamp>,
    /// Each run as its last line says it, oldest first.
    pub(super) runs: Vec<RunRecord>,
    /// Whether the history knows the job at all.
    pub(super) is_known: bool,
}

impl Story {
    /// Reads only what was in force at an instant.
    pub(super) fn look(state: &Path, id: &JobId, at: Timestamp) -> io::Result<Story> {
        let mut story = Story::default();
        look_back(state, id, at, |event| story.take(event, id, at))?;
        Ok(story)
    }

    fn take(&mut self, event: Event, id: &JobId, at: Timestamp) {
        match event {
            Event::Adopt(adopted) if adopted.job_id == *id => {
                self.is_known = true;
                if adopted.at <= at {
                    self.adopt(adopted);
                }
            }
            Event::Adopt(adopted) if adopted.renamed_from.as_ref() == Some(id) => {
                self.is_known = true;
                if adopted.at <= at {
                    self.renamed_to = Some((adopted.job_id.clone(), Some(adopted.at)));
                }
            }
            Event::Pause(pause) if pause.job_id == *id && pause.at <= at => {
                self.pause = Some(pause);
            }
            Event::Resume(resume) if resume.job_id == *id && resume.at <= at => self.pause = None,
            Event::Reload(reload) if reload.at <= at => self.reloaded(&reload, id),
            Event::Start(start) if start.at <= at => {
                (self.started, self.ended) = (Some(start.at), None);
            }
            Event::End(end) if end.at <= at => self.ended = Some(end.at),
            Event::State(state) => self.restore(*state, id),
            Event::Run(run) if run.job_id == *id => {
                self.is_known = true;
                self.note(*run);
            }
            _ => {}
        }
    }

    fn reloaded(&mut self, reload: &Reloaded, id: &JobId) {
        let pair = reload.not_renamed.iter().find(|pair| pair.to == *id);
        if let Some(pair) = pair {
            self.not_renamed_from = Some(pair.from.clone());
        }
    }

    fn adopt(&mut self, adopted: Arc<Adopted>) {
        if adopted.change == Change::Removed {
            (self.adopted, self.removed) = (None, Some(adopted.at));
        } else {
            (self.renamed_to, self.removed) = (None, None);
            self.adopted = Some(adopted);
        }
    }

    /// What everything before said.
    fn restore(&mut self, mut state: State, id: &JobId) {
        self.started = state.down_until;
        self.ended = state.high_water.filter(|_| state.ended_clean);
        for reload in state.reloads.iter().rev() {
            self.reloaded(reload, id);
        }
        let Some(job) = state.jobs.remove(id) else {
            (self.adopted, self.pause) = (None, None);
            return;
        };
        self.is_known = true;
        let adopted = job.adopted;
        self.removed = adopted.as_ref().filter(|_| !job.present).map(|it| it.at);
        self.renamed_to = job.renamed_to.map(|to| (to, self.removed));
        self.adopted = adopted.filter(|_| job.present);
        self.pause = job.pause;
        let runs = state.runs.into_iter().map(|run| run.record);
        runs.filter(|run| run.job_id == *id)
            .for_each(|run| self.note(run));
    }

    /// Notes a run, or what came of it.
    pub(super) fn note(&mut self, run: RunRecord) {
        let id: RunId = run.id;
        match self.runs.iter_mut().rev().find(|known| known.id == id) {
            Some(known) => *known = run,
            None => self.runs.push(run),
        }
    }

    /// The definition in force, compiled.
    pub(super) fn job(&self) -> Option<Job> {
        let adopted = self.adopted.as_ref()?;
        let definition = adopted.definition.as_ref()?;
        let id = adopted.job_id.clone();
        compile::restore(id, &adopted.file, definition, &Settings::default())
    }
}
