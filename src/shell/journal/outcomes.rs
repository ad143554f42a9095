//! How runs ended, by minute and by job and day: read once from each day's file of the history,
//! then only what was added. A cache; it holds nothing that the files do not say.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use crate::model::job::JobId;
use crate::model::run::{Reason, Status};
use crate::model::run_id::RunId;
use crate::shell::held::{Identity, identity};
use crate::shell::journal::lines::next_line;
use crate::shell::open;
use crate::time::{SignedDuration, TimeZone, Timestamp, civil::Date};
use crate::view::outcomes::{DAYS_MAX, Outcomes, OutcomesByJob, ZoneOf};

/// Bytes of a file that are read at once.
const PIECE_BYTES: usize = 256 << 10;
/// Runs remembered of a day: a failed sync writes the last lines again, never much older ones.
const SEEN_MAX: usize = 16_384;

/// The folds of the newest days.
#[derive(Debug, Default)]
pub struct EndedRuns {
    days: Mutex<BTreeMap<Date, DayFold>>,
}

/// One file.
#[derive(Debug, Default)]
struct DayFold {
    /// The file that was read: another one of its name is read from its beginning.
    file: Option<Identity>,
    /// Bytes read.
    read: u64,
    /// Runs counted, for a line may be written again after a failed sync.
    seen: Seen,
    /// By minute since 1970.
    minutes: BTreeMap<i64, Outcomes>,
    /// By job and day of the job's zone.
    jobs: HashMap<JobId, BTreeMap<Date, Outcomes>>,
}

/// The newest runs that were counted.
#[derive(Debug, Default)]
struct Seen {
    runs: HashSet<RunId>,
    order: VecDeque<RunId>,
}

impl Seen {
    /// Remembers a run; whether it was not remembered yet.
    fn is_new(&mut self, id: RunId) -> bool {
        if !self.runs.insert(id) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > SEEN_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.runs.remove(&oldest);
        }
        true
    }
}

/// What the fold reads of a line.
#[derive(Deserialize)]
struct Line {
    r#type: String,
    id: Option<RunId>,
    job_id: Option<JobId>,
    status: Option<Status>,
    reason: Option<Reason>,
    scheduled_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    count: Option<u64>,
    #[serde(default)]
    dry_run: bool,
    #[serde(default)]
    attempt: u32,
}

impl EndedRuns {
    /// Twenty-four hours up to `now`, an hour each, oldest first.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn hours(
        &self,
        state_dir: &Path,
        now: Timestamp,
        zone: ZoneOf,
    ) -> io::Result<Vec<Outcomes>> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        refresh(&mut days, state_dir, now, 2, zone)?;
        let end = now.as_second().div_euclid(60);
        let mut hours = vec![Outcomes::default(); 24];
        for fold in days.values().rev().take(2) {
            for (minute, outcome) in fold.minutes.range(end - 24 * 60 + 1..=end) {
                let hour = 23 - ((end - minute) / 60).clamp(0, 23);
                hours[usize::try_from(hour).unwrap_or(0)].join(*outcome);
            }
        }
        Ok(hours)
    }

    /// All runs from `since` up to `now`, at most [`DAYS_MAX`] days.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn since(
        &self,
        state_dir: &Path,
        since: Timestamp,
        now: Timestamp,
        zone: ZoneOf,
    ) -> io::Result<Outcomes> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let hours = now.duration_since(since).as_hours();
        let count = usize::try_from(hours / 24 + 2).unwrap_or(0);
        refresh(&mut days, state_dir, now, count.min(DAYS_MAX), zone)?;
        let minute = |at: Timestamp| at.as_second().div_euclid(60);
        let mut sum = Outcomes::default();
        for fold in days.values() {
            let counted = fold.minutes.range(minute(since)..=minute(now));
            counted.for_each(|(_, outcome)| sum.join(*outcome));
        }
        Ok(sum)
    }

    /// Days of jobs, as many as asked for at most.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn days(
        &self,
        state_dir: &Path,
        now: Timestamp,
        count: usize,
        ids: &[JobId],
        zone: ZoneOf,
    ) -> io::Result<OutcomesByJob> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        // A day of the job's zone may reach into two files more.
        refresh(&mut days, state_dir, now, count + 2, zone)?;
        let mut found = OutcomesByJob::new();
        for fold in days.values().rev().take(count + 2) {
            for (id, outcomes) in ids.iter().filter_map(|id| fold.jobs.get_key_value(id)) {
                let days = found.entry(id.clone()).or_default();
                for (day, outcome) in outcomes {
                    days.entry(*day).or_default().join(*outcome);
                }
            }
        }
        Ok(found)
    }
}

