//! Bad health and its reasons; and a watch over the loop and the disk from outside the loop, so
//! that what holds the loop up cannot also hide it.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rustix::fs::statvfs;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::model::job::JobId;
use crate::shell::address::Address;
use crate::shell::clock::{pause, uptime};
use crate::shell::held::Held;
use crate::shell::http::events::Events;
use crate::shell::lock::{Lock, LockError};
use crate::shell::log::Log;
use crate::shell::process::crew::Crew;
use crate::text::trouble;
use crate::view::status::Shared;

/// The loop wakes after [`LONGEST_SLEEP`](crate::shell::clock::LONGEST_SLEEP) at the latest;
/// this long without it is bad.
const STALLED_AFTER: Duration = Duration::from_secs(3);
/// Between two looks at the loop: with the time above under the five seconds within which bad
/// health is said.
const LOOK_EVERY: Duration = Duration::from_millis(1_750);
/// Looks between two questions to the disk.
const LOOKS_PER_QUESTION: u64 = 2;
/// A disk that takes longer than this to say how full it is does not answer.
const ANSWER_WITHIN: Duration = Duration::from_millis(1_400);
/// A disk that takes longer than this to make the history durable is slow: what is due meanwhile is
/// late.
const SLOW_AFTER: Duration = Duration::from_secs(1);
/// A disk that was slow is taken for slow until it was quick, or nothing was written for this long.
const SLOW_FOR: Duration = Duration::from_secs(60);
/// Jobs that are named in one reason.
const NAMED_MAX: usize = 5;
/// Less free space than this is a full disk.
const FREE_BYTES_MIN: u64 = 64 << 10;

/// Where reasons are set and taken away; shown at once.
#[derive(Clone, Debug)]
pub struct Health {
    /// What is shown.
    pub shared: Arc<Shared>,
    /// Who follows it.
    pub events: Arc<Events>,
}

/// The loop's sign of life.
#[derive(Debug, Default)]
pub struct Beat {
    at_ms: AtomicU64,
    writes: AtomicBool,
    /// When the disk last took long; 0 when it was quick since.
    slow_ms: AtomicU64,
}

/// What is watched from outside the loop.
#[derive(Debug)]
pub struct Watched {
    /// The loop.
    pub beat: Arc<Beat>,
    /// The threads that start programs.
    pub starts: Arc<Crew>,
    /// The threads that write the output of runs.
    pub output: Arc<Crew>,
    /// The log.
    pub log: Log,
    /// The state directory.
    pub state_dir: Held,
    /// Its lock.
    pub lock: Arc<Lock>,
    /// Its file that says where the endpoint is.
    pub address: Arc<Address>,
}

impl Health {
    /// Sets the reason of a cause, or takes it away. Nothing happens when it is shown already.
    pub fn set(&self, cause: &'static str, sentence: Option<String>) {
        if self.shared.read().health.get(cause) == sentence.as_ref() {
            return;
        }
        match &sentence {
            Some(reason) => tracing::error!(cause, reason = reason.as_str(), "unhealthy"),
            None => tracing::info!(cause, "good again"),
        }
        self.shared.update(|status| match sentence {
            Some(sentence) => drop(status.health.insert(cause, sentence)),
            None => drop(status.health.remove(cause)),
        });
        let status = self.shared.read();
        self.events
            .tell_health(&status.health.values().collect::<Vec<_>>());
    }
}

impl Health {
    /// Notes what was put right, or what holds something up without breaking the promise; takes it
    /// away with `None`.
    pub fn note(&self, cause: &'static str, sentence: Option<String>) {
        if self.shared.read().notes.get(cause) == sentence.as_ref() {
            return;
        }
        if let Some(note) = &sentence {
            tracing::warn!(cause, note = note.as_str(), "noted");
        }
        self.shared.update(|status| match sentence {
            Some(sentence) => drop(status.notes.insert(cause, sentence)),
            None => drop(status.notes.remove(cause)),
        });
    }
}

impl Beat {
    /// The loop was here; `writes` when it is about to write the history.
    pub fn tick(&self, writes: bool) {
        self.writes.store(writes, Ordering::Relaxed);
        self.at_ms.store(uptime_ms(), Ordering::Relaxed);
    }

    /// The disk took so long to make so much of the history durable. Ten thousand jobs at a start
    /// are megabytes: a disk may take its time for them.
    pub fn synced_in(&self, span: Duration, bytes: u64) {
        let mebibytes = u32::try_from(bytes >> 20).unwrap_or(u32::MAX);
        let is_slow = span > SLOW_AFTER.saturating_mul(mebibytes.saturating_add(1));
        let slow = if is_slow { uptime_ms() } else { 0 };
        self.slow_ms.store(slow, Ordering::Relaxed);
    }

    /// Says that the disk is slow.
    fn slow(&self) -> Option<String> {
        let since = |ms: &AtomicU64| {
            uptime().saturating_sub(Duration::from_millis(ms.load(Ordering::Relaxed)))
        };
        let is_writing = self.writes.load(Ordering::Relaxed) && since(&self.at_ms) > SLOW_AFTER;
        let was_slow = self.slow_ms.load(Ordering::Relaxed) > 0 && since(&self.slow_ms) < SLOW_FOR;
        (is_writing || was_slow).then(trouble::slow_disk)
    }

