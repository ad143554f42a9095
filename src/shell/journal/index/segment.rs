//! One file of the index: where the finished records of a stretch of a day's history lie, by job,
//! status, trigger and id.
//!
//! A segment is written once, beside its place, synced and renamed; a crash leaves a whole one or
//! none. It is a cache: whoever finds an entry reads the line it points to, and a line that says
//! something else means a damaged index.
//!
//! Each segment also names, for every key seen so far, the newest earlier segment that holds it, so
//! that a page of a rare job costs as much as one of a frequent job. Numbers are little-endian.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::run::{Status, Trigger};
use crate::model::run_id::RunId;
use crate::shell::journal::sum::hash;
use crate::shell::open;

const MAGIC: &[u8; 8] = b"jobsdix1";
pub(super) const HEADER_BYTES: usize = 88;
pub(super) const ENTRY_BYTES: u64 = 32;
pub(super) const ROW_BYTES: u64 = 24;
pub(super) const ID_BYTES: u64 = 12;
/// Ids by their last byte.
pub(super) const BUCKETS: usize = 256;

/// A segment: a day and its number within the day, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SegmentId {
    pub day: u32,
    pub part: u32,
}

/// Where a record lies, and the span of its times in microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub offset: u64,
    pub bytes: u32,
    pub from: i64,
    pub to: i64,
}

/// A finished record that is not sealed into a segment yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draft {
    pub entry: Entry,
    pub id: RunId,
    pub job: u64,
    pub status: Status,
    pub trigger: Trigger,
}

/// The entries of a key within a segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub first: u32,
    pub count: u32,
    /// The newest earlier segment that holds the key.
    pub earlier: Option<SegmentId>,
}

/// What is known of a segment without opening its file.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub id: SegmentId,
    /// First byte of the day's file that it covers, and the byte after the last.
    pub start: u64,
    pub end: u64,
    /// Of the file's last bytes before `end`.
    pub fingerprint: u64,
    pub from: i64,
    pub to: i64,
    pub(super) entries: u32,
    pub(super) rows: u32,
    pub(super) postings: u32,
    pub(super) carry: u32,
    /// The segment itself, while its file cannot be written.
    pub bytes: Option<Arc<Vec<u8>>>,
}

/// The key of all records with this job, status and trigger, each where given.
pub(crate) fn key(job: Option<u64>, status: Option<Status>, trigger: Option<Trigger>) -> u64 {
    let (status, trigger) = (
        status.map_or("", Status::as_str),
        trigger.map_or("", Trigger::as_str),
    );
    hash(format!("{job:?} {status} {trigger}").as_bytes())
}

impl Segment {
    /// The file of a segment.
    pub fn path(dir: &Path, id: SegmentId) -> PathBuf {
        let (year, month, day) = (id.day / 10_000, id.day / 100 % 100, id.day % 100);
        dir.join(format!("{year:04}-{month:02}-{day:02}.{:05}.idx", id.part))
    }

    /// Reads the head of a segment's file; `None` when it is not one.
    pub fn open(dir: &Path, id: SegmentId) -> io::Result<Option<Segment>> {
        let file = match open::read(&Segment::path(dir, id)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut head = [0; HEADER_BYTES];
        if file.read_exact_at(&mut head, 0).is_err() {
            return Ok(None);
        }
        let segment = Segment::of_header(&head).filter(|segment| segment.id == id);
        let length = file.metadata()?.len();
        Ok(segment.filter(|segment| length == segment.carry_at() + u64::from(segment.carry)))
    }

    /// Writes the file, so that a crash leaves a whole one or none.
    pub fn write(&mut self, dir: &Path) -> io::Result<()> {
        let Some(bytes) = &self.bytes else {
            return Ok(());
        };
        let path = Segment::path(dir, self.id);
        let new = path.with_extension(format!("new{}", std::process::id()));
        // What a crash left, or somebody planted, is not written to.
        let _ = fs::remove_file(&new);
        let mut options = fs::OpenOptions::new();
        let options = options.write(true).create_new(true);
        let written = open::with(options, &new).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_data()?;
            fs::rename(&new, &path)
        });
        if written.is_err() {
            // A half-written file must not keep space that the journal lacks.
            let _ = fs::remove_file(&new);
        }
        written?;
        self.bytes = None;
        Ok(())
    }

    pub(super) fn header(&self, body: u64) -> [u8; HEADER_BYTES] {
        let mut head = Vec::with_capacity(HEADER_BYTES);
        head.extend(MAGIC);
        head.extend(self.id.day.to_le_bytes());
        head.extend(self.id.part.to_le_bytes());
        for value in [self.start, self.end, self.fingerprint] {
            head.extend(value.to_le_bytes());
        }
        head.extend(self.from.to_le_bytes());
        head.extend(self.to.to_le_bytes());
        for value in [self.entries, self.rows, self.postings, self.carry] {
            head.extend(value.to_le_bytes());
        }
        head.extend(body.to_le_bytes());
        let sum = hash(&head);
        head.extend(sum.to_le_bytes());
        let mut all = [0; HEADER_BYTES];
        all.copy_from_slice(&head);
        all
    }

    fn of_header(head: &[u8; HEADER_BYTES]) -> Option<Segment> {
        let long = |at: usize| number(&head[at..at + 8]);
        let short = |at: usize| (long(at) & 0xffff_ffff) as u32;
        let is_ours =
            &head[..8] == MAGIC && long(HEADER_BYTES - 8) == hash(&head[..HEADER_BYTES - 8]);
        let tail =
            |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        is_ours.then(|| Segment {
            id: SegmentId {
                day: short(8),
                part: short(12),
            },
            start: long(16),
            end: long(24),
            fingerprint: long(32),
            from: long(40).cast_signed(),
            to: long(48).cast_signed(),
            entries: tail(56),
            rows: tail(60),
            postings: tail(64),
            carry: tail(68),
            bytes: None,
        })
    }

    /// How many records it holds.
    pub fn entries(&self) -> u32 {
        self.entries
    }

    pub(super) fn postings_at(&self) -> u64 {
        HEADER_BYTES as u64 + u64::from(self.entries) * ENTRY_BYTES
    }

    pub(super) fn rows_at(&self) -> u64 {
        self.postings_at() + u64::from(self.postings) * 4
    }

    pub(super) fn fanout_at(&self) -> u64 {
        self.rows_at() + u64::from(self.rows) * ROW_BYTES
    }

    pub(super) fn ids_at(&self) -> u64 {
        self.fanout_at() + (BUCKETS as u64 + 1) * 4
    }

    pub(super) fn carry_at(&self) -> u64 {
        self.ids_at() + u64::from(self.entries) * ID_BYTES
    }
}

/// The last bytes of an id are spread evenly, whatever its version.
pub(super) fn id_hash(id: RunId) -> (u8, u64) {
    let tail = (id.as_u128() & u128::from(u64::MAX)) as u64;
    (tail.to_le_bytes()[0], tail)
}

pub(super) fn number(bytes: &[u8]) -> u64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&bytes[..8]);
    u64::from_le_bytes(eight)
}
