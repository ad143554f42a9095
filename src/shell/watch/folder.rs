//! What is remembered of the job files between looks: for each a stamp, a hash and what it said;
//! never its text. A look reads what changed and nothing else, and gives one whole `JobSet` (A9).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::model::diagnostic::Diagnostic;
use crate::model::job::{Cause, Job, JobId, JobSet};
use crate::shell::clock;
use crate::shell::disk::listing::{self, Listing};
use crate::shell::disk::{self, Stamp, Trust};
use crate::shell::settings;
use crate::shell::watch::hints::{Fold, Hints, Trace, inode};
use crate::shell::watch::origins::Origins;
use crate::shell::watch::settle::{Moving, QUIET, is_fresh, sooner};
use crate::shell::watch::wanted::wanted;
use crate::shell::{zone_files, zones};
use crate::spec::jobs::read::Reading;
use crate::spec::types::config::{ConfigSpec, Settings};

mod files;
mod set;

/// A folder is listed again when a watch was set meanwhile, at most this often in a row.
const ROUNDS_MAX: usize = 8;

/// The active jobs, by id.
pub type Good = BTreeMap<JobId, Arc<Job>>;

/// What is remembered of a file.
#[derive(Debug)]
struct Known {
    stamp: Stamp,
    hash: [u8; 16],
    /// Whether its stamp may hide a later change.
    is_fresh: bool,
    reading: Reading,
}

/// Why a look is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// For the record.
    pub cause: Cause,
    /// Read everything again.
    pub all: bool,
}

/// What a look found.
#[derive(Debug, Default)]
pub struct Found {
    /// The new set; `None` when nothing differs.
    pub set: Option<Arc<JobSet>>,
    /// Something is on its way: look again after this.
    pub again_in: Option<Duration>,
}

/// A folder of job files, its settings, and the system's watches on both.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    config_file: PathBuf,
    trust: Trust,
    /// The settings that the daemon began with.
    begun_with: ConfigSpec,
    /// The active settings: those of the last good `jobsd.yaml`.
    settings: Settings,
    config_stamp: Option<Stamp>,
    config_findings: Vec<Diagnostic>,
    restart_needed: Vec<String>,
    /// By path as a string of bytes: paths are compared part by part, which takes ten times longer.
    known: BTreeMap<OsString, Box<Known>>,
    moving: HashMap<PathBuf, Moving>,
    traces: HashMap<PathBuf, Trace>,
    /// Real folders and the names they go by; the same of files after links.
    folders: HashMap<PathBuf, PathBuf>,
    links: HashMap<PathBuf, Vec<PathBuf>>,
    outside: HashSet<PathBuf>,
    closed: Vec<PathBuf>,
    tree_findings: Vec<Diagnostic>,
    /// The active jobs, so that a bad file keeps its last good version (A9).
    good: Good,
    identity: Option<(u64, u64)>,
    replaced: Option<Instant>,
    origins: Origins,
    /// Hashes of files that were not known before this look.
    new_hashes: HashSet<[u8; 16]>,
    /// Files that were being written at this look, once that was asked.
    written: Option<HashSet<(u64, u64)>>,
    /// The first sign of the changes that were not sent yet.
    first_sign: Option<Instant>,
    /// Something differs from the last set that was sent.
    is_dirty: bool,
    has_begun: bool,
    /// The first look comes before the watches: it reads every file, and each reading would be an
    /// event.
    is_watching: bool,
    /// The system's watches.
    pub hints: Hints,
}

impl Folder {
    /// A folder of job files and its settings.
    pub fn new(
        root: PathBuf,
        config_file: PathBuf,
        begun_with: ConfigSpec,
        hints: Hints,
    ) -> Folder {
        Folder {
            root,
            config_file,
            trust: Trust::of_this_process(),
            settings: begun_with.settings(),
            begun_with,
            config_stamp: None,
            config_findings: Vec::new(),
            restart_needed: Vec::new(),
            known: BTreeMap::new(),
            moving: HashMap::new(),
            traces: HashMap::new(),
            folders: HashMap::new(),
            links: HashMap::new(),
            outside: HashSet::new(),
            closed: Vec::new(),
            tree_findings: Vec::new(),
            good: Good::new(),
            identity: None,
            replaced: None,
            origins: Origins::default(),
            new_hashes: HashSet::new(),
            written: None,
            first_sign: None,
            is_dirty: false,
            has_begun: false,
            is_watching: false,
            hints,
        }
    }

