//! Schedules in words, French and English: one module, used by the command line and the page.

use crate::schedule::civil::{Civil, Days};
use crate::schedule::vocabulary::Vocabulary;

/// Most times of day that are listed one by one.
const TIMES_MAX: usize = 6;

/// Local times in words.
pub fn civil_words(civil: &Civil, words: &Vocabulary) -> String {
    let days = day_words(&civil.days, words);
    let time = time_words(civil, words);
    match (days.is_empty(), civil.is_fixed && times(civil).is_some()) {
        (true, true) => format!("{} {time}", words.daily),
        (true, false) => time,
        (false, _) => format!("{time}, {days}"),
    }
}

/// When in a day.
fn time_words(civil: &Civil, words: &Vocabulary) -> String {
    if let Some(times) = times(civil) {
        return format!("{} {}", words.at, join(&times, words.and));
    }
    let all_hours = civil.hours == (1 << 24) - 1;
    let mut parts = Vec::new();
    if civil.seconds != 1 {
        parts.push(unit_words(
            civil.seconds,
            60,
            "s",
            words.every_second,
            words.at_second,
            words,
        ));
    }
    let is_all_minutes = civil.minutes == (1 << 60) - 1;
    let hour_step = step_of(civil.hours, 24).filter(|step| *step > 1);
    if let (Some(step), 1) = (hour_step, civil.minutes.count_ones()) {
        parts.push(format!("{} {step} h", words.every));
        if civil.minutes != 1 {
            parts.push(format!(
                "{} {}",
                words.at_minute,
                numbers(civil.minutes, words)
            ));
        }
        return parts.join(", ");
    }
    if civil.minutes.count_ones() == 1 && all_hours {
        parts.push(words.every_hour.to_owned());
        if civil.minutes != 1 {
            parts.push(format!(
                "{} {}",
                words.at_minute,
                numbers(civil.minutes, words)
            ));
        }
    } else if !(is_all_minutes && civil.seconds != 1) {
        parts.push(unit_words(
            civil.minutes,
            60,
            "min",
            words.every_minute,
            words.at_minute,
            words,
        ));
    }
    if !all_hours {
        parts.push(hour_words(
            civil.hours,
            is_all_minutes || step_of(civil.minutes, 60).is_some(),
            words,
        ));
    }
    parts.join(", ")
}

/// A few fixed times of day, in order.
fn times(civil: &Civil) -> Option<Vec<String>> {
    let count = civil.hours.count_ones() as usize * civil.minutes.count_ones() as usize;
    if civil.seconds.count_ones() != 1 || count > TIMES_MAX || step_of(civil.hours, 24).is_some() {
        return None;
    }
    let second = civil.seconds.trailing_zeros();
    let tail = if second == 0 {
        String::new()
    } else {
        format!(":{second:02}")
    };
    let of_hour = |hour| bits(civil.minutes).map(move |minute| (hour, minute));
    let pairs = bits(civil.hours).flat_map(of_hour);
    Some(
        pairs
            .map(|(hour, minute)| format!("{hour:02}:{minute:02}{tail}"))
            .collect(),
    )
}

fn hour_words(hours: u64, whole: bool, words: &Vocabulary) -> String {
    if let (Some(step), true) = (step_of(hours, 24), whole) {
        return format!("{} {}", words.at_hour, numbers(hours, words)).replace("  ", " ")
            + &format!(" ({} {step} h)", words.every);
    }
    match run(hours) {
        Some((first, last)) => format!("{} {first:02}:00 {} {last:02}:59", words.from, words.to),
        None => format!("{} {}", words.at_hour, numbers(hours, words)),
    }
}

fn unit_words(
    set: u64,
    size: u32,
    unit: &str,
    every_one: &str,
    at: &str,
    words: &Vocabulary,
) -> String {
    match step_of(set, size) {
        Some(1) => every_one.to_owned(),
        Some(step) => format!("{} {step} {unit}", words.every),
        None => format!("{at} {}", numbers(set, words)),
    }
}

/// Which days; empty for every day.
fn day_words(days: &Days, words: &Vocabulary) -> String {
    let every_week = days.of_week == 0x7f;
    let every_month_day = days.of_month == Days::EVERY.of_month;
    let month = if every_month_day {
        Vec::new()
    } else {
        month_day_words(days, words)
    };
    let week = if every_week {
        Vec::new()
    } else {
        week_day_words(days, words)
    };
    let mut parts = Vec::new();
    match (month.is_empty(), week.is_empty()) {
        (true, true) => {}
        (false, true) => parts.push(join(&month, words.or)),
        (true, false) => parts.push(join(&week, words.or)),
        (false, false) if days.both => {
            let list = week_days(days.of_week, words);
            parts.push(format!(
                "{} {} {list}",
                join(&month, words.or),
                words.that_is
            ));
        }
        (false, false) => parts.push(join(&[month, week].concat(), words.or)),
    }
    if days.months != Days::EVERY.months {
        let set = days.months >> 1;
        let range = ranged(set, &words.months, words.month_range);
        let list = || format!("{} {}", words.within, listed(set, &words.months));
        parts.push(range.unwrap_or_else(list));
    }
    parts.join(", ")
}

