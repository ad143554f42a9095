//! Where the daemon is, asking it, and what its silence or refusal means for the exit code.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::commands::exit::{Exit, Failure};
use crate::model::refusal::Kind;
use crate::render::screen::Screen;
use crate::shell::control::Request;
use crate::shell::control::remote::{self, Remote, RemoteError};
use crate::shell::control::socket::{self, CallError};
use crate::text::cause::cause;
use crate::text::{Text, control};

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
    /// Whether this folder has jobs, and nothing says that their daemon listens there: another one
    /// may.
    pub has_jobs: bool,
}

impl Daemon {
    /// Finds it: the server that is named; else the socket; else, where no folder was named, the
    /// endpoint of this machine, unless the folder has jobs of its own.
    ///
    /// # Errors
    /// [`Failure`] for an address that is none, and where the daemon of this machine may be that of
    /// other jobs.
    pub fn find(place: Place<'_>, screen: &Screen, err: &mut dyn Write) -> Result<Daemon, Failure> {
        if let Some(address) = &place.server {
            let remote = Remote::new(address, place.token_file, screen.lang);
            let failure = || Failure::Said(Exit::Usage, control::no_address(address));
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
        let state = place.state.display().to_string();
        if place.has_jobs {
            let sentence = control::another_answers(&state, remote.address());
            return Err(Failure::Said(Exit::Unreachable, sentence));
        }
        if !screen.quiet {
            let note = control::asked_instead(&state, remote.address());
            // Without stderr the answer must do.
            let _ = writeln!(err, "{}", note.get(screen.lang));
        }
        Ok(Daemon::There(remote))
    }
}

/// Asks the daemon.
///
/// # Errors
/// [`Failure`]: unreachable where no one answers, wrong usage for a name that is unknown, refused
/// for any other refusal.
pub fn ask(daemon: &Daemon, request: &Request) -> Result<Value, Failure> {
    let asked = match daemon {
        Daemon::Here(state) => state.display().to_string(),
        Daemon::There(remote) => remote.address().to_owned(),
    };
    tracing::debug!(daemon = asked, ?request, "asked");
    let answer = match daemon {
        Daemon::Here(state) => socket::call(state, request).map_err(of_call)?,
        Daemon::There(remote) => remote.ask(request).map_err(of_remote)?,
    };
    tracing::trace!(%answer, "answered");
    Ok(answer)
}

/// Reads an answer as a type.
///
/// # Errors
/// [`Failure`]: failed where a daemon of another version answers something else.
pub fn read<T: DeserializeOwned>(answer: Value) -> Result<T, Failure> {
    let read = serde_json::from_value(answer);
    read.map_err(|error| Failure::failed(&control::unreadable(&error.to_string())))
}

/// What a failed call means.
fn of_call(error: CallError) -> Failure {
    match error {
        CallError::NoDaemon(path, error) => {
            let sentence = control::no_daemon(&path.display().to_string(), &cause(&error));
            Failure::Said(Exit::Unreachable, sentence)
        }
        CallError::Refused(refusal) => Failure::Said(exit(refusal.kind()), refusal.text()),
        CallError::Io(error) => Failure::Said(Exit::Unreachable, control::broken(&cause(&error))),
    }
}

/// What a server that gave no answer means.
pub(super) fn of_remote(error: RemoteError) -> Failure {
    let (exit, sentence) = match error {
        RemoteError::NoServer(url, cause) => (Exit::Unreachable, control::no_server(&url, &cause)),
        RemoteError::Missing(url, detail) => (Exit::Unreachable, control::no_server(&url, &detail)),
        RemoteError::NoToken(path, error) => {
            let path = path.display().to_string();
            (Exit::Failed, control::no_token(&path, &cause(&error)))
        }
        RemoteError::ReadOnly(url) => (Exit::Refused, control::read_only(&url)),
        RemoteError::Locked(url, file) => {
            let file = file.map(|file| file.display().to_string());
            (Exit::Refused, control::locked(&url, file.as_deref()))
        }
        RemoteError::Refused(refusal) => (exit(refusal.kind()), refusal.text()),
        RemoteError::Told(detail, kind) => (exit(kind), Text::same(detail)),
    };
    Failure::Said(exit, sentence)
}

/// Wrong usage, or refused.
fn exit(kind: Kind) -> Exit {
    if kind.is_usage() {
        Exit::Usage
    } else {
        Exit::Refused
    }
}
