//! The catalogue of `jobsd why`: why a run did or did not happen.

use crate::model::run::{Reason, RunRecord, Status};
use crate::text::{Text, failure};

/// What a record says of its due time, and why.
pub fn record(run: &RunRecord) -> Text {
    let error = error(run);
    match (run.status, run.reason) {
        (Status::Running, _) if run.started_at.is_none() => Text::new(
            "it is ordered and waits for its time or a place",
            "elle est prévue et attend son heure ou une place",
        ),
        (Status::Running, _) if run.retry_at.is_some() => Text::new(
            "an attempt failed, and it waits for the next one",
            "une tentative a échoué, et elle attend la suivante",
        ),
        (Status::Running, _) => Text::new(
            "it ran then and still runs",
            "elle a démarré et tourne encore",
        ),
        (Status::Success, _) => Text::new("it ran: success", "elle a tourné : success"),
        (_, Some(reason)) => because(reason, &error),
        (status, None) => Text::same(format!("{status:?}").to_lowercase()),
    }
}

/// What went wrong, in words; `-` where nothing did.
fn error(run: &RunRecord) -> Text {
    match (&run.error, run.reason, run.exit_code, run.signal) {
        (Some(error), ..) => failure::read(error),
        (None, Some(Reason::Exit), Some(code), _) => failure::exit(code),
        (None, Some(Reason::Signal), _, Some(number)) => failure::signal(number),
        _ => Text::same("-"),
    }
}

fn because(reason: Reason, error: &Text) -> Text {
    let (en, fr) = match reason {
        Reason::Exit => ("it ran and failed", "elle a tourné et échoué"),
        Reason::Signal => (
            "it ran and a signal ended it",
            "elle a tourné et un signal l’a arrêtée",
        ),
        Reason::Timeout => (
            "it ran longer than its timeout and was stopped",
            "elle a dépassé son timeout et a été arrêtée",
        ),
        Reason::StartFailed => ("it could not be started", "elle n’a pas pu démarrer"),
        Reason::Reported => (
            "it ran, and its result file says that it failed",
            "elle a tourné, et son fichier de résultat dit qu’elle a échoué",
        ),
        Reason::Overlap => (
            "max_instances runs were active, and its overlap policy is to skip",
            "max_instances exécutions étaient actives, et sa politique overlap est de passer",
        ),
        Reason::Budget => (
            "no message was left under its limits",
            "ses limites ne laissaient plus aucun message",
        ),
        Reason::Clock => (
            "the clock was set forward over it",
            "l’horloge a été avancée par-dessus",
        ),
        Reason::Downtime => (
            "no daemon ran then, and it was too late to catch up (a misfire_grace_time that was \
             edited meanwhile: both values must allow it)",
            "aucun démon ne tournait alors, et il était trop tard pour la rattraper (un \
             misfire_grace_time modifié entre-temps : les deux valeurs doivent le permettre)",
        ),
        Reason::Coalesced => (
            "a later due time covers it (coalesce)",
            "une échéance ultérieure en tient lieu (coalesce)",
        ),
        Reason::Late => (
            "it could not start within misfire_grace_time although the daemon was up",
            "elle n’a pas pu démarrer dans misfire_grace_time bien que le démon tournât",
        ),
        Reason::Crash => (
            "the daemon died meanwhile: whether it took effect is unknown",
            "le démon est mort entre-temps : on ne sait pas si elle a eu un effet",
        ),
        Reason::User => (
            "it was cancelled, or its job was paused, before it could start",
            "quelqu’un l’a annulée, ou a mis son job en pause avant son départ",
        ),
        Reason::Replaced => (
            "a newer run took its place (overlap: replace)",
            "une exécution plus récente a pris sa place (overlap: replace)",
        ),
        Reason::Shutdown => ("the daemon was stopped", "le démon a été arrêté"),
        Reason::Removed => (
            "an edit took its job or due time away before it started",
            "une modification a retiré son job ou son échéance avant son départ",
        ),
    };
    if error.en == "-" {
        Text::new(en, fr)
    } else {
        Text::new(
            format!("{en}: {}", error.en),
            format!("{fr} : {}", error.fr),
        )
    }
}

/// The job was not in the files.
pub fn unknown(id: &str) -> Text {
    Text::new(
        format!("no file declared `{id}` then, as far as the history says"),
        format!("aucun fichier ne déclarait « {id} » alors, d’après l’historique"),
    )
}

/// `enabled: false`.
pub fn disabled(file: &str) -> Text {
    Text::new(
        format!("its file says enabled: false ({file})"),
        format!("son fichier dit enabled: false ({file})"),
    )
}

/// A pause.
pub fn paused(who: &str, from: &str, until: Option<&str>, reason: Option<&str>) -> Text {
    let why = reason.map_or(String::new(), |reason| format!(": {reason}"));
    let dit = reason.map_or(String::new(), |reason| format!(" : {reason}"));
    let en = until.map_or(String::new(), |until| format!(" until {until}"));
    let fr = until.map_or(String::new(), |until| format!(" jusqu’à {until}"));
    Text::new(
        format!("{who} paused it at {from}{en}{why}; nothing is due meanwhile"),
        format!("{who} l’a mis en pause à {from}{fr}{dit} ; rien n’est dû pendant ce temps"),
    )
}

