//! `/runs`: the history with filters, and every day of the last thirty at a glance.

use askama::Template;

use crate::model::job::{Job, JobId};
use crate::model::run::{RunRecord, Status as RunStatus};
use crate::page::card::{Shown, When};
use crate::page::chrome::Chrome;
use crate::page::facts::{Ask, Facts};
use crate::page::job::row_of_days;
use crate::page::links;
use crate::page::overview::Chip;
use crate::page::past::{Past, Records, Wanted};
use crate::page::reply::Reply;
use crate::text::pages::fill;
use crate::time::{SignedDuration, TimeZone, Timestamp, civil::Date};
use crate::view::outcomes::{Outcomes, OutcomesByJob};
use crate::view::status::Status;
use crate::view::{chart, look};

/// Rows of a page.
const ROWS: usize = 50;
/// Jobs that are shown day by day.
const HEAT_ROWS: usize = 8;
/// Days that are shown.
const HEAT_DAYS: usize = 30;
/// Records looked at for a search that several jobs match.
const SCANNED_MAX: usize = 2_000;

#[derive(Template)]
#[template(path = "runs.html")]
struct Runs {
    c: Chrome,
    sub: String,
    heat: Vec<Heat>,
    heat_first: String,
    q: String,
    job: Option<String>,
    status: &'static str,
    chips: Vec<Chip>,
    lines: Option<String>,
    days: &'static str,
    rows: Vec<Row>,
    newest: Option<String>,
    older: Option<String>,
    is_unreadable: bool,
}

/// A job day by day.
struct Heat {
    id: String,
    name: String,
    svg: String,
    words: String,
}

/// A run in the table.
struct Row {
    run: Shown,
    name: String,
    job_id: String,
    ended: Option<When>,
    due: Option<String>,
    lag: String,
    trigger: String,
}

/// A run that ended so soon after its due time needs no second time.
const MOMENT: SignedDuration = SignedDuration::from_secs(60);

/// The statuses, in the order of the chips.
const STATUSES: [(&str, Option<RunStatus>); 8] = [
    ("", None),
    ("success", Some(RunStatus::Success)),
    ("failed", Some(RunStatus::Failed)),
    ("skipped", Some(RunStatus::Skipped)),
    ("missed", Some(RunStatus::Missed)),
    ("interrupted", Some(RunStatus::Interrupted)),
    ("cancelled", Some(RunStatus::Cancelled)),
    ("running", Some(RunStatus::Running)),
];

/// The periods.
const PERIODS: [(&str, i64); 4] = [("30", 30), ("7", 7), ("1", 1), ("all", 0)];

/// What the records are chosen by.
struct Choice {
    wanted: Wanted,
    /// Jobs that the search found, where it found several or none.
    among: Option<Vec<JobId>>,
    from: Option<String>,
}

/// `GET /runs`
pub fn page(facts: &Facts, past: &dyn Past) -> Reply {
    let (status, ask) = (&facts.status, &facts.ask);
    let mut c = Chrome::new(facts, "history", facts.say().t.h_title.to_owned());
    (c.live, c.refresh) = (true, Some(60));
    let asked = ask.value("s").unwrap_or("");
    let known = STATUSES.into_iter().find(|(name, _)| *name == asked);
    let (status_name, run_status) = known.unwrap_or(STATUSES[0]);
    let asked = ask.value("days").unwrap_or("30");
    let (days, span) = PERIODS
        .into_iter()
        .find(|(name, _)| *name == asked)
        .unwrap_or(PERIODS[0]);
    let choice = choice(ask, &c, status, run_status, span);
    let found = records(past, &choice);
    let is_unreadable = found.is_err();
    let found = found.unwrap_or_else(|_| Records::none(choice.from.is_none()));
    let rows: Vec<Row> = found
        .records
        .iter()
        .map(|run| row(run, status, &c))
        .collect();
    let outcomes = outcomes(past, &c, status);
    let one = choice.wanted.job_id.as_ref();
    let first = c
        .say
        .now
        .checked_sub(SignedDuration::from_hours(24 * (HEAT_DAYS as i64 - 1)));
    let link = |cursor: &str| links::query(&ask.pairs, &[("from", cursor)]);
    Reply::page(&Runs {
        sub: sub(&c, &outcomes, status, one),
        heat: heat(&c, status, &outcomes, one),
        heat_first: c.say.date(first.unwrap_or(c.say.now), &c.zone),
        q: ask.value("q").unwrap_or("").chars().take(200).collect(),
        job: one.map(JobId::to_string),
        status: status_name,
        chips: chips(
            &c,
            ask,
            status_name,
            status,
            counts(past, &c, status, &choice),
        ),
        lines: lines_query(&choice, status_name),
        days,
        rows,
        newest: (!found.is_newest).then(|| link("")),
        older: found.next.map(|next| link(&next)),
        is_unreadable,
        c,
    })
}

