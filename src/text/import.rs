//! What `jobsd import` says of the files of other schedulers, in both languages.

use crate::text::{Text, short};

// The command

/// A file that is larger than any that is read.
pub fn too_large(path: &str, bytes_max: u64) -> Text {
    text!(
        "{path} is larger than {bytes_max} bytes: split it",
        "{path} dépasse {bytes_max} octets : divisez-le"
    )
}

/// A timer without a place beside which its service is.
pub fn timer_from_input() -> Text {
    text!(
        "a timer on standard input has no matching service: name its file",
        "un timer sur l’entrée standard n’a pas de service à côté : nommez son fichier"
    )
}

/// `--system` for what is not a crontab.
pub fn system_timer() -> Text {
    text!(
        "--system is for crontabs: leave it out",
        "--system est pour les crontabs : retirez-le"
    )
}

/// The zone of the machine is unknown.
pub fn no_zone() -> Text {
    text!(
        "warning: the zone of this machine is unknown, so `timezone: UTC` is written: check it, or \
         set TZ",
        "avertissement : le fuseau de cette machine est inconnu, donc `timezone: UTC` est écrit : \
         vérifiez-le, ou définissez TZ"
    )
}

/// A job that came over.
pub fn taken(place: &str, path: &str, schedule: &str) -> Text {
    text!(
        "{place}: {path}: {schedule}",
        "{place}: {path} : {schedule}"
    )
}

/// A job that an earlier import brought.
pub fn there_already(place: &str, path: &str) -> Text {
    text!(
        "{place}: {path} already says the same",
        "{place}: {path} dit déjà la même chose"
    )
}

/// A job that an earlier import brought, and that says something else now.
pub fn differs(place: &str, path: &str, keys: &[&str]) -> Text {
    let keys = keys.join(", ");
    text!(
        "{place}: differs from {path} ({keys}): --update takes it over",
        "{place}: diffère de {path} ({keys}) : --update le reprend"
    )
}

/// A job file that was brought up to its entry.
pub fn updated(place: &str, path: &str, keys: &[&str]) -> Text {
    let keys = keys.join(", ");
    text!(
        "{place}: {path} updated ({keys})",
        "{place}: {path} mis à jour ({keys})"
    )
}

/// A job file that cannot be changed safely.
pub fn not_updated(place: &str, path: &str, keys: &[&str]) -> Text {
    let keys = keys.join(", ");
    text!(
        "{place}: {path} is written in a way that cannot be changed safely: edit {keys} by hand",
        "{place}: {path} est écrit d’une façon qui ne peut pas être changée sûrement : modifiez \
         {keys} à la main"
    )
}

/// A job that is not imported.
pub fn refused(place: &str, words: &Text) -> Text {
    let Text { en, fr } = words;
    text!("{place}: not imported: {en}", "{place}: non importé : {fr}")
}

/// Something around a job that is not imported.
pub fn lost(place: &str, words: &Text) -> Text {
    let Text { en, fr } = words;
    text!("{place}: lost: {en}", "{place}: perdu : {fr}")
}

/// How it went.
pub fn summary(jobs: usize, refused: usize, lost: usize) -> Text {
    text!(
        "imported: {jobs}; not imported: {refused}; lost: {lost}",
        "importés : {jobs} ; non importés : {refused} ; pertes : {lost}"
    )
}

/// How many are there already, and how many of them say something else.
pub fn summary_of_there(there: usize, differing: usize, updated: usize) -> Text {
    text!(
        "already there: {there}; updated: {updated}; differing: {differing}",
        "déjà là : {there} ; mis à jour : {updated} ; différents : {differing}"
    )
}

/// Which zone was taken where an entry names none.
pub fn zone_taken(zone: &str) -> Text {
    text!(
        "times are in {zone}; --tz names another zone",
        "fuseau des heures : {zone} ; --tz en nomme un autre"
    )
}

/// A file that held no job.
pub fn nothing(path: &str) -> Text {
    text!("{path} holds no job", "{path} ne contient aucun job")
}

/// As much as is written at once.
pub fn much_text(bytes_max: usize) -> Text {
    text!(
        "the job files would hold more than {bytes_max} bytes: split the file",
        "les fichiers de job dépasseraient {bytes_max} octets : divisez le fichier"
    )
}

