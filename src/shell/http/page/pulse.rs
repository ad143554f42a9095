//! Twenty-four hours past and to come: what ended, what runs, what is planned.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::job::JobId;
use crate::model::run::RunRecord;
use crate::shell::http::Site;
use crate::shell::http::page::chrome::Chrome;
use crate::shell::http::page::ended::Ended;
use crate::shell::journal::query::filter::Filter;
use crate::text::ui::fill;
use crate::time::{SignedDuration, TimeZone, Timestamp};
use crate::view::chart::{self, Outcomes};
use crate::view::status::{JobStatus, Status};

/// Finished runs kept of a job: as many as a card draws.
const RECENT_MAX: usize = 30;
/// Jobs whose runs are kept.
const JOBS_MAX: usize = 4_096;

/// What pages keep between answers: caches of what files and schedules say.
#[derive(Debug, Default)]
pub struct Memory {
    /// Finished runs by minute and day.
    pub ended: Ended,
    planned: Mutex<Option<(Stamp, Vec<u64>)>>,
    recent: Mutex<HashMap<JobId, Recent>>,
}

/// Finished runs, and how many had become final when they were read.
type Recent = (u64, Arc<[RunRecord]>);

/// What the planned hours depend on: the minute, the last reload, the jobs that are due at all.
type Stamp = (i64, Option<Timestamp>, usize);

/// The chart.
#[derive(Debug)]
pub struct Pulse {
    /// Its shapes.
    pub svg: String,
    /// The same as a sentence.
    pub words: String,
    /// Yesterday, twelve hours ago, now, in twelve hours, tomorrow.
    pub marks: [String; 5],
    /// Whether any run was skipped or missed.
    pub has_skips: bool,
    /// Whether a run is under way.
    pub has_running: bool,
}

/// The chart of all jobs.
pub fn pulse(site: &Site, c: &Chrome, status: &Status) -> Pulse {
    let now = c.say.now;
    let zone = |id: &crate::model::job::JobId| {
        let job = status.jobs.get(id).and_then(|status| status.job.as_ref());
        job.map_or(TimeZone::UTC, |job| job.schedule.zone().clone())
    };
    // An unreadable history is said by the daemon's health; the chart then shows none.
    let past = site.memory.ended.hours(&site.state_dir, now, &zone);
    let mut past: Vec<(Outcomes, u64)> = past
        .unwrap_or_else(|_| vec![Outcomes::default(); 24])
        .into_iter()
        .map(|tally| (tally, 0))
        .collect();
    let running = status.jobs.values().flat_map(|job| job.running.values());
    for started in running.filter_map(|run| run.started_at) {
        let hours = now.duration_since(started).as_secs().div_euclid(3_600);
        let place = 23 - usize::try_from(hours).unwrap_or(0).min(23);
        past[place].1 += 1;
    }
    let planned = site.memory.planned(status, now);
    let mut total = Outcomes::default();
    past.iter().for_each(|(tally, _)| total.join(*tally));
    let running = past.iter().map(|(_, running)| running).sum::<u64>();
    let words = fill(
        c.t.pulse_sr,
        &[
            ("a", &c.t.count(c.t.n_runs, total.total() + running)),
            ("f", &c.t.count(c.t.n_failures, total.fail())),
            ("b", &c.t.number(planned.iter().sum())),
        ],
    );
    Pulse {
        svg: chart::pulse(&past, &planned),
        words,
        marks: marks(c),
        has_skips: total.warn() > 0,
        has_running: running > 0,
    }
}

fn marks(c: &Chrome) -> [String; 5] {
    let clock = |hours: i64| {
        let at = c.say.now.checked_add(SignedDuration::from_hours(hours));
        crate::view::say::format(at.unwrap_or(c.say.now), &c.zone, "%H:%M")
    };
    [
        format!("{} {}", c.t.when_yesterday, clock(-24)),
        clock(-12),
        format!("{} {}", c.t.pulse_now, clock(0)),
        clock(12),
        format!("{} {}", c.t.when_tomorrow, clock(24)),
    ]
}

/// Whether a job's due times become runs.
pub fn is_due(job: &JobStatus) -> bool {
    job.present && job.is_enabled()
}

impl Memory {
    /// The last finished runs of a job, newest first; read again when more have become final.
    pub fn recent(&self, site: &Site, id: &JobId, finals: u64) -> Arc<[RunRecord]> {
        let lock = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, runs)) = lock().get(id)
            && *known == finals
        {
            return runs.clone();
        }
        let filter = Filter {
            job_id: Some(id.clone()),
            ..Filter::default()
        };
        // An unreadable history is said by the daemon's health; nothing is remembered of it.
        let Ok(page) = site.history.page(&filter, None, RECENT_MAX + 8) else {
            return Arc::from([]);
        };
        let finished = page.records.into_iter().filter(RunRecord::is_final);
        let runs: Arc<[RunRecord]> = finished.take(RECENT_MAX).collect();
        let mut recent = lock();
        if recent.len() >= JOBS_MAX {
            recent.clear();
        }
        recent.insert(id.clone(), (finals, runs.clone()));
        runs
    }

    /// Due times of the next twenty-four hours, an hour each; counted once a minute.
    fn planned(&self, status: &Status, now: Timestamp) -> Vec<u64> {
        let minute = now.as_second().div_euclid(60);
        let due = status.jobs.values().filter(|job| is_due(job)).count();
        let stamp = (minute, status.reloads.front().map(|reload| reload.at), due);
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, hours)) = planned.as_ref().filter(|(known, _)| *known == stamp) {
            return hours.clone();
        }
        let hours = count_planned(status, now);
        *planned = Some((stamp, hours.clone()));
        hours
    }
}

fn count_planned(status: &Status, now: Timestamp) -> Vec<u64> {
    let mut hours = vec![0; 24];
    let jobs = status.jobs.values().filter(|job| is_due(job));
    for schedule in jobs.filter_map(|job| Some(&job.job.as_ref()?.schedule)) {
        // Rare due times are walked through; where an hour has several they are counted hour by hour.
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
