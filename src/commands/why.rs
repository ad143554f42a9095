//! `jobsd why`: why a run did or did not happen, joined from the history alone: schedule, pause, reload, downtime, and what
//! the record of the due time says.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::commands::offline::refuse;
use crate::model::event::{Adopted, Change, Event, Paused};
use crate::model::job::{Job, JobId};
use crate::model::run::{RunId, RunRecord};
use crate::render::screen::Screen;
use crate::shell::journal::query::day_files;
use crate::shell::journal::replay::{Line, read_line};
use crate::spec;
use crate::spec::config::Settings;
use crate::text::{Lang, Text, control};
use crate::time::{SignedDuration, Timestamp, rfc3339};
use crate::view::{why, words};

/// How far back a due time is looked for.
const BACK: SignedDuration = SignedDuration::from_hours(24 * 400);

/// What the history says of a job around an instant.
#[derive(Default)]
struct Story {
    adopted: Option<Adopted>,
    pause: Option<Paused>,
    started: Option<Timestamp>,
    /// Each run as its last line says it, oldest first.
    runs: Vec<RunRecord>,
    is_known: bool,
}

/// One thing that explains.
struct Finding {
    code: &'static str,
    text: Text,
}

/// Runs the command; the answer is its exit code.
///
/// # Errors
/// When the history cannot be read or the output cannot be written.
pub fn run(
    (state, id): (&Path, &str),
    at: Option<Timestamp>,
    (screen, as_json): (&Screen, bool),
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let at = at.unwrap_or(screen.now);
    let story = match JobId::new(id) {
        Some(id) => Story::read(state, &id, at)?,
        None => Story::default(),
    };
    if !story.is_known {
        let sentence = control::no_job(id, None);
        return Ok(refuse(err, &sentence, screen.lang, 2));
    }
    let job = story.job();
    let due = job.as_ref().and_then(|job| last_due(job, at));
    let records = story.records(due, at);
    let findings = story.findings(id, job.as_ref(), (due, at), &records, screen);
    if as_json {
        let list: Vec<Value> = findings
            .iter()
            .map(|finding| json!({"code": finding.code, "text": finding.text.en}))
            .collect();
        let why = json!({"job_id": id, "at": rfc3339(at), "findings": list, "records": records});
        writeln!(out, "{}", json!({"schema": "jobsd.why/v1", "why": why}))?;
        return Ok(0);
    }
    writeln!(out, "{id}  {}", rfc3339(at))?;
    for finding in &findings {
        writeln!(out, "  {}", finding.text.get(screen.lang))?;
    }
    for run in &records {
        let due = run.scheduled_at.map_or("-".to_owned(), rfc3339);
        let status = json!(run.status);
        let text = why::record(run);
        let status = status.as_str().unwrap_or_default();
        writeln!(
            out,
            "  {due}  {status}  {}  ({})",
            text.get(screen.lang),
            run.id
        )?;
    }
    Ok(0)
}

/// The last due time up to an instant, by a job's schedule.
fn last_due(job: &Job, at: Timestamp) -> Option<Timestamp> {
    let from = at.checked_sub(BACK).unwrap_or(Timestamp::UNIX_EPOCH);
    job.schedule.due_range(from, at).map(|range| range.last)
}

impl Story {
    /// Reads what was written up to an instant, and the runs around it to the end.
    fn read(state: &Path, id: &JobId, at: Timestamp) -> io::Result<Story> {
        let mut story = Story::default();
        for path in day_files(&state.join("history"))? {
            let mut reader = BufReader::new(std::fs::File::open(&path)?);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line)? > 0 {
                if let Line::Event(event) = read_line(&line) {
                    story.take(*event, id, at);
                }
                line.clear();
            }
        }
        Ok(story)
    }

    fn take(&mut self, event: Event, id: &JobId, at: Timestamp) {
        match event {
            Event::Adopt(adopted) if adopted.job_id == *id => {
                self.is_known = true;
                if adopted.at <= at {
                    self.adopted = Some(*adopted).filter(|a| a.change != Change::Removed);
                }
            }
            Event::Pause(pause) if pause.job_id == *id && pause.at <= at => {
                self.pause = Some(*pause);
            }
            Event::Resume(resume) if resume.job_id == *id && resume.at <= at => self.pause = None,
            Event::Start(start) if start.at <= at => self.started = Some(start.at),
            Event::Run(run) if run.job_id == *id => {
                self.is_known = true;
                self.note(*run);
            }
            _ => {}
        }
    }

    fn note(&mut self, run: RunRecord) {
        let id: RunId = run.id;
        match self.runs.iter_mut().rev().find(|known| known.id == id) {
            Some(known) => *known = run,
            None => self.runs.push(run),
        }
    }

    /// The definition in force, compiled.
    fn job(&self) -> Option<Job> {
        let adopted = self.adopted.as_ref()?;
        let definition = adopted.definition.as_ref()?;
        let id = adopted.job_id.clone();
        spec::restore(id, &adopted.file, definition, &Settings::default())
    }

    /// The records of the due time, and of runs that went on at the instant.
    fn records(&self, due: Option<Timestamp>, at: Timestamp) -> Vec<RunRecord> {
        let settles = |run: &RunRecord| {
            let first = run.scheduled_at.zip(run.settles_through());
            first.is_some_and(|(a, b)| due.is_some_and(|due| a <= due && due <= b))
        };
        let went_on = |run: &RunRecord| {
            let start = run.started_at.is_some_and(|start| start <= at);
            start && run.finished_at.is_none_or(|end| at <= end)
        };
        let wanted = self.runs.iter().filter(|run| settles(run) || went_on(run));
        wanted.cloned().collect()
    }

    fn findings(
        &self,
        id: &str,
        job: Option<&Job>,
        (due, at): (Option<Timestamp>, Timestamp),
        records: &[RunRecord],
        screen: &Screen,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut say = |code, text| findings.push(Finding { code, text });
        let (Some(job), Some(adopted)) = (job, &self.adopted) else {
            say("unknown", why::unknown(id));
            return findings;
        };
        let shown = |at: Option<Timestamp>| at.map_or("-".to_owned(), |at| show(at, screen));
        let next = job.schedule.next_after(at);
        let (en, fr) = (
            words::schedule(&job.schedule, Lang::En),
            words::schedule(&job.schedule, Lang::Fr),
        );
        say(
            "schedule",
            why::schedule(&en, &fr, &shown(due), &shown(next)),
        );
        if !job.enabled {
            say("disabled", why::disabled(&job.file));
        }
        if let Some(pause) = &self.pause {
            let until = pause.until.map(|until| show(until, screen));
            let from = show(pause.at, screen);
            let reason = pause.reason.as_deref();
            say(
                "paused",
                why::paused(&pause.by.who, &from, until.as_deref(), reason),
            );
        }
        let is_new = due.is_some_and(|due| due <= adopted.at);
        if is_new {
            say("adopted", why::adopted(&show(adopted.at, screen)));
        }
        if let Some(start) = self
            .started
            .filter(|start| due.is_some_and(|due| due < *start))
        {
            say("started", why::started(&show(start, screen)));
        }
        if let Some(due) = due.filter(|_| records.is_empty() && job.enabled) {
            say("no-record", why::no_record(&show(due, screen)));
        }
        findings
    }
}

fn show(at: Timestamp, screen: &Screen) -> String {
    if screen.is_terminal() {
        screen.short(at)
    } else {
        rfc3339(at)
    }
}
