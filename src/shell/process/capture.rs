//! Reads both streams of a program into its output file. The program is never kept waiting.

use std::os::fd::OwnedFd;
use std::time::Duration;

use tokio::net::unix::pipe::Receiver;

use crate::model::output::Stream;
use crate::shell::clock::pause;
use crate::shell::process::writer::Writer;

/// Bytes taken with one read.
const READ_BYTES: usize = 64 << 10;

/// The streams of a program and where they go.
#[derive(Debug)]
pub struct Capture {
    streams: [Option<Receiver>; 2],
    writer: Writer,
}

/// How the output of an attempt came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Whether someone still holds a stream.
    pub is_held: bool,
    /// Whether the file has taken everything in time.
    pub is_whole: bool,
}

impl Capture {
    /// Reads from these ends of the program's pipes. Must be called inside the runtime.
    ///
    /// # Errors
    /// When the runtime cannot watch them.
    pub fn new(stdout: OwnedFd, stderr: OwnedFd, writer: Writer) -> std::io::Result<Capture> {
        let receiver = |end| Receiver::from_owned_fd(end).map(Some);
        Ok(Capture {
            streams: [receiver(stdout)?, receiver(stderr)?],
            writer,
        })
    }

    /// Whether a stream is still open.
    pub fn is_open(&self) -> bool {
        self.streams.iter().any(Option::is_some)
    }

    /// Bytes produced, also where less was kept.
    pub fn bytes(&self) -> u64 {
        self.writer.bytes()
    }

    /// Reads once from whichever stream has something.
    ///
    /// # Cancel safety
    /// Cancel safe: a read either happened and is counted, or did not happen.
    pub async fn pump(&mut self) {
        self.writer.room().await;
        self.read().await;
    }

    async fn read(&mut self) {
        let [stdout, stderr] = &self.streams;
        let at = tokio::select! {
            () = readable(stdout), if stdout.is_some() => 0,
            () = readable(stderr), if stderr.is_some() => 1,
            else => return,
        };
        self.drain(at);
    }

    /// Reads what is left, for a bounded time, and has it written, for another.
    pub async fn finish(&mut self, read_max: Duration, write_max: Duration) -> Finished {
        self.writer.make_room();
        let end = pause(read_max);
        tokio::pin!(end);
        while self.is_open() {
            tokio::select! {
                // What is left in the pipes is little, and has room.
                () = self.read() => {}
                () = &mut end => break,
            }
        }
        let is_held = self.is_open();
        self.streams = [None, None];
        let is_whole = self.writer.finish(write_max).await;
        Finished { is_held, is_whole }
    }

    fn drain(&mut self, at: usize) {
        let mut buffer = [0; READ_BYTES];
        let Some(stream) = &self.streams[at] else {
            return;
        };
        let kind = [Stream::Stdout, Stream::Stderr][at];
        match stream.try_read(&mut buffer) {
            Ok(0) => self.streams[at] = None,
            Ok(read) => self.writer.take(kind, &buffer[..read]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => self.streams[at] = None,
        }
    }
}

async fn readable(stream: &Option<Receiver>) {
    match stream {
        // An error shows at the read.
        Some(stream) => drop(stream.readable().await),
        None => std::future::pending().await,
    }
}
