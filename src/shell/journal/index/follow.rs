//! Follows a day's file as it grows, and seals what is complete.

use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom};

use serde::Deserialize;

use crate::model::run::{Status, Trigger};
use crate::model::run_id::RunId;
use crate::shell::journal::day::{Position, day_path};
use crate::shell::journal::index::build::{Parts, seal};
use crate::shell::journal::index::segment::{Draft, Entry, SegmentId};
use crate::shell::journal::index::{Carry, HistoryIndex, Live};
use crate::shell::journal::lines::{LINE_BYTES_MAX, next_line};
use crate::shell::journal::sum::{fingerprint, hash};
use crate::shell::open;
use crate::time::Timestamp;

/// A segment is sealed when it covers this much of a day's file, so that little is read again after
/// a start.
const STRETCH_BYTES_MAX: u64 = 32 << 20;

/// What the index needs of a line.
#[derive(Deserialize)]
struct Slim<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    id: Option<RunId>,
    #[serde(borrow)]
    job_id: Option<std::borrow::Cow<'a, str>>,
    #[serde(default)]
    scheduled_at: Option<Timestamp>,
    #[serde(default)]
    scheduled_until: Option<Timestamp>,
    #[serde(default)]
    started_at: Option<Timestamp>,
    #[serde(default)]
    retry_at: Option<Timestamp>,
    status: Option<Status>,
    trigger: Option<Trigger>,
}

impl HistoryIndex {
    /// Reads the rest of a day's file; seals it when a later day has begun, for the writer never
    /// goes back.
    pub(super) fn follow(&mut self, day: u32) -> io::Result<()> {
        let mut file = open::read(&day_path(&self.history, day))?;
        if self.frontier.day != day {
            self.frontier = Position { day, offset: 0 };
            (self.start, self.part) = (0, 0);
        } else if !self.is_the_same(&file)? {
            // Replaced since it was looked at; the next look reads it from its beginning.
            return Ok(());
        }
        file.seek(SeekFrom::Start(self.frontier.offset))?;
        let mut reader = BufReader::with_capacity(1 << 18, file);
        let mut line = Vec::new();
        let torn = loop {
            let read = next_line(&mut reader, &mut line)?;
            // What lacks its end is still being written, unless only the newline is missing.
            if read == 0 || !(line.ends_with(b"\n") || is_whole(&line)) {
                break read;
            }
            self.take(&line)?;
            self.frontier.offset += read;
            let stretch = self.frontier.offset - self.start;
            if self.drafts.len() >= self.entries_max || stretch >= STRETCH_BYTES_MAX {
                self.seal(reader.get_ref())?;
            }
        };
        let is_over = self.days.last() != Some(&day);
        if is_over {
            self.frontier.offset += torn;
            if self.frontier.offset > self.start {
                self.seal(reader.get_ref())?;
            }
        }
        self.note_seen(reader.get_ref())
    }

    fn take(&mut self, line: &[u8]) -> io::Result<()> {
        if line.len() > LINE_BYTES_MAX {
            return Ok(());
        }
        let Ok(slim) = serde_json::from_slice::<Slim<'_>>(line) else {
            return Ok(());
        };
        let (Some(id), Some(job_id)) = (slim.id, &slim.job_id) else {
            return Ok(());
        };
        let (Some(status), Some(trigger), "run") = (slim.status, slim.trigger, &*slim.kind) else {
            return Ok(());
        };
        let job = hash(job_id.as_bytes());
        let at = self.frontier;
        let order = slim.scheduled_at.map_or_else(
            || id.v7_millis().unwrap_or(0).saturating_mul(1_000),
            |due| due.as_microsecond(),
        );
        let from = slim
            .started_at
            .map_or(order, |start| start.as_microsecond());
        let through = slim
            .scheduled_until
            .map_or(from, |end| end.as_microsecond());
        if self.live.remove(&id).is_none() {
            self.note_first_line(id, job, order, through)?;
        }
        let bytes = line.len() as u32;
        if status == Status::Running {
            let is_shown = slim.started_at.is_some() || slim.retry_at.is_some();
            let live = Live {
                at,
                bytes,
                job,
                trigger,
                from,
                is_shown,
            };
            self.live.insert(id, live);
        } else {
            let entry = Entry {
                offset: at.offset,
                bytes,
                from,
                to: through.max(from),
            };
            self.drafted.insert(id, self.drafts.len());
            self.drafts.push(Draft {
                entry,
                id,
                job,
                status,
                trigger,
            });
        }
        Ok(())
    }

    /// The first line of a run is usually of a later order than all before it. When it is not, the
    /// run may have ended already (written off by a clock that was wrong, or written twice behind a
    /// failed sync): that end is void.
    fn note_first_line(&mut self, id: RunId, job: u64, order: i64, through: i64) -> io::Result<()> {
        let latest = self.latest_order.entry(job).or_insert(i64::MIN);
        let is_known_order = order <= *latest;
        *latest = (*latest).max(order).max(through);
        if is_known_order && let Some((at, _)) = self.find(id)? {
            self.void.insert(at);
        }
        Ok(())
    }

    /// Seals what was read of this day so far.
    fn seal(&mut self, file: &File) -> io::Result<()> {
        let carry = Carry {
            live: self.live.iter().map(|(id, live)| (*id, *live)).collect(),
            void: self.void.iter().map(|at| (at.day, at.offset)).collect(),
            latest_order: self
                .latest_order
                .iter()
                .map(|(job, at)| (*job, *at))
                .collect(),
        };
        let end = self.frontier.offset;
        let parts = Parts {
            id: SegmentId {
                day: self.frontier.day,
                part: self.part,
            },
            start: self.start,
            end,
            fingerprint: fingerprint(file, end)?,
            drafts: &self.drafts,
            carry: &serde_json::to_vec(&carry)?,
        };
        let segment = seal(&parts, &mut self.heads);
        self.push(segment);
        self.drafts.clear();
        self.drafted.clear();
        self.start = end;
        self.part += 1;
        self.write_waiting();
        Ok(())
    }
}

/// Whether a line without a newline lacks nothing else.
fn is_whole(line: &[u8]) -> bool {
    serde_json::from_slice::<Slim<'_>>(line).is_ok()
}
