//! What the history's readers know of it: the sealed segments of the index, and the lines behind them. It follows the
//! files as they grow, seals what is complete, and begins again when a file is not what it was.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufReader, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::model::run::{RunId, Status, Trigger};
use crate::shell::held::{Identity, identity};
use crate::shell::journal::index::{
    Draft, Entry, Parts, Position, Reader, Segment, SegmentId, hash, seal,
};
use crate::shell::journal::lines::{LINE_BYTES_MAX, next_line};
use crate::shell::journal::make_private_dir;
use crate::shell::open;
use crate::time::Timestamp;

/// A segment is sealed when it holds this many finished records …
const ENTRIES_MAX: usize = 32_768;
/// … or covers this much of a day's file, so that little is read again after a start.
const STRETCH_BYTES_MAX: u64 = 32 << 20;
/// Of a segment's last bytes, to tell that the file below it is another one.
const FINGERPRINT_BYTES: u64 = 256;

/// Everything known.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub history: PathBuf,
    pub index: PathBuf,
    /// Sealed, oldest first.
    pub segments: Vec<Segment>,
    /// Per segment the latest time of it and of all before it.
    pub latest: Vec<i64>,
    /// The days that have a file, oldest first.
    pub days: Vec<u32>,
    /// Finished records behind the last segment.
    pub drafts: Vec<Draft>,
    /// Where the next line to be read begins; its day is 0 before the first look.
    pub frontier: Position,
    /// The file of the frontier and the fingerprint of what was read of it last: another file, or one that was written
    /// anew, is read anew.
    seen: Option<(Identity, u64)>,
    /// First byte that the next segment covers.
    start: u64,
    part: u32,
    /// Runs that are not over, by their last line.
    pub live: HashMap<RunId, Live>,
    /// Final lines that a later line of their run made void.
    pub void: HashSet<Position>,
    /// Latest time that a run of a job was ordered for: a first line that is not later may be of a run known before.
    latest_order: HashMap<u64, i64>,
    heads: HashMap<u64, SegmentId>,
    /// Where the drafts are, by their run.
    drafted: HashMap<RunId, usize>,
    pub entries_max: usize,
}

/// The last line of a run that is not over.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Live {
    #[serde(with = "position")]
    pub at: Position,
    pub bytes: u32,
    pub job: u64,
    pub trigger: Trigger,
    pub from: i64,
    /// Whether it has started; an order alone is not shown.
    pub is_shown: bool,
}

/// What a segment carries over for its successor.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Carry {
    live: Vec<(RunId, Live)>,
    void: Vec<(u32, u64)>,
    latest_order: Vec<(u64, i64)>,
}

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

impl Known {
    pub fn new(state_dir: &Path) -> Known {
        Known {
            history: state_dir.join("history"),
            index: state_dir.join("index"),
            entries_max: ENTRIES_MAX,
            ..Known::default()
        }
    }

    /// Reads what was written since the last look.
    pub fn refresh(&mut self) -> io::Result<()> {
        self.days = days(&self.history)?;
        let Some(first) = self.days.first().copied() else {
            *self = self.fresh();
            return Ok(());
        };
        // Later days that a clock ahead had begun were moved to the end of an earlier one.
        let is_moved = self
            .days
            .last()
            .is_some_and(|last| *last < self.frontier.day);
        if self.frontier.day == 0 || is_moved || self.is_another()? {
            self.load()?;
        }
        let gone = self
            .segments
            .partition_point(|segment| segment.id.day < first);
        self.segments.drain(..gone);
        self.latest.drain(..gone);
        self.void.retain(|at| at.day >= first);
        self.live.retain(|_, live| live.at.day >= first);
        for day in self.days.clone() {
            if day >= self.frontier.day {
                self.follow(day)?;
            }
        }
        self.write_waiting();
        Ok(())
    }

    /// Forgets everything, the index's files included: they proved wrong.
    pub fn forget(&mut self) {
        for segment in &self.segments {
            // What cannot be removed is found wrong again, or is overwritten by its successor.
            let _ = fs::remove_file(Segment::path(&self.index, segment.id));
        }
        *self = self.fresh();
    }

    fn fresh(&self) -> Known {
        Known {
            history: self.history.clone(),
            index: self.index.clone(),
            entries_max: self.entries_max,
            ..Known::default()
        }
    }

