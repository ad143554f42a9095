//! `run`, `cancel`, `reload`: what asks the daemon for a change; `pauses.rs` has `pause` and `resume`.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::commands::logs;
use crate::commands::online::{Daemon, Failure, ask};
use crate::model::run::RunId;
use crate::render::runs;
use crate::render::screen::Screen;
use crate::shell::control::{GRACE_SECS_MAX, Request};
use crate::shell::journal::query::History;
use crate::text::usage::Expected;
use crate::text::{Text, requests};
use crate::time::SignedDuration;

/// Between two looks at a run that is waited for.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What a command writes to and for whom.
pub struct Stage<'a> {
    /// Who is asked.
    pub daemon: &'a Daemon,
    /// The state directory of a daemon of this machine.
    pub state: &'a Path,
    /// Who reads.
    pub screen: &'a Screen,
    /// Whether the answer is JSON.
    pub as_json: bool,
    /// Results.
    pub out: &'a mut dyn Write,
    /// Hints, questions and failures.
    pub err: &'a mut dyn Write,
}

/// How a run is asked for.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// The job.
    pub id: String,
    /// Leave outside effects out.
    pub dry_run: bool,
    /// Wait for the end.
    pub wait: bool,
    /// Show the output as it comes; waits.
    pub follow: bool,
    /// Longest wait.
    pub timeout: Option<Duration>,
    /// Exit with the program's own code.
    pub pass_exit_code: bool,
    /// Production is meant.
    pub yes: bool,
    /// Whether somebody can be asked.
    pub can_ask: bool,
}

impl Stage<'_> {
    pub(super) fn fail(&mut self, failure: &Failure) -> u8 {
        failure.tell(self.screen.lang, self.err)
    }

    pub(super) fn answer(
        &mut self,
        request: &Request,
        done: impl FnOnce(&Value) -> Text,
    ) -> io::Result<u8> {
        match ask(self.daemon, request) {
            Err(failure) => Ok(self.fail(&failure)),
            Ok(answer) if self.as_json => {
                let document = json!({"schema": "jobsd.answer/v1", "answer": answer});
                writeln!(self.out, "{document}").map(|()| 0)
            }
            Ok(answer) => {
                let text = done(&answer);
                writeln!(self.out, "{}", text.get(self.screen.lang)).map(|()| 0)
            }
        }
    }
}

/// `jobsd cancel`
///
/// # Errors
/// When the output cannot be written.
pub fn cancel(run_id: &str, grace: Option<Grace>, stage: &mut Stage<'_>) -> io::Result<u8> {
    let request = Request::Cancel {
        run_id: run_id.to_owned(),
        grace_secs: grace.map(|Grace(secs)| secs),
    };
    stage.answer(&request, |_| requests::cancelled(run_id))
}

/// `jobsd reload`
///
/// # Errors
/// When the output cannot be written.
pub fn reload(stage: &mut Stage<'_>) -> io::Result<u8> {
    stage.answer(&Request::Reload, |answer| {
        requests::reloaded(&answer["reload"])
    })
}

/// `jobsd run`
///
/// # Errors
/// When the output cannot be written.
pub fn run(mut options: RunOptions, stage: &mut Stage<'_>) -> io::Result<u8> {
    let job_id = Some(options.id.clone());
    let job = match ask(stage.daemon, &Request::Status { job_id }) {
        Ok(job) => job,
        Err(failure) => return Ok(stage.fail(&failure)),
    };
    // A command has no dry run, so there is nothing to confirm.
    let is_bot = job["bot_type"] != "command";
    if is_bot && job["bot_config"]["dry_run"] != true && !options.dry_run && !options.yes {
        match confirm(&job, &options, stage)? {
            Consent::Run => {}
            Consent::DryRun => options.dry_run = true,
            Consent::No(code) => return Ok(code),
        }
    }
    let request = Request::Run {
        job_id: options.id.clone(),
        dry_run: options.dry_run,
    };
    let answer = match ask(stage.daemon, &request) {
        Ok(answer) => answer,
        Err(failure) => return Ok(stage.fail(&failure)),
    };
    let run_id = answer["run_id"].as_str().unwrap_or_default().to_owned();
    if !options.wait && !options.follow {
        return ordered(&run_id, &options, stage);
    }
    wait(&run_id, &options, stage)
}

