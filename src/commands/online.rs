//! Commands that ask the daemon over its control socket.

use std::io::{self, Write};
use std::path::Path;

use crate::commands::offline::fail;
use crate::shell::control::{CallError, Request, call};

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
        Err(error) => Ok(failed(error, err)),
    }
}

/// Says why a call failed; the exit code.
pub fn failed(error: CallError, err: &mut dyn Write) -> u8 {
    match error {
        CallError::NoDaemon(path, error) => {
            let sentence = format!(
                "no daemon answers on {}: {error}; start `jobsd serve`, or name its state directory with --state",
                path.display()
            );
            fail(err, &sentence, 3)
        }
        CallError::Refused(sentence) => {
            let code = if sentence.starts_with("no ") || sentence.contains("not a run id") {
                2
            } else {
                4
            };
            fail(err, &sentence, code)
        }
        CallError::Io(error) => fail(err, &format!("the connection broke: {error}"), 3),
    }
}
