//! A crontab, read as cron reads it (crontab(5) of Vixie cron and cronie): assignments hold for the
//! entries below them, the first bare `%` of a command begins its standard input. Line by line, so
//! that a large one costs no memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::foreign::job::{Foreign, Found, Loss, Source, Task, When};
use crate::foreign::program_name::program_name;
use crate::schedule::expression::Cron;
use crate::text::import::{self as words, Remark};
use crate::text::{Text, short};

/// Fields of an entry that say when.
const FIELDS: usize = 5;
/// Bytes of all variables together: each entry repeats them.
const ENV_BYTES_MAX: usize = 64 << 10;
/// Comment lines above an entry that are kept.
const COMMENTS_MAX: usize = 100;
/// What cron does with what a job writes; jobsd keeps it.
const OF_MAIL: [&str; 4] = [
    "MAILTO",
    "MAILFROM",
    "CONTENT_TYPE",
    "CONTENT_TRANSFER_ENCODING",
];
/// Variables that move the times of entries by chance, or between hours.
const OF_CHANCE: [&str; 2] = ["RANDOM_DELAY", "START_HOURS_RANGE"];

/// The jobs of a crontab, and what cannot be imported, in the order of its lines.
pub struct Crontab<'a> {
    lines: std::slice::Split<'a, u8, fn(&u8) -> bool>,
    line: usize,
    /// Whether a user follows the times, as in `/etc/crontab`.
    has_user: bool,
    /// What is directly above.
    comments: Vec<&'a str>,
    timezone: Option<String>,
    env: Arc<BTreeMap<String, String>>,
    /// Bytes of `env`.
    env_bytes: usize,
}

impl<'a> Crontab<'a> {
    /// Begins to read; `has_user` for a file of the system, where a user follows the times.
    pub fn new(bytes: &'a [u8], has_user: bool) -> Crontab<'a> {
        let is_end: fn(&u8) -> bool = |byte| *byte == b'\n';
        Crontab {
            lines: bytes.split(is_end),
            line: 0,
            has_user,
            comments: Vec::new(),
            timezone: None,
            env: Arc::default(),
            env_bytes: 0,
        }
    }

    fn read(&mut self, line: &'a [u8]) -> Option<Found> {
        let Ok(text) = std::str::from_utf8(line) else {
            self.comments.clear();
            return Some(self.refused(words::not_utf8()));
        };
        let text = text.strip_suffix('\r').unwrap_or(text);
        let text = text.trim_start_matches([' ', '\t']);
        if let Some(comment) = text.strip_prefix('#') {
            self.comment(comment);
            return None;
        }
        let comments = std::mem::take(&mut self.comments);
        if text.is_empty() {
            return None;
        }
        if let Some((name, value)) = assignment(text) {
            return self.assign(name, value);
        }
        Some(match self.entry(text) {
            Ok(mut job) => {
                job.describe(&comments.join("\n"));
                Found::Job(Box::new(job))
            }
            Err(words) => self.refused(words),
        })
    }

    fn loss(&self, words: Text, is_job: bool) -> Found {
        Found::Loss(Loss {
            line: self.line,
            source: Source::Named,
            is_job,
            words,
        })
    }

    fn refused(&self, words: Text) -> Found {
        self.loss(words, true)
    }

    /// Keeps a comment for the entry below, unless it speaks of no entry.
    fn comment(&mut self, text: &'a str) {
        let text = text.trim_start_matches('#').trim();
        let is_entry = fields(text)
            .is_some_and(|(when, rest)| !rest.is_empty() && Cron::parse(&when, false).is_ok());
        let is_head = text.split_whitespace().take(2).eq(["m", "h"]);
        if is_entry || is_head {
            self.comments.clear();
        } else if self.comments.len() < COMMENTS_MAX {
            self.comments.push(text);
        }
    }

    fn assign(&mut self, name: &str, value: &str) -> Option<Found> {
        match name {
            "CRON_TZ" => {
                self.timezone = Some(value.to_owned()).filter(|zone| !zone.is_empty());
                return None;
            }
            name if OF_MAIL.contains(&name) => {
                // Without an address cron sends nothing, and nothing is lost.
                let is_lost = name == "MAILTO" && !value.is_empty();
                return is_lost.then(|| self.loss(words::mail(value), false));
            }
            name if OF_CHANCE.contains(&name) => {
                return Some(self.loss(words::chance(name), false));
            }
            _ => {}
        }
        if !is_name(name) {
            return Some(self.loss(words::bad_name(&short(name)), false));
        }
        let old = self.env.get(name).map_or(0, |old| name.len() + old.len());
        let bytes = self.env_bytes - old + name.len() + value.len();
        if bytes > ENV_BYTES_MAX {
            return Some(self.loss(words::much_env(&short(name), ENV_BYTES_MAX), false));
        }
        self.env_bytes = bytes;
        Arc::make_mut(&mut self.env).insert(name.to_owned(), value.to_owned());
        None
    }

    fn entry(&self, text: &str) -> Result<Foreign, Text> {
        let (when, rest) = fields(text).ok_or_else(|| words::no_entry(&short(text)))?;
        if when.eq_ignore_ascii_case("@reboot") {
            return Err(words::reboot());
        }
        let (user, rest) = match self.has_user {
            true => {
                let (user, rest) = word(rest).ok_or_else(|| words::no_entry(&short(text)))?;
                (Some(user.to_owned()), rest)
            }
            false => (None, rest),
        };
        let (command, stdin) = split_at_percent(rest);
        if command.trim().is_empty() {
            return Err(words::no_command(self.has_user));
        }
        let shell = self.env.get("SHELL").map(String::as_str);
        let stem = program_name(&command);
        let task = match shell {
            None | Some("" | "/bin/sh") => Task::Shell(command),
            Some(shell) => Task::Words(vec![shell.to_owned(), "-c".to_owned(), command]),
        };
        let mut job = Foreign::new(self.line, stem, task, When::Cron(when));
        job.stdin = stdin;
        job.timezone.clone_from(&self.timezone);
        job.env.clone_from(&self.env);
        let home = self.env.get("HOME").filter(|home| home.starts_with('/'));
        job.working_dir = home.cloned();
        job.user = user;
        job.remarks.push(Remark::Cron);
        Ok(job)
    }
}

impl Iterator for Crontab<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            let line = self.lines.next()?;
            self.line += 1;
            if let Some(found) = self.read(line) {
                return Some(found);
            }
        }
    }
}

