//! Who was greeted: a line before each message and one behind it. A line without its second one is
//! of a message whose end nobody saw; it is never sent again.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::bot::contact::Contact;
use crate::bot::due::{Mark, is_marked};
use crate::shell::bot::Refusal;
use crate::shell::bot::contract::Contract;
use crate::shell::bot::ledger::Ledger;
use crate::shell::clock;
use crate::time::{Timestamp, civil::Date};

const NAME: &str = "greeted.jsonl";

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    v: u32,
    #[serde(with = "crate::time::Rfc3339")]
    at: Timestamp,
    run_id: String,
    /// Where the message stands.
    pub state: State,
    /// The birthday.
    pub birthday: Date,
    keys: Vec<String>,
    /// The name.
    pub name: String,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is about to leave.
    Sending,
    /// It was taken.
    Sent,
    /// It surely was not.
    Failed,
    /// Nobody knows.
    Unknown,
}

/// The ledger of greetings.
pub struct Greeted {
    ledger: Option<Ledger>,
    run_id: String,
    marks: Vec<Mark>,
    by_key: HashMap<String, Vec<usize>>,
    /// Messages of earlier runs whose end nobody saw and nobody has told yet.
    pub unresolved: Vec<Line>,
}

impl Greeted {
    /// Opens the ledger; for a dry run without leaving a mark.
    ///
    /// # Errors
    /// It cannot be used, or another run is at work.
    pub fn open(contract: &Contract) -> Result<Greeted, Refusal> {
        let (ledger, lines) = match (contract.dry_run, &contract.state) {
            (true, None) => (None, Vec::new()),
            (true, Some(state)) => (None, Ledger::peek::<Line>(state, NAME)?),
            (false, _) => {
                let (ledger, lines) = open(contract.state()?, contract.today())?;
                (Some(ledger), lines)
            }
        };
        let mut greeted = Greeted {
            ledger,
            run_id: contract.run_id.clone(),
            marks: Vec::new(),
            by_key: HashMap::new(),
            unresolved: Vec::new(),
        };
        for line in last_lines(lines) {
            if line.state == State::Sending {
                greeted.unresolved.push(line.clone());
            }
            if line.state != State::Failed {
                greeted.mark(line.keys, line.name, line.birthday);
            }
        }
        Ok(greeted)
    }

    /// Whether somebody was greeted for a birthday, or may have been.
    pub fn has(&self, contact: &Contact, keys: &[String], birthday: Date) -> bool {
        let marks = keys.iter().filter_map(|key| self.by_key.get(key)).flatten();
        marks
            .map(|at| &self.marks[*at])
            .any(|mark| is_marked(mark, contact, keys, birthday))
    }

    /// Notes where a message stands; the note is on disk when this returns.
    ///
    /// # Errors
    /// Those of the ledger.
    pub fn note(
        &mut self,
        contact: &Contact,
        keys: &[String],
        birthday: Date,
        state: State,
    ) -> Result<(), Refusal> {
        let line = self.line(keys.to_vec(), contact.name.clone(), birthday, state);
        self.add(&line)
    }

    /// Notes of the messages whose end nobody saw that they were told of.
    ///
    /// # Errors
    /// Those of the ledger.
    pub fn resolve(&mut self) -> Result<Vec<Line>, Refusal> {
        let found = std::mem::take(&mut self.unresolved);
        for line in &found {
            let told = self.line(
                line.keys.clone(),
                line.name.clone(),
                line.birthday,
                State::Unknown,
            );
            self.add(&told)?;
        }
        Ok(found)
    }

    fn line(&self, keys: Vec<String>, name: String, birthday: Date, state: State) -> Line {
        Line {
            v: 1,
            at: clock::now(),
            run_id: self.run_id.clone(),
            state,
            birthday,
            keys,
            name,
        }
    }

    fn add(&mut self, line: &Line) -> Result<(), Refusal> {
        match &mut self.ledger {
            Some(ledger) => ledger.add(line),
            None => Ok(()),
        }
    }

    fn mark(&mut self, keys: Vec<String>, name: String, occasion: Date) {
        for key in &keys {
            self.by_key
                .entry(key.clone())
                .or_default()
                .push(self.marks.len());
        }
        let name = name.to_lowercase();
        self.marks.push(Mark {
            keys,
            name,
            occasion,
        });
    }
}

/// Birthdays of more than two years ago can come up again for nobody.
fn open(state: &Path, today: Date) -> Result<(Ledger, Vec<Line>), Refusal> {
    Ledger::open(state, NAME, |lines: &[Line]| {
        let is_recent = |line: &Line| line.birthday.year() + 2 >= today.year();
        lines.iter().map(is_recent).collect()
    })
}

/// The last line of each message, in order.
fn last_lines(lines: Vec<Line>) -> Vec<Line> {
    let mut places: HashMap<(String, Date), usize> = HashMap::new();
    let mut last: Vec<Line> = Vec::new();
    for line in lines {
        let key = (
            line.keys.first().cloned().unwrap_or_default(),
            line.birthday,
        );
        match places.get(&key) {
            Some(at) => last[*at] = line,
            None => {
                places.insert(key, last.len());
                last.push(line);
            }
        }
    }
    last
}
