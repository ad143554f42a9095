//! Reading jobs from files alone, for commands that need no daemon.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use crate::model::job::Job;
use crate::render::text;
use crate::shell::disk;
use crate::spec::SourceFile;
use crate::spec::jobs::loader;
use crate::spec::jobs::read::Reading;
use crate::spec::types::config::Settings;
use crate::text::usage::error_word;
use crate::text::{Lang, Text, command_errors as words, control, visible};

/// The jobs of a folder; findings go to `err`.
///
/// # Errors
/// The exit code, once its sentence is written.
pub fn jobs(
    root: &Path,
    settings: &Settings,
    lang: Lang,
    err: &mut dyn Write,
) -> Result<Vec<Arc<Job>>, u8> {
    let scan = match disk::scan(root) {
        Ok(scan) => scan,
        Err(error) => return Err(refuse(err, &error.text(), lang, 5)),
    };
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
/// The exit code, once its sentence is written.
pub fn job_of_file(
    path: &Path,
    settings: &Settings,
    lang: Lang,
    err: &mut dyn Write,
) -> Result<Arc<Job>, u8> {
    let file: SourceFile = match disk::read_one(path) {
        Ok(file) => file,
        Err(finding) => {
            let sentence = words::unchecked(&finding.path, &finding.message, &finding.help);
            return Err(refuse(err, &sentence, lang, 5));
        }
    };
    let loaded = loader::load(&[file], settings);
    match loaded.jobs.into_values().next() {
        Some(job) => Ok(job),
        None => {
            let list = text::findings(&loaded.diagnostics, &|_| None, false, lang);
            let _ = err.write_all(list.as_bytes());
            Err(1)
        }
    }
}

/// Picks the jobs with these ids, all when none is named.
///
/// # Errors
/// The exit code, once its sentence is written.
pub fn pick(
    jobs: Vec<Arc<Job>>,
    ids: &[String],
    lang: Lang,
    err: &mut dyn Write,
) -> Result<Vec<Arc<Job>>, u8> {
    for id in ids {
        if !jobs.iter().any(|job| job.id.as_str() == id) {
            let known = jobs.iter().map(|job| job.id.as_str());
            let near = crate::text::near::nearest(id, known);
            return Err(refuse(err, &control::no_job(id, near), lang, 2));
        }
    }
    let wanted = |job: &Arc<Job>| ids.is_empty() || ids.iter().any(|id| job.id.as_str() == id);
    Ok(jobs.into_iter().filter(wanted).collect())
}

/// Writes a sentence in the language of the user and gives the exit code back.
pub fn refuse(err: &mut dyn Write, sentence: &Text, lang: Lang, code: u8) -> u8 {
    let sentence = visible(sentence.get(lang));
    // Without stderr the exit code must do.
    let _ = writeln!(err, "{}{sentence}", error_word(lang));
    code
}
