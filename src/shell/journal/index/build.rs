//! Makes a segment of the records that were read.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::model::run::{Status, Trigger};
use crate::shell::journal::index::segment::{BUCKETS, Draft, Segment, SegmentId, id_hash, key};
use crate::shell::journal::sum::hash;

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
