//! Counts of runs: of the last day for people, since the start for machines. Bounded: hours,
//! buckets, and per job the outcomes that it really had.

use std::collections::BTreeMap;

use crate::model::event::{Event, Stage};
use crate::model::job::JobId;
use crate::model::run::{Reason, RunRecord, Status};
use crate::model::state::Hour;
use crate::time::{SignedDuration, Timestamp};

/// Hours kept: a day, its first hour as a whole, and as many again of a clock that was set.
const HOURS_MAX: usize = 50;

/// Ended runs by hour and status, for as long as a day.
#[derive(Clone, Debug, Default)]
pub struct LastDay {
    hours: BTreeMap<i64, BTreeMap<Status, u64>>,
}

impl LastDay {
    /// As a state remembers it.
    pub fn of(memory: &[Hour]) -> LastDay {
        let hours = memory.iter().map(|hour| (hour.hour, hour.runs.clone()));
        LastDay {
            hours: hours.collect(),
        }
    }

    /// For a state to remember.
    pub fn memory(&self) -> Vec<Hour> {
        let hour = |(hour, runs): (&i64, &BTreeMap<Status, u64>)| Hour {
            hour: *hour,
            runs: runs.clone(),
        };
        self.hours.iter().map(hour).collect()
    }

    /// Counts a run that is over.
    pub fn add(&mut self, run: &RunRecord) {
        let Some(end) = run.finished_at else { return };
        let hour = hour_of(end);
        let counts = self.hours.entry(hour).or_default();
        *counts.entry(run.status).or_default() += run.count.unwrap_or(1);
        // The hour that lies farthest from this one goes: a clock that was ahead for a while takes
        // no real hour away.
        while self.hours.len() > HOURS_MAX {
            let far = |(at, _): &(&i64, _)| at.abs_diff(hour);
            let farthest = self.hours.iter().max_by_key(far).map(|(at, _)| *at);
            self.hours.retain(|at, _| Some(*at) != farthest);
        }
    }

    /// The counts of the 24 hours before `now`, the first one as a whole.
    pub fn at(&self, now: Timestamp) -> BTreeMap<Status, u64> {
        let last = hour_of(now);
        let mut sum = BTreeMap::new();
        let hours = self.hours.range(last - 24..=last);
        for (status, n) in hours.flat_map(|(_, counts)| counts) {
            *sum.entry(*status).or_default() += n;
        }
        sum
    }
}

fn hour_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3_600)
}

/// Upper bounds in seconds, and how many values lie under each.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// The bounds.
    pub bounds: &'static [f64],
    /// Values up to each bound, not those up to the one before; the last is after all bounds.
    pub counts: Vec<u64>,
    /// Sum of the values.
    pub sum: f64,
}

impl Histogram {
    /// An empty one.
    pub fn new(bounds: &'static [f64]) -> Histogram {
        let counts = vec![0; bounds.len() + 1];
        Histogram {
            bounds,
            counts,
            sum: 0.0,
        }
    }

    /// Counts a value.
    pub fn add(&mut self, value: f64) {
        let place = self.bounds.iter().position(|bound| value <= *bound);
        self.counts[place.unwrap_or(self.bounds.len())] += 1;
        self.sum += value;
    }
}

/// Bounds of how late runs start.
const LATENESS: [f64; 10] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 10.0, 60.0, 3_600.0];
/// Bounds of how long runs take.
const DURATION: [f64; 11] = [
    0.01, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 21_600.0,
];

/// How a run ended.
pub type Outcome = (Status, Option<Reason>);

/// What happened since the daemon started.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Ended runs by job and outcome; a range record counts all its due times.
    pub runs: BTreeMap<JobId, BTreeMap<Outcome, u64>>,
    /// From due time to start, of runs that start at or after one.
    pub lateness: Histogram,
    /// From the first start to the end.
    pub duration: Histogram,
    /// Reloads with and without errors.
    pub reloads: [u64; 2],
}

impl Default for Tally {
    fn default() -> Tally {
        Tally {
            runs: BTreeMap::new(),
            lateness: Histogram::new(&LATENESS),
            duration: Histogram::new(&DURATION),
            reloads: [0; 2],
        }
    }
}

impl Tally {
    /// Takes an event in.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Run(run) => self.count(run),
            Event::Reload(reload) => self.reloads[usize::from(!reload.errors.is_empty())] += 1,
            _ => {}
        }
    }

    /// Forgets jobs that are gone.
    pub fn keep(&mut self, is_known: impl Fn(&JobId) -> bool) {
        self.runs.retain(|id, _| is_known(id));
    }

    fn count(&mut self, run: &RunRecord) {
        match run.stage() {
            _ if run.is_dry_run() => {}
            Stage::Started if run.attempt == 1 => {
                if let (Some(due), Some(start)) = (run.scheduled_at, run.started_at) {
                    let late = start.duration_since(due).max(SignedDuration::ZERO);
                    self.lateness.add(late.as_secs_f64());
                }
            }
            Stage::Final => {
                let outcomes = self.runs.entry(run.job_id.clone()).or_default();
                let outcome = (run.status, run.reason);
                *outcomes.entry(outcome).or_default() += run.count.unwrap_or(1);
                if let (Some(start), Some(end)) = (run.started_at, run.finished_at) {
                    self.duration.add(end.duration_since(start).as_secs_f64());
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Histogram;

    #[test]
    fn a_value_on_a_bound_lies_under_it() {
        let mut histogram = Histogram::new(&[1.0, 2.0]);
        for value in [0.5, 1.0, 1.5, 9.0] {
            histogram.add(value);
        }
        assert_eq!(histogram.counts, [2, 1, 1]);
        assert!((histogram.sum - 12.0).abs() < 1e-9);
    }
}
