//! A page about a code: what a finding means, why it is one, a wrong and a right example.
//! examples are tested.

/// A page about a code; each pair is English and French.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The code.
    pub code: &'static str,
    /// What it means.
    pub what: (&'static str, &'static str),
    /// Why it matters.
    pub why: (&'static str, &'static str),
    /// Keys of a job file that give the finding, or words where no file can show it.
    pub wrong: &'static str,
    /// The same, fixed.
    pub right: &'static str,
}

/// A page about a code.
pub const fn page(
    code: &'static str,
    what: (&'static str, &'static str),
    why: (&'static str, &'static str),
    wrong: &'static str,
    right: &'static str,
) -> Page {
    Page {
        code,
        what,
        why,
        wrong,
        right,
    }
}
