//! The end of what a run wrote, for those who show it.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::model::run_id::RunId;
use crate::page::past::OutputEnd;
use crate::shell::open;
use crate::shell::process::output;

/// Bytes of each output file that are looked at, from the end.
const TAIL_BYTES_MAX: u64 = 512 << 10;

/// The end of the output of a run.
pub fn end(state_dir: &Path, id: RunId) -> OutputEnd {
    let mut end = OutputEnd::default();
    for path in output::files(state_dir, id) {
        // What is not there has not been written, or is no longer kept.
        if let Ok((more, left)) = tail(&path) {
            end.bytes.extend(more);
            end.skipped += left;
        }
    }
    end
}

/// The end of a file from a whole line on, and how many bytes stand before it.
fn tail(path: &Path) -> io::Result<(Vec<u8>, u64)> {
    let mut file = open::read(path)?;
    let length = file.metadata()?.len();
    let skipped = length.saturating_sub(TAIL_BYTES_MAX);
    file.seek(SeekFrom::Start(skipped))?;
    let mut bytes = Vec::new();
    file.take(TAIL_BYTES_MAX).read_to_end(&mut bytes)?;
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
