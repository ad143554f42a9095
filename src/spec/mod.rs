//! Text of job files to jobs: what a user writes, how it is read, what is wrong with it. Reads no
//! files.

pub mod jobs;
pub mod rules;
pub mod types;
pub mod yaml;

/// A file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// As the user names it: `jobs.d/a.yaml`.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}
