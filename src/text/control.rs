//! The catalogue of refusals: what a request to the daemon is told when it has no effect.

use crate::text::Text;

/// There is no such job.
pub fn no_job(id: &str, near: Option<&str>) -> Text {
    let en = near.map_or(": see jobsd list".to_owned(), |near| {
        format!(". Did you mean `{near}`?")
    });
    let fr = near.map_or(" : voir jobsd list".to_owned(), |near| {
        format!(". Vouliez-vous dire « {near} » ?")
    });
    Text::new(
        format!("no job `{id}`{en}"),
        format!("aucune tâche « {id} »{fr}"),
    )
}

/// There is no such run, or it is over.
pub fn no_run(id: &str) -> Text {
    Text::new(
        format!("no run `{id}` is going on: see jobsd history"),
        format!("aucune exécution « {id} » n'est en cours : voir jobsd history"),
    )
}

/// That is no id.
pub fn not_a_run_id(text: &str) -> Text {
    Text::new(
        format!("`{text}` is not a run id: see jobsd history"),
        format!("« {text} » n'est pas un identifiant d'exécution : voir jobsd history"),
    )
}

/// `max_instances` is reached.
pub fn overlap(id: &str) -> Text {
    Text::new(
        format!("`{id}` is running already (max_instances): wait, or cancel that run"),
        format!(
            "« {id} » est déjà en cours (max_instances) : attendez, ou annulez cette exécution"
        ),
    )
}

/// A command has no dry run.
pub fn no_dry_run(id: &str) -> Text {
    Text::new(
        format!("`{id}` is a command: it has no dry run"),
        format!("« {id} » est une commande : elle n'a pas de simulation"),
    )
}

/// The file disables the job.
pub fn disabled(id: &str, file: &str) -> Text {
    Text::new(
        format!("`{id}` is disabled by its file: set enabled: true in {file} and merge it"),
        format!(
            "« {id} » est désactivée par son fichier : écrivez enabled: true dans {file} et fusionnez"
        ),
    )
}

/// An instant that has passed.
pub fn past(until: &str) -> Text {
    Text::new(
        format!("{until} is in the past: name an instant to come"),
        format!("{until} est passé : donnez un instant à venir"),
    )
}

/// Another reload is not done.
pub fn reload_under_way() -> Text {
    Text::new(
        "a reload is under way already: wait for it",
        "un rechargement est déjà en cours : attendez-le",
    )
}

/// The daemon ends.
pub fn stopping() -> Text {
    Text::new("the daemon is stopping", "le démon s'arrête")
}

/// Not a request that this version knows.
pub fn not_a_request(cause: &str) -> Text {
    Text::new(
        format!("not a request: {cause}"),
        format!("ce n'est pas une requête : {cause}"),
    )
}

/// Nobody listens on the socket.
pub fn no_daemon(path: &str, cause: &Text) -> Text {
    let Text { en, fr } = cause;
    Text::new(
        format!(
            "no daemon answers on {path}: {en}; start `jobsd serve`, or name its state directory with --state"
        ),
        format!(
            "aucun démon ne répond sur {path} : {fr} ; lancez « jobsd serve », ou nommez son répertoire d'état avec --state"
        ),
    )
}

/// The connection broke.
pub fn broken(cause: &Text) -> Text {
    let Text { en, fr } = cause;
    Text::new(
        format!("the connection broke: {en}"),
        format!("la connexion a été rompue : {fr}"),
    )
}
