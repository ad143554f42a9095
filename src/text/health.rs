//! Reasons of bad health and notes, in French. `/health` and JSON say the English ones; pages and commands say them in their
//! reader's language by [`read`], which knows every sentence that the shell writes.

use std::io::Error;

use crate::text::Text;
use crate::text::cause::{REMEDIES, cause};

/// English and French; `{}` is a path, a number, a cause of the system or its remedy.
const SENTENCES: &[(&str, &str)] = &[
    (
        "the clock was ahead: since {} the history is written under {}, a day to come; it moves to its right day when the clock has gone on for 24 h without a leap, at {}",
        "l’horloge avançait\u{202f}: depuis le {}, l’historique s’écrit sous {}, un jour à venir\u{202f}; il rejoindra son vrai jour quand l’horloge aura tourné 24 h sans saut, le {}",
    ),
    (
        "the history cannot be written: {}; {}",
        "l’historique ne peut pas être écrit\u{202f}: {}\u{202f}; {}",
    ),
    (
        "the disk is slow: it takes more than a second to make the history durable, and starts are late",
        "le disque est lent\u{202f}: il met plus d’une seconde à rendre l’historique durable, et les départs ont du retard",
    ),
    (
        "the disk does not answer: the history is not written, and no run starts until it is",
        "le disque ne répond pas\u{202f}: l’historique n’est pas écrit, et rien ne démarre d’ici là",
    ),
    (
        "the scheduler does not come round: no run starts until it does; give it time, or restart it",
        "le planificateur n’avance plus\u{202f}: rien ne démarre d’ici là\u{202f}; patientez, ou relancez-le",
    ),
    (
        "starts do not happen: a program, a working directory or a file of {} does not answer; other jobs go on",
        "des départs n’ont pas lieu\u{202f}: un programme, un dossier de travail ou un fichier de {} ne répond pas\u{202f}; les autres tâches continuent",
    ),
    (
        "output is not written: the output or result files of {} do not answer; the runs go on",
        "des sorties ne sont pas écrites\u{202f}: les fichiers de sortie ou de résultat de {} ne répondent pas\u{202f}; les exécutions continuent",
    ),
    (
        "the disk of {} does not answer",
        "le disque de {} ne répond pas",
    ),
    (
        "the disk of {} is full: {} bytes are free; free space",
        "le disque de {} est plein\u{202f}: {} octets libres\u{202f}; faites de la place",
    ),
    (
        "the state directory {} is out of reach: {}",
        "le répertoire d’état {} est hors d’atteinte\u{202f}: {}",
    ),
    (
        "another daemon ({}) has locked the state directory too: stop one of the two",
        "un autre démon ({}) a aussi verrouillé le répertoire d’état\u{202f}: arrêtez l’un des deux",
    ),
    (
        "the file `lock` is gone and cannot be made again: {}",
        "le fichier `lock` a disparu et ne peut pas être recréé\u{202f}: {}",
    ),
    (
        "the file `lock` was replaced or removed; it was made again",
        "le fichier `lock` a été remplacé ou supprimé\u{202f}; il a été recréé",
    ),
    (
        "the file `address` was replaced or removed; it was made again",
        "le fichier `address` a été remplacé ou supprimé\u{202f}; il a été recréé",
    ),
    (
        "the file `address` cannot be written: {}; name the daemon with --server",
        "le fichier `address` ne peut pas être écrit\u{202f}: {}\u{202f}; nommez le démon avec --server",
    ),
    (
        "the control socket was replaced or removed; it was made again",
        "la socket de contrôle a été remplacée ou supprimée\u{202f}; elle a été recréée",
    ),
    (
        "the control socket is gone and cannot be made again: {}",
        "la socket de contrôle a disparu et ne peut pas être recréée\u{202f}: {}",
    ),
    (
        "the log is not written: {} takes nothing; read it, or set `log.file`",
        "le journal n’est pas écrit\u{202f}: {} ne prend rien\u{202f}; lisez-le, ou définissez `log.file`",
    ),
    (
        "the log is not written: {}: {}",
        "le journal n’est pas écrit\u{202f}: {}\u{202f}: {}",
    ),
    (
        "the clock shows {}, which cannot be right: set it; nothing of the history is removed until then",
        "l’horloge indique {}, ce qui ne peut pas être juste\u{202f}: réglez-la\u{202f}; rien de l’historique n’est supprimé d’ici là",
    ),
    (
        "edits wait for git, which holds {}; where no git is at work, remove that file",
        "les modifications attendent git, qui tient {}\u{202f}; si aucun git n’est à l’œuvre, supprimez ce fichier",
    ),
    (
        "today's history was replaced or removed while this daemon ran; at {} it was put right, with {} lines that were missing; stop the daemon before you change the history",
        "l’historique du jour a été remplacé ou supprimé pendant que ce démon tournait\u{202f}; à {} il a été rétabli, avec {} lignes qui manquaient\u{202f}; arrêtez le démon avant de modifier l’historique",
    ),
    (
        "the clock had been ahead and was put right; at {} the {} lines that were written under its later days were moved to the end of today's history",
        "l’horloge avançait et a été remise à l’heure\u{202f}; à {} les {} lignes écrites sous ses jours à venir ont été déplacées à la fin de l’historique du jour",
    ),
    (
        "today's history was cut short while this daemon ran; at {} everything live was written again, but what was cut off is lost; stop the daemon before you change the history",
        "l’historique du jour a été tronqué pendant que ce démon tournait\u{202f}; à {} tout ce qui est en cours a été réécrit, mais ce qui a été coupé est perdu\u{202f}; arrêtez le démon avant de modifier l’historique",
    ),
];