/// A home folder that no one knows here.
pub fn no_home(user: Option<&str>) -> Text {
    match user {
        Some(user) => text!(
            "the home folder of `{user}`, where it ran, is not known on this machine: set \
             working_dir",
            "le dossier personnel de « {user} », où elle s’exécutait, est inconnu sur cette \
             machine : définissez working_dir"
        ),
        None => text!(
            "the home folder where it ran is not known: set working_dir",
            "le dossier personnel où elle s’exécutait est inconnu : définissez working_dir"
        ),
    }
}

// Comments in a job file

/// What a reader of the job file should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// What cron does otherwise.
    Cron,
    /// A timer that catches up.
    Persistent,
    /// A timer that counts from the last start.
    Interval,
}

/// Where a job comes from.
pub fn comes_from(origin: &str) -> Text {
    text!("Imported from {origin}.", "Importé de {origin}.")
}

/// The words of a remark.
pub fn remark(remark: Remark) -> Text {
    match remark {
        Remark::Cron => text!(
            "Cron lets runs overlap and starts none late; here see max_instances, overlap and \
             misfire_grace_time.",
            "Cron laisse les exécutions se chevaucher et n’en lance aucune en retard ; ici, voyez \
             max_instances, overlap et misfire_grace_time."
        ),
        Remark::Persistent => text!(
            "Persistent=true: what was due while the machine was off still starts within a week, \
             once.",
            "Persistent=true : ce qui était dû machine éteinte part encore dans la semaine, une \
             fois."
        ),
        Remark::Interval => text!(
            "OnUnitActiveSec= counts from the last start; an interval counts from a fixed instant \
             (anchor).",
            "OnUnitActiveSec= compte depuis le dernier départ ; un intervalle compte depuis un \
             instant fixe (anchor)."
        ),
    }
}

/// A comment longer than a description.
pub fn long_comment(chars_max: usize) -> Text {
    text!(
        "the text about it has more than {chars_max} characters: `description` holds the \
         beginning; put the rest into a comment",
        "le texte à son sujet dépasse {chars_max} caractères : `description` en contient le \
         début ; mettez le reste en commentaire"
    )
}

// crontab

/// A line in another encoding.
pub fn not_utf8() -> Text {
    text!(
        "the line is not UTF-8: convert the file with iconv",
        "la ligne n’est pas en UTF-8 : convertissez le fichier avec iconv"
    )
}

/// A line that is not an entry.
pub fn no_entry(line: &str) -> Text {
    text!(
        "\"{line}\" is not an entry: five fields of times, or a nickname, then a command",
        "« {line} » n’est pas une entrée : cinq champs d’heures, ou un surnom, puis une commande"
    )
}

/// An entry without a command.
pub fn no_command(has_user: bool) -> Text {
    let missing = text!(
        "there is no command after the times",
        "aucune commande ne suit les heures"
    );
    if !has_user {
        return missing;
    }
    missing
        + text!(
            " and the user; a crontab of one user has no user column: leave --system out",
            " et l’utilisateur ; la crontab d’un utilisateur n’a pas cette colonne : retirez \
             --system"
        )
}

/// A start with the machine.
pub fn reboot() -> Text {
    text!(
        "@reboot is not a time: let systemd start it, or write a job with `schedule_type: manual`",
        "@reboot n’est pas une échéance : laissez systemd le lancer, ou écrivez un job en \
         `schedule_type: manual`"
    )
}

/// Mail about what jobs write.
pub fn mail(to: &str) -> Text {
    let to = short(to);
    text!(
        "MAILTO={to}: nothing is mailed; output is kept (jobsd logs), and contrib/prometheus \
         alerts",
        "MAILTO={to} : rien n’est envoyé ; la sortie est gardée (jobsd logs), et \
         contrib/prometheus alerte"
    )
}

/// Times by chance.
pub fn chance(name: &str) -> Text {
    text!(
        "{name}: due times are exact here; spread the minutes of the entries",
        "{name} : les échéances sont exactes ici ; répartissez les minutes des entrées"
    )
}

/// A variable that a job file cannot name.
pub fn bad_name(name: &str) -> Text {
    text!(
        "\"{name}\" cannot be the name of a variable: A-Z, a-z, 0-9, `_`, no digit first",
        "« {name} » ne peut pas nommer une variable : A-Z, a-z, 0-9, `_`, pas de chiffre d’abord"
    )
}

/// Too many variables.
pub fn much_env(name: &str, bytes_max: usize) -> Text {
    text!(
        "{name}: the variables hold more than {bytes_max} bytes: put them into an env_file",
        "{name} : les variables dépassent {bytes_max} octets : mettez-les dans un env_file"
    )
}
