//! Twenty-four hours past and to come: what ended, what runs, what is planned.

use crate::model::job::JobId;
use crate::page::chrome::Chrome;
use crate::page::facts::Facts;
use crate::page::past::Past;
use crate::text::pages::fill;
use crate::time::{SignedDuration, TimeZone};
use crate::view::chart;
use crate::view::outcomes::Outcomes;

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
pub fn pulse(facts: &Facts, past: &dyn Past, c: &Chrome) -> Pulse {
    let (status, now) = (&facts.status, c.say.now);
    let zone = |id: &JobId| {
        let job = status.jobs.get(id).and_then(|status| status.job.as_ref());
        job.map_or(TimeZone::UTC, |job| job.schedule.zone().clone())
    };
    // An unreadable history is said by the daemon's health; the chart then shows none.
    let hours = past.hours(now, &zone);
    let mut past: Vec<(Outcomes, u64)> = hours
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
    let planned = facts.planned.hours(status, now);
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
