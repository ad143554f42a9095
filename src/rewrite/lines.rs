//! Lines of a file that is laid out, and where each one goes.

use std::cmp::Ordering;

/// Blanks of one level.
pub const STEP: usize = 2;

/// A line of the result. A bare one is part of a value: its blanks and the empty lines around it
/// stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The text, with its blanks.
    pub text: String,
    /// Whether it is part of a value.
    pub is_bare: bool,
}

impl Line {
    /// A line that is not part of a value.
    pub fn new(indent: usize, text: &str) -> Line {
        let text = if text.is_empty() {
            String::new()
        } else {
            " ".repeat(indent) + text.trim_end()
        };
        Line {
            text,
            is_bare: false,
        }
    }
}

/// A key and what comes after its colon.
pub fn headed(indent: usize, name: &str, rest: &str) -> Line {
    let gap = if rest.is_empty() { "" } else { " " };
    Line::new(indent, &format!("{name}:{gap}{rest}"))
}

/// Whether a line is a comment of this depth.
pub fn is_comment_at(line: &str, depth: usize) -> bool {
    let bare = line.trim_start_matches(' ');
    bare.starts_with('#') && line.len() - bare.len() == depth
}

/// Where a comment after a key goes: to the key's depth, below it, or as far out as it stood.
pub fn depth_of(line: &str, old: usize, indent: usize) -> usize {
    let depth = line.len() - line.trim_start_matches(' ').len();
    match depth.cmp(&old) {
        Ordering::Less => depth * indent / old / STEP * STEP,
        Ordering::Equal => indent,
        Ordering::Greater => indent + STEP,
    }
}

/// Whether a line says nothing: empty, or a comment.
pub fn is_silent(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// A line of a value, moved from one depth to another.
pub fn moved(line: &str, old: usize, new: usize) -> Line {
    let bare = line.trim_start_matches(' ');
    let depth = line.len() - bare.len();
    let text = match (bare.is_empty(), depth.checked_sub(old)) {
        (true, None) => String::new(),
        (_, Some(more)) => " ".repeat(new + more) + bare,
        (false, None) => " ".repeat(new) + bare,
    };
    Line {
        text,
        is_bare: true,
    }
}

/// One text: at most one empty line in a row outside values, none at its begin and end.
pub fn joined(lines: &[Line]) -> String {
    let says = |line: &Line| line.is_bare || !line.text.is_empty();
    let end = lines.iter().rposition(says).map_or(0, |last| last + 1);
    let mut result = String::new();
    let mut last_empty = true;
    for line in &lines[..end] {
        if says(line) || !last_empty {
            result += &line.text;
            result.push('\n');
        }
        last_empty = line.text.is_empty();
    }
    result
}
