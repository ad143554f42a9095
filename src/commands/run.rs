//! `jobsd run`: a run at once, by the daemon or here.

use std::io::{self, BufRead, Write};
use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::bot;
use crate::commands::absence::{Absence, LOOK_AGAIN};
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::logs::Logs;
use crate::commands::online::Daemon;
use crate::commands::spans::span;
use crate::commands::{Runs, local, overrides};
use crate::model::run::Status;
use crate::model::run_id::RunId;
use crate::render::{Format, runs};
use crate::shell::control::Request;
use crate::shell::journal::query::History;
use crate::text::help::French;
use crate::text::requests;
use crate::time::SignedDuration;
use crate::view::answer::job::{JobAnswer, JobDefinition};
use crate::view::answer::run::{Accepted, RunAnswer};
use crate::view::document;

/// Run a job now.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd run backup --wait --timeout 10min\n  jobsd run birthday \
        --dry-run --follow\n  jobsd run birthday --local --set max_messages_per_run=1"
)]
pub struct Run {
    /// The job.
    id: String,
    /// In the foreground, without a daemon; recorded when no daemon holds the state directory.
    #[arg(long)]
    local: bool,
    /// Another value in its bot_config, for this run only: --set dry_run=true; needs --local.
    #[arg(long, value_name = "KEY=VALUE", requires = "local")]
    set: Vec<String>,
    /// Skip outside effects (bots only).
    #[arg(long)]
    dry_run: bool,
    /// Wait for the end; exit 1 when it is not a success.
    #[arg(long)]
    wait: bool,
    /// Show the output as it comes, and wait.
    #[arg(long, conflicts_with = "local")]
    follow: bool,
    /// Wait no longer than this (90s, 15min, 2h); then exit 124.
    #[arg(long, value_name = "SPAN", value_parser = span, conflicts_with_all = ["follow", "local"])]
    timeout: Option<SignedDuration>,
    /// Exit with the program's own code.
    #[arg(long)]
    pass_exit_code: bool,
    /// Confirm a production run without being asked.
    #[arg(long, short = 'y')]
    yes: bool,
    /// Output format.
    #[arg(long, value_enum, default_value = "human", conflicts_with = "local")]
    format: Format,
}

impl Runs for Run {
    const FRENCH: French = French::new(
        "Lance un job maintenant",
        &[
            ("id", "Le job"),
            (
                "local",
                "Au premier plan, sans démon ; enregistré si aucun démon ne tient le dossier \
                 d’état",
            ),
            (
                "set",
                "Une autre valeur dans son bot_config, pour cette exécution seulement : --set \
                 dry_run=true ; demande --local",
            ),
            ("dry_run", "Sans effet extérieur (bots seulement)"),
            (
                "wait",
                "Attend la fin ; sort avec 1 si ce n’est pas un succès",
            ),
            ("follow", "Montre la sortie au fil de l’eau, et attend"),
            (
                "timeout",
                "N’attend pas plus longtemps (90s, 15min, 2h) ; sort alors avec 124",
            ),
            ("pass_exit_code", "Sort avec le code du programme"),
            ("yes", "Confirme une exécution en production, sans question"),
        ],
    );

    fn needs(&self) -> Needs {
        match (self.local, self.follow) {
            (true, _) => Needs::State("--local"),
            (false, true) => Needs::DaemonAndState("--follow"),
            (false, false) => Needs::Daemon,
        }
    }

    fn run(mut self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        if self.local {
            return self.run_here(context);
        }
        let job_id = Some(self.id.clone());
        let job: JobAnswer = context.read(&Request::Status { job_id })?;
        let definition = &job.definition;
        // A command has no dry run, so there is nothing to confirm.
        let kind = bot::kind(&definition.bot_type);
        let is_bot = kind.is_none_or(|kind| !kind.is_command);
        if is_bot && !definition.is_dry_run() && !self.dry_run && !self.yes {
            match self.confirm(definition, context)? {
                Consent::Run => {}
                Consent::DryRun => self.dry_run = true,
                Consent::No => return Ok(Exit::Done),
            }
        }
        let request = Request::Run {
            job_id: self.id.clone(),
            dry_run: self.dry_run,
        };
        let Accepted { run_id } = context.read(&request)?;
        let run_id = run_id.to_string();
        if self.waits() {
            self.wait(&run_id, context)
        } else {
            Ok(self.ordered(&run_id, context).map(|()| Exit::Done)?)
        }
    }
}

impl Run {
    fn waits(&self) -> bool {
        self.wait || self.follow || self.pass_exit_code || self.timeout.is_some()
    }

    /// Without a daemon.
    fn run_here(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let jobs = context.jobs(std::slice::from_ref(&self.id))?;
        let job = overrides::apply(&jobs[0], &self.set, context)?;
        let how = local::How {
            dry_run: self.dry_run,
            pass_exit_code: self.pass_exit_code,
        };
        local::run(&job, how, context)
    }

    fn ordered(&self, run_id: &str, context: &mut Context<'_>) -> io::Result<()> {
        let (screen, out) = (&context.screen, &mut context.out);
        if self.format.is_json() {
            context.document(&json!({"run_id": run_id}))
        } else if screen.is_terminal() {
            let dry_run = screen.say(", dry run", ", mode test");
            let kind = if self.dry_run { dry_run } else { "" };
            writeln!(out, "▶ {run_id}{kind}    jobsd logs {run_id} -f")
        } else {
            writeln!(out, "{run_id}")
        }
    }

