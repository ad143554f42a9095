//! Every word of the pages, in both languages, a file for each subject. `|` parts the singular from
//! the plural, or the words of a list; `{name}` is filled in. A test refuses a key without a user
//! and a template with words of its own.

#[macro_use]
mod everywhere;
#[macro_use]
mod overview;
#[macro_use]
mod job;
#[macro_use]
mod runs;
#[macro_use]
mod config;
#[macro_use]
mod form;
#[macro_use]
mod settings;
#[macro_use]
mod control;

use crate::text::Lang;

macro_rules! catalogue {
    ([] $($key:ident: $en:literal, $fr:literal;)*) => {
        /// The words of the pages in one language; a field a key.
        #[derive(Debug)]
        #[expect(missing_docs, reason = "the words say what they are for")]
        pub struct Ui {
            pub lang: Lang,
            $(pub $key: &'static str,)*
        }

        const EN: Ui = Ui { lang: Lang::En, $($key: $en,)* };
        const FR: Ui = Ui { lang: Lang::Fr, $($key: $fr,)* };

        /// Every key with its English and French words.
        pub const KEYS: &[(&str, &str, &str)] = &[$((stringify!($key), $en, $fr),)*];
    };
}

impl Ui {
    /// The words in a language.
    pub fn of(lang: Lang) -> &'static Ui {
        match lang {
            Lang::En => &EN,
            Lang::Fr => &FR,
        }
    }

    /// The tag of the language: `en`, `fr`.
    pub fn tag(&self) -> &'static str {
        match self.lang {
            Lang::En => "en",
            Lang::Fr => "fr",
        }
    }

    /// Singular or plural of a text, with the number filled in: French counts 0 and 1 as singular,
    /// English only 1.
    pub fn count(&self, text: &str, n: u64) -> String {
        let is_one = n == 1 || n == 0 && self.lang == Lang::Fr;
        let (one, many) = text.split_once('|').unwrap_or((text, text));
        fill(if is_one { one } else { many }, &[("n", &self.number(n))])
    }

    /// A whole number with its thousands parted: "1,204", "1 204" with a narrow no-break space.
    pub fn number(&self, n: u64) -> String {
        let digits = n.to_string();
        let parts: Vec<&str> = (0..digits.len())
            .filter(|at| (digits.len() - at).is_multiple_of(3) || *at == 0)
            .map(|at| {
                let end = digits.len() - (digits.len() - at - 1) / 3 * 3;
                &digits[at..end]
            })
            .collect();
        parts.join(match self.lang {
            Lang::En => ",",
            Lang::Fr => "\u{202f}",
        })
    }

    /// One word of a list; empty where there is none.
    pub fn nth(&self, list: &'static str, n: usize) -> &'static str {
        list.split('|').nth(n).unwrap_or("")
    }
}

/// A text with its `{name}` places filled in; what is filled in is not looked at again.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let (mut filled, mut rest) = (String::with_capacity(text.len() + 16), text);
    while let Some((before, after)) = rest.split_once('{') {
        filled += before;
        let place = after.split_once('}');
        let value = place.and_then(|(name, _)| values.iter().find(|(known, _)| *known == name));
        match (place, value) {
            (Some((_, behind)), Some((_, value))) => {
                filled += value;
                rest = behind;
            }
            _ => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled + rest
}

// From subject to subject; the last one makes the struct of them all.
everywhere! { [overview job runs config form settings control catalogue] }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_plurals_follow_the_language() {
        let (en, fr) = (Ui::of(Lang::En), Ui::of(Lang::Fr));
        assert_eq!(en.number(1_234_567), "1,234,567");
        assert_eq!(fr.number(1_204), "1\u{202f}204");
        assert_eq!(en.number(999), "999");
        assert_eq!(en.count(en.n_runs, 0), "0 runs");
        assert_eq!(fr.count(fr.n_runs, 0), "0 exécution");
        assert_eq!(fr.count(fr.n_runs, 2), "2 exécutions");
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        assert_eq!(fill("{a} of {b}", &[("a", "{b}"), ("b", "2")]), "{b} of 2");
        assert_eq!(fill("{open", &[]), "{open");
    }

    #[test]
    fn both_languages_have_the_same_places() {
        let places = |text: &str| {
            let mut names: Vec<String> = text
                .split('{')
                .skip(1)
                .map(|part| part.split('}').next().unwrap_or("").to_owned())
                .collect();
            names.sort();
            names.dedup();
            names
        };
        for (key, en, fr) in KEYS {
            assert_eq!(places(en), places(fr), "{key}");
            assert_eq!(en.matches('|').count(), fr.matches('|').count(), "{key}");
        }
    }
}
