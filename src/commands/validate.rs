//! `jobsd validate`: a compiler for job files. No daemon, no network.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::render::{jsonl, text};
use crate::shell::disk;
use crate::spec::{self, SourceFile};

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON object per line.
    Jsonl,
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Files and folders; ids are unique within each.
    pub paths: Vec<PathBuf>,
    /// How findings are written.
    pub format: Format,
    /// Warnings count as errors.
    pub deny_warnings: bool,
    /// Notes are shown too.
    pub notes: bool,
    /// Whether to color.
    pub color: bool,
}

/// Runs the command: 0 no error, 1 errors, 5 could not check (which wins).
///
/// # Errors
/// When the output cannot be written.
pub fn run(options: &Options, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let (mut files, mut unreadable) = (0, false);
    for path in &options.paths {
        match read(path) {
            Ok((sources, mut refused)) => {
                files += sources.len() + refused.len();
                found.append(&mut refused);
                found.append(&mut spec::load(&sources).diagnostics);
            }
            Err(sentence) => {
                writeln!(err, "error: {sentence}")?;
                unreadable = true;
            }
        }
    }
    found.retain(|finding| options.notes || finding.severity != Severity::Note);
    found.sort();
    found.dedup();
    match options.format {
        Format::Jsonl => out.write_all(jsonl::diagnostics(&found).as_bytes())?,
        Format::Human => {
            let list = text::diagnostics(&found, &quoted, options.color);
            out.write_all(list.as_bytes())?;
            out.write_all(text::summary(files, &found).as_bytes())?;
        }
    }
    out.flush()?;
    let is_bad = |finding: &Diagnostic| {
        finding.is_error() || options.deny_warnings && finding.severity == Severity::Warning
    };
    Ok(match (unreadable, found.iter().any(is_bad)) {
        (true, _) => 5,
        (false, true) => 1,
        (false, false) => 0,
    })
}

fn read(path: &Path) -> Result<(Vec<SourceFile>, Vec<Diagnostic>), String> {
    if path.is_dir() {
        let scan = disk::scan(path).map_err(|error| error.to_string())?;
        return Ok((scan.files, scan.diagnostics));
    }
    if let Err(error) = std::fs::symlink_metadata(path) {
        return Err(format!(
            "{} cannot be read: {error}; check the path",
            path.display()
        ));
    }
    match disk::read_one(path) {
        Ok(file) => Ok((vec![file], Vec::new())),
        Err(finding) if finding.code == "io" => Err(format!(
            "{}: {}; {}",
            finding.path, finding.message, finding.help
        )),
        Err(finding) => Ok((Vec::new(), vec![*finding])),
    }
}

fn quoted(path: &str) -> Option<String> {
    let file = disk::read_one(Path::new(path)).ok()?;
    Some(String::from_utf8_lossy(&file.bytes).into_owned())
}
