//! Bounded capture of both output streams into `output/RUN_ID.log`. The child is never kept waiting: what is over the
//! bound is read, counted and dropped, and the file says so.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, ChildStdout};

use crate::shell::clock::pause;
use crate::shell::journal::make_private_dir;

/// The streams of a child and the file they go to.
#[derive(Debug)]
pub struct Capture {
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    log: File,
    produced: u64,
    room: u64,
    dropped: u64,
    failed: bool,
}

/// Opens the output file of a run for appending: further attempts go behind the first.
///
/// # Errors
/// Those of the file system.
pub fn open(path: &Path) -> io::Result<File> {
    if let Some(dir) = path.parent() {
        make_private_dir(dir)?;
    }
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
}

impl Capture {
    /// Takes the streams of a child.
    pub fn new(child: &mut Child, log: File, bytes_max: u64) -> Capture {
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let used = log.metadata().map_or(0, |meta| meta.len());
        let room = bytes_max.saturating_sub(used);
        Capture {
            stdout,
            stderr,
            log,
            produced: 0,
            room,
            dropped: 0,
            failed: false,
        }
    }

    /// Whether a stream is still open.
    pub fn is_open(&self) -> bool {
        self.stdout.is_some() || self.stderr.is_some()
    }

    /// Bytes produced, also where less was kept.
    pub fn bytes(&self) -> u64 {
        self.produced
    }

    /// Reads once from whichever stream has something.
    ///
    /// # Cancel safety
    /// Cancel safe: a read either happened and is counted, or did not happen.
    pub async fn pump(&mut self) {
        let (mut out, mut err) = ([0u8; 16 << 10], [0u8; 16 << 10]);
        tokio::select! {
            read = read(&mut self.stdout, &mut out), if self.stdout.is_some() => match read {
                0 => self.stdout = None,
                n => self.keep(&out[..n]),
            },
            read = read(&mut self.stderr, &mut err), if self.stderr.is_some() => match read {
                0 => self.stderr = None,
                n => self.keep(&err[..n]),
            },
            else => {}
        }
    }

    /// Reads what is left, for a bounded time; tells whether somebody still holds a stream.
    pub async fn finish(&mut self, longest: Duration) -> bool {
        let end = pause(longest);
        tokio::pin!(end);
        while self.is_open() {
            tokio::select! {
                () = self.pump() => {}
                () = &mut end => break,
            }
        }
        let is_held = self.is_open();
        (self.stdout, self.stderr) = (None, None);
        if self.dropped > 0 {
            let dropped = std::mem::take(&mut self.dropped);
            let _ = writeln!(self.log, "\n[jobsd: {dropped} more bytes were dropped]");
        }
        is_held
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.produced += bytes.len() as u64;
        let fits = usize::try_from(self.room)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let kept = if self.failed { 0 } else { fits };
        if kept > 0 && self.log.write_all(&bytes[..kept]).is_err() {
            // The record must not depend on space for output; what is lost is said in the file if it ever can be.
            self.failed = true;
        }
        self.room -= fits as u64;
        self.dropped += (bytes.len() - kept) as u64;
    }
}

async fn read<R: tokio::io::AsyncRead + Unpin>(stream: &mut Option<R>, buffer: &mut [u8]) -> usize {
    match stream {
        Some(stream) => stream.read(buffer).await.unwrap_or(0),
        None => 0,
    }
}
