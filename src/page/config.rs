//! `/config`: revision, findings with their source, where the daemon differs from the files,
//! reloads.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::event::Reloaded;
use crate::page::card::next_due;
use crate::page::chrome::{Chrome, short};
use crate::page::facts::Facts;
use crate::page::past::Past;
use crate::page::reply::Reply;
use crate::text::pages::fill;
use crate::text::secret;
use crate::view::code::{self, Piece};
use crate::view::look::Look;
use crate::view::status::Status;
use crate::view::{api, drift};

/// Findings that are shown with their source.
const SHOWN_MAX: usize = 50;
/// Reloads that are listed.
const RELOADS_SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "config.html")]
struct ConfigPage {
    c: Chrome,
    revision: String,
    commit: Option<String>,
    reload: Option<(String, String)>,
    folder: String,
    restart: String,
    blind: Option<String>,
    valid: String,
    invalid: u64,
    warnings: String,
    files: Vec<FileFindings>,
    more: Option<String>,
    drift: Vec<Drift>,
    reloads: Vec<Reload>,
}

/// The findings of a file.
struct FileFindings {
    path: String,
    look: Look,
    findings: Vec<Finding>,
    kept: Option<String>,
}

/// A finding with its source.
pub struct Finding {
    /// `error`, `warning` or `note`, in words.
    pub severity: &'static str,
    /// Its look.
    pub look: Look,
    /// Its code.
    pub code: &'static str,
    /// `file:line:column`.
    pub place: String,
    /// `line:column`.
    pub at: String,
    /// What is wrong.
    pub message: Vec<Piece>,
    /// The lines around it.
    pub lines: Vec<Line>,
    /// Link to the line on the git host.
    pub open: Option<(String, String)>,
}

/// A line of a source.
pub struct Line {
    /// Its number; none for the mark below.
    pub number: Option<usize>,
    /// Its class.
    pub class: &'static str,
    /// Its pieces.
    pub pieces: Vec<Piece>,
}

struct Drift {
    id: String,
    file: &'static str,
    what: String,
}