fn ordered(run_id: &str, options: &RunOptions, stage: &mut Stage<'_>) -> io::Result<u8> {
    if stage.as_json {
        let document = json!({"schema": "jobsd.answer/v1", "answer": {"run_id": run_id}});
        writeln!(stage.out, "{document}")?;
    } else if stage.screen.is_terminal() {
        let dry_run = stage.screen.say(", dry run", ", simulation");
        let kind = if options.dry_run { dry_run } else { "" };
        writeln!(stage.out, "▶ {run_id}{kind}    jobsd logs {run_id} -f")?;
    } else {
        writeln!(stage.out, "{run_id}")?;
    }
    Ok(0)
}

/// What was said to a production run.
enum Consent {
    Run,
    DryRun,
    No(u8),
}

/// Asks once, on a terminal; elsewhere it takes `--yes`.
fn confirm(job: &Value, options: &RunOptions, stage: &mut Stage<'_>) -> io::Result<Consent> {
    let lang = stage.screen.lang;
    if !options.can_ask {
        let failure = Failure::new(2, requests::needs_yes(&options.id));
        return Ok(Consent::No(stage.fail(&failure)));
    }
    let limit = job["bot_config"]["max_messages_per_run"].as_u64();
    let limit = limit.or(job["bot_config"]["limit"].as_u64());
    let is_birthday = job["bot_type"] == "birthday";
    let question = requests::confirm(&options.id, is_birthday, limit);
    write!(stage.err, "{} ", question.get(lang))?;
    stage.err.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(match line.trim().to_lowercase().as_str() {
        "y" | "yes" | "o" | "oui" => Consent::Run,
        "d" | "s" => Consent::DryRun,
        _ => Consent::No(0),
    })
}

/// Waits for the end of a run; the exit code is 0 for success, 1 for any other end, 124 when the time is over.
fn wait(run_id: &str, options: &RunOptions, stage: &mut Stage<'_>) -> io::Result<u8> {
    if stage.screen.takes_hints() {
        writeln!(stage.err, "▶ run {run_id}")?;
    }
    let mut waited = Duration::ZERO;
    let mut is_followed = !options.follow;
    loop {
        match find(run_id, stage) {
            Err(failure) => return Ok(stage.fail(&failure)),
            Ok(Some(_)) if !is_followed => {
                // Returns when the run is over.
                follow(run_id, stage)?;
                is_followed = true;
                continue;
            }
            Ok(Some(run)) if run["status"] != "running" => return ended(&run, options, stage),
            Ok(_) => {}
        }
        if options.timeout.is_some_and(|limit| waited >= limit) {
            let failure = Failure::new(124, requests::wait_over(run_id));
            return Ok(stage.fail(&failure));
        }
        std::thread::park_timeout(LOOK_AGAIN);
        waited += LOOK_AGAIN;
    }
}

/// Shows what the run writes, on stderr where the result is JSON.
fn follow(run_id: &str, stage: &mut Stage<'_>) -> io::Result<u8> {
    let options = logs::Options {
        target: run_id.to_owned(),
        follow: true,
        stderr: false,
        attempt: None,
        tail: None,
        timestamps: false,
        is_terminal: stage.screen.is_terminal(),
        quiet: true,
        zone: stage.screen.zone.clone(),
        lang: stage.screen.lang,
    };
    let mut silent = io::sink();
    if stage.as_json {
        logs::run(stage.state, &options, stage.err, &mut silent)
    } else {
        logs::run(stage.state, &options, stage.out, &mut silent)
    }
}

