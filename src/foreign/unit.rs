//! A unit file of systemd as its lines say (systemd.syntax(7)), and the words of a command in it.
//! What a word would have systemd fill in (`%h`, `$VAR`) is refused, never guessed.

use crate::text::Text;
use crate::text::import_timer as unit_words;

/// One assignment of a unit file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its line, from 1.
    pub line: usize,
    /// The section above it: `Timer`.
    pub section: String,
    /// Its key: `OnCalendar`.
    pub key: String,
    /// Its value, without blanks around it, its lines joined.
    pub value: String,
}

/// Reads a unit file; `Err` is the first line that is none of one.
///
/// # Errors
/// The line, from 1.
pub fn read(text: &str) -> Result<Vec<Setting>, usize> {
    let mut settings: Vec<Setting> = Vec::new();
    let mut section = String::new();
    let mut lines = text.lines().enumerate();
    let is_comment = |line: &str| line.starts_with(['#', ';']);
    while let Some((at, first)) = lines.next() {
        let first = first.trim();
        if first.is_empty() || is_comment(first) {
            continue;
        }
        if let Some(name) = first.strip_prefix('[') {
            section = name.strip_suffix(']').ok_or(at + 1)?.to_owned();
            continue;
        }
        let mut whole = first.to_owned();
        while let Some(open) = whole.strip_suffix('\\') {
            let open = open.len();
            let next = lines.by_ref().find(|(_, line)| !is_comment(line.trim()));
            whole.truncate(open);
            whole.push(' ');
            match next {
                Some((_, line)) => whole += line.trim(),
                None => break,
            }
        }
        let (key, value) = whole.split_once('=').ok_or(at + 1)?;
        settings.push(Setting {
            line: at + 1,
            section: section.clone(),
            key: key.trim_end().to_owned(),
            value: value.trim().to_owned(),
        });
    }
    Ok(settings)
}

/// The active settings: an empty value takes those of the same key above it back.
pub fn in_force(settings: Vec<Setting>) -> Vec<Setting> {
    let mut kept: Vec<Setting> = Vec::new();
    for setting in settings {
        if setting.value.is_empty() {
            kept.retain(|other| (&other.section, &other.key) != (&setting.section, &setting.key));
        } else {
            kept.push(setting);
        }
    }
    kept
}

/// The words of a command: between blanks, or in quotes; escapes as in C.
///
/// # Errors
/// A sentence about what cannot be imported as it is.
pub fn command_words(text: &str) -> Result<Vec<String>, Text> {
    split(text)?
        .into_iter()
        .map(|word| filled(word, true))
        .collect()
}

/// The `NAME=value` pairs of an `Environment=`.
///
/// # Errors
/// A sentence about what cannot be imported as it is.
pub fn assignments(text: &str) -> Result<Vec<(String, String)>, Text> {
    let pair = |word: String| {
        let word = filled(word, false)?;
        let (name, value) = word
            .split_once('=')
            .ok_or_else(|| unit_words::no_pair(&word))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    split(text)?.into_iter().map(pair).collect()
}

/// A plain value: a path, a name.
///
/// # Errors
/// A sentence about what cannot be imported as it is.
pub fn value(text: &str) -> Result<String, Text> {
    filled(text.to_owned(), false)
}

/// A word whose doubled signs are single ones; one that systemd would fill in is refused.
fn filled(word: String, has_variables: bool) -> Result<String, Text> {
    let mut filled = String::with_capacity(word.len());
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        let is_sign = c == '%' || has_variables && c == '$';
        if is_sign && chars.next() != Some(c) {
            return Err(unit_words::specifier(&word));
        }
        filled.push(c);
    }
    Ok(filled)
}

fn split(text: &str) -> Result<Vec<String>, Text> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (word, behind) = first_word(rest)?;
        found.push(word);
        rest = behind.trim_start();
    }
    Ok(found)
}

fn first_word(text: &str) -> Result<(String, &str), Text> {
    let mut word = String::new();
    let mut quote = None;
    let mut chars = text.chars();
    loop {
        let rest = chars.as_str();
        match (chars.next(), quote) {
            (None, None) => return Ok((word, rest)),
            (None, Some(_)) => return Err(unit_words::open_quote(text)),
            (Some(c), Some(open)) if c == open => quote = None,
            (Some(c @ ('"' | '\'')), None) => quote = Some(c),
            (Some(c), None) if c.is_whitespace() => return Ok((word, rest)),
            (Some('\\'), _) => {
                let (c, count) =
                    escape(chars.as_str()).ok_or_else(|| unit_words::bad_escape(text))?;
                word.push(c);
                chars = chars.as_str()[count..].chars();
            }
            (Some(c), _) => word.push(c),
        }
    }
}

/// The character of an escape, and the bytes after the backslash.
fn escape(text: &str) -> Option<(char, usize)> {
    let hex = |digits: usize| {
        let code = u32::from_str_radix(text.get(1..=digits)?, 16).ok()?;
        Some((char::from_u32(code).filter(|c| *c != '\0')?, digits + 1))
    };
    Some(match text.chars().next()? {
        'a' => ('\u{7}', 1),
        'b' => ('\u{8}', 1),
        'f' => ('\u{c}', 1),
        'n' => ('\n', 1),
        'r' => ('\r', 1),
        't' => ('\t', 1),
        'v' => ('\u{b}', 1),
        's' => (' ', 1),
        c @ ('\\' | '"' | '\'' | ';') => (c, 1),
        // A byte above 0x7f need not be a character.
        'x' => hex(2).filter(|(c, _)| c.is_ascii())?,
        'u' => hex(4)?,
        'U' => hex(8)?,
        _ => return None,
    })
}
