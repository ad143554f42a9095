//! What needs attention: the daemon's trouble, what ails jobs, invalid files, pauses. The heaviest
//! first; nothing is listed that needs none.

use std::collections::BTreeSet;

use crate::core::uses::Meter;
use crate::model::diagnostic::Diagnostic;
use crate::model::job::Job;
use crate::model::run::{Reason, RunRecord, Status as RunStatus};
use crate::page::chrome::{Chrome, short};
use crate::page::facet;
use crate::page::lately;
use crate::page::output;
use crate::page::past::Past;
use crate::text::pages::fill;
use crate::text::{failure, trouble};
use crate::time::Timestamp;
use crate::view::ailment::{self, Ailment, Weight};
use crate::view::status::{JobStatus, Status};
use crate::view::streak::Streak;
use crate::view::{drift, look};

/// Entries that are listed at once.
const LISTED_MAX: usize = 8;
/// Entries that are listed at all.
const FOLDED_MAX: usize = 50;

/// One entry.
#[derive(Debug, Default)]
pub struct Entry {
    /// Name of its icon.
    pub icon: &'static str,
    /// `fail` or `warn`.
    pub class: &'static str,
    /// What it is about.
    pub subject: String,
    /// The id of its job.
    pub id: Option<String>,
    /// Whether the subject is a place in a file.
    pub is_place: bool,
    /// Link to it.
    pub link: String,
    /// "failed 3 times in a row".
    pub what: String,
    /// A key with its value, as the file says it.
    pub code: Option<&'static str>,
    /// "since 28 Nov 02:15", "last success 27 Nov 02:19", "exit 1 after 3 attempts".
    pub more: Vec<String>,
    /// Whether `more` is the daemon's own English sentence.
    pub is_english: bool,
    /// The last line of its standard error.
    pub line: Option<String>,
    /// Whom to ask, and where to read on.
    pub labels: Vec<(String, String)>,
    /// What to look at.
    pub go: &'static str,
    /// Where it is.
    pub to: String,
}

/// The list.
#[derive(Debug)]
pub struct Attention {
    /// Its entries.
    pub entries: Vec<Entry>,
    /// Those that are folded away.
    pub folded: Vec<Entry>,
    /// How many there are in all.
    pub total: u64,
    /// "12 more".
    pub rest: Option<String>,
}

/// All that needs attention, the heaviest first.
pub fn attention(c: &Chrome, past: &dyn Past, status: &Status) -> Attention {
    let mut entries: Vec<Entry> = Vec::new();
    entries.extend(status.health.values().map(|sentence| trouble(c, sentence)));
    let present: Vec<&JobStatus> = status
        .jobs
        .values()
        .map(|job| &**job)
        .filter(|job| job.present)
        .collect();
    let total = entries.len() + ailing(c, past, &present, &mut entries);
    let mut others: Vec<Entry> = invalid_files(c, status);
    if present.len() > 1 && present.iter().all(|status| status.pause.is_some()) {
        others.push(all_paused(c));
    } else {
        others.extend(present.iter().filter_map(|status| paused(c, status)));
    }
    let total = (total + others.len()) as u64;
    entries.extend(others);
    entries.truncate(FOLDED_MAX);
    let folded = entries.split_off(entries.len().min(LISTED_MAX));
    let rest = total.saturating_sub(LISTED_MAX as u64);
    Attention {
        entries,
        folded,
        total,
        rest: (rest > 0).then(|| c.t.count(c.t.attn_more, rest)),
    }
}

/// What ails jobs, the heaviest first; how many are ailing. Only those that are listed are looked
/// at in detail.
fn ailing(c: &Chrome, past: &dyn Past, present: &[&JobStatus], entries: &mut Vec<Entry>) -> usize {
    let judged = present.iter().filter_map(|status| {
        let job = status.job.as_deref()?;
        let recent = match ailment::needs_records(status) {
            true => past.recent(&job.id, status.finals),
            false => [].into(),
        };
        let weight = ailment::ailment(status, &recent, c.say.now)?.weight(status, c.say.now);
        Some((weight, *status, job, recent))
    });
    let mut judged: Vec<(Weight, &JobStatus, &Job, _)> = judged.collect();
    judged.sort_by(|a, b| (a.0, &a.2.id).cmp(&(b.0, &b.2.id)));
    let total = judged.len();
    let listed = judged.into_iter().take(FOLDED_MAX);
    entries.extend(listed.filter_map(|(_, status, job, recent)| {
        let longer = lately::longer(past, job, &recent);
        let recent = longer.as_deref().unwrap_or(&recent);
        let found = ailment::ailment(status, recent, c.say.now)?;
        Some(ill(c, past, (status, job), &found))
    }));
    total
}

