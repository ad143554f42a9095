//! `jobsd status`: the daemon on one screen, and one job.

use serde_json::Value;

use crate::core::uses::Meter;
use crate::model::run::RunRecord;
use crate::render::runs::{at, last_result, record, result};
use crate::render::screen::{Cell, Screen, Table, Tint};
use crate::text::{Lang, doctor, failure, history as words, trouble, visible};
use crate::time::{Timestamp, rfc3339};
use crate::view::gauge;
use crate::view::look::Look;

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .map(|item| visible(item.as_str().unwrap_or_default()))
        .collect()
}

/// How many things need attention, of the daemon or of a job: what `status` counts and what
/// `status --check` is about.
pub fn problem_count(answer: &Value) -> usize {
    let list = |value: &Value| value.as_array().map_or(0, Vec::len);
    let failed = &answer["last_day"]["failed_jobs"];
    let last = answer["last_run"]["status"].as_str();
    let is_bad = matches!(last, Some("failed" | "interrupted"));
    let of_job = usize::from(answer["held_up"].is_object());
    list(&answer["reasons"])
        + list(&answer["warnings"])
        + list(failed)
        + list(&answer["held_up"])
        + fruitless(answer).count()
        + of_job
        + usize::from(is_bad || answer["without_success"].is_object())
}

