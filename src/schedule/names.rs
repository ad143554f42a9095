//! The names of days and months in schedules, and what French writers put for them.

/// The names of the days, Sunday first.
pub const DAY_NAMES: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// French names of the days.
pub const OTHER_DAY_NAMES: [(&str, &str); 7] = [
    ("dim", "sun"),
    ("lun", "mon"),
    ("mar", "tue"),
    ("mer", "wed"),
    ("jeu", "thu"),
    ("ven", "fri"),
    ("sam", "sat"),
];

/// Names of months, from January.
pub const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// French months; the rest begins as in English.
pub const OTHER_MONTHS: [(&str, &str); 7] = [
    ("fév", "feb"),
    ("fev", "feb"),
    ("avr", "apr"),
    ("mai", "may"),
    ("juin", "jun"),
    ("juil", "jul"),
    ("ao", "aug"),
];
