//! `jobsd why` in words: the one reason, the last line that the run wrote, what to type next, and
//! what else was so.

use serde_json::Value;

use crate::model::run::{Reason, RunRecord};
use crate::render::runs::{result, took};
use crate::render::screen::{Screen, Tint, span, wrapped};
use crate::text::control::file_is_bad;
use crate::text::{Text, reload, visible};
use crate::time::{Timestamp, rfc3339};
use crate::view::answer::command::{WhyAnswer, WhyFinding};
use crate::view::answer::why::{Because, Explanation, Finding, NoRecord};
use crate::view::{document, why};

/// Columns before what a head is about.
const HEAD_COLUMNS: usize = 13;

/// The answer for people.
pub fn text(answer: &Explanation, screen: &Screen) -> String {
    let because = answer.because();
    let mut text = head(answer, because, screen);
    let mut line = |head: &str, body: &str| {
        let indent = if head.is_empty() { 2 } else { HEAD_COLUMNS };
        let body = match screen.width {
            Some(width) => {
                let lines = wrapped(body, width.saturating_sub(indent).max(20));
                lines.join(&format!("\n{}", " ".repeat(indent)))
            }
            None => body.to_owned(),
        };
        let width = indent - 2;
        text += &format!("  {head:<width$}{body}\n");
    };
    if let Some(because) = because {
        line(
            "",
            &visible(reason(because, answer, screen).get(screen.lang)),
        );
    }
    if let Some(last) = &answer.last_line {
        line(screen.say("last line", "fin"), &visible(last));
    }
    if let Some(next) = answer.try_next() {
        line(screen.say("next", "ensuite"), &next);
    }
    if let Some(error) = answer.file_errors.first() {
        let words = file_is_bad(&visible(error));
        line(screen.say("also", "aussi"), words.get(screen.lang));
    }
    let others = answer.findings.iter();
    for finding in others.filter(|it| because != Some(Because::Finding(it))) {
        let what = match finding {
            Finding::Schedule { .. } => screen.say("schedule", "échéances"),
            _ => screen.say("also", "aussi"),
        };
        line(
            what,
            &visible(of_finding(finding, answer, screen).get(screen.lang)),
        );
    }
    for run in answer
        .records
        .iter()
        .filter(|run| because != Some(Because::Run(run)))
    {
        line(screen.say("also", "aussi"), &other_run(run, answer, screen));
    }
    text
}

/// The job, the due time or the instant in question, and how it ended.
fn head(answer: &Explanation, because: Option<Because<'_>>, screen: &Screen) -> String {
    let id = &answer.job_id;
    // A manual run has no due time: its own start is what the answer is about.
    let manual = match because {
        Some(Because::Run(run)) if answer.due.is_none() => {
            Some(run).filter(|run| run.scheduled_at.is_none())
        }
        _ => None,
    };
    let at = manual.map_or(answer.due.unwrap_or(answer.at), RunRecord::begun);
    let origin = manual.map_or("", |_| screen.say("manual  ", "manuelle  "));
    let (shown, tint) = match because {
        Some(Because::Run(run)) => {
            let cell = result(run, screen);
            let shown = if screen.is_terminal() {
                cell.shown
            } else {
                cell.raw
            };
            (shown, cell.tint)
        }
        Some(because) => (format!("- {}", because.code()), Tint::Yellow),
        None => ("-".to_owned(), Tint::Plain),
    };
    format!(
        "{id}  {}  {origin}{}\n",
        show(at, screen),
        screen.paint(&shown, tint)
    )
}

/// A record beside the reason.
fn other_run(run: &RunRecord, answer: &Explanation, screen: &Screen) -> String {
    let due = run
        .scheduled_at
        .map_or("-".to_owned(), |at| show(at, screen));
    let (result, words) = (result(run, screen), of_record(run, answer));
    let id = match screen.is_terminal() {
        true => run.id.short(),
        false => run.id.to_string(),
    };
    let shown = if screen.is_terminal() {
        result.shown
    } else {
        result.raw
    };
    format!("{due}  {shown}  {} ({id})", visible(words.get(screen.lang)))
}

fn reason(because: Because<'_>, answer: &Explanation, screen: &Screen) -> Text {
    match because {
        Because::Run(run) => of_record(run, answer),
        Because::Finding(finding) => of_finding(finding, answer, screen),
    }
}

