//! What `jobsd export` says of what other schedulers cannot, in both languages.

use crate::text::Text;

/// A job that is not exported.
pub fn refused(file: &str, words: &Text) -> Text {
    let Text { en, fr } = words;
    text!("{file}: not exported: {en}", "{file}: non exporté : {fr}")
}

/// Keys that are left out.
pub fn lost(file: &str, keys: &str) -> Text {
    text!("{file}: lost: {keys}", "{file}: perdu : {keys}")
}

/// How it went.
pub fn summary(jobs: usize, refused: usize, lossy: usize) -> Text {
    text!(
        "exported: {jobs}; not exported: {refused}; with losses: {lossy}",
        "exportés : {jobs} ; non exportés : {refused} ; avec pertes : {lossy}"
    )
}

/// The times of a zone that not every cron knows.
pub fn cron_zone(zone: &str) -> Text {
    text!(
        "CRON_TZ={zone} is written: cronie honors it, Debian's cron ignores it and uses the zone \
         of the machine",
        "CRON_TZ={zone} est écrit : cronie en tient compte, le cron de Debian non, et prend le \
         fuseau de la machine"
    )
}

/// No due times.
pub fn manual() -> Text {
    text!(
        "it has no due times (`schedule_type: manual`): start it by hand there too",
        "il n’a pas d’échéances (`schedule_type: manual`) : lancez-le à la main là aussi"
    )
}

/// Days that only some crons know.
pub fn special_days() -> Text {
    text!(
        "L, W and # name days that it does not know: name the days themselves",
        "L, W et # nomment des jours qu’il ne connaît pas : nommez les jours eux-mêmes"
    )
}

/// Elapsed time that does not divide a day.
pub fn uneven_interval() -> Text {
    text!(
        "its interval divides neither a minute, an hour nor a day, or its anchor shifts it: choose \
         another, or a cron expression",
        "son intervalle ne divise ni une minute, ni une heure, ni un jour, ou son anchor le \
         décale : choisissez-en un autre, ou une expression cron"
    )
}

/// Times that a crontab cannot say.
pub fn no_cron() -> Text {
    text!(
        "its times cannot be said exactly in five fields: leave seconds out, or write plain lists",
        "ses heures ne se disent pas exactement en cinq champs : retirez les secondes, ou écrivez \
         des listes simples"
    )
}

/// A day of the month or a day of the week.
pub fn either_day() -> Text {
    text!(
        "either the day of the month or the day of the week is enough for it, and a timer wants \
         both: write two jobs",
        "le jour du mois ou celui de la semaine lui suffit, et un timer veut les deux : écrivez \
         deux jobs"
    )
}

/// A built-in bot.
pub fn bot(bot_type: &str) -> Text {
    text!(
        "a `{bot_type}` runs only under jobsd",
        "un « {bot_type} » ne s’exécute que sous jobsd"
    )
}

/// Values from elsewhere.
pub fn secrets(name: &str) -> Text {
    text!(
        "{name} takes values from elsewhere, and an entry would have to contain them: let the \
         program read them",
        "{name} prend des valeurs d’ailleurs, qu’il faudrait écrire en clair : laissez le \
         programme les lire"
    )
}

/// A command of several lines.
pub fn several_lines() -> Text {
    text!(
        "its command has several lines, and an entry has one: put it into a script",
        "sa commande a plusieurs lignes, et une entrée n’en a qu’une : mettez-la dans un script"
    )
}

/// A command that cron would cut.
pub fn long_command(bytes_max: usize) -> Text {
    text!(
        "its command is longer than the {bytes_max} bytes that cron reads: put it into a script",
        "sa commande dépasse les {bytes_max} octets que cron lit : mettez-la dans un script"
    )
}

/// Standard input that cron would change.
pub fn open_stdin() -> Text {
    text!(
        "cron would change its stdin: end it with one line end, and no line with a backslash",
        "cron changerait son stdin : terminez-le par une fin de ligne, et aucune ligne par une \
         barre oblique inverse"
    )
}

/// Standard input of a service.
pub fn timer_stdin() -> Text {
    text!(
        "a service cannot take a text as stdin: let a script give it to the program",
        "un service n’a pas de texte en stdin : laissez un script le donner au programme"
    )
}

/// A program whose name systemd would read otherwise.
pub fn odd_program() -> Text {
    text!(
        "systemd would read a sign in the name of its program or folder: give it another name",
        "systemd interpréterait un signe dans le nom de son programme ou de son dossier : \
         donnez-lui un autre nom"
    )
}
