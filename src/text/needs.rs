//! What a job names and this machine lacks: what the form says before the first run would fail.

use crate::text::Text;

/// A file or folder that is not there, or cannot be read.
pub fn no_path(path: &str, cause: &Text) -> Text {
    let Text { en, fr } = cause;
    text!(
        "{path} cannot be read on this machine ({en}): add it, or correct the path",
        "{path} ne peut être lu sur cette machine ({fr}) : ajoutez-le, ou corrigez le chemin"
    )
}

/// An address book with nobody in it.
pub fn nobody(path: &str) -> Text {
    text!(
        "{path} has no one with a birthday: check that it is the right file",
        "{path} ne contient personne avec une date d’anniversaire : vérifiez que c’est le bon \
         fichier"
    )
}

/// A list without an address in it.
pub fn no_pages(path: &str) -> Text {
    text!(
        "{path} has no address of a page: write one a line, with https://",
        "{path} ne contient aucune adresse de page : écrivez-en une par ligne, avec https://"
    )
}

/// A program that is not there.
pub fn no_program(program: &str) -> Text {
    text!(
        "the program {program} is not on this machine: install it, or correct the path",
        "le programme {program} n’est pas sur cette machine : installez-le, ou corrigez le chemin"
    )
}

/// A variable that the daemon does not have.
pub fn no_variable(name: &str) -> Text {
    text!(
        "the daemon has no variable {name}: set it and restart the daemon",
        "le démon n’a pas de variable {name} : définissez-la et redémarrez le démon"
    )
}
