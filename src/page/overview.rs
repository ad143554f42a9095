//! `/`: what needs attention, 24 hours past and to come, the next runs, the jobs as cards or as a
//! table.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use askama::Template;

use crate::page::attention::{self, Attention};
use crate::page::card::{Card, When, next_due};
use crate::page::chrome::{Chrome, invalid_paths};
use crate::page::facet::{self, Facet};
use crate::page::facts::{Ask, Facts};
use crate::page::links;
use crate::page::past::Past;
use crate::page::planned::is_due;
use crate::page::pulse::{self, Pulse};
use crate::page::reply::Reply;
use crate::text::pages::fill;
use crate::view::ailment::is_failing;
use crate::view::status::{JobStatus, Status};

/// Up to so many jobs are cards where the visitor has not chosen.
const CARDS_MAX: usize = 24;
/// Coming runs that are listed.
const NEXT_MAX: usize = 5;
/// Rows of a page of the table.
const ROWS: usize = 50;
/// Seconds after which a browser without script asks again.
const REFRESH: u32 = 60;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    c: Chrome,
    attention: Attention,
    sub: String,
    pulse: Option<Pulse>,
    nexts: Vec<Next>,
    bar: Bar,
    is_table: bool,
    cards: Vec<Card>,
    pager: Option<Pager>,
    state: State,
}

/// A coming run.
struct Next {
    id: String,
    name: String,
    when: When,
    ahead: String,
}

/// The search and the filters.
struct Bar {
    q: String,
    filter: &'static str,
    sort: &'static str,
    chips: Vec<Chip>,
    labels: Vec<Facet>,
    cards: String,
    table: String,
}

/// A filter with what it would show.
pub struct Chip {
    /// Its words.
    pub word: &'static str,
    /// Its address.
    pub to: String,
    /// How many it shows.
    pub count: Option<String>,
    /// Whether it is in force.
    pub is_on: bool,
}

/// Where in a long list.
pub struct Pager {
    /// "1–50 of 1,000".
    pub range: String,
    /// Address of the page before.
    pub before: Option<String>,
    /// Address of the page behind.
    pub after: Option<String>,
}

/// What stands in place of jobs.
#[derive(PartialEq, Eq)]
enum State {
    Jobs,
    Empty,
    Waiting,
    NoMatch,
}

/// The filters, in the order of the chips.
const FILTERS: [&str; 7] = [
    "", "active", "paused", "failing", "running", "invalid", "test",
];

/// `GET /`
pub fn page(facts: &Facts, past: &dyn Past) -> Reply {
    let (status, ask) = (&facts.status, &facts.ask);
    let title = facts.say().t.ov_title.to_owned();
    let mut c = Chrome::new(facts, "overview", title);
    (c.live, c.refresh) = (true, Some(REFRESH));
    let present: Vec<&JobStatus> = status
        .jobs
        .values()
        .map(|job| &**job)
        .filter(|job| job.present)
        .collect();
    let is_table = match ask.view {
        Some(view) => view == "table",
        None => present.len() > CARDS_MAX,
    };
    let attention = attention::attention(&c, past, status);
    let bad = invalid_paths(status);
    let bar = bar(&c, ask, (&present, &bad), is_table);
    let mut found = matching(&present, &bar, &bad, ask.value("l").unwrap_or(""));
    sort(&mut found, bar.sort);
    let state = match (present.is_empty(), found.is_empty(), status.is_ready) {
        (true, _, false) => State::Waiting,
        (true, ..) => State::Empty,
        (false, true, _) => State::NoMatch,
        _ => State::Jobs,
    };
    let (from, pager) = pager(
        &c,
        ask,
        found.len(),
        if is_table { ROWS } else { CARDS_MAX },
    );
    let shown = found
        .into_iter()
        .skip(from)
        .take(if is_table { ROWS } else { CARDS_MAX });
    let cards = shown
        .filter_map(|job| Card::new(past, &c, status, job))
        .collect();
    let has_chart = state != State::Empty && state != State::Waiting;
    Reply::page(&Overview {
        sub: sub(&c, &attention, &present, is_table),
        pulse: has_chart.then(|| pulse::pulse(facts, past, &c)),
        nexts: if has_chart {
            nexts(&c, status)
        } else {
            Vec::new()
        },
        attention,
        bar,
        is_table,
        cards,
        pager,
        state,
        c,
    })
}

fn sub(c: &Chrome, attention: &Attention, present: &[&JobStatus], is_table: bool) -> String {
    let trouble = match attention.total {
        0 => None,
        n => Some(c.t.count(c.t.ov_status_bad, n)),
    };
    if present.is_empty() && trouble.is_none() {
        return String::new();
    }
    match (is_table, trouble) {
        (true, None) => c.t.count(c.t.n_jobs, present.len() as u64),
        (true, Some(text)) => {
            format!("{} · {text}", c.t.count(c.t.n_jobs, present.len() as u64))
        }
        (false, Some(text)) => text,
        (false, None) => c.t.ov_status_ok.to_owned(),
    }
}

