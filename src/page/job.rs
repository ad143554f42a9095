//! `/jobs/{id}`: next and last run, 90 days, durations, recent runs, the definition and what is in
//! effect.

use std::collections::BTreeMap;

use askama::Template;
use serde_json::Value;

use crate::model::job::{Job, JobId};
use crate::model::run::RunRecord;
use crate::page::card::{self, Card, Shown, When};
use crate::page::chrome::Chrome;
use crate::page::definition::{self, Setting};
use crate::page::facts::Facts;
use crate::page::failing::{self, Failing};
use crate::page::lost;
use crate::page::past::{Past, Wanted};
use crate::page::reply::Reply;
use crate::schedule::{Schedule, dst};
use crate::text::pages::fill;
use crate::time::{SignedDuration, TimeZone, Timestamp, civil::Date};
use crate::view::chart::{self, Bar};
use crate::view::code::Piece;
use crate::view::outcomes::{DAYS_MAX, Outcomes};
use crate::view::{changes, look};

/// Runs whose durations are drawn.
const DURATIONS: usize = 60;
/// Runs that are listed.
const RECENT: usize = 8;
/// Due times that are listed.
pub const FIRES: usize = 5;

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    c: Chrome,
    card: Card,
    failing: Option<Failing>,
    description: Option<String>,
    mode: String,
    timezone: String,
    warning: Option<&'static str>,
    rate: Option<Rate>,
    durations: Option<Durations>,
    days: Days,
    recent: Vec<Recent>,
    fires: Fires,
    source: Option<Vec<Vec<Piece>>>,
    edit: Option<String>,
    settings: Vec<Setting>,
    labels: Vec<(String, String)>,
}

struct Rate {
    percent: String,
    of: String,
}

struct Durations {
    svg: String,
    words: String,
    median: String,
    long: String,
    first: String,
}

struct Days {
    svg: String,
    words: String,
    first: String,
    has_skips: bool,
}

/// A run in a list.
struct Recent {
    run: Shown,
    at: Option<When>,
    trigger: String,
}

/// The next due times, and the clock changes among them.
pub struct Fires {
    /// When.
    pub list: Vec<Fire>,
    /// What clock changes do.
    pub notes: Vec<String>,
}

/// A due time.
pub struct Fire {
    /// For machines.
    pub machine: String,
    /// In full.
    pub full: String,
    /// "Fri 20 Nov 08:00".
    pub text: String,
    /// "21 h".
    pub ahead: String,
}

/// `GET /jobs/{id}`
pub fn page(facts: &Facts, past: &dyn Past) -> Reply {
    let (status, id) = (&facts.status, facts.ask.part(1));
    let missing = || lost::page(facts, &fill(facts.say().t.e_unknown_job, &[("id", id)]));
    let known = status.jobs.get(id);
    let Some((shown, job)) = known.and_then(|shown| Some((shown, shown.job.as_ref()?))) else {
        return missing();
    };
    let mut c = Chrome::new(facts, "overview", crate::text::visible(&job.name));
    (c.live, c.refresh) = (true, Some(60));
    c = c.of_job(facts, job);
    let Some(card) = Card::new(past, &c, status, shown) else {
        return missing();
    };
    let records = runs(past, &job.id);
    let outcomes = days_of(past, &c, job);
    let total = outcomes.values().fold(Outcomes::default(), |mut sum, day| {
        sum.join(*day);
        sum
    });
    let (source, settings) = definition::of(past, job);
    Reply::page(&JobPage {
        failing: failing::of(past, &c, shown, job),
        description: job.description.as_deref().map(crate::text::visible),
        mode: mode(job, &card, &c),
        timezone: job.timezone.to_string(),
        warning: warning(job, &c),
        rate: rate(total, &c),
        durations: durations(&records, job, &c),
        days: days(&outcomes, total, job, &c),
        recent: recent(&records, job, &c),
        fires: fires(
            &job.schedule,
            c.zone_of(job),
            if shown.is_enabled() { FIRES } else { 0 },
            &c,
        ),
        source,
        edit: card.edit.clone(),
        settings,
        labels: job
            .labels
            .iter()
            .map(|(key, value)| (key.clone(), crate::text::visible(value)))
            .collect(),
        card,
        c,
    })
}

