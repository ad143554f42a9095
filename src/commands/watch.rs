//! `--watch`: what is shown again and again.

use std::io::{self, Write};
use std::time::Duration;

use crate::render::screen::Screen;
use crate::shell::clock;

/// Between two looks of `--watch`.
const WATCH: Duration = Duration::from_secs(2);

/// The reader as of now: what is watched tells distances from each look.
pub(super) fn look(screen: &Screen) -> Screen {
    Screen {
        now: clock::now(),
        ..screen.clone()
    }
}

/// Waits for the next look, which begins where the last one did.
pub(super) fn again(screen: &Screen, out: &mut dyn Write) -> io::Result<()> {
    out.flush()?;
    clock::rest(WATCH);
    if screen.is_terminal() {
        // To the top left, and everything below away.
        write!(out, "\u{1b}[H\u{1b}[J")?;
    }
    Ok(())
}
