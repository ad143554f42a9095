//! The control socket `control.sock` (0600): one JSON request per line, one JSON answer per line. The only way in that
//! can send an input; a router of its own.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;

use crate::shell::clock::{self, pause};
use crate::text::Lang;
use crate::view::status::Shared;
use crate::view::{api, drift};

/// Longest request.
const LINE_BYTES_MAX: u64 = 64 << 10;
/// Connections at the same time; more wait.
const CONNECTIONS_MAX: usize = 64;
/// Longest life of a connection.
const CONNECTION_MAX: Duration = Duration::from_secs(30);

/// A request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "lowercase", deny_unknown_fields)]
pub enum Request {
    /// The daemon, or one job.
    Status {
        /// The job.
        #[serde(default)]
        job_id: Option<String>,
    },
    /// Run a job now.
    Run {
        /// The job.
        job_id: String,
        /// Leave outside effects out.
        #[serde(default)]
        dry_run: bool,
    },
    /// End a run.
    Cancel {
        /// The run.
        run_id: String,
    },
    /// Read the job files now.
    Reload,
    /// File and digest of every job in force, or the definition of one.
    InForce {
        /// The job.
        #[serde(default)]
        job_id: Option<String>,
    },
}

/// A request on its way to the loop, with where its answer goes.
pub type Call = (Request, oneshot::Sender<Result<Value, String>>);

/// Why a call failed.
#[derive(Debug)]
pub enum CallError {
    /// Nobody listens; what to do.
    NoDaemon(PathBuf, io::Error),
    /// The daemon refused, in its words.
    Refused(String),
    /// The connection broke.
    Io(io::Error),
}

/// Binds the socket; one left by a dead daemon is replaced (the lock is ours).
///
/// # Errors
/// Those of the file system.
pub fn bind(path: &Path) -> io::Result<UnixListener> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // The folder is 0700, so there is no moment in which another user could connect.
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Serves until the task is dropped.
pub async fn serve(listener: UnixListener, shared: Arc<Shared>, inbox: mpsc::Sender<Call>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut tasks = JoinSet::new();
    loop {
        while tasks.try_join_next().is_some() {}
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors: the next try may find some.
            pause(Duration::from_millis(50)).await;
            continue;
        };
        let (shared, inbox) = (shared.clone(), inbox.clone());
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

async fn converse(
    stream: tokio::net::UnixStream,
    shared: &Shared,
    inbox: &mpsc::Sender<Call>,
) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = tokio::io::BufReader::new(read.take(LINE_BYTES_MAX)).lines();
    while let Some(line) = lines.next_line().await? {
        let answer = match serde_json::from_str::<Request>(&line) {
            Ok(request) => answer(request, shared, inbox).await,
            Err(error) => Err(format!("not a request: {error}")),
        };
        let text = match answer {
            Ok(value) => json!({"ok": value}),
            Err(sentence) => json!({"error": sentence}),
        };
        write.write_all(format!("{text}\n").as_bytes()).await?;
    }
    Ok(())
}

async fn answer(
    request: Request,
    shared: &Shared,
    inbox: &mpsc::Sender<Call>,
) -> Result<Value, String> {
    match &request {
        Request::Status { job_id } => return status(shared, job_id.as_deref()),
        Request::InForce { job_id } => return in_force(shared, job_id.as_deref()),
        _ => {}
    }
    let (sender, receiver) = oneshot::channel();
    inbox
        .send((request, sender))
        .await
        .map_err(|_| "the daemon is stopping".to_owned())?;
    receiver
        .await
        .map_err(|_| "the daemon is stopping".to_owned())?
}

fn status(shared: &Shared, job_id: Option<&str>) -> Result<Value, String> {
    let status = shared.read();
    if let Some(id) = job_id {
        let job = status
            .jobs
            .get(id)
            .and_then(|job| api::job(job, clock::now()));
        return job.ok_or_else(|| format!("no job `{id}`: see jobsd list"));
    }
    let running: Vec<_> = status
        .jobs
        .values()
        .flat_map(|job| job.running.values())
        .collect();
    let errors = status
        .diagnostics
        .iter()
        .filter(|finding| finding.is_error());
    Ok(json!({
        "version": status.version,
        "host": status.host,
        "started_at": status.started_at.map(crate::time::rfc3339),
        "revision": status.revision,
        "files": status.files,
        "journal_syncs": status.syncs,
        "torn_lines": status.torn_lines,
        "supervision": status.supervision,
        "zone_data": crate::shell::zones::version(),
        "jobs": status.jobs.values().filter(|job| job.present).count(),
        "running": running,
        "reasons": status.health.values().collect::<Vec<_>>(),
        "warnings": errors.map(|e| drift::line(&status, e, Lang::En)).collect::<Vec<_>>(),
        "drift": api::drift(&status),
        "restart_needed": status.restart_needed,
        "watching": api::watching(&status),
    }))
}

fn in_force(shared: &Shared, job_id: Option<&str>) -> Result<Value, String> {
    let status = shared.read();
    let mut jobs = status.jobs.values().filter(|job| job.present);
    if let Some(id) = job_id {
        let mut jobs = jobs.filter_map(|status| status.job.as_ref());
        let job = jobs.find(|job| job.id.as_str() == id);
        return job
            .map(|job| job.definition.value())
            .ok_or_else(|| format!("no job `{id}`: see jobsd list"));
    }
    let mut list = serde_json::Map::new();
    for job in jobs.by_ref().filter_map(|status| status.job.as_ref()) {
        let version = json!({"file": job.file, "digest": job.digest});
        list.insert(job.id.to_string(), version);
    }
    Ok(json!({
        "revision": status.revision,
        "restart_needed": status.restart_needed,
        "jobs": list,
    }))
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
    let mut answer: Value =
        serde_json::from_str(&line).map_err(|error| CallError::Io(error.into()))?;
    match answer["error"].as_str() {
        Some(sentence) => Err(CallError::Refused(sentence.to_owned())),
        None => Ok(answer["ok"].take()),
    }
}
