//! Clock changes in words: what each does to a schedule.

use crate::schedule::Schedule;
use crate::schedule::dst::Change;
use crate::schedule::words::span;
use crate::text::Lang;
use crate::view::say;

/// "clock goes forward 1 h", "heure avancée de 1 h".
pub fn moved(change: &Change, lang: Lang) -> String {
    let by = span(change.shift_secs.unsigned_abs());
    match (lang, change.shift_secs > 0) {
        (Lang::En, true) => format!("clock goes forward {by}"),
        (Lang::En, false) => format!("clock goes back {by}"),
        (Lang::Fr, true) => format!("heure avancée de {by}"),
        (Lang::Fr, false) => format!("heure reculée de {by}"),
    }
}

/// What the change does to the schedule.
pub fn effect(schedule: &Schedule, change: &Change, lang: Lang) -> String {
    let pick = |en: &str, fr: &str| {
        if lang == Lang::Fr {
            fr.to_owned()
        } else {
            en.to_owned()
        }
    };
    let Some(civil) = schedule.civil() else {
        return pick("elapsed time, not affected.", "temps écoulé, sans effet.");
    };
    let first = say::format(change.at, schedule.zone(), "%H:%M");
    match (civil.is_fixed, change.shift_secs > 0, change.named) {
        (_, _, 0) => pick(
            "every named time exists once: no run lost or doubled.",
            "chaque heure prévue existe une fois : aucune exécution perdue ni doublée.",
        ),
        (true, true, _) if change.is_skipped_day() => pick(
            "the skipped day is not caught up.",
            "le jour sauté n’est pas rattrapé.",
        ),
        (true, true, _) => match lang {
            Lang::En => format!("a named time does not exist that day: it runs once, at {first}."),
            Lang::Fr => {
                format!("une heure prévue n’existe pas ce jour-là : une exécution, à {first}.")
            }
        },
        (true, false, _) => pick(
            "a named time happens twice: it runs once, the first time.",
            "une heure prévue existe deux fois : une exécution, la première fois.",
        ),
        (false, true, n) => match lang {
            Lang::En => format!(
                "the rhythm follows elapsed time; no run for {}.",
                times(n, "skipped local time", "s")
            ),
            Lang::Fr => format!(
                "le rythme suit le temps écoulé ; {} sans exécution.",
                times(n, "heure locale sautée", "")
            ),
        },
        (false, false, n) => match lang {
            Lang::En => format!(
                "the rhythm follows elapsed time; two runs for {}.",
                times(n, "repeated local time", "s")
            ),
            Lang::Fr => format!(
                "le rythme suit le temps écoulé ; {} en double, deux exécutions chacune.",
                times(n, "heure locale", "")
            ),
        },
    }
}

/// "1 skipped local time", "2 skipped local times"; in French every word of the noun takes its s.
fn times(n: u64, noun: &str, suffix: &str) -> String {
    match (n, suffix) {
        (1, _) => format!("1 {noun}"),
        (n, "") => format!(
            "{n} {}",
            noun.split(' ')
                .map(|word| format!("{word}s"))
                .collect::<Vec<_>>()
                .join(" ")
        ),
        (n, suffix) => format!("{n} {noun}{suffix}"),
    }
}
