//! Finds and reads `jobsd.yaml`, and settles which folder is which: flags win over the file.

use std::io;
use std::path::{Path, PathBuf};

use crate::model::diagnostic::Diagnostic;
use crate::shell::disk;
use crate::spec;
use crate::spec::config::ConfigSpec;

/// What the flags said.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--jobs`
    pub jobs: Option<PathBuf>,
    /// `--state`
    pub state: Option<PathBuf>,
    /// `--config`
    pub config: Option<PathBuf>,
}

/// Where everything is.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The settings; defaults when the file is missing or bad.
    pub config: ConfigSpec,
    /// The file, whether it exists or not.
    pub config_file: PathBuf,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// Where relative paths start: the folder of `jobsd.yaml`, or of the jobs folder where there is none. Absolute.
    pub base: PathBuf,
    /// The folder of job files, as the user names it.
    pub jobs: PathBuf,
    /// The state directory.
    pub state: PathBuf,
}

impl Layout {
    /// Settles it.
    ///
    /// # Errors
    /// When the working directory is unknown, or a file named with `--config` is missing.
    pub fn find(flags: &Flags) -> io::Result<Layout> {
        let beside = flags
            .jobs
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(Path::new(""));
        let config_file = flags
            .config
            .clone()
            .unwrap_or_else(|| beside.join("jobsd.yaml"));
        if flags.config.is_some() && !config_file.exists() {
            let text = format!("{} does not exist: mend --config", config_file.display());
            return Err(io::Error::new(io::ErrorKind::NotFound, text));
        }
        let (config, diagnostics) = read(&config_file);
        let config = config.unwrap_or_default();
        let folder = match (&flags.config, config_file.exists()) {
            (None, false) => beside,
            _ => config_file.parent().unwrap_or(Path::new("")),
        };
        let jobs = flags.jobs.clone();
        let jobs = jobs.unwrap_or_else(|| folder.join(config.jobs.as_deref().unwrap_or("jobs.d")));
        let state = flags.state.clone();
        let state =
            state.unwrap_or_else(|| folder.join(config.state.as_deref().unwrap_or(".jobsd")));
        let shown = if folder == Path::new("") {
            Path::new(".")
        } else {
            folder
        };
        let base = std::path::absolute(shown)?;
        Ok(Layout {
            config,
            config_file,
            diagnostics,
            base,
            jobs,
            state,
        })
    }

    /// Whether the file is bad.
    pub fn is_bad(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Reads `jobsd.yaml`; a missing one is one without settings, a bad one is `None`.
pub fn read(path: &Path) -> (Option<ConfigSpec>, Vec<Diagnostic>) {
    if !path.exists() {
        return (Some(ConfigSpec::default()), Vec::new());
    }
    match disk::read_one(path) {
        Ok(file) => spec::load_config(&file),
        Err(finding) => (None, vec![*finding]),
    }
}
