//! A format that no user has: it shows, in tests, that a format of findings is this file and its
//! line of the list.

use crate::render::findings::{Findings, Format};

/// Only the codes.
pub const FORMAT: Format = Format {
    name: "made-up",
    what: ("The codes only", "Les codes seulement"),
    for_ci: Some(("codes for a made-up CI", "des codes pour une CI inventée")),
    is_shortened: false,
    write: codes,
};

fn codes(findings: &Findings<'_>) -> String {
    let codes = findings.shown.iter().map(|finding| finding.code);
    codes.flat_map(|code| [code, "\n"]).collect()
}
