//! Findings and views to text: one output format each; `FORMATS` is the list of those of
//! `validate`.

pub mod daemon;
pub mod findings;
pub mod github;
pub mod gitlab;
pub mod history;
pub mod job;
pub mod jobs;
pub mod json;
pub mod jsonl;
pub mod junit;
#[cfg(test)]
pub mod made_up;
pub mod plain;
pub mod plan;
pub mod prometheus;
pub mod reload;
pub mod runs;
pub mod sarif;
pub mod screen;
pub mod text;
pub mod why;

use clap::ValueEnum;

/// Every format of findings, in the order of the help; the first is the default.
pub const FORMATS: &[&findings::Format] = &[
    &text::FORMAT,
    &json::FORMAT,
    &jsonl::FORMAT,
    &github::FORMAT,
    &gitlab::FORMAT,
    &sarif::FORMAT,
    &junit::FORMAT,
    #[cfg(test)]
    &made_up::FORMAT,
];

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
    /// Whether it is for programs; what is not a list is the same document in both forms.
    pub fn is_json(self) -> bool {
        self != Format::Human
    }
}
