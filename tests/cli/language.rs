//! The language of what people read: no word of a translation in messages, help and docs, and
//! French spacing and one French word for one thing.

use std::fs;
use std::path::{Path, PathBuf};

use jobsd::text::Lang;

use crate::support::source;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Words that a native engineer would not write here, and what to write.
const BANNED: [(&str, &str); 24] = [
    ("behind", "after, below"),
    ("alone", "only"),
    ("mend", "fix"),
    ("mends", "fixes"),
    ("mended", "fixed"),
    ("told", "reported, asked"),
    ("tells of", "reports"),
    ("stands", "is"),
    ("stands already", "already defined"),
    ("goes on", "continues"),
    ("going on", "in progress"),
    ("somebody", "someone"),
    ("nobody", "no one, not"),
    ("anybody", "anyone, any user"),
    ("whoever", "who, the client"),
    ("anew", "again"),
    ("for ever", "forever"),
    ("taken over", "loaded"),
    ("comes round", "wakes"),
    ("come round", "wake"),
    ("heeds", "honors"),
    ("is no", "is not a"),
    ("are no", "are not"),
    ("in force", "active"),
];

/// True uses.
const ALLOWED: [&str; 12] = [
    "behind a proxy",
    "behind a reverse proxy",
    "behind a link",
    "behind the link",
    "is no longer",
    "are no longer",
    "is no such",
    "there is no",
    "are told apart",
    "where there is no",
    "is no more than",
    "stand-alone",
];
