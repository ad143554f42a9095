//! Reads a folder of job files whole.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::model::diagnostic::Diagnostic;
use crate::shell::disk::listing::{self, ScanError};
use crate::shell::disk::{Trust, read_one};
use crate::spec::SourceFile;

/// What a folder holds.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// The files that could be read, in order of path.
    pub files: Vec<SourceFile>,
    /// The files that could not.
    pub diagnostics: Vec<Diagnostic>,
    /// Files that a link leads to out of the folder: what is wrong in them is not quoted.
    pub outside: HashSet<PathBuf>,
}

/// Reads every job file below `root`; names that start with `.` or `_` are skipped.
///
/// # Errors
/// [`ScanError`] when the root itself cannot be read. Whatever is wrong inside it is a finding.
pub fn scan(root: &Path) -> Result<Scan, ScanError> {
    let listing = listing::list(root, Trust::Anyone)?;
    let mut scan = Scan {
        files: Vec::new(),
        diagnostics: listing.diagnostics,
        outside: listing.outside,
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
