//! What a format of findings is: a file beside this one, and a line of `FORMATS`.

use std::collections::BTreeMap;

use crate::model::diagnostic::Diagnostic;
use crate::text::Lang;

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
