//! How runs ended, by minute and by job and day: read once from each day's file of the history, then only what was added.
//! A cache; it holds nothing that the files do not say.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use crate::model::job::JobId;
use crate::model::run::{RunId, Status};
use crate::time::{SignedDuration, TimeZone, Timestamp, civil::Date};
use crate::view::chart::Tally;
use crate::view::look::look;

/// Days that a page looks back.
pub const DAYS_MAX: usize = 90;

/// The folds of the newest days.
#[derive(Debug, Default)]
pub struct Digest {
    days: Mutex<BTreeMap<Date, DayFold>>,
}

/// One file.
#[derive(Debug, Default)]
struct DayFold {
    /// Bytes read.
    read: u64,
    /// Runs counted, for a line may be written again after a failed sync.
    seen: HashSet<RunId>,
    /// By minute since 1970.
    minutes: BTreeMap<i64, Tally>,
    /// By job and day of the job's zone.
    jobs: HashMap<JobId, BTreeMap<Date, Tally>>,
}

/// What the fold reads of a line.
#[derive(Deserialize)]
struct Line {
    r#type: String,
    id: Option<RunId>,
    job_id: Option<JobId>,
    status: Option<Status>,
    scheduled_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    count: Option<u64>,
}

/// The zone of a job.
pub type ZoneOf<'a> = &'a dyn Fn(&JobId) -> TimeZone;

impl Digest {
    /// Twenty-four hours up to `now`, an hour each, oldest first.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn hours(&self, state_dir: &Path, now: Timestamp, zone: ZoneOf) -> io::Result<Vec<Tally>> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        refresh(&mut days, state_dir, now, 2, zone)?;
        let end = now.as_second().div_euclid(60);
        let mut hours = vec![Tally::default(); 24];
        for fold in days.values().rev().take(2) {
            for (minute, tally) in fold.minutes.range(end - 24 * 60 + 1..=end) {
                let hour = 23 - ((end - minute) / 60).clamp(0, 23);
                hours[usize::try_from(hour).unwrap_or(0)].join(*tally);
            }
        }
        Ok(hours)
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
    ) -> io::Result<HashMap<JobId, BTreeMap<Date, Tally>>> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        // A day of the job's zone may reach into two files more.
        refresh(&mut days, state_dir, now, count + 2, zone)?;
        let mut found: HashMap<JobId, BTreeMap<Date, Tally>> = HashMap::new();
        for fold in days.values().rev().take(count + 2) {
            for (id, tallies) in ids.iter().filter_map(|id| fold.jobs.get_key_value(id)) {
                let days = found.entry(id.clone()).or_default();
                for (day, tally) in tallies {
                    days.entry(*day).or_default().join(*tally);
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
        match File::open(path) {
            Ok(file) => days.entry(date).or_default().read(file, zone)?,
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
        let length = file.metadata()?.len();
        if length < self.read {
            *self = DayFold::default();
        }
        if length == self.read {
            return Ok(());
        }
        file.seek(SeekFrom::Start(self.read))?;
        let mut bytes = Vec::new();
        file.take(length - self.read).read_to_end(&mut bytes)?;
        // A line without its end is still being written.
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        for line in bytes[..whole].split(|byte| *byte == b'\n') {
            self.take(line, zone);
        }
        self.read += whole as u64;
        Ok(())
    }

    /// Counts a line that ends a run; others, and torn ones, say nothing here.
    fn take(&mut self, line: &[u8], zone: ZoneOf) -> Option<()> {
        let line: Line = serde_json::from_slice(line).ok()?;
        let (id, job_id, status) = (line.id?, line.job_id?, line.status?);
        let at = line.started_at.or(line.scheduled_at).or(line.finished_at)?;
        if line.r#type != "run" || status == Status::Running || !self.seen.insert(id) {
            return None;
        }
        let (look, count) = (look(status), line.count.unwrap_or(1));
        let minute = at.as_second().div_euclid(60);
        self.minutes.entry(minute).or_default().add(look, count);
        let day = at.to_zoned_datetime(zone(&job_id)).date();
        let of_job = self.jobs.entry(job_id).or_default();
        of_job.entry(day).or_default().add(look, count);
        Some(())
    }
}
