//! Puts a job set in force. An unchanged job is untouched; a changed schedule never fires by being
//! changed.

use std::sync::Arc;

use crate::core::change::{self, Difference, Likeness};
use crate::core::job_ledger::JobLedger;
use crate::core::{Scheduler, Turn};
use crate::model::event::{
    Adopted, Change, Counts, Event, NAMED_MAX, ReloadResult, Reloaded, Stage,
};
use crate::model::job::{Job, JobId, JobSet};
use crate::model::run::{Reason, RunRecord};
use crate::text::Lang;
use crate::time::Timestamp;

impl Scheduler {
    /// Puts a job set in force. Due times up to now are settled already.
    pub(crate) fn adopt(&mut self, turn: &mut Turn, set: &JobSet) {
        self.revision.clone_from(&set.revision);
        let difference = self.difference(set);
        let mut reload = reloaded(turn, set, &difference);
        let likeness = |job: &Arc<Job>| Likeness::of(&job.definition.value());
        reload.not_renamed = difference.alike(
            |id| self.job(id).map(likeness),
            |id| set.jobs.get(id).map(likeness),
        );
        let renamed = &difference.renamed;
        let added = difference.added.iter().map(|id| (id, Change::Added, None));
        let new = renamed
            .iter()
            .map(|pair| (&pair.to, Change::Added, Some(&pair.from)));
        let changed = difference.changed.iter();
        let changed = changed.map(|id| (id, Change::Changed, None));
        for (id, change, renamed_from) in added.chain(new).chain(changed) {
            if let Some(job) = set.jobs.get(id) {
                let revision = set.revision.clone();
                self.put_in_force(turn, job, |at| Adopted {
                    at,
                    job_id: job.id.clone(),
                    change,
                    file: job.file.clone(),
                    digest: job.digest,
                    definition: Some(job.definition.clone()),
                    revision,
                    renamed_from: renamed_from.cloned(),
                });
            }
        }
        let from = renamed.iter().map(|pair| &pair.from);
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
        let digest = |state: &JobLedger| state.job.as_ref().map(|job| job.digest);
        let old = present.map(|(id, state)| (id, digest(state))).collect();
        let new = set.jobs.iter().map(|(id, job)| (id, job.digest)).collect();
        change::difference(&old, &new, differs)
    }

    fn put_in_force(
        &mut self,
        turn: &mut Turn,
        job: &Arc<Job>,
        adopted: impl FnOnce(Timestamp) -> Adopted,
    ) {
        let adopted = adopted(turn.now);
        self.emit(turn, Event::Adopt(Arc::new(adopted)));
        self.ledger.define(job.clone());
        self.drop_orders(turn, &job.id);
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
            renamed_from: None,
        };
        self.emit(turn, Event::Adopt(Arc::new(adopted)));
        self.drop_orders(turn, id);
    }

    /// What waits, and the attempts to come, go with their job, and what waits with its due time.
    /// Runs in progress finish; intents are judged at their due time.
    fn drop_orders(&mut self, turn: &mut Turn, id: &JobId) {
        let Some(job) = self.job(id).cloned() else {
            return;
        };
        let is_due = self.ledger.jobs.get(id).is_some_and(|state| state.is_due());
        let is_gone = |record: &RunRecord| match record.stage() {
            Stage::Planned => record.waiting && !(is_due && self.still_due(&job, record)),
            Stage::Retrying => !is_due,
            Stage::Started | Stage::Final => false,
        };
        let runs = self.ledger.runs().map(|run| &run.record);
        let gone = runs.filter(|record| record.job_id == *id && is_gone(record));
        let ids: Vec<_> = gone.map(|record| record.id).collect();
        for run_id in ids {
            self.cancel(turn, run_id, Reason::Removed);
        }
    }

    fn is_news(&self, reload: &Reloaded) -> bool {
        self.ledger.shared.last_reload.as_ref().is_none_or(|last| {
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
        not_renamed: Vec::new(),
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
