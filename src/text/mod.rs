//! What people read, in both languages. Every sentence about a file stands in `findings.rs`, nowhere else; keys, codes and
//! JSON are never translated.

pub mod bots;
pub mod commands;
pub mod control;
pub mod findings;
pub mod history;
pub mod pages;
pub mod reload;
pub mod ui;

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
    /// The language of a locale (`fr_FR.UTF-8`), a tag (`fr-CA`) or a list of tags; English for any other.
    pub fn of(text: &str) -> Lang {
        if text.trim_start().to_ascii_lowercase().starts_with("fr") {
            Lang::Fr
        } else {
            Lang::En
        }
    }
}

/// A sentence in every language. It serializes as the English one, for machine formats are not translated.
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

    /// What needs no translation: a name, a number, another program's words.
    pub fn same(text: impl Into<String>) -> Text {
        let text = text.into();
        Text {
            en: text.clone(),
            fr: text,
        }
    }

    /// The same with hidden characters made visible.
    pub fn made_visible(&self) -> Text {
        Text {
            en: visible(&self.en),
            fr: visible(&self.fr),
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

/// The text with what a terminal or a reader could be misled by made visible: control characters, and those that turn the
/// direction of writing.
pub fn visible(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control() && c != '\n'
            || ('\u{200b}'..='\u{200f}').contains(&c)
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
            || c == '\u{feff}'
    };
    if !text.chars().any(is_hidden) {
        return text.to_owned();
    }
    let show = |c: char| {
        if is_hidden(c) {
            c.escape_unicode().to_string()
        } else {
            c.to_string()
        }
    };
    text.chars().map(show).collect()
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
