//! Asking the daemon over its control socket, and what its silence or refusal means for the exit code.

use std::io::Write;
use std::path::Path;

use serde_json::Value;

use crate::model::refusal::Refusal;
use crate::shell::control::Request;
use crate::shell::control::socket::{CallError, call};
use crate::text::cause::cause;
use crate::text::usage::error_word;
use crate::text::{Lang, Text, control};

/// Why a command ends early.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What to tell people.
    pub sentence: Text,
    /// The exit code.
    pub code: u8,
}

/// Asks the daemon of a state directory.
///
/// # Errors
/// [`Failure`] with code 3 where nobody answers, 2 for a name that is unknown, 4 for any other refusal.
pub fn ask(state: &Path, request: &Request) -> Result<Value, Failure> {
    tracing::debug!(daemon = %state.display(), request = ?request, "asked");
    let answer = call(state, request).map_err(Failure::of)?;
    tracing::trace!(%answer, "answered");
    Ok(answer)
}

/// Says why a call failed; the exit code.
pub fn failed(error: CallError, lang: Lang, err: &mut dyn Write) -> u8 {
    Failure::of(error).tell(lang, err)
}

impl Failure {
    /// What a failed call means.
    fn of(error: CallError) -> Failure {
        match error {
            CallError::NoDaemon(path, error) => Failure {
                sentence: control::no_daemon(&path.display().to_string(), &cause(&error)),
                code: 3,
            },
            CallError::Refused(refusal) => Failure {
                sentence: refusal.text(),
                code: exit_code(&refusal),
            },
            CallError::Io(error) => Failure {
                sentence: control::broken(&cause(&error)),
                code: 3,
            },
        }
    }

    /// A failure with its exit code.
    pub fn new(code: u8, sentence: Text) -> Failure {
        Failure { sentence, code }
    }

    /// Tells it, and gives the exit code back.
    pub fn tell(&self, lang: Lang, err: &mut dyn Write) -> u8 {
        // Without stderr the exit code must do.
        let _ = writeln!(err, "{}{}", error_word(lang), self.sentence.get(lang));
        self.code
    }
}

/// Wrong usage, or refused.
fn exit_code(refusal: &Refusal) -> u8 {
    match refusal {
        Refusal::NoJob { .. }
        | Refusal::NoRun { .. }
        | Refusal::NotARunId { .. }
        | Refusal::NoDryRun { .. }
        | Refusal::Past { .. } => 2,
        _ => 4,
    }
}