/// A sentence of `/health` in both languages; one that is not known says the same in both.
pub fn read(en: &str) -> Text {
    let found = SENTENCES.iter().find_map(|(english, french)| {
        let values = values(english, en)?;
        Some(filled(french, &values))
    });
    Text::new(en, found.unwrap_or_else(|| en.to_owned()))
}

/// What stands in the holes of a sentence, where it is this one.
fn values<'a>(sentence: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = sentence.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut values = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let end = match (piece.is_empty(), pieces.peek()) {
            (true, _) => rest.len(),
            // The last piece ends the sentence; a path before it may hold the same words.
            (false, None) => rest.strip_suffix(piece)?.len(),
            (false, Some(_)) => rest.find(piece)?,
        };
        values.push(&rest[..end]);
        rest = &rest[end + piece.len()..];
    }
    rest.is_empty().then_some(values)
}

fn filled(sentence: &str, values: &[&str]) -> String {
    let mut values = values.iter().map(|value| in_french(value));
    let mut pieces = sentence.split("{}");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        text += &values.next().unwrap_or_default();
        text += piece;
    }
    text
}

/// A cause of the system, or its remedy, in French; anything else as it is.
fn in_french(value: &str) -> String {
    let number = value.rsplit_once("(os error ");
    let number = number.and_then(|(_, tail)| tail.strip_suffix(')')?.parse().ok());
    if let Some(number) = number {
        return cause(&Error::from_raw_os_error(number)).fr;
    }
    let remedy = REMEDIES.iter().find(|(en, _)| *en == value);
    remedy.map_or(value, |(_, fr)| fr).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::cause::remedy;

    #[test]
    fn a_reason_is_read_back_with_its_values() {
        let fr = |en: &str| read(en).fr.replace('\u{202f}', " ");
        assert_eq!(
            fr("the disk of /var/x is full: 12 bytes are free; free space"),
            "le disque de /var/x est plein : 12 octets libres ; faites de la place"
        );
        assert_eq!(
            fr("the disk of /a does not answer"),
            "le disque de /a ne répond pas"
        );
        assert_eq!(
            fr("something of a later version"),
            "something of a later version"
        );
    }

    /// "Is a directory; free space" was what a folder in the way of today's history got.
    #[test]
    fn each_cause_of_the_system_has_its_own_remedy() {
        for (number, en, fr) in [
            (28, "free space", "faites de la place"),
            (
                21,
                "remove what stands in its place",
                "retirez ce qui se trouve à sa place",
            ),
            (13, "fix the permissions", "corrigez les droits"),
            (
                30,
                "mount the file system writable",
                "montez le système de fichiers en écriture",
            ),
            (5, "check the disk", "vérifiez le disque"),
        ] {
            let error = Error::from_raw_os_error(number);
            assert_eq!(remedy(&error), Text::new(en, fr), "{error}");
            let said = format!("the history cannot be written: {error}; {en}");
            let read = read(&said).fr;
            assert!(
                read.ends_with(fr) && read.contains(&cause(&error).fr),
                "{read}"
            );
        }
    }

    #[test]
    fn french_sentences_have_the_holes_of_english_ones() {
        for (en, fr) in SENTENCES {
            assert_eq!(en.matches("{}").count(), fr.matches("{}").count(), "{en}");
        }
    }
}
