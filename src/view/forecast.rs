//! Folds of a simulated life: what runs, waits, is skipped or missed, hour by hour and per job.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::event::{Event, Stage};
use crate::model::job::JobId;
use crate::model::run::{RunRecord, Status};
use crate::time::{SignedDuration, Timestamp};

/// Counts of runs by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Attempts that started.
    pub started: u64,
    /// Runs that started a second or more after their due time.
    pub waited: u64,
    /// Due times skipped by the overlap policy.
    pub skipped: u64,
    /// Due times that could not start within their grace, or that a later one stands for.
    pub missed: u64,
    /// Runs that were stopped to make room.
    pub replaced: u64,
    /// Runs over their time limit.
    pub timed_out: u64,
    /// Most runs at the same moment.
    pub peak: u64,
}

/// What a life held.
#[derive(Clone, Debug, Default)]
pub struct Forecast {
    /// Per hour that has any; the key is its first instant.
    pub hours: BTreeMap<Timestamp, Counts>,
    /// Per job that had any due time.
    pub jobs: BTreeMap<JobId, Counts>,
    /// Over all.
    pub total: Counts,
    running: u64,
    running_of: BTreeMap<JobId, u64>,
}

impl Forecast {
    /// Takes an event in.
    pub fn apply(&mut self, now: Timestamp, event: &Event) {
        let Event::Run(run) = event else { return };
        match run.stage() {
            Stage::Started => self.start(now, run),
            Stage::Retrying => self.end(run),
            Stage::Final => {
                if run.started_at.is_some() {
                    self.end(run);
                }
                let count = run.count.unwrap_or(1);
                let reason = run.reason;
                self.count(now, &run.job_id, |counts| match run.status {
                    Status::Skipped => counts.skipped += count,
                    Status::Missed => counts.missed += count,
                    Status::Cancelled => counts.replaced += count,
                    Status::Failed if reason.is_some() => counts.timed_out += count,
                    _ => {}
                });
            }
            Stage::Planned => {}
        }
    }

    fn start(&mut self, now: Timestamp, run: &RunRecord) {
        self.running += 1;
        let of_job = self.running_of.entry(run.job_id.clone()).or_default();
        *of_job += 1;
        let (all, of_job) = (self.running, *of_job);
        let late = run
            .scheduled_at
            .is_some_and(|due| now.duration_since(due) >= SignedDuration::from_secs(1));
        self.count(now, &run.job_id, |counts| {
            counts.started += 1;
            counts.waited += u64::from(late);
        });
        self.total.peak = self.total.peak.max(all);
        if let Some(hour) = self.hours.get_mut(&hour_of(now)) {
            hour.peak = hour.peak.max(all);
        }
        if let Some(job) = self.jobs.get_mut(&run.job_id) {
            job.peak = job.peak.max(of_job);
        }
    }

    fn end(&mut self, run: &RunRecord) {
        self.running = self.running.saturating_sub(1);
        if let Some(of_job) = self.running_of.get_mut(&run.job_id) {
            *of_job = of_job.saturating_sub(1);
        }
    }

    fn count(&mut self, now: Timestamp, id: &JobId, change: impl Fn(&mut Counts)) {
        change(self.hours.entry(hour_of(now)).or_default());
        change(&mut self.total);
        match self.jobs.get_mut(id) {
            Some(counts) => change(counts),
            None => change(self.jobs.entry(id.clone()).or_default()),
        }
    }
}

fn hour_of(at: Timestamp) -> Timestamp {
    let second = at.as_second();
    Timestamp::from_second(second - second.rem_euclid(3_600)).unwrap_or(at)
}
