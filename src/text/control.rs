//! The catalogue of refusals: why a request to the daemon has no effect.

use crate::text::Text;

/// There is no such job.
pub fn no_job(id: &str, near: Option<&str>) -> Text {
    let en = near.map_or(": see jobsd list".to_owned(), |near| {
        format!(". Did you mean `{near}`?")
    });
    let fr = near.map_or(" : voyez jobsd list".to_owned(), |near| {
        format!(". Vouliez-vous dire « {near} » ?")
    });
    text!("no job `{id}`{en}", "aucun job « {id} »{fr}")
}

/// There is no such run, or it is over.
pub fn no_run(id: &str) -> Text {
    text!(
        "no run `{id}` is in progress: see jobsd history",
        "aucune exécution « {id} » n’est en cours : voyez jobsd history"
    )
}

/// There is no such run, not even in the history.
pub fn no_such_run(id: &str) -> Text {
    text!(
        "no run `{id}`: see jobsd history",
        "aucune exécution « {id} » : voyez jobsd history"
    )
}

/// The file of a job is bad, and no earlier version of it is active.
pub fn bad_file(id: &str, error: &Text) -> Text {
    let Text { en, fr } = error;
    text!(
        "no version of `{id}` is active, because its file is bad: {en}: see jobsd validate",
        "aucune version de « {id} » n’est active, car son fichier est mauvais : {fr} : voyez jobsd \
         validate"
    )
}

/// The file of a job is bad, whatever version of it is active.
pub fn file_is_bad(error: &str) -> Text {
    text!(
        "its file is bad: {error}: see jobsd validate",
        "son fichier est mauvais : {error} : voyez jobsd validate"
    )
}

/// What may have been meant as a job or as the beginning of a run's id, and is neither.
pub fn no_job_or_run(text: &str) -> Text {
    text!(
        "no job or run `{text}`: see jobsd list and jobsd history",
        "aucun job ni aucune exécution « {text} » : voyez jobsd list et jobsd history"
    )
}

/// A job that no daemon knows yet.
pub fn unread(id: &str) -> Text {
    text!(
        "no daemon has read the file of `{id}` yet: start `jobsd serve`",
        "aucun démon n’a encore lu le fichier de « {id} » : lancez « jobsd serve »"
    )
}

/// Runs named where several begin alike.
pub const RUNS_NAMED_MAX: usize = 3;

/// The beginning of several ids; those that are not named are an ellipsis.
pub fn several_runs(text: &str, ids: &[String]) -> Text {
    let named = ids[..ids.len().min(RUNS_NAMED_MAX)].join(", ");
    let more = if ids.len() > RUNS_NAMED_MAX {
        ", …"
    } else {
        ""
    };
    let ids = format!("{named}{more}");
    text!(
        "several runs begin with `{text}`: {ids}; write more of the id",
        "plusieurs exécutions commencent par « {text} » : {ids} ; écrivez plus de l’identifiant"
    )
}

/// That is not an id.
pub fn not_a_run_id(text: &str) -> Text {
    text!(
        "`{text}` is not a run id: see jobsd history",
        "« {text} » n’est pas un identifiant d’exécution : voyez jobsd history"
    )
}

/// `max_instances` is reached.
pub fn overlap(id: &str) -> Text {
    text!(
        "`{id}` is already running (max_instances): wait, or cancel that run",
        "« {id} » est déjà en cours (max_instances) : attendez, ou annulez cette exécution"
    )
}

/// A command has no dry run.
pub fn no_dry_run(id: &str) -> Text {
    text!(
        "`{id}` is a command: it has no dry run",
        "« {id} » est une commande : elle n’a pas de mode test"
    )
}

/// The file disables the job.
pub fn disabled(id: &str, file: &str) -> Text {
    text!(
        "`{id}` is disabled by its file: set enabled: true in {file} and merge it",
        "« {id} » est désactivé par son fichier : écrivez enabled: true dans {file} et fusionnez"
    )
}

/// An instant that has passed.
pub fn past(until: &str) -> Text {
    text!(
        "{until} is in the past: name a future instant",
        "{until} est passé : donnez un instant à venir"
    )
}

/// Another reload is not done.
pub fn reload_under_way() -> Text {
    text!(
        "a reload is already in progress: wait for it",
        "un rechargement est déjà en cours : attendez-le"
    )
}

/// Nothing can be recorded.
pub fn unwritable(cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "nothing was done, because it could not be recorded: {en}",
        "rien n’a été fait, faute de pouvoir l’inscrire dans l’historique : {fr}"
    )
}