    /// The folder as the user names it.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The active jobs before the first look is loaded.
    pub fn set_good(&mut self, good: Good) {
        self.good = good;
    }

    /// Rebuilds what is remembered of files: a map that grows in order of its keys is half empty.
    pub fn compact(&mut self) {
        self.known = std::mem::take(&mut self.known).into_iter().collect();
        self.good = std::mem::take(&mut self.good).into_iter().collect();
    }

    /// Sets watches at each look from now on.
    pub fn begin_watching(&mut self) {
        self.is_watching = true;
    }

    /// Whether git is checking files out.
    pub fn is_checked_out(&self) -> bool {
        self.origins.is_busy()
    }

    /// git's lock of its index, which it holds while it checks files out.
    pub fn git_lock(&self) -> Option<PathBuf> {
        Some(self.origins.git_dir()?.join("index.lock"))
    }

    /// Whether the folder is another one than at the last look, or came or went: one system call.
    pub fn is_replaced(&self) -> bool {
        inode(&self.root) != self.identity
    }

    /// Takes hints in. The files that were renamed into their place, which can be looked at without
    /// waiting.
    pub fn note(&mut self, fold: Fold) -> Vec<PathBuf> {
        if fold.overflow {
            self.traces.clear();
        }
        if self.first_sign.is_none() {
            self.first_sign = fold.first;
        }
        let mut put = Vec::new();
        for (real, mut trace) in fold.traces {
            trace.moved_to = trace.moved_to.and_then(|to| self.shown(&to).pop());
            for shown in self.shown(&real) {
                let is_job = shown.file_name().is_some_and(disk::is_job_name)
                    && shown != self.root.join(disk::CONFIG_NAME);
                if trace.is_put && is_job {
                    put.push(shown.clone());
                }
                self.traces.insert(shown, trace.clone());
            }
        }
        put
    }

    /// The names that a real path goes by in the folder.
    fn shown(&self, real: &Path) -> Vec<PathBuf> {
        let mut names = self.links.get(real).cloned().unwrap_or_default();
        let folder = real.parent().and_then(|dir| self.folders.get(dir));
        if let (Some(folder), Some(name)) = (folder, real.file_name()) {
            names.push(folder.join(name));
        }
        if names.is_empty() && real.file_name() == self.config_file.file_name() {
            names.push(self.config_file.clone());
        }
        names
    }

    /// Looks only at these files: the fast way, with a whole look after it.
    pub fn look_at(&mut self, paths: &[PathBuf]) -> Found {
        let wish = Wish {
            cause: Cause::Edit,
            all: false,
        };
        self.written = None;
        for path in paths {
            if let Ok(meta) = std::fs::metadata(path) {
                self.consider(path, Stamp::of(&meta), wish, &mut None);
            }
        }
        self.drop_moved();
        self.drop_twins();
        self.finish(wish, None)
    }

    /// Forgets files that are gone and whose very text came up in a new one: a rename whose other
    /// half is not told yet.
    fn drop_twins(&mut self) {
        if self.new_hashes.is_empty() {
            return;
        }
        let same = |known: &Known| self.new_hashes.contains(&known.hash);
        let twins = self.known.iter().filter(|(_, known)| same(known));
        let gone: Vec<PathBuf> = twins
            .filter(|(path, _)| std::fs::symlink_metadata(path).is_err())
            .map(|(path, _)| path.into())
            .collect();
        for path in gone {
            self.forget(&path);
        }
    }

    /// Looks at everything: lists the folders, compares stamps, reads what changed and is quiet.
    ///
    /// # Errors
    /// A sentence that says what cannot be read and what to do.
    pub fn look(&mut self, wish: Wish) -> Result<Found, String> {
        let again_in = self.survey(wish)?;
        Ok(self.finish(wish, again_in))
    }

