//! What an import says of systemd units.

use crate::text::{Text, short};

/// A line that is none of a unit file.
pub fn no_unit_line() -> Text {
    text!(
        "not a line of a unit file: [Section], Key=value or a comment",
        "ce n’est pas une ligne d’unité : [Section], Clé=valeur ou un commentaire"
    )
}

/// Files that change a unit.
pub fn drop_ins(folder: &str) -> Text {
    text!(
        "the files of {folder} change this unit and are not read: copy what they say into it",
        "les fichiers de {folder} modifient cette unité et ne sont pas lus : recopiez-y ce qu’ils \
         disent"
    )
}

/// A setting that a job has no place for.
pub fn lost_key(key: &str, value: &str) -> Text {
    let value = short(value);
    text!(
        "{key}={value} has no counterpart that says exactly this: see jobsd schema --markdown for \
         what a job can say",
        "{key}={value} n’a pas d’équivalent exact : voyez jobsd schema --markdown pour ce qu’un \
         job peut dire"
    )
}

/// A timer without a rule that can be taken.
pub fn no_rule() -> Text {
    text!(
        "neither OnCalendar= nor OnUnitActiveSec=: a start after boot is not a time; leave it to \
         systemd",
        "ni OnCalendar= ni OnUnitActiveSec= : un départ après le démarrage n’est pas une \
         échéance ; laissez-le à systemd"
    )
}

/// A timer with several rules.
pub fn second_rule() -> Text {
    text!(
        "a job has one schedule, and this is the second: write a timer for each",
        "un job a une planification, et ceci est la seconde : écrivez un timer pour chacune"
    )
}

/// A rule of another kind.
pub fn other_rule(key: &str) -> Text {
    text!(
        "{key}= is not a schedule that a job can have: use OnCalendar=",
        "{key}= n’est pas une planification possible : utilisez OnCalendar="
    )
}

/// A calendar expression that cron cannot say.
pub fn no_calendar(value: &str) -> Text {
    let value = short(value);
    text!(
        "OnCalendar={value} cannot be said exactly as a cron expression: write it as `*-*-* HH:MM` \
         or `Mon..Fri *-*-* HH:MM`",
        "OnCalendar={value} ne peut pas être dit exactement en cron : écrivez `*-*-* HH:MM` ou \
         `Mon..Fri *-*-* HH:MM`"
    )
}

/// A time span that is not a whole number of seconds.
pub fn no_span(value: &str) -> Text {
    let value = short(value);
    text!(
        "OnUnitActiveSec={value} is not a whole number of seconds above 0: write it like 15min or \
         1h 30min",
        "OnUnitActiveSec={value} n’est pas un nombre entier de secondes au-dessus de 0 : écrivez \
         comme 15min ou 1h 30min"
    )
}

/// A service that does more than start one program.
pub fn other_service(key: &str, value: &str) -> Text {
    let value = short(value);
    text!(
        "{key}={value}: a job starts one program and waits for its end: put the whole into a \
         script",
        "{key}={value} : un job lance un programme et attend sa fin : mettez le tout dans un script"
    )
}

/// A service that starts nothing.
pub fn no_start() -> Text {
    text!(
        "there is no ExecStart= in [Service]: name the program",
        "il n’y a pas d’ExecStart= dans [Service] : nommez le programme"
    )
}

/// A service that starts several programs.
pub fn second_start() -> Text {
    text!(
        "a job starts exactly one program: put the commands into a script",
        "un job lance exactement un programme : mettez les commandes dans un script"
    )
}

/// A command with a special sign before it.
pub fn prefixed_start(value: &str) -> Text {
    let value = short(value);
    text!(
        "ExecStart={value}: the sign before the program has no counterpart: remove it",
        "ExecStart={value} : le signe devant le programme n’a pas d’équivalent : retirez-le"
    )
}

/// Something that systemd would fill in.
pub fn specifier(word: &str) -> Text {
    let word = short(word);
    text!(
        "systemd fills in `{word}`: write what it stands for (%% and $$ are the signs themselves)",
        "systemd remplace « {word} » : écrivez ce qu’il désigne (%% et $$ sont les signes \
         eux-mêmes)"
    )
}

/// A word of `Environment=` that is not a pair.
pub fn no_pair(word: &str) -> Text {
    let word = short(word);
    text!(
        "`{word}` is not NAME=value",
        "« {word} » n’est pas NOM=valeur"
    )
}

/// A quote that stays open.
pub fn open_quote(text: &str) -> Text {
    let text = short(text);
    text!(
        "unclosed quote in `{text}`",
        "un guillemet reste ouvert dans « {text} »"
    )
}

/// An escape that is none.
pub fn bad_escape(text: &str) -> Text {
    let text = short(text);
    text!(
        "an escape in `{text}` is not one of systemd's",
        "un échappement de « {text} » n’est pas de systemd"
    )
}
