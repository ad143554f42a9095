//! What the system says of changed files, folded: an event is never more than a hint to look
//! (docs/decisions/003-files.md). Each folder is watched by itself, so that a new one is watched
//! before it is listed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind, RenameMode};
use notify::{ErrorKind, RecursiveMode, Watcher};
use rustix::fs::FsWord;
use tokio::sync::mpsc;

use crate::shell::clock;

/// Files with hints that are kept apart; with more, everything is looked at.
const TRACES_MAX: usize = 4_096;
/// Folders that are watched.
const FOLDERS_MAX: usize = 8_192;
/// When watches could not be had, they are tried again after this.
const TRY_AGAIN: Duration = Duration::from_secs(10);
/// File systems whose changes on another machine raise no event here.
const REMOTE: [(FsWord, &str); 8] = [
    (0x6969, "NFS"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
    (0x00c3_6400, "Ceph"),
    (0x786f_4256, "VirtualBox"),
    (0x5346_414f, "AFS"),
];

/// What is wanted of a folder's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interest {
    /// Every entry: it holds job files.
    All,
    /// These entries alone: it holds a folder, a link or a file that matters among others that do
    /// not.
    Names(BTreeSet<OsString>),
}

/// The folders to watch.
pub type Wanted = BTreeMap<PathBuf, Interest>;

/// What happened to one file.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Someone writes to it and has not closed it.
    pub is_open: bool,
    /// It was renamed into its place as it is, and not written since.
    pub is_put: bool,
    /// It was renamed away, to here.
    pub moved_to: Option<PathBuf>,
    /// The last sign.
    pub last: Instant,
}

/// All hints since they were last taken.
#[derive(Debug, Default)]
pub struct Fold {
    /// By real path.
    pub traces: HashMap<PathBuf, Trace>,
    /// Hints were lost.
    pub overflow: bool,
    /// The first of them.
    pub first: Option<Instant>,
}

#[derive(Debug, Default)]
struct Shared {
    fold: Fold,
    wanted: Wanted,
}

/// The system's watches.
#[derive(Debug)]
pub struct Hints {
    shared: Arc<Mutex<Shared>>,
    signal: mpsc::Sender<()>,
    watcher: Option<notify::RecommendedWatcher>,
    /// Folders that are watched, and which inode each was then.
    watched: BTreeMap<PathBuf, (u64, u64)>,
    /// Why changes may come without a hint.
    blind: Option<String>,
    try_again: Option<Instant>,
    /// Whether a watch was set since the folders were last listed.
    has_new: bool,
}

impl Hints {
    /// Hints; `signal` gets a token when there are some.
    pub fn new(signal: mpsc::Sender<()>) -> Hints {
        Hints {
            shared: Arc::default(),
            signal,
            watcher: None,
            watched: BTreeMap::new(),
            blind: None,
            try_again: None,
            has_new: false,
        }
    }

    /// Takes what was folded so far.
    pub fn take(&self) -> Fold {
        std::mem::take(&mut lock(&self.shared).fold)
    }

    /// Why changes may come without a hint; `None` when every folder is watched.
    pub fn blind(&self) -> Option<&str> {
        self.blind.as_deref()
    }

    /// Watches these folders from now on. Whether one of them was not watched before: what it holds
    /// is to be listed again.
    pub fn cover(&mut self, wanted: &Wanted) -> bool {
        lock(&self.shared).wanted.clone_from(wanted);
        let now = clock::monotonic();
        if self.try_again.is_some_and(|at| now < at) {
            return false;
        }
        let was_blind = self.blind.take();
        let result = self.watch_all(wanted);
        self.blind = result
            .err()
            .or_else(|| wanted.keys().find_map(|dir| remote(dir)));
        self.try_again = None;
        if let Some(reason) = &self.blind {
            self.try_again = Some(now + TRY_AGAIN);
            if was_blind.as_ref() != Some(reason) {
                tracing::warn!(
                    reason = reason.as_str(),
                    "changes may raise no event; scanning"
                );
            }
        }
        std::mem::take(&mut self.has_new)
    }

