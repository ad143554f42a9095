//! `jobsd serve`: the daemon.

use std::io;
use std::net::SocketAddr;

use clap::Args;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::render::text;
use crate::shell::daemon::{self, Options};
use crate::shell::disk::Trust;
use crate::shell::log::Log;
use crate::shell::settings::{self, Layout};
use crate::spec::types::config::LogFormat;
use crate::text::cause::cause;
use crate::text::help::French;
use crate::text::{Lang, command_errors};

/// Run the daemon.
#[derive(Debug, Args)]
pub struct Serve {
    /// Address of the read-only endpoint.
    /// [default: `listen` of jobsd.yaml, else 127.0.0.1:7878]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Start without the jobs folder, and take its files when it appears.
    #[arg(long)]
    wait_for_jobs: bool,
}

impl Runs for Serve {
    const FRENCH: French = French::new(
        "Lance le démon",
        &[
            (
                "listen",
                "Adresse du point d’accès en lecture seule. [défaut : `listen` de jobsd.yaml, \
                 sinon 127.0.0.1:7878]",
            ),
            (
                "wait_for_jobs",
                "Démarre sans le dossier des jobs, et prend ses fichiers quand il apparaît",
            ),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Service
    }

    /// Done on SIGTERM, wrong usage for a bad jobsd.yaml, failed where it cannot begin.
    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let layout = std::mem::take(&mut context.layout);
        // A daemon that runs as root trusts its settings only when no one else can write them.
        let read = settings::read(&layout.config_file, Trust::of_this_process(), None);
        if read.config.is_none() {
            let source = |path: &str| std::fs::read_to_string(path).ok();
            let findings = text::findings(&read.findings, &source, false, context.lang());
            context.err.write_all(findings.as_bytes())?;
            return Err(Failure::Reported(Exit::Usage));
        }
        if !self.wait_for_jobs && is_missing(&layout) {
            let jobs = layout.jobs.display().to_string();
            return Err(Failure::failed(&command_errors::nothing_to_serve(&jobs)));
        }
        let log = start_log(&layout, context.level)
            .map_err(|error| Failure::failed(&command_errors::no_log(&cause(&error))))?;
        for finding in &layout.diagnostics {
            tracing::warn!(finding = finding.line(Lang::En), "jobsd.yaml");
        }
        let listen = self.listen.unwrap_or_else(|| layout.listen());
        let options = Options {
            layout,
            listen,
            log: log.clone(),
        };
        let served = daemon::serve(&options);
        // The last lines; a log that no one takes is not waited for.
        log.flush(daemon::LOG_FLUSH_MAX);
        served.map_err(|sentence| Failure::failed(&sentence))?;
        Ok(Exit::Done)
    }
}

/// Whether there is no jobs folder and never was one: a wrong path. One that was there before comes
/// back, as a mount does, and its jobs are kept meanwhile.
fn is_missing(layout: &Layout) -> bool {
    let found = std::fs::symlink_metadata(&layout.jobs);
    let is_absent = matches!(found, Err(error) if error.kind() == io::ErrorKind::NotFound);
    is_absent && !layout.state.join("history").exists()
}

/// Starts logging as `jobsd.yaml` says; `-q` and `-v` win over its level, and `JOBSD_LOG` over
/// both.
fn start_log(layout: &Layout, level: Option<&str>) -> io::Result<Log> {
    let log = &layout.config.log;
    let filter = tracing_subscriber::EnvFilter::try_from_env("JOBSD_LOG").unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new(level.unwrap_or(log.level.as_str()))
    });
    let written = match &log.file {
        None => Log::stderr()?,
        Some(file) => Log::file(layout.base.join(file))?,
    };
    // A log that cannot be written must not end the daemon: reporting it would panic on the same
    // stderr.
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(written.clone());
    let builder = builder.with_ansi(false).log_internal_errors(false);
    match log.format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
    Ok(written)
}
