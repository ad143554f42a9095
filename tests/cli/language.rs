//! The language of what people read: no word of a translation in messages, help and docs, French
//! spacing, and one French word for one thing.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use jobsd::cli::Cli;
use jobsd::text::Lang;
use jobsd::usage::{self, Read};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Words that a native engineer would not write here, and what to write instead.
const BANNED: [(&str, &str); 24] = [
    ("alone", "only"),
    ("anew", "again"),
    ("anybody", "anyone, any user"),
    ("are no", "are not"),
    ("behind", "after"),
    ("come round", "wake"),
    ("comes round", "wakes"),
    ("for ever", "forever"),
    ("goes on", "continues"),
    ("going on", "in progress"),
    ("heeds", "honors"),
    ("in force", "active"),
    ("is no", "is not a"),
    ("mend", "fix"),
    ("mended", "fixed"),
    ("mends", "fixes"),
    ("nobody", "no one; not"),
    ("somebody", "someone"),
    ("stand", "be"),
    ("stands", "is"),
    ("taken over", "loaded"),
    ("tells of", "reports"),
    ("told", "reported, asked"),
    ("whoever", "who, the client"),
];

/// Where they are right.
const TRUE_USES: [&str; 11] = [
    "are no longer",
    "are told apart",
    "behind a link",
    "behind a proxy",
    "behind a reverse proxy",
    "behind the proxy",
    "can stand for",
    "is no longer",
    "there is no",
    "what it stands for",
    "where they are told",
];

/// French words that had a second name, and the one that stays.
const GLOSSARY: [(&str, &str); 8] = [
    ("tâche", "job"),
    ("tâches", "jobs"),
    ("répertoire", "dossier"),
    ("simulation", "mode test"),
    ("essais", "tentatives"),
    ("dérive", "écart"),
    ("en vigueur", "actif"),
    ("fautive", "invalide"),
];

/// A string literal of the source, as the program has it, and its line.
struct Literal {
    line: usize,
    text: String,
}

/// The literals of a Rust file, without those of its tests.
fn literals(source: &str) -> Vec<Literal> {
    let source = source.split("#[cfg(test)]\nmod ").next().unwrap();
    let mut found = Vec::new();
    let mut rest = source;
    let line_of = |rest: &str| source[..source.len() - rest.len()].matches('\n').count() + 1;
    while let Some(at) = rest.find(['"', '\'', '/', 'r']) {
        rest = &rest[at..];
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("r#\"") {
            let end = rest[3..].find("\"#").unwrap();
            let text = rest[3..3 + end].to_owned();
            found.push(Literal {
                line: line_of(rest),
                text,
            });
            rest = &rest[5 + end..];
        } else if rest.starts_with('"') {
            let end = end_of(&rest[1..]) + 1;
            let text = unescaped(&rest[1..end]);
            found.push(Literal {
                line: line_of(rest),
                text,
            });
            rest = &rest[end + 1..];
        } else if let Some(after) = ["'\"'", "'\\''", "'\\\\'", "'\\\"'"]
            .iter()
            .find_map(|quoted| rest.strip_prefix(quoted))
        {
            rest = after;
        } else {
            rest = &rest[1..];
        }
    }
    found
}

/// Where a literal ends.
fn end_of(text: &str) -> usize {
    let mut is_escaped = false;
    text.find(|c| {
        let is_end = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    })
    .unwrap()
}

/// A literal with its continued lines as one, and its spaces as they are.
fn unescaped(text: &str) -> String {
    let mut lines = text.split("\\\n");
    let mut whole = lines.next().unwrap().to_owned();
    for line in lines {
        whole += line.trim_start_matches([' ', '\n']);
    }
    whole
        .replace("\\u{202f}", "\u{202f}")
        .replace("\\u{a0}", "\u{a0}")
        .replace("\\\"", "\"")
        .replace("\\n", "\n")
}

/// Every file of the sources and its literals.
fn sources() -> Vec<(PathBuf, Vec<Literal>)> {
    let mut folders = vec![root().join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_test = path.ends_with("tests.rs") || path.ends_with("made_up.rs");
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !is_test {
                let literals = literals(&fs::read_to_string(&path).unwrap());
                found.push((path.strip_prefix(root()).unwrap().to_owned(), literals));
            }
        }
    }
    found
}

fn holds(text: &str, phrase: &str) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        !is_word(before) && !is_word(after)
    })
}