    /// Why the loop does not come round; `None` when it does.
    fn trouble(&self) -> Option<String> {
        let at = Duration::from_millis(self.at_ms.load(Ordering::Relaxed));
        let is_stalled = uptime().saturating_sub(at) > STALLED_AFTER;
        let is_writing = self.writes.load(Ordering::Relaxed);
        is_stalled.then(|| {
            if is_writing {
                trouble::hanging_disk()
            } else {
                trouble::stalled()
            }
        })
    }
}

fn uptime_ms() -> u64 {
    u64::try_from(uptime().as_millis()).unwrap_or(u64::MAX)
}

/// Says whose starts hang.
fn held_up(jobs: &BTreeSet<JobId>) -> Option<String> {
    named(jobs).map(trouble::no_starts)
}

/// Says whose output is not written.
fn unwritten(jobs: &BTreeSet<JobId>) -> Option<String> {
    named(jobs).map(trouble::no_output)
}

fn named(jobs: &BTreeSet<JobId>) -> Option<String> {
    let ids: Vec<&str> = jobs.iter().map(JobId::as_str).take(NAMED_MAX).collect();
    let more = jobs.len().saturating_sub(NAMED_MAX);
    let ids = (!ids.is_empty()).then(|| ids.join(", "))?;
    Some(match more {
        0 => ids,
        more => trouble::and_more(ids, more),
    })
}

/// What is asked of the disk, aside.
#[derive(Debug)]
struct Found {
    disk: Option<String>,
    lock: Result<Option<String>, LockError>,
    address: io::Result<Option<String>>,
}

/// Watches until the task is dropped.
pub async fn watch(watched: Watched, health: Health) {
    let (beat, state_dir) = (&watched.beat, &watched.state_dir);
    // A disk that does not answer must not hold this up: the question goes aside, and one is
    // enough.
    let mut question: Option<JoinHandle<Found>> = None;
    for look in 0u64.. {
        let since = uptime();
        pause(LOOK_EVERY).await;
        // Where this process was stopped, nothing else came round either.
        if uptime().saturating_sub(since) < 2 * LOOK_EVERY {
            health.set("loop", beat.trouble());
            health.set("slow", beat.slow());
        }
        health.set("starts", held_up(&watched.starts.stuck()));
        health.set("log", watched.log.trouble());
        let dropped = watched.log.dropped();
        if health.shared.read().log_lines_dropped != dropped {
            health
                .shared
                .update(|status| status.log_lines_dropped = dropped);
        }
        health.set("output", unwritten(&watched.output.stuck()));
        if question.is_none() && look.is_multiple_of(LOOKS_PER_QUESTION) {
            let (state_dir, lock) = (state_dir.clone(), watched.lock.clone());
            let address = watched.address.clone();
            question = Some(spawn_blocking(move || ask(&state_dir, &lock, &address)));
        }
        let Some(asked) = &mut question else {
            continue;
        };
        tokio::select! {
            answer = asked => {
                if let Ok(found) = answer {
                    found.show(&health);
                }
                question = None;
            }
            () = pause(ANSWER_WITHIN) => {
                let sentence = trouble::no_answer(state_dir.path().display());
                health.set("disk", Some(sentence));
            }
        }
    }
}

/// Looks at the disk, and at the names of what is held; in a folder that is not ours any more
/// nothing is made again.
fn ask(state_dir: &Held, lock: &Lock, address: &Address) -> Found {
    let is_ours = state_dir.is_in_place().unwrap_or(false);
    Found {
        disk: full(state_dir.path()),
        lock: if is_ours { lock.renew() } else { Ok(None) },
        address: if is_ours { address.renew() } else { Ok(None) },
    }
}

impl Found {
    fn show(self, health: &Health) {
        health.set("disk", self.disk);
        let trouble = match self.lock {
            Ok(made) => {
                if let Some(made) = made {
                    health.note("lock", Some(made));
                }
                None
            }
            Err(LockError::Held(by)) => Some(trouble::two_daemons(by)),
            Err(LockError::Io(error)) => Some(trouble::no_lock(error)),
        };
        health.set("lock", trouble);
        // No trouble: the endpoint and the socket answer all the same.
        match self.address {
            Ok(None) => {}
            Ok(Some(made)) => health.note("address", Some(made)),
            Err(error) => health.note("address", Some(trouble::no_address(error))),
        }
    }
}

/// Says that the disk is full.
fn full(state_dir: &Path) -> Option<String> {
    let free = match statvfs(state_dir) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => {
            return Some(trouble::out_of_reach(state_dir.display(), error));
        }
    };
    (free < FREE_BYTES_MIN).then(|| trouble::full(state_dir.display(), free))
}

#[cfg(test)]
mod tests {
    use super::Beat;
    use std::time::Duration;

    #[test]
    fn a_disk_is_slow_by_what_it_wrote() {
        let beat = Beat::default();
        let slow = |secs, bytes| {
            beat.synced_in(Duration::from_secs(secs), bytes);
            beat.slow().is_some()
        };
        assert!(slow(2, 100), "two seconds for a line");
        assert!(!slow(0, 100), "a quick one takes it back");
        assert!(!slow(2, 3 << 20), "ten thousand jobs at a start");
        assert!(slow(5, 3 << 20));
        assert!(!slow(1, 0), "a second is not over a second");
    }
}