fn nexts(c: &Chrome, status: &Status) -> Vec<Next> {
    let jobs = status.jobs.values().filter(|job| is_due(job));
    let mut due: Vec<_> = jobs
        .filter_map(|status| Some((next_due(status)?, status.job.as_ref()?)))
        .collect();
    due.sort_by_key(|(at, job)| (*at, job.id.clone()));
    let shown = due.into_iter().take(NEXT_MAX);
    shown
        .map(|(at, job)| Next {
            id: job.id.to_string(),
            name: crate::text::visible(&job.name),
            when: When::next(at, job, c),
            ahead: c.say.ahead(at),
        })
        .collect()
}

fn bar(
    c: &Chrome,
    ask: &Ask,
    (present, bad): (&[&JobStatus], &BTreeSet<&str>),
    is_table: bool,
) -> Bar {
    let asked = ask.value("s").unwrap_or("");
    let filter = FILTERS
        .into_iter()
        .find(|known| *known == asked)
        .unwrap_or("");
    let default = if is_table { "next" } else { "name" };
    let sorts = ["name", "next", "last"];
    let sort = sorts
        .into_iter()
        .find(|known| ask.value("sort") == Some(known));
    let words = [
        c.t.f_all,
        c.t.f_active,
        c.t.f_paused,
        c.t.f_failing,
        c.t.st_running,
        c.t.f_invalid,
        c.t.f_test,
    ];
    let chips = FILTERS.into_iter().zip(words).filter_map(|(known, word)| {
        let count = present.iter().filter(|job| passes(job, known, bad)).count();
        let is_shown = count > 0 || known == filter || known.is_empty();
        is_shown.then(|| Chip {
            word,
            to: links::query(&ask.pairs, &[("s", known), ("page", "")]),
            count: Some(c.t.number(count as u64)),
            is_on: known == filter,
        })
    });
    Bar {
        labels: facet::of(present, ask.value("l").unwrap_or("")),
        q: ask
            .value("q")
            .unwrap_or("")
            .trim()
            .chars()
            .take(200)
            .collect(),
        filter,
        sort: sort.unwrap_or(default),
        chips: chips.collect(),
        cards: links::query(&ask.pairs, &[("view", "cards"), ("page", "")]),
        table: links::query(&ask.pairs, &[("view", "table"), ("page", "")]),
    }
}

fn passes(status: &JobStatus, filter: &str, bad: &BTreeSet<&str>) -> bool {
    let is = |claim: fn(&crate::model::job::Job) -> bool| {
        status.job.as_ref().is_some_and(|job| claim(job))
    };
    match filter {
        "active" => status.is_enabled(),
        "paused" => status.pause.is_some(),
        "failing" => is_failing(status),
        "running" => !status.running.is_empty(),
        "invalid" => status
            .job
            .as_ref()
            .is_some_and(|job| bad.contains(&*job.file)),
        "test" => is(|job| job.dry_run),
        _ => true,
    }
}

/// The jobs that pass the filter and hold every word of the search in id, name, file, description,
/// type or labels, and have the label.
fn matching<'a>(
    present: &[&'a JobStatus],
    bar: &Bar,
    bad: &BTreeSet<&str>,
    label: &str,
) -> Vec<&'a JobStatus> {
    let words: Vec<String> = bar
        .q
        .to_lowercase()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let holds = |status: &JobStatus| {
        let Some(job) = status.job.as_ref().filter(|_| !words.is_empty()) else {
            return words.is_empty();
        };
        let mut text = format!("{}\n{}\n{}\n{}\n", job.id, job.name, job.file, job.bot.name);
        text += job.description.as_deref().unwrap_or("");
        for (key, value) in job.labels.iter() {
            text += &format!("\n{key}={value}");
        }
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let passing = present.iter();
    let passing = passing.filter(|job| passes(job, bar.filter, bad) && facet::has(job, label));
    passing.copied().filter(|job| holds(job)).collect()
}

fn sort(jobs: &mut [&JobStatus], by: &str) {
    let name = |status: &JobStatus| {
        let job = status.job.as_ref();
        job.map(|job| (job.name.to_lowercase(), job.id.clone()))
    };
    match by {
        // Jobs that nothing is due of come last.
        "next" => jobs.sort_by_cached_key(|status| {
            let next = next_due(status);
            (next.is_none(), next, name(status))
        }),
        "last" => jobs.sort_by_cached_key(|status| {
            let last = status.last_run.as_ref().and_then(|run| run.started_at);
            (Reverse(last), name(status))
        }),
        _ => jobs.sort_by_cached_key(|status| name(status)),
    }
}

fn pager(c: &Chrome, ask: &Ask, total: usize, size: usize) -> (usize, Option<Pager>) {
    let pages = total.div_ceil(size).max(1);
    let asked = ask
        .value("page")
        .and_then(|page| page.parse::<usize>().ok());
    let page = asked.unwrap_or(1).clamp(1, pages);
    let from = (page - 1) * size;
    if pages == 1 {
        return (from, None);
    }
    let number = |n: usize| c.t.number(n as u64);
    let range = fill(
        c.t.range,
        &[
            ("a", &number(from + 1)),
            ("b", &number((from + size).min(total))),
            ("n", &number(total)),
        ],
    );
    let link = |page: usize| links::query(&ask.pairs, &[("page", &page.to_string())]);
    let pager = Pager {
        range,
        before: (page > 1).then(|| link(page - 1)),
        after: (page < pages).then(|| link(page + 1)),
    };
    (from, Some(pager))
}
