//! `jobsd bot birthday|visitor`: the built-in bots, as programs under the contract of
//! `docs/bots.md`.

use std::io::{self, Read};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::bot::birthday::BirthdaySpec;
use crate::bot::visitor::VisitorSpec;
use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::shell::bot::contract::{Contract, config};
use crate::shell::bot::report::Report;
use crate::shell::bot::stop::Stop;
use crate::shell::bot::{Refusal, Voice, birthday, in_words, visitor};
use crate::shell::zones;
use crate::text::bot_setup;
use crate::text::help::French;

/// A config is no longer than this.
const CONFIG_BYTES_MAX: u64 = 4 << 20;

/// A built-in bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Birthday messages.
    Birthday,
    /// Profile visits.
    Visitor,
}

/// Run a built-in bot as jobsd does: its config as JSON on standard input, its run in the
/// environment (docs/bots.md).
#[derive(Debug, Args)]
pub struct Bot {
    /// Which bot.
    #[arg(value_enum)]
    bot: Kind,
}

impl Runs for Bot {
    const FRENCH: French = French::new(
        "Lance un bot intégré comme le fait jobsd : sa configuration en JSON sur l’entrée \
         standard, l’exécution dans l’environnement (docs/bots.md)",
        &[
            ("bot", "Quel bot"),
            ("bot/birthday", "Messages d’anniversaire"),
            ("bot/visitor", "Visites de profils"),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Nothing
    }

    /// Done when all is done; a problem, with one sentence on standard error and in the result,
    /// when the bot failed.
    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        zones::choose_as_told();
        let lang = context.lang();
        let stop = Stop::on_signals();
        let mut text = String::new();
        io::stdin()
            .take(CONFIG_BYTES_MAX)
            .read_to_string(&mut text)?;
        let counters: &[&str] = match self.bot {
            Kind::Birthday => &birthday::COUNTERS,
            Kind::Visitor => &visitor::COUNTERS,
        };
        let result = std::env::var_os("JOBSD_RESULT").map(Into::into);
        let mut report = Report::new(result, counters);
        let mut voice = Voice {
            lang,
            out: context.out,
        };
        let done = match self.bot {
            Kind::Birthday => greet(&text, &mut report, &mut voice, &stop),
            Kind::Visitor => visit(&text, &mut report, &mut voice, &stop),
        };
        let Err(Refusal(sentence)) = done else {
            return Ok(Exit::Done);
        };
        report.set("error", json!(sentence));
        report.write()?;
        let said = bot_setup::text(&sentence);
        writeln!(context.err, "{}", in_words(&said, lang))?;
        Ok(Exit::Found)
    }
}

fn greet(
    text: &str,
    report: &mut Report,
    voice: &mut Voice<'_>,
    stop: &Stop,
) -> Result<(), Refusal> {
    let spec: BirthdaySpec = config(text)?;
    let contract = Contract::from_env(spec.dry_run)?;
    let mut run = birthday::Run {
        spec: &spec,
        contract: &contract,
        report,
        voice,
        stop,
    };
    run.go()
}

fn visit(
    text: &str,
    report: &mut Report,
    voice: &mut Voice<'_>,
    stop: &Stop,
) -> Result<(), Refusal> {
    let spec: VisitorSpec = config(text)?;
    let contract = Contract::from_env(spec.dry_run)?;
    let mut run = visitor::Run {
        spec: &spec,
        contract: &contract,
        report,
        voice,
        stop,
        not_now: 0,
    };
    run.go()
}
