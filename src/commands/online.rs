//! Where the daemon is, asking it, and what its silence or refusal means for the exit code.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::model::refusal::Refusal;
use crate::render::screen::Screen;
use crate::shell::control::Request;
use crate::shell::control::remote::{self, Remote, RemoteError};
use crate::shell::control::socket::{self, CallError};
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

/// The daemon that a command asks.
#[derive(Debug)]
pub enum Daemon {
    /// That of a state directory, over its socket.
    Here(PathBuf),
    /// That of a server.
    There(Remote),
}

/// What says where the daemon is.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The state directory.
    pub state: &'a Path,
    /// `--server`, or `JOBSD_SERVER`.
    pub server: Option<String>,
    /// `--token-file`, or `JOBSD_TOKEN_FILE`.
    pub token_file: Option<PathBuf>,
    /// Where a daemon of this machine listens that is asked when the state directory has none.
    pub listens: Option<SocketAddr>,
}

impl Daemon {
    /// Finds it: the server that is named; else the socket; else, where no folder was named, the endpoint of this machine.
    ///
    /// # Errors
    /// [`Failure`] for an address that is none.
    pub fn find(place: Place<'_>, screen: &Screen, err: &mut dyn Write) -> Result<Daemon, Failure> {
        if let Some(address) = &place.server {
            let remote = Remote::new(address, place.token_file, screen.lang);
            let failure = || Failure::new(2, control::no_address(address));
            return remote.map(Daemon::There).ok_or_else(failure);
        }
        let here = Daemon::Here(place.state.to_owned());
        let listens = place
            .listens
            .filter(|address| !socket::answers(place.state) && remote::answers(*address));
        let remote = listens
            .and_then(|address| Remote::new(&address.to_string(), place.token_file, screen.lang));
        let Some(remote) = remote else {
            return Ok(here);
        };
        if !screen.quiet {
            let note = control::asked_instead(&place.state.display().to_string(), remote.address());
            // Without stderr the answer must do.
            let _ = writeln!(err, "{}", note.get(screen.lang));
        }
        Ok(Daemon::There(remote))
    }
}

/// Asks the daemon.
///
/// # Errors
/// [`Failure`] with code 3 where nobody answers, 2 for a name that is unknown, 4 for any other refusal.
pub fn ask(daemon: &Daemon, request: &Request) -> Result<Value, Failure> {
    let asked = match daemon {
        Daemon::Here(state) => state.display().to_string(),
        Daemon::There(remote) => remote.address().to_owned(),
    };
    tracing::debug!(daemon = asked, ?request, "asked");
    let answer = match daemon {
        Daemon::Here(state) => socket::call(state, request).map_err(Failure::of)?,
        Daemon::There(remote) => remote.ask(request).map_err(Failure::of_remote)?,
    };
    tracing::trace!(%answer, "answered");
    Ok(answer)
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

    /// What a server that gave no answer means.
    fn of_remote(error: RemoteError) -> Failure {
        let (code, sentence) = match error {
            RemoteError::NoServer(url, cause) => (3, control::no_server(&url, &cause)),
            RemoteError::Missing(url, detail) => (3, control::no_server(&url, &detail)),
            RemoteError::NoToken(path, error) => {
                let path = path.display().to_string();
                (5, control::no_token(&path, &cause(&error)))
            }
            RemoteError::ReadOnly(url) => (4, control::read_only(&url)),
            RemoteError::Locked(url, file) => {
                let file = file.map(|file| file.display().to_string());
                (4, control::locked(&url, file.as_deref()))
            }
            RemoteError::Refused(refusal) => (exit_code(&refusal), refusal.text()),
            RemoteError::Told(detail, true) => (2, Text::same(detail)),
            RemoteError::Told(detail, false) => (4, Text::same(detail)),
        };
        Failure { sentence, code }
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
