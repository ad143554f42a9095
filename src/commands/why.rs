//! `jobsd why`: why a run did or did not happen, joined only from the history: schedule, pause,
//! reload, downtime, and what the record of the due time says. It costs the same whatever the size
//! of the history: the state line before the instant says what was active, and the index leads to
//! the runs.

use std::io;
use std::path::Path;

use clap::Args;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::instants::{When, past, when};
use crate::commands::story::Story;
use crate::commands::target::is_known;
use crate::commands::unrecorded::{self, show};
use crate::model::job::{Job, JobId};
use crate::model::run::RunRecord;
use crate::model::run_id::RunId;
use crate::render::Format;
use crate::render::screen::Screen;
use crate::shell::journal::query::History;
use crate::shell::journal::query::filter::Filter;
use crate::text::help::French;
use crate::text::{Lang, Text, control, reload};
use crate::time::{SignedDuration, Timestamp, rfc3339};
use crate::view::answer::command::{WhyAnswer, WhyFinding};
use crate::view::document;
use crate::view::why::{self, NoRecord};

/// Records read at once.
const PAGE: usize = 50;
/// How far back a due time is looked for.
const BACK: SignedDuration = SignedDuration::from_hours(24 * 400);

/// One thing that explains.
struct Finding {
    code: &'static str,
    text: Text,
}

impl Finding {
    /// For programs, in English.
    fn answer(&self) -> WhyFinding<'_> {
        WhyFinding {
            code: self.code,
            text: &self.text.en,
        }
    }
}

/// Say why a run did or did not happen, from the history only.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd why backup\n  jobsd why backup --at 2026-11-24T02:15:00Z \
        --format json"
)]
pub struct Why {
    /// The job.
    id: String,
    /// The time in question: 2h (ago), yesterday, 08:00, 2026-11-24T08:00, RFC 3339 [default: now].
    #[arg(long, value_name = "T", value_parser = when)]
    at: Option<When>,
    /// Output format.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

impl Runs for Why {
    const FRENCH: French = French::new(
        "Dit pourquoi une exécution a eu lieu ou non, d’après l’historique seulement",
        &[
            ("id", "Le job"),
            (
                "at",
                "Le moment en question : 2h (avant maintenant), hier, 08:00, 2026-11-24T08:00, \
                 RFC 3339 [défaut : maintenant]",
            ),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::State("jobsd why")
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let Context {
            screen,
            out,
            layout,
            ..
        } = context;
        let id = self.id.as_str();
        let at = past(self.at, screen)?.unwrap_or(screen.now);
        let known = |job_id: &JobId| -> io::Result<Option<Story>> {
            let story = Story::read(&layout.state, job_id, at)?;
            Ok(Some(story).filter(|story| story.is_known))
        };
        let job_id = JobId::new(id);
        let story = job_id.as_ref().map(known).transpose()?.flatten();
        let (Some(story), Some(job_id)) = (story, job_id) else {
            return Err(Failure::usage(&control::no_job(id, None)));
        };
        let job = story.job();
        let due = story.due(at);
        let records = story.records(due, at);
        let mut findings = story.findings(id, job.as_ref(), (due, at), &records, screen);
        let asked = due.filter(|_| records.is_empty());
        story.explain(&job_id, &mut findings, (asked, at), &layout.state, screen)?;
        if self.format.is_json() {
            let why = WhyAnswer {
                job_id: id,
                at,
                findings: findings.iter().map(Finding::answer).collect(),
                records: &records,
            };
            writeln!(out, "{}", document::WHY.json(&why))?;
            return Ok(Exit::Done);
        }
        writeln!(out, "{id}  {}", rfc3339(at))?;
        for finding in &findings {
            writeln!(out, "  {}", finding.text.get(screen.lang))?;
        }
        for run in &records {
            let due = run.scheduled_at.map_or("-".to_owned(), rfc3339);
            let (status, text) = (run.status.as_str(), why::record(run));
            let text = text.get(screen.lang);
            let dry = screen.say(", dry run", ", mode test");
            let mark = if run.is_dry_run() { dry } else { "" };
            writeln!(out, "  {due}  {status}  {text}{mark}  ({})", run.id)?;
        }
        Ok(Exit::Done)
    }
}

/// The last due time up to an instant, by a job's schedule.
fn last_due(job: &Job, at: Timestamp) -> Option<Timestamp> {
    let from = at.checked_sub(BACK).unwrap_or(Timestamp::UNIX_EPOCH);
    job.schedule.due_range(from, at).map(|range| range.last)
}

impl Story {
    /// Reads what was written up to an instant, and the runs around it to the end.
    fn read(state: &Path, id: &JobId, at: Timestamp) -> io::Result<Story> {
        let mut story = Story::look(state, id, at)?;
        let history = History::new(state);
        // What of them has an end by now; one that only waits yet is not a record of the index.
        for n in 0..story.runs.len() {
            if !story.runs[n].is_final()
                && let Some(last) = history.run(story.runs[n].id)?
            {
                story.runs[n] = last;
            }
        }
        for run in around(&history, id, story.due(at), at)? {
            story.note(run);
        }
        story.is_known |= !story.runs.is_empty() || is_known(&history, id)?;
        story
            .runs
            .sort_by_key(|run| (run.scheduled_at.unwrap_or_else(|| run.requested()), run.id));
        Ok(story)
    }

