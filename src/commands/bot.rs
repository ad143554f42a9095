//! `jobsd bot birthday|visitor`: the built-in bots, as programs under the contract of `docs/bots.md`.

use std::io::{self, Read, Write};

use clap::ValueEnum;
use serde_json::json;

use crate::shell::bot::contract::{Contract, config};
use crate::shell::bot::report::Report;
use crate::shell::bot::stop::Stop;
use crate::shell::bot::{Refusal, Voice, birthday, visitor};
use crate::spec::types::bots::{BirthdaySpec, VisitorSpec};
use crate::text::{Lang, visible};

/// A config is no longer than this.
const CONFIG_BYTES_MAX: u64 = 4 << 20;

/// A built-in bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Bot {
    /// Birthday messages.
    Birthday,
    /// Profile visits.
    Visitor,
}

/// Runs a bot: 0 when all is done, 1 when it failed, with one sentence on standard error and in the result.
///
/// # Errors
/// When a stream cannot be used.
pub fn run(bot: Bot, lang: Lang, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let stop = Stop::on_signals();
    let mut text = String::new();
    io::stdin()
        .take(CONFIG_BYTES_MAX)
        .read_to_string(&mut text)?;
    let counters: &[&str] = match bot {
        Bot::Birthday => &birthday::COUNTERS,
        Bot::Visitor => &visitor::COUNTERS,
    };
    let result = std::env::var_os("JOBSD_RESULT").map(Into::into);
    let mut report = Report::new(result, counters);
    let mut voice = Voice { lang, out };
    let done = match bot {
        Bot::Birthday => greet(&text, &mut report, &mut voice, &stop),
        Bot::Visitor => visit(&text, &mut report, &mut voice, &stop),
    };
    let Err(Refusal(sentence)) = done else {
        return Ok(0);
    };
    report.set("error", json!(sentence.en));
    report.write()?;
    writeln!(err, "{}", visible(sentence.get(lang)))?;
    Ok(1)
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
    };
    run.go()
}
