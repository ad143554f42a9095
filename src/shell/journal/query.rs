//! Pages over the history, newest first: each run once, as its last line says it.
//!
//! Records are in the order in which their last lines were written. A cursor names a place in that order, so it stays
//! valid whatever is written later or taken away by retention. A page costs the same whatever the size of the history:
//! the index (`shell::journal::index`) leads to the lines, and the lines alone are answered.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use crate::model::event::Event;
use crate::model::job::JobId;
use crate::model::run::{RunId, RunRecord, Status, Trigger};
use crate::shell::journal::index::{Draft, Entry, Position, Reader, hash, key};
use crate::shell::journal::known::{Known, Live, day_path};
use crate::shell::journal::replay::{Line, read_line};
use crate::shell::open;
use crate::time::Timestamp;

/// Entries read one by one for nothing before the rest of a segment is read at once: a time span may lie anywhere in it.
const MISSES_MAX: usize = 64;

/// Which records are wanted; what is `None` is not asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Of this job.
    pub job_id: Option<JobId>,
    /// With this status. Without one, runs that have started and are not over are among the records.
    pub status: Option<Status>,
    /// Started by this.
    pub trigger: Option<Trigger>,
    /// From this instant on: [`RunRecord::started_at`], or the due time where nothing started.
    pub since: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}

/// Some records, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The records.
    pub records: Vec<RunRecord>,
    /// Where the next page begins; `None` when there are no more.
    pub next: Option<Cursor>,
}

/// Where a page begins: opaque, and valid as long as there is a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(Position);

/// The history, as its readers see it. Shared by them; each question looks at the files first.
#[derive(Debug)]
pub struct History {
    known: RwLock<Known>,
}

/// Where a line is.
#[derive(Clone, Copy, Debug)]
struct Spot {
    at: Position,
    bytes: u32,
}

impl Cursor {
    /// Reads a cursor back; `None` when the text is none.
    pub fn parse(text: &str) -> Option<Cursor> {
        let number = |range| u64::from_str_radix(text.get(range)?, 16).ok();
        let (day, offset, sum) = (number(0..8)?, number(8..20)?, number(20..24)?);
        let at = Position {
            day: u32::try_from(day).ok()?,
            offset,
        };
        (text.len() == 24 && sum == check(at)).then_some(Cursor(at))
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Cursor(at) = self;
        write!(f, "{:08x}{:012x}{:04x}", at.day, at.offset, check(*at))
    }
}

/// Tells a cursor from another text.
fn check(at: Position) -> u64 {
    hash(format!("{} {}", at.day, at.offset).as_bytes()) & 0xffff
}

impl Filter {
    /// Whether a record is wanted.
    pub fn matches(&self, record: &RunRecord) -> bool {
        let from = record
            .started_at
            .or(record.scheduled_at)
            .unwrap_or_else(|| record.requested());
        let to = record.scheduled_until.map_or(from, |end| end.max(from));
        self.job_id.as_ref().is_none_or(|id| *id == record.job_id)
            && self.status.is_none_or(|status| status == record.status)
            && self.trigger.is_none_or(|trigger| trigger == record.trigger)
            && self.since.is_none_or(|since| to >= since)
            && self.until.is_none_or(|until| from < until)
    }

    fn job(&self) -> Option<u64> {
        self.job_id.as_ref().map(|id| hash(id.as_str().as_bytes()))
    }

    /// The key of the index that its matches have; `None` when any record may match.
    fn key(&self) -> Option<u64> {
        let job = self.job();
        let is_any = job.is_none() && self.status.is_none() && self.trigger.is_none();
        (!is_any).then(|| key(job, self.status, self.trigger))
    }

    /// Whether a span of time (microseconds) may hold a match.
    fn touches(&self, from: i64, to: i64) -> bool {
        self.since.is_none_or(|since| to >= since.as_microsecond())
            && self
                .until
                .is_none_or(|until| from <= until.as_microsecond())
    }

    fn may_be_live(&self, live: &Live) -> bool {
        live.is_shown
            && self.status.is_none_or(|status| status == Status::Running)
            && self.job().is_none_or(|job| job == live.job)
            && self.trigger.is_none_or(|trigger| trigger == live.trigger)
            && self.touches(live.from, live.from)
    }

    fn may_be(&self, draft: &Draft) -> bool {
        self.job().is_none_or(|job| job == draft.job)
            && self.status.is_none_or(|status| status == draft.status)
            && self.trigger.is_none_or(|trigger| trigger == draft.trigger)
            && self.touches(draft.entry.from, draft.entry.to)
    }
}

impl History {
    /// The history below a state directory. Nothing is read yet.
    pub fn new(state_dir: &Path) -> History {
        History {
            known: RwLock::new(Known::new(state_dir)),
        }
    }