/// The banned words of a text, with what to write.
fn banned(text: &str, words: &[(&str, &str)]) -> Vec<String> {
    let mut text = text.to_lowercase();
    for phrase in TRUE_USES {
        text = text.replace(phrase, "");
    }
    let found = words.iter().filter(|(word, _)| holds(&text, word));
    found
        .map(|(word, better)| format!("« {word} »: write {better}"))
        .collect()
}

fn assert_none(faults: &BTreeSet<String>) {
    let all: Vec<&str> = faults.iter().map(String::as_str).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn messages_have_no_word_of_a_translation() {
    let mut faults = BTreeSet::new();
    for (path, literals) in sources() {
        for Literal { line, text } in literals {
            // One word is a key, a class or a name.
            for fault in banned(&text, &BANNED).iter().filter(|_| text.contains(' ')) {
                faults.insert(format!("{}:{line}: {fault}: {text}", path.display()));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn help_has_no_word_of_a_translation() {
    let mut faults = BTreeSet::new();
    for command in Cli::command().get_subcommands() {
        let args = ["jobsd", command.get_name(), "--help"].map(OsString::from);
        let Read::Show(help) = usage::read(&args, Lang::En) else {
            panic!("no help of {}", command.get_name());
        };
        for line in help.to_string().lines() {
            let found = banned(line, &BANNED);
            faults.extend(found.iter().map(|fault| format!("{fault}: {line}")));
        }
    }
    assert_none(&faults);
}

#[test]
fn pages_have_no_word_of_a_translation() {
    let mut faults = BTreeSet::new();
    let docs = ["docs", "docs/decisions"].map(|folder| fs::read_dir(root().join(folder)).unwrap());
    let docs = docs
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    let own = ["README.md", "CONTRIBUTING.md"].map(|name| root().join(name));
    let pages = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    for page in pages.chain(own) {
        let text = fs::read_to_string(&page).unwrap();
        for (n, line) in text.lines().enumerate() {
            for fault in banned(line, &BANNED) {
                faults.insert(format!("{}:{}: {fault}: {line}", page.display(), n + 1));
            }
        }
    }
    assert_none(&faults);
}

/// A sign of punctuation that opens a line or follows two spaces is a mark, not French.
#[test]
fn french_has_narrow_spaces_and_its_own_quotes() {
    let mut faults = BTreeSet::new();
    for (path, literals) in sources() {
        // Prefixes of names in calendars of other programs.
        if path.ends_with("bot/ical.rs") {
            continue;
        }
        for Literal { line, text } in literals {
            if let Some(fault) = misspaced(&text) {
                faults.insert(format!("{}:{line}: {fault}: {text}", path.display()));
            }
        }
    }
    assert_none(&faults);
}

/// What is wrong with the spaces of a French text: English has no space there.
fn misspaced(text: &str) -> Option<&'static str> {
    let chars: Vec<char> = text.chars().collect();
    for (n, c) in chars.iter().enumerate() {
        let before = n.checked_sub(1).map(|n| chars[n]);
        let after = chars.get(n + 1);
        let is_end = after.is_none_or(|c| c.is_whitespace() || *c == '"' || *c == '\\');
        match c {
            ':' | ';' | '?' | '!' if is_end && matches!(before, Some(' ' | '\u{a0}')) => {
                let is_mark = n > 1 && chars[n - 2].is_whitespace();
                if !is_mark {
                    return Some("write U+202F before : ; ? !");
                }
            }
            '«' if after != Some(&'\u{202f}') => return Some("write U+202F after «"),
            '»' if before != Some('\u{202f}') => return Some("write U+202F before »"),
            '\'' if is_elision(&chars[..n], after) => return Some("write ’"),
            _ => {}
        }
    }
    None
}

/// `l'heure`, `n'est`: a letter alone, or `qu`, before a vowel.
fn is_elision(before: &[char], after: Option<&char>) -> bool {
    let word: String = before
        .iter()
        .rev()
        .take_while(|c| c.is_alphabetic())
        .collect();
    let is_short =
        ["l", "d", "n", "s", "c", "j", "m", "uq"].contains(&word.to_lowercase().as_str());
    is_short && after.is_some_and(|c| "aàâeéèêhiîoôuy".contains(*c))
}

#[test]
fn french_has_one_word_for_one_thing() {
    let mut faults = BTreeSet::new();
    for (path, literals) in sources() {
        for Literal { line, text } in literals.iter().filter(|it| it.text.contains(' ')) {
            for fault in banned(text, &GLOSSARY) {
                faults.insert(format!("{}:{line}: {fault}: {text}", path.display()));
            }
        }
    }
    assert_none(&faults);
}
