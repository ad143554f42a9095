//! Which page was visited when, and what it was then: a line before each visit and one behind it.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::shell::bot::Refusal;
use crate::shell::bot::contract::Contract;
use crate::shell::bot::ledger::Ledger;
use crate::shell::clock;
use crate::time::Timestamp;

const NAME: &str = "visited.jsonl";

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Line {
    v: u32,
    #[serde(with = "crate::time::Rfc3339")]
    at: Timestamp,
    run_id: String,
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<Page>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// What a page was at a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The status of its answer.
    pub status: u16,
    /// Its title.
    pub title: Option<String>,
    /// Digest of its content.
    pub digest: String,
    /// The address that redirects led to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub led_to: Option<String>,
}

/// The ledger of visits.
pub struct Visited {
    ledger: Option<Ledger>,
    run_id: String,
    last: HashMap<String, Timestamp>,
    pages: HashMap<String, Page>,
    /// Pages that this run has asked for, in an attempt before this one too.
    pub in_this_run: HashSet<String>,
}

impl Visited {
    /// Opens the ledger; for a dry run without leaving a mark.
    ///
    /// # Errors
    /// It cannot be used, or another run is at work.
    pub fn open(contract: &Contract) -> Result<Visited, Refusal> {
        let (ledger, lines) = match (contract.dry_run, &contract.state) {
            (true, None) => (None, Vec::new()),
            (true, Some(state)) => (None, Ledger::peek::<Line>(state, NAME)?),
            (false, _) => {
                let (ledger, lines) = open(contract.state()?)?;
                (Some(ledger), lines)
            }
        };
        let mut visited = Visited {
            ledger,
            run_id: contract.run_id.clone(),
            last: HashMap::new(),
            pages: HashMap::new(),
            in_this_run: HashSet::new(),
        };
        for line in lines {
            if !line.run_id.is_empty() && line.run_id == visited.run_id {
                visited.in_this_run.insert(line.url.clone());
            }
            visited.last.insert(line.url.clone(), line.at);
            if let Some(page) = line.page {
                visited.pages.insert(line.url, page);
            }
        }
        Ok(visited)
    }

    /// When a page was last asked for.
    pub fn last(&self, url: &str) -> Option<Timestamp> {
        self.last.get(url).copied()
    }

    /// Notes that a page is about to be asked for; the note is on disk when this returns.
    ///
    /// # Errors
    /// Those of the ledger.
    pub fn begin(&mut self, url: &str) -> Result<(), Refusal> {
        self.in_this_run.insert(url.to_owned());
        self.add(url, None, None)
    }

    /// Notes what a page was; whether it is another than last time.
    ///
    /// # Errors
    /// Those of the ledger.
    pub fn end(&mut self, url: &str, page: Page) -> Result<bool, Refusal> {
        self.add(url, Some(page.clone()), None)?;
        let before = self.pages.insert(url.to_owned(), page.clone());
        Ok(before.is_some_and(|before| before != page))
    }

    /// Notes that a page gave no answer.
    ///
    /// # Errors
    /// Those of the ledger.
    pub fn fail(&mut self, url: &str, cause: &str) -> Result<(), Refusal> {
        self.add(url, None, Some(cause.to_owned()))
    }

    fn add(&mut self, url: &str, page: Option<Page>, error: Option<String>) -> Result<(), Refusal> {
        let line = Line {
            v: 1,
            at: clock::now(),
            run_id: self.run_id.clone(),
            url: url.to_owned(),
            page,
            error,
        };
        match &mut self.ledger {
            Some(ledger) => ledger.add(&line),
            None => Ok(()),
        }
    }
}

/// Of each page its last line and its last content are enough.
fn open(state: &Path) -> Result<(Ledger, Vec<Line>), Refusal> {
    Ledger::open(state, NAME, |lines: &[Line]| {
        let (mut known, mut with_page) = (HashSet::new(), HashSet::new());
        let mut keep: Vec<bool> = lines
            .iter()
            .rev()
            .map(|line| {
                let is_last = known.insert(line.url.as_str());
                let is_content = line.page.is_some() && with_page.insert(line.url.as_str());
                is_last || is_content
            })
            .collect();
        keep.reverse();
        keep
    })
}
