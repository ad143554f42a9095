//! A5 over a journal: no due time is lost, and none is settled twice.

use std::collections::BTreeMap;

use jobsd::core::ledger::Ledger;
use jobsd::model::event::Event;
use jobsd::model::job::JobId;
use jobsd::model::run::{Reason, RunRecord};
use jobsd::model::run_id::RunId;
use jobsd::time::{SignedDuration, Timestamp};

/// A5: between two adoptions of an enabled job, its due times are covered by records without gap or
/// overlap.
pub fn check(journal: &[Event], ledger: &Ledger, now: Timestamp, seed: u64) {
    let mut last: BTreeMap<RunId, &RunRecord> = BTreeMap::new();
    for event in journal {
        if let Event::Run(run) = event {
            last.insert(run.id, run);
        }
    }
    let mut settled: BTreeMap<&JobId, Vec<(Timestamp, Timestamp, u64)>> = BTreeMap::new();
    let removed = Some(Reason::Removed);
    for run in last.values().filter(|run| run.reason != removed) {
        if let (Some(first), Some(until)) = (run.scheduled_at, run.settles_through()) {
            settled
                .entry(&run.job_id)
                .or_default()
                .push((first, until, run.count.unwrap_or(1)));
        }
    }
    for (id, ranges) in &mut settled {
        ranges.sort();
        for pair in ranges.windows(2) {
            assert!(
                pair[0].1 < pair[1].0,
                "A5: {id} settled twice at {}; seed {}",
                pair[1].0,
                seed
            );
        }
    }
    for (id, state) in &ledger.jobs {
        let (Some(job), Some(adopted), Some(cursor)) = (&state.job, &state.adopted, state.cursor)
        else {
            continue;
        };
        if !state.present || !job.enabled {
            continue;
        }
        let count = |after: Timestamp, through: Timestamp| {
            let range = (after < through).then(|| job.schedule.due_range(after, through));
            range.flatten().map_or(0, |range| range.count)
        };
        let nano = SignedDuration::from_nanos(1);
        let pauses = pauses(journal, now, id);
        let paused = pauses
            .iter()
            .map(|(from, to)| count((*from).max(adopted.at), (*to - nano).min(cursor)));
        let wanted = count(adopted.at, cursor) - paused.sum::<u64>();
        let is_paused = |due: &Timestamp| pauses.iter().any(|(a, b)| a < due && due < b);
        let ranges = settled.get(id).cloned().unwrap_or_default();
        // A run ordered just before an edit took its due time away is still to be judged.
        let is_named = |first: &Timestamp| {
            let before = *first - SignedDuration::from_nanos(1);
            *first > adopted.at
                && !is_paused(first)
                && job.schedule.next_after(before) == Some(*first)
        };
        let counted = ranges.iter().filter(|(first, ..)| is_named(first));
        let found: u64 = counted.map(|(_, _, count)| count).sum();
        assert_eq!(
            found, wanted,
            "A5: {id} lost due times since {}; seed {}",
            adopted.at, seed
        );
    }
}

/// The stretches in which a job was paused, oldest first: after the first instant, before the
/// second.
fn pauses(journal: &[Event], now: Timestamp, id: &JobId) -> Vec<(Timestamp, Timestamp)> {
    let mut pauses = Vec::new();
    let mut open = None;
    for event in journal {
        match event {
            Event::Pause(pause) if pause.job_id == *id => {
                open = open.or(Some(pause.at));
            }
            Event::Resume(resume) if resume.job_id == *id => {
                pauses.extend(open.take().map(|from| (from, resume.at)));
            }
            _ => {}
        }
    }
    let end = now + SignedDuration::from_secs(1);
    pauses.extend(open.map(|from| (from, end)));
    pauses
}
