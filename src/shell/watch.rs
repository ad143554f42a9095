//! Notices that job files changed, reads them, and sends a whole `JobSet`. An event of the file system is only a hint to
//! scan (docs/decisions/003-files.md); a slow scan stands behind the hints.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{RecursiveMode, Watcher};
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, oneshot};

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::job::{Job, JobId, JobSet};
use crate::shell::clock::pause;
use crate::shell::disk::{self, Scan};
use crate::shell::settings;
use crate::spec::config::Settings;
use crate::spec::{self, SourceFile};

/// Hints are collected until none came for this long …
const QUIET: Duration = Duration::from_millis(60);
/// … but not longer than this.
const QUIET_MAX: Duration = Duration::from_millis(500);
/// The scan behind the hints.
const SAFETY_SCAN: Duration = Duration::from_secs(10);
/// While the folder cannot be read.
const MISSING_SCAN: Duration = Duration::from_secs(1);

/// What the watcher tells the loop.
#[derive(Debug)]
pub enum News {
    /// An input for the scheduler, and the jobs and findings in full for whoever shows them.
    Loaded(Arc<JobSet>),
    /// The folder cannot be read; why and what to do. `None`: it can be read again.
    Trouble(Option<String>),
}

/// A wish to scan now; answered when the scan is sent on.
pub type Ask = oneshot::Sender<Result<(), String>>;

/// What the watcher remembers between scans.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    config_file: PathBuf,
    /// The settings in force: those of the last good `jobsd.yaml`.
    settings: Settings,
    /// The jobs in force, so that a bad file keeps its last good version (A9).
    good: BTreeMap<JobId, Arc<Job>>,
    seen: Option<[u8; 32]>,
}

impl Folder {
    /// A folder of job files and its settings, with the jobs that are in force before the first scan.
    pub fn new(
        root: PathBuf,
        config_file: PathBuf,
        settings: Settings,
        good: BTreeMap<JobId, Arc<Job>>,
    ) -> Folder {
        Folder {
            root,
            config_file,
            settings,
            good,
            seen: None,
        }
    }

    /// Reads the folder. `None` when nothing differs from the last scan.
    ///
    /// # Errors
    /// A sentence that says what cannot be read and what to do.
    pub fn scan(&mut self) -> Result<Option<Arc<JobSet>>, String> {
        let mut scan = disk::scan(&self.root).map_err(|error| error.to_string())?;
        let (config, findings) = settings::read(&self.config_file);
        if let Some(config) = config {
            self.settings = config.settings();
        }
        scan.diagnostics.extend(findings);
        let seen = fingerprint(&scan, &self.settings);
        if self.seen == Some(seen) {
            return Ok(None);
        }
        let set = self.merge(scan);
        self.seen = Some(seen);
        self.good.clone_from(&set.jobs);
        Ok(Some(Arc::new(set)))
    }

    /// Forgets the last scan, so that the next one is sent whatever it finds.
    pub fn forget(&mut self) {
        self.seen = None;
    }

    fn merge(&self, scan: Scan) -> JobSet {
        crate::time::forget_zones();
        let loaded = spec::load(&scan.files, &self.settings);
        let mut jobs = loaded.jobs;
        let mut diagnostics: Vec<Diagnostic> = scan.diagnostics;
        diagnostics.extend(loaded.diagnostics);
        diagnostics.retain(|finding| finding.severity != Severity::Note);
        diagnostics.sort();
        diagnostics.dedup();
        for bad in diagnostics.iter().filter(|finding| finding.is_error()) {
            let stem = Path::new(&bad.path)
                .file_stem()
                .and_then(|stem| stem.to_str());
            let Some(id) = stem.and_then(JobId::new) else {
                continue;
            };
            if let Some(last_good) = self.good.get(&id) {
                jobs.entry(id).or_insert_with(|| last_good.clone());
            }
        }
        let files = scan.files.len();
        JobSet {
            jobs,
            diagnostics,
            revision: revision(&self.root),
            files,
        }
    }
}

