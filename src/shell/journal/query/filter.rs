//! Which records are wanted, and what the index may leave out because of it.

use crate::model::job::JobId;
use crate::model::run::{RunRecord, Status, Trigger};
use crate::shell::journal::index::Live;
use crate::shell::journal::index::segment::{Draft, key};
use crate::shell::journal::sum::hash;
use crate::time::Timestamp;

/// Which records are wanted; what is `None` is not asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Of this job.
    pub job_id: Option<JobId>,
    /// With this status. Without one, runs that have started and are not over are among the
    /// records.
    pub status: Option<Status>,
    /// Started by this.
    pub trigger: Option<Trigger>,
    /// From this instant on: [`RunRecord::started_at`], or the due time where nothing started.
    pub since: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}

impl Filter {
    /// Whether a record is wanted.
    pub fn matches(&self, record: &RunRecord) -> bool {
        let from = record
            .started_at
            .or(record.scheduled_at)
            .unwrap_or_else(|| record.requested());
        let to = record.scheduled_until.map_or(from, |end| end.max(from));
        self.job_id.as_ref().is_none_or(|id| *id == record.job_id)
            && self.status.is_none_or(|status| status == record.status)
            && self.trigger.is_none_or(|trigger| trigger == record.trigger)
            && self.since.is_none_or(|since| to >= since)
            && self.until.is_none_or(|until| from < until)
    }

    fn job(&self) -> Option<u64> {
        self.job_id.as_ref().map(|id| hash(id.as_str().as_bytes()))
    }

    /// The key of the index that its matches have; `None` when any record may match.
    pub(super) fn key(&self) -> Option<u64> {
        let job = self.job();
        let is_any = job.is_none() && self.status.is_none() && self.trigger.is_none();
        (!is_any).then(|| key(job, self.status, self.trigger))
    }

    /// Whether a span of time (microseconds) may hold a match.
    pub(super) fn touches(&self, from: i64, to: i64) -> bool {
        self.since.is_none_or(|since| to >= since.as_microsecond())
            && self
                .until
                .is_none_or(|until| from <= until.as_microsecond())
    }

    pub(super) fn may_be_live(&self, live: &Live) -> bool {
        live.is_shown
            && self.status.is_none_or(|status| status == Status::Running)
            && self.job().is_none_or(|job| job == live.job)
            && self.trigger.is_none_or(|trigger| trigger == live.trigger)
            && self.touches(live.from, live.from)
    }

    pub(super) fn may_be(&self, draft: &Draft) -> bool {
        self.job().is_none_or(|job| job == draft.job)
            && self.status.is_none_or(|status| status == draft.status)
            && self.trigger.is_none_or(|trigger| trigger == draft.trigger)
            && self.touches(draft.entry.from, draft.entry.to)
    }
}
