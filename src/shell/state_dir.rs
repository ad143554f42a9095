//! The state directory when a daemon begins: made where it is missing, and refused where others can write it. Whoever can
//! write there chooses what runs, and where what the daemon writes ends up.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::shell::journal::make_private_dir;
use crate::text::cause::cause;
use crate::text::{Text, command_errors as words};

/// Folders in it that the daemon writes to.
const FOLDERS: [&str; 4] = ["history", "index", "output", "bots"];

/// Makes the state directory ready, and gives its real path.
///
/// # Errors
/// A sentence that says what to do.
pub fn prepare(state: &Path) -> Result<PathBuf, Text> {
    let fail =
        |path: &Path, e: io::Error| words::unusable_state(&path.display().to_string(), &cause(&e));
    make_private_dir(state).map_err(|e| fail(state, e))?;
    let state = state.canonicalize().map_err(|e| fail(state, e))?;
    let folders = FOLDERS.map(|name| state.join(name));
    for folder in std::iter::once(&state).chain(&folders) {
        // A link to a folder on another disk is followed; what counts is who can write there.
        match fs::metadata(folder) {
            Ok(meta) => check(folder, &meta)?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(fail(folder, e)),
        }
    }
    Ok(state)
}

fn check(folder: &Path, meta: &Metadata) -> Result<(), Text> {
    let shown = folder.display().to_string();
    if !meta.is_dir() {
        return Err(words::state_is_no_folder(&shown));
    }
    let own = rustix::process::geteuid().as_raw();
    let is_ours = meta.uid() == own || meta.uid() == 0;
    // As for job files: a daemon without rights runs nothing that those who can write here could not run, and volumes of
    // containers come with such modes.
    if own != 0 || is_ours && meta.mode() & 0o022 == 0 {
        return Ok(());
    }
    let mode = meta.mode() & 0o7777;
    Err(words::open_state(&shown, mode, meta.uid()))
}