/// The first word of a text, and what follows it.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches([' ', '\t']);
    let end = text.find([' ', '\t']).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (!word.is_empty()).then(|| (word, rest.trim_start_matches([' ', '\t'])))
}

/// The times of an entry with one blank between them, and what follows.
fn fields(text: &str) -> Option<(String, &str)> {
    let (first, mut rest) = word(text)?;
    let mut when = first.to_owned();
    if first.starts_with('@') {
        return Some((when, rest));
    }
    for _ in 1..FIELDS {
        let (field, behind) = word(rest)?;
        when.push(' ');
        when += field;
        rest = behind;
    }
    Some((when, rest))
}

/// `NAME = value`, either side in quotes or not.
fn assignment(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = match text.strip_prefix(['"', '\'']) {
        Some(inner) => inner.split_once(text.chars().next()?)?,
        None => text.split_at(text.find(['=', ' ', '\t'])?),
    };
    let value = rest.trim_start_matches([' ', '\t']).strip_prefix('=')?;
    let value = value.trim_matches([' ', '\t']);
    let value = match value.chars().next().filter(|c| "\"'".contains(*c)) {
        // Something after the closing quote makes it no assignment to cron.
        Some(quote) => value[1..]
            .strip_suffix(quote)
            .filter(|inner| !inner.contains(quote))?,
        None => value,
    };
    (!name.is_empty()).then_some((name, value))
}

/// Whether a job file takes it as the name of a variable.
fn is_name(name: &str) -> bool {
    let head = |c: char| c.is_ascii_alphabetic() || c == '_';
    let tail = |c: char| head(c) || c.is_ascii_digit();
    name.starts_with(head) && name.chars().all(tail)
}

/// The command, and its standard input: a bare `%` ends the one and is a line end in the other;
/// `\%` is a `%`.
fn split_at_percent(text: &str) -> (String, Option<String>) {
    let (command, rest) = until_percent(text);
    let (mut stdin, mut next) = (String::new(), rest);
    while let Some(text) = next {
        let (line, behind) = until_percent(text);
        stdin += &line;
        if behind.is_some() {
            stdin.push('\n');
        }
        next = behind;
    }
    if !stdin.is_empty() && !stdin.ends_with('\n') {
        stdin.push('\n');
    }
    (command, rest.map(|_| stdin))
}

/// The text before the first bare `%`, with `\%` as `%`, and what follows it.
fn until_percent(text: &str) -> (String, Option<&str>) {
    let mut before = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '%' if before.ends_with('\\') => {
                before.pop();
                before.push('%');
            }
            '%' => return (before, Some(&text[at + 1..])),
            c => before.push(c),
        }
    }
    (before, None)
}
