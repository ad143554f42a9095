//! One file of the index: where the finished records of a stretch of a day's history lie, by job, status, trigger and id.
//!
//! A segment is written once, beside its place, synced and renamed; a crash leaves a whole one or none. It is a cache:
//! whoever finds an entry reads the line it points to, and a line that says something else means a damaged index.
//!
//! Each segment also names, for every key seen so far, the newest earlier segment that holds it, so that a page of a rare
//! job costs as much as one of a frequent job. Numbers are little-endian.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::run::{RunId, Status, Trigger};
use crate::shell::open;

const MAGIC: &[u8; 8] = b"jobsdix1";
const HEADER_BYTES: usize = 88;
const ENTRY_BYTES: u64 = 32;
const ROW_BYTES: u64 = 24;
const ID_BYTES: u64 = 12;
/// Ids by their last byte.
const BUCKETS: usize = 256;

/// Where a line begins. Lines are ordered by it as they were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Position {
    /// The day's file, as the number YYYYMMDD.
    pub day: u32,
    /// Byte of the file.
    pub offset: u64,
}

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
    /// First byte of the day's file that it covers, and the byte behind the last.
    pub start: u64,
    pub end: u64,
    /// Of the file's last bytes before `end`.
    pub fingerprint: u64,
    pub from: i64,
    pub to: i64,
    entries: u32,
    rows: u32,
    postings: u32,
    carry: u32,
    /// The segment itself, while its file cannot be written.
    pub bytes: Option<Arc<Vec<u8>>>,
}

/// A number for a text, the same in every version.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let step = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// The key of all records with this job, status and trigger, each where given.
pub(crate) fn key(job: Option<u64>, status: Option<Status>, trigger: Option<Trigger>) -> u64 {
    let (status, trigger) = (
        status.map_or("", Status::as_str),
        trigger.map_or("", Trigger::as_str),
    );
    hash(format!("{job:?} {status} {trigger}").as_bytes())
}

/// All keys of a record.
fn keys(draft: &Draft) -> impl Iterator<Item = u64> {
    let (job, status, trigger) = (draft.job, draft.status, draft.trigger);
    (1..8u8).map(move |mask| {
        key(
            (mask & 1 != 0).then_some(job),
            (mask & 2 != 0).then_some(status),
            (mask & 4 != 0).then_some(trigger),
        )
    })
}

/// What a segment is made of.
#[derive(Debug)]
pub(crate) struct Parts<'a> {
    pub id: SegmentId,
    pub start: u64,
    pub end: u64,
    pub fingerprint: u64,
    pub drafts: &'a [Draft],
    pub carry: &'a [u8],
}

/// Makes a segment, and lets `heads` point to it for every key that it holds.
pub(crate) fn seal(parts: &Parts<'_>, heads: &mut HashMap<u64, SegmentId>) -> Segment {
    let mut lists: BTreeMap<u64, Vec<u32>> = heads.keys().map(|key| (*key, Vec::new())).collect();
    let mut known: HashMap<(u64, Status, Trigger), [u64; 7]> = HashMap::new();
    for (number, draft) in (0u32..).zip(parts.drafts) {
        let keys = known
            .entry((draft.job, draft.status, draft.trigger))
            .or_insert_with(|| {
                let mut all = [0; 7];
                all.iter_mut()
                    .zip(keys(draft))
                    .for_each(|(to, key)| *to = key);
                all
            });
        for key in keys {
            lists.entry(*key).or_default().push(number);
        }
    }
    let mut body = Vec::new();
    for Draft { entry, .. } in parts.drafts {
        body.extend(entry.offset.to_le_bytes());
        body.extend(u64::from(entry.bytes).to_le_bytes());
        body.extend(entry.from.to_le_bytes());
        body.extend(entry.to.to_le_bytes());
    }
    let mut rows = Vec::new();
    let mut postings = 0u32;
    for (key, list) in &lists {
        let count = list.len() as u32;
        let earlier = heads.get(key).copied();
        rows.extend(key.to_le_bytes());
        rows.extend(postings.to_le_bytes());
        rows.extend(count.to_le_bytes());
        rows.extend(earlier.map_or(0, |id| id.day).to_le_bytes());
        rows.extend(earlier.map_or(0, |id| id.part).to_le_bytes());
        list.iter()
            .for_each(|number| body.extend(number.to_le_bytes()));
        postings += count;
    }
    for (key, _) in lists.iter().filter(|(_, list)| !list.is_empty()) {
        heads.insert(*key, parts.id);
    }
    body.extend(&rows);
    write_ids(parts.drafts, &mut body);
    body.extend(parts.carry);
    let froms = parts.drafts.iter().map(|draft| draft.entry.from);
    let tos = parts.drafts.iter().map(|draft| draft.entry.to);
    let mut segment = Segment {
        id: parts.id,
        start: parts.start,
        end: parts.end,
        fingerprint: parts.fingerprint,
        from: froms.min().unwrap_or(i64::MAX),
        to: tos.max().unwrap_or(i64::MIN),
        entries: parts.drafts.len() as u32,
        rows: lists.len() as u32,
        postings,
        carry: parts.carry.len() as u32,
        bytes: None,
    };
    let mut bytes = segment.header(hash(&body)).to_vec();
    bytes.extend(body);
    segment.bytes = Some(Arc::new(bytes));
    segment
}

