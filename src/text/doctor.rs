//! What `jobsd doctor` finds.

use crate::text::{Lang, Text};

/// The job files of a folder.
pub fn files_in(count: usize, folder: &str) -> Text {
    let (s, x) = (
        if count == 1 { "" } else { "s" },
        if count < 2 { "" } else { "s" },
    );
    text!(
        "{count} file{s} in {folder}",
        "{count} fichier{x} dans {folder}"
    )
}

/// A folder that cannot be used, and why.
pub fn of_folder(folder: &str, cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!("{folder}: {en}", "{folder} : {fr}")
}

/// Free space.
pub fn free(mebibytes: u64) -> Text {
    text!("{mebibytes} MiB free", "{mebibytes} Mio libres")
}

/// Bounds of inotify.
pub fn watches(instances: u64, watches: u64) -> Text {
    text!(
        "{instances} instances, {watches} watches",
        "{instances} instances, {watches} surveillances"
    )
}

/// No inotify at all.
pub fn no_watches() -> Text {
    text!("not on Linux: scanning", "pas sous Linux ; par scrutation")
}

/// The hard limit of descriptors.
pub fn descriptors(hard: u64) -> Text {
    text!(
        "{hard} open files at most",
        "{hard} fichiers ouverts au plus"
    )
}

/// No daemon.
pub fn no_daemon() -> Text {
    text!(
        "no daemon is listening on control.sock",
        "personne ne répond sur control.sock"
    )
}

/// A file that is mounted by itself.
pub fn mounted_file(path: &str) -> Text {
    text!(
        "{path} is mounted by itself: a file that replaces it outside is never seen; mount its \
         folder",
        "{path} est monté seul : un fichier qui le remplace au-dehors n’arrive jamais ; montez son \
         dossier"
    )
}

/// A tree of another owner.
pub fn other_owner(path: &str) -> Text {
    text!(
        "{path} belongs to another user, so git does not read it: git config --global --add \
         safe.directory {path}",
        "{path} appartient à un autre utilisateur, donc git n’en dit rien : git config --global \
         --add safe.directory {path}"
    )
}

/// Nothing keeps edits from being seen.
pub fn edits_come() -> Text {
    text!(
        "no file is mounted by itself, and git reads the tree",
        "aucun fichier n’est monté seul, et git lit l’arborescence"
    )
}

/// Which zone data serves, which does not, and where they differ.
pub fn zones(serving: &str, other: Option<&str>, differing: &[Text]) -> Text {
    let Some(other) = other else {
        return text!("{serving} serves", "{serving} sert");
    };
    let list = |lang| -> String {
        let texts = differing.iter().map(|text: &Text| text.get(lang));
        texts.map(|text| format!("; {text}")).collect()
    };
    let (en, fr) = (list(Lang::En), list(Lang::Fr).replace("; ", " ; "));
    text!(
        "{serving} serves, not {other}{en}",
        "{serving} sert, et non {other}{fr}"
    )
}

/// A zone that has other hours in the copy that does not serve.
pub fn zone_differs(zone: &str, from: &str) -> Text {
    text!(
        "they differ for {zone} from {from}",
        "ils diffèrent pour {zone} à partir de {from}"
    )
}