/// The last runs of a job, newest first; an unreadable history is said by the daemon's health.
fn runs(past: &dyn Past, id: &JobId) -> Vec<RunRecord> {
    let page = past.page(&Wanted::of_job(id), None, DURATIONS + 20);
    page.map_or_else(|_| Vec::new(), |page| page.records)
}

fn days_of(past: &dyn Past, c: &Chrome, job: &Job) -> BTreeMap<Date, Outcomes> {
    let zone = |_: &JobId| job.schedule.zone().clone();
    let ids = std::slice::from_ref(&job.id);
    let found = past.days(c.say.now, DAYS_MAX, ids, &zone);
    found
        .ok()
        .and_then(|mut all| all.remove(&job.id))
        .unwrap_or_default()
}

/// "Standard + Late (max 7 d)", or nothing for jobs that know no lateness.
fn mode(job: &Job, card: &Card, c: &Chrome) -> String {
    let knows_lateness = (job.bot.late)(&Value::Null).is_some();
    match (knows_lateness, &card.late) {
        (true, Some(late)) => format!("{} {late}", c.t.std),
        (true, None) => c.t.std.to_owned(),
        (false, _) => String::new(),
    }
}

/// What production means for this job; nothing for a dry one.
pub fn warning(job: &Job, c: &Chrome) -> Option<&'static str> {
    let is_real = !job.dry_run && !job.bot.is_command;
    is_real.then(|| job.bot.texts.production(c.t.lang))
}

fn rate(total: Outcomes, c: &Chrome) -> Option<Rate> {
    let due = total.total();
    if due == 0 {
        return None;
    }
    // Rounded down: a hundred percent is said only where every due time came to a good end.
    let permille = total.ok() * 1_000 / due;
    let percent = c.say.decimal(permille as f64 / 10.0);
    let space = if c.t.tag() == "fr" { "\u{a0}" } else { "" };
    Some(Rate {
        percent: format!("{percent}{space}%"),
        of: rate_of(total, c),
    })
}

/// "6 of 17 due times · 10 skipped or missed".
fn rate_of(total: Outcomes, c: &Chrome) -> String {
    let (ok, due) = (c.t.number(total.ok()), c.t.number(total.total()));
    let of = fill(c.t.jd_of, &[("a", &ok), ("b", &due)]);
    let parts = [(c.t.n_failures, total.fail()), (c.t.n_skips, total.warn())];
    let parts = parts.into_iter().filter(|(_, n)| *n > 0);
    let parts = parts.map(|(words, n)| c.t.count(words, n));
    let parts: Vec<String> = [of].into_iter().chain(parts).collect();
    parts.join(" · ")
}

fn durations(records: &[RunRecord], job: &Job, c: &Chrome) -> Option<Durations> {
    let ran = records
        .iter()
        .filter(|run| run.is_final() && run.started_at.is_some());
    let ran: Vec<&RunRecord> = ran.take(DURATIONS).collect();
    let bars: Vec<Bar> = ran.iter().rev().map(|run| card::bar(run, &c.say)).collect();
    let mut secs: Vec<f64> = bars.iter().filter_map(|bar| bar.secs).collect();
    let (median, long) = (
        chart::percentile(&mut secs, 50)?,
        chart::percentile(&mut secs, 95)?,
    );
    let said = |secs: f64| {
        c.say
            .span(SignedDuration::try_from_secs_f64(secs).unwrap_or_default())
    };
    let oldest = ran.last().and_then(|run| run.started_at)?;
    let longest = secs.last().copied().unwrap_or(long);
    let words = c.t.count(c.t.jd_dur_sr, bars.len() as u64);
    Some(Durations {
        svg: chart::durations(&bars, median, long),
        words: fill(&words, &[("m", &said(median)), ("x", &said(longest))]),
        median: said(median),
        long: said(long),
        first: c.say.date(oldest, job.schedule.zone()),
    })
}

