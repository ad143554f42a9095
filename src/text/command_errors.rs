//! Why a command, or the daemon, does not begin: the errors of the command line that are about no
//! job file.

use crate::text::Text;

// Every command

/// `--config` names nothing.
pub fn no_config(path: &str) -> Text {
    text!(
        "{path} does not exist: fix --config",
        "{path} n’existe pas : corrigez --config"
    )
}

/// The working directory cannot be had.
pub fn no_working_dir(cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "the working directory is unknown: {en}",
        "le dossier de travail est inconnu : {fr}"
    )
}

// The jobs folder

/// It does not exist.
pub fn no_jobs_folder(path: &str) -> Text {
    text!(
        "the jobs folder {path} does not exist: create it, or name another with --jobs",
        "le dossier des jobs {path} n’existe pas : créez-le, ou nommez-en un autre avec --jobs"
    )
}

/// It does not exist, and the daemon would have nothing to do.
pub fn nothing_to_serve(path: &str) -> Text {
    text!(
        "the jobs folder {path} does not exist: create it, name another with --jobs, or add \
         --wait-for-jobs",
        "le dossier des jobs {path} n’existe pas : créez-le, nommez-en un autre avec --jobs, ou \
         ajoutez --wait-for-jobs"
    )
}

/// It may not be read.
pub fn closed_jobs_folder(path: &str) -> Text {
    text!(
        "the jobs folder {path} cannot be read: give this user read and search permission",
        "le dossier des jobs {path} est illisible : donnez à cet utilisateur le droit de lecture \
         et de parcours"
    )
}

/// It cannot be read.
pub fn unreadable_jobs_folder(path: &str, cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "the jobs folder {path} cannot be read: {en}",
        "le dossier des jobs {path} est illisible : {fr}"
    )
}

/// It is not trusted.
pub fn refused_jobs_folder(path: &str, why: &Text) -> Text {
    let Text { en, fr } = why;
    text!(
        "the jobs folder {path} is refused: {en}",
        "le dossier des jobs {path} est refusé : {fr}"
    )
}

/// Bad files of jobs that nobody asked about.
pub fn other_files(count: usize) -> Text {
    let invalid = Text::count(
        count as u64,
        ["other file is invalid", "other files are invalid"],
        [
            "autre fichier est invalide",
            "autres fichiers sont invalides",
        ],
    );
    let Text { en, fr } = invalid;
    text!(
        "note: {en}: jobsd validate",
        "remarque : {fr} : jobsd validate"
    )
}

// validate

/// A path that is not there.
pub fn no_path(path: &str, cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "{path} cannot be read: {en}; check the path",
        "{path} est illisible : {fr} ; vérifiez le chemin"
    )
}

/// What was found in a path that cannot be checked.
pub fn unchecked(path: &str, message: &Text, help: &Text) -> Text {
    Text::new(
        format!("{path}: {}; {}", message.en, help.en),
        format!("{path} : {} ; {}", message.fr, help.fr),
    )
}

/// Standard input broke.
pub fn no_stdin(cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "standard input cannot be read: {en}",
        "l’entrée standard est illisible : {fr}"
    )
}

// history, why

/// An instant outside of the calendar.
pub fn no_such_instant() -> Text {
    text!(
        "there is no such instant: years go from 1 to 9999",
        "cet instant n’existe pas : les années vont de 1 à 9999"
    )
}

/// Not a cursor.
pub fn not_a_cursor(text: &str) -> Text {
    text!(
        "`{text}` is not a cursor: use `next` of `jobsd history --format json`",
        "« {text} » n’est pas un curseur : prenez `next` de `jobsd history --format json`"
    )
}

// fsck

/// There is no history.
pub fn no_state(path: &str) -> Text {
    text!(
        "there is no state directory {path}: name it with --state",
        "il n’y a pas de dossier d’état {path} : nommez-le avec --state"
    )
}

/// A daemon works on it.
pub fn held_by_daemon(path: &str, by: &str) -> Text {
    text!(
        "a daemon ({by}) works on {path}: it fences torn tails itself; stop it to repair",
        "un démon ({by}) travaille sur {path} : il clôt lui-même les lignes coupées ; arrêtez-le \
         pour réparer"
    )
}

// run --local

/// A dry run of a command.
pub fn no_dry_run(id: &str) -> Text {
    text!(
        "`{id}` is a command: it has no dry run",
        "« {id} » est une commande : elle n’a pas de mode test"
    )
}

/// The daemon counts.
pub fn counted_there(path: &str, id: &str) -> Text {
    text!(
        "a daemon holds {path} and counts what `{id}` sends: run it there (without --local), or \
         add --dry-run",
        "un démon tient {path} et compte ce que « {id} » envoie : lancez-la là (sans --local), ou \
         ajoutez --dry-run"
    )
}

/// A run without a record.
pub fn not_recorded(path: &str) -> Text {
    text!(
        "note: a daemon holds {path}: this run is not recorded",
        "remarque : un démon tient {path} : cette exécution n’est pas enregistrée"
    )
}

/// What is not a pair of a key and a value.
pub fn not_a_pair(text: &str) -> Text {
    text!(
        "`{text}` is not KEY=VALUE: write a key of bot_config, such as --set dry_run=true",
        "« {text} » n’est pas CLÉ=VALEUR : écrivez une clé de bot_config, comme --set dry_run=true"
    )
}

