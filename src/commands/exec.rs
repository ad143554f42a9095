//! `jobsd exec`: what the daemon starts some programs through. It becomes the program.

use clap::Args;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::shell::process::shim::{self, Wishes};
use crate::text::help::French;

/// Set user, umask and limits, then exec a program (internal).
#[derive(Debug, Args)]
#[command(
    hide = true,
    about = "Set user, umask and limits, then exec a program (internal)"
)]
pub struct Exec {
    #[command(flatten)]
    wishes: Wishes,
}

impl Runs for Exec {
    const FRENCH: French = French::NONE;

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    /// Returns only where the program could not start.
    fn run(self, _: &mut Context<'_>) -> Result<Exit, Failure> {
        let code = u8::try_from(shim::run(&self.wishes));
        Ok(code.map_or(Exit::Failed, Exit::Own))
    }
}
