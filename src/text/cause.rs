//! Why the system refused, in both languages.

use std::io::{Error, ErrorKind};

use crate::text::Text;

/// `ELOOP`: a link to itself.
const LINK_LOOP: i32 = 40;

/// The cause of an error of the system; its English words are the system's own.
pub fn cause(error: &Error) -> Text {
    let en = error.to_string();
    let fr = match error.kind() {
        _ if error.raw_os_error() == Some(LINK_LOOP) => "trop de liens symboliques",
        ErrorKind::NotFound => "aucun fichier ni dossier de ce nom",
        ErrorKind::PermissionDenied => "permission refusée",
        ErrorKind::AlreadyExists => "il existe déjà",
        ErrorKind::NotADirectory => "ce n’est pas un dossier",
        ErrorKind::IsADirectory => "c’est un dossier",
        ErrorKind::DirectoryNotEmpty => "le dossier n’est pas vide",
        ErrorKind::ReadOnlyFilesystem => "système de fichiers en lecture seule",
        ErrorKind::StorageFull => "plus de place sur le disque",
        ErrorKind::QuotaExceeded => "quota de disque atteint",
        ErrorKind::FileTooLarge => "fichier trop grand",
        ErrorKind::InvalidFilename => "nom de fichier trop long ou interdit",
        ErrorKind::InvalidInput => "valeur interdite",
        ErrorKind::InvalidData => "contenu incorrect",
        ErrorKind::AddrInUse => "adresse déjà utilisée",
        ErrorKind::AddrNotAvailable => "cette machine n’a pas cette adresse",
        ErrorKind::ConnectionRefused => "connexion refusée",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => "connexion coupée",
        ErrorKind::BrokenPipe => "plus personne ne lit",
        ErrorKind::TimedOut => "délai dépassé",
        ErrorKind::OutOfMemory => "plus de mémoire",
        ErrorKind::UnexpectedEof => "fin inattendue",
        _ => return Text::same(en),
    };
    let number = error.raw_os_error();
    let number = number.map_or(String::new(), |number| {
        format!(" (erreur système {number})")
    });
    Text::new(en, format!("{fr}{number}"))
}

/// What to do about an error of the system when a file is written: English and French.
pub const REMEDIES: [(&str, &str); 6] = [
    ("free space", "faites de la place"),
    (
        "remove what is in its place",
        "retirez ce qui se trouve à sa place",
    ),
    ("fix the permissions", "corrigez les droits"),
    (
        "mount the file system writable",
        "montez le système de fichiers en écriture",
    ),
    (
        "raise the limit on the size of files",
        "augmentez la limite de taille des fichiers",
    ),
    ("check the disk", "vérifiez le disque"),
];

/// The remedy that goes with the cause.
pub fn remedy(error: &Error) -> Text {
    let n = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => 0,
        ErrorKind::IsADirectory | ErrorKind::NotADirectory | ErrorKind::AlreadyExists => 1,
        ErrorKind::PermissionDenied => 2,
        ErrorKind::ReadOnlyFilesystem => 3,
        ErrorKind::FileTooLarge => 4,
        _ => 5,
    };
    let (en, fr) = REMEDIES[n];
    Text::new(en, fr)
}

/// The cause and its remedy in a sentence.
pub fn fault(error: &Error) -> Text {
    let (Text { en, fr }, remedy) = (cause(error), remedy(error));
    Text::new(
        format!("{en}; {}", remedy.en),
        format!("{fr} ; {}", remedy.fr),
    )
}
