//! What a format of findings is: a file beside this one, and a line of `FORMATS`.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

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

/// What makes a finding the same one in a later check: not its line, so that an edit elsewhere in
/// the file makes no new one; counted, so that two are two.
#[derive(Debug, Default)]
pub struct Fingerprints {
    seen: BTreeMap<String, u32>,
}

impl Fingerprints {
    /// The fingerprint of the next finding, in hexadecimal digits.
    pub fn next(&mut self, finding: &Diagnostic) -> String {
        let Diagnostic {
            path, code, key, ..
        } = finding;
        let identity = format!("{path}\n{code}\n{key}\n{}", finding.message.en);
        let nth = self.seen.entry(identity.clone()).or_default();
        let digest = Sha256::digest(format!("{identity}\n{nth}"));
        *nth += 1;
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
