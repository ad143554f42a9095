//! `/day`: a day by lanes, a job each: what ran in the last hours and what the night brings.

use std::collections::HashMap;

use askama::Template;

use crate::model::job::{Job, JobId};
use crate::model::run::RunRecord;
use crate::page::card::{When, bars, next_due};
use crate::page::chrome::Chrome;
use crate::page::facet::{self, Facet};
use crate::page::facts::Facts;
use crate::page::past::{Past, Wanted};
use crate::page::planned::is_due;
use crate::page::reply::Reply;
use crate::text::pages::fill;
use crate::time::{SignedDuration, Timestamp};
use crate::view::chart::{self, LANE_WIDTH, Mark};
use crate::view::look::{self, Look};
use crate::view::status::{JobStatus, Status};

/// Hours that are looked back.
const BACK: i64 = 6;
/// Hours that are shown.
const HOURS: i64 = 24;
/// Hours between two marks of the axis.
const STEP: i64 = 3;
/// Records that are looked at.
const RECORDS_MAX: usize = 3_000;
/// Due times that are drawn one by one; more are a band.
const DUE_MAX: u64 = 48;
/// Lanes that are shown.
const LANES_MAX: usize = 200;

#[derive(Template)]
#[template(path = "day.html")]
struct Day {
    c: Chrome,
    sub: String,
    facets: Vec<Facet>,
    axis: Vec<String>,
    lanes: Vec<Lane>,
    rest: Option<String>,
}

/// A job.
struct Lane {
    id: String,
    name: String,
    /// Its next due time.
    next: Option<When>,
    /// What stands instead of it.
    running: bool,
    svg: String,
    /// The same as a sentence.
    words: String,
}

/// What is shown of time.
#[derive(Clone, Copy)]
struct Window {
    start: Timestamp,
    now: Timestamp,
    end: Timestamp,
}

/// `GET /day`
pub fn page(facts: &Facts, past: &dyn Past) -> Reply {
    let (status, ask) = (&facts.status, &facts.ask);
    let mut c = Chrome::new(facts, "overview", facts.say().t.day_title.to_owned());
    (c.live, c.refresh) = (true, Some(60));
    let window = Window::around(c.say.now);
    let ran = ran(past, status, window);
    let label = ask.value("l").unwrap_or("");
    let present: Vec<&JobStatus> = status
        .jobs
        .values()
        .map(|job| &**job)
        .filter(|job| job.present)
        .collect();
    let shown = present.iter().filter(|job| facet::has(job, label));
    let mut lanes: Vec<(Option<Timestamp>, u64, Lane)> = shown
        .filter_map(|shown| lane(past, &c, shown, ran.get(&shown.job.as_ref()?.id), window))
        .collect();
    // What comes first is at the top; jobs that nothing is due of any more are at the end.
    lanes.sort_by(|a, b| (a.0.is_none(), a.0, &a.2.id).cmp(&(b.0.is_none(), b.0, &b.2.id)));
    let due = lanes.iter().map(|(_, due, _)| due).sum::<u64>();
    let rest = lanes.len().saturating_sub(LANES_MAX) as u64;
    let until = c.say.soon(window.end, &c.zone);
    Reply::page(&Day {
        sub: format!(
            "{} · {}",
            c.t.count(c.t.day_due, due).replace("{t}", &until),
            c.t.count(c.t.n_jobs, lanes.len() as u64)
        ),
        facets: facet::of(&present, label),
        axis: axis(&c, window),
        rest: (rest > 0).then(|| c.t.count(c.t.attn_more, rest)),
        lanes: lanes
            .into_iter()
            .take(LANES_MAX)
            .map(|(.., lane)| lane)
            .collect(),
        c,
    })
}

impl Window {
    /// From a full hour on.
    fn around(now: Timestamp) -> Window {
        let hour = now.as_second().div_euclid(3_600) - BACK;
        let at = |hour: i64| Timestamp::from_second(hour * 3_600).unwrap_or(now);
        Window {
            start: at(hour),
            now,
            end: at(hour + HOURS),
        }
    }

    /// Where an instant is drawn.
    fn x(self, at: Timestamp) -> f64 {
        let secs = at.duration_since(self.start).as_secs_f64();
        secs / (HOURS * 3_600) as f64 * LANE_WIDTH
    }
}

