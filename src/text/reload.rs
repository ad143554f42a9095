//! What `jobsd diff` says.

use crate::text::{Lang, Text};

/// Nothing differs.
pub fn no_difference(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "nothing would change",
        Lang::Fr => "rien ne changerait",
    }
}

/// A job that would be told apart by one word.
pub fn word(change: &str, lang: Lang) -> &'static str {
    match (change, lang) {
        ("added", Lang::En) => "added",
        ("added", Lang::Fr) => "ajouté",
        ("changed", Lang::En) => "changed",
        ("changed", Lang::Fr) => "modifié",
        ("removed", Lang::En) => "removed",
        ("removed", Lang::Fr) => "retiré",
        ("renamed", Lang::En) => "renamed",
        ("renamed", Lang::Fr) => "renommé",
        (_, Lang::En) => "bad",
        (_, Lang::Fr) => "invalide",
    }
}

/// What happens to the job of a bad file.
pub fn fate(has_version: bool) -> Text {
    if has_version {
        return text!("its active version stays", "sa version active reste");
    }
    text!("no version is active", "aucune version n’est active")
}

/// Errors in the files, and where all of them are shown.
pub fn see_validate(count: usize) -> Text {
    let count = Text::count(count as u64, ["error", "errors"], ["erreur", "erreurs"]);
    let Text { en, fr } = count;
    text!(
        "{en} in the files: see jobsd validate",
        "{fr} dans les fichiers : voyez jobsd validate"
    )
}

/// A setting that waits for a restart.
pub fn waits_for_restart(key: &str) -> Text {
    text!(
        "jobsd.yaml: `{key}` waits for a restart",
        "jobsd.yaml : `{key}` attend un redémarrage"
    )
}

/// A job that is gone and a new one, alike, that are no rename.
pub fn not_renamed(from: &str, to: &str) -> Text {
    Text::new(
        format!(
            "{from} removed, {to} added: not recognized as a rename, because the content changed \
             too; pause and counters do not carry over"
        ),
        format!(
            "{from} retiré, {to} ajouté : pas reconnu comme un renommage, car le contenu a changé \
             aussi ; pause et compteurs ne suivent pas"
        ),
    )
}
