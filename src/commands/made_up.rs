//! A command that no user has: it shows, in tests, that a command is this file and its line of the
//! list.

use clap::Args;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::text::help::French;

/// Say a word.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  jobsd made-up hello\n  jobsd made-up hello --wrong")]
pub struct MadeUp {
    /// The word.
    word: String,
    /// Find a problem.
    #[arg(long)]
    wrong: bool,
}

impl Runs for MadeUp {
    const FRENCH: French = French::new(
        "Dit un mot",
        &[("word", "Le mot"), ("wrong", "Trouve un problème")],
    );

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        writeln!(context.out, "{}", self.word)?;
        Ok(Exit::found(self.wrong))
    }
}
