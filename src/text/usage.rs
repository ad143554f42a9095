//! Why a command line cannot be understood, in both languages, and the few words that
//! frame the help.

use crate::text::{Lang, Text};

/// A fault of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misuse {
    /// A command that nothing knows, and the nearest one.
    UnknownCommand(String, Option<String>),
    /// A flag that nothing knows, and the nearest one.
    UnknownFlag(String, Option<String>),
    /// A flag by which other programs take a format.
    FormatFlag(String),
    /// An argument more than the command takes.
    TooMany(String),
    /// A flag without its value, and the values it takes where they are listed.
    NoValue(String, Vec<String>),
    /// A word outside its list, and the nearest one of it.
    NotOneOf(String, String, Vec<String>, Option<String>),
    /// A value that cannot be read, and what is expected.
    BadValue(String, String, Text),
    /// Arguments that are missing.
    Missing(Vec<String>),
    /// Two flags that exclude each other.
    Conflict(String, Vec<String>),
    /// A flag that is given twice.
    Twice(String),
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// Anything else, in the words of the library.
    Other(String),
}

impl Misuse {
    /// The sentence, with hidden characters made visible.
    pub fn text(&self) -> Text {
        self.sentence().made_visible()
    }

    fn sentence(&self) -> Text {
        match self {
            Misuse::UnknownCommand(name, near) => {
                text!("unknown command `{name}`", "commande inconnue « {name} »")
                    + did_you_mean(near)
            }
            Misuse::UnknownFlag(name, near) => {
                text!("unknown flag `{name}`", "option inconnue « {name} »") + did_you_mean(near)
            }
            Misuse::FormatFlag(name) => text!(
                "unknown flag `{name}`: a format is named by `--format json`",
                "option inconnue « {name} » : un format se nomme par `--format json`"
            ),
            Misuse::TooMany(value) => text!(
                "`{value}` is one argument too many",
                "« {value} » est un argument de trop"
            ),
            Misuse::NoValue(flag, values) => {
                text!("`{flag}` needs a value", "« {flag} » demande une valeur") + among(values)
            }
            Misuse::NotOneOf(flag, value, values, near) => {
                text!(
                    "`{flag}` cannot be `{value}`",
                    "« {flag} » ne peut pas être « {value} »"
                ) + among(values)
                    + did_you_mean(near)
            }
            Misuse::BadValue(flag, value, expected) => {
                let Text { en, fr } = expected;
                text!(
                    "`{flag}` cannot be `{value}`: {en}",
                    "« {flag} » ne peut pas être « {value} » : {fr}"
                )
            }
            Misuse::Missing(names) => {
                let list = names.join(", ");
                text!("missing: {list}", "il manque : {list}")
            }
            Misuse::Conflict(one, others) => {
                let (en, fr) = (others.join("`, `"), others.join(" », « "));
                text!(
                    "`{one}` cannot be combined with `{en}`",
                    "« {one} » ne va pas avec « {fr} »"
                )
            }
            Misuse::Twice(flag) => {
                text!("`{flag}` is given twice", "« {flag} » est donné deux fois")
            }
            Misuse::NotUtf8 => text!("an argument is not UTF-8", "un argument n’est pas en UTF-8"),
            Misuse::Other(words) => Text::same(words),
        }
    }
}

fn did_you_mean(near: &Option<String>) -> Text {
    near.as_ref().map_or_else(Text::default, |near| {
        text!(
            ". Did you mean `{near}`?",
            ". Vouliez-vous dire « {near} » ?"
        )
    })
}

fn among(values: &[String]) -> Text {
    if values.is_empty() {
        return Text::default();
    }
    let list = values.join(", ");
    text!(": one of {list}", " : l’un de {list}")
}

/// What a value should be, by the kind of value that a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// An instant.
    Instant,
    /// An address and port.
    Address,
    /// A repository with a branch, tag or commit.
    Home,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// A span of time.
    Span,
    /// A span of time that is not too short or too long.
    Bounded,
    /// A span of time up to a day, or none.
    Grace,
    /// A span of time that is not negative.
    NotNegative,
}

