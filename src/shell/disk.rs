//! Reads a directory of job files. Nothing here can hang or grow: regular files only, checked on
//! the open descriptor.

pub mod listing;
pub mod scan;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;

use crate::model::diagnostic::{Diagnostic, Severity, Span};
use crate::spec::SourceFile;
use crate::text::Words;
use crate::text::cause::cause;
use crate::text::findings;
use crate::text::findings::files::Unreadable;
use crate::time::Timestamp;

/// Largest job file.
pub const FILE_BYTES_MAX: u64 = 1 << 20;
/// Name of the daemon's own settings.
pub const CONFIG_NAME: &str = "jobsd.yaml";

/// Who else may write what is read. A daemon that runs as root would run, as root, whatever they
/// write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Whatever can be read is used.
    Anyone,
    /// Only what no one but root can write.
    RootAlone,
}

impl Trust {
    /// What this process needs: [`Trust::RootAlone`] when it runs as root.
    pub fn of_this_process() -> Trust {
        if rustix::process::geteuid().is_root() {
            Trust::RootAlone
        } else {
            Trust::Anyone
        }
    }

    /// Why this is refused, if it is. No one writes on a read-only file system (a mounted
    /// ConfigMap).
    fn refusal(self, path: &Path, meta: &fs::Metadata) -> Option<Words> {
        let is_open = meta.mode() & 0o022 != 0 || meta.uid() != 0;
        if self == Trust::Anyone || !is_open {
            return None;
        }
        let flags = rustix::fs::statvfs(path).map(|stat| stat.f_flag);
        let is_read_only =
            flags.is_ok_and(|flags| flags.contains(rustix::fs::StatVfsMountFlags::RDONLY));
        let mode = meta.mode() & 0o7777;
        (!is_read_only).then(|| findings::files::open_to_others(meta.is_dir(), mode, meta.uid()))
    }
}

/// What a file was when it was looked at; another one means that it was written, replaced or
/// touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    dev: u64,
    inode: u64,
    size: u64,
    mtime_ns: i64,
    ctime_ns: i64,
}

impl Stamp {
    /// The stamp of what is open or at a path.
    pub fn of(meta: &fs::Metadata) -> Stamp {
        let nanos =
            |secs: i64, nanos: i64| secs.saturating_mul(1_000_000_000).saturating_add(nanos);
        Stamp {
            dev: meta.dev(),
            inode: meta.ino(),
            size: meta.size(),
            mtime_ns: nanos(meta.mtime(), meta.mtime_nsec()),
            ctime_ns: nanos(meta.ctime(), meta.ctime_nsec()),
        }
    }

    /// Device and inode.
    pub fn identity(&self) -> (u64, u64) {
        (self.dev, self.inode)
    }

    /// How long ago the file last changed in any way; `None` when its clock is ahead of ours.
    pub fn age(&self, now: Timestamp) -> Option<Duration> {
        let nanos = now.as_nanosecond() - i128::from(self.ctime_ns);
        u64::try_from(nanos).ok().map(Duration::from_nanos)
    }
}

/// A file as it was read.
#[derive(Debug)]
pub struct Taken {
    /// Its path and content.
    pub file: SourceFile,
    /// What it was before the first byte was read.
    pub stamp: Stamp,
    /// Whether it was the same after the last byte.
    pub is_steady: bool,
}

/// Reads one file.
///
/// # Errors
/// A finding that says why it is refused.
pub fn read_one(path: &Path) -> Result<SourceFile, Box<Diagnostic>> {
    take_one(path, Trust::Anyone).map(|taken| taken.file)
}

/// Reads one file, and tells whether it was written meanwhile.
///
/// # Errors
/// A finding that says why it is refused.
pub fn take_one(path: &Path, trust: Trust) -> Result<Taken, Box<Diagnostic>> {
    let shown = path.to_string_lossy().into_owned();
    let refuse = |words| Box::new(finding(&shown, words));
    let file = open(path).map_err(|error| unreadable(&shown, &error))?;
    let meta = file
        .metadata()
        .map_err(|error| unreadable(&shown, &error))?;
    if !meta.is_file() {
        return Err(refuse(findings::files::not_a_file(kind(&meta))));
    }
    if let Some(words) = trust.refusal(path, &meta) {
        return Err(refuse(words));
    }
    if meta.len() > FILE_BYTES_MAX {
        return Err(refuse(findings::files::too_large(FILE_BYTES_MAX)));
    }
    let length = usize::try_from(meta.len()).unwrap_or(0);
    let bytes = read_whole(&file, length).map_err(|error| unreadable(&shown, &error))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(refuse(findings::files::too_large(FILE_BYTES_MAX)));
    }
    let stamp = Stamp::of(&meta);
    let after = file
        .metadata()
        .map_err(|error| unreadable(&shown, &error))?;
    Ok(Taken {
        is_steady: Stamp::of(&after) == stamp,
        file: SourceFile { path: shown, bytes },
        stamp,
    })
}

/// Whether a name is that of a job file.
pub fn is_job_name(name: &std::ffi::OsStr) -> bool {
    let path = Path::new(name);
    !is_skipped(name) && path.extension().is_some_and(|e| e == "yaml" || e == "yml")
}

fn is_skipped(name: &std::ffi::OsStr) -> bool {
    name.to_string_lossy().starts_with(['.', '_'])
}

/// Reads a file that was this long a moment ago: mostly one call, for a short read of a regular
/// file is its end.
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

/// Where a folder really is; the empty path is the working directory.
pub fn real_folder(folder: &Path) -> Option<PathBuf> {
    let is_here = folder == Path::new("");
    fs::canonicalize(if is_here { Path::new(".") } else { folder }).ok()
}

/// Whether a path is a link to a file or folder that is not below this real folder. A link to
/// anything else is refused when it is read.
pub fn leads_out(path: &Path, real: &Path) -> bool {
    let is_link = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink());
    let is_of_use = || fs::metadata(path).is_ok_and(|meta| meta.is_file() || meta.is_dir());
    let is_out = || fs::canonicalize(path).is_ok_and(|target| !target.starts_with(real));
    is_link && is_of_use() && is_out()
}

/// The warning about such a link where it is not followed. Nothing of what it leads to is in it.
pub fn outside(path: &Path) -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        ..finding(&path.to_string_lossy(), findings::files::outside_link())
    }
}

/// The finding about a link that leads nowhere.
pub fn leads_nowhere(path: &Path) -> Diagnostic {
    let error = io::Error::from(rustix::io::Errno::NOENT);
    *unreadable(&path.to_string_lossy(), &error)
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
    } else if kind.is_socket() {
        "socket"
    } else {
        "special file"
    }
}

fn unreadable(shown: &str, error: &io::Error) -> Box<Diagnostic> {
    let reason = match error
        .raw_os_error()
        .map(rustix::io::Errno::from_raw_os_error)
    {
        Some(rustix::io::Errno::NXIO) => {
            // A socket, or a terminal that this process has none of.
            let meta = fs::metadata(shown);
            let kind = meta.map_or("special file", |meta| kind(&meta));
            return Box::new(finding(shown, findings::files::not_a_file(kind)));
        }
        Some(rustix::io::Errno::LOOP) => Unreadable::LinkLoop,
        Some(rustix::io::Errno::NOENT) => Unreadable::LinkNowhere,
        _ => Unreadable::Other,
    };
    let help = findings::files::unreadable_help(reason);
    Box::new(finding(
        shown,
        findings::files::unreadable(&cause(error), help),
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
