//! What a form says of its file as a whole, and which findings it shows: none of a field that
//! nobody has left yet.

use std::collections::{BTreeMap, BTreeSet};

use crate::page::chrome::Chrome;
use crate::page::judged::{Judged, Told};

/// The findings by field, of which those of fields that were left are shown.
pub struct Findings {
    /// All of them.
    pub by_field: BTreeMap<&'static str, Vec<Told>>,
    /// The fields that were left; all, where there is no list.
    pub left: Option<BTreeSet<String>>,
}

impl Findings {
    /// Whether what is found at a field is shown.
    pub fn is_shown(&self, name: &str) -> bool {
        self.left.as_ref().is_none_or(|left| left.contains(name))
    }

    /// What is shown at a field.
    pub fn of(&self, name: &str) -> &[Told] {
        let all = self.by_field.get(name).filter(|_| self.is_shown(name));
        all.map_or(&[], Vec::as_slice)
    }
}

/// What is said of the file as a whole.
pub struct Verdict {
    /// Whether it can be committed.
    pub is_valid: bool,
    /// Class of its mark.
    pub class: &'static str,
    /// Icon of its mark.
    pub icon: &'static str,
    /// In words.
    pub words: String,
}

impl Verdict {
    /// A file is incomplete while its errors are those of fields that nobody has left yet.
    pub fn new(errors: usize, is_seen: bool, lacks: usize, c: &Chrome) -> Verdict {
        let (class, icon, words) = match (errors, is_seen, lacks) {
            (0, _, 0) => ("ok", "check", c.t.n_valid.to_owned()),
            (0, _, n) => ("warn", "warning", c.t.count(c.t.n_lacks, n as u64)),
            (n, true, _) => ("fail", "cross", c.t.count(c.t.n_nerr, n as u64)),
            (n, false, _) => ("mute", "pencil", c.t.count(c.t.n_todo, n as u64)),
        };
        Verdict {
            is_valid: errors == 0,
            class,
            icon,
            words,
        }
    }

    /// That of the file of a job.
    pub fn of(judged: &Judged, told: &Findings, c: &Chrome) -> Verdict {
        let shown = told.by_field.keys().flat_map(|name| told.of(name));
        let mut shown = shown.chain(&judged.others);
        let is_seen = shown.any(|told| told.is_error);
        Verdict::new(judged.errors, is_seen, judged.lacks, c)
    }
}