fn choice(ask: &Ask, c: &Chrome, status: &Status, run: Option<RunStatus>, days: i64) -> Choice {
    let words = ask.value("q").unwrap_or("").trim().to_lowercase();
    let named = ask.value("job").and_then(JobId::new);
    let jobs = status.jobs.values().filter_map(|shown| shown.job.as_ref());
    let matching = jobs
        .filter(|job| job.id.as_str().contains(&words) || job.name.to_lowercase().contains(&words));
    let found: Option<Vec<JobId>> = match (&named, words.is_empty()) {
        (None, false) => Some(matching.map(|job| job.id.clone()).collect()),
        _ => None,
    };
    let only = found
        .as_ref()
        .filter(|ids| ids.len() == 1)
        .map(|ids| ids[0].clone());
    let since = SignedDuration::from_hours(24 * days);
    Choice {
        among: if only.is_some() { None } else { found },
        wanted: Wanted {
            job_id: named.or(only),
            status: run,
            since: if days == 0 {
                None
            } else {
                c.say.now.checked_sub(since).ok()
            },
            until: None,
        },
        from: ask.value("from").map(str::to_owned),
    }
}

/// A page of records; where a search matches several jobs, those among the next records that belong
/// to them.
fn records(past: &dyn Past, choice: &Choice) -> std::io::Result<Records> {
    let from = choice.from.as_deref();
    let Some(among) = &choice.among else {
        return past.page(&choice.wanted, from, ROWS);
    };
    if among.is_empty() {
        return Ok(Records::none(from.is_none()));
    }
    let is_wanted = |run: &RunRecord| among.contains(&run.job_id);
    let mut found = past.page(&choice.wanted, from, ROWS)?;
    let mut looked = found.records.len();
    found.records.retain(is_wanted);
    while let Some(next) = &found.next {
        if found.records.len() >= ROWS || looked >= SCANNED_MAX {
            break;
        }
        let more = past.page(&choice.wanted, Some(next), ROWS)?;
        looked += more.records.len();
        let wanted = more.records.into_iter().filter(is_wanted);
        found.records.extend(wanted);
        found.next = more.next;
    }
    Ok(found)
}

fn row(run: &RunRecord, status: &Status, c: &Chrome) -> Row {
    let shown = status.jobs.get(&run.job_id);
    let job: Option<&Job> = shown.and_then(|shown| shown.job.as_deref());
    let lag = match (run.scheduled_at, run.started_at) {
        (Some(due), Some(start)) => c.say.lag(start.duration_since(due)),
        _ => "—".to_owned(),
    };
    let ended = run.finished_at.or(run.started_at).or(run.scheduled_at);
    // A run of a moment says it already.
    let is_told = |due: &Timestamp| ended.is_some_and(|end| end.duration_since(*due) < MOMENT);
    let due = run.scheduled_at.filter(|due| !is_told(due));
    let due = due.map(|at| c.say.when(at, &c.zone));
    Row {
        job_id: run.job_id.to_string(),
        ended: ended.map(|at| When::listed(at, c)),
        due: due.map(|at| fill(c.t.h_due, &[("t", &at)])),
        run: Shown::new(run, &c.say),
        name: job.map_or_else(
            || run.job_id.to_string(),
            |job| crate::text::visible(&job.name),
        ),
        lag,
        trigger: look::trigger_of(run, c.t),
    }
}

/// The query that asks the API for the same records, all of them; `None` where it cannot say which.
fn lines_query(choice: &Choice, status: &str) -> Option<String> {
    if choice.among.is_some() {
        return None;
    }
    let job = choice.wanted.job_id.as_ref().map_or("", JobId::as_str);
    let since = choice.wanted.since.map(|at| at.to_string());
    let asked = [
        ("format", "jsonl"),
        ("job_id", job),
        ("status", status),
        ("since", since.as_deref().unwrap_or("")),
    ];
    Some(links::query(&[], &asked))
}

/// How the runs of the period ended, where they are counted: over all jobs.
fn counts(past: &dyn Past, c: &Chrome, status: &Status, choice: &Choice) -> Option<Outcomes> {
    let since = choice.wanted.since?;
    let is_of_all = choice.wanted.job_id.is_none() && choice.among.is_none();
    let found = is_of_all.then(|| past.since(since, c.say.now, &zones(status)))?;
    found.ok()
}

