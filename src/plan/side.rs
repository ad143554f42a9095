//! One side of a comparison: files, the settings that they are read with, and what they give.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::Diagnostic;
use crate::model::job::{Job, JobId};
use crate::spec::SourceFile;
use crate::spec::jobs::read::Reading;
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
    /// Files that a link leads to out of the folder: nothing that they say is shown.
    pub outside: HashSet<PathBuf>,
}

/// A side, loaded as the daemon loads it.
#[derive(Debug)]
pub struct Side {
    /// What it is called.
    pub name: Name,
    folder: String,
    outside: HashSet<PathBuf>,
    /// The job files.
    pub files: Vec<SourceFile>,
    /// `jobsd.yaml`, where it exists.
    pub config_file: Option<SourceFile>,
    /// Its settings; the defaults where there is none, or a bad one.
    pub config: ConfigSpec,
    /// The jobs of the good files.
    pub jobs: Jobs,
    /// Every finding.
    pub findings: Vec<Diagnostic>,
}

impl Side {
    /// Loads the files. With a `jobsd.yaml` that is bad a running daemon keeps the settings that it
    /// has: those of the other side, or the defaults.
    pub fn load(files: Files, known: Option<&ConfigSpec>) -> Side {
        let mut findings = files.findings;
        let config = files.config.as_ref().map(settings_file::load_config);
        let config = config.and_then(|(config, found)| {
            findings.extend(found);
            config
        });
        let is_bad = config.is_none() && files.config.is_some();
        let kept = known.filter(|_| is_bad).cloned();
        let config = config.or(kept).unwrap_or_default();
        let loaded = loader::load(&files.jobs, &config.settings());
        findings.extend(loaded.diagnostics);
        for finding in &mut findings {
            if files.outside.contains(Path::new(&finding.path)) {
                Reading::conceal(finding);
            }
        }
        findings.sort();
        Side {
            name: files.name,
            folder: files.folder,
            outside: files.outside,
            files: files.jobs,
            config_file: files.config,
            config,
            jobs: loaded.jobs,
            findings,
        }
    }

    /// A path from the folder of job files on.
    pub fn below<'p>(&self, path: &'p str) -> &'p str {
        let below = path.strip_prefix(self.folder.as_str()).unwrap_or(path);
        below.trim_start_matches('/')
    }

    /// Whether what a file says may be shown.
    pub fn may_show(&self, path: &str) -> bool {
        !self.outside.contains(Path::new(path))
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
