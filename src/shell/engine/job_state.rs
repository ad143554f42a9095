//! The folders of jobs (`bots/JOB_ID`, their `JOBSD_JOB_STATE`) follow their jobs: under its new id
//! a renamed job continues with what it knew, so that a bot greets nobody twice.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::core::Scheduler;
use crate::model::event::{Adopted, Change};
use crate::model::job::JobId;
use crate::shell::process::order::Places;

/// Does for the folders what an adoption did to the job.
pub fn follow(places: &Places, adopted: &Adopted) {
    if adopted.change != Change::Added {
        return;
    }
    let moved = match &adopted.renamed_from {
        Some(from) => rename(places, from, &adopted.job_id),
        None => own_folder(&places.job_state(&adopted.job_id)),
    };
    if let Err(error) = moved {
        let from = adopted.renamed_from.as_ref().map(ToString::to_string);
        tracing::error!(
            job = %adopted.job_id, from, %error, "the folder of a job cannot follow it"
        );
    }
}

/// Finishes the renames that a crash cut off between their line and their folder.
pub fn finish_renames(places: &Places, scheduler: &Scheduler) {
    let jobs = &scheduler.ledger().jobs;
    let is_gone = |id: &JobId| jobs.get(id).is_none_or(|state| !state.present);
    for state in jobs.values().filter(|state| state.present) {
        let adopted = state.adopted.as_deref();
        let renamed = adopted.filter(|adopted| adopted.renamed_from.as_ref().is_some_and(is_gone));
        if let Some(adopted) = renamed.filter(|adopted| !places.job_state(&adopted.job_id).exists())
        {
            follow(places, adopted);
        }
    }
}

/// Moves the folder. A run of the old id that is in progress still finds it under its old name: a
/// link stays there.
fn rename(places: &Places, from: &JobId, to: &JobId) -> io::Result<()> {
    let (old, new) = (places.job_state(from), places.job_state(to));
    if !is_folder(&old)? {
        return Ok(());
    }
    own_folder(&new)?;
    if new.exists() {
        // Another job had this id once. What it knew is kept aside, under a name that no job can
        // have.
        let aside = places.state_dir.join("bots").join(format!(".{to}.former"));
        if aside.exists() {
            fs::remove_dir_all(&aside)?;
        }
        fs::rename(&new, &aside)?;
    }
    fs::rename(&old, &new)?;
    symlink(to.as_str(), &old)
}

/// Takes away the link that a rename left: a new job of that id begins with a folder of its own.
fn own_folder(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.file_type().is_symlink() => fs::remove_file(path),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn is_folder(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(meta) => Ok(meta.is_dir()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
