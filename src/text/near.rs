//! "Did you mean": the known word that a misspelt one stands for, or none rather than a bad one.

/// Words longer than this are no misspelling.
const WORD_CHARS_MAX: usize = 64;

/// What people write for a key of ours.
const OTHER_NAMES: [(&str, &str); 22] = [
    ("args", "command"),
    ("cmd", "command"),
    ("concurrency", "max_instances"),
    ("cron", "cron_expression"),
    ("cwd", "working_dir"),
    ("day", "day_of_week"),
    ("days", "day_of_week"),
    ("disabled", "enabled"),
    ("environment", "env"),
    ("grace", "misfire_grace_time"),
    ("max_retries", "max_attempts"),
    ("mem", "memory_bytes"),
    ("retries", "retry"),
    ("schedule", "schedule_config"),
    ("script", "shell"),
    ("tags", "labels"),
    ("title", "name"),
    ("type", "bot_type"),
    ("tz", "timezone"),
    ("workdir", "working_dir"),
    ("config", "bot_config"),
    ("every", "minutes"),
];

/// The nearest known word, when it is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length > WORD_CHARS_MAX {
        return None;
    }
    let lower = word.to_lowercase();
    let known: Vec<&str> = known.collect();
    let distance = |other: &str| strsim::damerau_levenshtein(&lower, &other.to_lowercase());
    let found = known.iter().map(|other| (distance(other), *other)).min();
    let limit = (length / 3).clamp(1, 3);
    found
        .filter(|(distance, _)| *distance <= limit)
        .map(|(_, other)| other)
        .or_else(|| other_name(&lower, &known))
        .or_else(|| part(&lower, &known))
}

fn other_name<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let (_, ours) = OTHER_NAMES.iter().find(|(name, _)| *name == word)?;
    known.iter().find(|other| *other == ours).copied()
}

/// The shortest known word that this one begins or ends, or that begins this one: `misfire_grace`,
/// `expression`.
fn part<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    if word.len() < 4 {
        return None;
    }
    let is_part = |other: &&&str| {
        other.starts_with(word)
            || other.ends_with(&format!("_{word}"))
            || other.len() >= 4 && word.starts_with(&format!("{other}_"))
    };
    known
        .iter()
        .filter(is_part)
        .min_by_key(|other| other.len())
        .copied()
}

/// The short name (`mon`, `jan`) that a longer, a French or a misspelt one stands for.
pub fn nearest_name<'a>(
    word: &str,
    names: &[&'a str],
    other: &[(&str, &'a str)],
) -> Option<&'a str> {
    let lower = word.to_lowercase();
    if lower.is_empty() || lower.chars().count() > WORD_CHARS_MAX {
        return None;
    }
    if let Some(found) = names.iter().find(|name| lower.starts_with(*name)) {
        return Some(found);
    }
    if let Some((_, found)) = other.iter().find(|(name, _)| lower.starts_with(name)) {
        return Some(found);
    }
    let is_word = lower.chars().all(char::is_alphabetic);
    let distance = |name: &str| strsim::damerau_levenshtein(&lower, name);
    let near = names.iter().filter(|name| distance(name) <= 1);
    near.min_by_key(|name| (distance(name), !lower.starts_with(&name[..1])))
        .copied()
        .filter(|_| is_word)
}
