//! Commands that ask the daemon over its control socket, and `run --local`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;
use uuid::Uuid;

use crate::commands::offline::fail;
use crate::model::job::Job;
use crate::model::run::{Ending, RunId, Trigger};
use crate::shell::clock;
use crate::shell::control::{CallError, Request, call};
use crate::shell::journal::make_private_dir;
use crate::shell::process::{Order, Places, supervise};

/// Asks, and prints the answer as JSON.
///
/// # Errors
/// When the output cannot be written.
pub fn ask(
    state: &Path,
    request: &Request,
    check: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    match call(state, request) {
        Ok(answer) => {
            writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
            let is_empty = |key: &str| answer[key].as_array().is_none_or(Vec::is_empty);
            let needs_attention = !is_empty("reasons") || !is_empty("warnings");
            Ok(u8::from(check && needs_attention))
        }
        Err(CallError::NoDaemon(path, error)) => {
            let sentence = format!(
                "no daemon answers on {}: {error}; start `jobsd serve`, or name its state directory with --state",
                path.display()
            );
            Ok(fail(err, &sentence, 3))
        }
        Err(CallError::Refused(sentence)) => {
            let code = if sentence.starts_with("no ") || sentence.contains("not a run id") {
                2
            } else {
                4
            };
            Ok(fail(err, &sentence, code))
        }
        Err(CallError::Io(error)) => Ok(fail(err, &format!("the connection broke: {error}"), 3)),
    }
}

/// Runs a job in the foreground, without a daemon and without a record. Its exit code is 0 for success and 1 else.
///
/// # Errors
/// When the state directory or the output cannot be written.
pub fn run_local(
    job: &Arc<Job>,
    state: &Path,
    base_dir: PathBuf,
    dry_run: bool,
    (out, err): (&mut dyn Write, &mut dyn Write),
) -> io::Result<u8> {
    if dry_run && job.bot_type == "command" {
        return Ok(fail(
            err,
            &format!("`{}` is a command: it has no dry run", job.id),
            2,
        ));
    }
    make_private_dir(state)?;
    let places = Places {
        state_dir: state.canonicalize()?,
        base_dir,
        self_exe: std::env::current_exe()?,
        output_bytes_max: 10 << 20,
    };
    let order = Order {
        run_id: RunId::from_uuid(Uuid::now_v7()),
        job_id: job.id.clone(),
        attempt: 1,
        program: job.program.clone(),
        trigger: Trigger::Manual,
        scheduled_at: clock::now(),
        timezone: job.timezone.clone(),
        dry_run: job.dry_run || dry_run,
        timeout: job.policies.timeout,
        kill_grace: job.policies.kill_grace,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(async {
        let (stop, stopped) = watch::channel(false);
        let supervised = supervise(&order, &places, stopped);
        tokio::pin!(supervised);
        let mut signals = crate::shell::signals::Signals::listen()?;
        loop {
            tokio::select! {
                outcome = &mut supervised => return io::Result::Ok(outcome),
                _ = signals.next() => drop(stop.send(true)),
            }
        }
    })?;
    out.write_all(&std::fs::read(places.output_of(order.run_id)).unwrap_or_default())?;
    out.flush()?;
    let words = match &outcome.ending {
        Ending::Exited(0) => "success".to_owned(),
        Ending::Exited(code) => format!("failed: exit status {code}"),
        Ending::Signaled(signal) => format!("failed: signal {signal}"),
        Ending::TimedOut => "failed: timeout".to_owned(),
        Ending::Stopped => "cancelled".to_owned(),
        Ending::StartFailed(cause) => format!("failed to start: {cause}"),
    };
    let reported = outcome.report.success == Some(false) || outcome.report.error.is_some();
    writeln!(
        err,
        "{}: {words}{}",
        job.id,
        if reported {
            ", but its result file reports a failure"
        } else {
            ""
        }
    )?;
    Ok(u8::from(outcome.ending != Ending::Exited(0) || reported))
}
