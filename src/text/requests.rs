//! The catalogue of the command line: what commands say and ask.

use crate::text::Text;

/// A pause is set.
pub fn paused(id: &str, until: Option<&str>) -> Text {
    let en = until.map_or(String::new(), |until| format!(" until {until}"));
    let fr = until.map_or(String::new(), |until| format!(" jusqu’à {until}"));
    text!(
        "{id} is paused{en}; it shows as drift until it is resumed",
        "{id} est en pause{fr} ; c’est un écart visible jusqu’à la reprise"
    )
}

/// A pause without an end.
pub fn pause_hint(id: &str) -> Text {
    text!(
        "hint: `jobsd pause {id} --for 2h` ends by itself",
        "conseil : « jobsd pause {id} --for 2h » se termine toute seule"
    )
}

/// A pause is lifted.
pub fn resumed(id: &str) -> Text {
    text!("{id} is no longer paused", "{id} n’est plus en pause")
}

/// Every job is as it is wanted.
pub fn none_to_change(paused: bool) -> Text {
    if paused {
        return text!("no job is paused", "aucun job n’est en pause");
    }
    text!(
        "every job is already paused",
        "tous les jobs sont déjà en pause"
    )
}

/// A run was asked to stop.
pub fn cancelled(run_id: &str) -> Text {
    text!(
        "run {run_id} is being stopped",
        "l’exécution {run_id} a reçu l’ordre de finir"
    )
}

/// A reload without a change.
pub fn nothing_reloaded() -> Text {
    text!(
        "the job files were read: nothing changed",
        "les fichiers ont été relus : rien n’a changé"
    )
}

/// A production run where no one can be asked.
pub fn needs_yes(id: &str) -> Text {
    text!(
        "{id} is in production and this is not a terminal\n  help: add --yes to confirm, or \
         --dry-run to try without effect",
        "{id} est en production et ceci n’est pas un terminal\n  aide : ajoutez --yes pour \
         confirmer, ou --dry-run pour essayer sans effet"
    )
}

/// The question before a production run; `will` is what the bot does then.
pub fn confirm(id: &str, [en, fr]: [&str; 2], limit: Option<u64>) -> Text {
    let max = limit.map_or(String::new(), |n| format!(" (max {n})"));
    text!(
        "{id} is in PRODUCTION: it will {en}{max}.\nRun now? [y/N, d = dry run]",
        "{id} est en PRODUCTION : il {fr}{max}.\nLancer maintenant ? [o/N, t = mode test]"
    )
}

/// `--timeout` has passed and the run is still running.
pub fn wait_over(run_id: &str) -> Text {
    text!(
        "run {run_id} is still running: jobsd cancel {run_id} ends it",
        "l’exécution {run_id} n’est pas finie et continue : jobsd cancel {run_id} y met fin"
    )
}

/// The daemon ended while a run of it was followed.
pub fn daemon_gone(run_id: &str) -> Text {
    Text::new(
        format!(
            "the daemon stopped before run {run_id} ended, and nothing says how it ends: the next \
             daemon records it, see jobsd history"
        ),
        format!(
            "le démon s’est arrêté avant la fin de l’exécution {run_id}, et rien ne dit comment \
             elle se termine : le prochain démon l’enregistrera, voyez jobsd history"
        ),
    )
}
