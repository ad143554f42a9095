//! The control socket `control.sock`: one JSON request per line, one JSON answer per line. Whoever
//! may open it may control: mode 0600, or 0660 for the group that `control.socket_group` names.

use std::fs::Permissions;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nix::unistd::{Group, Uid, User};
use rustix::fs::Gid;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::{JoinHandle, JoinSet, spawn_blocking};

use crate::model::event::Actor;
use crate::model::refusal::Refusal;
use crate::shell::clock::{pause, uptime};
use crate::shell::control::{Answer, Call, Request, answer};
use crate::shell::health::Health;
use crate::shell::held::{Held, Identity, identity_at};
use crate::text::trouble;
use crate::view::status::Shared;

/// Longest request.
const LINE_BYTES_MAX: u64 = 64 << 10;
/// Connections at the same time; more wait.
const CONNECTIONS_MAX: usize = 64;
/// Between two looks at the name of the socket.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Longest life of a connection.
const CONNECTION_MAX: Duration = Duration::from_secs(30);

/// Why a call failed.
#[derive(Debug)]
pub enum CallError {
    /// No one listens; what to do.
    NoDaemon(PathBuf, io::Error),
    /// The daemon refused.
    Refused(Refusal),
    /// The connection broke.
    Io(io::Error),
}

/// A line that answers a request that was carried out.
#[derive(Debug, Serialize)]
struct Done {
    /// The answer.
    ok: Value,
}

/// A line that refuses a request.
#[derive(Debug, Serialize)]
struct Refused {
    /// Why, in one English sentence.
    error: String,
    /// The same for programs.
    refusal: Refusal,
}

/// A line as it is read: [`Done`] of any answer, `null` too, or [`Refused`].
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    ok: Value,
    error: Option<String>,
    #[serde(default)]
    refusal: Value,
}

/// The socket of a daemon.
#[derive(Debug)]
pub struct Socket {
    state_dir: Held,
    group: Option<String>,
    listener: UnixListener,
    /// What its name leads to, as long as it is ours.
    identity: Option<Identity>,
}

impl Socket {
    /// Binds the socket; one left by a dead daemon is replaced (the lock is ours). A group gets at
    /// it through the state directory, which it may then pass through but not list.
    ///
    /// # Errors
    /// Those of the file system, and a group that is unknown.
    pub fn bind(state_dir: Held, group: Option<String>) -> io::Result<Socket> {
        let listener = bind(state_dir.path(), group.as_deref())?;
        let identity = identity_at(&path(&state_dir))?;
        Ok(Socket {
            state_dir,
            group,
            listener,
            identity,
        })
    }

    /// Serves until the task is dropped. A socket whose name leads elsewhere or nowhere is bound
    /// again.
    pub async fn serve(mut self, health: Health, inbox: mpsc::Sender<Call>) {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let mut tasks = JoinSet::new();
        let mut watch = Watch::default();
        loop {
            while tasks.try_join_next().is_some() {}
            // Both are cancel safe: a connection stays in the backlog, and a question stays in
            // `watch`.
            let accepted = tokio::select! {
                is_lost = watch.is_lost(&self) => {
                    if is_lost {
                        self.renew(&health);
                    }
                    continue;
                }
                accepted = self.accept(&places) => accepted,
            };
            let Ok((stream, place)) = accepted else {
                // Out of descriptors: the next try may find some.
                pause(Duration::from_millis(50)).await;
                continue;
            };
            let (shared, inbox) = (health.shared.clone(), inbox.clone());
            tasks.spawn(async move {
                tokio::select! {
                    // A broken connection is the client's affair.
                    _ = converse(stream, &shared, &inbox) => {}
                    () = pause(CONNECTION_MAX) => {}
                }
                drop(place);
            });
        }
    }

    async fn accept(
        &self,
        places: &Arc<Semaphore>,
    ) -> io::Result<(tokio::net::UnixStream, OwnedSemaphorePermit)> {
        let place = places.clone().acquire_owned().await;
        let place = place.map_err(io::Error::other)?;
        let (stream, _) = self.listener.accept().await?;
        Ok((stream, place))
    }

