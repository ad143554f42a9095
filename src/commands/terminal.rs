//! Who reads what a command writes: a terminal or a program, with or without colors, in which zone;
//! and how much it is told.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::commands::globals::{Color, Globals};
use crate::render::screen::Screen;
use crate::shell::clock;
use crate::spec::rules::zone::{self, Refusal};
use crate::text::{Lang, Text, commands};
use crate::time::TimeZone;

/// Who reads standard output.
///
/// # Errors
/// A sentence, for a zone that is none.
pub fn screen(globals: &Globals, lang: Lang) -> Result<Screen, Text> {
    let is_terminal = io::stdout().is_terminal();
    let columns = || {
        let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
        Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
    };
    let zone = match &globals.tz {
        _ if globals.utc => TimeZone::UTC,
        Some(name) => zone::zone(name)
            .map_err(|Refusal { words }| commands::finding(&words.message, &words.help))?,
        None => clock::zone(),
    };
    Ok(Screen {
        width: is_terminal.then(|| columns().unwrap_or(80)),
        color: match globals.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => colors(),
        },
        header: !globals.no_header,
        quiet: globals.quiet,
        zone,
        lang,
        now: clock::now(),
    })
}

/// Whether standard output takes colors: `NO_COLOR`, then `CLICOLOR_FORCE`, then `TERM`, then
/// whether it is a terminal.
pub fn colors() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let forced = is_set("CLICOLOR_FORCE") || is_set("FORCE_COLOR");
    !is_set("NO_COLOR") && (forced || !is_dumb && io::stdout().is_terminal())
}

/// The language of messages: the flag, then the environment in the order that programs use.
pub fn lang(flag: Option<&str>) -> Lang {
    let names = ["JOBSD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];
    let set = names
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|text| !text.is_empty());
    flag.map_or_else(|| set.map_or(Lang::En, |text| Lang::of(&text)), Lang::of)
}

/// Lets a command other than the daemon say on standard error what it uses and asks, where `-v`
/// wants that.
pub fn explain(level: &str) {
    // What the libraries say of themselves is no one's question.
    let filter = EnvFilter::new(format!("off,jobsd={level}"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(false)
        .without_time()
        .log_internal_errors(false)
        .init();
}