/// The entry of a job that something ails.
fn ill(c: &Chrome, past: &dyn Past, (status, job): (&JobStatus, &Job), found: &Ailment) -> Entry {
    let (what, mut more) = words(c, job, found);
    let run = match found {
        Ailment::Failing(streak) | Ailment::Skipped(streak) => Some(streak.newest),
        Ailment::Missed(run) => Some(*run),
        Ailment::HeldUp(_) | Ailment::Fruitless(_) | Ailment::Spent(_) => None,
    };
    let is_bad = |run: &&RunRecord| run.is_bad();
    let line = run.filter(is_bad).and_then(|run| said(c, past, run));
    if matches!(
        found,
        Ailment::Failing(_) | Ailment::Fruitless(_) | Ailment::HeldUp(_)
    ) {
        more.insert(more.len().min(1), good(c, status, job));
    }
    let run_id = match found {
        Ailment::HeldUp(held_up) => Some(held_up.run_id),
        _ => run.map(|run| run.id),
    };
    let own = format!("{}jobs/{}", c.root, job.id);
    let is_grave = matches!(
        found,
        Ailment::Failing(_) | Ailment::Fruitless(_) | Ailment::HeldUp(_)
    );
    Entry {
        icon: match found {
            Ailment::Failing(_) => "cross",
            Ailment::Missed(_) | Ailment::Skipped(_) => "skip",
            _ => "warning",
        },
        class: if is_grave { "fail" } else { "warn" },
        subject: crate::text::visible(&job.name),
        id: Some(job.id.to_string()),
        what,
        more,
        line,
        labels: facet::telling(job),
        go: if run_id.is_some() {
            c.t.attn_see_run
        } else {
            c.t.attn_see_job
        },
        to: run_id.map_or_else(|| own.clone(), |id| format!("{}runs/{id}", c.root)),
        link: own,
        ..Entry::default()
    }
}

/// What a failed run said last: its own report, why it could not start, or the last line that it
/// wrote.
fn said(c: &Chrome, past: &dyn Past, run: &RunRecord) -> Option<String> {
    let is_told = matches!(run.reason, Some(Reason::Reported | Reason::StartFailed));
    let error = run.error.as_deref().filter(|_| is_told);
    let error = error.map(|text| crate::text::visible(failure::read(text).get(c.t.lang)));
    error.or_else(|| output::last_lines(past, run.id, 1).pop())
}

/// What happened, and what is to be known of it.
fn words(c: &Chrome, job: &Job, found: &Ailment) -> (String, Vec<String>) {
    match found {
        Ailment::Failing(streak) => failing(c, job, streak),
        Ailment::Skipped(streak) => {
            let why = look::whole_why(streak.newest, c.t);
            (
                c.t.count(c.t.attn_skipped, streak.count),
                vec![begun(c, job, streak.since), why],
            )
        }
        Ailment::Missed(run) => {
            let at = run.finished_at.or(run.scheduled_at).unwrap_or(c.say.now);
            let what = fill(c.t.attn_missed, &[("rel", &c.say.ago(at))]);
            let due = run.scheduled_at.map(|at| c.say.when(at, c.zone_of(job)));
            (
                what,
                due.into_iter().chain([look::whole_why(run, c.t)]).collect(),
            )
        }
        Ailment::HeldUp(found) => {
            let due = c.t.count(c.t.attn_due, found.due_times);
            (
                c.t.attn_held_up.to_owned(),
                vec![begun(c, job, found.since), due],
            )
        }
        Ailment::Fruitless(found) => {
            let due = c.t.count(c.t.attn_due, found.due_times);
            (
                c.t.attn_fruitless.to_owned(),
                vec![begun(c, job, found.since), due],
            )
        }
        Ailment::Spent(meter) => (c.t.attn_spent.to_owned(), spent(c, job, meter)),
    }
}

fn failing(c: &Chrome, job: &Job, streak: &Streak) -> (String, Vec<String>) {
    let run = streak.newest;
    let at = run.finished_at.or(run.scheduled_at).unwrap_or(c.say.now);
    let is_cut = run.status == RunStatus::Interrupted;
    let what = match (streak.count, is_cut) {
        (0 | 1, true) => fill(c.t.attn_interrupted, &[("rel", &c.say.ago(at))]),
        (0 | 1, false) => fill(c.t.attn_failed, &[("rel", &c.say.ago(at))]),
        (n, _) => c.t.count(c.t.attn_failed_n, n),
    };
    let mut why = if is_cut {
        c.t.attn_interrupted_d.to_owned()
    } else {
        look::whole_why(run, c.t)
    };
    if run.attempt > 1 {
        why += &format!(" {}", c.t.count(c.t.attn_failed_d, run.attempt.into()));
    }
    (what, vec![begun(c, job, streak.since), why])
}

