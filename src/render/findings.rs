//! The formats of findings: one is a file here and a line of the list.

use std::collections::BTreeMap;

use crate::model::diagnostic::Diagnostic;
use crate::render::{github, gitlab, json, jsonl, junit, sarif, text};
use crate::text::Lang;

/// Every format of findings, in the order of the help; the first is the default.
pub const FORMATS: &[&Format] = &[
    &text::FORMAT,
    &json::FORMAT,
    &jsonl::FORMAT,
    &github::FORMAT,
    &gitlab::FORMAT,
    &sarif::FORMAT,
    &junit::FORMAT,
    #[cfg(test)]
    &crate::render::made_up::FORMAT,
];

/// A format of findings. What it is, is said in English and French.
#[derive(Debug)]
pub struct Format {
    /// As `--format` takes it.
    pub name: &'static str,
    /// In the help of the command.
    pub what: (&'static str, &'static str),
    /// In `jobsd help formats`, where CI systems read it.
    pub for_ci: Option<(&'static str, &'static str)>,
    /// Whether it may show some of the findings only: it is read by people.
    pub is_shortened: bool,
    /// Writes findings.
    pub write: fn(&Findings<'_>) -> String,
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

/// What is written, and for whom.
pub struct Findings<'a> {
    /// All that was found.
    pub checked: &'a Checked,
    /// The findings to show.
    pub shown: &'a [Diagnostic],
    /// The text of a file.
    pub source: &'a dyn Fn(&str) -> Option<String>,
    /// Whether to color.
    pub color: bool,
    /// Language of people.
    pub lang: Lang,
}