    /// Binds the socket again.
    fn renew(&mut self, health: &Health) {
        let trouble = match Socket::bind(self.state_dir.clone(), self.group.clone()) {
            Ok(socket) => {
                *self = socket;
                health.note("socket", Some(trouble::new_socket()));
                None
            }
            Err(error) => Some(trouble::no_socket(error)),
        };
        health.set("socket", trouble);
    }
}

/// Compares the name of the socket with what it led to, now and then. The question goes aside: a
/// disk that does not answer must not hold up who calls.
#[derive(Debug, Default)]
struct Watch {
    question: Option<JoinHandle<bool>>,
    next: Duration,
}

impl Watch {
    /// Returns at the next answer: whether the name leads elsewhere. In a folder that is not ours
    /// any more nothing is lost.
    async fn is_lost(&mut self, socket: &Socket) -> bool {
        if self.question.is_none() {
            pause(self.next.saturating_sub(uptime())).await;
            let (state_dir, identity) = (socket.state_dir.clone(), socket.identity);
            self.question = Some(spawn_blocking(move || {
                let is_ours = state_dir.is_in_place().unwrap_or(false);
                is_ours && identity_at(&path(&state_dir)).is_ok_and(|found| found != identity)
            }));
        }
        let answer = match &mut self.question {
            Some(question) => question.await,
            None => Ok(false),
        };
        self.question = None;
        self.next = uptime() + LOOK_EVERY;
        answer.unwrap_or(false)
    }
}

fn path(state_dir: &Held) -> PathBuf {
    state_dir.path().join("control.sock")
}

fn bind(state_dir: &Path, group: Option<&str>) -> io::Result<UnixListener> {
    let path = state_dir.join("control.sock");
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // The folder lets no one else in, so there is no moment in which another user could connect.
    let mode = if group.is_some() { 0o660 } else { 0o600 };
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    if let Some(name) = group {
        let gid = group_id(name)?;
        rustix::fs::chown(&path, None, Some(gid))?;
        rustix::fs::chown(state_dir, None, Some(gid))?;
    }
    std::fs::set_permissions(&path, Permissions::from_mode(mode))?;
    let old = std::fs::metadata(state_dir)?.permissions().mode() & 0o777;
    // Programs of other users pass through as well, where there are any (0711): then a group needs
    // no more.
    let new = match group {
        Some(_) => old | 0o010,
        None if old & 0o001 == 0 => old & !0o010,
        None => old,
    };
    std::fs::set_permissions(state_dir, Permissions::from_mode(new))?;
    Ok(listener)
}

/// The number of a group, as the system knows it (NSS): also one of a directory service.
fn group_id(name: &str) -> io::Result<Gid> {
    let found = Group::from_name(name)?.map(|group| Gid::from_raw(group.gid.as_raw()));
    found.ok_or_else(|| {
        let text = format!("there is no group `{name}`: fix control.socket_group");
        io::Error::new(io::ErrorKind::NotFound, text)
    })
}

async fn converse(
    stream: tokio::net::UnixStream,
    shared: &Shared,
    inbox: &mpsc::Sender<Call>,
) -> io::Result<()> {
    let by = peer(&stream).await;
    let (read, mut write) = stream.into_split();
    let mut lines = tokio::io::BufReader::new(read.take(LINE_BYTES_MAX)).lines();
    while let Some(line) = lines.next_line().await? {
        let answer = match request(&line) {
            Ok(request) => answer(request, by.clone(), shared, inbox).await,
            Err(refusal) => Err(refusal),
        };
        write.write_all(line_of(answer).as_bytes()).await?;
    }
    Ok(())
}

/// A line as a request. A word that only a client of another version knows is refused by name.
fn request(line: &str) -> Result<Request, Refusal> {
    serde_json::from_str(line).map_err(|error| Refusal::NotARequest {
        cause: error.to_string(),
    })
}

