//! Findings and views to text: one output format each.

pub mod daemon;
pub mod github;
pub mod gitlab;
pub mod history;
pub mod jobs;
pub mod json;
pub mod junit;
pub mod plain;
pub mod prometheus;
pub mod runs;
pub mod sarif;
pub mod screen;
pub mod text;

use std::collections::BTreeMap;

use clap::ValueEnum;

use crate::model::diagnostic::Diagnostic;

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

/// What a check found, and in which files.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Every file that was looked at, in order.
    pub files: Vec<String>,
    /// Every finding, in order.
    pub findings: Vec<Diagnostic>,
    /// Texts by name that are not on the disk: standard input.
    pub sources: BTreeMap<String, String>,
}
