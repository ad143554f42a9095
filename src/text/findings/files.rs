//! Findings of a file as a whole: its kind, name, size and permissions, and links.

use crate::text::{Text, Words, guillemets, short};

/// Something that is not a regular file.
pub fn not_a_file(kind: &str) -> Words {
    let fr = match kind {
        "FIFO" => "un tube nommé",
        "folder" => "un dossier",
        "device" => "un périphérique",
        "socket" => "un socket",
        _ => "un fichier spécial",
    };
    if kind == "folder" {
        return words!(
            "not-a-file",
            "a folder is not a job file, although it is named like one",
            "rename it, or mount the file that was meant: a bind mount of a missing file makes a \
             folder",
            "un dossier n’est pas un fichier de job, bien qu’il en porte le nom",
            "renommez-le, ou montez le fichier voulu : le montage d’un fichier absent crée un \
             dossier"
        );
    }
    words!(
        "not-a-file",
        "a {kind} is not a job file",
        "replace it with a regular file",
        "{fr} n’est pas un fichier de job",
        "remplacez-le par un fichier ordinaire"
    )
}

/// A file over the size limit.
pub fn too_large(max: u64) -> Words {
    words!(
        "too-large",
        "the file is larger than {max} bytes",
        "keep data elsewhere and name its path",
        "le fichier dépasse {max} octets",
        "gardez les données ailleurs et indiquez leur chemin"
    )
}

/// A link that leads out of the jobs folder.
pub fn link_leaves(target: &str) -> Words {
    words!(
        "link-leaves",
        "the link leads out of the jobs folder, to {target}",
        "put the file into the folder; what is wrong in a file outside of it is not quoted",
        "le lien mène hors du dossier des jobs, vers {target}",
        "placez le fichier dans le dossier ; ce qui est faux dans un fichier extérieur n’est pas \
         cité"
    )
}

/// What is said in place of a finding about a file outside of the jobs folder: no word of its text.
pub fn concealed() -> (Text, Text) {
    let message = text!(
        "the target of the link is not a valid job file; its text is not quoted",
        "le fichier vers lequel mène le lien n’est pas un fichier de job valable ; son texte n’est \
         pas cité"
    );
    let help = text!(
        "put the file into the jobs folder, or check it with `jobsd validate FILE`",
        "placez le fichier dans le dossier des jobs, ou vérifiez-le avec `jobsd validate FICHIER`"
    );
    (message, help)
}

/// A file or folder that others can write, found by a daemon that runs as root.
pub fn open_to_others(is_folder: bool, mode: u32, owner: u32) -> Words {
    let (what, quoi) = if is_folder {
        ("folder", "ce dossier")
    } else {
        ("file", "ce fichier")
    };
    if mode & 0o022 == 0 {
        return words!(
            "open-to-others",
            "this {what} belongs to user {owner}, who could make root run anything",
            "chown it to root, or run jobsd as that user",
            "{quoi} appartient à l’utilisateur {owner}, qui pourrait faire exécuter n’importe quoi \
             par root",
            "attribuez-le à root avec chown, ou lancez jobsd sous cet utilisateur"
        );
    }
    words!(
        "open-to-others",
        "others can write this {what} (mode {mode:04o}), and jobsd runs as root",
        "chmod go-w, or run jobsd as another user",
        "d’autres peuvent écrire {quoi} (mode {mode:04o}), et jobsd tourne sous root",
        "chmod go-w, ou lancez jobsd sous un autre utilisateur"
    )
}

/// A setting whose new value waits for a restart.
pub fn needs_restart(key: &str) -> Words {
    words!(
        "needs-restart",
        "the new value of `{key}` takes effect after a restart",
        "restart jobsd",
        "la nouvelle valeur de `{key}` ne prendra effet qu’au redémarrage",
        "redémarrez jobsd"
    )
}

