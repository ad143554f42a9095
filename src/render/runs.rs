//! A run in few words: its sign, its result, what it counted.

use crate::model::run::{Reason, RunRecord, Status};
use crate::render::screen::{Cell, Screen, Tint, span};
use crate::text::{Lang, failure};

/// The word for a run that waits for its next attempt. Its JSON has `"status": "running"` and
/// `retry_at`.
pub const WAITING: &str = "waiting";

/// The result of the last run of a job, whose `retry` says how many attempts there are at most.
pub fn last_result(run: Option<&RunRecord>, attempts_max: Option<u64>, screen: &Screen) -> Cell {
    match run {
        None => Cell::both("-", "").tinted(Tint::Dim),
        Some(run) if run.is_between_attempts() => waiting(run, attempts_max, screen),
        Some(run) => result(run, screen),
    }
}

/// "● waiting (attempt 2 of 3 in 1min 20s)".
fn waiting(run: &RunRecord, of: Option<u64>, screen: &Screen) -> Cell {
    let next = run.attempt + 1;
    let of = of.map_or(String::new(), |all| {
        format!(" {} {all}", screen.say("of", "sur"))
    });
    let left = run.retry_at.map_or(String::new(), |at| screen.left(at));
    let shown = match screen.lang {
        Lang::En => format!("● {WAITING} (attempt {next}{of} in {left})"),
        Lang::Fr => format!("● en attente (tentative {next}{of} dans {left})"),
    };
    Cell::both(shown, WAITING).tinted(Tint::Blue)
}

/// The result of a run: "✓ success (12 sent)", "✗ failed (exit 1, 3 tries)".
pub fn result(run: &RunRecord, screen: &Screen) -> Cell {
    if run.is_between_attempts() {
        return waiting(run, None, screen);
    }
    let (sign, tint) = match run.status {
        Status::Success => ("✓", Tint::Green),
        Status::Failed | Status::Interrupted => ("✗", Tint::Red),
        Status::Running => ("●", Tint::Blue),
        Status::Skipped | Status::Missed | Status::Cancelled => ("-", Tint::Yellow),
    };
    let notes = if run.status == Status::Running {
        let since = run.started_at.map(|start| screen.since(start));
        since.into_iter().collect()
    } else {
        notes(run, screen)
    };
    let brackets = if notes.is_empty() {
        String::new()
    } else {
        format!(" ({})", notes.join(", "))
    };
    let status = run.status.as_str();
    let mut raw = match because(run) {
        Some(reason) => format!("{status} ({reason})"),
        None => status.to_owned(),
    };
    if run.is_dry_run() {
        raw += " (dry run)";
    }
    Cell::both(format!("{sign} {status}{brackets}"), raw).tinted(tint)
}

/// The reason with its number: "exit 1", "signal 9", "overlap".
fn because(run: &RunRecord) -> Option<String> {
    let number = |n: Option<i32>| n.map_or("-".to_owned(), |n| n.to_string());
    Some(match run.reason? {
        Reason::Exit => format!("exit {}", number(run.exit_code)),
        Reason::Signal => format!("signal {}", number(run.signal)),
        reason => reason.as_str().to_owned(),
    })
}

fn notes(run: &RunRecord, screen: &Screen) -> Vec<String> {
    let mut notes: Vec<String> = because(run).into_iter().collect();
    if run.attempt > 1 {
        let word = screen.say("tries", "tentatives");
        notes.push(format!("{} {word}", run.attempt));
    }
    let is_dry = run.is_dry_run();
    let tries = notes.len();
    for (count, en, fr) in [
        (run.messages_sent, "sent", "envoyés"),
        (run.profiles_visited, "visited", "visités"),
    ] {
        if let Some(n) = count.filter(|n| *n > 0) {
            let word = if is_dry { "simulated" } else { en };
            let mot = if is_dry { "simulés" } else { fr };
            notes.push(format!("{n} {}", screen.say(word, mot)));
        }
    }
    // A counter marks it already.
    if is_dry && notes.len() == tries {
        notes.push(screen.say("dry run", "mode test").to_owned());
    }
    notes
}

/// How long a run took, from its first start to its end.
pub fn took(run: &RunRecord) -> Option<f64> {
    let (from, to) = run.started_at.zip(run.finished_at)?;
    Some(to.duration_since(from).as_secs_f64())
}

/// The last line of `run --wait`: the result and how long it took.
pub fn summary(run: &RunRecord, screen: &Screen) -> String {
    let result = result(run, screen);
    let shown = screen.paint(&result.shown, result.tint);
    let took = took(run).map_or(String::new(), |secs| {
        format!(" {} {}", screen.say("in", "en"), span(secs))
    });
    // The result says the exit status already.
    let is_said = |text: &&str| {
        run.exit_code
            .is_some_and(|code| failure::exit(code).en == **text)
    };
    let error = run.error.as_deref().filter(|text| !is_said(text));
    let error = error.map_or(String::new(), |text| {
        let words = failure::read(text);
        format!("\n  {}", crate::text::visible(words.get(screen.lang)))
    });
    format!("{shown}{took}{error}\n")
}
