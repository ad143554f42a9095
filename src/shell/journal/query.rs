//! Reads finished records back, newest first.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::model::event::Event;
use crate::model::job::JobId;
use crate::model::run::{RunId, RunRecord};
use crate::shell::journal::replay::{Line, read_line};

/// The files of the history, oldest first.
///
/// # Errors
/// Those of the file system; a missing folder is an empty history.
pub fn day_files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Records of one job, or of all, newest line first; each run once, as its last line says it.
///
/// # Errors
/// Those of the file system.
pub fn newest(
    state_dir: &Path,
    job_id: Option<&JobId>,
    limit: usize,
) -> io::Result<Vec<RunRecord>> {
    let mut seen: HashSet<RunId> = HashSet::new();
    let mut found = Vec::new();
    for path in day_files(&state_dir.join("history"))?.iter().rev() {
        let bytes = fs::read(path)?;
        for line in bytes.split_inclusive(|byte| *byte == b'\n').rev() {
            if found.len() == limit {
                return Ok(found);
            }
            let Line::Event(event) = read_line(line) else {
                continue;
            };
            let Event::Run(record) = *event else { continue };
            let wanted = job_id.is_none_or(|id| *id == record.job_id);
            if wanted && seen.insert(record.id) {
                found.push(*record);
            }
        }
    }
    Ok(found)
}
