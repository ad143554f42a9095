//! `jobsd reload`: the daemon reads the job files at once.

use clap::Args;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::render::Format;
use crate::render::reload::reloaded;
use crate::shell::control::Request;
use crate::text::help::French;
use crate::view::answer::reload::ReloadAnswer;

/// Make the daemon read the job files now.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd reload\n  git pull && jobsd reload && jobsd status --check"
)]
pub struct Reload {
    /// Output format.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

impl Runs for Reload {
    const FRENCH: French = French::new("Fait relire les fichiers de job au démon maintenant", &[]);

    fn needs(&self) -> Needs {
        Needs::Daemon
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        context.answer(
            &Request::Reload,
            self.format.is_json(),
            |answer: ReloadAnswer| reloaded(&answer),
        )
    }
}
