//! The banner of a job that fails: since when, the last good run, the last lines of its output, and
//! what changed in its definition since that run.

use serde_json::Value;

use crate::model::job::Job;
use crate::model::run::{Reason, RunRecord};
use crate::page::card::When;
use crate::page::chrome::{Chrome, short};
use crate::page::lately;
use crate::page::output;
use crate::page::past::Past;
use crate::text::pages::fill;
use crate::text::{failure, visible};
use crate::time::Timestamp;
use crate::view::diff::{self, Change};
use crate::view::look;
use crate::view::status::JobStatus;
use crate::view::streak;

/// Lines of output that are shown.
const LINES: usize = 3;
/// Keys that are named.
const KEYS_MAX: usize = 12;
/// Lines of a value that are shown.
const VALUE_LINES_MAX: usize = 12;

/// The banner.
pub struct Failing {
    /// "Failing since 28 Nov 02:15, 3 times in a row".
    pub title: String,
    /// The newest failed run.
    pub run_id: String,
    /// "exit code 1 after 3 attempts".
    pub why: String,
    /// The last lines that it wrote.
    pub lines: Vec<String>,
    /// The last good run.
    pub good: Option<Good>,
    /// What changed since that run; `None` where the definition of then is not kept.
    pub changes: Option<Vec<Changed>>,
    /// "Changed in its file since, 28 Nov 15:02 at commit 6a46cd9".
    pub changed: String,
}

/// A good run.
pub struct Good {
    /// Its id.
    pub id: String,
    /// When it began.
    pub at: When,
    /// The commit of the files.
    pub revision: Option<String>,
}

/// A key that changed.
pub struct Changed {
    /// The key.
    pub key: String,
    /// Its old value, where it is short.
    pub old: String,
    /// Its new value.
    pub new: String,
    /// The lines that differ, of a value of several: whether new, and the line.
    pub lines: Vec<(bool, String)>,
}

/// The banner of a job; `None` where its last run did not end badly.
pub fn of(past: &dyn Past, c: &Chrome, status: &JobStatus, job: &Job) -> Option<Failing> {
    let newest = status.failing()?;
    let recent = past.recent(&job.id, status.finals);
    let longer = lately::longer(past, job, &recent);
    let streak = streak::failures(longer.as_deref().unwrap_or(&recent));
    let (since, count) = match streak {
        Some(streak) => (streak.since, streak.count),
        None => (newest.started_at.or(newest.finished_at)?, 1),
    };
    let good = lately::last_good(past, job, since);
    let (changed, changes) = match &good {
        Some(good) => changes(past, c, (status, job), good),
        None => (String::new(), None),
    };
    Some(Failing {
        title: title(c, job, since, count),
        run_id: newest.id.to_string(),
        why: why(c, newest),
        lines: output::last_lines(past, newest.id, LINES),
        good: good.and_then(|run| {
            Some(Good {
                at: When::past(run.started_at.or(run.finished_at)?, job, c),
                id: run.id.to_string(),
                revision: run.revision.as_deref().map(short),
            })
        }),
        changes,
        changed,
    })
}

fn title(c: &Chrome, job: &Job, since: Timestamp, count: u64) -> String {
    let since = c.say.when(since, c.zone_of(job));
    let text = fill(c.t.jd_failing, &[("t", &since)]);
    match count {
        0 | 1 => text,
        n => format!("{text}, {}", c.t.count(c.t.jd_in_a_row, n)),
    }
}

fn why(c: &Chrome, run: &RunRecord) -> String {
    let mut why = look::whole_why(run, c.t);
    if run.attempt > 1 {
        why += &format!(" {}", c.t.count(c.t.attn_failed_d, run.attempt.into()));
    }
    let is_told = matches!(run.reason, Some(Reason::Reported | Reason::StartFailed));
    if let Some(error) = run.error.as_deref().filter(|_| is_told) {
        why += &format!(" · {}", visible(failure::read(error).get(c.t.lang)));
    }
    why
}

/// What changed between the definition of a good run and the one in force.
fn changes(
    past: &dyn Past,
    c: &Chrome,
    (status, job): (&JobStatus, &Job),
    good: &RunRecord,
) -> (String, Option<Vec<Changed>>) {
    let at = good.started_at.or(good.finished_at);
    let old = at.and_then(|at| past.adopted(&job.id, at));
    let Some(old) = old.as_ref().and_then(|old| old.definition.as_ref()) else {
        return (String::new(), None);
    };
    let keys = diff::keys(&old.value(), &job.definition.value());
    let shown: Vec<Changed> = keys.iter().take(KEYS_MAX).map(changed).collect();
    let when = status.updated_at().map(|at| c.say.when(at, c.zone_of(job)));
    let when = when.unwrap_or_default();
    let words = match (shown.is_empty(), status.revision()) {
        (true, _) => c.t.jd_unchanged.to_owned(),
        (false, Some(revision)) => fill(
            c.t.jd_changed_at,
            &[("t", &when), ("rev", &short(revision))],
        ),
        (false, None) => fill(c.t.jd_changed, &[("t", &when)]),
    };
    (words, Some(shown))
}

fn changed((key, old, new): &diff::Key) -> Changed {
    let (before, after) = (text(old), text(new));
    let is_long = before.contains('\n') || after.contains('\n');
    let lines = diff::diff(&before, &after)
        .into_iter()
        .filter_map(|line| match line {
            Change::Same(_) => None,
            Change::Gone(line) => Some((false, visible(line))),
            Change::New(line) => Some((true, visible(line))),
        });
    Changed {
        key: key.clone(),
        lines: if is_long {
            lines.take(VALUE_LINES_MAX).collect()
        } else {
            Vec::new()
        },
        old: if is_long {
            String::new()
        } else {
            visible(&before)
        },
        new: if is_long {
            String::new()
        } else {
            visible(&after)
        },
    }
}

/// A value as one reads it; nothing where the key is not there.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
