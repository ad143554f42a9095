//! The answer of `in_force`: which version of each job is active.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::digest::Digest;
use crate::model::job::{Job, JobId};
use crate::view::status::Status;

/// File and digest of every active job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InForceAnswer {
    /// Commit of the job files.
    pub revision: Option<Arc<str>>,
    /// Keys of `jobsd.yaml` whose new value waits for a restart.
    pub restart_needed: Vec<String>,
    /// The active version of each job.
    pub jobs: BTreeMap<JobId, Version>,
}

/// The active version of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Version {
    /// Its file.
    pub file: Arc<str>,
    /// Digest of its definition.
    pub digest: Digest,
}

impl Version {
    /// A version of a file.
    pub fn new(file: Arc<str>, digest: Digest) -> Version {
        Version { file, digest }
    }
}

impl InForceAnswer {
    /// What is active now.
    pub fn of(status: &Status) -> InForceAnswer {
        let present = status.jobs.values().filter(|job| job.present);
        let jobs = present.filter_map(|status| status.job.as_ref());
        let version = |job: &Arc<Job>| Version::new(job.file.clone(), job.digest);
        InForceAnswer {
            revision: status.revision.clone(),
            restart_needed: status.restart_needed.clone(),
            jobs: jobs.map(|job| (job.id.clone(), version(job))).collect(),
        }
    }
}