/// The runs of the window by job.
fn ran(past: &dyn Past, status: &Status, window: Window) -> HashMap<JobId, Vec<RunRecord>> {
    let wanted = Wanted {
        since: Some(window.start),
        ..Wanted::default()
    };
    // An unreadable history is said by the daemon's health.
    let page = past.page(&wanted, None, RECORDS_MAX);
    let finished = page.map_or_else(|_| Vec::new(), |page| page.records);
    let running = status.jobs.values().flat_map(|job| job.running.values());
    let running = running.map(|run| (**run).clone());
    let mut by_job: HashMap<JobId, Vec<RunRecord>> = HashMap::new();
    for run in finished
        .into_iter()
        .filter(RunRecord::is_final)
        .chain(running)
    {
        by_job.entry(run.job_id.clone()).or_default().push(run);
    }
    by_job
}

/// The lane of a job, with its next due time and how many are to come; `None` where the window is
/// empty.
fn lane(
    past: &dyn Past,
    c: &Chrome,
    shown: &JobStatus,
    ran: Option<&Vec<RunRecord>>,
    window: Window,
) -> Option<(Option<Timestamp>, u64, Lane)> {
    let job = shown.job.as_deref()?;
    let ran = ran.map_or(&[][..], Vec::as_slice);
    let mut marks: Vec<Mark> = ran.iter().filter_map(|run| mark(run, window)).collect();
    let width = usual(past, c, shown, job) / (HOURS * 3_600) as f64 * LANE_WIDTH;
    let due = match is_due(shown) {
        true => planned(job, window, width, &mut marks),
        false => 0,
    };
    if marks.is_empty() {
        return None;
    }
    let next = next_due(shown).filter(|at| *at <= window.end);
    let failed = ran.iter().filter(|run| run.is_bad()).count() as u64;
    let name = crate::text::visible(&job.name);
    let words = [
        ("n", name.clone()),
        ("a", c.t.count(c.t.n_runs, ran.len() as u64)),
        ("f", c.t.count(c.t.n_failures, failed)),
        ("b", c.t.number(due)),
    ];
    let words = words.each_ref().map(|(key, words)| (*key, words.as_str()));
    let lane = Lane {
        id: job.id.to_string(),
        next: next.map(|at| When::coming(at, job, c)),
        running: !shown.running.is_empty(),
        svg: chart::lane(&marks, window.x(window.now)),
        words: fill(c.t.day_sr, &words),
        name,
    };
    Some((next, due, lane))
}

/// A run of the past, or one that continues.
fn mark(run: &RunRecord, window: Window) -> Option<Mark> {
    let start = run.started_at.or(run.scheduled_at).or(run.finished_at)?;
    let end = if run.is_final() {
        run.finished_at.unwrap_or(start)
    } else {
        window.now
    };
    let (from, to) = (start.max(window.start), end.max(start));
    (to >= window.start && from <= window.end).then(|| Mark {
        x: window.x(from),
        width: window.x(to) - window.x(from),
        look: Some(look::look(run.status)),
    })
}

/// Due times to come, as long as a run usually takes; many are one band.
fn planned(job: &Job, window: Window, width: f64, marks: &mut Vec<Mark>) -> u64 {
    let Some(range) = job.schedule.due_range(window.now, window.end) else {
        return 0;
    };
    if range.count > DUE_MAX {
        let (from, to) = (window.x(range.first), window.x(range.last));
        marks.push(Mark {
            x: from,
            width: to - from,
            look: None,
        });
        return range.count;
    }
    let mut after = window.now;
    while let Some(at) = job
        .schedule
        .next_after(after)
        .filter(|at| *at <= window.end)
    {
        marks.push(Mark {
            x: window.x(at),
            width,
            look: None,
        });
        after = at;
    }
    range.count
}

/// Seconds that a run of the job usually takes.
fn usual(past: &dyn Past, c: &Chrome, shown: &JobStatus, job: &Job) -> f64 {
    let recent = past.recent(&job.id, shown.finals);
    let bars = bars(&recent, shown, &c.say);
    let over = bars.iter().filter(|bar| bar.look == Look::Ok);
    let mut secs: Vec<f64> = over.filter_map(|bar| bar.secs).collect();
    chart::percentile(&mut secs, 50).unwrap_or(0.0)
}

fn axis(c: &Chrome, window: Window) -> Vec<String> {
    let hours = (0..=HOURS / STEP).map(|place| SignedDuration::from_hours(place * STEP));
    let at = hours.map(|hours| window.start.checked_add(hours).unwrap_or(window.end));
    at.map(|at| crate::view::say::format(at, &c.zone, "%H:%M"))
        .collect()
}
