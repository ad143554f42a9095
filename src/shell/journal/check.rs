//! Checks the journal: every line by itself, and what lines say of each other. It changes nothing.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use crate::core::ledger::Ledger;
use crate::model::event::{Event, Stage};
use crate::model::run::{RunRecord, Status};
use crate::model::run_id::RunId;
use crate::model::state::State;
use crate::shell::journal::checkpoint::Checkpoint;
use crate::shell::journal::day::{day_path, days};
use crate::shell::journal::faults::faults;
use crate::shell::journal::lines::each_line;
use crate::shell::journal::replay::{Line, read_line};

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub path: PathBuf,
    /// First byte of the line.
    pub offset: u64,
    /// Whether it breaks a rule; else it is what a crash leaves, and does no harm.
    pub is_error: bool,
    /// A word for programs.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

/// What a check gives.
#[derive(Debug, Default)]
pub struct Checked {
    /// What was found, in the order of the files.
    pub findings: Vec<Finding>,
    /// Whole lines.
    pub lines: u64,
    /// Files.
    pub days: usize,
    /// Files that end within a line.
    pub torn_tails: Vec<PathBuf>,
    /// Lines that say the end of a run which another line says too: the file, the first byte.
    pub void_ends: Vec<(PathBuf, u64)>,
}

/// A line that ends a run.
#[derive(Debug)]
struct End {
    attempt: u32,
    path: PathBuf,
    offset: u64,
}

/// What is remembered from line to line.
#[derive(Debug, Default)]
struct Check {
    checked: Checked,
    ledger: Ledger,
    /// Attempts started, by run.
    attempts: HashMap<RunId, u32>,
    /// Runs whose last line is final.
    finals: HashMap<RunId, End>,
    /// Runs that others say stand for them, and where.
    stand_ins: HashMap<RunId, (PathBuf, u64)>,
    /// Lines since the last state line or daemon start, for exact repetitions behind a failed sync.
    recent: HashSet<u64>,
    /// Daemons that did not end in good order, and torn lines.
    starts: u64,
    torn: u64,
    checkpoint: Option<Checkpoint>,
}

/// Checks everything below a state directory.
///
/// # Errors
/// Those of the file system.
pub fn check(state_dir: &Path) -> io::Result<Checked> {
    let history = state_dir.join("history");
    let mut check = Check {
        checkpoint: Checkpoint::read(state_dir),
        ..Check::default()
    };
    if check.checkpoint.is_none() && state_dir.join("checkpoint").exists() {
        let message =
            "the checkpoint does not fit the journal; the next start makes another".to_owned();
        check.find(
            &state_dir.join("checkpoint"),
            0,
            false,
            "checkpoint-unfit",
            message,
        );
    }
    for day in days(&history)? {
        let path = day_path(&history, day);
        check.checked.days += 1;
        each_line(&path, 0, |offset, line| {
            check.see_checkpoint(day, offset);
            check.line(&path, offset, line);
        })?;
        let end = std::fs::metadata(&path)?.len();
        check.see_checkpoint(day, end);
    }
    check.finish();
    Ok(check.checked)
}

impl Check {
    fn find(
        &mut self,
        path: &Path,
        offset: u64,
        is_error: bool,
        code: &'static str,
        message: String,
    ) {
        self.checked.findings.push(Finding {
            path: path.to_owned(),
            offset,
            is_error,
            code,
            message,
        });
    }

    fn line(&mut self, path: &Path, offset: u64, line: &[u8]) {
        if line == b"\n" {
            return;
        }
        match read_line(line) {
            Line::Event(event) => {
                self.checked.lines += 1;
                let sum = crate::shell::journal::sum::hash(line);
                let is_repeated = !self.recent.insert(sum);
                self.event(path, offset, &event, is_repeated);
                self.ledger.apply(&event);
            }
            Line::Unknown => {
                let message =
                    "a line of a type or version that this program does not know".to_owned();
                self.find(path, offset, false, "unknown-line", message);
            }
            Line::Torn if line.ends_with(b"\n") => {
                self.torn += 1;
                let message = format!(
                    "a torn line of {} bytes, fenced; readers skip it",
                    line.len()
                );
                self.find(path, offset, false, "torn-line", message);
            }
            Line::Torn => {
                self.torn += 1;
                self.checked.torn_tails.push(path.to_owned());
                let message = format!(
                    "the file ends within a line, {} bytes; a daemon fences it at its start, or \
                     --repair",
                    line.len()
                );
                self.find(path, offset, true, "torn-tail", message);
            }
        }
    }

    fn event(&mut self, path: &Path, offset: u64, event: &Event, is_repeated: bool) {
        match event {
            Event::Run(record) => self.run(path, offset, record, is_repeated),
            Event::Start(_) => {
                self.starts += 1;
                self.recent.clear();
            }
            Event::State(state) => {
                self.state(path, offset, state);
                self.recent.clear();
            }
            _ => {}
        }
    }

