//! `jobsd resume`: lifts the pause of one job, or of all.

use clap::Args;
use serde_json::Value;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::pause::all;
use crate::render::Format;
use crate::shell::control::Request;
use crate::text::help::French;
use crate::text::requests;
use crate::view::answer::job::JobAnswer;

/// Lift a pause.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd resume backup\n  jobsd resume backup --format json\n  jobsd \
        resume --all"
)]
pub struct Resume {
    /// The job.
    #[arg(required_unless_present = "all")]
    id: Option<String>,
    /// Every job that is paused.
    #[arg(long, conflicts_with = "id")]
    all: bool,
    /// Output format.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

impl Runs for Resume {
    const FRENCH: French = French::new(
        "Lève une pause",
        &[("id", "Le job"), ("all", "Tous les jobs en pause")],
    );

    fn needs(&self) -> Needs {
        Needs::Daemon
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let as_json = self.format.is_json();
        let request = |id: &str| Request::Resume {
            job_id: id.to_owned(),
        };
        match &self.id {
            Some(id) => context.answer(&request(id), as_json, |_: Value| requests::resumed(id)),
            None => {
                let told = |id: &str, _: Option<JobAnswer>| requests::resumed(id);
                all(true, &request, &told, as_json, context)
            }
        }
    }
}