fn line_of(answer: Answer) -> String {
    let value = match answer {
        Ok(ok) => json!(Done { ok }),
        Err(refusal) => json!(Refused {
            error: refusal.text().en,
            refusal,
        }),
    };
    format!("{value}\n")
}

/// Who is at the other end, by the kernel's word.
async fn peer(stream: &tokio::net::UnixStream) -> Actor {
    let Ok(peer) = stream.peer_cred() else {
        return Actor {
            who: "unknown".to_owned(),
            from: "socket".to_owned(),
        };
    };
    let from = peer
        .pid()
        .map_or("socket".to_owned(), |pid| format!("socket, pid {pid}"));
    Actor {
        who: user_name(peer.uid())
            .await
            .unwrap_or_else(|| format!("uid {}", peer.uid())),
        from,
    }
}

/// The name of a user, as the system knows it (NSS), which may ask a server for it.
async fn user_name(uid: u32) -> Option<String> {
    let find = move || User::from_uid(Uid::from_raw(uid));
    let found = tokio::task::spawn_blocking(find).await.ok()?;
    found.ok()?.map(|user| user.name)
}

/// Whether a daemon takes calls on the socket of a state directory.
pub fn answers(state_dir: &Path) -> bool {
    UnixStream::connect(state_dir.join("control.sock")).is_ok()
}

/// Asks the daemon of a state directory.
///
/// # Errors
/// [`CallError`].
pub fn call(state_dir: &Path, request: &Request) -> Result<Value, CallError> {
    let path = state_dir.join("control.sock");
    let stream = UnixStream::connect(&path).map_err(|error| CallError::NoDaemon(path, error))?;
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .map_err(CallError::Io)?;
    let text = serde_json::to_string(request).map_err(|error| CallError::Io(error.into()))?;
    (&stream)
        .write_all(format!("{text}\n").as_bytes())
        .map_err(CallError::Io)?;
    let mut line = String::new();
    BufReader::new(&stream)
        .read_line(&mut line)
        .map_err(CallError::Io)?;
    if line.is_empty() {
        return Err(CallError::Io(io::ErrorKind::UnexpectedEof.into()));
    }
    read(&line)
}

/// What a line answers.
fn read(line: &str) -> Result<Value, CallError> {
    let line: Line = serde_json::from_str(line).map_err(|error| CallError::Io(error.into()))?;
    let Some(cause) = line.error else {
        return Ok(line.ok);
    };
    // A newer daemon may refuse for a reason that this version does not know: its sentence tells.
    let refusal = Refusal::deserialize(line.refusal);
    Err(CallError::Refused(
        refusal.unwrap_or(Refusal::NotARequest { cause }),
    ))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::{Value, json};

    use super::{CallError, line_of, read, request};
    use crate::model::refusal::Refusal;

    fn refusal(line: &str) -> Refusal {
        match read(line) {
            Err(CallError::Refused(refusal)) => refusal,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn answers_and_refusals_come_through_a_line() {
        for answer in [Value::Null, json!({"error": "of a run"})] {
            assert_eq!(read(&line_of(Ok(answer.clone()))).unwrap(), answer);
        }
        let sent = Refusal::NoRun {
            run_id: "1".to_owned(),
        };
        assert_eq!(refusal(&line_of(Err(sent.clone()))), sent);
    }

    #[test]
    fn unknown_words_are_refused_by_name() {
        for (line, word) in [
            (r#"{"verb": "dance"}"#, "`dance`"),
            (
                r#"{"verb": "resume", "job_id": "a", "gently": true}"#,
                "`gently`",
            ),
        ] {
            let sent = request(line).unwrap_err();
            let text = refusal(&line_of(Err(sent))).text().en;
            assert!(text.starts_with("not a request: unknown "), "{text}");
            assert!(text.contains(word), "{text}");
        }
    }

    /// A newer daemon may have reasons of its own.
    #[test]
    fn an_unknown_refusal_tells_its_sentence() {
        let line = r#"{"error": "the moon is full", "refusal": {"code": "moon"}}"#;
        assert!(refusal(line).text().en.ends_with("the moon is full"));
    }
}