    /// The last due time up to the instant.
    fn due(&self, at: Timestamp) -> Option<Timestamp> {
        self.job().and_then(|job| last_due(&job, at))
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
            findings.push(self.gone(id, screen));
            return findings;
        };
        let shown = |at: Option<Timestamp>| at.map_or("-".to_owned(), |at| show(at, screen));
        let next = job.schedule.next_after(at);
        let (en, fr) = (
            job.schedule.in_words(Lang::En),
            job.schedule.in_words(Lang::Fr),
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
        if let Some(from) = &self.not_renamed_from {
            say("not-renamed", reload::not_renamed(from.as_str(), id));
        }
        // Without a record there is one cause, which is found apart.
        let is_new = due.is_some_and(|due| due <= adopted.at);
        if is_new && !records.is_empty() {
            say("adopted", why::adopted(&show(adopted.at, screen)));
        }
        if let Some(ended) = self.ended {
            say("stopped", why::stopped(&show(ended, screen)));
        }
        let is_earlier = |start: &Timestamp| due.is_some_and(|due| due < *start);
        let started = self.started.filter(is_earlier);
        if let Some(start) = started.filter(|_| !records.is_empty()) {
            say("started", why::started(&show(start, screen)));
        }
        findings
    }

    /// Adds why a due time has no record, and why no file declared the job: the one cause that
    /// holds.
    fn explain(
        &self,
        id: &JobId,
        findings: &mut Vec<Finding>,
        (due, at): (Option<Timestamp>, Timestamp),
        state: &Path,
        screen: &Screen,
    ) -> io::Result<()> {
        let find = |at| unrecorded::cause(state, id, at, screen.now);
        if let Some(unknown) = findings.iter_mut().find(|it| it.code == "unknown") {
            let cause = find(at)?;
            if cause != NoRecord::Undeclared {
                unknown.text = unrecorded::because(&cause, screen);
            }
        }
        let Some(due) = due else { return Ok(()) };
        let cause = find(due)?;
        // What still holds is told with its reason already: a pause, `enabled: false`.
        if !findings.iter().any(|it| it.code == cause.code()) {
            let because = unrecorded::because(&cause, screen);
            findings.push(Finding {
                code: "no-record",
                text: why::no_record(&show(due, screen), &because),
            });
        }
        Ok(())
    }

    /// No file declares it at the instant: renamed, removed, or never there.
    fn gone(&self, id: &str, screen: &Screen) -> Finding {
        let shown = |at: Timestamp| show(at, screen);
        match (&self.renamed_to, self.removed) {
            (Some((to, at)), _) => Finding {
                code: "renamed",
                text: why::renamed(to.as_str(), at.map(shown).as_deref()),
            },
            (None, Some(at)) => Finding {
                code: "removed",
                text: why::removed(&shown(at)),
            },
            (None, None) => Finding {
                code: "unknown",
                text: why::unknown(id),
            },
        }
    }
}

/// The runs that the index knows of a due time, and those that went on at an instant.
fn around(
    history: &History,
    id: &JobId,
    due: Option<Timestamp>,
    at: Timestamp,
) -> io::Result<Vec<RunRecord>> {
    let mut found = Vec::new();
    let of_job = |since, until: Timestamp| Filter {
        job_id: Some(id.clone()),
        since,
        // The last instant that is wanted is one of those wanted.
        until: until.checked_add(SignedDuration::from_micros(1)).ok(),
        ..Filter::default()
    };
    if let Some(due) = due {
        found.extend(history.run(RunId::of_fire(id, due))?);
        // A record of many due times bears the id of the first.
        found.extend(history.page(&of_job(Some(due), due), None, PAGE)?.records);
    }
    let mut cursor = None;
    loop {
        let page = history.page(&of_job(None, at), cursor, PAGE)?;
        let is_before = |run: &RunRecord| run.finished_at.is_some_and(|end| end < at);
        // Newest end first: after a page that was over by then, all were.
        let is_enough = page.records.iter().all(is_before);
        found.extend(page.records.into_iter().filter(|run| !is_before(run)));
        cursor = page.next;
        if is_enough || cursor.is_none() {
            return Ok(found);
        }
    }
}
