//! The output files of a run, read while they grow.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::model::run_id::RunId;
use crate::shell::open;
use crate::shell::process::output;

/// Bytes read at once.
const READ_BYTES: usize = 64 << 10;

/// Reads the output files of a run in their order, whatever the daemon does with them meanwhile.
pub(super) struct Reader {
    files: [PathBuf; 3],
    open: Option<File>,
    /// Whether the end of the log was left for the segment after it.
    is_in_tail: bool,
    has_begun: bool,
}

impl Reader {
    pub(super) fn new(state: &Path, run_id: RunId) -> Reader {
        Reader {
            files: output::files(state, run_id),
            open: None,
            is_in_tail: false,
            has_begun: false,
        }
    }

    /// Further bytes; `None` when there are none now.
    pub(super) fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.open.is_none() {
            self.open = open_if_there(&self.files[0])?;
        }
        loop {
            let Some(file) = &mut self.open else {
                return Ok(None);
            };
            self.has_begun = true;
            let mut bytes = vec![0; READ_BYTES];
            let read = file.read(&mut bytes)?;
            if read > 0 {
                bytes.truncate(read);
                return Ok(Some(bytes));
            }
            match self.further()? {
                Some(next) => (self.open, self.is_in_tail) = (Some(next), true),
                None => return Ok(None),
            }
        }
    }

    /// The segment after the one that was read to its end, while the run is over its bound.
    fn further(&mut self) -> io::Result<Option<File>> {
        let [_, older, newer] = &self.files;
        let here = self.open.as_ref().map(inode).transpose()?;
        let same = |file: &Option<File>| -> io::Result<bool> {
            Ok(file.as_ref().map(inode).transpose()? == here)
        };
        let (older, newer) = (open_if_there(older)?, open_if_there(newer)?);
        if self.is_in_tail && (same(&newer)? || newer.is_none()) {
            return Ok(None);
        }
        if self.is_in_tail && same(&older)? {
            return Ok(newer);
        }
        Ok(older.or(newer))
    }

    pub(super) fn is_missing(&self) -> bool {
        !self.has_begun
    }
}

fn open_if_there(path: &Path) -> io::Result<Option<File>> {
    match open::read(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn inode(file: &File) -> io::Result<(u64, u64)> {
    let meta = file.metadata()?;
    Ok((meta.dev(), meta.ino()))
}
