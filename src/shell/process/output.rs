//! The output file of a run, `output/RUN_ID.log`: one line per line of either stream, in the order
//! of arrival, in the form of the Kubernetes container logs (CRI): `TIME STREAM FLAG TEXT`, where
//! the flag is `F` for a whole line and `P` for a part of one. Lines of the stream `jobsd` are the
//! daemon's own.
//!
//! It is bounded: what fits into half of the bound is kept from the beginning; of the rest the end
//! is kept, in two segments beside the file that take turns, and put after it when the attempt
//! ends. What was dropped is said where it is missing. The program is never kept waiting: a file
//! that cannot be written loses output, not the run.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::model::output::Stream;
use crate::model::run_id::RunId;
use crate::shell::open;
use crate::shell::open::make_private_dir;
use crate::shell::process::mask::{Masked, Secrets};
use crate::time::{Timestamp, rfc3339};

/// Longest text of a line; a longer line is kept in parts.
const PART_BYTES_MAX: usize = 16 << 10;

/// The files of a run's output: the log, and, while it is over its bound, the segments of its end,
/// the older first.
pub fn files(state_dir: &Path, run_id: RunId) -> [PathBuf; 3] {
    let dir = state_dir.join("output");
    ["log", "tail.old", "tail"].map(|ending| dir.join(format!("{run_id}.{ending}")))
}

/// What takes in the output of one attempt.
#[derive(Debug)]
pub struct Sink {
    log: Segment,
    older: PathBuf,
    newer: Segment,
    streams: [Lines; 2],
    head_max: u64,
    segment_max: u64,
    dropped: u64,
    /// Bytes of text that the older segment holds.
    older_text: u64,
    is_over: bool,
}

/// One stream on its way to lines.
#[derive(Debug)]
struct Lines {
    stream: Stream,
    masked: Masked,
    part: Vec<u8>,
}

/// A file that is made when its first line comes.
#[derive(Debug)]
struct Segment {
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
    /// Bytes of text in it, without what the lines have in front.
    text: u64,
    has_failed: bool,
}

impl Sink {
    /// Takes output of an attempt: after that of earlier ones, which make room for it.
    pub fn new(
        state_dir: &Path,
        run_id: RunId,
        attempt: u32,
        bytes_max: u64,
        secrets: &Secrets,
    ) -> Sink {
        let [log, older, newer] = files(state_dir, run_id);
        let head_max = bytes_max / 2;
        let mut sink = Sink {
            log: Segment::new(log),
            older,
            newer: Segment::new(newer),
            streams: [Stream::Stdout, Stream::Stderr].map(|stream| Lines {
                stream,
                masked: Masked::new(secrets.clone()),
                part: Vec::new(),
            }),
            head_max,
            segment_max: bytes_max / 4,
            dropped: 0,
            older_text: 0,
            is_over: false,
        };
        if attempt > 1 {
            sink.log.shorten(head_max);
        }
        sink
    }

    /// Takes bytes of a stream in.
    pub fn take(&mut self, now: Timestamp, stream: Stream, bytes: &[u8]) {
        let at = usize::from(stream == Stream::Stderr);
        let mut part = std::mem::take(&mut self.streams[at].part);
        let mut masked = std::mem::take(&mut self.streams[at].masked);
        self.split(now, stream, &mut part, &masked.take(bytes));
        self.streams[at].part = part;
        self.streams[at].masked = masked;
    }

    /// Says something in the daemon's name.
    pub fn say(&mut self, now: Timestamp, text: &str) {
        self.put(&heading(now, Stream::Jobsd), b'F', text.as_bytes());
    }

    /// Puts what is left after the rest: the attempt is over.
    pub fn finish(&mut self, now: Timestamp) {
        for at in 0..self.streams.len() {
            let rest = self.streams[at].masked.finish();
            let (stream, mut part) = (
                self.streams[at].stream,
                std::mem::take(&mut self.streams[at].part),
            );
            self.split(now, stream, &mut part, &rest);
            if !part.is_empty() {
                self.put(&heading(now, stream), b'P', &part);
            }
        }
        if self.is_over {
            self.join(now);
        }
        let lost = [self.log.has_failed, self.newer.has_failed];
        if lost.contains(&true) {
            tracing::warn!(file = %self.log.path.display(), "output was lost: the file could not \
                be written");
        }
    }

