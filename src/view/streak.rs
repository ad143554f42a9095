//! How a job has fared since it was last well: runs in a row that ended badly, due times in a row
//! that came to nothing. A fold of its last records, newest first.

use crate::model::run::{Reason, RunRecord, Status};
use crate::time::Timestamp;

/// Records in a row, newest first, that say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streak<'a> {
    /// The newest of them.
    pub newest: &'a RunRecord,
    /// When the first of them was due or began.
    pub since: Timestamp,
    /// How many there are; a range record counts all its due times.
    pub count: u64,
    /// Whether there may be more than the records that were looked at.
    pub is_open: bool,
}

/// The runs in a row that ended badly. What was skipped, missed or cancelled in between says
/// nothing of how runs end, and dry runs count in no state.
pub fn failures(recent: &[RunRecord]) -> Option<Streak<'_>> {
    streak(recent, |run| match run.status {
        _ if run.is_dry_run() => None,
        Status::Failed | Status::Interrupted => Some(true),
        Status::Success => Some(false),
        _ => None,
    })
}

/// The due times in a row that were skipped or missed. One that a later run stands for is neither.
pub fn idle(recent: &[RunRecord]) -> Option<Streak<'_>> {
    streak(recent, |run| match (run.status, run.reason) {
        (Status::Running, _) | (_, Some(Reason::Coalesced)) => None,
        (Status::Skipped | Status::Missed, _) if run.scheduled_at.is_some() => Some(true),
        (Status::Skipped | Status::Missed, _) => None,
        _ => Some(run.is_dry_run()).filter(|is_dry| !is_dry),
    })
}

/// The records from the newest on that belong; `None` of a record that says nothing.
fn streak(
    recent: &[RunRecord],
    belongs: impl Fn(&RunRecord) -> Option<bool>,
) -> Option<Streak<'_>> {
    let mut found: Option<Streak<'_>> = None;
    for run in recent {
        match belongs(run) {
            None => {}
            Some(false) => {
                return found.map(|streak| Streak {
                    is_open: false,
                    ..streak
                });
            }
            Some(true) => {
                let since = began(run).or(found.map(|streak| streak.since))?;
                found = Some(Streak {
                    newest: found.map_or(run, |streak| streak.newest),
                    since,
                    count: found.map_or(0, |streak| streak.count) + run.count.unwrap_or(1),
                    is_open: true,
                });
            }
        }
    }
    found
}

/// When a run began, was due, or ended without either.
fn began(run: &RunRecord) -> Option<Timestamp> {
    run.started_at.or(run.scheduled_at).or(run.finished_at)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use serde_json::json;

    use super::*;

    /// Records of these days, newest first: a status, and its reason after a slash.
    fn records(words: &[&str]) -> Vec<RunRecord> {
        let record = |(place, word): (usize, &&str)| {
            let (status, reason) = word.split_once('/').unwrap_or((word, ""));
            let (status, is_dry) = status
                .strip_suffix('*')
                .map_or((status, false), |status| (status, true));
            let due = format!("2026-11-{:02}T02:15:00Z", 28 - place);
            let has_run = !["skipped", "missed"].contains(&status);
            serde_json::from_value(json!({
                "id": format!("00000000-0000-4000-8000-0000000000{place:02}"), "job_id": "a",
                "scheduled_at": due, "started_at": has_run.then_some(&due), "finished_at": due,
                "status": status, "reason": Some(reason).filter(|it| !it.is_empty()),
                "error": null, "trigger": "schedule", "attempt": u32::from(has_run),
                "exit_code": null, "signal": null, "dry_run": is_dry, "messages_sent": null,
                "profiles_visited": null, "result": null, "output_bytes": 0, "revision": null,
                "file": "jobs.d/a.yaml", "digest": "d", "host": "here",
            }))
            .unwrap()
        };
        words.iter().enumerate().map(record).collect()
    }

    fn said(streak: Option<Streak<'_>>) -> Option<(u64, String, bool)> {
        streak.map(|it| (it.count, it.since.to_string()[8..10].to_owned(), it.is_open))
    }

    #[test]
    fn failures_in_a_row_end_at_a_success() {
        let of = |words: &[&str]| said(failures(&records(words)));
        assert_eq!(of(&["success", "failed/exit"]), None);
        let three = [
            "failed/exit",
            "missed/late",
            "interrupted/crash",
            "failed/exit",
            "success",
        ];
        assert_eq!(of(&three), Some((3, "25".to_owned(), false)));
        // Nothing good is known: there may be more before.
        assert_eq!(of(&["failed/exit"]), Some((1, "28".to_owned(), true)));
    }

    #[test]
    fn a_dry_run_ends_no_streak() {
        let words = [
            "success*",
            "failed/exit",
            "failed*/exit",
            "failed/exit",
            "success",
        ];
        assert_eq!(
            said(failures(&records(&words))),
            Some((2, "25".to_owned(), false))
        );
        let skipped = ["success*", "skipped/budget", "success"];
        assert_eq!(
            said(idle(&records(&skipped))),
            Some((1, "27".to_owned(), false))
        );
    }

    #[test]
    fn skips_in_a_row_end_at_a_run() {
        let words = [
            "skipped/overlap",
            "missed/coalesced",
            "skipped/overlap",
            "failed/exit",
        ];
        assert_eq!(
            said(idle(&records(&words))),
            Some((2, "26".to_owned(), false))
        );
        assert_eq!(said(idle(&records(&["failed/exit"]))), None);
    }
}
