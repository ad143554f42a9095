//! `jobsd cancel`: the end of a run.

use clap::Args;
use serde_json::Value;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::spans::{Grace, grace};
use crate::render::Format;
use crate::shell::control::Request;
use crate::text::help::French;
use crate::text::requests;

/// End a run: TERM, then KILL after the job's kill_grace.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd cancel 019a9bd1-02f4\n  jobsd cancel \
        \"$(jobsd run backup)\" --grace 0s"
)]
pub struct Cancel {
    /// The run, by its id or the beginning of it.
    run: String,
    /// KILL after this time instead of the job's kill_grace (0s, 10s, 2min); even if the run is
    /// already stopping.
    #[arg(long, value_name = "SPAN", value_parser = grace)]
    grace: Option<Grace>,
    /// Output format.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

impl Runs for Cancel {
    const FRENCH: French = French::new(
        "Met fin à une exécution : TERM, puis KILL après le kill_grace du job",
        &[
            (
                "run",
                "L’exécution, par son identifiant ou le début de celui-ci",
            ),
            (
                "grace",
                "KILL après ce délai au lieu du kill_grace du job (0s, 10s, 2min) ; même si \
                 l’exécution est déjà en cours d’arrêt",
            ),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Daemon
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let request = Request::Cancel {
            run_id: self.run.clone(),
            grace_secs: self.grace.map(|Grace(secs)| secs),
        };
        context.answer(&request, self.format.is_json(), |_: Value| {
            requests::cancelled(&self.run)
        })
    }
}
