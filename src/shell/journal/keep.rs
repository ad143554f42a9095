//! Looks after the journal's files beside the loop: checkpoints, and retention by age and size. What fails here costs time
//! at the next start or space, never a record, and is tried again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tokio::task::JoinSet;

use crate::model::state::State;
use crate::shell::clock;
use crate::shell::journal::checkpoint::{Checkpoint, EVERY_BYTES};
use crate::shell::journal::index::Position;
use crate::shell::journal::known::{day_path, days};
use crate::shell::journal::{day_of, replay};
use crate::spec::types::config::HistorySpec;
use crate::time::{SignedDuration, Timestamp};

/// Days kept unless `history.retain_days` says otherwise.
const RETAIN_DAYS: u64 = 400;
/// Bytes kept unless `history.retain_bytes` says otherwise.
const RETAIN_BYTES: u64 = 10 << 30;

/// Between two looks at what is to be taken away.
const RETAIN_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// How much of the history is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Days before today.
    pub days: u64,
    /// Bytes of all files.
    pub bytes: u64,
}

impl Retention {
    /// What the settings say.
    pub fn of(spec: &HistorySpec) -> Retention {
        Retention {
            days: spec.retain_days.unwrap_or(RETAIN_DAYS),
            bytes: spec.retain_bytes.unwrap_or(RETAIN_BYTES),
        }
    }
}

/// Does the chores, one at a time.
#[derive(Debug)]
pub struct Keeper {
    state_dir: PathBuf,
    retention: Retention,
    /// Journal that no checkpoint holds.
    bytes: u64,
    retained_at: Option<Timestamp>,
    chores: JoinSet<()>,
}

impl Keeper {
    /// A keeper of a state directory, `bytes` of whose journal are in no checkpoint.
    pub fn new(state_dir: &Path, spec: &HistorySpec, bytes: u64) -> Keeper {
        Keeper {
            state_dir: state_dir.to_owned(),
            retention: Retention::of(spec),
            bytes,
            retained_at: None,
            chores: JoinSet::new(),
        }
    }

    /// Counts what was written.
    pub fn note_written(&mut self, bytes: u64) {
        self.bytes += bytes;
    }

    /// Whether enough was written for a checkpoint, and no chore is under way.
    pub fn is_checkpoint_due(&mut self) -> bool {
        while self.chores.try_join_next().is_some() {}
        self.bytes >= EVERY_BYTES && self.chores.is_empty()
    }

    /// Writes a checkpoint aside. All lines before `at` are durable, and `state` is what they say.
    pub(crate) fn checkpoint(&mut self, at: Position, state: State) {
        self.bytes = 0;
        let state_dir = self.state_dir.clone();
        self.chores
            .spawn_blocking(move || write(&state_dir, at, state));
    }

    /// Takes away what is too old or too much, aside, once an hour. An insane clock takes nothing away.
    pub fn retain(&mut self, now: Timestamp) {
        let is_fresh = |at: Timestamp| now.duration_since(at).abs() < RETAIN_EVERY;
        if self.retained_at.is_some_and(is_fresh) || !clock::is_sane(now) {
            return;
        }
        self.retained_at = Some(now);
        let (state_dir, retention) = (self.state_dir.clone(), self.retention);
        self.chores.spawn_blocking(move || {
            if let Err(error) = retain(&state_dir, retention, now) {
                tracing::warn!(%error, "old history cannot be removed");
            }
        });
    }

    /// The last checkpoint, at the end of the daemon.
    pub(crate) async fn finish(&mut self, at: Position, state: State) {
        self.chores.abort_all();
        while self.chores.join_next().await.is_some() {}
        if self.bytes > 0 {
            self.checkpoint(at, state);
            while self.chores.join_next().await.is_some() {}
        }
    }
}

fn write(state_dir: &Path, at: Position, state: State) {
    let written = Checkpoint::of(state_dir, at, state).and_then(|it| it.write(state_dir));
    if let Err(error) = written {
        tracing::warn!(%error, "the checkpoint cannot be written; the next start takes longer");
    }
}

/// Removes the oldest days that are too old or too much. The newest day stays, and so does the newest one that begins with
/// a state line, and everything behind it: they say all that a start needs.
///
/// # Errors
/// Those of the file system.
pub fn retain(state_dir: &Path, retention: Retention, now: Timestamp) -> io::Result<()> {
    let history = state_dir.join("history");
    let Some(head) = replay::newest_head(&history)? else {
        return Ok(());
    };
    let span = i64::try_from(retention.days).unwrap_or(i64::MAX);
    let span = SignedDuration::from_hours(span.saturating_mul(24).min(24 * 36_600));
    let oldest = now.checked_sub(span).map_or(0, day_of);
    let mut sizes = Vec::new();
    for day in days(&history)? {
        sizes.push((day, fs::metadata(day_path(&history, day))?.len()));
    }
    let mut total: u64 = sizes.iter().map(|(_, bytes)| bytes).sum();
    for (day, bytes) in sizes {
        let is_over = day < oldest || total > retention.bytes;
        if !is_over || day >= head {
            break;
        }
        fs::remove_file(day_path(&history, day))?;
        total -= bytes;
        tracing::info!(day, bytes, "old history removed");
    }
    remove_old_index(state_dir, &history)
}

/// The index of days that are gone leads nowhere.
fn remove_old_index(state_dir: &Path, history: &Path) -> io::Result<()> {
    let Some(first) = days(history)?.first().copied() else {
        return Ok(());
    };
    for entry in fs::read_dir(state_dir.join("index")).into_iter().flatten() {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let day = name.and_then(|name| name.get(..10)?.replace('-', "").parse::<u32>().ok());
        if day.is_some_and(|day| day < first) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
