//! The table of `jobsd history`: few columns for people, all of them for programs.

use crate::model::run::{Reason, RunRecord, Status};
use crate::render::runs::{WAITING, result};
use crate::render::screen::{Cell, Screen, Table, Tint};
use crate::text::history as words;
use crate::time::{Timestamp, rfc3339};

/// Heights of the bars of durations.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Bars at most, the newest runs'.
const BARS_MAX: usize = 40;

/// The runs, newest first; without the job where all are of one.
pub fn table(records: &[RunRecord], has_job: bool, screen: &Screen) -> String {
    let heads = words::heads();
    let heads = heads.iter().map(|head| head.get(screen.lang).to_owned());
    let is_shown = |n: usize| match n {
        JOB => has_job,
        REASON | DUE | RUN | DRY => false,
        _ => true,
    };
    // A program gets every column, wherever it is.
    let is_kept = |n: usize| !screen.is_terminal() || is_shown(n);
    let kept = |cells: Vec<Cell>| -> Vec<Cell> {
        let cells = cells.into_iter().enumerate();
        cells
            .filter(|(n, _)| is_kept(*n))
            .map(|(_, cell)| cell)
            .collect()
    };
    let heads = heads.enumerate().filter(|(n, _)| is_kept(*n));
    let table = Table {
        heads: heads.map(|(_, head)| head).collect(),
        rows: records.iter().map(|run| kept(row(run, screen))).collect(),
    };
    table.render(screen)
}

/// Columns that people do without: the reason is with the result, a run has a page and its
/// logs.
const JOB: usize = 1;
const REASON: usize = 3;
const DUE: usize = 9;
const RUN: usize = 10;
/// The result says it to people.
const DRY: usize = 11;

fn row(record: &RunRecord, screen: &Screen) -> Vec<Cell> {
    let time = |at: Option<Timestamp>| match at {
        Some(at) => screen.time(at),
        None => Cell::text("-"),
    };
    let lag = record.started_at.zip(record.scheduled_at);
    let lag = lag.map(|(start, due)| spoken(start.duration_since(due).as_secs_f64()));
    let due = match (record.scheduled_until, record.count) {
        (Some(until), Some(count)) => {
            let due = record.scheduled_at.map_or("-".to_owned(), rfc3339);
            Cell::text(format!("{due} … {} ({count})", rfc3339(until)))
        }
        _ => time(record.scheduled_at),
    };
    let code = record.exit_code.map(|code| code.to_string());
    // What did not start is found where it was due.
    let begun = match record.started_at.or(record.scheduled_at) {
        Some(at) => screen.short(at),
        None => "-".to_owned(),
    };
    let started = Cell::both(begun, record.started_at.map_or("-".to_owned(), rfc3339));
    vec![
        started,
        Cell::text(record.job_id.as_str()),
        ending(record, screen),
        Cell::text(record.reason.map_or("-", Reason::as_str)),
        Cell::text(code.unwrap_or_else(|| "-".to_owned())),
        Cell::text(record.attempt.to_string()),
        Cell::text(span(record).map_or("-".to_owned(), spoken)),
        Cell::text(lag.unwrap_or_else(|| "-".to_owned())),
        Cell::text(record.trigger.as_str()),
        due,
        Cell::text(record.id.to_string()),
        Cell::text(if record.is_dry_run() { "dry-run" } else { "-" }),
    ]
}

/// The result as everywhere, but for the exit status and the tries, which have columns of their
/// own.
fn ending(record: &RunRecord, screen: &Screen) -> Cell {
    let mut run = record.clone();
    if !record.is_between_attempts() {
        run.attempt = 1;
    }
    run.reason = run.reason.filter(|reason| *reason != Reason::Exit);
    let shown = result(&run, screen);
    let raw = match record.is_between_attempts() {
        true => WAITING,
        false => record.status.as_str(),
    };
    Cell {
        raw: raw.to_owned(),
        ..shown
    }
}

/// Seconds from the start to the end of a run.
pub fn span(record: &RunRecord) -> Option<f64> {
    let (start, end) = record.started_at.zip(record.finished_at)?;
    Some(end.duration_since(start).as_secs_f64())
}

/// Seconds as people say them: `0.1s`, `4min 10s`, `2h 3min`.
pub fn spoken(secs: f64) -> String {
    let whole = secs.round() as i64;
    match whole {
        ..60 => format!("{secs:.1}s"),
        60..3_600 => format!("{}min {}s", whole / 60, whole % 60),
        _ => format!("{}h {}min", whole / 3_600, whole / 60 % 60),
    }
}

/// How long the runs took, oldest first, as bars; nothing where there is nothing to compare.
pub fn bars(records: &[RunRecord], screen: &Screen) -> String {
    let spans = records
        .iter()
        .take(BARS_MAX)
        .filter_map(|run| Some((span(run)?, run.status)));
    let mut spans: Vec<(f64, Status)> = spans.collect();
    spans.reverse();
    let longest = spans.iter().map(|(secs, _)| *secs).fold(0.0, f64::max);
    if spans.len() < 2 || longest <= 0.0 {
        return String::new();
    }
    let bar = |(secs, status): &(f64, Status)| {
        let height = (secs / longest * 7.0).round() as usize;
        let tint = match status {
            Status::Failed | Status::Interrupted => Tint::Red,
            _ => Tint::Plain,
        };
        screen.paint(&BARS[height.min(7)].to_string(), tint)
    };
    format!("   {}", spans.iter().map(bar).collect::<String>())
}