    /// Up to `limit` matching records, newest first, from the cursor on.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn page(&self, filter: &Filter, cursor: Option<Cursor>, limit: usize) -> io::Result<Page> {
        self.ask(|known| page(known, filter, cursor, limit))
    }

    /// One run, as its last line says it; `None` when it is unknown or only ordered yet.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn run(&self, id: RunId) -> io::Result<Option<RunRecord>> {
        self.ask(|known| {
            if let Some(live) = known.live.get(&id) {
                let spot = Spot {
                    at: live.at,
                    bytes: live.bytes,
                };
                return Ok(if live.is_shown {
                    Lines::new(known).record(spot)?
                } else {
                    None
                });
            }
            let Some((at, bytes)) = known.find(id)? else {
                return Ok(None);
            };
            let record = Lines::new(known).record(Spot { at, bytes })?;
            match record {
                Some(record) if record.id == id => Ok(Some(record)),
                _ => Err(damaged()),
            }
        })
    }

    /// Looks at the files, so that the next question finds little left to read.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn refresh(&self) -> io::Result<()> {
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .refresh()
    }

    /// Asks once, and once more behind a new index when the one there leads to other lines than it says, or when
    /// retention took a file away in between.
    fn ask<T>(&self, question: impl Fn(&Known) -> io::Result<T>) -> io::Result<T> {
        for _ in 0..2 {
            self.refresh()?;
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            match question(&known) {
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    drop(known);
                    tracing::warn!(%error, "the index of the history is made again");
                    self.known
                        .write()
                        .unwrap_or_else(PoisonError::into_inner)
                        .forget();
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                answer => return answer,
            }
        }
        self.refresh()?;
        question(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn damaged() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "an entry of the index leads to another line",
    )
}

fn page(known: &Known, filter: &Filter, cursor: Option<Cursor>, limit: usize) -> io::Result<Page> {
    let end = Position {
        day: u32::MAX,
        offset: 0,
    };
    let mut walk = Walk::new(known, filter, cursor.map_or(end, |Cursor(at)| at));
    let mut lines = Lines::new(known);
    let mut records = Vec::new();
    let mut last = None;
    while let Some(spot) = walk.next()? {
        let Some(record) = lines.record(spot)? else {
            continue;
        };
        if !filter.matches(&record) {
            continue;
        }
        if records.len() == limit {
            return Ok(Page {
                records,
                next: last.map(Cursor),
            });
        }
        last = Some(spot.at);
        records.push(record);
    }
    Ok(Page {
        records,
        next: None,
    })
}

/// Reads lines, keeping the file of the last one open.
struct Lines<'a> {
    known: &'a Known,
    open: Option<(u32, File)>,
}

impl<'a> Lines<'a> {
    fn new(known: &'a Known) -> Lines<'a> {
        Lines { known, open: None }
    }

    /// The record of a line; `None` when this version does not understand it.
    fn record(&mut self, spot: Spot) -> io::Result<Option<RunRecord>> {
        let day = spot.at.day;
        if self.open.as_ref().is_none_or(|(open, _)| *open != day) {
            self.open = Some((day, open::read(&day_path(&self.known.history, day))?));
        }
        let Some((_, file)) = &self.open else {
            return Ok(None);
        };
        let line = self
            .known
            .line(file, spot.at.offset, spot.bytes)?
            .ok_or_else(damaged)?;
        match read_line(&line) {
            Line::Event(event) => match *event {
                Event::Run(record) => Ok(Some(*record)),
                _ => Err(damaged()),
            },
            Line::Unknown => Ok(None),
            Line::Torn => Err(damaged()),
        }
    }
}

/// Walks towards the past over the places of the records that may match.
struct Walk<'a> {
    known: &'a Known,
    filter: &'a Filter,
    key: Option<u64>,
    before: Position,
    /// Runs that are not over, oldest line first.
    live: Vec<Spot>,
    /// A finished record that was found behind the next live one.
    held: Option<Spot>,
    /// Drafts not looked at yet.
    drafts: usize,
    /// Segments not looked at yet.
    segments: usize,
    /// Entries of the segment under way, the oldest first.
    entries: Vec<(u32, Found)>,
    reader: Option<(u32, Reader<'a>)>,
    /// Entries of the segment that were read one by one for nothing.
    misses: usize,
}

/// An entry, read or yet to be read.
#[derive(Clone, Copy, Debug)]
enum Found {
    Number(u32),
    Entry(Entry),
}

impl<'a> Walk<'a> {
    fn new(known: &'a Known, filter: &'a Filter, before: Position) -> Walk<'a> {
        let live = known
            .live
            .values()
            .filter(|live| live.at < before && filter.may_be_live(live));
        let mut live: Vec<Spot> = live
            .map(|live| Spot {
                at: live.at,
                bytes: live.bytes,
            })
            .collect();
        live.sort_unstable_by_key(|spot| spot.at);
        Walk {
            known,
            filter,
            key: filter.key(),
            before,
            live,
            held: None,
            drafts: known.drafts.len(),
            segments: known.segments.partition_point(|segment| {
                Position {
                    day: segment.id.day,
                    offset: segment.start,
                } < before
            }),
            entries: Vec::new(),
            reader: None,
            misses: 0,
        }
    }

