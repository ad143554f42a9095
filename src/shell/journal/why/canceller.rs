//! Who cancelled a run: the request stands in the history shortly before the run's end.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::model::event::{Actor, Event, Verb};
use crate::model::run::{Reason, RunRecord};
use crate::model::run_id::RunId;
use crate::shell::journal::day::{day_of, day_path, days};
use crate::shell::journal::lines::each_line;
use crate::shell::journal::replay::{Line, read_line};
use crate::time::{SignedDuration, Timestamp};

/// A run ends within its grace, which is at most a day.
const ENDS_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// Who cancelled each of these runs, as far as somebody did.
pub(super) fn of_all(state: &Path, records: &[RunRecord]) -> io::Result<BTreeMap<RunId, Actor>> {
    let mut found = BTreeMap::new();
    let cancelled = records
        .iter()
        .filter(|run| run.reason == Some(Reason::User));
    for run in cancelled {
        if let Some(end) = run.finished_at
            && let Some(by) = of(state, run.id, end)?
        {
            found.insert(run.id, by);
        }
    }
    Ok(found)
}

/// Who first asked for the end of a run.
fn of(state: &Path, id: RunId, end: Timestamp) -> io::Result<Option<Actor>> {
    let history = state.join("history");
    let from = day_of(end.checked_sub(ENDS_WITHIN).unwrap_or(end));
    let wanted = days(&history)?.into_iter();
    let own = id.to_string();
    let mut first: Option<(Timestamp, Actor)> = None;
    for day in wanted.filter(|day| (from..=day_of(end)).contains(day)) {
        each_line(&day_path(&history, day), 0, |_, line| {
            // Most lines are about other runs, and need not be parsed.
            if !std::str::from_utf8(line).is_ok_and(|text| text.contains(&own)) {
                return;
            }
            if let Line::Event(event) = read_line(line)
                && let Event::Control(asked) = *event
                && asked.verb == Verb::Cancel
                && asked.run_id == Some(id)
                && first.as_ref().is_none_or(|(at, _)| asked.at < *at)
            {
                first = Some((asked.at, asked.by));
            }
        })?;
    }
    Ok(first.map(|(_, by)| by))
}