/// Jobs whose due times pass without a success, but for those whose last run is listed as failed.
fn fruitless(answer: &Value) -> impl Iterator<Item = &Value> {
    let failed = answer["last_day"]["failed_jobs"]
        .as_array()
        .into_iter()
        .flatten();
    let failed: Vec<&Value> = failed.map(|run| &run["job_id"]).collect();
    let all = answer["without_success"].as_array().into_iter().flatten();
    all.filter(move |one| !failed.contains(&&one["job_id"]))
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

/// What is wrong with the daemon and its files: reasons of bad health, bad files.
fn problems(answer: &Value, screen: &Screen) -> Vec<String> {
    let mut problems = kept_texts(&answer["reasons"], screen);
    problems.extend(texts(&answer["warnings"]));
    problems
}

/// Sentences that are kept in English, in the reader's language.
fn kept_texts(list: &Value, screen: &Screen) -> Vec<String> {
    let said = |english: String| trouble::text(&english).get(screen.lang).to_owned();
    texts(list).into_iter().map(said).collect()
}

/// The daemon.
pub fn status(answer: &Value, screen: &Screen) -> String {
    let say = |en, fr| screen.say(en, fr);
    let word = |key: &str| answer[key].as_str().unwrap_or("-").to_owned();
    let number = |key: &str| answer[key].as_u64().unwrap_or(0);
    let problems = problems(answer, screen);
    let count = problem_count(answer);
    let up = at(&answer["started_at"]).map_or(String::new(), |start| screen.since(start));
    let (sign, tint) = if count == 0 {
        ("●", Tint::Green)
    } else {
        ("●", Tint::Red)
    };
    let mut text = format!(
        "{} jobsd {} {} {}, {} {up}{}\n",
        screen.paint(sign, tint),
        word("version"),
        say("on", "sur"),
        word("host"),
        say("up", "actif depuis"),
        problems_found(count, screen)
    );
    let mut line = |head: &str, body: &str| text += &format!("  {head:<10} {body}\n");
    let files = number("files");
    let bad = number("files_invalid");
    let reload = at(&answer["reloaded_at"]).map_or(String::new(), |t| {
        format!("{} {}, ", say("reloaded", "rechargée"), screen.ago(t))
    });
    let valid = valid(files.saturating_sub(bad), files, screen);
    line(
        say("config", "config"),
        &format!("{}, {reload}{valid}", word("revision")),
    );
    for problem in &problems {
        line("", &screen.paint(&format!("✗ {problem}"), Tint::Red));
    }
    for note in kept_texts(&answer["notes"], screen) {
        line("", &screen.paint(&format!("! {note}"), Tint::Yellow));
    }
    for place in texts(&answer["torn_lines"]) {
        let body = screen.say(
            "torn line of the history skipped:",
            "ligne déchirée de l’historique ignorée :",
        );
        line("", &format!("{body} {place}"));
    }
    let (jobs, paused, off) = (number("jobs"), number("paused"), number("disabled"));
    let active = jobs.saturating_sub(paused + off);
    line(
        say("jobs", "jobs"),
        &format!(
            "{jobs} ({}, {paused} {}), {}",
            some(active, ["active"; 2], ["active", "actives"], screen),
            say("paused", "en pause"),
            under_way(&answer["running"], screen)
        ),
    );
    line(
        say("last 24h", "24 h"),
        &last_day(&answer["last_day"], screen),
    );
    for run in answer["last_day"]["failed_jobs"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let Some(record) = record(run) else { continue };
        let result = result(&record, screen);
        let id = run["job_id"].as_str().unwrap_or_default();
        let body = format!("{} {id}: jobsd logs {id}", result.shown);
        line("", &screen.paint(&body, Tint::Red));
    }
    let held_up = answer["held_up"].as_array().into_iter().flatten();
    for one in held_up.chain(fruitless(answer)) {
        let body = standstill(one, screen);
        line("", &screen.paint(&format!("✗ {body}"), Tint::Red));
    }
    // Bad files are above already, among the problems.
    let drifts = answer["drift"].as_array().into_iter().flatten();
    for drift in drifts.filter(|drift| drift["kind"] == "paused") {
        line(say("drift", "écart"), &self::drift(drift, screen));
    }
    let waiting = texts(&answer["restart_needed"]);
    if !waiting.is_empty() {
        line(say("restart", "relance"), &waiting.join(", "));
    }
    if answer["watching"]["mode"] == "scanning" {
        let reason = answer["watching"]["reason"].as_str().unwrap_or_default();
        line(
            say("files", "fichiers"),
            &format!(
                "{}{}",
                say("scanning: ", "par scrutation : "),
                visible(reason)
            ),
        );
    }
    for notice in answer["notices"].as_array().into_iter().flatten() {
        let path = visible(notice["path"].as_str().unwrap_or("-"));
        let told = match notice["kind"].as_str() {
            Some("mounted_file") => doctor::mounted_file(&path),
            _ => doctor::other_owner(&path),
        };
        let body = format!("! {}", told.get(screen.lang));
        line(say("files", "fichiers"), &screen.paint(&body, Tint::Yellow));
    }
    let control = answer["control"].as_str().unwrap_or("off");
    let shown = if control == "off" {
        say("off (read-only)", "fermé (lecture seule)")
    } else {
        control
    };
    line(
        say("control", "contrôle"),
        &format!("{shown}     {}  {}", say("dashboard", "page"), word("url")),
    );
    line(say("zones", "fuseaux"), &word("zone_data"));
    for warning in zone_warnings(&answer["zones"], screen.lang) {
        line("", &screen.paint(&format!("! {warning}"), Tint::Yellow));
    }
    text
}

/// "8 of 9 files valid".
fn valid(valid: u64, of: u64, screen: &Screen) -> String {
    match screen.lang {
        Lang::En if of == 1 => format!("{valid} of 1 file valid"),
        Lang::En => format!("{valid} of {of} files valid"),
        Lang::Fr if valid > 1 => format!("{valid} fichiers valides sur {of}"),
        Lang::Fr => format!("{valid} fichier valide sur {of}"),
    }
}

/// A number of things: English takes the plural for all but 1, French from 2 on.
fn some(n: u64, en: [&str; 2], fr: [&str; 2], screen: &Screen) -> String {
    let [one, many] = if screen.lang == Lang::Fr { fr } else { en };
    let is_one = n == 1 || n == 0 && screen.lang == Lang::Fr;
    format!("{n} {}", if is_one { one } else { many })
}

/// "2 running", and how many wait for their next attempt where any does.
fn under_way(runs: &Value, screen: &Screen) -> String {
    let runs = runs.as_array().map(Vec::as_slice).unwrap_or_default();
    let waiting = runs
        .iter()
        .filter_map(record)
        .filter(RunRecord::is_between_attempts)
        .count();
    let running = format!(
        "{} {}",
        runs.len() - waiting,
        screen.say("running", "en cours")
    );
    match waiting {
        0 => running,
        n => format!(
            "{running}, {n} {}",
            screen.say(
                "waiting for the next attempt",
                "en attente de la tentative suivante"
            )
        ),
    }
}

/// The zones in use that have other hours in the copy of the zone data that does not serve:
/// programs may read it.
fn zone_warnings(zones: &Value, lang: Lang) -> Vec<String> {
    let other = visible(zones["other"].as_str().unwrap_or("-"));
    let differing = zones["differing"].as_array().into_iter().flatten();
    differing
        .map(|one| {
            let word = |key: &str| visible(one[key].as_str().unwrap_or("-"));
            let (zone, from) = (word("zone"), word("from"));
            match lang {
                Lang::En => format!("{zone}: {other} has other hours from {from}"),
                Lang::Fr => format!("{zone} : {other} a d’autres heures à partir de {from}"),
            }
        })
        .collect()
}

fn problems_found(problems: usize, screen: &Screen) -> String {
    let word = match (problems, screen.lang) {
        (0, _) => return String::new(),
        (1, Lang::En) => "problem",
        (_, Lang::En) => "problems",
        (1, Lang::Fr) => "problème",
        (_, Lang::Fr) => "problèmes",
    };
    let text = format!("{problems} {word}");
    format!("    {}", screen.paint(&text, Tint::Red))
}

fn last_day(day: &Value, screen: &Screen) -> String {
    let total = day["runs"].as_u64().unwrap_or(0);
    let by = day["by_status"].as_object();
    let parts: Vec<String> = by
        .into_iter()
        .flatten()
        .map(|(status, n)| format!("{n} {status}"))
        .collect();
    let runs = some(total, ["run", "runs"], ["exécution", "exécutions"], screen);
    if parts.is_empty() {
        runs
    } else {
        format!("{runs}{}{}", words::colon(screen.lang), parts.join(", "))
    }
}

/// One drift in words: "visitor-weekend paused by ops 3d ago until …, file says enabled: true".
pub fn drift(drift: &Value, screen: &Screen) -> String {
    let word = |key: &str| visible(drift[key].as_str().unwrap_or_default());
    let who = visible(drift["by"]["who"].as_str().unwrap_or("?"));
    let when = at(&drift["at"]).map_or(String::new(), |t| screen.ago(t));
    let until = at(&drift["until"]).map_or(String::new(), |t| {
        format!(" {} {}", screen.say("until", "jusqu’à"), screen.short(t))
    });
    let reason = drift["reason"]
        .as_str()
        .map_or(String::new(), |text| format!(" ({})", visible(text)));
    format!(
        "{} {} {who} {when}{until}{reason}, {} enabled: {}",
        word("job_id"),
        screen.say("paused by", "mise en pause par"),
        screen.say("file says", "le fichier dit"),
        drift["file_enabled"]
    )
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
