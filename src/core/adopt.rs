//! Puts a job set in force. An unchanged job is untouched; a changed schedule never fires by being changed.

use std::sync::Arc;

use crate::core::change::{self, Difference};
use crate::core::ledger::JobState;
use crate::core::{Scheduler, Turn};
use crate::model::event::{Adopted, Change, Counts, Event, NAMED_MAX, ReloadResult, Reloaded};
use crate::model::job::{Job, JobId, JobSet};
use crate::model::run::Reason;
use crate::text::Lang;

impl Scheduler {
    /// Puts a job set in force. Due times up to now are settled already.
    pub(crate) fn adopt(&mut self, turn: &mut Turn, set: &JobSet) {
        self.revision.clone_from(&set.revision);
        let difference = self.difference(set);
        let reload = reloaded(turn, set, &difference);
        let renamed = &difference.renamed;
        let (from, to): (Vec<_>, Vec<_>) = renamed.iter().map(|r| (&r.from, &r.to)).unzip();
        let added = difference.added.iter().chain(to);
        for (id, change) in added
            .map(|id| (id, Change::Added))
            .chain(difference.changed.iter().map(|id| (id, Change::Changed)))
        {
            if let Some(job) = set.jobs.get(id) {
                self.put_in_force(turn, job, change, set.revision.as_ref());
            }
        }
        for id in difference.removed.iter().chain(from) {
            self.remove(turn, id, set.revision.as_ref());
        }
        if self.is_news(&reload) {
            self.emit(turn, Event::Reload(Box::new(reload)));
        }
    }

    fn difference(&self, set: &JobSet) -> Difference {
        let in_force = |id: &JobId| {
            let state = self.ledger.jobs.get(id).filter(|state| state.present);
            state.and_then(|state| state.job.as_ref())
        };
        let differs = |id: &JobId| match (in_force(id), set.jobs.get(id)) {
            (Some(old), Some(new)) => !Arc::ptr_eq(old, new) && old.differs(new),
            _ => true,
        };
        let present = self.ledger.jobs.iter().filter(|(_, state)| state.present);
        let digest = |state: &JobState| state.job.as_ref().map(|job| job.digest);
        let old = present.map(|(id, state)| (id, digest(state))).collect();
        let new = set.jobs.iter().map(|(id, job)| (id, job.digest)).collect();
        change::difference(&old, &new, differs)
    }

    fn put_in_force(
        &mut self,
        turn: &mut Turn,
        job: &Arc<Job>,
        change: Change,
        revision: Option<&Arc<str>>,
    ) {
        let adopted = Adopted {
            at: turn.now,
            job_id: job.id.clone(),
            change,
            file: job.file.clone(),
            digest: job.digest,
            definition: Some(job.definition.clone()),
            revision: revision.cloned(),
        };
        self.emit(turn, Event::Adopt(Arc::new(adopted)));
        self.ledger.define(job.clone());
        if !job.enabled {
            self.drop_waiting(turn, &job.id);
        }
    }

    fn remove(&mut self, turn: &mut Turn, id: &JobId, revision: Option<&Arc<str>>) {
        let Some(job) = self.job(id).cloned() else {
            return;
        };
        let adopted = Adopted {
            at: turn.now,
            job_id: id.clone(),
            change: Change::Removed,
            file: job.file.clone(),
            digest: job.digest,
            definition: None,
            revision: revision.cloned(),
        };
        self.emit(turn, Event::Adopt(Arc::new(adopted)));
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
            let Counts {
                added,
                changed,
                removed,
                renamed,
                ..
            } = reload.counts;
            added + changed + removed + renamed > 0
                || last.errors != reload.errors
                || last.revision != reload.revision
        })
    }
}

fn reloaded(turn: &Turn, set: &JobSet, difference: &Difference) -> Reloaded {
    let bounded = |ids: &[JobId]| ids.iter().take(NAMED_MAX).cloned().collect();
    let (added, changed, renamed) = (
        difference.added.len(),
        difference.changed.len(),
        difference.renamed.len(),
    );
    let errors = errors(set);
    Reloaded {
        at: turn.now,
        cause: set.origin.cause,
        result: if errors.is_empty() {
            ReloadResult::Ok
        } else {
            ReloadResult::Partial
        },
        revision: set.revision.as_deref().map(str::to_owned),
        // What is not committed yet has no commit of its own.
        commit: set.origin.commit.clone().filter(|_| {
            !set.revision
                .as_ref()
                .is_some_and(|text| text.ends_with('+'))
        }),
        took_ms: u64::try_from(set.origin.took.as_millis()).unwrap_or(u64::MAX),
        files: set.files,
        counts: Counts {
            added,
            changed,
            removed: difference.removed.len(),
            renamed,
            unchanged: set.jobs.len() - added - changed - renamed,
        },
        added: bounded(&difference.added),
        changed: bounded(&difference.changed),
        removed: bounded(&difference.removed),
        renamed: difference.renamed.iter().take(NAMED_MAX).cloned().collect(),
        errors,
    }
}

fn errors(set: &JobSet) -> Vec<String> {
    let errors = set.diagnostics.iter().filter(|finding| finding.is_error());
    errors
        .take(NAMED_MAX)
        .map(|error| error.line(Lang::En))
        .collect()
}
