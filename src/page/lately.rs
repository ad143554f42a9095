//! What a job did lately, as far back as a page asks: the records of a long row of failures, the
//! last success.

use crate::model::job::Job;
use crate::model::run::{RunRecord, Status as RunStatus};
use crate::page::past::{Past, RECENT_MAX, Wanted};
use crate::time::Timestamp;
use crate::view::streak::{self, Streak};

/// Records that are looked at for the first failure of a long row.
const STREAK_MAX: usize = 500;
/// Records that are looked at for a success that was no dry run.
const GOOD_MAX: usize = 20;

/// More records of a job whose last ones all say the same; `None` where those few say it all.
pub fn longer(past: &dyn Past, job: &Job, recent: &[RunRecord]) -> Option<Vec<RunRecord>> {
    let is_open = |streak: Option<Streak<'_>>| streak.is_some_and(|streak| streak.is_open);
    let is_full = recent.len() >= RECENT_MAX;
    if !is_full || !is_open(streak::failures(recent)) && !is_open(streak::idle(recent)) {
        return None;
    }
    let page = past.page(&Wanted::of_job(&job.id), None, STREAK_MAX).ok()?;
    Some(page.records)
}

/// The last success before an instant that was no dry run.
pub fn last_good(past: &dyn Past, job: &Job, before: Timestamp) -> Option<RunRecord> {
    let wanted = Wanted {
        status: Some(RunStatus::Success),
        until: Some(before),
        ..Wanted::of_job(&job.id)
    };
    let page = past.page(&wanted, None, GOOD_MAX).ok()?;
    let mut real = page.records.into_iter();
    real.find(|run| !run.is_dry_run())
}