    /// Asks once, on a terminal; elsewhere it takes `--yes`.
    fn confirm(
        &self,
        definition: &JobDefinition,
        context: &mut Context<'_>,
    ) -> Result<Consent, Failure> {
        let lang = context.lang();
        if !context.can_ask {
            return Err(Failure::Said(Exit::Usage, requests::needs_yes(&self.id)));
        }
        let limit = definition.limit_of_run();
        let kind = bot::kind(&definition.bot_type);
        // A daemon of a later version may have a kind that is not known here.
        let will = kind.map_or(["run for real", "s’exécutera pour de vrai"], |kind| {
            kind.texts.will
        });
        let question = requests::confirm(&self.id, will, limit);
        write!(context.err, "{} ", question.get(lang))?;
        context.err.flush()?;
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        Ok(match line.trim().to_lowercase().as_str() {
            "y" | "yes" | "o" | "oui" => Consent::Run,
            "d" | "t" => Consent::DryRun,
            _ => Consent::No,
        })
    }

    /// Waits for the end of a run: a problem is found where it is not a success; the program's own
    /// code where that is asked.
    fn wait(&self, run_id: &str, context: &mut Context<'_>) -> Result<Exit, Failure> {
        self.name(run_id, context)?;
        let limit: Option<Duration> = self.timeout.and_then(|span| span.try_into().ok());
        let mut waited = Duration::ZERO;
        let mut is_followed = !self.follow;
        let mut absence = Absence::of(context.state());
        loop {
            match find(run_id, &mut absence, context)? {
                Some(_) if !is_followed => {
                    // Returns when the run is over.
                    self.show_output(run_id, context)?;
                    is_followed = true;
                    continue;
                }
                Some(run) if run.record().is_final() => {
                    return Ok(self.ended(&run, context)?);
                }
                _ => {}
            }
            if limit.is_some_and(|limit| waited >= limit) {
                return Err(Failure::Said(Exit::TimedOut, requests::wait_over(run_id)));
            }
            Absence::rest();
            waited += LOOK_AGAIN;
        }
    }

    /// Names the run before it is over: on stdout for a program, unless that reads the output there
    /// or a document, which has the id.
    fn name(&self, run_id: &str, context: &mut Context<'_>) -> io::Result<()> {
        let is_apart = self.follow || self.format.is_json() || context.screen.is_terminal();
        if !is_apart {
            writeln!(context.out, "{run_id}")?;
            return context.out.flush();
        }
        if context.screen.takes_hints() {
            writeln!(context.err, "▶ run {run_id}")?;
        }
        Ok(())
    }

    /// Shows what the run writes, on stderr where the result is JSON.
    fn show_output(&self, run_id: &str, context: &mut Context<'_>) -> Result<(), Failure> {
        let Context {
            screen, out, err, ..
        } = context;
        let to: &mut dyn Write = if self.format.is_json() { err } else { out };
        if let Some(id) = RunId::parse(run_id) {
            Logs::following(run_id).copy_run(id, &context.layout.state, screen, to)?;
        }
        Ok(to.flush()?)
    }

    fn ended(&self, run: &RunAnswer, context: &mut Context<'_>) -> io::Result<Exit> {
        let record = run.record();
        if self.format.is_json() {
            writeln!(context.out, "{}", document::RUN.json(run))?;
        } else {
            let text = runs::summary(record, &context.screen);
            context.out.write_all(text.as_bytes())?;
        }
        let own = record.exit_code.and_then(|code| u8::try_from(code).ok());
        Ok(match own.filter(|_| self.pass_exit_code) {
            Some(code) => Exit::Own(code),
            None => Exit::found(record.status != Status::Success),
        })
    }
}

/// What was said to a production run.
enum Consent {
    Run,
    DryRun,
    No,
}

/// The run as the daemon shows it, else as the history says it; `None` while it waits for a place,
/// and while a daemon that does not answer may still write its end.
fn find(
    run_id: &str,
    absence: &mut Absence,
    context: &Context<'_>,
) -> Result<Option<RunAnswer>, Failure> {
    let request = Request::Show {
        run_id: run_id.to_owned(),
    };
    match context.read(&request) {
        Ok(run) => Ok(Some(run)),
        Err(Failure::Said(Exit::Usage, _)) => Ok(recorded(run_id, context)),
        Err(Failure::Said(Exit::Unreachable, _)) if matches!(context.daemon, Daemon::Here(_)) => {
            let is_gone = absence.is_sure();
            let run = recorded(run_id, context).filter(|run| run.record().is_final());
            if run.is_none() && is_gone {
                let sentence = requests::daemon_gone(run_id);
                return Err(Failure::Said(Exit::Unreachable, sentence));
            }
            Ok(run)
        }
        Err(failure) => Err(failure),
    }
}

/// The run as the history says it.
fn recorded(run_id: &str, context: &Context<'_>) -> Option<RunAnswer> {
    let run = History::new(context.state()).run(RunId::parse(run_id)?);
    run.ok().flatten().map(|run| RunAnswer::of(&run))
}
