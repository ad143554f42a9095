//! The table of `jobsd list`.

use serde_json::{Value, json};

use crate::render::runs::{at, result};
use crate::render::screen::{Cell, Screen, Table, Tint};
use crate::text::visible;

/// A job as the list shows it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The job's answer, with its `last_run` and `runs`.
    pub job: Value,
    /// Its schedule in words.
    pub schedule: String,
    /// Errors in its file, each `file:line:column: …`; the last good version stays in force.
    pub errors: Vec<String>,
}

impl Row {
    /// Whether its last run failed.
    pub fn is_failing(&self) -> bool {
        let status = self.job["last_run"]["status"].as_str();
        matches!(status, Some("failed" | "interrupted"))
    }

    /// Whether it changes the world: no dry run.
    pub fn is_production(&self) -> bool {
        self.job["bot_config"]["dry_run"] != true
    }

    fn next(&self, screen: &Screen) -> (Cell, String) {
        let job = &self.job;
        let words = |en, fr, raw: &str| {
            let cell = Cell::both(screen.say(en, fr), raw);
            (cell.tinted(Tint::Dim), "-".to_owned())
        };
        if job["paused"] == true {
            return words("paused", "en pause", "paused");
        }
        if job["enabled"] == false {
            return words("disabled", "désactivée", "disabled");
        }
        match at(&job["next_run_at"]) {
            Some(next) => (screen.time(next), screen.left(next)),
            None => words("on request", "à la demande", "on-request"),
        }
    }

    fn cells(&self, screen: &Screen) -> Vec<Cell> {
        let job = &self.job;
        let (next, left) = self.next(screen);
        let mark = if self.errors.is_empty() { "" } else { "  !" };
        let id = job["id"].as_str().unwrap_or_default();
        let last = at(&job["last_run_at"]);
        let is_going = job["last_run"]["status"] == "running";
        let passed = match last {
            Some(_) if is_going => screen.say("now", "maintenant").to_owned(),
            Some(last) => screen.ago(last),
            None => "-".to_owned(),
        };
        let raw_last = job["last_run_at"].as_str().unwrap_or_default();
        let (mode, tint) = if self.is_production() {
            ("production", Tint::Red)
        } else {
            ("test", Tint::Yellow)
        };
        let mut cells = vec![Cell::both(format!("{id}{mark}"), id), next];
        if screen.is_terminal() {
            cells.push(Cell::text(left));
        }
        cells.extend([
            Cell::both(passed, raw_last),
            result(&job["last_run"], screen),
            Cell::both(mode, mode).tinted(tint),
            Cell::text(self.schedule.clone()),
        ]);
        cells
    }
}

/// The list.
pub fn table(rows: &[Row], screen: &Screen) -> String {
    let mut heads = vec!["ID", screen.say("NEXT", "PROCHAINE")];
    if screen.is_terminal() {
        heads.push(screen.say("LEFT", "RESTE"));
    }
    heads.extend([
        screen.say("LAST", "DERNIÈRE"),
        screen.say("RESULT", "RÉSULTAT"),
        "MODE",
        screen.say("SCHEDULE", "PLANIFICATION"),
    ]);
    let table = Table {
        heads: heads.into_iter().map(str::to_owned).collect(),
        rows: rows.iter().map(|row| row.cells(screen)).collect(),
    };
    let mut text = table.render(screen);
    if screen.is_terminal() {
        text += &foot(rows, screen);
    }
    text
}

fn foot(rows: &[Row], screen: &Screen) -> String {
    let paused = rows.iter().filter(|row| row.job["paused"] == true).count();
    let active = rows.iter().filter(|row| row.job["enabled"] == true).count();
    let disabled = rows.len() - paused - active;
    let mut counts = vec![format!(
        "{active} {}",
        plural(active, screen.say("active", "active"), screen.lang)
    )];
    if paused > 0 {
        counts.push(format!("{paused} {}", screen.say("paused", "en pause")));
    }
    if disabled > 0 {
        let word = screen.say("disabled", "désactivée");
        counts.push(format!(
            "{disabled} {}",
            plural(disabled, word, screen.lang)
        ));
    }
    let (n, counts, zone) = (rows.len(), counts.join(", "), screen.zone_name());
    let jobs = match (n, screen.lang) {
        (1, crate::text::Lang::En) => "job".to_owned(),
        (_, crate::text::Lang::En) => "jobs".to_owned(),
        (n, crate::text::Lang::Fr) => plural(n, "tâche", screen.lang),
    };
    let times = screen.say("Times in", "Heures de");
    let mut text = format!("\n{n} {jobs} ({counts}). {times} {zone}.\n");
    for error in rows.iter().flat_map(|row| &row.errors) {
        let tail = screen.say(
            "the last good version stays active: jobsd validate",
            "la dernière version valide reste active : jobsd validate",
        );
        text += &screen.paint(&format!("! {}; {tail}\n", visible(error)), Tint::Yellow);
    }
    text
}

/// French words take an `s` from two on; the English ones here never do.
fn plural(n: usize, word: &str, lang: crate::text::Lang) -> String {
    if lang == crate::text::Lang::Fr && n > 1 {
        format!("{word}s")
    } else {
        word.to_owned()
    }
}

/// The list as one JSON document.
pub fn document(rows: &[Row]) -> Value {
    json!({"schema": "jobsd.list/v1", "jobs": rows.iter().map(Row::entry).collect::<Vec<_>>()})
}

impl Row {
    /// The job as an entry of the JSON forms.
    pub fn entry(&self) -> Value {
        let mut entry = self.job.clone();
        entry["errors"] = json!(self.errors);
        entry
    }
}
