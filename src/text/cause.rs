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
