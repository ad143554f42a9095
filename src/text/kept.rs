//! Sentences that are kept in English (records, health: JSON is never translated) and read back in
//! the reader's language: the table that writes them is the table that reads them.

use std::io::Error;

use crate::text::{Text, cause};

/// A table of such sentences: a function that writes each one, `read` and `text`, which say an
/// English one in both languages. Names in braces are the caller's values.
macro_rules! kept {
    ($($(#[$doc:meta])* $name:ident($($value:ident),*): $en:literal, $fr:literal;)*) => {
        $(
            $(#[$doc])*
            pub fn $name($($value: impl std::fmt::Display),*) -> String {
                format!($en)
            }
        )*

        /// The sentences, English and French.
        const TABLE: &[[&str; 2]] = &[$([$en, $fr]),*];

        /// An English sentence in both languages; `None` when it is not one of these.
        pub fn read(english: &str) -> Option<$crate::text::Text> {
            $crate::text::kept::read(TABLE, english)
        }

        /// The same; any other sentence is what the system said, or stays as it is.
        pub fn text(english: &str) -> $crate::text::Text {
            read(english).unwrap_or_else(|| $crate::text::kept::other(english))
        }

        #[cfg(test)]
        #[test]
        fn every_kept_sentence_is_read_back() {
            $crate::text::kept::tests::read_back(TABLE);
        }
    };
}
pub(super) use kept;

/// A piece of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Words(&'a str),
    Value(&'a str),
}

/// An English sentence of a table with its French; values that the system said are translated.
pub(super) fn read(table: &[[&str; 2]], english: &str) -> Option<Text> {
    table.iter().find_map(|[en, fr]| {
        let values = values(en, english)?;
        let said = pieces(fr).into_iter().map(|piece| match piece {
            Piece::Words(words) => words.to_owned(),
            Piece::Value(name) => values
                .iter()
                .find(|(known, _)| *known == name)
                .map_or_else(String::new, |(_, value)| value_in_french(table, value)),
        });
        Some(Text::new(english, said.collect::<String>()))
    })
}

/// A value is a name, another sentence of ours, or what the system said.
fn value_in_french(table: &[[&str; 2]], value: &str) -> String {
    let remedy = cause::REMEDIES.iter().find(|(en, _)| *en == value);
    system(value)
        .or_else(|| remedy.map(|(_, fr)| (*fr).to_owned()))
        .or_else(|| read(table, value).map(|text| text.fr))
        .unwrap_or_else(|| value.to_owned())
}

/// A sentence of no table.
pub(super) fn other(english: &str) -> Text {
    Text::new(
        english,
        system(english).unwrap_or_else(|| english.to_owned()),
    )
}

/// `Permission denied (os error 13)`.
fn system(value: &str) -> Option<String> {
    let (_, number) = value.rsplit_once("(os error ")?;
    let error = Error::from_raw_os_error(number.strip_suffix(')')?.parse().ok()?);
    (error.to_string() == value).then(|| cause::cause(&error).fr)
}

/// The values that a sentence has where its template has names.
fn values<'a>(template: &'a str, sentence: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let pieces = pieces(template);
    let mut rest = sentence;
    let mut found = Vec::new();
    for (n, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Words(words) => rest = rest.strip_prefix(words)?,
            Piece::Value(name) => {
                let length = match pieces.get(n + 1) {
                    // The last words end the sentence, whatever the value holds.
                    Some(Piece::Words(words)) if n + 2 == pieces.len() => {
                        rest.strip_suffix(words)?.len()
                    }
                    Some(Piece::Words(words)) => rest.find(words)?,
                    _ => rest.len(),
                };
                found.push((*name, &rest[..length]));
                rest = &rest[length..];
            }
        }
    }
    rest.is_empty().then_some(found)
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for (n, part) in template.split('{').enumerate() {
        let words = match part.split_once('}') {
            Some((name, words)) if n > 0 => {
                pieces.push(Piece::Value(name));
                words
            }
            _ => part,
        };
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
    }
    pieces
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const TABLE: &[[&str; 2]] = &[["{path} is shut: {error}", "{path} est fermé : {error}"]];

    fn names(template: &str) -> Vec<&str> {
        let names = pieces(template)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Value(name) => Some(name),
                Piece::Words(_) => None,
            });
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        names
    }

    fn filled(template: &str) -> String {
        let parts = pieces(template).into_iter().map(|piece| match piece {
            Piece::Words(words) => words.to_owned(),
            Piece::Value(name) => format!("<{name}>"),
        });
        parts.collect()
    }

    /// A sentence that another template of its table catches would be said in the wrong words.
    pub fn read_back(table: &[[&str; 2]]) {
        for [en, fr] in table {
            assert_eq!(names(en), names(fr), "{en}");
            let found = read(table, &filled(en)).map(|text| text.fr);
            assert_eq!(found, Some(filled(fr)), "{en}");
        }
    }

    #[test]
    fn causes_of_the_system_are_translated_too() {
        let denied = Error::from_raw_os_error(13).to_string();
        let fr = |english: &str| read(TABLE, english).map(|text| text.fr);
        assert_eq!(
            fr(&format!("a: b is shut: {denied}")).as_deref(),
            Some("a: b est fermé : permission refusée (erreur système 13)")
        );
        assert_eq!(fr("no such account"), None);
    }
}
