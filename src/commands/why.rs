//! `jobsd why`: why a run did or did not happen, from the history of this machine or of a server.

use clap::Args;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::instants::{When, past, when};
use crate::commands::records::Records;
use crate::commands::target::Target;
use crate::model::job::JobId;
use crate::model::run::RunRecord;
use crate::render::{Format, why};
use crate::text::control;
use crate::text::help::French;
use crate::time::Timestamp;

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
        let records = Records::of(context);
        let now = context.screen.now;
        let at = past(self.at, &context.screen)?;
        let (job_id, of_run) = self.asked(&records, context)?;
        let at = at.or(of_run).unwrap_or(now);
        let answer = records.why(&job_id, (at, now))?;
        let Some(answer) = answer else {
            return Err(Failure::usage(&control::no_job(&self.id, None)));
        };
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
    /// The job, and the instant of its run where one is named.
    fn asked(
        &self,
        records: &Records<'_>,
        context: &Context<'_>,
    ) -> Result<(JobId, Option<Timestamp>), Failure> {
        // The history also knows jobs that never ran and are in no file.
        if let Some(id) = JobId::new(&self.id)
            && records
                .why(&id, (context.screen.now, context.screen.now))?
                .is_some()
        {
            return Ok((id, None));
        }
        Ok(match Target::find(&self.id, records, context)? {
            Target::Job(id) => (id, None),
            Target::Run(run) => (run.job_id.clone(), Some(instant(&run))),
        })
    }
}

/// When a run was due, else when it began.
fn instant(run: &RunRecord) -> Timestamp {
    let at = run.scheduled_at.or(run.started_at);
    at.unwrap_or_else(|| run.requested())
}