fn write_ids(drafts: &[Draft], body: &mut Vec<u8>) {
    let mut ids: Vec<(u8, u64, u32)> = (0u32..)
        .zip(drafts)
        .map(|(number, draft)| {
            let (bucket, hash) = id_hash(draft.id);
            (bucket, hash, number)
        })
        .collect();
    ids.sort_unstable();
    let mut fanout = [0u32; BUCKETS + 1];
    ids.iter()
        .for_each(|(bucket, ..)| fanout[usize::from(*bucket) + 1] += 1);
    for bucket in 0..BUCKETS {
        fanout[bucket + 1] += fanout[bucket];
    }
    fanout.iter().for_each(|end| body.extend(end.to_le_bytes()));
    for (_, hash, number) in ids {
        body.extend(hash.to_le_bytes());
        body.extend(number.to_le_bytes());
    }
}

/// The last bytes of an id are spread evenly, whatever its version.
fn id_hash(id: RunId) -> (u8, u64) {
    let tail = (id.as_u128() & u128::from(u64::MAX)) as u64;
    (tail.to_le_bytes()[0], tail)
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

    /// What later segments need to know of the earlier ones.
    pub fn carry(&self, reader: &Reader<'_>) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; self.carry as usize];
        reader.read(&mut bytes, self.carry_at())?;
        Ok(bytes)
    }

    fn header(&self, body: u64) -> [u8; HEADER_BYTES] {
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

    fn postings_at(&self) -> u64 {
        HEADER_BYTES as u64 + u64::from(self.entries) * ENTRY_BYTES
    }

    fn rows_at(&self) -> u64 {
        self.postings_at() + u64::from(self.postings) * 4
    }

    fn fanout_at(&self) -> u64 {
        self.rows_at() + u64::from(self.rows) * ROW_BYTES
    }

    fn ids_at(&self) -> u64 {
        self.fanout_at() + (BUCKETS as u64 + 1) * 4
    }

    fn carry_at(&self) -> u64 {
        self.ids_at() + u64::from(self.entries) * ID_BYTES
    }
}

/// An open segment.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    segment: &'a Segment,
    file: Option<File>,
}