fn spent(c: &Chrome, job: &Job, meter: &Meter) -> Vec<String> {
    let (left, limit) = (c.t.number(meter.left()), c.t.number(meter.limit));
    let left = fill(c.t.lim_left, &[("a", &left), ("b", &limit)]);
    let frees = meter.frees_at.map(|at| {
        let at = c.say.soon(at, c.zone_of(job));
        fill(c.t.lim_frees, &[("t", &at)])
    });
    [left].into_iter().chain(frees).collect()
}

/// "since 28 Nov 02:15".
fn begun(c: &Chrome, job: &Job, since: Timestamp) -> String {
    fill(c.t.attn_begun, &[("t", &c.say.when(since, c.zone_of(job)))])
}

/// "last success 27 Nov 02:19".
fn good(c: &Chrome, status: &JobStatus, job: &Job) -> String {
    match status.last_success {
        Some(at) => fill(c.t.attn_good, &[("t", &c.say.when(at, c.zone_of(job)))]),
        None => c.t.attn_no_good.to_owned(),
    }
}

fn invalid_files(c: &Chrome, status: &Status) -> Vec<Entry> {
    let mut seen = BTreeSet::new();
    let errors = status.diagnostics.iter();
    let errors = errors.filter(|finding| finding.is_error());
    let firsts = errors.filter(|finding| seen.insert(finding.path.as_str()));
    firsts.map(|finding| invalid(c, status, finding)).collect()
}

fn trouble(c: &Chrome, sentence: &str) -> Entry {
    let text = trouble::text(sentence);
    Entry {
        icon: "cross",
        class: "fail",
        subject: c.t.attn_health.to_owned(),
        link: format!("{}health", c.root),
        more: vec![text.get(c.t.lang).to_owned()],
        is_english: text.en == text.fr,

        go: c.t.attn_see_health,
        to: format!("{}health", c.root),
        ..Entry::default()
    }
}

fn invalid(c: &Chrome, status: &Status, finding: &Diagnostic) -> Entry {
    let name = finding.path.rsplit('/').next().unwrap_or(&finding.path);
    let kept = match drift::in_force(status, finding) {
        None => c.t.attn_no_version.to_owned(),
        Some(version) => version.revision.as_deref().map_or_else(
            || c.t.attn_kept.to_owned(),
            |revision| fill(c.t.attn_invalid_d, &[("rev", &short(revision))]),
        ),
    };
    let is_settings = !finding.path.contains('/') && name == "jobsd.yaml";
    Entry {
        icon: "warning",
        class: "warn",
        subject: crate::text::visible(&format!(
            "{name}:{}:{}",
            finding.span.line, finding.span.column
        )),
        is_place: true,
        link: format!("{}config", c.root),
        what: c.t.attn_invalid.to_owned(),
        more: if is_settings { Vec::new() } else { vec![kept] },
        go: c.t.attn_see_diag,
        to: format!("{}config", c.root),
        ..Entry::default()
    }
}

fn paused(c: &Chrome, status: &JobStatus) -> Option<Entry> {
    let (job, pause) = (status.job.as_ref()?, status.pause.as_ref()?);
    let who = [
        ("who", pause.by.who.as_str()),
        ("rel", &c.say.ago_in_full(pause.at)),
    ];
    let reason = pause
        .reason
        .as_deref()
        .map_or(String::new(), |reason| format!(" · {reason}"));
    Some(Entry {
        icon: "drift",
        class: "warn",
        subject: crate::text::visible(&job.name),
        link: format!("{}jobs/{}", c.root, job.id),
        what: c.t.attn_drift.to_owned(),
        code: Some(if job.enabled {
            "enabled: true"
        } else {
            "enabled: false"
        }),
        more: vec![crate::text::visible(
            &(fill(c.t.attn_drift_d, &who) + &reason),
        )],
        id: Some(job.id.to_string()),
        labels: facet::telling(job),
        go: c.t.attn_see_drift,
        to: format!("{}config#drift", c.root),
        ..Entry::default()
    })
}

fn all_paused(c: &Chrome) -> Entry {
    Entry {
        icon: "pause",
        class: "warn",
        subject: c.t.paused_all.to_owned(),
        link: format!("{}?s=paused", c.root),
        go: c.t.attn_see_drift,
        to: format!("{}config#drift", c.root),
        ..Entry::default()
    }
}
