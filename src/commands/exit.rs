//! How a command ends: its exit code, and why it ends early.

use std::io::{self, Write};

use crate::text::cause::cause;
use crate::text::usage::error_word;
use crate::text::{Lang, Text, visible};

/// How a command ends, worse ends later. `jobsd help exit-codes` is the same table for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: done, and nothing wrong was found.
    Done,
    /// 1: done, and a problem was found.
    Found,
    /// 2: wrong usage.
    Usage,
    /// 3: the daemon is out of reach.
    Unreachable,
    /// 4: the daemon refused.
    Refused,
    /// 5: the file system, or an internal error.
    Failed,
    /// 124: what was waited for did not end in time.
    TimedOut,
    /// A program's own code, or that of a signal.
    Own(u8),
}

impl Exit {
    /// [`Exit::Found`] where there is a problem.
    pub fn found(is_problem: bool) -> Exit {
        if is_problem { Exit::Found } else { Exit::Done }
    }

    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Found => 1,
            Exit::Usage => 2,
            Exit::Unreachable => 3,
            Exit::Refused => 4,
            Exit::Failed => 5,
            Exit::TimedOut => 124,
            Exit::Own(code) => code,
        }
    }
}

/// Why a command ends early.
#[derive(Debug)]
pub enum Failure {
    /// A sentence for standard error.
    Said(Exit, Text),
    /// What there was to say is on standard error already.
    Reported(Exit),
    /// A stream that cannot be used, or a file that has no sentence of its own.
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

impl Failure {
    /// A sentence that may hold what others wrote: hidden characters and line ends are shown.
    pub fn new(exit: Exit, sentence: &Text) -> Failure {
        let shown = Text::new(visible(&sentence.en), visible(&sentence.fr));
        Failure::Said(exit, shown)
    }

    /// Wrong usage.
    pub fn usage(sentence: &Text) -> Failure {
        Failure::new(Exit::Usage, sentence)
    }

    /// The file system, or an internal error.
    pub fn failed(sentence: &Text) -> Failure {
        Failure::new(Exit::Failed, sentence)
    }

    /// Reports it on standard error, and says how the command ends.
    pub fn report(&self, lang: Lang, err: &mut dyn Write) -> Exit {
        let (exit, sentence) = match self {
            Failure::Said(exit, sentence) => (*exit, sentence.clone()),
            Failure::Reported(exit) => return *exit,
            // Whoever reads our output has seen enough.
            Failure::Io(error) if error.kind() == io::ErrorKind::BrokenPipe => return Exit::Done,
            Failure::Io(error) => return Failure::failed(&cause(error)).report(lang, err),
        };
        // Without stderr the exit code must do.
        let _ = writeln!(err, "{}{}", error_word(lang), sentence.get(lang));
        exit
    }
}
