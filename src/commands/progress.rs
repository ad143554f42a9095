//! What a long command shows of its progress.

use std::io::{self, IsTerminal, Write};

/// A bar on stderr while a long check is in progress; only on a terminal, and erased at the end.
pub(super) struct Progress {
    begun: std::time::Instant,
    is_on: bool,
    is_shown: bool,
}

impl Progress {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a command has run, for a bar that people see"
    )]
    pub(super) fn new(quiet: bool) -> Progress {
        let begun = std::time::Instant::now();
        Progress {
            begun,
            is_on: !quiet && io::stderr().is_terminal(),
            is_shown: false,
        }
    }

    pub(super) fn show(&mut self, done: usize, all: usize) {
        let is_due =
            self.is_on && done.is_multiple_of(256) && self.begun.elapsed().as_millis() > 400;
        if is_due {
            let filled = 20 * done / all.max(1);
            let bar = "█".repeat(filled) + &" ".repeat(20 - filled);
            // A terminal that went away needs no bar.
            let _ = write!(io::stderr(), "\r[{bar}] {done}/{all}");
            self.is_shown = true;
        }
    }

    pub(super) fn clear(&self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r{}\r", " ".repeat(60));
        }
    }
}
