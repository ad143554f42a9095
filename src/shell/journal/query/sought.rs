//! A run by the beginning of its id. The index knows ids by their end, so the newest records are
//! looked through.

use std::io;

use crate::model::run::RunRecord;
use crate::model::run_id::RunId;
use crate::model::run_prefix::RunPrefix;
use crate::shell::journal::query::History;
use crate::shell::journal::query::filter::Filter;
use crate::text::control::RUNS_NAMED_MAX;

/// Newest records that are looked through: one request costs at most so much.
const SOUGHT_MAX: usize = 50_000;
/// Records read at once.
const PAGE: usize = 500;
/// Runs that are found where several begin alike: one more than are named, to say that there are.
const FOUND_MAX: usize = RUNS_NAMED_MAX + 1;

/// What an id, or the beginning of one, leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Sought {
    /// Nothing: it is not an id, or no run has it.
    Nothing,
    /// One run.
    Run(Box<RunRecord>),
    /// Several runs begin so; the newest of them.
    Several(Vec<RunId>),
}

impl History {
    /// The run with an id, or the only one of the newest whose id begins so.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn seek(&self, text: &str) -> io::Result<Sought> {
        if let Some(id) = RunId::parse(text) {
            let run = self.run(id)?;
            return Ok(run.map_or(Sought::Nothing, |run| Sought::Run(Box::new(run))));
        }
        let Some(prefix) = RunPrefix::parse(text) else {
            return Ok(Sought::Nothing);
        };
        let (mut found, mut looked, mut cursor): (Vec<RunRecord>, usize, _) = Default::default();
        while looked < SOUGHT_MAX && found.len() < FOUND_MAX {
            let page = self.page(&Filter::default(), cursor, PAGE)?;
            looked += page.records.len();
            for run in page.records.into_iter().filter(|run| prefix.begins(run.id)) {
                // A run that ended meanwhile may be on two pages.
                if found.iter().all(|known| known.id != run.id) {
                    found.push(run);
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(match found.len() {
            0 => Sought::Nothing,
            1 => found
                .pop()
                .map_or(Sought::Nothing, |run| Sought::Run(Box::new(run))),
            _ => Sought::Several(found.iter().map(|run| run.id).take(FOUND_MAX).collect()),
        })
    }
}
