//! Keeps the output of old runs within bounds of age, bytes and count. Output of runs in progress
//! is left alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::model::run_id::RunId;
use crate::shell::clock::pause;
use crate::shell::journal::keep::Lag;
use crate::shell::process::order::Places;
use crate::spec::types::config::OutputSpec;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(600);
const DAY: Duration = Duration::from_secs(86_400);
/// Files are added up by stretches of this length.
const STRETCH_SECS: u64 = 600;

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    age: Duration,
    bytes: u64,
    runs: usize,
}

/// A file of a run's output.
struct Output {
    path: PathBuf,
    bytes: u64,
    /// Whether it is the log, of which each run has one; others are the ends of logs that continue.
    is_log: bool,
    changed: SystemTime,
}

/// How many runs and bytes there are.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    runs: usize,
    bytes: u64,
}

impl Sum {
    fn add(&mut self, other: Sum) {
        self.runs += other.runs;
        self.bytes += other.bytes;
    }

    fn is_over(self, keep: Keep) -> bool {
        self.runs > keep.runs || self.bytes > keep.bytes
    }
}

impl Keep {
    /// As the settings say; 30 days, 10 GiB and any number of runs where they are silent.
    pub fn new(output: &OutputSpec) -> Keep {
        let days = output.retain_days.unwrap_or(30);
        Keep {
            age: DAY.saturating_mul(u32::try_from(days).unwrap_or(u32::MAX)),
            bytes: output.retain_bytes.unwrap_or(10 << 30),
            runs: output.retain_runs.map_or(usize::MAX, |runs| {
                usize::try_from(runs).unwrap_or(usize::MAX)
            }),
        }
    }
}

/// Looks now and then, until the task is dropped.
pub async fn keep(places: Places, keep: Keep, lag: Arc<Lag>) {
    loop {
        let lag = lag.get();
        let (dir, active) = (places.state_dir.join("output"), places.table.active());
        let work = tokio::task::spawn_blocking(move || {
            let is_active = |run_id: RunId| active.contains(&run_id);
            // As long as no clock was believed nothing is old.
            let now = lag.and_then(|lag| crate::shell::clock::system_time().checked_sub(lag));
            sweep(
                &dir,
                keep,
                now.unwrap_or(SystemTime::UNIX_EPOCH),
                &is_active,
            )
        });
        match work.await {
            Ok(0) | Err(_) => {}
            Ok(removed) => tracing::info!(removed, "output of old runs removed"),
        }
        pause(EVERY).await;
    }
}

/// Removes what is over the bounds, the oldest first; gives the number of runs whose output went.
/// What there is, is added up by stretches of time and not listed: there may be millions of files.
fn sweep(dir: &Path, keep: Keep, now: SystemTime, is_active: &dyn Fn(RunId) -> bool) -> usize {
    let mut stretches: BTreeMap<u64, Sum> = BTreeMap::new();
    for output in outputs(dir, is_active) {
        let sum = stretches.entry(stretch(output.changed)).or_default();
        sum.add(output.sum());
    }
    // The newest stay: up to the stretch in which a bound is reached, and there file by file.
    let (mut kept, mut bound) = (Sum::default(), None);
    for (stretch, sum) in stretches.iter().rev() {
        let mut next = kept;
        next.add(*sum);
        if next.is_over(keep) {
            bound = Some(*stretch);
            break;
        }
        kept = next;
    }
    let oldest = now.checked_sub(keep.age).unwrap_or(SystemTime::UNIX_EPOCH);
    let is_old = |output: &Output| output.changed < oldest;
    let has_old = stretches
        .first_key_value()
        .is_some_and(|(first, _)| *first <= stretch(oldest));
    if bound.is_none() && !has_old {
        return 0;
    }
    let (mut removed, mut doubtful) = (0, Vec::new());
    for output in outputs(dir, is_active) {
        let at = stretch(output.changed);
        if is_old(&output) || bound.is_some_and(|bound| at < bound) {
            removed += output.remove();
        } else if bound == Some(at) {
            doubtful.push(output);
        }
    }
    doubtful.sort_by_key(|output| std::cmp::Reverse(output.changed));
    for output in doubtful {
        kept.add(output.sum());
        if kept.is_over(keep) {
            removed += output.remove();
        }
    }
    removed
}