fn month_day_words(days: &Days, words: &Vocabulary) -> Vec<String> {
    let mut parts = Vec::new();
    if days.of_month != 0 {
        parts.push(format!(
            "{} {} {}",
            words.on_day,
            numbers(days.of_month, words),
            words.of_month
        ));
    }
    if days.last {
        parts.push(words.last_day.to_owned());
    }
    if days.last_weekday {
        parts.push(words.last_weekday.to_owned());
    }
    if days.nearest > 0 {
        parts.push(format!("{} {}", words.nearest, days.nearest));
    }
    parts
}

fn week_day_words(days: &Days, words: &Vocabulary) -> Vec<String> {
    let mut parts = Vec::new();
    if days.of_week != 0 {
        let is_range =
            run(monday_first(days.of_week)).is_some_and(|(first, last)| last - first >= 2);
        let on = if is_range {
            String::new()
        } else {
            format!("{} ", words.on)
        };
        parts.push(on + &week_days(days.of_week, words));
    }
    for nth in 1..=5 {
        for day in bits(days.nth_of_week >> (8 * nth) & 0x7f) {
            let (ordinal, name) = (words.ordinals[nth - 1], words.days[day as usize]);
            parts.push(format!(
                "{} {ordinal} {name} {}",
                the(words),
                words.of_month
            ));
        }
    }
    for day in bits(days.last_of_week) {
        let name = words.days[day as usize];
        parts.push(format!(
            "{} {} {name} {}",
            the(words),
            words.last,
            words.of_month
        ));
    }
    parts
}

fn the(words: &Vocabulary) -> String {
    if words.on == "on" {
        "on the".to_owned()
    } else {
        words.on.to_owned()
    }
}

/// Days of the week; one alone with its whole name.
pub fn weekly_days(set: u64, words: &Vocabulary) -> String {
    match set.count_ones() {
        1 => listed(set, &words.whole_days),
        _ => week_days(set, words),
    }
}

/// Days of the week, Monday first; three and more in a row as a range.
fn week_days(set: u64, words: &Vocabulary) -> String {
    let mut names = words.days;
    names.rotate_left(1);
    let monday_first = monday_first(set);
    ranged(monday_first, &names, words.day_range).unwrap_or_else(|| listed(monday_first, &names))
}

fn monday_first(set: u64) -> u64 {
    set >> 1 | (set & 1) << 6
}

/// Three and more in a row: "Mon to Fri", "du lun au ven".
fn ranged(set: u64, names: &[&str], [before, between]: [&str; 2]) -> Option<String> {
    let (first, last) = run(set).filter(|(first, last)| last - first >= 2)?;
    let text = format!(
        "{before} {} {between} {}",
        names[first as usize], names[last as usize]
    );
    Some(text.trim_start().to_owned())
}

fn listed(set: u64, names: &[&str]) -> String {
    bits(set)
        .map(|n| names[n as usize])
        .collect::<Vec<_>>()
        .join(", ")
}

/// Numbers, with runs of three and more as ranges.
fn numbers(set: u64, words: &Vocabulary) -> String {
    let mut parts: Vec<String> = Vec::new();
    let list: Vec<u32> = bits(set).collect();
    let mut from = 0;
    while from < list.len() {
        let mut to = from;
        while to + 1 < list.len() && list[to + 1] == list[to] + 1 {
            to += 1;
        }
        match to - from {
            0 => parts.push(list[from].to_string()),
            1 => parts.extend([list[from].to_string(), list[to].to_string()]),
            _ => parts.push(format!("{}–{}", list[from], list[to])),
        }
        from = to + 1;
    }
    join(&parts, words.and)
}

fn join(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} {word} {last}", most.join(", ")),
    }
}

/// The step of a set that begins at 0 and divides `size` evenly: 15 for 0, 15, 30, 45 of 60.
fn step_of(set: u64, size: u32) -> Option<u32> {
    if set & 1 == 0 || set.count_ones() < 2 {
        return None;
    }
    let step = (set >> 1).trailing_zeros() + 1;
    let even = (0..size)
        .step_by(step as usize)
        .fold(0u64, |bits, n| bits | 1 << n);
    (size.is_multiple_of(step) && even == set).then_some(step)
}

/// The first and last of a set without holes.
fn run(set: u64) -> Option<(u32, u32)> {
    let (first, count) = (set.trailing_zeros(), set.count_ones());
    let is_run = count > 0 && (0..count).all(|n| set >> (first + n) & 1 == 1);
    is_run.then(|| (first, first + count - 1))
}

fn bits(set: u64) -> impl Iterator<Item = u32> {
    (0..64).filter(move |n| set >> n & 1 == 1)
}

/// The one time of day of local times that have one: "08:00".
pub fn clock(civil: &Civil) -> String {
    format!(
        "{:02}:{:02}",
        civil.hours.trailing_zeros(),
        civil.minutes.trailing_zeros()
    )
}

/// Elapsed time in its largest whole units: "1 h 30 min".
pub fn span(secs: u64) -> String {
    let (hours, minutes, seconds) = (secs / 3_600, secs / 60 % 60, secs % 60);
    let units = [(hours, "h"), (minutes, "min"), (seconds, "s")];
    let shown = units
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, unit)| format!("{n} {unit}"));
    shown.collect::<Vec<_>>().join(" ")
}

/// A sentence begins with a capital.
pub fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