fn days(outcomes: &BTreeMap<Date, Outcomes>, total: Outcomes, job: &Job, c: &Chrome) -> Days {
    let zone = job.schedule.zone();
    let today = c.say.now.to_zoned_datetime(zone.clone()).date();
    let list: Vec<Outcomes> = row_of_days(outcomes, today, DAYS_MAX);
    let first = c
        .say
        .now
        .checked_sub(SignedDuration::from_hours(24 * (DAYS_MAX as i64 - 1)));
    let with_runs = list.iter().filter(|day| day.total() > 0).count() as u64;
    let words = c.t.count(c.t.jd_days_sr, with_runs);
    let counts = [
        ("ok", c.t.count(c.t.n_successes, total.ok())),
        ("bad", c.t.count(c.t.n_failures, total.fail())),
    ];
    Days {
        svg: chart::days(&list, 10.0, 6.4, 30.0, 2.0),
        words: fill(&words, &[("ok", &counts[0].1), ("bad", &counts[1].1)]),
        first: c.say.date(first.unwrap_or(c.say.now), zone),
        has_skips: list.iter().any(|day| day.look() == look::Look::Warn),
    }
}

/// The last days in a row, oldest first.
pub fn row_of_days(
    outcomes: &BTreeMap<Date, Outcomes>,
    today: Date,
    count: usize,
) -> Vec<Outcomes> {
    let back = |days: usize| {
        let hours = 24 * i64::try_from(days).unwrap_or(0);
        today.checked_sub(SignedDuration::from_hours(hours)).ok()
    };
    let dates = (0..count).rev().map(back);
    dates
        .map(|date| {
            date.and_then(|date| outcomes.get(&date).copied())
                .unwrap_or_default()
        })
        .collect()
}

fn recent(records: &[RunRecord], job: &Job, c: &Chrome) -> Vec<Recent> {
    let shown = records.iter().take(RECENT);
    shown
        .map(|run| Recent {
            run: Shown::new(run, &c.say),
            at: run
                .started_at
                .or(run.scheduled_at)
                .or(run.requested_at)
                .or(run.finished_at)
                .map(|at| When::past(at, job, c)),
            trigger: look::trigger_of(run, c.t),
        })
        .collect()
}

/// The next due times of a schedule, in the zone in which the page shows them.
pub fn fires(schedule: &Schedule, zone: &TimeZone, count: usize, c: &Chrome) -> Fires {
    let (mut list, mut after): (Vec<Timestamp>, _) = (Vec::new(), c.say.now);
    while let Some(at) = schedule.next_after(after).filter(|_| list.len() < count) {
        list.push(at);
        after = at;
    }
    let full = |at| {
        let shown = c.say.full(at, zone);
        if zone == schedule.zone() {
            return shown;
        }
        format!("{shown} = {}", c.say.full(at, schedule.zone()))
    };
    let civil = schedule.civil();
    let found = dst::changes(civil.as_ref(), schedule.zone(), c.say.now, after);
    let notes = found.iter().map(|change| {
        let what = changes::effect(schedule, change, c.t.lang);
        let by = changes::moved(change, c.t.lang);
        let day = c.say.date(change.at, zone);
        fill(c.t.n_change, &[("day", &day), ("by", &by), ("what", &what)])
    });
    Fires {
        notes: notes.collect(),
        list: list
            .into_iter()
            .map(|at| Fire {
                machine: c.machine(&at),
                full: full(at),
                text: c.say.fire(at, zone),
                ahead: c.say.ahead(at),
            })
            .collect(),
    }
}