/// Reads what was added to the newest files, and drops the oldest.
fn refresh(
    days: &mut BTreeMap<Date, DayFold>,
    state_dir: &Path,
    now: Timestamp,
    count: usize,
    zone: ZoneOf,
) -> io::Result<()> {
    let today = now.to_zoned_datetime(TimeZone::UTC).date();
    for back in 0..count {
        let hours = 24 * i64::try_from(back).unwrap_or(i64::MAX / 24);
        let Ok(date) = today.checked_sub(SignedDuration::from_hours(hours)) else {
            continue;
        };
        let path = state_dir.join("history").join(format!("{date}.jsonl"));
        match open::read(&path) {
            Ok(file) => {
                let fold = days.entry(date).or_default();
                fold.read(file, zone)?;
                if back > 0 {
                    // Nothing is written to a day that is over.
                    fold.seen = Seen::default();
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => drop(days.remove(&date)),
            Err(error) => return Err(error),
        }
    }
    while days.len() > DAYS_MAX + 3 {
        days.pop_first();
    }
    Ok(())
}

impl DayFold {
    fn read(&mut self, mut file: File, zone: ZoneOf) -> io::Result<()> {
        let meta = file.metadata()?;
        let (length, found) = (meta.len(), Some(identity(&meta)));
        if length < self.read || self.file != found {
            *self = DayFold {
                file: found,
                ..DayFold::default()
            };
        }
        if length == self.read {
            return Ok(());
        }
        file.seek(SeekFrom::Start(self.read))?;
        // In pieces: a busy day's file is larger than what a page may cost.
        let mut reader = BufReader::with_capacity(PIECE_BYTES, file.take(length - self.read));
        let mut line = Vec::new();
        loop {
            let read = next_line(&mut reader, &mut line)?;
            let taken = self.take(&line, zone);
            // A line without its end is still being written, unless only the newline is missing.
            if read == 0 || (taken.is_none() && !line.ends_with(b"\n")) {
                return Ok(());
            }
            self.read += read;
        }
    }

    /// Counts a line that ends a run; others, and torn ones, say nothing here.
    fn take(&mut self, line: &[u8], zone: ZoneOf) -> Option<()> {
        let line: Line = serde_json::from_slice(line).ok()?;
        let (id, job_id, status) = (line.id?, line.job_id?, line.status?);
        let at = line.started_at.or(line.scheduled_at).or(line.finished_at)?;
        // A dry run counts in no rate.
        let is_dry = line.dry_run && line.attempt > 0;
        let is_over = line.r#type == "run" && status != Status::Running && !is_dry;
        if !is_over || !self.seen.is_new(id) {
            return None;
        }
        let count = line.count.unwrap_or(1);
        let minute = at.as_second().div_euclid(60);
        let mut outcomes = Outcomes::default();
        match line.reason {
            Some(Reason::Coalesced) => outcomes.cover(count),
            _ => outcomes.add(status, count),
        }
        self.minutes.entry(minute).or_default().join(outcomes);
        let day = at.to_zoned_datetime(zone(&job_id)).date();
        let of_job = self.jobs.entry(job_id).or_default();
        of_job.entry(day).or_default().join(outcomes);
        Some(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::fs;
    use std::io::Write;

    use uuid::Uuid;

    use super::{EndedRuns, SEEN_MAX};
    use crate::time::{TimeZone, Timestamp};

    /// A torn line counts when it is whole.
    #[test]
    fn lines_written_twice_count_once() {
        let state = tempfile::tempdir().unwrap();
        let history = state.path().join("history");
        fs::create_dir(&history).unwrap();
        let now: Timestamp = "2026-01-02T12:00:00Z".parse().unwrap();
        let line = |n: usize| {
            let id = Uuid::from_u128(n as u128);
            format!(
                "{{\"v\":1,\"type\":\"run\",\"id\":\"{id}\",\"job_id\":\"a\",\"status\":\"success\",\"started_at\":\"2026-01-02T11:30:00Z\"}}\n"
            )
        };
        let runs = SEEN_MAX + 100;
        let mut text: String = (1..=runs).map(line).collect();
        text.extend((runs - 50..=runs).map(line));
        let torn = line(runs + 1);
        text.push_str(&torn[..40]);
        let path = history.join("2026-01-02.jsonl");
        fs::write(&path, text).unwrap();
        let ended = EndedRuns::default();
        let total = || {
            let hours = ended.hours(state.path(), now, &|_| TimeZone::UTC).unwrap();
            hours.iter().map(|outcome| outcome.total()).sum::<u64>()
        };
        assert_eq!(total(), runs as u64);
        let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(&torn.as_bytes()[40..]).unwrap();
        assert_eq!(total(), runs as u64 + 1);
    }
}
