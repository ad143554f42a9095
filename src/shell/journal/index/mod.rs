//! What the history's readers know of it: the sealed segments of the index, and the lines after
//! them. It follows the files as they grow, seals what is complete, and begins again when a file is
//! not what it was.

mod build;
mod follow;
pub(crate) mod reader;
pub(crate) mod segment;

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::model::run::Trigger;
use crate::model::run_id::RunId;
use crate::shell::held::{Identity, identity};
use crate::shell::journal::day::{Position, day_path, days, position};
use crate::shell::journal::index::reader::Reader;
use crate::shell::journal::index::segment::{Draft, Segment, SegmentId};
use crate::shell::journal::sum::fingerprint;
use crate::shell::open::{self, make_private_dir};

/// A segment is sealed when it holds this many finished records, or earlier.
const ENTRIES_MAX: usize = 32_768;

/// The index, as far as it is known: what is sealed, and what was read after that.
#[derive(Debug, Default)]
pub(crate) struct HistoryIndex {
    pub history: PathBuf,
    pub index: PathBuf,
    /// Sealed, oldest first.
    pub segments: Vec<Segment>,
    /// Per segment the latest time of it and of all before it.
    pub latest: Vec<i64>,
    /// The days that have a file, oldest first.
    pub days: Vec<u32>,
    /// Finished records after the last segment.
    pub drafts: Vec<Draft>,
    /// Where the next line to be read begins; its day is 0 before the first look.
    pub frontier: Position,
    /// The file of the frontier and the fingerprint of what was read of it last: another file, or
    /// one that was written again, is read again.
    seen: Option<(Identity, u64)>,
    /// First byte that the next segment covers.
    start: u64,
    part: u32,
    /// Runs that are not over, by their last line.
    pub live: HashMap<RunId, Live>,
    /// Final lines that a later line of their run made void.
    pub void: HashSet<Position>,
    /// Latest time that a run of a job was ordered for: a first line that is not later may be of a
    /// run known before.
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

impl HistoryIndex {
    pub fn new(state_dir: &Path) -> HistoryIndex {
        HistoryIndex {
            history: state_dir.join("history"),
            index: state_dir.join("index"),
            entries_max: ENTRIES_MAX,
            ..HistoryIndex::default()
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

    fn fresh(&self) -> HistoryIndex {
        HistoryIndex {
            history: self.history.clone(),
            index: self.index.clone(),
            entries_max: self.entries_max,
            ..HistoryIndex::default()
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
        *self = HistoryIndex {
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
        let carry: Carry = serde_json::from_slice(&reader.carry()?).unwrap_or_default();
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
