//! Drift: where what is active is not what the files say, and which version is active instead.

use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::diagnostic::Diagnostic;
use crate::model::digest::Digest;
use crate::model::job::JobId;
use crate::text::Lang;
use crate::text::in_force::stays_active;
use crate::time::Timestamp;
use crate::view::status::{JobStatus, Status};

/// One difference between the files and what is active.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Drift {
    /// The job.
    pub job_id: JobId,
    /// Why.
    pub kind: Kind,
    /// Its file.
    pub file: String,
    /// Where the file is wrong, when it is.
    pub place: Option<String>,
    /// What is active.
    pub in_force: InForce,
}

/// Why a job is not as its file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Its file is bad: the last good version stays active.
    BadFile,
}

/// The version of a job that is active.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InForce {
    /// The job.
    pub job_id: JobId,
    /// Digest of the definition.
    pub digest: Digest,
    /// Commit of the files that it came with.
    pub revision: Option<Arc<str>>,
    /// Since when.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub adopted_at: Option<Timestamp>,
}

/// The jobs whose file is bad and whose last good version stays active.
pub fn bad_files(status: &Status) -> Vec<Drift> {
    let mut list: Vec<Drift> = Vec::new();
    for finding in status.diagnostics.iter().filter(|found| found.is_error()) {
        let Some(in_force) = in_force(status, finding) else {
            continue;
        };
        if list.iter().any(|known| known.job_id == in_force.job_id) {
            continue;
        }
        list.push(Drift {
            job_id: in_force.job_id.clone(),
            kind: Kind::BadFile,
            file: finding.path.clone(),
            place: Some(finding.place()),
            in_force,
        });
    }
    list
}

/// The active version of the job that a bad file would define.
pub fn in_force(status: &Status, finding: &Diagnostic) -> Option<InForce> {
    let stem = Path::new(&finding.path).file_stem()?.to_str()?;
    let id = JobId::new(stem)?;
    let known = status.jobs.get(&id).filter(|job| job.present)?;
    version(&id, known)
}

/// Every error in the files, each in a line.
pub fn errors(status: &Status) -> Vec<String> {
    let errors = status.diagnostics.iter().filter(|found| found.is_error());
    errors.map(|found| line(status, found)).collect()
}

/// The errors in the file of one job, be it active or not.
pub fn errors_of(status: &Status, id: &str) -> Vec<String> {
    let errors = status.diagnostics.iter().filter(|found| found.is_error());
    let own = errors.filter(|found| is_file_of(&found.path, id));
    own.map(|found| line(status, found)).collect()
}

/// Whether a file is that of a job, by its name.
pub fn is_file_of(path: &str, id: &str) -> bool {
    Path::new(path).file_stem().is_some_and(|stem| stem == id)
}

/// An error in one line, in English as all answers are, with the version that stays active.
pub fn line(status: &Status, finding: &Diagnostic) -> String {
    let line = finding.line(Lang::En);
    match in_force(status, finding) {
        Some(version) => stays_active(line, version.name()),
        None => line,
    }
}

fn version(id: &JobId, known: &JobStatus) -> Option<InForce> {
    Some(InForce {
        job_id: id.clone(),
        digest: known.job.as_ref()?.digest,
        revision: known.revision().cloned(),
        adopted_at: known.updated_at(),
    })
}

impl InForce {
    /// Short name for people: the commit where there is one, and the beginning of the digest.
    pub fn name(&self) -> String {
        let digest: String = self.digest.to_string().chars().take(12).collect();
        match &self.revision {
            None => digest,
            Some(revision) => {
                let mark = if revision.ends_with('+') { "+" } else { "" };
                let short: String = revision.chars().take(7).collect();
                format!("{short}{mark} ({digest})")
            }
        }
    }
}
