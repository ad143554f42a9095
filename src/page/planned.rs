//! The due times of the next twenty-four hours, counted once a minute.

use std::sync::{Mutex, PoisonError};

use crate::time::{SignedDuration, Timestamp};
use crate::view::status::{JobStatus, Status};

/// The hours as they were counted last. A cache: it says nothing that the status does not.
#[derive(Debug, Default)]
pub struct Planned(Mutex<Option<(Stamp, Vec<u64>)>>);

/// What the hours depend on: the minute, the last reload, the jobs that are due at all.
type Stamp = (i64, Option<Timestamp>, usize);

/// Whether a job's due times become runs.
pub fn is_due(job: &JobStatus) -> bool {
    job.present && job.is_enabled()
}

impl Planned {
    /// Due times of the next twenty-four hours, an hour each.
    pub fn hours(&self, status: &Status, now: Timestamp) -> Vec<u64> {
        let minute = now.as_second().div_euclid(60);
        let due = status.jobs.values().filter(|job| is_due(job)).count();
        let stamp = (minute, status.reloads.front().map(|reload| reload.at), due);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, hours)) = known.as_ref().filter(|(known, _)| *known == stamp) {
            return hours.clone();
        }
        let hours = count(status, now);
        *known = Some((stamp, hours.clone()));
        hours
    }
}

fn count(status: &Status, now: Timestamp) -> Vec<u64> {
    let mut hours = vec![0; 24];
    let jobs = status.jobs.values().filter(|job| is_due(job));
    for schedule in jobs.filter_map(|job| Some(&job.job.as_ref()?.schedule)) {
        // Rare due times are walked through; where an hour has several they are counted hour by
        // hour.
        let mut after = now;
        for _ in 0..24 {
            let Some(due) = schedule.next_after(after) else {
                break;
            };
            let place = usize::try_from(due.duration_since(now).as_secs() / 3_600).unwrap_or(24);
            let Some(hour) = hours.get_mut(place) else {
                break;
            };
            let end = |hour: usize| {
                let hours = SignedDuration::from_hours(hour as i64 + 1);
                now.checked_add(hours).unwrap_or(due)
            };
            let range = schedule.due_range(after, end(place));
            *hour += range.map_or(1, |range| range.count.max(1));
            after = end(place);
        }
    }
    hours
}