    /// Reads what changed and is quiet, without a set of it yet.
    ///
    /// # Errors
    /// As [`Folder::look`].
    pub fn survey(&mut self, wish: Wish) -> Result<Option<Duration>, String> {
        let begin = clock::monotonic();
        self.written = None;
        let listing = self.list()?;
        self.first_sign.get_or_insert(begin);
        if wish.all {
            forget_zones();
        }
        let all = self.look_at_config(wish) || wish.all;
        let wish = Wish { all, ..wish };
        let mut again_in = None;
        for path in &listing.files {
            match std::fs::metadata(path) {
                Ok(meta) => self.consider(path, Stamp::of(&meta), wish, &mut again_in),
                // A link to nothing; a file that went away meanwhile comes up at the next look.
                Err(_) if path.is_symlink() => self.take(path),
                Err(_) => sooner(&mut again_in, QUIET),
            }
        }
        self.drop_gone(&listing, &mut again_in);
        self.is_dirty |= self.tree_findings != listing.diagnostics;
        self.tree_findings = listing.diagnostics;
        self.traces.retain(|_, trace| trace.is_open);
        Ok(again_in)
    }

    /// The job of a file that was read, by its id.
    pub fn jobs(&self) -> HashMap<JobId, Arc<Job>> {
        let readings = self.known.values().map(|known| &known.reading);
        let jobs = readings.filter_map(|reading| reading.job.clone());
        jobs.map(|job| (job.id.clone(), job)).collect()
    }

    /// Lists the folder, watching each part of it before it is listed.
    fn list(&mut self) -> Result<Listing, String> {
        let mut rounds = 0;
        loop {
            let listed = listing::list(&self.root, self.trust);
            let identity = inode(&self.root);
            if identity != self.identity && self.has_begun {
                self.replaced = Some(clock::monotonic());
            }
            self.identity = identity;
            self.origins.look_around(&self.root);
            let nothing = Listing::default();
            let listed_or_nothing = listed.as_ref().unwrap_or(&nothing);
            let wanted = wanted(
                &self.root,
                &self.config_file,
                listed_or_nothing,
                self.origins.git_dir(),
            );
            let has_new = self.is_watching && self.hints.cover(&wanted);
            rounds += 1;
            if has_new && rounds < ROUNDS_MAX {
                continue;
            }
            let listing = listed.map_err(|error| error.to_string())?;
            self.folders = listing
                .folders
                .iter()
                .map(|(shown, real)| (real.clone(), shown.clone()))
                .collect();
            self.links.clear();
            for (shown, real) in &listing.links {
                let names = self.links.entry(real.clone()).or_default();
                names.push(shown.clone());
            }
            self.outside.clone_from(&listing.outside);
            self.closed.clone_from(&listing.closed);
            return Ok(listing);
        }
    }

    /// Looks at `jobsd.yaml`. Whether what it says changes the jobs.
    fn look_at_config(&mut self, wish: Wish) -> bool {
        let meta = std::fs::metadata(&self.config_file).ok();
        let stamp = meta.as_ref().map(Stamp::of);
        let is_open = self
            .traces
            .get(&self.config_file)
            .is_some_and(|trace| trace.is_open);
        let is_young = stamp.is_some_and(|stamp| is_fresh(&stamp, clock::now()));
        if self.has_begun && !wish.all && (stamp == self.config_stamp || is_open) {
            return false;
        }
        self.config_stamp = stamp.filter(|_| !is_young);
        let read = settings::read(&self.config_file, self.trust, Some(&self.begun_with));
        self.is_dirty |= self.config_findings != read.findings;
        self.config_findings = read.findings;
        let Some(config) = read.config else {
            return false;
        };
        self.restart_needed = config.restart_keys(&self.begun_with);
        let settings = config.settings();
        let is_new = self.settings != settings;
        self.settings = settings;
        is_new
    }

    fn is_closed(&self, path: &Path) -> bool {
        self.closed.iter().any(|dir| path.starts_with(dir))
    }
}

/// Lets zone files that were updated be read again, but for a folder in which reading might never
/// end.
fn forget_zones() {
    match zone_files::special_file() {
        None => zones::refresh(),
        Some(path) => {
            let path = path.display().to_string();
            tracing::warn!(
                path,
                "not a zone file but a FIFO, device or socket: the zone files are not read again \
                 until it is removed"
            );
        }
    }
}