/// What a record says; of a run that somebody cancelled also who, and after how long.
fn of_record(run: &RunRecord, answer: &Explanation) -> Text {
    let by = answer.cancelled_by.get(&run.id);
    let after = run.started_at.and_then(|_| took(run)).map(span);
    match run.reason {
        Some(Reason::User) if by.is_some() || after.is_some() => {
            why::cancelled(by.map(|by| by.who.as_str()), after.as_deref())
        }
        _ => why::record(run),
    }
}

/// A finding in words.
fn of_finding(finding: &Finding, answer: &Explanation, screen: &Screen) -> Text {
    let shown = |at: Timestamp| show(at, screen);
    let shown_or_dash = |at: Option<Timestamp>| at.map_or("-".to_owned(), shown);
    match finding {
        Finding::Schedule {
            words: [en, fr],
            due,
            next,
        } => why::schedule(en, fr, &shown_or_dash(*due), &shown_or_dash(*next)),
        Finding::Disabled { file } => why::disabled(file),
        Finding::Paused { pause } => no_record(&NoRecord::Paused(pause.clone()), screen),
        Finding::NotRenamed { from } => reload::not_renamed(from.as_str(), answer.job_id.as_str()),
        Finding::Adopted { since } => why::adopted(&shown(*since)),
        Finding::Stopped { since } => why::stopped(&shown(*since)),
        Finding::Started { since } => why::started(&shown(*since)),
        // That it has no record goes without saying.
        Finding::NoRecord {
            cause: NoRecord::NotDueYet,
            ..
        } => why::not_due_yet(),
        Finding::NoRecord { due, cause } => why::no_record(&shown(*due), &no_record(cause, screen)),
        Finding::Renamed { to, since } => why::renamed(to.as_str(), since.map(shown).as_deref()),
        Finding::Removed { since } => why::removed(&shown(*since)),
        Finding::Unknown { cause: None } => why::unknown(answer.job_id.as_str()),
        Finding::Unknown { cause: Some(cause) } => no_record(cause, screen),
    }
}

/// Why there is no record, in words.
fn no_record(cause: &NoRecord, screen: &Screen) -> Text {
    let shown = |at: Timestamp| show(at, screen);
    match cause {
        NoRecord::Paused(pause) => {
            let until = pause.until.map(shown);
            let reason = pause.reason.as_deref();
            why::paused(&pause.by.who, &shown(pause.at), until.as_deref(), reason)
        }
        NoRecord::Disabled(file) => why::disabled(file),
        NoRecord::NotYet(at) => why::not_yet(&shown(*at)),
        NoRecord::Undeclared => why::undeclared(),
        NoRecord::BeforeHistory(at) => why::before_history(&shown(*at)),
        NoRecord::NotKept(at) => why::not_kept(&shown(*at)),
        NoRecord::NotDue([en, fr]) => why::not_due(en, fr),
        NoRecord::NotDueYet => why::not_due_yet(),
        NoRecord::NoDaemon => why::no_daemon(),
        NoRecord::Deciding => why::deciding(),
        NoRecord::Unknown => why::lost(),
    }
}

/// The answer for programs; its sentences are English.
pub fn document(answer: &Explanation, screen: &Screen) -> Value {
    let texts: Vec<String> = answer
        .findings
        .iter()
        .map(|it| of_finding(it, answer, screen).en)
        .collect();
    let findings = answer.findings.iter().zip(&texts);
    let because = answer.because();
    let reason = because.map(|because| reason(because, answer, screen).en);
    document::WHY.json(&WhyAnswer {
        job_id: answer.job_id.as_str(),
        at: answer.at,
        reason: because
            .zip(reason.as_deref())
            .map(|(because, text)| WhyFinding {
                code: because.code(),
                text,
            }),
        last_line: answer.last_line.as_deref(),
        next_command: answer.try_next(),
        findings: findings
            .map(|(it, text)| WhyFinding {
                code: it.code(),
                text,
            })
            .collect(),
        records: &answer.records,
        file_errors: &answer.file_errors,
    })
}

/// An instant: short for people, whole for programs.
fn show(at: Timestamp, screen: &Screen) -> String {
    if screen.is_terminal() {
        screen.short(at)
    } else {
        rfc3339(at)
    }
}
