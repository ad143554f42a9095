//! Findings and views to text: one output format each; `findings.rs` has the list of those of `validate`.

pub mod daemon;
pub mod findings;
pub mod github;
pub mod gitlab;
pub mod history;
pub mod jobs;
pub mod json;
pub mod jsonl;
pub mod junit;
#[cfg(test)]
pub mod made_up;
pub mod plain;
pub mod prometheus;
pub mod runs;
pub mod sarif;
pub mod screen;
pub mod text;

use clap::ValueEnum;

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table on a terminal, tab-separated elsewhere.
    Human,
    /// One document.
    Json,
    /// One object per line.
    Jsonl,
}

impl Format {
    /// Whether it is for programs; what is no list is the same document in both forms.
    pub fn is_json(self) -> bool {
        self != Format::Human
    }
}
