//! What people read, in both languages: a file for each reader or subject. Keys, codes and JSON are
//! never translated.

/// A sentence in both languages, English first; names in braces are the caller's.
macro_rules! text {
    ($en:literal, $fr:literal $(,)?) => {
        $crate::text::Text::new(format!($en), format!($fr))
    };
}

pub mod bot_setup;
pub mod bots;
pub mod cause;
pub mod command_errors;
pub mod commands;
pub mod contacts;
pub mod control;
pub mod doctor;
pub mod explain;
pub mod export;
pub mod failure;
pub mod findings;
pub mod git;
pub mod help;
pub mod history;
pub mod http;
pub mod import;
pub mod import_timer;
pub mod in_force;
pub mod kept;
pub mod near;
pub mod needs;
pub mod pages;
pub mod plan;
pub mod reload;
pub mod requests;
pub mod secret;
pub mod start;
pub mod token;
pub mod topics;
pub mod trouble;
pub mod usage;
pub mod yaml;

use serde::{Serialize, Serializer};

/// A language of people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

impl Lang {
    /// The language of a locale (`fr_FR.UTF-8`), a tag (`fr-CA`) or a list of tags; English for any
    /// other.
    pub fn of(text: &str) -> Lang {
        if text.trim_start().to_ascii_lowercase().starts_with("fr") {
            Lang::Fr
        } else {
            Lang::En
        }
    }

    /// The one of two texts, English first, that is in this language.
    pub fn pick(self, [en, fr]: [&str; 2]) -> &str {
        match self {
            Lang::En => en,
            Lang::Fr => fr,
        }
    }
}

/// A sentence in every language. It serializes as the English one, for machine formats are not
/// translated.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text {
    /// English.
    pub en: String,
    /// French.
    pub fr: String,
}

impl Text {
    /// A text in both languages.
    pub fn new(en: impl Into<String>, fr: impl Into<String>) -> Text {
        Text {
            en: en.into(),
            fr: fr.into(),
        }
    }

    /// So many things, by their names for one and for more: English takes the plural for all but 1,
    /// French from 2 on.
    ///
    /// ```
    /// use jobsd::text::Text;
    /// let none = Text::count(0, ["run", "runs"], ["exécution", "exécutions"]);
    /// assert_eq!((none.en.as_str(), none.fr.as_str()), ("0 runs", "0 exécution"));
    /// ```
    pub fn count(n: u64, [en, ens]: [&str; 2], [fr, frs]: [&str; 2]) -> Text {
        let (english, french) = (if n == 1 { en } else { ens }, if n < 2 { fr } else { frs });
        Text::new(format!("{n} {english}"), format!("{n} {french}"))
    }

    /// What needs no translation: a name, a number, another program's words.
    pub fn same(text: impl Into<String>) -> Text {
        let text = text.into();
        Text {
            en: text.clone(),
            fr: text,
        }
    }

    /// The same with hidden characters made visible, and not longer than anyone reads.
    pub fn made_visible(&self) -> Text {
        Text {
            en: visible(&cut(&self.en, SENTENCE_CHARS_MAX)),
            fr: visible(&cut(&self.fr, SENTENCE_CHARS_MAX)),
        }
    }

    /// The same with what has the form of a secret covered.
    pub fn without_secrets(&self) -> Text {
        Text {
            en: secret::forms_covered(&self.en),
            fr: secret::forms_covered(&self.fr),
        }
    }

    /// The sentence in a language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Fr => &self.fr,
        }
    }
}

/// A French sentence with its quotes and backticks as guillemets; one that is not paired belongs to
/// a value and stays.
pub fn guillemets(text: &str) -> String {
    ['"', '`'].iter().fold(text.to_owned(), |text, mark| {
        if !text.matches(*mark).count().is_multiple_of(2) {
            return text;
        }
        let mut pieces = text.split(*mark);
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.enumerate().fold(first, |text, (n, piece)| {
            text + if n % 2 == 0 { "« " } else { " »" } + piece
        })
    })
}

/// Longest part of a user's text that a sentence quotes.
const QUOTED_CHARS_MAX: usize = 80;
/// Longest sentence.
const SENTENCE_CHARS_MAX: usize = 700;

/// The beginning of a user's text, for a sentence that quotes it.
pub fn short(text: &str) -> String {
    cut(text, QUOTED_CHARS_MAX)
}

/// The beginning of a text, with dots where something was left out.
pub fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Whether a terminal or a reader could be misled by it: control characters, those that turn the
/// direction of writing, and those that no one sees.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
        || ('\u{200b}'..='\u{200f}').contains(&c)
        || ('\u{2028}'..='\u{202e}').contains(&c)
        || ('\u{2060}'..='\u{206f}').contains(&c)
        || ('\u{fff9}'..='\u{fffb}').contains(&c)
        || ('\u{e0000}'..='\u{e007f}').contains(&c)
}

/// The text with hidden characters made visible (`\u{1b}`).
pub fn visible(text: &str) -> String {
    if !text.chars().any(is_hidden) {
        return text.to_owned();
    }
    let show = |c: char| match c {
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        c if is_hidden(c) => c.escape_unicode().to_string(),
        c => c.to_string(),
    };
    text.chars().map(show).collect()
}

impl std::ops::Add for Text {
    type Output = Text;

    fn add(mut self, more: Text) -> Text {
        self.en += &more.en;
        self.fr += &more.fr;
        self
    }
}

/// The text of a JSON document with hidden characters as escapes; it says the same. Line ends
/// between values stay.
pub fn escaped_json(json: &str) -> String {
    let is_raw = |c: char| is_hidden(c) && c != '\n';
    if !json.chars().any(is_raw) {
        return json.to_owned();
    }
    let mut escaped = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if is_raw(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.en)
    }
}

/// A finding's code and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Stable kebab-case code.
    pub code: &'static str,
    /// What is wrong, with the value.
    pub message: Text,
    /// What to do next.
    pub help: Text,
}
