//! Reading jobs only from files, for commands that need no daemon.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use crate::commands::exit::{Exit, Failure};
use crate::model::job::Job;
use crate::render::text;
use crate::shell::disk::{self, scan};
use crate::spec::SourceFile;
use crate::spec::jobs::loader;
use crate::spec::jobs::read::Reading;
use crate::spec::types::config::Settings;
use crate::text::{Lang, command_errors as words, control};

/// The jobs of a folder; findings go to `err`.
///
/// # Errors
/// [`Failure`] where the folder cannot be read.
pub fn jobs(
    root: &Path,
    settings: &Settings,
    lang: Lang,
    err: &mut dyn Write,
) -> Result<Vec<Arc<Job>>, Failure> {
    let scan = scan::scan(root).map_err(|error| Failure::failed(&error.text()))?;
    let loaded = loader::load(&scan.files, settings);
    let findings = [scan.diagnostics, loaded.diagnostics].concat();
    let mut errors: Vec<_> = findings.into_iter().filter(|f| f.is_error()).collect();
    for error in &mut errors {
        if scan.outside.contains(Path::new(&error.path)) {
            Reading::conceal(error);
        }
    }
    if !errors.is_empty() {
        // The good files are still of use; the bad ones are named on stderr.
        let _ = err.write_all(text::findings(&errors, &|_| None, false, lang).as_bytes());
    }
    Ok(loaded.jobs.into_values().collect())
}

/// One job file, wherever it is.
///
/// # Errors
/// [`Failure`] where it cannot be read, or is bad, which is reported.
pub fn job_of_file(
    path: &Path,
    settings: &Settings,
    lang: Lang,
    err: &mut dyn Write,
) -> Result<Arc<Job>, Failure> {
    let file: SourceFile = disk::read_one(path).map_err(|finding| {
        let sentence = words::unchecked(&finding.path, &finding.message, &finding.help);
        Failure::failed(&sentence)
    })?;
    let loaded = loader::load(&[file], settings);
    match loaded.jobs.into_values().next() {
        Some(job) => Ok(job),
        None => {
            let list = text::findings(&loaded.diagnostics, &|_| None, false, lang);
            let _ = err.write_all(list.as_bytes());
            Err(Failure::Reported(Exit::Found))
        }
    }
}

/// Picks the jobs with these ids, all when none is named.
///
/// # Errors
/// [`Failure`] for an id that no job has.
pub fn pick(jobs: Vec<Arc<Job>>, ids: &[String]) -> Result<Vec<Arc<Job>>, Failure> {
    for id in ids {
        if !jobs.iter().any(|job| job.id.as_str() == id) {
            let known = jobs.iter().map(|job| job.id.as_str());
            let near = crate::text::near::nearest(id, known);
            return Err(Failure::usage(&control::no_job(id, near)));
        }
    }
    let wanted = |job: &Arc<Job>| ids.is_empty() || ids.iter().any(|id| job.id.as_str() == id);
    Ok(jobs.into_iter().filter(wanted).collect())
}