struct Reload {
    when: String,
    full: String,
    revision: String,
    subject: String,
    /// Job ids with what happened to them; no id where there are too many to name.
    changes: Vec<(&'static str, String)>,
    /// What stands in place of them.
    change: String,
    look: Look,
    result: String,
    took: String,
}

/// `GET /config`
pub fn page(facts: &Facts, past: &dyn Past) -> Reply {
    let status = &facts.status;
    let mut c = Chrome::new(facts, "config", facts.say().t.c_title.to_owned());
    (c.live, c.refresh) = (true, Some(60));
    let invalid = api::invalid_files(status).len();
    let warnings = status
        .diagnostics
        .iter()
        .filter(|finding| finding.severity == Severity::Warning);
    let warnings = c.t.count(c.t.c_warnings, warnings.count() as u64);
    let mut order: Vec<&Diagnostic> = status.diagnostics.iter().collect();
    order.sort_by_key(|finding| finding.severity);
    let more = order.len().saturating_sub(SHOWN_MAX) as u64;
    let mut sources = BTreeMap::new();
    let shown = order.into_iter().take(SHOWN_MAX);
    let mut files: Vec<FileFindings> = Vec::new();
    for finding in shown {
        let source = sources
            .entry(finding.path.clone())
            .or_insert_with(|| source(past, &finding.path));
        let path = crate::text::visible(&finding.path);
        let words = show(finding, source.as_deref(), &c);
        match files.iter_mut().find(|file| file.path == path) {
            Some(file) => file.findings.push(words),
            None => files.push(FileFindings {
                path,
                look: words.look,
                kept: finding.is_error().then(|| kept(finding, status, &c)),
                findings: vec![words],
            }),
        }
    }
    Reply::page(&ConfigPage {
        revision: status
            .revision
            .as_deref()
            .map_or_else(|| c.t.c_no_git.to_owned(), short),
        commit: status.commit.as_ref().map(|commit| {
            let from = status.branch.as_deref().unwrap_or(&commit.author);
            format!("{} · {}", crate::text::visible(from), c.say.ago(commit.at))
        }),
        folder: crate::text::visible(&facts.addresses.jobs_dir.to_string_lossy()),
        restart: status.restart_needed.join(", "),
        blind: status.blind.clone(),
        reload: status.reloads.front().map(|reload| {
            let clock = crate::view::say::format(reload.at, &c.zone, "%H:%M:%S %Z");
            let took = c.t.number(reload.took_ms);
            (c.say.ago(reload.at), format!("{clock} · {took}\u{a0}ms"))
        }),
        valid: c
            .t
            .count(c.t.c_valid, status.files.saturating_sub(invalid) as u64),
        invalid: invalid as u64,
        warnings,
        files,
        more: (more > 0).then(|| c.t.count(c.t.attn_more, more)),
        drift: differences(status, &c),
        reloads: reloads(status, &c),
        c,
    })
}

fn source(past: &dyn Past, path: &str) -> Option<String> {
    let bytes = past.file(path)?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// A finding with the lines around it and a mark below them.
pub fn show(finding: &Diagnostic, source: Option<&str>, c: &Chrome) -> Finding {
    let (severity, look) = match finding.severity {
        Severity::Error => (c.t.c_error, Look::Fail),
        Severity::Warning => (c.t.c_warning, Look::Warn),
        Severity::Note => (c.t.c_note, Look::Mute),
    };
    let line = finding.span.line;
    let link = c.git.edit(&finding.path, line);
    let words = fill(c.t.c_open, &[("n", &line.to_string())]);
    Finding {
        severity,
        look,
        code: finding.code,
        place: crate::text::visible(&finding.place()),
        at: format!("{line}:{}", finding.span.column),
        message: code::marked(finding.message.get(c.t.lang)),
        lines: source.map_or_else(Vec::new, |text| snippet(finding, text, c)),
        open: link.map(|link| (link, words)),
    }
}

/// Two lines above the place, the line itself, what to do below it, and one line more.
pub fn snippet(finding: &Diagnostic, text: &str, c: &Chrome) -> Vec<Line> {
    let (bad, mark) = match finding.severity {
        Severity::Error => ("bad", "mark"),
        _ => ("wrn", "mark w"),
    };
    let at = finding.span.line;
    let help = finding.help.get(c.t.lang);
    let mut lines = Vec::new();
    let shown = secret::lines_covered(text).enumerate();
    for (n, line) in shown.map(|(n, line)| (n + 1, line)) {
        if n + 2 < at || n > at + 1 {
            continue;
        }
        lines.push(Line {
            number: Some(n),
            class: if n == at { bad } else { "" },
            pieces: code::yaml(&line),
        });
        if n == at {
            let column = finding.span.column.saturating_sub(1).min(400);
            let is_inside =
                finding.span.end_line == at && finding.span.end_column > finding.span.column;
            let width = if is_inside {
                finding.span.end_column - finding.span.column
            } else {
                1
            };
            let marks = format!("{}{} {help}", " ".repeat(column), "^".repeat(width.min(80)));
            lines.push(Line {
                number: None,
                class: mark,
                pieces: vec![Piece {
                    class: "",
                    text: marks,
                    is_link: false,
                }],
            });
        }
    }
    lines
}

/// Which version of the job stays in force.
fn kept(finding: &Diagnostic, status: &Status, c: &Chrome) -> String {
    let Some(version) = drift::in_force(status, finding) else {
        let is_settings = finding.path.ends_with("jobsd.yaml");
        return if is_settings {
            String::new()
        } else {
            c.t.c_none_kept.to_owned()
        };
    };
    let next = status
        .jobs
        .get(&version.job_id)
        .and_then(|shown| next_due(shown));
    let rel = next.map(|at| c.say.until(at));
    match (version.revision.as_deref().map(short), rel) {
        (Some(rev), Some(rel)) => fill(c.t.c_kept, &[("rev", &rev), ("rel", &rel)]),
        (None, Some(rel)) => fill(c.t.c_in_force, &[("rel", &rel)]),
        (_, None) => c.t.c_in_force_idle.to_owned(),
    }
}

fn differences(status: &Status, c: &Chrome) -> Vec<Drift> {
    let shown = status.jobs.values().filter(|shown| shown.present);
    let paused = shown.filter_map(|shown| Some((shown.job.as_ref()?, shown.pause.as_ref()?)));
    let rows = paused.map(|(job, pause)| {
        let mut what = format!("{} · {}", pause.by.who, c.say.when(pause.at, &c.zone));
        if let Some(until) = pause.until {
            what += &format!(
                " · {}",
                fill(c.t.rd_until, &[("t", &c.say.fire(until, &c.zone))])
            );
        }
        if let Some(reason) = &pause.reason {
            what += &format!(" · {reason}");
        }
        Drift {
            id: job.id.to_string(),
            file: if job.enabled {
                "enabled: true"
            } else {
                "enabled: false"
            },
            what: crate::text::visible(&what),
        }
    });
    rows.collect()
}

/// Jobs of a reload that are named; of more only the numbers are told.
const CHANGES_NAMED_MAX: usize = 4;

/// What a reload changed: the jobs by id where they are few.
fn changes(reload: &Reloaded) -> Vec<(&'static str, String)> {
    let lists = [
        ("+", &reload.added),
        ("~", &reload.changed),
        ("−", &reload.removed),
    ];
    let named = lists
        .iter()
        .flat_map(|(sign, ids)| ids.iter().map(|id| (*sign, id.to_string())));
    let renamed = reload.renamed.iter();
    let renamed = renamed.map(|pair| ("→", pair.to.to_string()));
    named.chain(renamed).collect()
}

/// How many jobs a reload changed, by what happened to them.
fn change_counts(reload: &Reloaded) -> String {
    let counts = [
        ("+", reload.counts.added.max(reload.added.len())),
        ("~", reload.counts.changed.max(reload.changed.len())),
        ("−", reload.counts.removed.max(reload.removed.len())),
        ("→", reload.counts.renamed.max(reload.renamed.len())),
    ];
    let some = counts.into_iter().filter(|(_, n)| *n > 0);
    let parts: Vec<String> = some.map(|(sign, n)| format!("{sign}{n}")).collect();
    parts.join(" ")
}

/// The reloads, newest first; those that changed nothing share a row.
fn reloads(status: &Status, c: &Chrome) -> Vec<Reload> {
    let list: Vec<&Reloaded> = status.reloads.iter().collect();
    let is_idle = |place: usize| {
        let one = list[place];
        change_counts(one).is_empty() && fresh_errors(one, list.get(place + 1).copied()) == 0
    };
    let (mut rows, mut place) = (Vec::new(), 0);
    while place < list.len() && rows.len() < RELOADS_SHOWN {
        let run = (place..list.len())
            .take_while(|place| is_idle(*place))
            .count();
        let mut row = reload(list[place], list.get(place + 1).copied(), c);
        if run > 1 {
            row.change = c.t.count(c.t.c_idle, run as u64);
        }
        rows.push(row);
        place += run.max(1);
    }
    rows
}

/// Files that a reload refused and the one before it did not.
fn fresh_errors(reload: &Reloaded, before: Option<&Reloaded>) -> usize {
    let path = |error: &String| error.split(':').next().unwrap_or("").to_owned();
    let known: BTreeSet<String> = before
        .into_iter()
        .flat_map(|it| it.errors.iter().map(path))
        .collect();
    let found: BTreeSet<String> = reload.errors.iter().map(path).collect();
    found.difference(&known).count()
}

/// The subject of the commit that a reload brought. What was not committed yet has none: that of
/// the commit before would name another change.
fn subject(reload: &Reloaded, c: &Chrome) -> String {
    if reload
        .revision
        .as_deref()
        .is_some_and(|revision| revision.ends_with('+'))
    {
        return c.t.c_uncommitted.to_owned();
    }
    let commit = reload.commit.as_ref();
    commit.map_or_else(String::new, |commit| {
        crate::text::visible(&commit.subject)
            .chars()
            .take(200)
            .collect()
    })
}

fn reload(reload: &Reloaded, before: Option<&Reloaded>, c: &Chrome) -> Reload {
    let counts = change_counts(reload);
    let mut changes = changes(reload);
    if changes.len() > CHANGES_NAMED_MAX {
        changes.clear();
    }
    let (look, result) = match fresh_errors(reload, before) {
        0 => (Look::Ok, c.t.c_applied.to_owned()),
        n => (Look::Warn, c.t.count(c.t.c_partial, n as u64)),
    };
    let is_today = c.say.day(reload.at, &c.zone) == c.t.when_today;
    Reload {
        when: if is_today {
            c.say.ago(reload.at)
        } else {
            c.say.when(reload.at, &c.zone)
        },
        full: c.say.full(reload.at, &c.zone),
        revision: reload.revision.as_deref().map_or_else(String::new, short),
        change: match (counts.is_empty(), changes.is_empty()) {
            (true, _) => c.t.c_nothing_changed.to_owned(),
            (false, true) => counts,
            (false, false) => String::new(),
        },
        changes,
        look,
        result,
        subject: subject(reload, c),
        took: format!("{}\u{a0}ms", c.t.number(reload.took_ms)),
    }
}
