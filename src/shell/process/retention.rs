//! Keeps the output of old runs within bounds of age, bytes and count. Output of runs that go on is left alone.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::model::run::RunId;
use crate::shell::clock::pause;
use crate::shell::process::Places;
use crate::spec::config::OutputSpec;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(600);
const DAY: Duration = Duration::from_secs(86_400);

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    age: Duration,
    bytes: u64,
    runs: usize,
}

/// The output of one run.
#[derive(Debug)]
struct Output {
    files: Vec<PathBuf>,
    bytes: u64,
    changed: SystemTime,
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
pub async fn keep(places: Places, keep: Keep) {
    loop {
        let (dir, active) = (places.state_dir.join("output"), places.table.active());
        let work = tokio::task::spawn_blocking(move || {
            let is_active = |run_id: RunId| active.contains(&run_id);
            sweep(&dir, keep, crate::shell::clock::system_time(), &is_active)
        });
        match work.await {
            Ok(0) | Err(_) => {}
            Ok(removed) => tracing::info!(removed, "output of old runs removed"),
        }
        pause(EVERY).await;
    }
}

/// Removes what is over the bounds, the oldest first; gives the number of runs whose output went.
fn sweep(dir: &Path, keep: Keep, now: SystemTime, is_active: &dyn Fn(RunId) -> bool) -> usize {
    let mut outputs: Vec<Output> = outputs(dir)
        .into_iter()
        .filter(|(run_id, _)| !is_active(*run_id))
        .map(|(_, output)| output)
        .collect();
    outputs.sort_by_key(|output| std::cmp::Reverse(output.changed));
    let (mut bytes, mut removed) = (0, 0);
    for (n, output) in outputs.iter().enumerate() {
        bytes += output.bytes;
        let age = now.duration_since(output.changed).unwrap_or_default();
        if age > keep.age || bytes > keep.bytes || n >= keep.runs {
            for file in &output.files {
                // What cannot be removed now is found again.
                let _ = fs::remove_file(file);
            }
            removed += 1;
        }
    }
    removed
}

fn outputs(dir: &Path) -> HashMap<RunId, Output> {
    let mut found: HashMap<RunId, Output> = HashMap::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let run_id = name
            .to_str()
            .and_then(|name| RunId::parse(name.split('.').next()?));
        let (Some(run_id), Ok(meta)) = (run_id, entry.metadata()) else {
            continue;
        };
        let changed = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let output = found.entry(run_id).or_insert(Output {
            files: Vec::new(),
            bytes: 0,
            changed,
        });
        output.files.push(entry.path());
        output.bytes += meta.len();
        output.changed = output.changed.max(changed);
    }
    found
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

    #[test]
    fn the_oldest_go_first_by_age_bytes_and_count_and_a_run_that_goes_on_keeps_its_output() {
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
}
