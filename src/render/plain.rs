//! A writer for people's eyes: hidden characters are written visibly, whoever brought them in.

use std::io::{self, Write};

use crate::text::{is_hidden, visible};

/// Writes text to another writer; what a terminal would obey is shown instead. Line ends and tabs
/// stay.
pub struct Plain<'w>(pub &'w mut dyn Write);

impl Write for Plain<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let is_bad = |c: char| is_hidden(c) && !matches!(c, '\n' | '\t');
        if text.chars().any(is_bad) {
            for part in text.split_inclusive(['\n', '\t']) {
                let body = part.trim_end_matches(['\n', '\t']);
                self.0.write_all(visible(body).as_bytes())?;
                self.0.write_all(&part.as_bytes()[body.len()..])?;
            }
        } else {
            self.0.write_all(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
