//! Why one of the two bots cannot do its run: its config, its variables, its files.

use crate::text::Text;

// Config

/// No address book.
pub fn no_contacts() -> Text {
    text!(
        "`contacts` is not set: name an address book in bot_config, or for all jobs in jobsd.yaml \
         under bots.birthday.defaults",
        "`contacts` n’est nommé nulle part : nommez un carnet d’adresses dans bot_config, ou pour \
         tous les jobs dans jobsd.yaml sous bots.birthday.defaults"
    )
}

/// No way for messages to leave.
pub fn no_delivery() -> Text {
    text!(
        "`delivery` is not set: say how messages leave in bot_config, or for all jobs in \
         jobsd.yaml under bots.birthday.defaults",
        "`delivery` n’est nommé nulle part : dites comment partent les messages dans bot_config, \
         ou pour tous les jobs dans jobsd.yaml sous bots.birthday.defaults"
    )
}

/// No list of pages.
pub fn no_addresses() -> Text {
    text!(
        "`addresses` is not set: name a list of pages in bot_config, or for all jobs in jobsd.yaml \
         under bots.visitor.defaults",
        "`addresses` n’est nommé nulle part : nommez une liste de pages dans bot_config, ou pour \
         tous les jobs dans jobsd.yaml sous bots.visitor.defaults"
    )
}

/// A config that cannot be understood.
pub fn bad_config(error: &str) -> Text {
    text!(
        "the config on standard input is not understood: {error}",
        "la configuration sur l’entrée standard n’est pas comprise : {error}"
    )
}

/// A name in braces that no template knows.
pub fn unknown_in_template(part: &str) -> Text {
    text!(
        "`templates`: {part} is not known; see docs/bots.md for the names",
        "`templates` : {part} n’est pas connu ; les noms sont dans docs/bots.md"
    )
}

/// A sender that is not an address.
pub fn bad_sender(key: &str, text: &str) -> Text {
    text!(
        "`{key}`: {text:?} is not a mail address; write Ana Lima <ana@example.org>",
        "`{key}` : {text:?} n’est pas une adresse ; écrivez Ana Lima <ana@example.org>"
    )
}

// Variables

/// A variable with a value that is not understood.
pub fn bad_variable(name: &str, value: &str) -> Text {
    text!(
        "{name} is {value:?}, which is not understood; jobsd sets it",
        "{name} vaut {value:?}, ce qui n’est pas compris ; jobsd le fixe"
    )
}

/// No folder in which to remember what was sent.
pub fn no_state() -> Text {
    text!(
        "JOBSD_JOB_STATE names no folder, so nothing would keep a message from being sent twice: \
         let jobsd run this bot, set it, or add dry_run: true",
        "JOBSD_JOB_STATE ne nomme aucun dossier, rien n’éviterait donc un double envoi : laissez \
         jobsd lancer ce bot, fixez la variable, ou ajoutez dry_run: true"
    )
}

/// A secret in a variable that is not set.
pub fn no_variable(key: &str, name: &str) -> Text {
    text!(
        "`{key}`: there is no variable {name}; set it for the daemon",
        "`{key}` : la variable {name} n’existe pas ; fixez-la pour le démon"
    )
}

// Files

/// A file that a key names and that cannot be read.
pub fn unreadable(key: &str, path: &str, error: &str) -> Text {
    text!(
        "`{key}`: {path} cannot be read: {error}; fix the path or its permissions",
        "`{key}` : {path} ne peut être lu : {error} ; corrigez le chemin ou ses droits"
    )
}

/// A file that a key names and that is not what it should be.
pub fn bad_file(key: &str, cause: &str) -> Text {
    text!(
        "`{key}`: {cause}; fix the file or its path",
        "`{key}` : {cause} ; corrigez le fichier ou son chemin"
    )
}

/// A file with an ending that no reader knows.
pub fn unknown_kind(key: &str, path: &str) -> Text {
    text!(
        "`{key}`: {path} is of an unknown kind; see docs/bots.md for the endings",
        "`{key}` : {path} est d’un type inconnu ; les extensions sont dans docs/bots.md"
    )
}

/// The ledger cannot be used.
pub fn no_ledger(path: &str, error: &str) -> Text {
    text!(
        "the bot's ledger {path} cannot be used: {error}; nothing is sent without it",
        "le registre du bot {path} est inutilisable : {error} ; rien n’est envoyé sans lui"
    )
}

/// A line of the ledger cannot be read.
pub fn damaged_ledger(path: &str, line: usize) -> Text {
    text!(
        "{path}:{line}: the line cannot be read, and may be of a message that was sent; fix or \
         remove it",
        "{path}:{line} : la ligne est illisible et peut être celle d’un message envoyé ; \
         corrigez-la ou retirez-la"
    )
}

/// Another run of the same job holds its folder.
pub fn another_run(by: &str) -> Text {
    text!(
        "another run of this job is at work ({by}): wait for its end",
        "une autre exécution de ce job est en cours ({by}) : attendez sa fin"
    )
}

/// The job's folder cannot be used.
pub fn no_folder(error: &str) -> Text {
    text!(
        "the job's folder cannot be used: {error}; nothing is sent without it",
        "le dossier du job est inutilisable : {error} ; rien n’est envoyé sans lui"
    )
}
