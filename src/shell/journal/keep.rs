//! Looks after the journal's files beside the loop: checkpoints, and retention by age and size.
//! What fails here costs time at the next start or space, never a record, and is tried again.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use crate::model::state::State;
use crate::shell::clock;
use crate::shell::journal::belief::Belief;
use crate::shell::journal::checkpoint::{Checkpoint, EVERY_BYTES};
use crate::shell::journal::day::Position;
use crate::shell::journal::day::day_of;
use crate::shell::journal::day::{day_path, days};
use crate::shell::journal::replay;
use crate::shell::open;
use crate::spec::types::config::HistorySpec;
use crate::time::{SignedDuration, Timestamp};

/// Days kept unless `history.retain_days` says otherwise.
const RETAIN_DAYS: u64 = 400;
/// Bytes kept unless `history.retain_bytes` says otherwise.
const RETAIN_BYTES: u64 = 10 << 30;

/// Most that the file `clock` holds.
const BELIEF_BYTES_MAX: u64 = 4 << 10;
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
    /// When retention was looked at last, on the boot clock.
    retained_at: Option<SignedDuration>,
    belief: Belief,
    lag: Arc<Lag>,
    chores: JoinSet<()>,
}

/// How far what age is counted from is before the wall clock, shared with what else goes by age.
#[derive(Debug)]
pub struct Lag(AtomicI64);

impl Lag {
    /// The lag; `None` as long as no clock was believed, and nothing is old.
    pub fn get(&self) -> Option<Duration> {
        u64::try_from(self.0.load(Ordering::Relaxed))
            .ok()
            .map(Duration::from_secs)
    }

    fn set(&self, lag: Option<SignedDuration>) {
        let secs = lag.map_or(-1, |lag| lag.as_secs());
        self.0.store(secs, Ordering::Relaxed);
    }
}

impl Keeper {
    /// A keeper of a state directory, `bytes` of whose journal are in no checkpoint.
    pub fn new(state_dir: &Path, spec: &HistorySpec, bytes: u64, now: Timestamp) -> Keeper {
        let mut belief = read_belief(state_dir);
        belief.look(&clock::clocks(now));
        let lag = Lag(AtomicI64::new(-1));
        lag.set(belief.lag());
        Keeper {
            state_dir: state_dir.to_owned(),
            retention: Retention::of(spec),
            bytes,
            retained_at: None,
            belief,
            lag: Arc::new(lag),
            chores: JoinSet::new(),
        }
    }

    /// What else goes by age asks this.
    pub fn lag(&self) -> Arc<Lag> {
        self.lag.clone()
    }

    /// Whether the clock is right as far as one can know.
    pub fn is_clock_right(&self) -> bool {
        self.belief.is_right()
    }

    /// When it is, unless the clock leaps again.
    pub fn clock_is_right_at(&self, now: Timestamp) -> Timestamp {
        let at = now.checked_add(self.belief.believed_in());
        at.unwrap_or(now)
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

    /// Looks at the clock, and takes away what is too old or too much, aside, once an hour. Age is
    /// reckoned by a clock that was believed for a day; an insane one takes nothing away.
    pub fn retain(&mut self, now: Timestamp) {
        let clocks = clock::clocks(now);
        let has_leapt = self.belief.look(&clocks);
        self.lag.set(self.belief.lag());
        let is_fresh = |at: SignedDuration| clocks.boot - at < RETAIN_EVERY;
        if self.retained_at.is_some_and(is_fresh) && !has_leapt {
            return;
        }
        self.retained_at = Some(clocks.boot);
        let (state_dir, retention) = (self.state_dir.clone(), self.retention);
        let (belief, is_sane) = (self.belief.clone(), clock::is_sane(now));
        self.chores.spawn_blocking(move || {
            if let Err(error) = write_belief(&state_dir, &belief) {
                tracing::warn!(%error, "what is known of the clock cannot be kept over a restart");
            }
            if !is_sane {
                return;
            }
            if let Err(error) = retain(&state_dir, retention, belief.reckoned()) {
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
        }
        let (state_dir, belief) = (self.state_dir.clone(), self.belief.clone());
        self.chores.spawn_blocking(move || {
            // What is not kept is learned again, in a day.
            let _ = write_belief(&state_dir, &belief);
        });
        while self.chores.join_next().await.is_some() {}
    }
}

/// What was known of the clock; nothing where that cannot be read.
fn read_belief(state_dir: &Path) -> Belief {
    let mut bytes = Vec::new();
    let read = open::read(&state_dir.join("clock"))
        .and_then(|file| file.take(BELIEF_BYTES_MAX).read_to_end(&mut bytes));
    let belief = read.ok().and_then(|_| serde_json::from_slice(&bytes).ok());
    belief.unwrap_or_default()
}

fn write_belief(state_dir: &Path, belief: &Belief) -> io::Result<()> {
    let new = state_dir.join("clock.new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = open::with(OpenOptions::new().write(true).create_new(true), &new)?;
    file.write_all(&serde_json::to_vec(belief)?)?;
    file.sync_data()?;
    fs::rename(&new, state_dir.join("clock"))
}

fn write(state_dir: &Path, at: Position, state: State) {
    let written = Checkpoint::of(state_dir, at, state).and_then(|it| it.write(state_dir));
    if let Err(error) = written {
        tracing::warn!(%error, "the checkpoint cannot be written; the next start takes longer");
    }
}

/// Removes the oldest days that are too old, reckoned from an instant, or too much. The newest day
/// stays, and so does the newest one that begins with a state line, and everything behind it: they
/// say all that a start needs.
///
/// # Errors
/// Those of the file system.
pub fn retain(
    state_dir: &Path,
    retention: Retention,
    reckoned: Option<Timestamp>,
) -> io::Result<()> {
    let history = state_dir.join("history");
    let Some(head) = replay::newest_head(&history)? else {
        return Ok(());
    };
    let span = i64::try_from(retention.days).unwrap_or(i64::MAX);
    let span = SignedDuration::from_hours(span.saturating_mul(24).min(24 * 36_600));
    let oldest = reckoned.and_then(|at| at.checked_sub(span).ok());
    let oldest = oldest.map_or(0, day_of);
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
    let there = days(history)?;
    for entry in fs::read_dir(state_dir.join("index")).into_iter().flatten() {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let day = name.and_then(|name| name.get(..10)?.replace('-', "").parse::<u32>().ok());
        if day.is_some_and(|day| !there.contains(&day)) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
