//! Why a run did or did not happen, joined only from the history: schedule, pause, reload,
//! downtime, and what the record of the due time says. It costs the same whatever the size of the
//! history: the state line before the instant says what was active, and the index leads to the
//! runs.

mod canceller;
mod story;
mod unrecorded;

use std::io;
use std::path::Path;

use crate::model::job::{Job, JobId};
use crate::model::run::RunRecord;
use crate::model::run_id::RunId;
use crate::shell::journal::query::History;
use crate::shell::journal::query::filter::Filter;
use crate::shell::journal::why::story::Story;
use crate::text::Lang;
use crate::time::{SignedDuration, Timestamp};
use crate::view::answer::why::{Explanation, Finding, NoRecord};

/// Records read at once.
const PAGE: usize = 50;
/// How far back a due time is looked for.
const BACK: SignedDuration = SignedDuration::from_hours(24 * 400);

/// What the history of a state directory says of a job at an instant; `None` where it never heard
/// of the job.
///
/// # Errors
/// Those of the file system.
pub fn explain(
    state: &Path,
    history: &History,
    id: &JobId,
    (at, now): (Timestamp, Timestamp),
) -> io::Result<Option<Explanation>> {
    let story = Story::read(state, history, id, at)?;
    // A job that was first heard of after the instant is known, too.
    if !story.is_known && !Story::look(state, id, now)?.is_known {
        return Ok(None);
    }
    let job = story.job();
    let due = story.due(at);
    let records = story.records(due, at);
    let mut findings = story.findings(job.as_ref(), (due, at), &records);
    let asked = due.filter(|_| records.is_empty());
    story.explain(id, &mut findings, (asked, at), (state, now))?;
    let cancelled_by = canceller::of_all(state, &records)?;
    Ok(Some(Explanation {
        job_id: id.clone(),
        at,
        due,
        findings,
        records,
        last_line: None,
        cancelled_by,
        file_errors: Vec::new(),
    }))
}

/// The last due time up to an instant, by a job's schedule.
fn last_due(job: &Job, at: Timestamp) -> Option<Timestamp> {
    let from = at.checked_sub(BACK).unwrap_or(Timestamp::UNIX_EPOCH);
    job.schedule.due_range(from, at).map(|range| range.last)
}

impl Story {
    /// Reads what was written up to an instant, and the runs around it to the end.
    fn read(state: &Path, history: &History, id: &JobId, at: Timestamp) -> io::Result<Story> {
        let mut story = Story::look(state, id, at)?;
        // What of them has an end by now; one that only waits yet is not a record of the index.
        for n in 0..story.runs.len() {
            if !story.runs[n].is_final()
                && let Some(last) = history.run(story.runs[n].id)?
            {
                story.runs[n] = last;
            }
        }
        for run in around(history, id, story.due(at), at)? {
            story.note(run);
        }
        let of_job = Filter {
            job_id: Some(id.clone()),
            ..Filter::default()
        };
        story.is_known |=
            !story.runs.is_empty() || !history.page(&of_job, None, 1)?.records.is_empty();
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
            let is_begun = match run.scheduled_at {
                None => run.begun() <= at,
                Some(_) => run.started_at.is_some_and(|start| start <= at),
            };
            is_begun && run.finished_at.is_none_or(|end| at <= end)
        };
        let wanted = self.runs.iter().filter(|run| settles(run) || went_on(run));
        wanted.cloned().collect()
    }

    fn findings(
        &self,
        job: Option<&Job>,
        (due, at): (Option<Timestamp>, Timestamp),
        records: &[RunRecord],
    ) -> Vec<Finding> {
        let (Some(job), Some(adopted)) = (job, &self.adopted) else {
            return vec![self.gone()];
        };
        let mut findings = vec![Finding::Schedule {
            words: [Lang::En, Lang::Fr].map(|lang| job.schedule.in_words(lang)),
            due,
            next: job.schedule.next_after(at),
        }];
        if !job.enabled {
            let file = job.file.clone();
            findings.push(Finding::Disabled { file });
        }
        if let Some(pause) = self.pause.clone() {
            findings.push(Finding::Paused { pause });
        }
        if let Some(from) = self.not_renamed_from.clone() {
            findings.push(Finding::NotRenamed { from });
        }
        // Without a record there is one cause, which is found apart.
        let is_new = due.is_some_and(|due| due <= adopted.at);
        if is_new && !records.is_empty() {
            findings.push(Finding::Adopted { since: adopted.at });
        }
        if let Some(since) = self.ended {
            findings.push(Finding::Stopped { since });
        }
        let is_earlier = |start: &Timestamp| due.is_some_and(|due| due < *start);
        let started = self.started.filter(is_earlier);
        if let Some(since) = started.filter(|_| !records.is_empty()) {
            findings.push(Finding::Started { since });
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
        (state, now): (&Path, Timestamp),
    ) -> io::Result<()> {
        let find = |at| unrecorded::cause(state, id, at, now);
        for finding in findings.iter_mut() {
            if let Finding::Unknown { cause } = finding {
                *cause = Some(find(at)?).filter(|cause| *cause != NoRecord::Undeclared);
            }
        }
        let Some(due) = due else { return Ok(()) };
        let cause = find(due)?;
        // What still holds is told with its reason already: a pause, `enabled: false`.
        if !findings.iter().any(|it| it.code() == cause.code()) {
            findings.push(Finding::NoRecord { due, cause });
        }
        Ok(())
    }

    /// No file declares it at the instant: renamed, removed, or never there.
    fn gone(&self) -> Finding {
        match (self.renamed_to.clone(), self.removed) {
            (Some((to, since)), _) => Finding::Renamed { to, since },
            (None, Some(since)) => Finding::Removed { since },
            (None, None) => Finding::Unknown { cause: None },
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
