//! `jobsd status JOB`: one job.

use crate::core::uses::{Levels, Meter};
use crate::model::event::Paused;
use crate::render::daemon::{fruitless_line, held_up_line};
use crate::render::runs::last_result;
use crate::render::screen::{Cell, Screen, Table, Tint};
use crate::text::control::file_is_bad;
use crate::text::{Lang, failure, visible};
use crate::time::{Timestamp, rfc3339};
use crate::view::answer::job::JobAnswer;
use crate::view::gauge;
use crate::view::look::Look;

/// Room for the label of a line; longer ones get more.
const LABEL_CHARS_MIN: usize = 9;

/// A line of the screen: its key and its value.
type Row = (&'static str, Cell);

/// One job.
pub fn job(answer: &JobAnswer, schedule: &str, screen: &Screen) -> String {
    let mut rows = about(answer, schedule, screen);
    rows.extend(runs(answer, screen));
    rows.extend(standstills(answer, screen));
    let levels = answer.budget.unwrap_or_default();
    rows.extend(limits(&levels, screen));
    if let Some(error) = &answer.last_run_error {
        let words = failure::read(error);
        rows.push(("error", Cell::text(visible(words.get(screen.lang)))));
    }
    if screen.is_terminal() {
        let labels = rows
            .iter()
            .map(|(key, _)| label(key, screen).chars().count());
        let width = labels.max().unwrap_or(0).max(LABEL_CHARS_MIN);
        let line = |(key, cell): &Row| {
            let label = label(key, screen);
            format!(
                "  {label:<width$} {}\n",
                screen.paint(&cell.shown, cell.tint)
            )
        };
        return rows.iter().map(line).collect();
    }
    let cells = |(key, cell)| vec![Cell::text(key), cell];
    let table = Table {
        heads: vec!["KEY".to_owned(), "VALUE".to_owned()],
        rows: rows.into_iter().map(cells).collect(),
        spare: Vec::new(),
    };
    table.render(screen)
}

/// A key as people read it; a program reads the key itself.
fn label(key: &'static str, screen: &Screen) -> &'static str {
    let french = match key {
        "name" => "nom",
        "file" => "fichier",
        "schedule" => "planification",
        "state" => "état",
        "paused" => "en pause",
        "next" => "prochaine",
        "last" => "dernière",
        "result" => "résultat",
        "problem" => "problème",
        "daily" => "par jour",
        "weekly" => "par semaine",
        "error" => "erreur",
        key => key,
    };
    screen.say(key, french)
}

/// What its file says, and whether its due times count.
fn about(answer: &JobAnswer, schedule: &str, screen: &Screen) -> Vec<Row> {
    let definition = &answer.definition;
    let word = |text: &str| match text {
        "" => Cell::text("-"),
        text => Cell::text(visible(text)),
    };
    let zone = visible(&definition.timezone);
    let (state, french) = match (answer.paused, definition.enabled) {
        (true, _) => ("paused", "en pause"),
        (false, true) => ("active", "actif"),
        (false, false) => ("disabled", "désactivé"),
    };
    vec![
        ("id", word(answer.id.as_str())),
        ("name", word(&definition.name)),
        ("file", word(&answer.file)),
        ("schedule", Cell::text(format!("{schedule}, {zone}"))),
        ("state", Cell::both(screen.say(state, french), state)),
    ]
}

/// Its pause, its next run and its last one.
fn runs(answer: &JobAnswer, screen: &Screen) -> Vec<Row> {
    let time = |at: Option<Timestamp>| at.map_or(Cell::both("-", ""), |at| screen.time(at));
    let attempts_max = answer.definition.attempts_max();
    let pause = answer.pause.as_deref();
    let pause = pause.map(|pause| ("paused", self::pause(pause, screen)));
    let runs = [
        ("next", time(answer.next_run_at)),
        ("last", time(answer.last_run_at)),
        (
            "result",
            last_result(answer.last_run(), attempts_max, screen),
        ),
    ];
    pause.into_iter().chain(runs).collect()
}

/// A bad file, and due times that pass while it does not get on.
fn standstills(answer: &JobAnswer, screen: &Screen) -> Vec<Row> {
    let id = answer.id.as_str();
    let held_up = answer.held_up.as_ref();
    let held_up = held_up.map(|found| held_up_line(id, found, screen));
    let fruitless = answer.without_success.as_ref();
    let fruitless = fruitless.map(|found| fruitless_line(id, found, screen));
    let bad = answer.file_errors.first();
    let bad = bad.map(|error| file_is_bad(&visible(error)).get(screen.lang).to_owned());
    let lines = bad.into_iter().chain(held_up).chain(fruitless);
    let row = |line| ("problem", Cell::text(line).tinted(Tint::Red));
    lines.map(row).collect()
}

/// How much of the limits on messages is used: yellow from 70 percent on, red from 90.
fn limits(levels: &Levels, screen: &Screen) -> Vec<Row> {
    let row = |(name, meter): (&'static str, Option<Meter>)| {
        let meter = meter?;
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
    let meters = [("daily", levels.daily), ("weekly", levels.weekly)];
    meters.into_iter().filter_map(row).collect()
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
fn pause(pause: &Paused, screen: &Screen) -> Cell {
    let by = visible(&pause.by.who);
    let reason = pause.reason.as_deref();
    let reason = reason.map_or(String::new(), |text| format!(" ({})", visible(text)));
    let word = screen.say("until", "jusqu’à");
    let ends = |time: &dyn Fn(Timestamp) -> String| {
        let until = pause.until;
        until.map_or(String::new(), |at| format!(" {word} {}", time(at)))
    };
    let ago = screen.ago(pause.at);
    let shown = format!("{by} {ago}{}{reason}", ends(&|at| screen.short(at)));
    let raw = format!(
        "{by} {} {}{}{reason}",
        screen.say("since", "depuis"),
        rfc3339(pause.at),
        ends(&rfc3339)
    );
    Cell::both(shown, raw)
}