    fn split(&mut self, now: Timestamp, stream: Stream, part: &mut Vec<u8>, bytes: &[u8]) {
        let heading = heading(now, stream);
        let part_max = PART_BYTES_MAX
            .min(usize::try_from(self.segment_max / 2).unwrap_or(PART_BYTES_MAX))
            .max(64);
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = part_max - part.len();
            let near = &rest[..rest.len().min(room)];
            match near.iter().position(|byte| *byte == b'\n') {
                Some(end) if part.is_empty() => {
                    self.put(&heading, b'F', &near[..end]);
                    rest = &rest[end + 1..];
                }
                Some(end) => {
                    part.extend_from_slice(&near[..end]);
                    self.put(&heading, b'F', part);
                    part.clear();
                    rest = &rest[end + 1..];
                }
                None if near.len() == room => {
                    part.extend_from_slice(near);
                    self.put(&heading, b'P', part);
                    part.clear();
                    rest = &rest[room..];
                }
                None => {
                    part.extend_from_slice(near);
                    rest = &[];
                }
            }
        }
    }

    fn put(&mut self, heading: &str, flag: u8, text: &[u8]) {
        let bytes = heading.len() + text.len() + 3;
        let kept = text.len() as u64;
        if !self.is_over && self.log.bytes + bytes as u64 <= self.head_max {
            self.dropped += self.log.write(heading, flag, text);
            return;
        }
        if !self.is_over || self.newer.bytes + bytes as u64 > self.segment_max {
            self.turn_segment();
        }
        self.is_over = true;
        let lost = self.newer.write(heading, flag, text);
        self.dropped += lost;
        debug_assert!(
            lost == 0 || lost == kept,
            "a line is kept or lost as a whole"
        );
    }

    /// The newer segment becomes the older one, whose text is dropped.
    fn turn_segment(&mut self) {
        self.dropped += self.older_text;
        self.older_text = self.newer.text;
        if self.newer.file.is_some() && fs::rename(&self.newer.path, &self.older).is_err() {
            self.dropped += std::mem::take(&mut self.older_text);
        }
        self.newer = Segment::new(self.newer.path.clone());
        // What a former daemon left of the same run.
        let _ = fs::remove_file(&self.newer.path);
    }

    /// The segments become the end of the log.
    fn join(&mut self, now: Timestamp) {
        if self.dropped > 0 {
            let text = format!(
                "{} bytes were dropped here (output.max_bytes_per_run)",
                self.dropped
            );
            self.log
                .write(&heading(now, Stream::Jobsd), b'F', text.as_bytes());
        }
        for path in [&self.older, &self.newer.path] {
            self.log.append(path);
        }
    }
}

impl Segment {
    fn new(path: PathBuf) -> Segment {
        let bytes = fs::metadata(&path).map_or(0, |meta| meta.len());
        Segment {
            path,
            file: None,
            bytes,
            text: 0,
            has_failed: false,
        }
    }

    fn open(&mut self) -> io::Result<&mut File> {
        if self.file.is_none() {
            let file = match append_to(&self.path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    if let Some(dir) = self.path.parent() {
                        make_private_dir(dir)?;
                    }
                    append_to(&self.path)?
                }
                opened => opened?,
            };
            self.bytes = file.metadata()?.len();
            self.file = Some(file);
        }
        self.file
            .as_mut()
            .ok_or_else(|| io::Error::other("the file was closed"))
    }

    /// Writes a line with one call; gives the bytes of text that were lost.
    fn write(&mut self, heading: &str, flag: u8, text: &[u8]) -> u64 {
        let mut line = Vec::with_capacity(heading.len() + text.len() + 3);
        line.extend_from_slice(heading.as_bytes());
        line.extend_from_slice(&[flag, b' ']);
        line.extend_from_slice(text);
        line.push(b'\n');
        let (before, lost) = (self.bytes, text.len() as u64);
        match self.open().and_then(|file| file.write_all(&line)) {
            Ok(()) => {
                self.bytes += line.len() as u64;
                self.text += lost;
                0
            }
            Err(_) => {
                // No half line stays; where even that fails, a reader sees a torn one.
                self.has_failed = true;
                if let Some(file) = &self.file {
                    let _ = file.set_len(before);
                }
                lost
            }
        }
    }

    /// Moves the content of another file after this one.
    fn append(&mut self, path: &Path) {
        let Ok(mut source) = File::open(path) else {
            return;
        };
        let copied = self.open().and_then(|file| io::copy(&mut source, file));
        self.has_failed |= copied.is_err();
        // A file that stays is removed with the run's output.
        let _ = fs::remove_file(path);
    }

    /// Cuts the file to whole lines of at most so many bytes.
    fn shorten(&mut self, bytes_max: u64) {
        if self.bytes <= bytes_max {
            return;
        }
        let Ok(bytes) = fs::read(&self.path) else {
            return;
        };
        let fits = usize::try_from(bytes_max).unwrap_or(0).min(bytes.len());
        let end = bytes[..fits]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let cut = self.open().and_then(|file| file.set_len(end as u64));
        if cut.is_ok() {
            self.bytes = end as u64;
        }
    }
}

fn append_to(path: &Path) -> io::Result<File> {
    open::with(OpenOptions::new().append(true).create(true), path)
}

