//! Reading jobs only from files, for commands that need no daemon.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use crate::commands::exit::{Exit, Failure};
use crate::model::diagnostic::Diagnostic;
use crate::model::job::Job;
use crate::render::screen::Screen;
use crate::render::text;
use crate::shell::disk::{self, scan};
use crate::spec::SourceFile;
use crate::spec::jobs::loader;
use crate::spec::jobs::read::Reading;
use crate::spec::types::config::Settings;
use crate::text::{Lang, command_errors as words, control};
use crate::view::drift::is_file_of;

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The jobs of the good files.
    pub jobs: Vec<Arc<Job>>,
    /// Errors of the bad ones.
    pub errors: Vec<Diagnostic>,
}

/// The jobs of a folder.
///
/// # Errors
/// [`Failure`] where the folder cannot be read.
pub fn load(root: &Path, settings: &Settings) -> Result<Loaded, Failure> {
    let scan = scan::scan(root).map_err(|error| Failure::failed(&error.text()))?;
    let loaded = loader::load(&scan.files, settings);
    let findings = [scan.diagnostics, loaded.diagnostics].concat();
    let mut errors: Vec<_> = findings.into_iter().filter(|f| f.is_error()).collect();
    for error in &mut errors {
        if scan.outside.contains(Path::new(&error.path)) {
            Reading::conceal(error);
        }
    }
    Ok(Loaded {
        jobs: loaded.jobs.into_values().collect(),
        errors,
    })
}

impl Loaded {
    /// The errors in the file of one job.
    pub fn errors_of(&self, id: &str) -> impl Iterator<Item = &Diagnostic> {
        self.errors
            .iter()
            .filter(move |error| is_file_of(&error.path, id))
    }

    /// Names the bad files on standard error: each error where no job is named, else those of the
    /// named jobs, and how many other files are bad in a line.
    ///
    /// # Errors
    /// [`Failure`] where the file of a named job is bad.
    pub fn report(
        &self,
        ids: &[String],
        screen: &Screen,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let is_named = |error: &&Diagnostic| {
            let stem = Path::new(&error.path).file_stem();
            ids.is_empty()
                || ids
                    .iter()
                    .any(|id| stem.is_some_and(|stem| stem == id.as_str()))
        };
        let (named, others): (Vec<_>, Vec<_>) = self.errors.iter().partition(is_named);
        let named: Vec<Diagnostic> = named.into_iter().cloned().collect();
        // Without stderr the answer must do.
        let _ = err.write_all(text::findings(&named, &|_| None, false, screen.lang).as_bytes());
        let files: BTreeSet<&str> = others.iter().map(|error| error.path.as_ref()).collect();
        if !files.is_empty() && !screen.quiet {
            let note = words::other_files(files.len());
            let _ = writeln!(err, "{}", note.get(screen.lang));
        }
        let is_bad = |id: &String| {
            let has_job = self.jobs.iter().any(|job| job.id.as_str() == id);
            let of_id =
                |error: &Diagnostic| Path::new(&error.path).file_stem() == Some(id.as_ref());
            !has_job && named.iter().any(of_id)
        };
        if ids.iter().any(is_bad) {
            return Err(Failure::Reported(Exit::Found));
        }
        Ok(())
    }
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
