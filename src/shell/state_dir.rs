//! The state directory when a daemon begins: made where it is missing, and refused where others can
//! write it. Whoever can write there chooses what runs, and where what the daemon writes ends up.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use crate::shell::open::make_private_dir;
use crate::text::cause::fault;
use crate::text::{Text, command_errors as words};

/// Folders in it that the daemon writes to.
const FOLDERS: [&str; 4] = ["history", "index", "output", "bots"];
/// A folder that takes longer to say whose it is lies on a mount that does not answer: it holds up
/// its own use only, and `/health` says so.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// Makes the state directory ready, and gives its real path.
///
/// # Errors
/// A sentence that says what to do.
pub fn prepare(state: &Path) -> Result<PathBuf, Text> {
    let fail =
        |path: &Path, e: io::Error| words::unusable_state(&path.display().to_string(), &fault(&e));
    make_private_dir(state).map_err(|e| fail(state, e))?;
    let state = state.canonicalize().map_err(|e| fail(state, e))?;
    let folders = FOLDERS.map(|name| state.join(name));
    for folder in std::iter::once(&state).chain(&folders) {
        // A link to a folder on another disk is followed; what counts is who can write there.
        match metadata_in_time(folder) {
            None => {}
            Some(Ok(meta)) => check(folder, &meta)?,
            Some(Err(e)) if e.kind() == io::ErrorKind::NotFound => {}
            Some(Err(e)) => return Err(fail(folder, e)),
        }
    }
    Ok(state)
}

/// Whose a folder is; `None` where that is not answered in time.
fn metadata_in_time(folder: &Path) -> Option<io::Result<Metadata>> {
    let (answer, answered) = sync_channel(1);
    let folder = folder.to_owned();
    // No one joins it: it may hang for as long as the mount does.
    let asked = thread::Builder::new()
        .name("state".to_owned())
        .spawn(move || {
            // No one waits for it any more when it comes too late.
            let _ = answer.send(fs::metadata(&folder));
        });
    match asked {
        Ok(_) => answered.recv_timeout(ANSWER_WITHIN).ok(),
        Err(error) => Some(Err(error)),
    }
}

fn check(folder: &Path, meta: &Metadata) -> Result<(), Text> {
    let shown = folder.display().to_string();
    if !meta.is_dir() {
        return Err(words::state_is_no_folder(&shown));
    }
    let own = rustix::process::geteuid().as_raw();
    let is_ours = meta.uid() == own || meta.uid() == 0;
    // As for job files: a daemon without rights runs nothing that those who can write here could
    // not run, and volumes of containers come with such modes.
    if own != 0 || is_ours && meta.mode() & 0o022 == 0 {
        return Ok(());
    }
    let mode = meta.mode() & 0o7777;
    Err(words::open_state(&shown, mode, meta.uid()))
}