impl<'a> Reader<'a> {
    /// Opens a segment.
    pub fn open(dir: &Path, segment: &'a Segment) -> io::Result<Reader<'a>> {
        let file = match &segment.bytes {
            Some(_) => None,
            None => Some(open::read(&Segment::path(dir, segment.id))?),
        };
        Ok(Reader { segment, file })
    }

    fn read(&self, to: &mut [u8], at: u64) -> io::Result<()> {
        match (&self.file, &self.segment.bytes) {
            (Some(file), _) => file.read_exact_at(to, at),
            (None, Some(bytes)) => {
                let from = bytes.get(at as usize..at as usize + to.len());
                to.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
                Ok(())
            }
            (None, None) => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Every key with its row.
    pub fn rows(&self) -> io::Result<Vec<(u64, Row)>> {
        let mut bytes = vec![0; (u64::from(self.segment.rows) * ROW_BYTES) as usize];
        self.read(&mut bytes, self.segment.rows_at())?;
        Ok(bytes.chunks_exact(ROW_BYTES as usize).map(row_of).collect())
    }

    /// The entries of a key; `None` when neither this segment nor an earlier one holds it.
    pub fn row(&self, key: u64) -> io::Result<Option<Row>> {
        let (mut low, mut high) = (0, self.segment.rows);
        while low < high {
            let middle = low + (high - low) / 2;
            let mut bytes = [0; ROW_BYTES as usize];
            self.read(
                &mut bytes,
                self.segment.rows_at() + u64::from(middle) * ROW_BYTES,
            )?;
            let (found, row) = row_of(&bytes);
            match found.cmp(&key) {
                std::cmp::Ordering::Equal => return Ok(Some(row)),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    /// The numbers of a key's entries, in the order of the file.
    pub fn postings(&self, row: Row) -> io::Result<Vec<u32>> {
        let mut bytes = vec![0; row.count as usize * 4];
        self.read(
            &mut bytes,
            self.segment.postings_at() + u64::from(row.first) * 4,
        )?;
        let one = |four: &[u8]| u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
        Ok(bytes.chunks_exact(4).map(one).collect())
    }

    /// One entry.
    pub fn entry(&self, number: u32) -> io::Result<Entry> {
        if number >= self.segment.entries {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut bytes = [0; ENTRY_BYTES as usize];
        self.read(
            &mut bytes,
            HEADER_BYTES as u64 + u64::from(number) * ENTRY_BYTES,
        )?;
        Ok(entry_of(&bytes))
    }

    /// All entries.
    pub fn entries(&self) -> io::Result<Vec<Entry>> {
        let mut bytes = vec![0; (u64::from(self.segment.entries) * ENTRY_BYTES) as usize];
        self.read(&mut bytes, HEADER_BYTES as u64)?;
        Ok(bytes
            .chunks_exact(ENTRY_BYTES as usize)
            .map(entry_of)
            .collect())
    }

    /// The last entry that may be of this run: its line says whether it is.
    pub fn find(&self, id: RunId) -> io::Result<Option<Entry>> {
        let (bucket, hash) = id_hash(id);
        let mut ends = [0; 8];
        self.read(&mut ends, self.segment.fanout_at() + u64::from(bucket) * 4)?;
        let (first, end) = (
            (number(&ends) & 0xffff_ffff) as u32,
            (number(&ends) >> 32) as u32,
        );
        if first >= end || end > self.segment.entries {
            return Ok(None);
        }
        let mut bytes = vec![0; (u64::from(end - first) * ID_BYTES) as usize];
        self.read(
            &mut bytes,
            self.segment.ids_at() + u64::from(first) * ID_BYTES,
        )?;
        let rows = bytes.chunks_exact(ID_BYTES as usize).rev();
        let found = rows.into_iter().find(|row| number(&row[..8]) == hash);
        let found = found.map(|row| u32::from_le_bytes([row[8], row[9], row[10], row[11]]));
        found.map(|number| self.entry(number)).transpose()
    }
}

fn number(bytes: &[u8]) -> u64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&bytes[..8]);
    u64::from_le_bytes(eight)
}

fn row_of(bytes: &[u8]) -> (u64, Row) {
    let (place, earlier) = (number(&bytes[8..]), number(&bytes[16..]));
    let id = SegmentId {
        day: (earlier & 0xffff_ffff) as u32,
        part: (earlier >> 32) as u32,
    };
    let row = Row {
        first: (place & 0xffff_ffff) as u32,
        count: (place >> 32) as u32,
        earlier: (id.day != 0).then_some(id),
    };
    (number(bytes), row)
}

fn entry_of(bytes: &[u8]) -> Entry {
    Entry {
        offset: number(bytes),
        bytes: (number(&bytes[8..]) & 0xffff_ffff) as u32,
        from: number(&bytes[16..]).cast_signed(),
        to: number(&bytes[24..]).cast_signed(),
    }
}