/// The stretch of time that an instant lies in, counted from 1970.
fn stretch(at: SystemTime) -> u64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs() / STRETCH_SECS
}

impl Output {
    fn sum(&self) -> Sum {
        Sum {
            runs: usize::from(self.is_log),
            bytes: self.bytes,
        }
    }

    /// Removes the file; gives the number of runs whose output that was.
    fn remove(&self) -> usize {
        // What cannot be removed now is found again.
        let is_gone = fs::remove_file(&self.path).is_ok();
        usize::from(is_gone && self.is_log)
    }
}

/// Every file of output of a run that is over.
fn outputs(dir: &Path, is_active: &dyn Fn(RunId) -> bool) -> impl Iterator<Item = Output> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter_map(move |entry| {
        let name = entry.file_name();
        let (run_id, ending) = name.to_str()?.split_once('.')?;
        RunId::parse(run_id).filter(|run_id| !is_active(*run_id))?;
        let (is_log, meta) = (ending == "log", entry.metadata().ok()?);
        Some(Output {
            path: entry.path(),
            bytes: meta.len(),
            is_log,
            changed: meta.modified().unwrap_or(SystemTime::UNIX_EPOCH),
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// Outputs of 100 bytes each, the last one the newest, a day apart; which of them stay.
    fn stay(count: u128, keep: Keep, active: u128) -> Vec<u128> {
        let dir = tempfile::tempdir().unwrap();
        let id = |n: u128| RunId::from_uuid(uuid::Uuid::from_u128(n));
        let now = SystemTime::UNIX_EPOCH + 1_000 * DAY;
        for n in 0..count {
            let path = dir.path().join(format!("{}.log", id(n)));
            fs::write(&path, [b'x'; 100]).unwrap();
            let age = DAY * u32::try_from(count - 1 - n).unwrap();
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(now - age).unwrap();
        }
        sweep(dir.path(), keep, now, &|run_id| run_id == id(active));
        (0..count)
            .filter(|n| dir.path().join(format!("{}.log", id(*n))).exists())
            .collect()
    }

    /// By age, bytes and count; a run that is still active keeps its output.
    #[test]
    fn the_oldest_output_goes_first() {
        let all = Keep {
            age: 100 * DAY,
            bytes: 10_000,
            runs: 100,
        };
        assert_eq!(stay(5, all, 99), [0, 1, 2, 3, 4]);
        assert_eq!(
            stay(
                5,
                Keep {
                    age: 2 * DAY,
                    ..all
                },
                99
            ),
            [2, 3, 4]
        );
        assert_eq!(stay(5, Keep { bytes: 250, ..all }, 99), [3, 4]);
        assert_eq!(stay(5, Keep { runs: 1, ..all }, 0), [0, 4]);
    }

    /// Of one stretch of time; the newest stay.
    #[test]
    fn files_of_one_stretch_go_one_by_one() {
        let dir = tempfile::tempdir().unwrap();
        let now = SystemTime::UNIX_EPOCH + 1_000 * DAY;
        let id = |n: u64| RunId::from_uuid(uuid::Uuid::from_u128(n.into()));
        let write = |name: String, age_secs: u64| {
            let path = dir.path().join(name);
            fs::write(&path, [b'x'; 100]).unwrap();
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(now - Duration::from_secs(age_secs))
                .unwrap();
        };
        // All within two stretches, and files that are no output.
        for n in 0..20 {
            write(format!("{}.log", id(n)), 590 + n);
        }
        write(format!("{}.tail", id(3)), 593);
        write("notes.txt".to_owned(), 10_000_000);
        let keep = Keep {
            age: DAY,
            bytes: 750,
            runs: 100,
        };
        assert_eq!(sweep(dir.path(), keep, now, &|_| false), 14);
        let mut left: Vec<String> = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left.len(), 8, "{left:?}");
        assert!(left.contains(&format!("{}.log", id(0))) && left.contains(&"notes.txt".to_owned()));
        assert_eq!(sweep(dir.path(), keep, now, &|_| false), 0);
    }
}
