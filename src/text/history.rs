//! What `jobsd history` and `jobsd fsck` say to people.

use crate::text::{Lang, Text, visible};

/// The heads of the columns.
pub fn heads() -> [Text; 12] {
    [
        text!("STARTED", "DÉBUT"),
        text!("JOB", "JOB"),
        text!("RESULT", "RÉSULTAT"),
        text!("REASON", "RAISON"),
        text!("EXIT", "CODE"),
        text!("TRIES", "TENTATIVES"),
        text!("DURATION", "DURÉE"),
        text!("LAG", "RETARD"),
        text!("TRIGGER", "ORIGINE"),
        text!("DUE", "ÉCHÉANCE"),
        text!("RUN", "EXÉCUTION"),
        text!("DRY-RUN", "MODE TEST"),
    ]
}

/// A state directory without a history.
pub fn no_history(state: &str) -> Text {
    let state = visible(state);
    text!(
        "there is no history in {state}: name another state directory with --state, or a server \
         with --server",
        "il n’y a pas d’historique dans {state} : nommez un autre dossier d’état avec --state, ou un \
         serveur avec --server"
    )
}

/// No run of a job is recorded.
pub fn no_run_of(job: &str) -> Text {
    text!(
        "there is no run of `{job}` in the history",
        "il n’y a pas d’exécution de « {job} » dans l’historique"
    )
}

/// No run is recorded.
pub fn no_run() -> Text {
    text!(
        "there is no run in the history",
        "il n’y a pas d’exécution dans l’historique"
    )
}

/// No run has what was asked for.
pub fn no_match() -> Text {
    text!(
        "no run in the history matches",
        "aucune exécution de l’historique ne correspond"
    )
}

/// The first words of a summary.
pub fn total(runs: u64) -> Text {
    let (en, fr) = if runs == 1 {
        ("run", "exécution")
    } else {
        ("runs", "exécutions")
    };
    text!("{runs} {en}", "{runs} {fr}")
}

/// What is between a head and its list.
pub fn colon(lang: Lang) -> &'static str {
    match lang {
        Lang::En => ": ",
        Lang::Fr => " : ",
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
    text!(
        "Median {median}, p95 {p95}.",
        "Médiane {median}, p95 {p95}."
    )
}

/// The last line of `fsck`.
pub fn checked(lines: u64, days: usize, errors: usize, notes: usize) -> Text {
    let lines = Text::count(lines, ["line", "lines"], ["ligne", "lignes"]);
    let days = Text::count(days as u64, ["file", "files"], ["fichier", "fichiers"]);
    let errors = Text::count(errors as u64, ["error", "errors"], ["erreur", "erreurs"]);
    let notes = Text::count(notes as u64, ["note", "notes"], ["remarque", "remarques"]);
    Text::new(
        format!("{} in {}: {}, {}", lines.en, days.en, errors.en, notes.en),
        format!(
            "{} dans {} : {}, {}",
            lines.fr, days.fr, errors.fr, notes.fr
        ),
    )
}
