//! `jobsd serve`: the daemon.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};

use crate::commands::offline::refuse;
use crate::render::text;
use crate::shell::daemon::{self, Options};
use crate::shell::disk::Trust;
use crate::shell::log::Log;
use crate::shell::settings::{self, Layout};
use crate::spec::types::config::LogFormat;
use crate::text::cause::cause;
use crate::text::{Lang, command_errors};

/// Where the endpoint listens when nothing is said.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7878);

/// Where the endpoint listens when no flag says it.
pub fn address(layout: &Layout) -> SocketAddr {
    let listen = layout.config.listen.as_ref();
    let configured = listen.and_then(|text| text.parse().ok());
    configured.unwrap_or(DEFAULT_LISTEN)
}

/// Runs the daemon: 0 on SIGTERM, 2 for a bad jobsd.yaml, 5 where it cannot begin.
///
/// # Errors
/// When a stream cannot be written, or no thread can be had.
pub fn run(
    layout: Layout,
    listen: Option<SocketAddr>,
    (level, lang): (Option<&str>, Lang),
    err: &mut dyn Write,
) -> io::Result<u8> {
    // A daemon that runs as root trusts its settings only when nobody else can write them.
    let read = settings::read(&layout.config_file, Trust::of_this_process(), None);
    if read.config.is_none() {
        let source = |path: &str| std::fs::read_to_string(path).ok();
        err.write_all(text::findings(&read.findings, &source, false, lang).as_bytes())?;
        return Ok(2);
    }
    let log = match start_log(&layout, level) {
        Ok(log) => log,
        Err(error) => {
            let sentence = command_errors::no_log(&cause(&error));
            return Ok(refuse(err, &sentence, lang, 5));
        }
    };
    for finding in &layout.diagnostics {
        tracing::warn!(finding = finding.line(Lang::En), "jobsd.yaml");
    }
    let listen = listen.unwrap_or_else(|| address(&layout));
    let options = Options {
        layout,
        listen,
        log: log.clone(),
    };
    let served = daemon::serve(&options);
    // The last lines; a log that nobody takes is not waited for.
    log.flush(daemon::LOG_FLUSH_MAX);
    Ok(served.map_or_else(|sentence| refuse(err, &sentence, lang, 5), |()| 0))
}

/// Starts logging as `jobsd.yaml` says; `-q` and `-v` win over its level, and `JOBSD_LOG` over both.
fn start_log(layout: &Layout, level: Option<&str>) -> io::Result<Log> {
    let log = &layout.config.log;
    let filter = tracing_subscriber::EnvFilter::try_from_env("JOBSD_LOG").unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new(level.unwrap_or(log.level.as_str()))
    });
    let written = match &log.file {
        None => Log::stderr()?,
        Some(file) => Log::file(layout.base.join(file))?,
    };
    // A log that cannot be written must not end the daemon: reporting it would panic on the same stderr.
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