/// Watches a folder until the receiver of its news is gone.
///
/// # Errors
/// Never: where the folder or the system's watches are out of reach, it scans, and says so.
pub async fn watch(mut folder: Folder, news: mpsc::Sender<News>, mut asks: mpsc::Receiver<Ask>) {
    let (hint, mut hints) = mpsc::channel::<()>(1);
    let mut watcher = Hints::new(hint);
    let mut waiting: Option<Ask> = None;
    loop {
        watcher.renew(&folder.root);
        let (back, result) = scan_aside(folder).await;
        folder = back;
        let is_missing = result.is_err();
        let answer = result.as_ref().map(|_| ()).map_err(Clone::clone);
        let message = match result {
            Ok(Some(set)) => {
                if news.send(News::Trouble(None)).await.is_err() {
                    return;
                }
                Some(News::Loaded(set))
            }
            Ok(None) => Some(News::Trouble(None)),
            Err(sentence) => {
                folder.forget();
                Some(News::Trouble(Some(sentence)))
            }
        };
        if let Some(message) = message
            && news.send(message).await.is_err()
        {
            return;
        }
        if let Some(ask) = waiting.take() {
            // Whoever asked may have gone away.
            let _ = ask.send(answer);
        }
        let longest = if is_missing {
            MISSING_SCAN
        } else {
            SAFETY_SCAN
        };
        tokio::select! {
            Some(()) = hints.recv() => settle(&mut hints).await,
            ask = asks.recv() => match ask {
                Some(ask) => { folder.forget(); waiting = Some(ask); }
                None => return,
            },
            () = pause(longest) => {}
        }
    }
}

/// Waits until no hint came for [`QUIET`], at most [`QUIET_MAX`].
async fn settle(hints: &mut mpsc::Receiver<()>) {
    let quiet = async {
        loop {
            tokio::select! {
                Some(()) = hints.recv() => {}
                () = pause(QUIET) => return,
            }
        }
    };
    tokio::select! {
        () = quiet => {}
        () = pause(QUIET_MAX) => {}
    }
}

async fn scan_aside(mut folder: Folder) -> (Folder, Result<Option<Arc<JobSet>>, String>) {
    let (root, config_file) = (folder.root.clone(), folder.config_file.clone());
    let settings = folder.settings.clone();
    let work = move || {
        let result = folder.scan();
        (folder, result)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => {
            let sentence = format!("reading {} failed: {error}", root.display());
            (
                Folder::new(root, config_file, settings, BTreeMap::new()),
                Err(sentence),
            )
        }
    }
}

/// The system's watches, renewed at each scan because a watched folder may have been replaced.
struct Hints {
    hint: mpsc::Sender<()>,
    watcher: Option<notify::RecommendedWatcher>,
    watched: Option<(PathBuf, u64)>,
}

impl Hints {
    fn new(hint: mpsc::Sender<()>) -> Hints {
        Hints {
            hint,
            watcher: None,
            watched: None,
        }
    }

    /// Watches the real folder and its parent again when either was replaced.
    fn renew(&mut self, root: &Path) {
        let real = root.canonicalize().ok();
        let key = real.and_then(|real| Some((real.clone(), inode(&real)?)));
        if key == self.watched && self.watcher.is_some() {
            return;
        }
        self.watched = key;
        self.watcher = self.begin(root).ok();
        if self.watcher.is_none() {
            tracing::debug!(jobs = %root.display(), "no file watches; scanning");
        }
    }

    fn begin(&self, root: &Path) -> notify::Result<notify::RecommendedWatcher> {
        let hint = self.hint.clone();
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                let is_read = event.is_ok_and(|event| event.kind.is_access());
                if !is_read {
                    // A full channel holds a hint already.
                    let _ = hint.try_send(());
                }
            })?;
        if let Some((real, _)) = &self.watched {
            watcher.watch(real, RecursiveMode::Recursive)?;
        }
        let parent = root
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        watcher.watch(
            parent.unwrap_or(Path::new(".")),
            RecursiveMode::NonRecursive,
        )?;
        Ok(watcher)
    }
}

fn inode(path: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|meta| meta.ino())
}

fn fingerprint(scan: &Scan, settings: &Settings) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(format!("{settings:?}"));
    for SourceFile { path, bytes } in &scan.files {
        hash.update((path.len() as u64).to_le_bytes());
        hash.update(path.as_bytes());
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    for finding in &scan.diagnostics {
        hash.update(finding.place().as_bytes());
        hash.update(finding.message.en.as_bytes());
    }
    hash.finalize().into()
}

/// The commit of the tree that holds the folder, with `+` when files in it differ; `None` without git.
fn revision(root: &Path) -> Option<String> {
    let head = git(root, &["rev-parse", "HEAD"]).ok()?;
    let changes = git(root, &["status", "--porcelain", "--", ".", "../jobsd.yaml"]).ok()?;
    let mark = if changes.is_empty() { "" } else { "+" };
    Some(format!("{}{mark}", head.trim()))
}

fn git(dir: &Path, args: &[&str]) -> io::Result<String> {
    let mut command = std::process::Command::new("git");
    let command = command
        .args(["--no-optional-locks", "-C"])
        .arg(dir)
        .args(args);
    let output = command.stdin(std::process::Stdio::null()).output()?;
    if !output.status.success() {
        return Err(io::Error::other("git refused"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