/// The run as the daemon shows it, else as the history says it; `None` while it waits for a place.
fn find(run_id: &str, stage: &Stage<'_>) -> Result<Option<Value>, Failure> {
    let request = Request::Show {
        run_id: run_id.to_owned(),
    };
    match ask(stage.daemon, &request) {
        Ok(run) => Ok(Some(run)),
        Err(failure) if failure.code == 2 => {
            let run_id = RunId::parse(run_id);
            let run = run_id.and_then(|id| History::new(stage.state).run(id).ok().flatten());
            Ok(run.map(|run| json!(run)))
        }
        Err(failure) => Err(failure),
    }
}

fn ended(run: &Value, options: &RunOptions, stage: &mut Stage<'_>) -> io::Result<u8> {
    if stage.as_json {
        let document = json!({"schema": "jobsd.run/v1", "run": run});
        writeln!(stage.out, "{document}")?;
    } else {
        let text = runs::summary(run, stage.screen);
        stage.out.write_all(text.as_bytes())?;
    }
    let own = run["exit_code"]
        .as_u64()
        .and_then(|code| u8::try_from(code).ok());
    Ok(match (options.pass_exit_code, own) {
        (true, Some(code)) => code,
        _ => u8::from(run["status"] != "success"),
    })
}

/// Reads a span of time: `90s`, `15min`, `2h`, `1h30m`, `3d`, `1w`.
pub fn span(text: &str) -> Result<SignedDuration, String> {
    let refuse = || Expected::Span.text().en;
    let mut secs: i64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .ok_or_else(refuse)?;
        let number: i64 = rest[..digits].parse().map_err(|_| refuse())?;
        rest = &rest[digits..];
        let unit = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let each = match &rest[..unit] {
            "s" => 1,
            "m" | "min" => 60,
            "h" => 3_600,
            "d" | "j" => 86_400,
            "w" => 604_800,
            _ => return Err(refuse()),
        };
        rest = &rest[unit..];
        let part = number.checked_mul(each).ok_or_else(refuse)?;
        secs = secs.checked_add(part).ok_or_else(refuse)?;
    }
    let is_sane = (1..=3_660 * 86_400).contains(&secs);
    is_sane
        .then(|| SignedDuration::from_secs(secs))
        .ok_or_else(refuse)
}

/// Seconds from TERM to KILL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace(pub u64);

/// Reads a time from TERM to KILL: a span, or none at all (`0s`), up to a day.
///
/// # Errors
/// What is expected, in English.
pub fn grace(text: &str) -> Result<Grace, String> {
    if matches!(text, "0" | "0s") {
        return Ok(Grace(0));
    }
    let secs = u64::try_from(span(text)?.as_secs()).unwrap_or(u64::MAX);
    let is_bounded = secs <= GRACE_SECS_MAX;
    is_bounded
        .then_some(Grace(secs))
        .ok_or_else(|| Expected::Grace.text().en)
}

#[cfg(test)]
mod tests {
    use super::{Grace, grace, span};
    use crate::time::SignedDuration;

    #[test]
    fn spans_of_time_are_read_strictly() {
        let secs = |text| span(text).map(|span| span.as_secs());
        assert_eq!(secs("2h"), Ok(7_200));
        assert_eq!(secs("1h30m"), Ok(5_400));
        assert_eq!(secs("3d"), Ok(259_200));
        for bad in [
            "",
            "2",
            "h",
            "2x",
            "-2h",
            "0s",
            "99999999999999999999h",
            "9999w",
            "2h 3m",
        ] {
            assert!(span(bad).is_err(), "{bad}");
        }
        assert_eq!(span("90s"), Ok(SignedDuration::from_secs(90)));
    }

    #[test]
    fn a_grace_is_from_nothing_to_a_day() {
        for (text, secs) in [("0", 0), ("0s", 0), ("90s", 90), ("24h", 86_400)] {
            assert_eq!(grace(text), Ok(Grace(secs)), "{text}");
        }
        for bad in ["", "10", "25h", "-1s", "00s"] {
            assert!(grace(bad).is_err(), "{bad}");
        }
    }
}
