//! Walks over the index towards the past.

use std::io;

use crate::shell::journal::day::Position;
use crate::shell::journal::index::HistoryIndex;
use crate::shell::journal::index::reader::Reader;
use crate::shell::journal::index::segment::Entry;
use crate::shell::journal::query::filter::Filter;

/// Entries read one by one for nothing before the rest of a segment is read at once: a time span
/// may lie anywhere in it.
const MISSES_MAX: usize = 64;

/// Where a line is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub at: Position,
    pub bytes: u32,
}

/// Walks towards the past over the places of the records that may match.
pub(super) struct Walk<'a> {
    known: &'a HistoryIndex,
    filter: &'a Filter,
    key: Option<u64>,
    before: Position,
    /// Runs that are not over, oldest line first.
    live: Vec<Spot>,
    /// A finished record that was found after the next live one.
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
    /// A walk from a place on.
    pub fn new(known: &'a HistoryIndex, filter: &'a Filter, before: Position) -> Walk<'a> {
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
    pub fn next(&mut self) -> io::Result<Option<Spot>> {
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
