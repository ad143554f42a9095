//! Reads a directory of job files. Nothing here can hang or grow: regular files only, checked on the open descriptor.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::model::diagnostic::{Diagnostic, Severity, Span};
use crate::spec::SourceFile;
use crate::text::Words;
use crate::text::findings::{self, Unreadable};

/// Largest job file.
pub const FILE_BYTES_MAX: u64 = 1 << 20;
/// Deepest folder below the root.
const DEPTH_MAX: usize = 16;

/// What a folder holds.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// The files that could be read, in order of path.
    pub files: Vec<SourceFile>,
    /// The files that could not.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why a folder cannot be read at all.
#[derive(Debug)]
pub struct ScanError {
    root: PathBuf,
    source: io::Error,
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = self.root.display();
        match self.source.kind() {
            io::ErrorKind::NotFound => {
                write!(
                    f,
                    "the jobs folder {root} does not exist: create it, or name another with --jobs"
                )
            }
            io::ErrorKind::PermissionDenied => {
                write!(
                    f,
                    "the jobs folder {root} cannot be read: give this user read and search permission"
                )
            }
            _ => write!(f, "the jobs folder {root} cannot be read: {}", self.source),
        }
    }
}

impl std::error::Error for ScanError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// The job files below a folder, not read yet.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Their paths, in order.
    pub files: Vec<PathBuf>,
    /// The folders that could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads every job file below `root`; names that start with `.` or `_` are skipped.
///
/// # Errors
/// [`ScanError`] when the root itself cannot be read. Whatever is wrong inside it is a finding.
pub fn scan(root: &Path) -> Result<Scan, ScanError> {
    let listing = list(root)?;
    let mut scan = Scan {
        files: Vec::new(),
        diagnostics: listing.diagnostics,
    };
    for path in listing.files {
        match read_one(&path) {
            Ok(file) => scan.files.push(file),
            Err(finding) => scan.diagnostics.push(*finding),
        }
    }
    scan.diagnostics.sort();
    Ok(scan)
}

/// Lists every job file below `root`.
///
/// # Errors
/// [`ScanError`] when the root itself cannot be read.
pub fn list(root: &Path) -> Result<Listing, ScanError> {
    let fail = |source| ScanError {
        root: root.to_owned(),
        source,
    };
    let real = fs::canonicalize(root).map_err(fail)?;
    fs::read_dir(&real).map_err(fail)?;
    let mut listing = Listing::default();
    walk(root, 0, &mut HashSet::new(), &mut listing);
    listing
        .files
        .sort_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
    Ok(listing)
}

/// Reads one file.
///
/// # Errors
/// A finding that says why it is refused.
pub fn read_one(path: &Path) -> Result<SourceFile, Box<Diagnostic>> {
    let shown = path.to_string_lossy().into_owned();
    let refuse = |words| Box::new(finding(&shown, words));
    let file = open(path).map_err(|error| unreadable(&shown, &error))?;
    let meta = file
        .metadata()
        .map_err(|error| unreadable(&shown, &error))?;
    if !meta.is_file() {
        return Err(refuse(findings::not_a_file(kind(&meta))));
    }
    if meta.len() > FILE_BYTES_MAX {
        return Err(refuse(findings::too_large(FILE_BYTES_MAX)));
    }
    let length = usize::try_from(meta.len()).unwrap_or(0);
    let bytes = read_whole(&file, length).map_err(|error| unreadable(&shown, &error))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(refuse(findings::too_large(FILE_BYTES_MAX)));
    }
    Ok(SourceFile { path: shown, bytes })
}

/// Reads a file that was this long a moment ago: mostly one call, for a short read of a regular file is its end.
fn read_whole(file: &File, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length + 1];
    let mut filled = 0;
    loop {
        let read = (&mut &*file).read(&mut bytes[filled..])?;
        filled += read;
        if filled < bytes.len() || filled as u64 > FILE_BYTES_MAX {
            bytes.truncate(filled);
            return Ok(bytes);
        }
        bytes.resize(2 * bytes.len(), 0);
    }
}

fn walk(dir: &Path, depth: usize, trail: &mut HashSet<(u64, u64)>, scan: &mut Listing) {
    let shown = dir.to_string_lossy();
    let identity = match fs::metadata(dir) {
        Ok(meta) => (meta.dev(), meta.ino()),
        Err(error) => return scan.diagnostics.push(*unreadable(&shown, &error)),
    };
    if depth > DEPTH_MAX || !trail.insert(identity) {
        return scan
            .diagnostics
            .push(finding(&shown, findings::folder_loop()));
    }
    match fs::read_dir(dir) {
        Err(error) => scan.diagnostics.push(*unreadable(&shown, &error)),
        Ok(entries) => {
            let mut found: Vec<fs::DirEntry> = entries.flatten().collect();
            found.sort_by_cached_key(fs::DirEntry::file_name);
            for entry in found {
                visit(&entry, depth, trail, scan);
            }
        }
    }
    trail.remove(&identity);
}

fn visit(entry: &fs::DirEntry, depth: usize, trail: &mut HashSet<(u64, u64)>, scan: &mut Listing) {
    let (name, path) = (entry.file_name(), entry.path());
    if name.to_string_lossy().starts_with(['.', '_']) {
        return;
    }
    // The folder says what an entry is; only a link must be followed to know.
    let is_dir = match entry.file_type() {
        Ok(kind) if !kind.is_symlink() => kind.is_dir(),
        _ => fs::metadata(&path).is_ok_and(|meta| meta.is_dir()),
    };
    if is_dir {
        return walk(&path, depth + 1, trail, scan);
    }
    if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
        scan.files.push(path);
    }
}

/// Opens without waiting for a writer of a FIFO and without taking a terminal.
fn open(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC).bits();
    OpenOptions::new()
        .read(true)
        .custom_flags(flags.cast_signed())
        .open(path)
}

fn kind(meta: &fs::Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let kind = meta.file_type();
    if kind.is_fifo() {
        "FIFO"
    } else if kind.is_dir() {
        "folder"
    } else if kind.is_char_device() || kind.is_block_device() {
        "device"
    } else {
        "special file"
    }
}

fn unreadable(shown: &str, error: &io::Error) -> Box<Diagnostic> {
    let cause = match error
        .raw_os_error()
        .map(rustix::io::Errno::from_raw_os_error)
    {
        Some(rustix::io::Errno::NXIO) => {
            return Box::new(finding(shown, findings::not_a_file("socket")));
        }
        Some(rustix::io::Errno::LOOP) => Unreadable::LinkLoop,
        Some(rustix::io::Errno::NOENT) => Unreadable::LinkNowhere,
        _ => Unreadable::Other,
    };
    let help = findings::unreadable_help(cause);
    Box::new(finding(
        shown,
        findings::unreadable(&error.to_string(), help),
    ))
}

/// A finding about a file as a whole.
pub fn finding(path: &str, words: Words) -> Diagnostic {
    Diagnostic {
        path: path.to_owned(),
        span: Span::START,
        severity: Severity::Error,
        code: words.code,
        key: String::new(),
        message: words.message,
        help: words.help,
        related: Vec::new(),
    }
}
