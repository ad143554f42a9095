//! `jobsd pause`: the override of one job, or of all; `resume.rs` lifts it.

use clap::Args;
use serde_json::Value;
use serde_json::json;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::instants::{When, future, when};
use crate::commands::online;
use crate::commands::spans::span;
use crate::render::Format;
use crate::shell::control::Request;
use crate::text::help::French;
use crate::text::{Text, requests};
use crate::time::SignedDuration;
use crate::view::answer::job::{JobAnswer, JobsAnswer};

/// Pause a job until it is resumed: an override of its file, shown as drift.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd pause backup --for 2h --reason 'disk is replaced'\n  jobsd \
        pause backup --until 'tomorrow 08:00'\n  jobsd pause --all --for 1h --reason 'mail is \
        down'"
)]
pub struct Pause {
    /// The job.
    #[arg(required_unless_present = "all")]
    id: Option<String>,
    /// Every job that is not paused.
    #[arg(long, conflicts_with = "id")]
    all: bool,
    /// Lift it after this span: 90s, 15min, 2h, 3d.
    #[arg(long = "for", value_name = "SPAN", value_parser = span, conflicts_with = "until")]
    lasts: Option<SignedDuration>,
    /// Lift it at this time: 08:00, tomorrow 08:00, 2026-12-01, RFC 3339, or a span from now.
    #[arg(long, value_name = "T", value_parser = when)]
    until: Option<When>,
    /// Why; shown wherever the pause is.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Output format.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

impl Runs for Pause {
    const FRENCH: French = French::new(
        "Met un job en pause jusqu’à sa reprise : une dérogation à son fichier, montrée comme un \
         écart",
        &[
            ("id", "Le job"),
            ("all", "Tous les jobs qui ne sont pas en pause"),
            ("lasts", "La lève après cette durée : 90s, 15min, 2h, 3d"),
            (
                "until",
                "La lève à ce moment : 08:00, demain 08:00, 2026-12-01, RFC 3339, ou une durée à \
                 partir de maintenant",
            ),
            ("reason", "Pourquoi ; montré partout où la pause l’est"),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Daemon
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let as_json = self.format.is_json();
        let screen = context.screen.clone();
        // A span counts by the daemon's clock, whichever flag has it.
        let (lasts, until) = match self.until {
            Some(When::Span(span)) if !span.is_zero() => (Some(span), None),
            until => (self.lasts, future(until, screen.now, &screen)?),
        };
        let request = |id: &str| Request::Pause {
            job_id: id.to_owned(),
            reason: self.reason.clone(),
            until,
            for_secs: lasts.and_then(|span| u64::try_from(span.as_secs()).ok()),
        };
        // A span ends by the daemon's clock: its answer says when.
        let told = |id: &str, answer: Option<JobAnswer>| {
            let until = answer.and_then(|job| job.pause?.until);
            requests::paused(id, until.map(|until| screen.short(until)).as_deref())
        };
        let exit = match &self.id {
            Some(id) => context.answer(&request(id), as_json, |answer| told(id, answer))?,
            None => all(false, &request, &told, as_json, context)?,
        };
        let is_open = self.until.is_none() && self.lasts.is_none();
        if exit == Exit::Done && is_open && context.screen.takes_hints() {
            let hint = requests::pause_hint(self.id.as_deref().unwrap_or("--all"));
            writeln!(context.err, "{}", hint.get(context.lang()))?;
        }
        Ok(exit)
    }
}

/// Asks for each job that is paused, or for each that is not. One that is refused does not keep the
/// others from it; the exit code is that of the first refusal.
pub(super) fn all(
    paused: bool,
    request: &dyn Fn(&str) -> Request,
    told: &dyn Fn(&str, Option<JobAnswer>) -> Text,
    as_json: bool,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let answer: JobsAnswer = context.read(&Request::Jobs)?;
    let wanted = answer.jobs.iter().filter(|job| job.paused == paused);
    let ids: Vec<&str> = wanted.map(|job| job.id.as_str()).collect();
    let (mut done, mut exit): (Vec<Value>, Exit) = (Vec::new(), Exit::Done);
    for id in &ids {
        match context.ask(&request(id)) {
            Ok(job) if as_json => done.push(job),
            Ok(answer) => {
                let words = told(id, online::read(answer)?);
                writeln!(context.out, "{}", words.get(context.screen.lang))?;
            }
            Err(failure) => {
                let refused = context.report(&failure);
                exit = if exit == Exit::Done { refused } else { exit };
            }
        }
    }
    if as_json {
        context.document(&json!({"jobs": done}))?;
    } else if ids.is_empty() {
        let nothing = requests::none_to_change(paused);
        writeln!(context.out, "{}", nothing.get(context.screen.lang))?;
    }
    Ok(exit)
}
