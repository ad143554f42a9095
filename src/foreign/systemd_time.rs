//! `OnCalendar=` and time spans of systemd (systemd.time(7)), where cron and intervals say exactly
//! the same. All else is `None`: nothing is approximated.

/// Names of whole expressions.
const NAMED: [(&str, &str); 9] = [
    ("minutely", "* * * * *"),
    ("hourly", "0 * * * *"),
    ("daily", "0 0 * * *"),
    ("weekly", "0 0 * * mon"),
    ("monthly", "0 0 1 * *"),
    ("quarterly", "0 0 1 1,4,7,10 *"),
    ("semiannually", "0 0 1 1,7 *"),
    ("yearly", "0 0 1 1 *"),
    ("annually", "0 0 1 1 *"),
];
/// Units of a time span, in seconds. Months and years are no fixed time.
const UNITS: [(&[&str], u64); 5] = [
    (&["s", "sec", "second", "seconds"], 1),
    (&["m", "min", "minute", "minutes"], 60),
    (&["h", "hr", "hour", "hours"], 3_600),
    (&["d", "day", "days"], 86_400),
    (&["w", "week", "weeks"], 604_800),
];
const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// A cron expression that names the very same times, and the zone where one is named.
pub fn cron_of(text: &str) -> Option<(String, Option<String>)> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let zone = words
        .pop_if(|last| {
            last.contains('/') && last.starts_with(|c: char| c.is_ascii_uppercase())
                || *last == "UTC"
        })
        .map(str::to_owned);
    let named = |word: &str| {
        NAMED
            .iter()
            .find(|(name, _)| word.eq_ignore_ascii_case(name))
    };
    if let [word] = words[..]
        && let Some((_, cron)) = named(word)
    {
        return Some(((*cron).to_owned(), zone));
    }
    let days = match words.first()? {
        first if first.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            let days = days(first)?;
            words.remove(0);
            days
        }
        _ => "*".to_owned(),
    };
    let (date, time) = match words[..] {
        [] if days == "*" => return None,
        [] => ("*-*-*", "00:00"),
        [time] if time.contains(':') => ("*-*-*", time),
        [date] => (date, "00:00"),
        [date, time] => (date, time),
        _ => return None,
    };
    let (month, day) = month_and_day(date)?;
    let (hour, minute) = hour_and_minute(time)?;
    if days != "*" && day != "*" {
        // Both must hold to systemd, one of them to cron.
        return None;
    }
    Some((format!("{minute} {hour} {day} {month} {days}"), zone))
}

/// `Mon..Fri`, `Mon,Wed`.
fn days(text: &str) -> Option<String> {
    let name = |word: &str| {
        let lower = word.to_ascii_lowercase();
        let at = DAYS
            .iter()
            .position(|day| lower == *day || lower == day[..3])?;
        Some(DAYS[at][..3].to_owned())
    };
    let item = |item: &str| match item.split_once("..") {
        Some((first, last)) => Some(format!("{}-{}", name(first)?, name(last)?)),
        None => name(item),
    };
    let items: Option<Vec<String>> = text.split(',').map(item).collect();
    Some(items?.join(","))
}

/// `*-*-*` with lists and ranges of months and days; every year.
fn month_and_day(text: &str) -> Option<(String, String)> {
    let parts: Vec<&str> = text.split('-').collect();
    let (month, day) = match parts[..] {
        ["*", month, day] | [month, day] => (month, day),
        _ => return None,
    };
    // Steps of dates begin elsewhere in cron.
    let plain = |text: &str| numbers(text, 31).filter(|_| !text.contains('/'));
    Some((plain(month)?, plain(day)?))
}

/// `HH:MM` or `HH:MM:00`.
fn hour_and_minute(text: &str) -> Option<(String, String)> {
    let parts: Vec<&str> = text.split(':').collect();
    let (hour, minute) = match parts[..] {
        [hour, minute] | [hour, minute, "0" | "00"] => (hour, minute),
        _ => return None,
    };
    Some((numbers(hour, 23)?, numbers(minute, 59)?))
}

/// `*`, `a`, `a..b`, lists of them, and steps from a number on: `0/15`.
fn numbers(text: &str, max: u8) -> Option<String> {
    if text == "*" {
        return Some("*".to_owned());
    }
    let number = |text: &str| {
        let is_short = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u8>().ok().filter(|n| is_short && *n <= max)
    };
    let item = |item: &str| {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(number(step).filter(|step| *step > 0)?)),
            None => (item, None),
        };
        Some(match (range.split_once(".."), step) {
            (Some((first, last)), None) => format!("{}-{}", number(first)?, number(last)?),
            (Some((first, last)), Some(step)) => {
                format!("{}-{}/{step}", number(first)?, number(last)?)
            }
            (None, None) => number(range)?.to_string(),
            (None, Some(step)) if number(range)? == 0 => format!("*/{step}"),
            (None, Some(step)) => format!("{}-{max}/{step}", number(range)?),
        })
    };
    let items: Option<Vec<String>> = text.split(',').map(item).collect();
    Some(items?.join(","))
}

/// The seconds of a time span: `90`, `15min`, `1h 30m`.
pub fn secs_of(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = &rest[..letters];
        let size = match unit {
            "" => 1,
            unit => UNITS.iter().find(|(names, _)| names.contains(&unit))?.1,
        };
        total = total.checked_add(number.checked_mul(size)?)?;
        rest = rest[letters..].trim_start();
    }
    (total > 0).then_some(total)
}
