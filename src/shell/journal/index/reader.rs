//! Reads what a segment holds, from its file or from memory.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::model::run_id::RunId;
use crate::shell::journal::index::segment::{
    ENTRY_BYTES, Entry, HEADER_BYTES, ID_BYTES, ROW_BYTES, Row, Segment, SegmentId, id_hash, number,
};
use crate::shell::open;

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

    /// What later segments need to know of the earlier ones.
    pub fn carry(&self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; self.segment.carry as usize];
        self.read(&mut bytes, self.segment.carry_at())?;
        Ok(bytes)
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
