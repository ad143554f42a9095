//! Pages over the history, newest first: each run once, as its last line says it.
//!
//! Records are in the order in which their last lines were written. A cursor names a place in that
//! order, so it stays valid whatever is written later or taken away by retention. A page costs the
//! same whatever the size of the history: the index (`shell::journal::index`) leads to the lines,
//! and the lines alone are answered.

pub mod filter;
pub mod sought;
mod walk;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use crate::model::event::Event;
use crate::model::run::RunRecord;
use crate::model::run_id::RunId;
use crate::shell::journal::day::{Position, day_path};
use crate::shell::journal::index::HistoryIndex;
use crate::shell::journal::query::filter::Filter;
use crate::shell::journal::query::walk::{Spot, Walk};
use crate::shell::journal::replay::{Line, read_line};
use crate::shell::journal::sum::hash;
use crate::shell::open;

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
    known: RwLock<HistoryIndex>,
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

impl History {
    /// The history below a state directory. Nothing is read yet.
    pub fn new(state_dir: &Path) -> History {
        History {
            known: RwLock::new(HistoryIndex::new(state_dir)),
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

    /// The matching records just before and after a run, older first; neither where it is not
    /// among the matching ones.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn around(&self, filter: &Filter, id: RunId) -> io::Result<Around> {
        self.ask(|known| around(known, filter, id))
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

    /// Asks once, and once more behind a new index when the one there leads to other lines than it
    /// says, or when retention took a file away in between.
    fn ask<T>(&self, question: impl Fn(&HistoryIndex) -> io::Result<T>) -> io::Result<T> {
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

fn page(
    known: &HistoryIndex,
    filter: &Filter,
    cursor: Option<Cursor>,
    limit: usize,
) -> io::Result<Page> {
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

/// Places walked over in search of a run (A11): one that is older has no neighbours.
const WALKED_MAX: usize = 100_000;

/// The record before one, and the one after it.
pub type Around = (Option<RunRecord>, Option<RunRecord>);

fn around(known: &HistoryIndex, filter: &Filter, id: RunId) -> io::Result<Around> {
    let at = match known.live.get(&id) {
        Some(live) => Some(live.at),
        None => known.find(id)?.map(|(at, _)| at),
    };
    let Some(at) = at else {
        return Ok((None, None));
    };
    let end = Position {
        day: u32::MAX,
        offset: 0,
    };
    let mut walk = Walk::new(known, filter, end);
    let mut lines = Lines::new(known);
    // The index may name a line too many: what it leads to is looked at.
    let mut read = |spot: Option<Spot>| -> io::Result<Option<RunRecord>> {
        let record = spot.map(|spot| lines.record(spot)).transpose()?.flatten();
        Ok(record.filter(|record| filter.matches(record)))
    };
    let mut newer = None;
    for _ in 0..WALKED_MAX {
        match walk.next()? {
            Some(spot) if spot.at > at => newer = Some(spot),
            Some(spot) if spot.at == at => {
                let older = walk.next()?;
                return Ok((read(older)?, read(newer)?));
            }
            _ => break,
        }
    }
    Ok((None, None))
}

/// Reads lines, keeping the file of the last one open.
struct Lines<'a> {
    known: &'a HistoryIndex,
    open: Option<(u32, File)>,
}

impl<'a> Lines<'a> {
    fn new(known: &'a HistoryIndex) -> Lines<'a> {
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

#[cfg(test)]
mod tests;
