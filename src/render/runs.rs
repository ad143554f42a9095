//! A run in few words: its sign, its result, what it counted.

use serde_json::Value;

use crate::render::screen::{Cell, Screen, Tint, span};
use crate::text::{Lang, failure};
use crate::time::Timestamp;

/// An instant of a JSON answer.
pub fn at(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// The word for a run that waits for its next attempt. Its JSON has `"status": "running"` and `retry_at`.
pub const WAITING: &str = "waiting";

/// Whether a run waits for its next attempt: no process of it runs.
pub fn is_waiting(run: &Value) -> bool {
    run["status"] == "running" && run["retry_at"].is_string()
}

/// The result of the last run of a job, whose `retry` says how many attempts there are at most.
pub fn last_result(job: &Value, screen: &Screen) -> Cell {
    let run = &job["last_run"];
    if is_waiting(run) {
        return waiting(run, job["retry"]["max_attempts"].as_u64(), screen);
    }
    result(run, screen)
}

/// "● waiting (attempt 2 of 3 in 1min 20s)".
fn waiting(run: &Value, of: Option<u64>, screen: &Screen) -> Cell {
    let next = run["attempt"].as_u64().unwrap_or(0) + 1;
    let of = of.map_or(String::new(), |all| {
        format!(" {} {all}", screen.say("of", "sur"))
    });
    let left = at(&run["retry_at"]).map_or(String::new(), |at| screen.left(at));
    let shown = match screen.lang {
        Lang::En => format!("● {WAITING} (attempt {next}{of} in {left})"),
        Lang::Fr => format!("● en attente (tentative {next}{of} dans {left})"),
    };
    Cell::both(shown, WAITING).tinted(Tint::Blue)
}

/// The result of a run: "✓ success (12 sent)", "✗ failed (exit 1, 3 tries)".
pub fn result(run: &Value, screen: &Screen) -> Cell {
    let Some(status) = run["status"].as_str() else {
        return Cell::both("-", "").tinted(Tint::Dim);
    };
    if is_waiting(run) {
        return waiting(run, None, screen);
    }
    let (sign, tint) = match status {
        "success" => ("✓", Tint::Green),
        "failed" | "interrupted" => ("✗", Tint::Red),
        "running" => ("●", Tint::Blue),
        _ => ("-", Tint::Yellow),
    };
    let mut notes = notes(run, screen);
    if status == "running" {
        let since = at(&run["started_at"]).map(|start| screen.since(start));
        notes = since.map(|text| vec![text]).unwrap_or_default();
    }
    let brackets = if notes.is_empty() {
        String::new()
    } else {
        format!(" ({})", notes.join(", "))
    };
    let reason = run["reason"].as_str();
    let mut raw = reason.map_or(status.to_owned(), |reason| format!("{status}/{reason}"));
    if is_dry(run) {
        raw += " (dry run)";
    }
    Cell::both(format!("{sign} {status}{brackets}"), raw).tinted(tint)
}

/// Whether it ran without outside effects. What was never tried, a due time that was missed, is no dry run.
fn is_dry(run: &Value) -> bool {
    run["dry_run"] == true && run["attempt"].as_u64() != Some(0)
}

fn notes(run: &Value, screen: &Screen) -> Vec<String> {
    let mut notes = Vec::new();
    match run["reason"].as_str() {
        Some("exit") => notes.push(format!("exit {}", run["exit_code"])),
        Some("signal") => notes.push(format!("signal {}", run["signal"])),
        Some(reason) => notes.push(reason.to_owned()),
        None => {}
    }
    if let Some(tries) = run["attempt"].as_u64().filter(|n| *n > 1) {
        notes.push(format!("{tries} {}", screen.say("tries", "tentatives")));
    }
    let is_dry = is_dry(run);
    let tries = notes.len();
    for (key, en, fr) in [
        ("messages_sent", "sent", "envoyés"),
        ("profiles_visited", "visited", "visités"),
    ] {
        if let Some(n) = run[key].as_u64().filter(|n| *n > 0) {
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
pub fn took(run: &Value) -> Option<f64> {
    let (from, to) = (at(&run["started_at"])?, at(&run["finished_at"])?);
    Some(to.duration_since(from).as_secs_f64())
}

/// The last line of `run --wait`: the result and how long it took.
pub fn summary(run: &Value, screen: &Screen) -> String {
    let result = result(run, screen);
    let shown = screen.paint(&result.shown, result.tint);
    let took = took(run).map_or(String::new(), |secs| {
        format!(" {} {}", screen.say("in", "en"), span(secs))
    });
    // The result says the exit status already.
    let code = run["exit_code"]
        .as_i64()
        .and_then(|code| i32::try_from(code).ok());
    let is_said = |text: &&str| code.is_some_and(|code| failure::exit(code).en == **text);
    let error = run["error"].as_str().filter(|text| !is_said(text));
    let error = error.map_or(String::new(), |text| {
        let words = failure::read(text);
        format!("\n  {}", crate::text::visible(words.get(screen.lang)))
    });
    format!("{shown}{took}{error}\n")
}
