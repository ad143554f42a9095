//! `Program`: what to execute for a run, and in which surroundings. Values kept elsewhere stay
//! references here, so that no secret can be logged, journalled or hashed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// What a job executes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Program and arguments, never passed through a shell. A shell text is `/bin/sh -c TEXT`. The
    /// first word [`SELF`] stands for the jobsd binary itself (the built-in bots).
    pub argv: Argv,
    /// Standard input; `None` is an empty one.
    pub stdin: Option<Box<str>>,
    /// Where and as whom it runs.
    pub surroundings: Arc<Surroundings>,
}

impl Program {
    /// The program: a path, or a name that is looked up in `PATH`.
    pub fn name(&self) -> &str {
        self.argv.words().next().unwrap_or("")
    }

    /// What it is called with.
    pub fn arguments(&self) -> impl Iterator<Item = &str> {
        self.argv.words().skip(1)
    }
}

/// Words in one text, each ended by a NUL, which no word of a program can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argv(Box<str>);

impl Argv {
    /// Takes words.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Argv {
        let mut text = String::new();
        for word in words {
            text.push_str(word);
            text.push('\0');
        }
        Argv(text.into())
    }

    /// The words in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.split_terminator('\0')
    }
}

/// As the first word of an argv: the jobsd binary that is running. No program has an empty name.
pub const SELF: &str = "";

/// Where and as whom a program runs; every field absent means "as the daemon does".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Working directory; relative ones start from the base folder (that of `jobsd.yaml` or
    /// `jobs.d`).
    pub working_dir: Option<PathBuf>,
    /// Variables beside the fixed ones (`JOBSD_…`).
    pub env: BTreeMap<String, EnvValue>,
    /// A file of `NAME=value` lines, read at each start; its values are secrets.
    pub env_file: Option<PathBuf>,
    /// User to run as.
    pub user: Option<String>,
    /// Group to run as.
    pub group: Option<String>,
    /// File mode creation mask, 0 to 0o777.
    pub umask: Option<u32>,
    /// Niceness, -20 to 19.
    pub nice: Option<i32>,
    /// Resource limits.
    pub limits: Limits,
}

/// The value of one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    /// Written in the job file.
    Literal(String),
    /// Taken from the daemon's environment at each start; a secret.
    FromEnv(String),
    /// Read from a file at each start, one trailing newline removed; a secret.
    FromFile(PathBuf),
}

/// Resource limits of a program (setrlimit(2)); absent means inherited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// RLIMIT_AS, bytes.
    pub memory_bytes: Option<u64>,
    /// RLIMIT_CPU, seconds.
    pub cpu_secs: Option<u64>,
    /// RLIMIT_NOFILE.
    pub open_files: Option<u64>,
    /// RLIMIT_NPROC.
    pub processes: Option<u64>,
    /// RLIMIT_FSIZE, bytes.
    pub file_bytes: Option<u64>,
}