    /// The line at a place; `None` when nothing whole is there.
    pub fn line(&self, file: &File, offset: u64, bytes: u32) -> io::Result<Option<Vec<u8>>> {
        let mut line = vec![0; bytes as usize];
        match file.read_exact_at(&mut line, offset) {
            Ok(()) => Ok(Some(line)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the file of the frontier is not the one that was read.
    fn is_another(&self) -> io::Result<bool> {
        let file = match open::read(&day_path(&self.history, self.frontier.day)) {
            Ok(file) => file,
            // Retention took it away; only newer days are left.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        Ok(!self.is_the_same(&file)?)
    }

    fn is_the_same(&self, file: &File) -> io::Result<bool> {
        let Some((read, sum)) = self.seen else {
            return Ok(true);
        };
        let meta = file.metadata()?;
        let (end, is_it) = (self.frontier.offset, identity(&meta) == read);
        Ok(is_it && meta.len() >= end && fingerprint(file, end).ok() == Some(sum))
    }

    /// Remembers what was read of the frontier's file.
    fn note_seen(&mut self, file: &File) -> io::Result<()> {
        let sum = fingerprint(file, self.frontier.offset)?;
        self.seen = Some((identity(&file.metadata()?), sum));
        Ok(())
    }

    /// Takes the sealed segments that fit the files, up to the first that does not.
    fn load(&mut self) -> io::Result<()> {
        let days = std::mem::take(&mut self.days);
        *self = Known {
            days,
            ..self.fresh()
        };
        for day in self.days.clone() {
            let path = day_path(&self.history, day);
            let (file, mut at) = (open::read(&path)?, 0);
            for part in 0.. {
                let Some(segment) = Segment::open(&self.index, SegmentId { day, part })? else {
                    break;
                };
                let fits = segment.start == at
                    && fingerprint(&file, segment.end).ok() == Some(segment.fingerprint);
                if !fits {
                    break;
                }
                at = segment.end;
                self.push(segment);
            }
            self.frontier = Position { day, offset: at };
            self.note_seen(&file)?;
            if at < file.metadata()?.len() {
                break;
            }
        }
        self.resume()
    }

    /// Goes on from the last segment.
    fn resume(&mut self) -> io::Result<()> {
        let last = self.segments.last();
        self.part = last
            .filter(|last| last.id.day == self.frontier.day)
            .map_or(0, |last| last.id.part + 1);
        self.start = self.frontier.offset;
        let Some(last) = last else { return Ok(()) };
        let reader = Reader::open(&self.index, last)?;
        for (key, row) in reader.rows()? {
            let head = if row.count > 0 {
                Some(last.id)
            } else {
                row.earlier
            };
            self.heads.extend(head.map(|head| (key, head)));
        }
        let carry: Carry = serde_json::from_slice(&last.carry(&reader)?).unwrap_or_default();
        self.live = carry.live.into_iter().collect();
        self.void = carry
            .void
            .into_iter()
            .map(|(day, offset)| Position { day, offset })
            .collect();
        self.latest_order = carry.latest_order.into_iter().collect();
        Ok(())
    }

    fn push(&mut self, segment: Segment) {
        let before = self.latest.last().copied().unwrap_or(i64::MIN);
        self.latest.push(before.max(segment.to));
        self.segments.push(segment);
    }

    /// Reads the rest of a day's file; seals it when a later day has begun, for the writer never goes back.
    fn follow(&mut self, day: u32) -> io::Result<()> {
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

    /// The first line of a run is usually of a later order than all before it. When it is not, the run may have ended
    /// already (written off by a clock that was wrong, or written twice behind a failed sync): that end is void.
    fn note_first_line(&mut self, id: RunId, job: u64, order: i64, through: i64) -> io::Result<()> {
        let latest = self.latest_order.entry(job).or_insert(i64::MIN);
        let is_known_order = order <= *latest;
        *latest = (*latest).max(order).max(through);
        if is_known_order && let Some((at, _)) = self.find(id)? {
            self.void.insert(at);
        }
        Ok(())
    }

    /// The newest final line of a run, void or not.
    pub fn find(&self, id: RunId) -> io::Result<Option<(Position, u32)>> {
        if let Some(draft) = self.drafted.get(&id).map(|number| &self.drafts[*number]) {
            let at = Position {
                day: self.frontier.day,
                offset: draft.entry.offset,
            };
            return Ok(Some((at, draft.entry.bytes)));
        }
        for segment in self.segments.iter().rev() {
            let found = Reader::open(&self.index, segment)?.find(id)?;
            if let Some(entry) = found {
                let at = Position {
                    day: segment.id.day,
                    offset: entry.offset,
                };
                return Ok(Some((at, entry.bytes)));
            }
        }
        Ok(None)
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

    /// Writes the segments whose files could not be written yet. They serve from memory until then.
    fn write_waiting(&mut self) {
        let waiting = self
            .segments
            .iter_mut()
            .filter(|segment| segment.bytes.is_some());
        for segment in waiting {
            let written = make_private_dir(&self.index).and_then(|()| segment.write(&self.index));
            if let Err(error) = written {
                tracing::debug!(%error, "the index cannot be written; it is kept in memory");
                return;
            }
        }
    }
}

/// Whether a line without a newline lacks nothing else.
fn is_whole(line: &[u8]) -> bool {
    serde_json::from_slice::<Slim<'_>>(line).is_ok()
}

/// The days that have a file, oldest first.
pub(crate) fn days(history: &Path) -> io::Result<Vec<u32>> {
    let entries = match fs::read_dir(history) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut days = Vec::new();
    for entry in entries {
        days.extend(entry?.file_name().to_str().and_then(day_of_name));
    }
    days.sort_unstable();
    Ok(days)
}

fn day_of_name(name: &str) -> Option<u32> {
    let digits: Vec<&str> = name.strip_suffix(".jsonl")?.split('-').collect();
    let [year, month, day] = digits[..] else {
        return None;
    };
    let is_day = (year.len(), month.len(), day.len()) == (4, 2, 2);
    let number = [year, month, day].concat().parse().ok()?;
    is_day.then_some(number)
}

/// The file of a day.
pub(crate) fn day_path(history: &Path, day: u32) -> PathBuf {
    let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
    history.join(format!("{year:04}-{month:02}-{day:02}.jsonl"))
}

pub(crate) fn fingerprint(file: &File, end: u64) -> io::Result<u64> {
    let length = FINGERPRINT_BYTES.min(end);
    let mut bytes = vec![0; length as usize];
    file.read_exact_at(&mut bytes, end - length)?;
    Ok(hash(&bytes))
}

/// A position as two numbers.
mod position {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Position;

    pub fn serialize<S: Serializer>(at: &Position, serializer: S) -> Result<S::Ok, S::Error> {
        (at.day, at.offset).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Position, D::Error> {
        let (day, offset) = Deserialize::deserialize(deserializer)?;
        Ok(Position { day, offset })
    }
}