/// A file that cannot be read.
pub fn unreadable(cause: &Text, help: Text) -> Words {
    let Text { en, fr } = cause;
    let mut words = words!("io", "cannot be read: {en}", "", "illisible : {fr}", "");
    words.help = help;
    words
}

/// What to do about an unreadable file.
pub fn unreadable_help(cause: Unreadable) -> Text {
    match cause {
        Unreadable::LinkLoop => text!(
            "the link leads to itself: remove it",
            "le lien mène à lui-même : retirez-le"
        ),
        Unreadable::LinkNowhere => text!(
            "dangling link: fix or remove it",
            "le lien ne mène nulle part : réparez-le ou retirez-le"
        ),
        Unreadable::Other => text!(
            "give this user read permission",
            "donnez à cet utilisateur le droit de lecture"
        ),
    }
}

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// A link to itself.
    LinkLoop,
    /// A link to nothing.
    LinkNowhere,
    /// Mostly permissions.
    Other,
}

/// A folder inside itself.
pub fn folder_loop() -> Words {
    words!(
        "io",
        "the folder holds itself or is nested too deeply",
        "remove the link",
        "le dossier se contient lui-même ou est imbriqué trop profondément",
        "retirez le lien"
    )
}

/// A file name that gives no id.
pub fn bad_id(stem: &str) -> Words {
    let stem = short(stem);
    words!(
        "id",
        "\"{stem}\" cannot be a job id",
        "name the file with a-z, 0-9, `.`, `_` and `-`, a letter or digit first, 64 characters at \
         most",
        "\"{stem}\" ne peut pas être l’id d’un job",
        "nommez le fichier avec a-z, 0-9, `.`, `_` et `-`, une lettre ou un chiffre d’abord, 64 \
         caractères au plus"
    )
}

/// The same id twice.
pub fn duplicate_id(id: &str, others: &str) -> Words {
    let others = short(others);
    words!(
        "duplicate-id",
        "the id `{id}` is also that of {others}",
        "rename one of the files; an id is unique in the tree",
        "l’id `{id}` est aussi celui de {others}",
        "renommez l’un des fichiers ; un id est unique dans l’arborescence"
    )
}

/// More errors than are listed.
pub fn too_many_errors(max: usize) -> Words {
    words!(
        "too-many-errors",
        "more than {max} errors; the rest is left out",
        "fix these first, then check again",
        "plus de {max} erreurs ; les autres sont omises",
        "corrigez d’abord celles-ci, puis vérifiez de nouveau"
    )
}

/// More warnings than are listed.
pub fn too_many_warnings(max: usize) -> Words {
    words!(
        "too-many-warnings",
        "more than {max} warnings; the rest is left out",
        "fix these first, then check again",
        "plus de {max} avertissements ; les autres sont omis",
        "corrigez d’abord ceux-ci, puis vérifiez de nouveau"
    )
}

/// A link that leaves the folder.
pub fn outside_link() -> Words {
    words!(
        "link-leaves",
        "the link leads out of the jobs folder: it is not followed",
        "put the file itself here; files outside are neither read nor shown",
        "le lien mène hors du dossier des jobs : il n’est pas suivi",
        "placez ici le fichier lui-même ; ce qui est au-dehors n’est ni lu ni montré"
    )
}

/// Settings behind a link that leaves the folder, with something wrong in them.
pub fn outside_settings() -> Words {
    words!(
        "link-leaves",
        "the link leads out of its folder, to settings with findings",
        "check that file itself; files outside are not shown here",
        "le lien mène hors de son dossier, vers des réglages qui ont des défauts",
        "vérifiez ce fichier lui-même ; ce qui est au-dehors n’est pas montré ici"
    )
}

/// Our own fault.
pub fn our_fault() -> Words {
    words!(
        "schema",
        "the file matches its schema but cannot be read as a job",
        "this is a bug in jobsd: please report it with the file",
        "le fichier respecte son schéma sans donner de job",
        "c’est un défaut de jobsd : signalez-le avec le fichier"
    )
}