    fn watch_all(&mut self, wanted: &Wanted) -> Result<(), String> {
        if self.watcher.is_none() {
            self.watched.clear();
            self.watcher = Some(self.begin()?);
        }
        let Some(watcher) = &mut self.watcher else {
            return Ok(());
        };
        let gone: Vec<PathBuf> = self
            .watched
            .iter()
            .filter(|(dir, known)| !wanted.contains_key(*dir) || inode(dir) != Some(**known))
            .map(|(dir, _)| dir.clone())
            .collect();
        for dir in gone {
            self.watched.remove(&dir);
            // The system drops the watch of a folder that is gone by itself.
            let _ = watcher.unwatch(&dir);
        }
        for dir in wanted.keys() {
            if self.watched.contains_key(dir) {
                continue;
            }
            if self.watched.len() >= FOLDERS_MAX {
                return Err(format!("more than {FOLDERS_MAX} folders"));
            }
            let Some(found) = inode(dir) else { continue };
            match watcher.watch(dir, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.watched.insert(dir.clone(), found);
                    self.has_new = true;
                }
                Err(error) => match error.kind {
                    ErrorKind::PathNotFound => {}
                    ErrorKind::MaxFilesWatch => {
                        return Err("no watch is left (fs.inotify.max_user_watches)".to_owned());
                    }
                    _ => return Err(format!("{} cannot be watched: {error}", dir.display())),
                },
            }
        }
        Ok(())
    }

    fn begin(&self) -> Result<notify::RecommendedWatcher, String> {
        let (shared, signal) = (self.shared.clone(), self.signal.clone());
        let hear = move |event: notify::Result<notify::Event>| {
            if lock(&shared).hear(event) {
                // A full channel holds a token already.
                let _ = signal.try_send(());
            }
        };
        notify::recommended_watcher(hear).map_err(|error| match error.kind {
            ErrorKind::Io(error) if error.raw_os_error() == Some(EMFILE) => {
                "no inotify instance is left (fs.inotify.max_user_instances)".to_owned()
            }
            _ => format!("no watches can be had: {error}"),
        })
    }
}

const EMFILE: i32 = rustix::io::Errno::MFILE.raw_os_error();

impl Shared {
    /// Folds an event in; whether it matters.
    fn hear(&mut self, event: notify::Result<notify::Event>) -> bool {
        let now = clock::monotonic();
        let event = match event {
            Ok(event) if !event.need_rescan() => event,
            _ => {
                self.fold.overflow = true;
                self.fold.first.get_or_insert(now);
                return true;
            }
        };
        if event.kind.is_access()
            && event.kind != EventKind::Access(AccessKind::Close(AccessMode::Write))
        {
            // Reading raises events too: ours must not make us read again.
            return false;
        }
        if !event.paths.iter().any(|path| self.matters(path)) {
            return false;
        }
        self.fold.first.get_or_insert(now);
        if let EventKind::Modify(ModifyKind::Name(RenameMode::Both)) = event.kind {
            if let [from, to] = &event.paths[..] {
                self.fold.trace(from, now).moved_to = Some(to.clone());
            }
            return true;
        }
        for path in &event.paths {
            let trace = self.fold.trace(path, now);
            match event.kind {
                EventKind::Access(_) => (trace.is_open, trace.is_put) = (false, false),
                EventKind::Modify(ModifyKind::Data(_)) => {
                    (trace.is_open, trace.is_put) = (true, false);
                }
                EventKind::Modify(ModifyKind::Name(RenameMode::To)) => {
                    (trace.is_open, trace.is_put, trace.moved_to) = (false, true, None);
                }
                EventKind::Create(_) => {
                    (trace.is_open, trace.is_put, trace.moved_to) = (false, false, None);
                }
                EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => {
                    (trace.is_open, trace.is_put) = (false, false);
                }
                _ => {}
            }
        }
        true
    }

    fn matters(&self, path: &Path) -> bool {
        if self.wanted.get(path) == Some(&Interest::All) {
            return true;
        }
        let interest = path.parent().and_then(|dir| self.wanted.get(dir));
        match (interest, path.file_name()) {
            (Some(Interest::All), _) => true,
            (Some(Interest::Names(names)), Some(name)) => names.contains(name),
            _ => false,
        }
    }
}

impl Fold {
    fn trace(&mut self, path: &Path, now: Instant) -> &mut Trace {
        if self.traces.len() >= TRACES_MAX && !self.traces.contains_key(path) {
            self.traces.clear();
            self.overflow = true;
        }
        let fresh = || Trace {
            is_open: false,
            is_put: false,
            moved_to: None,
            last: now,
        };
        let trace = self.traces.entry(path.to_owned()).or_insert_with(fresh);
        trace.last = now;
        trace
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Device and inode of what a path leads to.
pub fn inode(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path)
        .ok()
        .map(|meta| (meta.dev(), meta.ino()))
}

fn remote(dir: &Path) -> Option<String> {
    let kind = rustix::fs::statfs(dir).ok()?.f_type;
    let found = REMOTE.iter().find(|(magic, _)| *magic == kind)?;
    Some(format!(
        "{} is on {}: changes made on another machine raise no event",
        dir.display(),
        found.1
    ))
}
