//! Finds and reads `jobsd.yaml`, and settles which folder is which: flags win over the file.

use std::io;
use std::path::{Path, PathBuf};

use crate::model::diagnostic::Diagnostic;
use crate::shell::disk::{self, Trust};
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
        let Read { config, findings } = read(&config_file, Trust::Anyone, None);
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
            diagnostics: findings,
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

/// `jobsd.yaml` as it was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// The settings; `None` when the file is bad. A missing file is one without settings.
    pub config: Option<ConfigSpec>,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
}

/// Reads `jobsd.yaml`; keys that wait for a restart of a daemon that began with `running` are warned about.
pub fn read(path: &Path, trust: Trust, running: Option<&ConfigSpec>) -> Read {
    if !path.exists() {
        return Read {
            config: Some(ConfigSpec::default()),
            findings: Vec::new(),
        };
    }
    let taken = match disk::take_one(path, trust) {
        Ok(taken) => taken,
        Err(finding) => {
            return Read {
                config: None,
                findings: vec![*finding],
            };
        }
    };
    let (config, mut findings) = spec::load_config(&taken.file);
    if let (Some(config), Some(running)) = (&config, running) {
        let keys = config.restart_keys(running);
        findings.extend(spec::restart_warnings(&taken.file, &keys));
    }
    Read { config, findings }
}