/// The daemon ends.
pub fn stopping() -> Text {
    text!("the daemon is stopping", "le démon s’arrête")
}

/// Not a request that this version knows.
pub fn not_a_request(cause: &str) -> Text {
    text!(
        "not a request: {cause}",
        "ce n’est pas une requête : {cause}"
    )
}

/// No one listens on the socket.
pub fn no_daemon(path: &str, cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "no daemon answers on {path}: {en}; start `jobsd serve`, or name its state directory with \
         --state",
        "aucun démon ne répond sur {path} : {fr} ; lancez « jobsd serve », ou nommez son dossier \
         d’état avec --state"
    )
}

/// The connection broke.
pub fn broken(cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "the connection broke: {en}",
        "la connexion a été rompue : {fr}"
    )
}

/// The answer of a daemon of another version.
pub fn unreadable(cause: &str) -> Text {
    text!(
        "the answer of the daemon cannot be read: {cause}. Use the same version of jobsd as the \
         daemon",
        "la réponse du démon est illisible : {cause}. Utilisez la même version de jobsd que le \
         démon"
    )
}

/// An address that is none.
pub fn no_address(address: &str) -> Text {
    text!(
        "`{address}` is not the address of a server: write https://jobs.example.org, or host:port",
        "« {address} » n’est pas une adresse de serveur : écrivez https://jobs.example.org, ou \
         hôte:port"
    )
}

/// The endpoint of this machine is asked, for there is no socket.
pub fn asked_instead(state: &str, url: &str) -> Text {
    text!(
        "note: no daemon in {state}; asked {url}",
        "remarque : aucun démon dans {state} ; {url} a été interrogé"
    )
}

/// The daemon that answers on the usual port is not that of this folder.
pub fn another_answers(state: &str, url: &str) -> Text {
    text!(
        "no daemon in {state}, and the one at {url} may be that of other jobs: start `jobsd \
         serve`, or name the one you mean with --server {url} or --state",
        "aucun démon dans {state}, et celui de {url} est peut-être celui d’autres jobs : lancez \
         « jobsd serve », ou nommez celui que vous voulez avec --server {url} ou --state"
    )
}

/// A server cannot be reached, or is not jobsd.
pub fn no_server(url: &str, Text { en, fr }: &Text) -> Text {
    text!(
        "no daemon answers at {url}: {en}",
        "aucun démon ne répond à {url} : {fr}"
    )
}

/// What answers is another program.
pub fn not_jobsd(status: &str) -> Text {
    text!(
        "{status}, and not JSON: this is not jobsd",
        "{status}, et pas de JSON : ce n’est pas jobsd"
    )
}

/// A token file cannot be read.
pub fn no_token(path: &str, cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "the token file {path} cannot be read: {en}",
        "le fichier de jeton {path} est illisible : {fr}"
    )
}

/// A server without control.
pub fn read_only(url: &str) -> Text {
    text!(
        "control is off on {url} (read-only)\n  help: run it on the host, or name a token file \
         there with control.token_file",
        "le contrôle est fermé sur {url} (lecture seule)\n  aide : lancez-la sur la machine même, \
         ou nommez-y un fichier de jeton par control.token_file"
    )
}

/// A server wants a token, or another one.
pub fn locked(url: &str, token_file: Option<&str>) -> Text {
    match token_file {
        None => text!(
            "{url} requires a token\n  help: name a file that holds it with --token-file, or \
             JOBSD_TOKEN_FILE",
            "{url} demande un jeton\n  aide : nommez un fichier qui le contient par --token-file, \
             ou JOBSD_TOKEN_FILE"
        ),
        Some(file) => text!(
            "{url} rejects the token in {file}",
            "{url} refuse le jeton de {file}"
        ),
    }
}

/// A command that reads what lies on this machine.
pub fn reads_here(what: &str) -> Text {
    text!(
        "{what} reads files of this machine: leave --server (and JOBSD_SERVER) out, or run it on \
         the host",
        "{what} lit des fichiers de cette machine : retirez --server (et JOBSD_SERVER), ou \
         lancez-la sur la machine même"
    )
}

#[cfg(test)]
mod tests {
    use super::several_runs;

    #[test]
    fn runs_that_are_not_named_are_an_ellipsis() {
        let ids = ["a", "b", "c", "d"].map(str::to_owned);
        assert!(several_runs("0", &ids).en.contains(": a, b, c, …;"));
        assert!(several_runs("0", &ids[..3]).en.contains(": a, b, c;"));
    }
}