fn heading(now: Timestamp, stream: Stream) -> String {
    format!("{} {} ", rfc3339(now), stream.as_str())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn world() -> (tempfile::TempDir, RunId) {
        (
            tempfile::tempdir().unwrap(),
            RunId::from_uuid(uuid::Uuid::from_u128(7)),
        )
    }

    fn read(dir: &Path, run_id: RunId) -> String {
        String::from_utf8_lossy(&fs::read(&files(dir, run_id)[0]).unwrap()).into_owned()
    }

    fn texts(log: &str) -> Vec<String> {
        log.lines()
            .map(|line| line.split_once(' ').unwrap().1.to_owned())
            .collect()
    }

    /// Also what is not a whole line.
    #[test]
    fn lines_keep_their_stream_and_order() {
        let (dir, run_id) = world();
        let mut sink = Sink::new(dir.path(), run_id, 1, 1 << 20, &Secrets::default());
        let now = Timestamp::UNIX_EPOCH;
        sink.take(now, Stream::Stdout, b"one\ntw");
        sink.take(now, Stream::Stderr, b"oops\n");
        sink.take(now, Stream::Stdout, b"o\n\xff\x00\nrest");
        sink.finish(now);
        let log = fs::read(&files(dir.path(), run_id)[0]).unwrap();
        let want = b"1970-01-01T00:00:00.000Z stdout F one\n1970-01-01T00:00:00.000Z stderr F \
            oops\n1970-01-01T00:00:00.000Z stdout F two\n1970-01-01T00:00:00.000Z stdout F \
            \xff\x00\n1970-01-01T00:00:00.000Z stdout P rest\n";
        assert_eq!(log, want);
    }

    /// It says how much is missing between them.
    #[test]
    fn output_over_the_bound_keeps_head_and_tail() {
        let (dir, run_id) = world();
        let (max, now) = (8_192, Timestamp::UNIX_EPOCH);
        let mut sink = Sink::new(dir.path(), run_id, 1, max, &Secrets::default());
        let mut produced = 0;
        for n in 0..10_000 {
            let line = format!("line {n}\n");
            sink.take(now, Stream::Stdout, line.as_bytes());
            produced += line.len() as u64;
        }
        sink.finish(now);
        let log = read(dir.path(), run_id);
        assert!(log.len() as u64 <= max + 128, "{}", log.len());
        let lines = texts(&log);
        assert_eq!(lines[0], "stdout F line 0");
        assert_eq!(lines.last().unwrap(), "stdout F line 9999");
        let kept: u64 = log
            .lines()
            .filter(|l| l.contains(" stdout "))
            .map(|l| l.len() as u64 - 34)
            .sum();
        let told = lines
            .iter()
            .find(|line| line.starts_with("jobsd F "))
            .unwrap();
        let dropped: u64 = told.split(' ').nth(2).unwrap().parse().unwrap();
        // Newlines are produced and not kept as text.
        assert_eq!(kept + dropped + 10_000, produced);
        assert!(
            log.len() as u64 > max / 2,
            "the end is kept, not only the beginning"
        );
        for path in &files(dir.path(), run_id)[1..] {
            assert!(!path.exists(), "{} was left", path.display());
        }
    }

    #[test]
    fn a_line_without_end_is_kept_in_parts() {
        let (dir, run_id) = world();
        let now = Timestamp::UNIX_EPOCH;
        let mut sink = Sink::new(dir.path(), run_id, 1, 1 << 20, &Secrets::default());
        for _ in 0..10 {
            sink.take(now, Stream::Stdout, &[b'x'; 5_000]);
        }
        sink.finish(now);
        let log = read(dir.path(), run_id);
        let parts = texts(&log);
        assert!(parts.iter().all(|part| part.starts_with("stdout P x")));
        assert_eq!(
            parts.iter().map(|part| part.len() - 9).sum::<usize>(),
            50_000
        );
    }

    #[test]
    fn a_retry_has_room_after_a_loud_attempt() {
        let (dir, run_id) = world();
        let (max, now) = (8_192, Timestamp::UNIX_EPOCH);
        for attempt in 1..=3 {
            let mut sink = Sink::new(dir.path(), run_id, attempt, max, &Secrets::default());
            for n in 0..1_000 {
                sink.take(
                    now,
                    Stream::Stderr,
                    format!("attempt {attempt} line {n}\n").as_bytes(),
                );
            }
            sink.finish(now);
            let log = read(dir.path(), run_id);
            assert!(log.len() as u64 <= max + 256, "{}", log.len());
            assert!(log.contains(&format!("attempt {attempt} line 999\n")));
        }
    }

    #[test]
    fn a_secret_across_chunks_and_streams_is_hidden() {
        let (dir, run_id) = world();
        let now = Timestamp::UNIX_EPOCH;
        let secrets = Secrets::new([b"hunter22222".as_slice()]);
        let mut sink = Sink::new(dir.path(), run_id, 1, 1 << 20, &secrets);
        sink.take(now, Stream::Stdout, b"x hunter");
        sink.take(now, Stream::Stderr, b"y hunter2");
        sink.take(now, Stream::Stdout, b"22222 z\n");
        sink.take(now, Stream::Stderr, b"2222");
        sink.finish(now);
        let log = read(dir.path(), run_id);
        assert_eq!(texts(&log), ["stdout F x *** z", "stderr P y ***"]);
    }
}