impl Expected {
    /// The words.
    pub fn text(self) -> Text {
        match self {
            Expected::Instant => text!(
                "write a time (08:00, yesterday 08:00, 2026-01-01T06:00), a day (yesterday, \
                 2026-01-01), an instant (2026-01-01T06:00:00+01:00) or a span (30min, 2h, 7d)",
                "écrivez une heure (08:00, hier 08:00, 2026-01-01T06:00), un jour (hier, \
                 2026-01-01), un instant (2026-01-01T06:00:00+01:00) ou une durée (30min, 2h, 7d)"
            ),
            Expected::Address => text!(
                "write an address and port, such as 127.0.0.1:7878",
                "écrivez une adresse avec port, comme 127.0.0.1:7878"
            ),
            Expected::Home => text!(
                "write a repository and a branch, tag or commit, such as example/jobsd@main",
                "écrivez un dépôt et une branche, une étiquette ou un commit, comme \
                 exemple/jobsd@main"
            ),
            Expected::Whole => text!("write a whole number", "écrivez un nombre entier"),
            Expected::Number => text!("write a number", "écrivez un nombre"),
            Expected::NotNegative => text!(
                "a span of time cannot be negative",
                "une durée ne peut pas être négative"
            ),
            Expected::Grace => text!(
                "write a span of time up to a day: 0s, 10s, 2min",
                "écrivez une durée d’un jour au plus : 0s, 10s, 2min"
            ),
            Expected::Bounded => text!(
                "a span of time is from one second (1s) to ten years (3660d)",
                "une durée va d’une seconde (1s) à dix ans (3660d)"
            ),
            Expected::Span => text!(
                "write a span of time: 90s, 15min, 2h, 1h30m, 3d or 1w",
                "écrivez une durée : 90s, 15min, 2h, 1h30m, 3d ou 1w"
            ),
        }
    }
}

/// The topic of the flags that go with every command.
pub const OPTIONS: &str = "options";

/// Where those are listed.
pub fn see_options() -> Text {
    text!(
        "Flags of every command: jobsd help options",
        "Options de toutes les commandes : jobsd help options"
    )
}

/// What is above them.
pub fn common_flags() -> Text {
    text!(
        "Flags of every command:",
        "Options de toutes les commandes :"
    )
}

/// What is above the commands that write job files.
pub fn to_write() -> Text {
    text!("Write job files:", "Écrire des fichiers de job :")
}

/// What is above the commands that show something.
pub fn to_look() -> Text {
    text!("Look:", "Regarder :")
}

/// What is above the commands about runs.
pub fn to_run() -> Text {
    text!("Run:", "Exécuter :")
}

/// What is above the commands about the daemon and the program.
pub fn to_operate() -> Text {
    text!("Operate:", "Exploiter :")
}

/// What is before the usage of a command.
pub fn usage_word(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Usage: ",
        Lang::Fr => "Utilisation : ",
    }
}

/// Where the flags of a command are listed.
pub fn see_help(command: &str) -> Text {
    text!(
        "`{command} --help` shows commands and flags",
        "`{command} --help` montre commandes et options"
    )
}

/// The default value of a flag, in French; the library writes the English one.
pub fn french_default(value: &str) -> String {
    format!(" [défaut : {value}]")
}

/// The possible values of a flag, in French.
pub fn french_values(values: &[String]) -> String {
    format!(" [valeurs possibles : {}]", values.join(", "))
}

/// The frame of a French help: headings, and what the library adds to every command.
pub const FRENCH_FRAME: Frame = Frame {
    template: "{before-help}{about-with-newline}\nUtilisation : {usage}\n\n{all-args}{after-help}",
    commands: "Commandes\u{202f}",
    arguments: "Arguments\u{202f}",
    options: "Options\u{202f}",
    command: "COMMANDE",
    values: "Valeurs possibles :",
    examples: "Exemples :",
    help: "Affiche l’aide",
    version: "Affiche la version",
    help_command: "Affiche l’aide d’une commande",
};

/// Words that frame a help.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The order of its parts.
    pub template: &'static str,
    /// Heading of the commands.
    pub commands: &'static str,
    /// Heading of the arguments.
    pub arguments: &'static str,
    /// Heading of the flags.
    pub options: &'static str,
    /// What stands for a command.
    pub command: &'static str,
    /// Before the values of a flag, each with its own words.
    pub values: &'static str,
    /// Before the examples.
    pub examples: &'static str,
    /// Of `--help`.
    pub help: &'static str,
    /// Of `--version`.
    pub version: &'static str,
    /// Of the command `help`.
    pub help_command: &'static str,
}

/// How a refusal begins.
pub fn error_word(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "error: ",
        Lang::Fr => "erreur : ",
    }
}

/// How a warning begins.
pub fn warning_word(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "warning: ",
        Lang::Fr => "avertissement : ",
    }
}

/// How its remedy begins.
pub fn help_word(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "help: ",
        Lang::Fr => "aide : ",
    }
}
