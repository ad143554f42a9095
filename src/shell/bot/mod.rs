//! The hands of the two built-in bots: ordinary programs under the contract of `docs/bots.md`. They
//! read their config from standard input, act, and write what they counted where the contract says.

pub mod birthday;
pub mod book;
mod browser;
pub mod contract;
pub mod greeted;
pub mod ledger;
pub mod letter;
pub mod report;
pub mod stop;
pub mod visited;
pub mod visitor;

use std::io::{self, Write};

use crate::text::bot_setup as words;
use crate::text::{Lang, Text, guillemets, visible};

/// Where a bot speaks to people: its standard output, in one language.
pub struct Voice<'a> {
    /// The language.
    pub lang: Lang,
    /// The output.
    pub out: &'a mut dyn Write,
}

impl Voice<'_> {
    /// Says a sentence.
    ///
    /// # Errors
    /// Those of the output.
    pub fn say(&mut self, text: &Text) -> io::Result<()> {
        writeln!(self.out, "{}", in_words(text, self.lang))?;
        self.out.flush()
    }
}

/// A sentence as its reader has it: French has its own quotes.
pub fn in_words(text: &Text, lang: Lang) -> String {
    let said = visible(text.get(lang));
    match lang {
        Lang::En => said,
        Lang::Fr => guillemets(&said),
    }
}

/// Why a bot's run ends before its end, in one sentence that is kept.
#[derive(Debug)]
pub struct Refusal(pub String);

impl From<String> for Refusal {
    fn from(sentence: String) -> Refusal {
        Refusal(sentence)
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Refusal {
        Refusal(words::not_written(error))
    }
}
