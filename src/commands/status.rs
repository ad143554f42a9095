//! `jobsd status`: the daemon, or one job of it.

use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::list::schedule;
use crate::commands::watch::{again, look};
use crate::render::screen::Screen;
use crate::render::{Format, daemon};
use crate::shell::control::Request;
use crate::text::help::French;

/// Show the daemon, or one job of it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  jobsd status\n  jobsd status backup --check")]
pub struct Status {
    /// The job.
    id: Option<String>,
    /// Exit 1 when something needs attention: bad health, a bad file; for a job, a failed last run.
    #[arg(long)]
    check: bool,
    /// Show it again every two seconds.
    #[arg(long)]
    watch: bool,
    /// Output format.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

impl Runs for Status {
    const FRENCH: French = French::new(
        "Montre le démon, ou un de ses jobs",
        &[
            ("id", "Le job"),
            (
                "check",
                "Sort avec 1 si quelque chose demande attention : mauvaise santé, mauvais \
                 fichier ; pour un job, dernier échec",
            ),
            ("watch", "Le montre de nouveau toutes les deux secondes"),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Daemon
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        loop {
            let job_id = self.id.clone();
            let answer = context.ask(&Request::Status { job_id })?;
            let screen = look(&context.screen);
            self.show(&answer, &screen, context.out)?;
            if !self.watch {
                return Ok(Exit::found(
                    self.check && daemon::problem_count(&answer) > 0,
                ));
            }
            again(&screen, context.out)?;
        }
    }
}

impl Status {
    fn show(&self, answer: &Value, screen: &Screen, out: &mut dyn Write) -> io::Result<()> {
        let is_job = self.id.is_some();
        if self.format.is_json() {
            let (schema, key) = if is_job {
                ("jobsd.job/v1", "job")
            } else {
                ("jobsd.status/v1", "status")
            };
            return writeln!(out, "{}", json!({"schema": schema, key: answer}));
        }
        let text = if is_job {
            daemon::job(answer, &schedule(answer, screen.lang), screen)
        } else {
            daemon::status(answer, screen)
        };
        out.write_all(text.as_bytes())
    }
}