fn chips(c: &Chrome, ask: &Ask, now: &str, status: &Status, counts: Option<Outcomes>) -> Vec<Chip> {
    let running: usize = status.jobs.values().map(|job| job.running.len()).sum();
    // What went well needs no number.
    let count = |of: RunStatus| match of {
        RunStatus::Running => running as u64,
        RunStatus::Success => 0,
        other => counts.map_or(0, |counts| counts.of(other)),
    };
    let chips = STATUSES.into_iter().map(|(name, of)| Chip {
        word: of.map_or(c.t.f_all, |status| look::word(status, c.t)),
        to: links::query(&ask.pairs, &[("s", name), ("from", "")]),
        count: of.map(count).filter(|n| *n > 0).map(|n| c.t.number(n)),
        is_on: name == now,
    });
    chips.collect()
}

fn outcomes(past: &dyn Past, c: &Chrome, status: &Status) -> OutcomesByJob {
    let ids: Vec<JobId> = status.jobs.keys().cloned().collect();
    let found = past.days(c.say.now, HEAT_DAYS, &ids, &zones(status));
    found.unwrap_or_default()
}

/// The zone of each job.
fn zones(status: &Status) -> impl Fn(&JobId) -> TimeZone {
    move |id| {
        let job = status.jobs.get(id).and_then(|shown| shown.job.as_ref());
        job.map_or(TimeZone::UTC, |job| job.schedule.zone().clone())
    }
}

fn today(c: &Chrome) -> Date {
    c.say.now.to_zoned_datetime(c.zone.clone()).date()
}

fn sub(c: &Chrome, outcomes: &OutcomesByJob, status: &Status, one: Option<&JobId>) -> String {
    let mut total = Outcomes::default();
    for (id, days) in outcomes {
        if one.is_none_or(|one| one == id) {
            row_of_days(days, today(c), HEAT_DAYS)
                .into_iter()
                .for_each(|day| total.join(day));
        }
    }
    let counts = format!(
        "{} · {}, {}",
        c.t.h_days30,
        c.t.count(c.t.n_runs, total.total()),
        c.t.count(c.t.n_failures, total.fail())
    );
    let name = one.map(|id| {
        let job = status.jobs.get(id).and_then(|shown| shown.job.as_ref());
        job.map_or_else(|| id.to_string(), |job| crate::text::visible(&job.name))
    });
    match name {
        Some(name) => format!("{} · {counts}", fill(c.t.h_runs_of, &[("n", &name)])),
        None => counts,
    }
}

/// The jobs with most bad days first, then by name.
fn heat(c: &Chrome, status: &Status, outcomes: &OutcomesByJob, one: Option<&JobId>) -> Vec<Heat> {
    let mut rows = Vec::new();
    for (id, days) in outcomes
        .iter()
        .filter(|(id, _)| one.is_none_or(|one| one == *id))
    {
        let row = row_of_days(days, today(c), HEAT_DAYS);
        let mut total = Outcomes::default();
        row.iter().for_each(|day| total.join(*day));
        let job = status.jobs.get(id).and_then(|shown| shown.job.as_ref());
        let name = job.map_or_else(|| id.to_string(), |job| crate::text::visible(&job.name));
        if total.total() > 0 {
            rows.push((total, name, id, row));
        }
    }
    let bad = |row: &[Outcomes]| row.iter().filter(|day| day.fail() > 0).count();
    rows.sort_by(|a, b| bad(&b.3).cmp(&bad(&a.3)).then_with(|| a.1.cmp(&b.1)));
    rows.truncate(HEAT_ROWS);
    let say = |(total, name, id, row): (Outcomes, String, &JobId, Vec<Outcomes>)| {
        let counts = [
            c.t.count(c.t.n_successes, total.ok()),
            c.t.count(c.t.n_failures, total.fail()),
            c.t.count(c.t.n_skips, total.warn()),
        ];
        let [ok, bad, skip] = &counts;
        let places = [
            ("n", name.as_str()),
            ("ok", ok),
            ("bad", bad),
            ("skip", skip),
        ];
        Heat {
            words: fill(c.t.h_heat_sr, &places),
            id: id.to_string(),
            svg: chart::days(&row, 20.0, 17.0, 17.0, 3.5),
            name,
        }
    };
    rows.into_iter().map(say).collect()
}
