//! `jobsd status JOB`: one job.

use serde_json::Value;

use crate::core::uses::Meter;
use crate::render::runs::{at, last_result, record};
use crate::render::screen::{Cell, Screen, Table, Tint};
use crate::text::{Lang, failure, visible};
use crate::time::{Timestamp, rfc3339};
use crate::view::gauge;
use crate::view::look::Look;

/// How many things need attention of a job: what `status JOB --check` is about.
pub fn problem_count(answer: &Value) -> usize {
    let last = answer["last_run"]["status"].as_str();
    let is_bad = matches!(last, Some("failed" | "interrupted"));
    let is_without_success = is_bad || answer["without_success"].is_object();
    usize::from(answer["held_up"].is_object()) + usize::from(is_without_success)
}

/// How much of the limits on messages is used: yellow from 70 percent on, red from 90.
fn limits(budget: &Value, screen: &Screen) -> Vec<(&'static str, Cell)> {
    let row = |name: &'static str| {
        let meter = Meter {
            used: budget[name]["used"].as_u64()?,
            limit: budget[name]["limit"].as_u64()?,
            frees_at: at(&budget[name]["frees_at"]),
        };
        let cell = Cell::both(
            used(&meter, screen, |at| screen.short(at)),
            used(&meter, screen, rfc3339),
        );
        let tint = match gauge::look(&meter) {
            Look::Warn => Tint::Yellow,
            Look::Fail => Tint::Red,
            _ => Tint::Plain,
        };
        Some((name, cell.tinted(tint)))
    };
    let names = ["daily", "weekly"];
    names.into_iter().filter_map(row).collect()
}

/// "1 of 2 used"; of a limit that is used up, when the next message is free.
fn used(meter: &Meter, screen: &Screen, time: impl Fn(Timestamp) -> String) -> String {
    let Meter { used, limit, .. } = *meter;
    let frees = meter.frees_at.filter(|_| meter.left() == 0).map(time);
    match screen.lang {
        Lang::En => {
            let frees = frees.map_or(String::new(), |at| format!("; next one free: {at}"));
            format!("{used} of {limit} used{frees}")
        }
        Lang::Fr => {
            let frees = frees.map_or(String::new(), |at| format!(" ; prochain possible : {at}"));
            let word = if used > 1 { "utilisés" } else { "utilisé" };
            format!("{used} sur {limit} {word}{frees}")
        }
    }
}

/// A pause: who, since when, until when and why; a program reads the same with whole times.
fn pause(pause: &Value, screen: &Screen) -> Cell {
    let by = visible(pause["by"]["who"].as_str().unwrap_or("?"));
    let (since, until) = (at(&pause["at"]), at(&pause["until"]));
    let reason = pause["reason"]
        .as_str()
        .map_or(String::new(), |text| format!(" ({})", visible(text)));
    let word = screen.say("until", "jusqu’à");
    let ends = |time: &dyn Fn(Timestamp) -> String| {
        until.map_or(String::new(), |at| format!(" {word} {}", time(at)))
    };
    let ago = since.map_or(String::new(), |at| screen.ago(at));
    let shown = format!("{by} {ago}{}{reason}", ends(&|at| screen.short(at)));
    let from = since.map_or(String::new(), rfc3339);
    let raw = format!(
        "{by} {} {from}{}{reason}",
        screen.say("since", "depuis"),
        ends(&rfc3339)
    );
    Cell::both(shown, raw)
}

/// One job.
pub fn job(answer: &Value, schedule: &str, screen: &Screen) -> String {
    let say = |en, fr| screen.say(en, fr);
    let word = |key: &str| visible(answer[key].as_str().unwrap_or("-"));
    let mut rows: Vec<(&str, Cell)> = vec![
        ("id", Cell::text(word("id"))),
        ("name", Cell::text(word("name"))),
        ("file", Cell::text(word("file"))),
        (
            "schedule",
            Cell::text(format!("{schedule}, {}", word("timezone"))),
        ),
    ];
    let state = if answer["paused"] == true {
        ("paused", "en pause")
    } else if answer["enabled"] == true {
        ("active", "active")
    } else {
        ("disabled", "désactivé")
    };
    rows.push(("state", Cell::both(say(state.0, state.1), state.0)));
    if answer["pause"].is_object() {
        rows.push(("paused", pause(&answer["pause"], screen)));
    }
    let time = |key: &str| at(&answer[key]).map_or(Cell::both("-", ""), |t| screen.time(t));
    rows.push(("next", time("next_run_at")));
    rows.push(("last", time("last_run_at")));
    let attempts_max = answer["retry"]["max_attempts"].as_u64();
    let last = record(&answer["last_run"]);
    rows.push(("result", last_result(last.as_ref(), attempts_max, screen)));
    for key in ["held_up", "without_success"] {
        if answer[key].is_object() {
            let mut one = answer[key].clone();
            one["job_id"] = answer["id"].clone();
            let text = standstill(&one, screen);
            rows.push(("problem", Cell::text(text).tinted(Tint::Red)));
        }
    }
    rows.extend(limits(&answer["budget"], screen));
    if let Some(error) = answer["last_run_error"].as_str() {
        let words = failure::read(error);
        rows.push(("error", Cell::text(visible(words.get(screen.lang)))));
    }
    if screen.is_terminal() {
        let line = |(key, cell): &(&str, Cell)| {
            format!("  {key:<9} {}\n", screen.paint(&cell.shown, cell.tint))
        };
        return rows.iter().map(line).collect();
    }
    let table = Table {
        heads: vec!["KEY".to_owned(), "VALUE".to_owned()],
        rows: rows
            .into_iter()
            .map(|(key, cell)| vec![Cell::text(key), cell])
            .collect(),
    };
    table.render(screen)
}

/// A job that does not get on, in words.
fn standstill(one: &Value, screen: &Screen) -> String {
    let id = visible(one["job_id"].as_str().unwrap_or("-"));
    let due = one["due_times"].as_u64().unwrap_or(0);
    let since = at(&one["since"]);
    let ago = since.map_or(String::new(), |t| screen.ago(t));
    let span = since.map_or(String::new(), |t| screen.since(t));
    match (one["run_id"].is_string(), screen.lang) {
        (true, Lang::En) => format!("{id}: {due} due times held up by a run that began {ago}"),
        (true, Lang::Fr) => {
            format!("{id} : {due} échéances retenues par une exécution commencée {ago}")
        }
        (false, Lang::En) => format!("{id}: {due} due times without a success for {span}"),
        (false, Lang::Fr) => format!("{id} : {due} échéances sans succès depuis {span}"),
    }
}
