//! The words that schedules are said in, a set for each language.

use crate::text::Lang;

/// The words of a language.
#[derive(Debug)]
#[expect(missing_docs, reason = "each field is the word that it holds")]
pub struct Vocabulary {
    pub whole_days: [&'static str; 7],
    pub days: [&'static str; 7],
    pub months: [&'static str; 12],
    pub ordinals: [&'static str; 5],
    pub last: &'static str,
    pub and: &'static str,
    pub or: &'static str,
    pub to: &'static str,
    pub at: &'static str,
    pub daily: &'static str,
    pub every: &'static str,
    pub every_second: &'static str,
    pub every_minute: &'static str,
    pub every_hour: &'static str,
    pub at_second: &'static str,
    pub at_minute: &'static str,
    pub at_hour: &'static str,
    pub from: &'static str,
    pub day_range: [&'static str; 2],
    pub month_range: [&'static str; 2],
    pub on_day: &'static str,
    pub of_month: &'static str,
    pub last_day: &'static str,
    pub last_weekday: &'static str,
    pub nearest: &'static str,
    pub that_is: &'static str,
    pub on: &'static str,
    pub within: &'static str,
    pub on_request: &'static str,
}

static EN: Vocabulary = Vocabulary {
    whole_days: [
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
    ],
    days: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
    months: [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
    ordinals: ["first", "second", "third", "fourth", "fifth"],
    last: "last",
    and: "and",
    or: "or",
    to: "to",
    at: "at",
    daily: "daily",
    every: "every",
    every_second: "every second",
    every_minute: "every minute",
    every_hour: "every hour",
    at_second: "at second",
    at_minute: "at minute",
    at_hour: "in hour",
    from: "from",
    day_range: ["", "to"],
    month_range: ["from", "to"],
    on_day: "on day",
    of_month: "of the month",
    last_day: "on the last day of the month",
    last_weekday: "on the last Monday-to-Friday day of the month",
    nearest: "on the Monday-to-Friday day nearest to day",
    that_is: "if it is",
    on: "on",
    within: "in",
    on_request: "on request",
};

static FR: Vocabulary = Vocabulary {
    whole_days: [
        "dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi",
    ],
    days: ["dim", "lun", "mar", "mer", "jeu", "ven", "sam"],
    months: [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
        "déc.",
    ],
    ordinals: ["premier", "deuxième", "troisième", "quatrième", "cinquième"],
    last: "dernier",
    and: "et",
    or: "ou",
    to: "à",
    at: "à",
    daily: "quotidien",
    every: "toutes les",
    every_second: "chaque seconde",
    every_minute: "chaque minute",
    every_hour: "chaque heure",
    at_second: "à la seconde",
    at_minute: "à la minute",
    at_hour: "pendant l’heure",
    from: "de",
    day_range: ["du", "au"],
    month_range: ["de", "à"],
    on_day: "le jour",
    of_month: "du mois",
    last_day: "le dernier jour du mois",
    last_weekday: "le dernier jour du lundi au vendredi du mois",
    nearest: "le jour du lundi au vendredi le plus proche du jour",
    that_is: "si c’est",
    on: "le",
    within: "en",
    on_request: "à la demande",
};

impl Vocabulary {
    /// The words of a language.
    pub fn of(lang: Lang) -> &'static Vocabulary {
        match lang {
            Lang::En => &EN,
            Lang::Fr => &FR,
        }
    }
}
