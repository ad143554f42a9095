//! What `jobsd history` and `jobsd fsck` say to people.

use crate::text::{Lang, Text};

/// The heads of the columns.
pub fn heads() -> [Text; 12] {
    [
        Text::new("STARTED", "DÉBUT"),
        Text::new("JOB", "TÂCHE"),
        Text::new("RESULT", "RÉSULTAT"),
        Text::new("REASON", "RAISON"),
        Text::new("EXIT", "CODE"),
        Text::new("TRIES", "ESSAIS"),
        Text::new("DURATION", "DURÉE"),
        Text::new("LAG", "RETARD"),
        Text::new("TRIGGER", "ORIGINE"),
        Text::new("DUE", "ÉCHÉANCE"),
        Text::new("RUN", "EXÉCUTION"),
        Text::new("DRY-RUN", "SIMULATION"),
    ]
}

/// The first words of a summary.
pub fn total(runs: u64) -> Text {
    let (en, fr) = if runs == 1 {
        ("run", "exécution")
    } else {
        ("runs", "exécutions")
    };
    Text::new(format!("{runs} {en}"), format!("{runs} {fr}"))
}

/// What stands between a head and its list.
pub fn colon(lang: Lang) -> &'static str {
    match lang {
        Lang::En => ": ",
        Lang::Fr => "\u{202f}: ",
    }
}

/// The share of the runs that succeeded, in percent.
pub fn share(percent: f64) -> Text {
    let number = format!("{percent:.1}");
    Text::new(
        format!(" ({number} %)"),
        format!(" ({} %)", number.replace('.', ",")),
    )
}

/// The times of the runs that ended.
pub fn durations(median: &str, p95: &str) -> Text {
    Text::new(
        format!("Median {median}, p95 {p95}."),
        format!("Médiane {median}, p95 {p95}."),
    )
}

/// The last line of `fsck`.
pub fn checked(lines: u64, days: usize, errors: usize, notes: usize) -> Text {
    Text::new(
        format!("{lines} lines in {days} files: {errors} errors, {notes} notes"),
        format!("{lines} lignes dans {days} fichiers : {errors} erreurs, {notes} remarques"),
    )
}
