//! What needs attention: the daemon's trouble, failing jobs, invalid files. Nothing is listed that
//! needs none.

use crate::model::diagnostic::Diagnostic;
use crate::model::job::Job;
use crate::model::run::{Reason, RunRecord, Status as RunStatus};
use crate::page::chrome::{Chrome, short};
use crate::text::pages::fill;
use crate::text::trouble;
use crate::view::status::{JobStatus, Status};
use crate::view::{drift, look, standstill};

/// Entries that are listed; the rest is a number.
const LISTED_MAX: usize = 8;

/// One entry.
#[derive(Debug)]
pub struct Entry {
    /// Name of its icon.
    pub icon: &'static str,
    /// `fail` or `warn`.
    pub class: &'static str,
    /// What it is about.
    pub subject: String,
    /// Whether that is a place in a file.
    pub is_place: bool,
    /// Link to it.
    pub link: String,
    /// "failed 8 h ago".
    pub what: String,
    /// A key with its value, as the file says it.
    pub code: Option<&'static str>,
    /// "exit 1 after 3 attempts".
    pub more: String,
    /// Whether `more` is the daemon's own English sentence.
    pub is_english: bool,
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
    /// How many there are in all.
    pub total: u64,
    /// "12 more".
    pub rest: Option<String>,
}

/// All that needs attention, worst first.
pub fn attention(c: &Chrome, status: &Status) -> Attention {
    let mut entries: Vec<Entry> = Vec::new();
    entries.extend(status.health.values().map(|sentence| trouble(c, sentence)));
    let jobs = status.jobs.values().filter(|job| job.present);
    let of_jobs = jobs.filter_map(|status| Some((status, status.job.as_ref()?)));
    entries.extend(of_jobs.filter_map(|(status, job)| failing(c, status, job)));
    let present = status.jobs.values().filter(|job| job.present);
    entries.extend(present.filter_map(|status| stuck(c, status)));
    let mut seen = std::collections::BTreeSet::new();
    let errors = status
        .diagnostics
        .iter()
        .filter(|finding| finding.is_error());
    let firsts = errors.filter(|finding| seen.insert(finding.path.as_str()));
    entries.extend(firsts.map(|finding| invalid(c, status, finding)));
    let shown: Vec<&JobStatus> = status
        .jobs
        .values()
        .map(|job| &**job)
        .filter(|job| job.present)
        .collect();
    let paused = shown.iter().filter_map(|status| paused(c, status));
    if shown.len() > 1 && shown.iter().all(|status| status.pause.is_some()) {
        entries.push(all_paused(c));
    } else {
        entries.extend(paused);
    }
    let total = entries.len() as u64;
    entries.truncate(LISTED_MAX);
    let rest = total.saturating_sub(LISTED_MAX as u64);
    Attention {
        entries,
        total,
        rest: (rest > 0).then(|| c.t.count(c.t.attn_more, rest)),
    }
}

/// Whether a job's last run failed, or a due time after it was missed.
pub fn is_failing(status: &JobStatus) -> bool {
    bad_run(status).is_some()
}

/// The run that makes a job fail: its last one that is over, where it ended badly, or a later miss.
fn bad_run(status: &JobStatus) -> Option<&RunRecord> {
    let newest = status.last_final.as_deref();
    let missed = newest.filter(|run| {
        let is_loss = matches!(run.reason, Some(Reason::Late | Reason::Downtime));
        run.status == RunStatus::Missed && is_loss
    });
    missed.or(status.failing())
}

fn trouble(c: &Chrome, sentence: &str) -> Entry {
    let text = trouble::text(sentence);
    Entry {
        icon: "cross",
        class: "fail",
        subject: c.t.attn_health.to_owned(),
        is_place: false,
        link: format!("{}health", c.root),
        what: String::new(),
        code: None,
        more: text.get(c.t.lang).to_owned(),
        is_english: text.en == text.fr,
        go: c.t.attn_see_health,
        to: format!("{}health", c.root),
    }
}

fn failing(c: &Chrome, status: &JobStatus, job: &Job) -> Option<Entry> {
    let run = bad_run(status)?;
    let at = run.finished_at.or(run.scheduled_at)?;
    let why = look::whole_why(run, c.t);
    let (what, more) = match run.status {
        RunStatus::Missed => (c.t.attn_missed, why),
        RunStatus::Interrupted => (c.t.attn_interrupted, c.t.attn_interrupted_d.to_owned()),
        _ => {
            let attempts = c.t.count(c.t.attn_failed_d, run.attempt.into());
            let more = if run.attempt > 1 {
                format!("{why} {attempts}")
            } else {
                why
            };
            (c.t.attn_failed, more)
        }
    };
    let is_miss = run.status == RunStatus::Missed;
    Some(Entry {
        icon: if is_miss { "skip" } else { "cross" },
        class: if is_miss { "warn" } else { "fail" },
        subject: crate::text::visible(&job.name),
        is_place: false,
        link: format!("{}jobs/{}", c.root, job.id),
        what: fill(what, &[("rel", &c.say.ago(at))]),
        code: None,
        more,
        is_english: false,
        go: c.t.attn_see_run,
        to: format!("{}runs/{}", c.root, run.id),
    })
}

/// A job whose due times pass behind a run that does not end, or without a success that its last
/// run would tell of.
fn stuck(c: &Chrome, status: &JobStatus) -> Option<Entry> {
    let job = status.job.as_ref()?;
    let own = format!("{}jobs/{}", c.root, job.id);
    let count = |due: u64, since| {
        let span = c.say.now.duration_since(since).as_secs().max(0);
        let span = c.say.rough(span.unsigned_abs());
        let due = c.t.count(c.t.attn_due, due);
        format!("{due} {}", fill(c.t.attn_since, &[("rel", &span)]))
    };
    let (what, more, go, to) = match standstill::stuck(status, c.say.now) {
        Some(found) => (
            c.t.attn_held_up,
            count(found.due_times, found.since),
            c.t.attn_see_run,
            format!("{}runs/{}", c.root, found.run_id),
        ),
        None => {
            let found = standstill::fruitless(status, c.say.now).filter(|_| !is_failing(status))?;
            let more = count(found.due_times, found.since);
            (c.t.attn_fruitless, more, c.t.attn_see_job, own.clone())
        }
    };
    Some(Entry {
        icon: "warning",
        class: "fail",
        subject: crate::text::visible(&job.name),
        is_place: false,
        link: own,
        what: what.to_owned(),
        code: None,
        more,
        is_english: false,
        go,
        to,
    })
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
        code: None,
        more: if is_settings { String::new() } else { kept },
        is_english: false,
        go: c.t.attn_see_diag,
        to: format!("{}config", c.root),
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
        is_place: false,
        link: format!("{}jobs/{}", c.root, job.id),
        what: c.t.attn_drift.to_owned(),
        code: Some(if job.enabled {
            "enabled: true"
        } else {
            "enabled: false"
        }),
        more: crate::text::visible(&(fill(c.t.attn_drift_d, &who) + &reason)),
        is_english: false,
        go: c.t.attn_see_drift,
        to: format!("{}config#drift", c.root),
    })
}

fn all_paused(c: &Chrome) -> Entry {
    Entry {
        icon: "pause",
        class: "warn",
        subject: c.t.paused_all.to_owned(),
        is_place: false,
        link: format!("{}?s=paused", c.root),
        what: String::new(),
        code: None,
        more: String::new(),
        is_english: false,
        go: c.t.attn_see_drift,
        to: format!("{}config#drift", c.root),
    }
}