/// The schedule and the due times around.
pub fn schedule(en: &str, fr: &str, before: &str, after: &str) -> Text {
    Text::new(
        format!("{en}; due before: {before}, next: {after}"),
        format!("{fr} ; échéance précédente : {before}, suivante : {after}"),
    )
}

/// A due time without a record, and why.
pub fn no_record(due: &str, because: &Text) -> Text {
    let Text { en, fr } = because;
    Text::new(
        format!("the due time {due} has no record: {en}"),
        format!("l’échéance {due} n’a pas de trace : {fr}"),
    )
}

/// The job is younger.
pub fn not_yet(at: &str) -> Text {
    Text::new(
        format!("the job did not exist yet; jobsd took it over at {at}"),
        format!("le job n’existait pas encore, jobsd l’a pris en compte à {at}"),
    )
}

/// The job was away.
pub fn undeclared() -> Text {
    Text::new(
        "no file declared the job then",
        "aucun fichier ne déclarait le job alors",
    )
}

/// No daemon had ever run.
pub fn before_history(at: &str) -> Text {
    Text::new(
        format!("the history begins with the first daemon here, at {at}"),
        format!("l’historique commence avec le premier démon ici, à {at}"),
    )
}

/// Retention.
pub fn not_kept(at: &str) -> Text {
    Text::new(
        format!("older history is no longer kept (history.retain_days); it begins at {at}"),
        format!(
            "l’historique plus ancien n’est plus conservé (history.retain_days), il commence à {at}"
        ),
    )
}

/// Another schedule was in force.
pub fn not_due(en: &str, fr: &str) -> Text {
    Text::new(
        format!("it was not due by the schedule that was active then ({en})"),
        format!("elle n’était pas due d’après la planification d’alors ({fr})"),
    )
}

/// It lies ahead.
pub fn not_due_yet() -> Text {
    Text::new("it is not due yet", "elle n’est pas encore due")
}

/// A run that was cancelled: by whom, where that is known, and how long after its start, where it
/// had started.
pub fn cancelled(who: Option<&str>, after: Option<&str>) -> Text {
    let (en, fr) = after.map_or_else(
        || {
            (
                " before it could start".to_owned(),
                " avant son départ".to_owned(),
            )
        },
        |span| {
            let span_fr = span.replace('.', ",");
            (format!(" after {span}"), format!(" au bout de {span_fr}"))
        },
    );
    match who {
        Some(who) => Text::new(
            format!("{who} cancelled it{en}"),
            format!("{who} l’a annulée{fr}"),
        ),
        None => Text::new(
            format!("it was cancelled{en}"),
            format!("elle a été annulée{fr}"),
        ),
    }
}

/// Nobody recorded it.
pub fn no_daemon() -> Text {
    Text::new(
        "no daemon has run since; the next one records it",
        "aucun démon n’a tourné depuis, le prochain l’enregistrera",
    )
}

/// The daemon is at it.
pub fn deciding() -> Text {
    Text::new(
        "the daemon is just deciding it",
        "le démon est en train d’en décider",
    )
}

/// It should have one.
pub fn lost() -> Text {
    Text::new(
        "a daemon runs and it was due: check the history with jobsd fsck",
        "un démon tourne et elle était due : vérifiez l’historique avec jobsd fsck",
    )
}

/// The job continues under another id.
pub fn renamed(to: &str, at: Option<&str>) -> Text {
    let en = at.map_or(String::new(), |at| format!(" at {at}"));
    let fr = at.map_or(String::new(), |at| format!(" à {at}"));
    Text::new(
        format!("it was renamed{en} and continues as `{to}`: jobsd why {to}"),
        format!("il a été renommé{fr} et continue sous « {to} » : jobsd why {to}"),
    )
}

/// An edit took the job away.
pub fn removed(at: &str) -> Text {
    Text::new(
        format!("it was removed from the files at {at}"),
        format!("il a été retiré des fichiers à {at}"),
    )
}

/// The definition changed lately.
pub fn adopted(at: &str) -> Text {
    Text::new(
        format!(
            "this definition is active since {at}; due times up to then belong to the one before"
        ),
        format!(
            "cette définition vaut depuis {at} ; les échéances antérieures relèvent de la \
             précédente"
        ),
    )
}

/// The daemon started.
pub fn started(at: &str) -> Text {
    Text::new(
        format!("a daemon started at {at}; before that none may have run"),
        format!("un démon a démarré à {at} ; avant cela, peut-être aucun ne tournait"),
    )
}

/// The daemon was stopped, and none came back.
pub fn stopped(at: &str) -> Text {
    Text::new(
        format!("the daemon was stopped at {at}, and none had started since"),
        format!("le démon a été arrêté à {at}, et aucun n’avait redémarré depuis"),
    )
}
