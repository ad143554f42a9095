//! `jobsd status`: the daemon, or one job of it.

use std::io::Write;

use clap::Args;
use serde_json::Value;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::list::schedule;
use crate::commands::online;
use crate::commands::reworded::Reworded;
use crate::commands::watch::{again, look};
use crate::render::screen::Screen;
use crate::render::{Format, daemon, job};
use crate::shell::control::Request;
use crate::text::help::French;
use crate::view::answer::job::JobAnswer;
use crate::view::answer::status::StatusAnswer;
use crate::view::document;

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
            let words = Reworded::of(context);
            let problems = self.show(answer, (&screen, &words), context.out)?;
            if !self.watch {
                return Ok(Exit::found(self.check && problems > 0));
            }
            again(&screen, context.out)?;
        }
    }
}

impl Status {
    /// Shows the answer, and says how many things need attention, where that is asked.
    fn show(
        &self,
        answer: Value,
        reader: (&Screen, &Reworded),
        out: &mut dyn Write,
    ) -> Result<usize, Failure> {
        if self.format.is_json() {
            writeln!(out, "{}", self.document(&answer))?;
            if !self.check {
                return Ok(0);
            }
        }
        let (text, problems) = self.read(answer, reader)?;
        if !self.format.is_json() {
            out.write_all(text.as_bytes())?;
        }
        Ok(problems)
    }

    fn document(&self, answer: &Value) -> Value {
        match self.id {
            Some(_) => document::JOB.as_it_came(answer),
            None => document::STATUS.as_it_came(answer),
        }
    }

    /// The answer for people, and how many things in it need attention.
    fn read(
        &self,
        answer: Value,
        (screen, words): (&Screen, &Reworded),
    ) -> Result<(String, usize), Failure> {
        if self.id.is_some() {
            let answer: JobAnswer = online::read(answer)?;
            let text = job::job(&answer, &schedule(&answer, screen.lang), screen);
            return Ok((text, answer.problem_count()));
        }
        let mut answer: StatusAnswer = online::read(answer)?;
        words.lines(&mut answer.warnings);
        Ok((daemon::status(&answer, screen), answer.problem_count()))
    }
}
