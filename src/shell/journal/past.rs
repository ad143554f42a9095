//! What was in force at an instant, without the whole history: from the checkpoint or the newest
//! state line before it, which say everything live, and the lines of that day.

use std::io;
use std::path::Path;

use crate::model::event::Event;
use crate::model::job::JobId;
use crate::shell::journal::checkpoint::Checkpoint;
use crate::shell::journal::day::Position;
use crate::shell::journal::day::day_of;
use crate::shell::journal::day::{day_path, days};
use crate::shell::journal::lines::each_line;
use crate::shell::journal::replay::{Line, has_head, read_line};
use crate::time::Timestamp;

/// How the line of a run begins.
const RUN_HEAD: &[u8] = br#"{"v":1,"type":"run","#;

/// Shows what is needed to know a job at an instant: a state, and the events behind it up to the
/// end of the instant's day, but the runs of other jobs. Where there is no state yet, every event.
///
/// # Errors
/// Those of the file system.
pub fn look_back(
    state_dir: &Path,
    job_id: &JobId,
    at: Timestamp,
    mut see: impl FnMut(Event),
) -> io::Result<()> {
    let history = state_dir.join("history");
    let last = day_of(at);
    let fits = |checkpoint: &Checkpoint| {
        let seen = checkpoint.state.high_water;
        checkpoint.at().day <= last && seen.is_none_or(|seen| seen <= at)
    };
    let from = match Checkpoint::read(state_dir).filter(fits) {
        Some(checkpoint) => {
            let from = checkpoint.at();
            see(Event::State(Box::new(checkpoint.state)));
            from
        }
        None => newest_head(&history, last)?,
    };
    let own = format!("\"job_id\":\"{job_id}\"");
    let is_other = |line: &[u8]| {
        line.starts_with(RUN_HEAD)
            && !std::str::from_utf8(line).is_ok_and(|text| text.contains(&own))
    };
    let wanted = days(&history)?.into_iter();
    for day in wanted.filter(|day| (from.day..=last).contains(day)) {
        let start = if day == from.day { from.offset } else { 0 };
        each_line(&day_path(&history, day), start, |_, line| {
            if is_other(line) {
                return;
            }
            if let Line::Event(event) = read_line(line) {
                see(*event);
            }
        })?;
    }
    Ok(())
}

/// The newest day up to this one that begins with a state line; else the beginning.
fn newest_head(history: &Path, last: u32) -> io::Result<Position> {
    for day in days(history)?.into_iter().rev().filter(|day| *day <= last) {
        if has_head(&day_path(history, day))? {
            return Ok(Position { day, offset: 0 });
        }
    }
    Ok(Position::default())
}

/// Where the history that is kept begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// With the first daemon of this state directory.
    First(Timestamp),
    /// With a day before which there were others.
    Kept(Timestamp),
}

/// Finds it; `None` where there is no history.
///
/// # Errors
/// Those of the file system.
pub fn beginning(state_dir: &Path) -> io::Result<Option<Beginning>> {
    let history = state_dir.join("history");
    let Some(day) = days(&history)?.into_iter().min() else {
        return Ok(None);
    };
    let path = day_path(&history, day);
    let midnight = path.file_stem().and_then(|name| {
        let text = format!("{}T00:00:00Z", name.to_str()?);
        text.parse::<Timestamp>().ok()
    });
    let (mut first, mut is_kept) = (None, false);
    each_line(&path, 0, |_, line| {
        if first.is_some() || is_kept {
            return;
        }
        if let Line::Event(event) = read_line(line) {
            match *event {
                // What the lines before said; of the first daemon there were none.
                Event::State(state) => is_kept = state.high_water.is_some(),
                Event::Start(start) => first = Some(start.at),
                _ => {}
            }
        }
    })?;
    let kept = midnight.filter(|_| is_kept).map(Beginning::Kept);
    Ok(kept.or(first.or(midnight).map(Beginning::First)))
}
