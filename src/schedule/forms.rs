//! Forms of texts as regular expressions, for the schema: what an editor and `jsonschema` can tell
//! of a cron expression, a list of days and an instant. What no expression can say (a range that
//! goes backwards, a day that never comes) is left to the readers in `schedule/`. Only what every
//! dialect knows is used: classes of ASCII, groups, `?`, `*`, `{n,m}`, anchors.

use crate::schedule::names::{DAY_NAMES, MONTHS};

/// An instant of RFC 3339, section 5.6: `T` between date and time, seconds and an offset.
pub const INSTANT: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]{1,9})?([Zz]|[-+]([01][0-9]|2[0-3]):[0-5][0-9])$";

/// The form of an IANA zone name: up to three parts, each of words that begin with a letter, the
/// first one a capital; or `GMT` with a whole number of hours. Which of them exist is left to the
/// zone data.
pub const ZONE: &str = "^((Etc/)?GMT[-+][0-9]{1,2}|[A-Z][A-Za-z0-9_]*(-[A-Za-z][A-Za-z0-9_]*)*(/[A-Z][A-Za-z0-9_]*(-[A-Za-z][A-Za-z0-9_]*)*){0,2})$";

const STEP: &str = "(/0*[1-9][0-9]{0,4})";
const TO_59: &str = "0*[1-5]?[0-9]";

/// Days `mon` to `sun`, listed or as ranges, any case.
pub fn days() -> String {
    let blank = "[ \\t\\r\\n]*";
    let day = words(&DAY_NAMES);
    let item = format!("{blank}{day}({blank}-{blank}{day})?{blank}");
    format!("^{item}(,{item})*$")
}

/// A cron expression of five fields, or a nickname.
pub fn cron() -> String {
    let names = [
        "yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly",
    ];
    format!("^[ \\t]*(@{}|{})[ \\t]*$", words(&names), five())
}

/// A cron expression of six fields, seconds first.
pub fn cron_with_seconds() -> String {
    format!("^[ \\t]*{}[ \\t]+{}[ \\t]*$", numbers(TO_59), five())
}

fn five() -> String {
    let day = "0*([12][0-9]|3[01]|[1-9])";
    let of_month = format!(
        "([?]|[Ll][Ww]|{day}[Ww]|{})",
        list(&format!("[Ll]|{}", item(day)))
    );
    let month = format!("(0*(1[0-2]|[1-9])|{})", words(&MONTHS));
    let week_day = format!("(0*[0-7]|{})", words(&DAY_NAMES));
    let of_week = list(&format!("{week_day}#[1-5Ll]|[0-7][Ll]|{}", item(&week_day)));
    [
        numbers(TO_59),
        numbers("0*(1?[0-9]|2[0-3])"),
        of_month,
        numbers(&month),
        format!("([?]|{of_week})"),
    ]
    .join("[ \\t]+")
}

/// A field of values, ranges and steps; a step needs a range or `*` before it.
fn numbers(value: &str) -> String {
    list(&item(value))
}

fn item(value: &str) -> String {
    format!("[*]{STEP}?|{value}(-{value}{STEP}?)?")
}

fn list(item: &str) -> String {
    format!("({item})(,({item}))*")
}

fn words(words: &[&str]) -> String {
    let any_case = |word: &&str| -> String {
        word.chars()
            .map(|c| format!("[{}{c}]", c.to_ascii_uppercase()))
            .collect()
    };
    let list: Vec<String> = words.iter().map(any_case).collect();
    format!("({})", list.join("|"))
}
