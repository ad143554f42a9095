//! One side of a comparison: files, the settings that they are read with, and what they give.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::Diagnostic;
use crate::model::job::{Job, JobId};
use crate::spec::SourceFile;
use crate::spec::jobs::{loader, settings_file};
use crate::spec::types::config::ConfigSpec;

/// Jobs by id.
pub type Jobs = BTreeMap<JobId, Arc<Job>>;

/// What a side is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Name {
    /// As the user named it; `null` for the files on disk.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// Its commit, where it has one.
    pub commit: Option<String>,
}

/// What is read for a side.
#[derive(Debug)]
pub struct Files {
    /// What it is called.
    pub name: Name,
    /// The folder of job files, as paths begin with it.
    pub folder: String,
    /// The job files.
    pub jobs: Vec<SourceFile>,
    /// `jobsd.yaml`, where it exists.
    pub config: Option<SourceFile>,
    /// What is wrong with files that could not be read.
    pub findings: Vec<Diagnostic>,
}

/// A side, loaded as the daemon loads it.
#[derive(Debug)]
pub struct Side {
    /// What it is called.
    pub name: Name,
    folder: String,
    /// The job files.
    pub files: Vec<SourceFile>,
    /// `jobsd.yaml`, where it exists.
    pub config: Option<SourceFile>,
    /// The jobs of the good files.
    pub jobs: Jobs,
    /// Every finding.
    pub findings: Vec<Diagnostic>,
}

impl Side {
    /// Loads the files. A `jobsd.yaml` that is bad leaves the defaults.
    pub fn load(files: Files) -> Side {
        let mut findings = files.findings;
        let config = files.config.as_ref().map(settings_file::load_config);
        let config = config.and_then(|(config, found)| {
            findings.extend(found);
            config
        });
        let settings = config.unwrap_or_else(ConfigSpec::default).settings();
        let loaded = loader::load(&files.jobs, &settings);
        findings.extend(loaded.diagnostics);
        findings.sort();
        Side {
            name: files.name,
            folder: files.folder,
            files: files.jobs,
            config: files.config,
            jobs: loaded.jobs,
            findings,
        }
    }

    /// A path from the folder of job files on.
    pub fn below<'p>(&self, path: &'p str) -> &'p str {
        let below = path.strip_prefix(self.folder.as_str()).unwrap_or(path);
        below.trim_start_matches('/')
    }

    /// Whether a path is that of `jobsd.yaml`.
    pub fn is_config(&self, path: &str) -> bool {
        let name = Path::new(path).file_name();
        name.is_some_and(|name| name == "jobsd.yaml")
    }

    /// The job file at a path.
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }
}