/// A value that the job cannot have.
pub fn of_set(sentence: &Text) -> Text {
    let Text { en, fr } = sentence;
    text!("--set: {en}", "--set : {fr}")
}

/// How a program ended.
pub fn exit_status(code: i32) -> Text {
    text!("exit status {code}", "code de sortie {code}")
}

// serve

/// The log cannot be written.
pub fn no_log(cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "the log cannot be written: {en}; fix log.file",
        "le journal ne peut pas être écrit : {fr} ; corrigez log.file"
    )
}

/// Signals cannot be taken.
pub fn no_signals(cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "signals cannot be handled: {en}",
        "les signaux ne peuvent pas être reçus : {fr}"
    )
}

/// No thread.
pub fn no_thread(cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "no thread can be created: {en}; raise the limits of the daemon",
        "aucun fil d’exécution n’est disponible : {fr} ; relevez les limites du service"
    )
}

/// The history cannot be read.
pub fn unreadable_history(cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "the history cannot be read; fix its permissions: {en}",
        "l’historique est illisible ; corrigez ses droits : {fr}"
    )
}

/// The history cannot be written.
pub fn unwritable_history(cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "the history cannot be written: {en}",
        "l’historique ne peut pas être écrit : {fr}"
    )
}

/// The socket of control cannot be made.
pub fn no_socket(cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "the control socket cannot be created in the state directory: {en}",
        "la socket de contrôle ne peut pas être créée dans le dossier d’état : {fr}"
    )
}

/// The state directory cannot be used.
pub fn unusable_state(path: &str, cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "the state directory {path} cannot be used: {en}, or name another with --state",
        "le dossier d’état {path} est inutilisable : {fr}, ou nommez-en un autre avec --state"
    )
}

/// Among the zone files is one that whoever opens it may wait for.
pub fn special_zone_file(path: &str) -> Text {
    text!(
        "{path} is a FIFO, a device or a socket, not zone data: remove it, or name another folder \
         of zone files with TZDIR",
        "{path} est un FIFO, un périphérique ou une socket, pas un fichier de fuseaux : \
         supprimez-le, ou nommez un autre dossier de fuseaux avec TZDIR"
    )
}

/// The state directory, or a folder in it, is something else.
pub fn state_is_no_folder(path: &str) -> Text {
    text!(
        "{path} is not a folder: remove it, or name another state directory with --state",
        "{path} n’est pas un dossier : supprimez-le, ou nommez un autre dossier d’état avec --state"
    )
}

/// Others can write to the state directory, or to a folder in it.
pub fn open_state(path: &str, mode: u32, uid: u32) -> Text {
    text!(
        "others can write to {path} (mode {mode:04o}, owner uid {uid}), and so choose what this \
         daemon runs: chmod go-w it and chown it to this user or root, or name a folder of your \
         own with --state",
        "d’autres peuvent écrire dans {path} (mode {mode:04o}, propriétaire uid {uid}), et ainsi \
         choisir ce que ce démon exécute : retirez-leur ce droit (chmod go-w) et donnez-le à cet \
         utilisateur ou à root (chown), ou nommez un dossier à vous avec --state"
    )
}

/// The state directory cannot be written.
pub fn unwritable_state(path: &str, cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "the state directory {path} cannot be written: {en}, or name another with --state",
        "le dossier d’état {path} ne peut pas être écrit : {fr}, ou nommez-en un autre avec --state"
    )
}

/// Another daemon.
pub fn another_daemon(path: &str, by: &str) -> Text {
    text!(
        "another jobsd ({by}) works on {path}: stop it, or name another directory with --state",
        "un autre jobsd ({by}) travaille sur {path} : arrêtez-le, ou nommez un autre dossier avec \
         --state"
    )
}

/// The port is taken, or not ours.
pub fn no_listener(address: &str, cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "cannot listen on {address}: {en}; stop the other program or name another with --listen",
        "impossible d’écouter sur {address} : {fr} ; arrêtez l’autre programme ou nommez une autre \
         adresse avec --listen"
    )
}

/// What systemd handed over is of no use.
pub fn bad_handed_socket(cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "the socket from LISTEN_FDS cannot be used: {en}; see contrib/systemd",
        "la socket de LISTEN_FDS est inutilisable : {fr} ; voyez contrib/systemd"
    )
}

/// The token cannot be read.
pub fn no_token_file(path: &str, cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "the token file {path} cannot be read: {en}; fix control.token_file",
        "le fichier de jeton {path} est illisible : {fr} ; corrigez control.token_file"
    )
}

/// What is not a token file.
pub fn not_a_token_file(path: &str) -> Text {
    text!(
        "{path} is not a token file: write one line of text into it",
        "{path} n’est pas un fichier de jeton : écrivez-y une ligne de texte"
    )
}

/// A token that others may read.
pub fn open_token_file(path: &str, mode: u32) -> Text {
    text!(
        "others may read the token file {path} (mode {mode:o}): chmod 600 {path}",
        "d’autres peuvent lire le fichier de jeton {path} (mode {mode:o}) : chmod 600 {path}"
    )
}

/// A token that could be guessed.
pub fn short_token(path: &str, min: usize) -> Text {
    text!(
        "the token in {path} is shorter than {min} characters: head -c 32 /dev/urandom | base64 > \
         {path}",
        "le jeton de {path} a moins de {min} caractères : head -c 32 /dev/urandom | base64 > {path}"
    )
}
