//! The `jobsd` program: reads the command line, runs one command, gives its exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use jobsd::commands::exit::{Exit, Failure};
use jobsd::commands::terminal;
use jobsd::render::plain::Plain;
use jobsd::usage::{self, Read};

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let lang = usage::lang_flag(&args).unwrap_or_else(|| terminal::lang(None));
    let (mut out, mut stderr) = (io::stdout(), io::stderr());
    let mut err = Plain(&mut stderr);
    let done = match usage::read(&args, lang) {
        Read::Run(cli) => cli.run(&mut out, &mut err),
        Read::Show(help) => show(&help, &mut out).map_err(Failure::from),
        Read::Refuse(text) => {
            let written = err.write_all(text.as_bytes());
            written.map(|()| Exit::Usage).map_err(Failure::from)
        }
    };
    let exit = done.unwrap_or_else(|failure| failure.report(lang, &mut err));
    ExitCode::from(exit.code())
}

fn show(help: &clap::builder::StyledStr, out: &mut dyn Write) -> io::Result<Exit> {
    if terminal::colors() {
        writeln!(out, "{}", help.ansi())?;
    } else {
        writeln!(out, "{help}")?;
    }
    Ok(Exit::Done)
}
