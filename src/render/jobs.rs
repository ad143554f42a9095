//! The table of `jobsd list`.

use clap::ValueEnum;
use serde_json::Value;

use crate::bot;
use crate::model::run::RunRecord;
use crate::render::runs::last_result;
use crate::render::screen::{Cell, Screen, Table, Tint};
use crate::text::visible;
use crate::time::millis;
use crate::view::answer::job::{JobAnswer, ListedJob};
use crate::view::document;

/// A job as the list shows it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The job's answer, with its `last_run`.
    pub job: JobAnswer,
    /// Its schedule in words.
    pub schedule: String,
    /// Errors in its file, each `file:line:column: …`; the last good version stays active.
    pub errors: Vec<String>,
}

/// A column of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Column {
    /// The job.
    Id,
    /// Its name for people.
    Name,
    /// Its bot type.
    Type,
    /// Its next due time.
    Next,
    /// How far ahead that is.
    Left,
    /// Its last run.
    Last,
    /// What became of that.
    Result,
    /// Production or test.
    Mode,
    /// Its schedule in words.
    Schedule,
    /// The zone of its schedule.
    Timezone,
    /// Its file.
    File,
}

impl Column {
    /// What a narrow terminal does without, the first one first.
    const SPARE: [Column; 3] = [Column::Left, Column::Mode, Column::Last];

    /// What is shown where nothing is asked for; a distance is of no use to a program.
    fn usual(screen: &Screen) -> Vec<Column> {
        use Column::{Id, Last, Left, Mode, Next, Result, Schedule};
        let all = [Id, Next, Left, Last, Result, Mode, Schedule];
        let shown = |column: &Column| screen.is_terminal() || *column != Left;
        all.into_iter().filter(shown).collect()
    }

    fn head(self, screen: &Screen) -> String {
        let head = match self {
            Column::Id => "ID",
            Column::Name => screen.say("NAME", "NOM"),
            Column::Type => "TYPE",
            Column::Next => screen.say("NEXT", "PROCHAINE"),
            Column::Left => screen.say("LEFT", "RESTE"),
            Column::Last => screen.say("LAST", "DERNIÈRE"),
            Column::Result => screen.say("RESULT", "RÉSULTAT"),
            Column::Mode => "MODE",
            Column::Schedule => screen.say("SCHEDULE", "PLANIFICATION"),
            Column::Timezone => screen.say("TIMEZONE", "FUSEAU"),
            Column::File => screen.say("FILE", "FICHIER"),
        };
        head.to_owned()
    }
}

impl Row {
    /// Whether its last run failed.
    pub fn is_failing(&self) -> bool {
        self.job.is_failing()
    }

    /// Whether it changes the world: no dry run.
    pub fn is_production(&self) -> bool {
        !self.job.definition.is_dry_run()
    }

    fn is_command(&self) -> bool {
        bot::kind(&self.job.definition.bot_type).is_some_and(|kind| kind.is_command)
    }

    fn next(&self, screen: &Screen) -> (Cell, String) {
        let job = &self.job;
        let words = |en, fr, raw: &str| {
            let cell = Cell::both(screen.say(en, fr), raw);
            (cell.tinted(Tint::Dim), "-".to_owned())
        };
        if job.paused {
            return words("paused", "en pause", "paused");
        }
        if !job.definition.enabled {
            return words("disabled", "désactivé", "disabled");
        }
        match job.next_run_at {
            Some(next) => (
                Cell::both(screen.short(next), millis(next)),
                screen.left(next),
            ),
            None => words("on request", "à la demande", "on-request"),
        }
    }

    fn cell(&self, column: Column, screen: &Screen) -> Cell {
        let job = &self.job;
        let definition = &job.definition;
        match column {
            Column::Id => {
                let mark = if self.errors.is_empty() { "" } else { "  !" };
                Cell::both(format!("{}{mark}", job.id), job.id.as_str())
            }
            Column::Name => Cell::text(definition.name.as_str()),
            Column::Type => Cell::text(definition.bot_type.as_str()),
            Column::Next => self.next(screen).0,
            Column::Left => Cell::text(self.next(screen).1),
            Column::Last => self.last(screen),
            Column::Result => last_result(job.last_run(), definition.attempts_max(), screen),
            // A command has no mode: it always runs for real.
            Column::Mode if self.is_command() => Cell::both("-", "production").tinted(Tint::Dim),
            Column::Mode if self.is_production() => Cell::text("production").tinted(Tint::Red),
            Column::Mode => Cell::text("test").tinted(Tint::Yellow),
            Column::Schedule => Cell::text(self.schedule.clone()),
            Column::Timezone => Cell::text(definition.timezone.as_str()),
            Column::File => Cell::text(&*job.file),
        }
    }

    fn last(&self, screen: &Screen) -> Cell {
        let is_going = |run: &RunRecord| !run.is_final() && !run.is_between_attempts();
        let passed = match self.job.last_run_at {
            Some(_) if self.job.last_run().is_some_and(is_going) => {
                screen.say("now", "maintenant").to_owned()
            }
            Some(last) => screen.ago(last),
            None => "-".to_owned(),
        };
        Cell::both(passed, self.job.last_run_at.map_or(String::new(), millis))
    }
}

/// The list, in these columns; in the usual ones where none is named.
pub fn table(rows: &[Row], columns: &[Column], screen: &Screen) -> String {
    let usual = Column::usual(screen);
    // Whoever names columns gets them.
    let (columns, spare) = match columns {
        [] => (usual.as_slice(), Column::SPARE.as_slice()),
        named => (named, [].as_slice()),
    };
    let cells = |row: &Row| columns.iter().map(|c| row.cell(*c, screen)).collect();
    let table = Table {
        heads: columns.iter().map(|column| column.head(screen)).collect(),
        rows: rows.iter().map(cells).collect(),
        spare: spare.iter().map(|column| column.head(screen)).collect(),
    };
    let mut text = table.render(screen);
    if screen.is_terminal() {
        text += &foot(rows, screen);
    }
    text
}

fn foot(rows: &[Row], screen: &Screen) -> String {
    let paused = rows.iter().filter(|row| row.job.paused).count();
    let active = rows.iter().filter(|row| row.job.definition.enabled).count();
    let disabled = rows.len() - paused - active;
    let mut counts = vec![format!(
        "{active} {}",
        plural(active, screen.say("active", "actif"), screen.lang)
    )];
    if paused > 0 {
        counts.push(format!("{paused} {}", screen.say("paused", "en pause")));
    }
    if disabled > 0 {
        let word = screen.say("disabled", "désactivé");
        counts.push(format!(
            "{disabled} {}",
            plural(disabled, word, screen.lang)
        ));
    }
    let (n, counts, zone) = (rows.len(), counts.join(", "), screen.zone_name());
    let jobs = match (n, screen.lang) {
        (1, crate::text::Lang::En) => "job".to_owned(),
        (_, crate::text::Lang::En) => "jobs".to_owned(),
        (n, crate::text::Lang::Fr) => plural(n, "job", screen.lang),
    };
    let times = screen.say("Times in", "Heures de");
    let mut text = format!("\n{n} {jobs} ({counts}). {times} {zone}.\n");
    for error in rows.iter().flat_map(|row| &row.errors) {
        let tail = screen.say(
            "the last good version stays active: jobsd validate",
            "la dernière version valide reste active : jobsd validate",
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
    document::LIST.json(&rows.iter().map(Row::entry).collect())
}

impl Row {
    /// The job as an entry of the JSON forms.
    pub fn entry(&self) -> ListedJob<'_> {
        ListedJob {
            job: &self.job,
            errors: &self.errors,
        }
    }
}
