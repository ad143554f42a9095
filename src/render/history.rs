//! The table of `jobsd history`: few columns for people, all of them for programs.

use crate::model::run::{Reason, RunRecord, Status};
use crate::render::runs::{WAITING, result};
use crate::render::screen::{Cell, Screen, Table, Tint};
use crate::text::{Text, history as words};
use crate::time::{Timestamp, rfc3339};

/// Heights of the bars of durations.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Bars at most, the newest runs'.
const BARS_MAX: usize = 40;
/// Columns before the bars.
const BARS_BEFORE: usize = 3;

/// The runs, newest first; without the job where all are of one.
pub fn table(records: &[RunRecord], has_job: bool, screen: &Screen) -> String {
    if !screen.is_terminal() {
        return all(records, screen);
    }
    let columns = Column::ALL.into_iter();
    let columns: Vec<Column> = columns.filter(|it| has_job || *it != Column::Job).collect();
    let row = |run| {
        columns
            .iter()
            .map(|column| column.cell(run, screen))
            .collect()
    };
    let head = |column: Column| column.head().get(screen.lang).to_owned();
    let table = Table {
        heads: columns.iter().copied().map(head).collect(),
        rows: records.iter().map(row).collect(),
        spare: Column::SPARE.into_iter().map(head).collect(),
    };
    table.render(screen)
}

/// A column for people: the reason, the exit status and the tries are in the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Run,
    Started,
    Job,
    Result,
    Duration,
    Lag,
    Trigger,
}

impl Column {
    const ALL: [Column; 7] = [
        Column::Run,
        Column::Started,
        Column::Job,
        Column::Result,
        Column::Duration,
        Column::Lag,
        Column::Trigger,
    ];
    /// What a narrow terminal does without, the first one first.
    const SPARE: [Column; 3] = [Column::Lag, Column::Trigger, Column::Duration];

    fn head(self) -> Text {
        let [
            started,
            job,
            result,
            _,
            _,
            _,
            duration,
            lag,
            trigger,
            _,
            run,
            _,
        ] = words::heads();
        match self {
            Column::Run => run,
            Column::Started => started,
            Column::Job => job,
            Column::Result => result,
            Column::Duration => duration,
            Column::Lag => lag,
            Column::Trigger => trigger,
        }
    }

    fn cell(self, run: &RunRecord, screen: &Screen) -> Cell {
        match self {
            // As long as on its page; commands take the beginning of an id.
            Column::Run => Cell::text(run.id.short()),
            // What did not start is found where it was due.
            Column::Started => match run.started_at.or(run.scheduled_at) {
                Some(at) => Cell::text(screen.short(at)),
                None => Cell::text("-"),
            },
            Column::Job => Cell::text(run.job_id.as_str()),
            Column::Result => result(run, screen),
            Column::Duration => Cell::text(span(run).map_or("-".to_owned(), spoken)),
            Column::Lag => Cell::text(lag(run)),
            Column::Trigger => Cell::text(run.trigger.as_str()),
        }
    }
}

/// Every column, for programs.
fn all(records: &[RunRecord], screen: &Screen) -> String {
    let heads = words::heads();
    let table = Table {
        heads: heads
            .iter()
            .map(|head| head.get(screen.lang).to_owned())
            .collect(),
        rows: records.iter().map(row).collect(),
        spare: Vec::new(),
    };
    table.render(screen)
}

fn row(record: &RunRecord) -> Vec<Cell> {
    let time = |at: Option<Timestamp>| at.map_or("-".to_owned(), rfc3339);
    let due = match (record.scheduled_until, record.count) {
        (Some(until), Some(count)) => {
            let due = time(record.scheduled_at);
            format!("{due} … {} ({count})", rfc3339(until))
        }
        _ => time(record.scheduled_at),
    };
    let status = match record.is_between_attempts() {
        true => WAITING,
        false => record.status.as_str(),
    };
    let cells = [
        time(record.started_at),
        record.job_id.to_string(),
        status.to_owned(),
        record.reason.map_or("-", Reason::as_str).to_owned(),
        record
            .exit_code
            .map_or("-".to_owned(), |code| code.to_string()),
        record.attempt.to_string(),
        span(record).map_or("-".to_owned(), spoken),
        lag(record),
        record.trigger.as_str().to_owned(),
        due,
        record.id.to_string(),
        if record.is_dry_run() { "dry-run" } else { "-" }.to_owned(),
    ];
    cells.map(Cell::text).into()
}

/// From the due time to the start.
fn lag(record: &RunRecord) -> String {
    let lag = record.started_at.zip(record.scheduled_at);
    let lag = lag.map(|(start, due)| spoken(start.duration_since(due).as_secs_f64()));
    lag.unwrap_or_else(|| "-".to_owned())
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

/// How long the runs took, oldest first, as bars in so many columns; nothing where there is nothing
/// to compare, or no room.
pub fn bars(records: &[RunRecord], room: usize, screen: &Screen) -> String {
    let spans = records
        .iter()
        .take(BARS_MAX.min(room.saturating_sub(BARS_BEFORE)))
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
    format!(
        "{}{}",
        " ".repeat(BARS_BEFORE),
        spans.iter().map(bar).collect::<String>()
    )
}