    /// The next place.
    fn next(&mut self) -> io::Result<Option<Spot>> {
        if self.held.is_none() {
            self.held = self.next_final()?;
        }
        match (self.live.last(), self.held) {
            (Some(live), Some(held)) if live.at < held.at => Ok(self.held.take()),
            (None, Some(_)) => Ok(self.held.take()),
            _ => Ok(self.live.pop()),
        }
    }

    fn next_final(&mut self) -> io::Result<Option<Spot>> {
        loop {
            let spot = match self.next_draft() {
                Some(spot) => spot,
                None => match self.next_entry()? {
                    Some(spot) => spot,
                    None => return Ok(None),
                },
            };
            if spot.at < self.before && !self.known.void.contains(&spot.at) {
                return Ok(Some(spot));
            }
        }
    }

    fn next_draft(&mut self) -> Option<Spot> {
        while self.drafts > 0 {
            self.drafts -= 1;
            let draft = &self.known.drafts[self.drafts];
            if self.filter.may_be(draft) {
                return Some(spot(self.known.frontier.day, draft.entry));
            }
        }
        None
    }

    fn next_entry(&mut self) -> io::Result<Option<Spot>> {
        loop {
            let Some((day, found)) = self.entries.pop() else {
                if self.open_next_segment()? {
                    continue;
                }
                return Ok(None);
            };
            let entry = match (found, &self.reader) {
                (Found::Entry(entry), _) => entry,
                (Found::Number(number), Some((_, reader))) => reader.entry(number)?,
                (Found::Number(_), None) => continue,
            };
            if self.filter.touches(entry.from, entry.to) {
                return Ok(Some(spot(day, entry)));
            }
            self.misses += 1;
            if self.misses == MISSES_MAX {
                self.read_entries()?;
            }
        }
    }

    /// Reads what is left of the segment's entries at once, and keeps those that may match.
    fn read_entries(&mut self) -> io::Result<()> {
        let Some((day, reader)) = &self.reader else {
            return Ok(());
        };
        let all = reader.entries()?;
        let entry = |found: Found| match found {
            Found::Number(number) => all.get(number as usize).copied(),
            Found::Entry(entry) => Some(entry),
        };
        let entries = std::mem::take(&mut self.entries).into_iter();
        let read = entries.filter_map(|(_, found)| entry(found));
        let touched = read.filter(|entry| self.filter.touches(entry.from, entry.to));
        self.entries = touched.map(|entry| (*day, Found::Entry(entry))).collect();
        Ok(())
    }

    /// Goes to the next older segment that may hold a match; false when there is none.
    fn open_next_segment(&mut self) -> io::Result<bool> {
        while self.segments > 0 {
            self.segments -= 1;
            let segment = &self.known.segments[self.segments];
            let since = self
                .filter
                .since
                .map_or(i64::MIN, |since| since.as_microsecond());
            if self.known.latest[self.segments] < since {
                self.segments = 0;
                return Ok(false);
            }
            if !self.filter.touches(segment.from, segment.to) {
                continue;
            }
            let reader = Reader::open(&self.known.index, segment)?;
            let mut numbers: Vec<u32> = match self.key {
                None => (0..segment.entries()).collect(),
                Some(key) => {
                    let Some(row) = reader.row(key)? else {
                        self.segments = 0;
                        return Ok(false);
                    };
                    let earlier = self
                        .known
                        .segments
                        .partition_point(|s| Some(s.id) <= row.earlier);
                    self.segments = self.segments.min(earlier);
                    reader.postings(row)?
                }
            };
            let day = segment.id.day;
            if self.before.day == day {
                numbers.truncate(first_behind(&reader, &numbers, self.before.offset)?);
            }
            let unread = |number| (day, Found::Number(number));
            self.entries = numbers.into_iter().map(unread).collect();
            self.misses = 0;
            self.reader = Some((day, reader));
            return Ok(true);
        }
        Ok(false)
    }
}

/// How many of the entries lie before a place.
fn first_behind(reader: &Reader<'_>, numbers: &[u32], offset: u64) -> io::Result<usize> {
    let (mut low, mut high) = (0, numbers.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if reader.entry(numbers[middle])?.offset < offset {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn spot(day: u32, entry: Entry) -> Spot {
    let at = Position {
        day,
        offset: entry.offset,
    };
    Spot {
        at,
        bytes: entry.bytes,
    }
}

#[cfg(test)]
mod tests;
