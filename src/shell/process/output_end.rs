//! The end of what a run wrote, for those who show it.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::model::run_id::RunId;
use crate::page::past::OutputEnd;
use crate::shell::open;
use crate::shell::process::output;

/// The end of the output of a run: at most so many bytes of each of its files.
pub fn end(state_dir: &Path, id: RunId, bytes_max: u64) -> OutputEnd {
    let mut end = OutputEnd::default();
    for path in output::files(state_dir, id) {
        // What is not there has not been written, or is no longer kept.
        if let Ok((more, left)) = tail(&path, bytes_max) {
            end.bytes.extend(more);
            end.skipped += left;
        }
    }
    end
}

/// The end of a file from a whole line on, and how many bytes stand before it.
fn tail(path: &Path, bytes_max: u64) -> io::Result<(Vec<u8>, u64)> {
    let mut file = open::read(path)?;
    let length = file.metadata()?.len();
    let skipped = length.saturating_sub(bytes_max);
    file.seek(SeekFrom::Start(skipped))?;
    let mut bytes = Vec::new();
    file.take(bytes_max).read_to_end(&mut bytes)?;
    if skipped == 0 {
        return Ok((bytes, 0));
    }
    // Begin at a whole line.
    let start = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    bytes.drain(..start);
    Ok((bytes, skipped + start as u64))
}
