//! The command line, whole: the flags that go with every command, and one command.

use std::io::Write;

use clap::Parser;

use crate::commands::context::Context;
use crate::commands::exit::{Exit, Failure};
use crate::commands::globals::Globals;
use crate::commands::{Command, terminal};
use crate::shell::zone_files;
use crate::text::command_errors;

/// Scheduled jobs that live as YAML files in git.
#[derive(Debug, Parser)]
#[command(
    name = "jobsd",
    version,
    after_help = "Exit codes: 0 done; 1 a problem was found; 2 wrong usage; 3 no daemon;\n4 refused; \
        5 file system or internal error.\nMore: jobsd help exit-codes, formats, schedule or options; \
        jobsd help COMMAND."
)]
pub struct Cli {
    /// What goes with every command.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Failure`] where it ends early.
    pub fn run(self, out: &mut dyn Write, err: &mut dyn Write) -> Result<Exit, Failure> {
        let lang = terminal::lang(self.globals.lang.as_deref());
        if let Some(path) = zone_files::special_file() {
            let sentence = command_errors::special_zone_file(&path.display().to_string());
            return Err(Failure::failed(&sentence));
        }
        let mut context = Context::open(self.globals, self.command.needs(), lang, out, err)?;
        self.command.run(&mut context)
    }
}