    /// A state line says what all lines before it say; the first line of all has none before it.
    /// One in the middle of a file stands where the file was put right: it counts, whatever the
    /// lines before it say.
    fn state(&mut self, path: &Path, offset: u64, state: &State) {
        if offset > 0 {
            let message = "the file was replaced, removed or cut while a daemon ran; everything live is repeated here".to_owned();
            self.find(path, offset, false, "history-renewed", message);
        } else if self.checked.lines > 1 && !says_the_same(state, self.ledger.state()) {
            let message = "the state line differs from what the lines before it say".to_owned();
            self.find(path, offset, true, "state-differs", message);
        }
        for run in &state.runs {
            self.attempts
                .entry(run.record.id)
                .or_insert(run.record.attempt);
        }
    }

    fn run(&mut self, path: &Path, offset: u64, record: &RunRecord, is_repeated: bool) {
        for (code, message) in faults(record) {
            self.find(path, offset, true, code, message);
        }
        if record.stage() == Stage::Started && !is_repeated {
            let before = self.attempts.insert(record.id, record.attempt).unwrap_or(0);
            if record.attempt <= before && !record.delayed {
                let message = format!(
                    "attempt {} of run {} starts a second time",
                    record.attempt, record.id
                );
                self.find(path, offset, true, "started-twice", message);
            }
        }
        if record.is_final() {
            let end = End {
                attempt: record.attempt,
                path: path.to_owned(),
                offset,
            };
            let before = self.finals.insert(record.id, end);
            let before = before.filter(|end| end.attempt > 0 && !is_repeated);
            if let Some(before) = before {
                let void = void_end(before, record, path, offset);
                self.checked.void_ends.extend(void);
                let message = format!("run {} ended before, and had started", record.id);
                self.find(path, offset, true, "ended-twice", message);
            }
            self.stand_ins.remove(&record.id);
        }
        if let Some(id) = record.coalesced_into
            && !self.finals.contains_key(&id)
        {
            self.stand_ins
                .entry(id)
                .or_insert((path.to_owned(), offset));
        }
    }

    /// A checkpoint says what all lines before its place say.
    fn see_checkpoint(&mut self, day: u32, offset: u64) {
        let place = self.checkpoint.as_ref().map(Checkpoint::at);
        if place.is_none_or(|at| (at.day, at.offset) != (day, offset)) {
            return;
        }
        let Some(checkpoint) = self.checkpoint.take() else {
            return;
        };
        if self.checked.lines > 0 && !says_the_same(&checkpoint.state, self.ledger.state()) {
            let message = "the checkpoint differs from what the journal says; remove it".to_owned();
            self.find(
                Path::new("checkpoint"),
                0,
                true,
                "checkpoint-differs",
                message,
            );
        }
    }

    fn finish(&mut self) {
        let live: HashSet<RunId> = self.ledger.runs().map(|run| run.record.id).collect();
        for (id, (path, offset)) in std::mem::take(&mut self.stand_ins) {
            if !live.contains(&id) {
                let message = format!("run {id}, which is named for this due time, has no record");
                self.find(&path, offset, true, "coalesced-into-nothing", message);
            }
        }
        if self.torn > self.starts {
            let message = format!(
                "{} torn lines, and only {} starts of a daemon: a crash leaves one at most",
                self.torn, self.starts
            );
            self.find(Path::new("history"), 0, true, "too-many-torn", message);
        }
        self.checked
            .findings
            .sort_by(|a, b| (&a.path, a.offset).cmp(&(&b.path, b.offset)));
    }
}

/// Which of two ends of a run to take out. An older version did not take a line that a crash had
/// left without its newline, and recorded the run as cut off: what the program's end was is known,
/// and goes before that. Where the run sent messages, and where it was tried again, later lines
/// rest on what that version believed.
fn void_end(before: End, record: &RunRecord, path: &Path, offset: u64) -> Option<(PathBuf, u64)> {
    let is_guess = record.status == Status::Interrupted;
    let is_retried = record.attempt > before.attempt;
    match (is_guess, is_retried || record.budget.is_some()) {
        (true, false) => Some((path.to_owned(), offset)),
        (true, true) => Some((before.path, before.offset)),
        (false, _) => is_retried.then_some((before.path, before.offset)),
    }
}

/// Whether two states are the same, but for what only is shown. A daemon sees time pass without a
/// line.
fn says_the_same(said: &State, folded: State) -> bool {
    let is_later = said.high_water >= folded.high_water;
    let bare = |mut state: State| {
        state.high_water = None;
        state.reloads.truncate(1);
        state.last_day.clear();
        for job in state.jobs.values_mut() {
            (job.created_at, job.last_success) = (None, None);
            (job.last_started, job.last_ended) = (None, None);
        }
        state.runs.sort_by_key(|run| run.record.id);
        state
    };
    is_later && bare(said.clone()) == bare(folded)
}
