//! `jobsd why`: why a run did or did not happen, from the history of this machine or of a server.

use clap::Args;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::instants::{When, past, when};
use crate::commands::offline;
use crate::commands::online::Daemon;
use crate::commands::records::Records;
use crate::commands::target::Target;
use crate::model::job::JobId;
use crate::model::run::RunRecord;
use crate::render::{Format, why};
use crate::text::help::French;
use crate::text::{Lang, control};
use crate::time::Timestamp;
use crate::view::answer::why::Explanation;

/// Say why a run did or did not happen, from the history only.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd why backup\n  jobsd why backup --at 'yesterday 02:15'\n  \
        jobsd why 019a9bd1-02f4 --format json"
)]
pub struct Why {
    /// The job, or a run by the beginning of its id.
    id: String,
    /// The time in question: 2h (ago), yesterday, 08:00, 2026-11-24T08:00, RFC 3339 [default: now].
    #[arg(long, value_name = "T", value_parser = when)]
    at: Option<When>,
    /// Output format.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

impl Runs for Why {
    const FRENCH: French = French::new(
        "Dit pourquoi une exécution a eu lieu ou non, d’après l’historique seulement",
        &[
            (
                "id",
                "Le job, ou une exécution par le début de son identifiant",
            ),
            (
                "at",
                "Le moment en question : 2h (avant maintenant), hier, 08:00, 2026-11-24T08:00, \
                 RFC 3339 [défaut : maintenant]",
            ),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Past
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let mut answer = self.answer(context)?;
        if matches!(context.daemon, Daemon::Here(_)) {
            answer.file_errors = self.file_errors(&answer.job_id, context);
        }
        if self.format.is_json() {
            let document = why::document(&answer, &context.screen);
            writeln!(context.out, "{document}")?;
        } else {
            let text = why::text(&answer, &context.screen);
            context.out.write_all(text.as_bytes())?;
        }
        Ok(Exit::Done)
    }
}

impl Why {
    /// What is wrong now with the job's file on this machine.
    fn file_errors(&self, id: &JobId, context: &Context<'_>) -> Vec<String> {
        let lang = if self.format.is_json() {
            Lang::En
        } else {
            context.lang()
        };
        let loaded = offline::load(&context.layout.jobs, &context.settings()).unwrap_or_default();
        let own = loaded.errors_of(id.as_str());
        own.map(|error| error.line(lang)).collect()
    }

    /// Of the job at the instant that is named, or of the run at its own.
    fn answer(&self, context: &Context<'_>) -> Result<Explanation, Failure> {
        let (records, now) = (Records::of(context), context.screen.now);
        let at = past(self.at, &context.screen)?;
        // The history also knows jobs that are in no file any more.
        if let Some(id) = JobId::new(&self.id)
            && let Some(answer) = records.why(&id, (at.unwrap_or(now), now))?
        {
            return Ok(answer);
        }
        let unknown = || Failure::usage(&control::no_job(&self.id, None));
        match Target::find(&self.id, &records, context)? {
            Target::Job(id) => Err(Failure::usage(&control::unread(id.as_str()))),
            Target::Run(run) => {
                let at = at.unwrap_or_else(|| instant(&run));
                records.why_run(*run, (at, now))?.ok_or_else(unknown)
            }
        }
    }
}

/// When a run was due, else when it began.
fn instant(run: &RunRecord) -> Timestamp {
    run.scheduled_at.unwrap_or_else(|| run.begun())
}
