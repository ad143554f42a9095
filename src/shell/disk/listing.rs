//! `Listing`: the job files below a folder by their names. Links are followed and told, loops are
//! found, what cannot be read is a finding.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{CONFIG_NAME, Trust, finding, is_job_name, is_skipped, leads_out, outside, unreadable};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::text::cause::cause;
use crate::text::{Text, command_errors, findings};

/// Deepest folder below the root.
const DEPTH_MAX: usize = 16;

/// The job files below a folder, not read yet.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Their paths, in order.
    pub files: Vec<PathBuf>,
    /// Every folder: as it is named, and where it really is.
    pub folders: Vec<(PathBuf, PathBuf)>,
    /// Files that are links: as they are named, and where they lead.
    pub links: Vec<(PathBuf, PathBuf)>,
    /// Files that a link leads to out of the folder: what is wrong in them is not quoted.
    pub outside: HashSet<PathBuf>,
    /// Folders that could not be read: what they hold is not known to be gone.
    pub closed: Vec<PathBuf>,
    /// What is wrong with folders and links.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why a folder cannot be read at all.
#[derive(Debug)]
pub struct ScanError {
    root: PathBuf,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Io(io::Error),
    /// Others may write it, and this daemon is root.
    Open(Text),
}

impl ScanError {
    /// What to tell people.
    pub fn text(&self) -> Text {
        let root = self.root.display().to_string();
        let error = match &self.cause {
            Cause::Open(text) => return command_errors::refused_jobs_folder(&root, text),
            Cause::Io(error) => error,
        };
        match error.kind() {
            io::ErrorKind::NotFound => command_errors::no_jobs_folder(&root),
            io::ErrorKind::PermissionDenied => command_errors::closed_jobs_folder(&root),
            _ => command_errors::unreadable_jobs_folder(&root, &cause(error)),
        }
    }
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for ScanError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Io(error) => Some(error),
            Cause::Open(_) => None,
        }
    }
}

/// Lists every job file below `root`.
///
/// # Errors
/// [`ScanError`] when the root itself cannot be read, or is refused.
pub fn list(root: &Path, trust: Trust) -> Result<Listing, ScanError> {
    list_as(root, trust, true)
}

/// Lists the job files that really are below `root`; of a link that leads out of it only a warning
/// is there.
///
/// # Errors
/// [`ScanError`] when the root itself cannot be read.
pub fn list_inside(root: &Path) -> Result<Listing, ScanError> {
    list_as(root, Trust::Anyone, false)
}

fn list_as(root: &Path, trust: Trust, leaves: bool) -> Result<Listing, ScanError> {
    let fail = |cause| ScanError {
        root: root.to_owned(),
        cause,
    };
    let real = fs::canonicalize(root).map_err(|e| fail(Cause::Io(e)))?;
    let meta = fs::metadata(&real).map_err(|e| fail(Cause::Io(e)))?;
    if let Some(words) = trust.refusal(&real, &meta) {
        let (en, fr) = (&words.message, &words.help);
        let text = Text::new(
            format!("{}; {}", en.en, fr.en),
            format!("{} ; {}", en.fr, fr.fr),
        );
        return Err(fail(Cause::Open(text)));
    }
    fs::read_dir(&real).map_err(|e| fail(Cause::Io(e)))?;
    let mut walk = Walk {
        trust,
        leaves,
        root: real.clone(),
        trail: HashSet::new(),
        listing: Listing::default(),
    };
    walk.enter(root, &real, 0);
    let mut listing = walk.listing;
    listing
        .files
        .sort_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
    Ok(listing)
}

/// A walk through a folder.
struct Walk {
    trust: Trust,
    /// Whether links that lead out of the root are followed.
    leaves: bool,
    /// Where the root really is.
    root: PathBuf,
    /// The folders that this one is in, so that a link back is found.
    trail: HashSet<(u64, u64)>,
    listing: Listing,
}

impl Walk {
    /// Lists a folder, `real` being where it is.
    fn enter(&mut self, dir: &Path, real: &Path, depth: usize) {
        let shown = dir.to_string_lossy();
        let meta = match fs::metadata(dir) {
            Ok(meta) => meta,
            Err(error) => return self.close(dir, *unreadable(&shown, &error)),
        };
        let identity = (meta.dev(), meta.ino());
        if depth > DEPTH_MAX || !self.trail.insert(identity) {
            return self
                .listing
                .diagnostics
                .push(finding(&shown, findings::files::folder_loop()));
        }
        match (self.trust.refusal(dir, &meta), fs::read_dir(dir)) {
            (Some(words), _) => self.close(dir, finding(&shown, words)),
            (None, Err(error)) => self.close(dir, *unreadable(&shown, &error)),
            (None, Ok(entries)) => {
                let place = (dir.to_owned(), real.to_owned());
                self.listing.folders.push(place);
                for entry in entries.flatten() {
                    self.visit(&entry, real, depth);
                }
            }
        }
        self.trail.remove(&identity);
    }

    fn close(&mut self, dir: &Path, finding: Diagnostic) {
        self.listing.closed.push(dir.to_owned());
        self.listing.diagnostics.push(finding);
    }

    fn visit(&mut self, entry: &fs::DirEntry, parent: &Path, depth: usize) {
        let name = entry.file_name();
        // The daemon's own settings are no job, where the root holds both.
        if is_skipped(&name) || depth == 0 && name == CONFIG_NAME {
            return;
        }
        let path = entry.path();
        // The folder says what an entry is; only a link must be followed to know.
        let kind = entry.file_type().ok();
        let is_link = kind.is_none_or(|kind| kind.is_symlink());
        let is_dir = match kind {
            Some(kind) if !is_link => kind.is_dir(),
            _ => fs::metadata(&path).is_ok_and(|meta| meta.is_dir()),
        };
        if !is_dir && !is_job_name(&name) {
            return;
        }
        if is_link && !self.leaves && leads_out(&path, &self.root) {
            return self.listing.diagnostics.push(outside(&path));
        }
        let real = if is_link {
            fs::canonicalize(&path).ok()
        } else {
            Some(parent.join(&name))
        };
        if let Some(real) = real.as_ref().filter(|_| is_link && self.leaves) {
            self.follow(&path, real);
        }
        if is_dir {
            // A bind mount of a file that does not exist makes such a folder; what lies in it is
            // read all the same.
            if is_job_name(&name) {
                let words = findings::files::not_a_file("folder");
                let told = finding(&path.to_string_lossy(), words);
                self.listing.diagnostics.push(told);
            }
            return self.enter(&path, &real.unwrap_or_else(|| path.clone()), depth + 1);
        }
        if let Some(real) = real {
            let is_outside = !real.starts_with(&self.root);
            if is_outside {
                self.listing.outside.insert(path.clone());
            }
            if is_link {
                self.listing.links.push((path.clone(), real));
            }
        }
        self.listing.files.push(path);
    }

    /// A link that leads out of the folder is followed, and told.
    fn follow(&mut self, path: &Path, real: &Path) {
        if !real.starts_with(&self.root) {
            let words = findings::files::link_leaves(&real.to_string_lossy());
            let warning = Diagnostic {
                severity: Severity::Warning,
                ..finding(&path.to_string_lossy(), words)
            };
            self.listing.diagnostics.push(warning);
        }
    }
}
