//! Old job set against new: added, changed, removed. An unchanged job is untouched; a changed schedule never fires by
//! being changed.

use std::sync::Arc;

use crate::core::{Scheduler, Turn};
use crate::model::event::{Adopted, Change, Event, Reloaded};
use crate::model::job::{Job, JobId, JobSet};
use crate::model::run::Reason;
use crate::text::Lang;

impl Scheduler {
    /// Puts a job set in force. Due times up to now are settled already.
    pub(crate) fn adopt(&mut self, turn: &mut Turn, set: &JobSet) {
        self.revision.clone_from(&set.revision);
        let mut reload = Reloaded {
            at: turn.now,
            revision: set.revision.clone(),
            files: set.files,
            added: Vec::new(),
            changed: Vec::new(),
            removed: self.removed_ids(set),
            errors: errors(set),
        };
        for job in set.jobs.values() {
            match self.change(job) {
                Some(Change::Added) => reload.added.push(job.id.clone()),
                Some(Change::Changed) => reload.changed.push(job.id.clone()),
                Some(Change::Removed) | None => continue,
            }
            self.put_in_force(turn, job);
        }
        for id in reload.removed.clone() {
            self.remove(turn, &id);
        }
        if self.is_news(&reload) {
            self.emit(turn, Event::Reload(reload));
        }
    }

    fn removed_ids(&self, set: &JobSet) -> Vec<JobId> {
        let present = self.ledger.jobs.iter().filter(|(_, state)| state.present);
        present
            .map(|(id, _)| id.clone())
            .filter(|id| !set.jobs.contains_key(id))
            .collect()
    }

    fn change(&self, job: &Job) -> Option<Change> {
        let state = self.ledger.jobs.get(&job.id).filter(|state| state.present);
        match state.and_then(|state| state.job.as_ref()) {
            None => Some(Change::Added),
            Some(old) if differs(old, job) => Some(Change::Changed),
            Some(_) => None,
        }
    }

    fn put_in_force(&mut self, turn: &mut Turn, job: &Arc<Job>) {
        let change = self.change(job).unwrap_or(Change::Changed);
        let adopted = Adopted {
            at: turn.now,
            job_id: job.id.clone(),
            change,
            file: job.file.clone(),
            digest: job.digest.clone(),
            definition: Some((*job.definition).clone()),
        };
        self.emit(turn, Event::Adopt(Box::new(adopted)));
        self.ledger.define(job.clone());
        if !job.enabled {
            self.drop_waiting(turn, &job.id);
        }
    }

    fn remove(&mut self, turn: &mut Turn, id: &JobId) {
        let Some(job) = self.job(id).cloned() else {
            return;
        };
        let adopted = Adopted {
            at: turn.now,
            job_id: id.clone(),
            change: Change::Removed,
            file: job.file.clone(),
            digest: job.digest.clone(),
            definition: None,
        };
        self.emit(turn, Event::Adopt(Box::new(adopted)));
        self.drop_waiting(turn, id);
    }

    /// Runs that wait for a place go with their job; runs in progress finish; ordered ones are judged at their due time.
    fn drop_waiting(&mut self, turn: &mut Turn, id: &JobId) {
        let waiting = self
            .ledger
            .runs
            .values()
            .filter(|run| run.waits && run.record.job_id == *id);
        let ids: Vec<_> = waiting.map(|run| run.record.id).collect();
        for run_id in ids {
            self.cancel(turn, run_id, Reason::Removed);
        }
    }

    fn is_news(&self, reload: &Reloaded) -> bool {
        self.ledger.last_reload.as_ref().is_none_or(|last| {
            !(reload.added.is_empty() && reload.changed.is_empty() && reload.removed.is_empty())
                || last.errors != reload.errors
                || last.revision != reload.revision
        })
    }
}

/// The same text with new zone data is another schedule.
fn differs(old: &Job, new: &Job) -> bool {
    old.digest != new.digest || old.file != new.file || old.schedule.zone() != new.schedule.zone()
}

fn errors(set: &JobSet) -> Vec<String> {
    let errors = set.diagnostics.iter().filter(|finding| finding.is_error());
    errors.map(|error| error.line(Lang::En)).collect()
}
