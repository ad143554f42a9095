//! What a record says against itself.

use crate::model::run::{Reason, RunRecord, Status};
use crate::model::run_id::RunId;

/// Each fault of a record: its code, and a sentence.
pub fn faults(record: &RunRecord) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    let mut fault = |code, message: String| faults.push((code, message));
    if let Some(due) = record.scheduled_at
        && record.id != RunId::of_fire(&record.job_id, due)
    {
        fault(
            "wrong-id",
            format!("run {} is not the id of its job and due time", record.id),
        );
    }
    if record
        .started_at
        .zip(record.scheduled_at)
        .is_some_and(|(start, due)| start < due)
    {
        fault(
            "early",
            format!("run {} started before its due time", record.id),
        );
    }
    if record.is_final() {
        if record.finished_at.is_none() {
            fault(
                "no-end",
                format!("run {} is final and has no finished_at", record.id),
            );
        }
        if record.status != Status::Success && record.reason.is_none() {
            fault(
                "unexplained",
                format!(
                    "run {} is {} without a reason",
                    record.id,
                    record.status.as_str()
                ),
            );
        }
        if record
            .started_at
            .zip(record.finished_at)
            .is_some_and(|(start, end)| end < start)
        {
            fault(
                "ends-first",
                format!("run {} ends before it starts", record.id),
            );
        }
        if !fits(record.status, record.reason) {
            fault(
                "wrong-reason",
                format!(
                    "run {}: {:?} is not a reason of {}",
                    record.id,
                    record.reason,
                    record.status.as_str()
                ),
            );
        }
    }
    let range = (record.scheduled_at, record.scheduled_until, record.count);
    match range {
        (_, None, None) => {}
        (Some(first), Some(last), Some(count)) if first <= last && count > 0 => {}
        _ => fault(
            "bad-range",
            format!(
                "run {}: scheduled_at, scheduled_until and count do not make a range",
                record.id
            ),
        ),
    }
    faults
}

/// The reasons of each status (PRODUCT section 5).
fn fits(status: Status, reason: Option<Reason>) -> bool {
    let Some(reason) = reason else { return true };
    use Reason::{
        Budget, Clock, Coalesced, Crash, Downtime, Exit, Late, Overlap, Removed, Replaced,
        Reported, Shutdown, Signal, StartFailed, Timeout, User,
    };
    match status {
        Status::Running => true,
        Status::Success => false,
        Status::Failed => matches!(reason, Exit | Signal | Timeout | StartFailed | Reported),
        Status::Skipped => matches!(reason, Overlap | Budget),
        Status::Missed => matches!(reason, Clock | Downtime | Coalesced | Late),
        Status::Interrupted => reason == Crash,
        Status::Cancelled => matches!(reason, User | Replaced | Shutdown | Removed),
    }
}
