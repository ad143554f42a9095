//! Reading jobs from files alone, for commands that need no daemon.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use crate::model::job::Job;
use crate::render::text;
use crate::shell::disk;
use crate::spec::config::Settings;
use crate::spec::{self, Reading, SourceFile};
use crate::text::usage::error_word;
use crate::text::{Lang, Text, visible};

/// The jobs of a folder; findings go to `err`.
///
/// # Errors
/// The exit code, once its sentence is written.
pub fn jobs(root: &Path, settings: &Settings, err: &mut dyn Write) -> Result<Vec<Arc<Job>>, u8> {
    let scan = match disk::scan(root) {
        Ok(scan) => scan,
        Err(error) => return Err(fail(err, &error.to_string(), 5)),
    };
    let loaded = spec::load(&scan.files, settings);
    let findings = [scan.diagnostics, loaded.diagnostics].concat();
    let mut errors: Vec<_> = findings.into_iter().filter(|f| f.is_error()).collect();
    for error in &mut errors {
        if scan.outside.contains(Path::new(&error.path)) {
            Reading::conceal(error);
        }
    }
    if !errors.is_empty() {
        // The good files are still of use; the bad ones are named on stderr.
        let _ = err.write_all(text::findings(&errors, &|_| None, false, Lang::En).as_bytes());
    }
    Ok(loaded.jobs.into_values().collect())
}

/// One job file, wherever it is.
///
/// # Errors
/// The exit code, once its sentence is written.
pub fn job_of_file(path: &Path, settings: &Settings, err: &mut dyn Write) -> Result<Arc<Job>, u8> {
    let file: SourceFile = match disk::read_one(path) {
        Ok(file) => file,
        Err(finding) => {
            return Err(fail(
                err,
                &format!("{}: {}", finding.path, finding.message.en),
                5,
            ));
        }
    };
    let loaded = spec::load(&[file], settings);
    match loaded.jobs.into_values().next() {
        Some(job) => Ok(job),
        None => {
            let list = jsonl_or_text(&loaded.diagnostics);
            let _ = err.write_all(list.as_bytes());
            Err(1)
        }
    }
}

fn jsonl_or_text(list: &[crate::model::diagnostic::Diagnostic]) -> String {
    text::findings(list, &|_| None, false, Lang::En)
}

/// Picks the jobs with these ids, all when none is named.
///
/// # Errors
/// The exit code, once its sentence is written.
pub fn pick(jobs: Vec<Arc<Job>>, ids: &[String], err: &mut dyn Write) -> Result<Vec<Arc<Job>>, u8> {
    for id in ids {
        if !jobs.iter().any(|job| job.id.as_str() == id) {
            let known = jobs.iter().map(|job| job.id.as_str());
            let near = spec::schema::nearest(id, known);
            let hint = near.map_or(String::new(), |near| format!(". Did you mean `{near}`?"));
            return Err(fail(err, &format!("no job `{id}`{hint}"), 2));
        }
    }
    let wanted = |job: &Arc<Job>| ids.is_empty() || ids.iter().any(|id| job.id.as_str() == id);
    Ok(jobs.into_iter().filter(wanted).collect())
}

/// Writes a sentence and gives the exit code back.
pub fn fail(err: &mut dyn Write, sentence: &str, code: u8) -> u8 {
    // Without stderr the exit code must do.
    let _ = writeln!(err, "error: {sentence}");
    code
}

/// Writes a sentence in the language of the user and gives the exit code back.
pub fn refuse(err: &mut dyn Write, sentence: &Text, lang: Lang, code: u8) -> u8 {
    let sentence = visible(sentence.get(lang));
    // Without stderr the exit code must do.
    let _ = writeln!(err, "{}{sentence}", error_word(lang));
    code
}
