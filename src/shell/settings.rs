//! Finds and reads `jobsd.yaml`, and settles which folder is which: flags win over the file.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::model::diagnostic::Diagnostic;
use crate::shell::disk::{self, Trust};
use crate::spec::jobs::settings_file;
use crate::spec::types::config::ConfigSpec;
use crate::text::cause::cause;
use crate::text::{Text, command_errors};

/// Where the endpoint listens when nothing is said.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7878);

/// Folders that are looked through on the way up.
const LEVELS_MAX: usize = 16;

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
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The settings; defaults when the file is missing or bad.
    pub config: ConfigSpec,
    /// The file, whether it exists or not.
    pub config_file: PathBuf,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// Where relative paths start: the folder of `jobsd.yaml`, or of the jobs folder where there is
    /// none. Absolute.
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
    pub fn find(flags: &Flags) -> Result<Layout, NoLayout> {
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
            return Err(NoLayout::NoConfig(config_file));
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
        let base = std::path::absolute(shown).map_err(NoLayout::NoWorkingDir)?;
        Ok(Layout {
            config,
            config_file,
            diagnostics: findings,
            base,
            jobs,
            state,
        })
    }

    /// Where the endpoint listens when no flag says it.
    pub fn listen(&self) -> SocketAddr {
        let listen = self.config.listen.as_ref();
        let configured = listen.and_then(|text| text.parse().ok());
        configured.unwrap_or(DEFAULT_LISTEN)
    }

    /// Whether the file is bad.
    pub fn is_bad(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Why nothing is settled.
#[derive(Debug)]
pub enum NoLayout {
    /// The file named with `--config` is not there.
    NoConfig(PathBuf),
    /// The working directory is unknown.
    NoWorkingDir(io::Error),
}

impl NoLayout {
    /// What to tell people.
    pub fn text(&self) -> Text {
        match self {
            NoLayout::NoConfig(path) => command_errors::no_config(&path.display().to_string()),
            NoLayout::NoWorkingDir(error) => command_errors::no_working_dir(&cause(error)),
        }
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

/// Reads `jobsd.yaml`; keys that wait for a restart of a daemon that began with `running` are
/// warned about.
pub fn read(path: &Path, trust: Trust, running: Option<&ConfigSpec>) -> Read {
    // A link that leads nowhere is there, and is wrong.
    if !is_there(path) {
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
                findings: shown(path, vec![*finding]),
            };
        }
    };
    let (config, findings) = settings_file::load_config(&taken.file);
    let mut findings = shown(path, findings);
    if let (Some(config), Some(running)) = (&config, running) {
        let keys = config.restart_keys(running);
        findings.extend(settings_file::restart_warnings(&taken.file, &keys));
    }
    Read { config, findings }
}

/// What may be shown of the findings: what lies behind a link out of the folder may serve, but is
/// not shown.
fn shown(path: &Path, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let Some(severity) = findings.iter().map(|finding| finding.severity).min() else {
        return findings;
    };
    if !disk::real_folder(&parent(path)).is_some_and(|real| disk::leads_out(path, &real)) {
        return findings;
    }
    let words = crate::text::findings::files::outside_settings();
    vec![Diagnostic {
        severity,
        ..disk::finding(&path.to_string_lossy(), words)
    }]
}

/// What holds for the job files of a path.
#[derive(Clone, Debug)]
pub struct Home {
    /// The `jobsd.yaml`, where there is one.
    pub config_file: Option<PathBuf>,
    /// The real folder that the jobs are below: what a link leads to outside of it is not read.
    pub real: Option<PathBuf>,
}

/// Finds what holds for a file or a folder of job files: the `jobsd.yaml` inside the folder, beside
/// it, or further up where its jobs folder holds the path.
pub fn home(path: &Path) -> Home {
    let is_dir = path.is_dir();
    let inside = path.join(disk::CONFIG_NAME);
    let own = if is_dir { path } else { &parent(path) };
    let own_real = disk::real_folder(own);
    if is_dir && is_there(&inside) {
        return Home {
            config_file: Some(inside),
            real: own_real,
        };
    }
    let mut dir = parent(path);
    for level in 0..LEVELS_MAX {
        let file = dir.join(disk::CONFIG_NAME);
        if is_there(&file) {
            let config = read(&file, Trust::Anyone, None).config;
            let config = config.unwrap_or_default();
            let jobs = dir.join(config.jobs.as_deref().unwrap_or("jobs.d"));
            let jobs = disk::real_folder(&jobs);
            let holds = |real: &PathBuf| own_real.as_ref().is_some_and(|own| own.starts_with(real));
            let held = jobs.filter(holds);
            if level == 0 || held.is_some() {
                return Home {
                    config_file: Some(file),
                    real: held.or(own_real),
                };
            }
        }
        if disk::real_folder(&dir).is_none_or(|real| real.parent().is_none()) {
            break;
        }
        dir = parent(&dir);
    }
    Home {
        config_file: None,
        real: own_real,
    }
}

fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

/// The folder that holds a path, also where the path is `.` or empty.
fn parent(path: &Path) -> PathBuf {
    match (path.file_name(), path.parent()) {
        (Some(_), Some(parent)) => parent.to_owned(),
        _ => path.join(".."),
    }
}
