//! What ails a job: the one thing that its owner should hear first. Judged from what is shown, its
//! last records and the clock, so nothing of it is kept.

use crate::core::uses::Meter;
use crate::model::job::Job;
use crate::model::run::{Reason, RunRecord, Status as RunStatus};
use crate::time::{SignedDuration, Timestamp};
use crate::view::standstill::{self, HeldUp, WithoutSuccess};
use crate::view::status::JobStatus;
use crate::view::streak::{self, Streak};

/// Skips in a row that are worth a word.
const SKIPS_MIN: u64 = 3;
/// A job without a success for so long is more than one that flaps.
const LONG: SignedDuration = SignedDuration::from_hours(12);

/// What ails a job.
#[derive(Clone, Debug)]
pub enum Ailment<'a> {
    /// Runs that do not end hold its due times up.
    HeldUp(HeldUp),
    /// Its last runs ended badly.
    Failing(Streak<'a>),
    /// A due time came to nothing although the job is to run.
    Missed(&'a RunRecord),
    /// Due times pass without a success, and no run says why.
    Fruitless(WithoutSuccess),
    /// A limit on its messages leaves none.
    Spent(Meter),
    /// Its last due times were skipped.
    Skipped(Streak<'a>),
}

/// How much an entry weighs, the heaviest first: its kind, the job's tier, and since when.
pub type Weight = (u8, u8, Timestamp);

/// What ails a job; `recent` are its last records, newest first.
pub fn ailment<'a>(
    status: &'a JobStatus,
    recent: &'a [RunRecord],
    now: Timestamp,
) -> Option<Ailment<'a>> {
    if let Some(held_up) = standstill::stuck(status, now) {
        return Some(Ailment::HeldUp(held_up));
    }
    if let Some(run) = status.failing() {
        return Some(Ailment::Failing(streak_of(run, recent)?));
    }
    if let Some(run) = missed(status) {
        return Some(Ailment::Missed(run));
    }
    if let Some(found) = standstill::fruitless(status, now) {
        return Some(Ailment::Fruitless(found));
    }
    if !status.is_enabled() {
        return None;
    }
    if let Some(meter) = spent(status, now) {
        return Some(Ailment::Spent(meter));
    }
    let skipped = streak::idle(recent).filter(|streak| streak.count >= SKIPS_MIN)?;
    Some(Ailment::Skipped(skipped))
}

/// Whether the records of a job say more of what ails it than its status does.
pub fn needs_records(status: &JobStatus) -> bool {
    let is_idle = |run: &RunRecord| matches!(run.status, RunStatus::Skipped | RunStatus::Missed);
    status.failing().is_some() || status.last_final.as_deref().is_some_and(is_idle)
}

/// Whether a job's last run failed, or a due time after it was missed.
pub fn is_failing(status: &JobStatus) -> bool {
    missed(status).or(status.failing()).is_some()
}

/// The newest record, where it is a due time that was lost.
fn missed(status: &JobStatus) -> Option<&RunRecord> {
    status.last_final.as_deref().filter(|run| {
        let is_loss = matches!(run.reason, Some(Reason::Late | Reason::Downtime));
        run.status == RunStatus::Missed && is_loss
    })
}

/// The streak that a bad run ends, or the run by itself where its record cannot be read.
fn streak_of<'a>(run: &'a RunRecord, recent: &'a [RunRecord]) -> Option<Streak<'a>> {
    let alone = || {
        let since = run.started_at.or(run.scheduled_at).or(run.finished_at)?;
        Some(Streak {
            newest: run,
            since,
            count: 1,
            is_open: true,
        })
    };
    streak::failures(recent).or_else(alone)
}

/// The limit that leaves nothing.
fn spent(status: &JobStatus, now: Timestamp) -> Option<Meter> {
    let levels = status.levels(now)?;
    let of_both = [levels.daily, levels.weekly].into_iter().flatten();
    // Both may be spent: what frees last is what stops the job.
    of_both
        .filter(|meter| meter.left() == 0)
        .max_by_key(|meter| meter.frees_at)
}

impl Ailment<'_> {
    /// How much it weighs.
    pub fn weight(&self, status: &JobStatus, now: Timestamp) -> Weight {
        let is_long = status
            .last_success
            .is_none_or(|at| now.duration_since(at) >= LONG);
        let (kind, since) = match self {
            Ailment::HeldUp(found) => (0, found.since),
            Ailment::Failing(streak) => (u8::from(!is_long && streak.count < 2), streak.since),
            Ailment::Fruitless(found) => (0, found.since),
            Ailment::Missed(run) => (1, run.scheduled_at.unwrap_or(now)),
            Ailment::Spent(_) => (2, now),
            Ailment::Skipped(streak) => (2, streak.since),
        };
        (kind, status.job.as_deref().map_or(TIER_PLAIN, tier), since)
    }
}

/// The tier of a job that names none.
const TIER_PLAIN: u8 = 2;

/// How important a job is by its own word: the label `tier`, `priority` or `severity`.
fn tier(job: &Job) -> u8 {
    let keys = ["tier", "priority", "severity"];
    let mut labels = job.labels.iter();
    let said = labels.find(|(key, _)| keys.contains(&key.as_str()));
    let said = said.map(|(_, value)| value.to_lowercase());
    match said.as_deref() {
        Some("critical" | "0" | "1" | "p0" | "p1") => 0,
        Some("high" | "2" | "p2") => 1,
        Some("low" | "4" | "5" | "p4" | "p5") => 3,
        _ => TIER_PLAIN,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::model::event::Event;
    use crate::spec::SourceFile;
    use crate::spec::jobs::loader::load;
    use crate::spec::types::config::Settings;
    use crate::view::status::Status;

    const NOW: &str = "2026-03-10T12:00:00Z";

    /// A job that is due each hour, with these labels and runs, oldest first.
    fn lived(labels: &str, runs: &[Value]) -> (Arc<JobStatus>, Vec<RunRecord>) {
        let text = format!(
            "name: A\nbot_type: command\nbot_config: {{command: ['true']}}\n\
             schedule_type: interval\nschedule_config: {{hours: 1}}\nlabels: {{{labels}}}\n"
        );
        let file = SourceFile {
            path: "jobs.d/a.yaml".to_owned(),
            bytes: text.into_bytes(),
        };
        let loaded = load(&[file], &Settings::default());
        let mut status = Status::default();
        for job in loaded.jobs.values() {
            status.show_job(job, None, None);
        }
        let mut records: Vec<RunRecord> = Vec::new();
        for (place, own) in runs.iter().enumerate() {
            let at = format!("2026-03-10T{:02}:00:00Z", 12 - runs.len() + place);
            let mut run = json!({
                "id": format!("00000000-0000-4000-8000-0000000000{place:02}"), "job_id": "a",
                "scheduled_at": at, "started_at": at, "finished_at": at, "status": "failed",
                "reason": "exit", "error": null, "trigger": "schedule", "attempt": 1,
                "exit_code": 1, "signal": null, "dry_run": false, "messages_sent": null,
                "profiles_visited": null, "result": null, "output_bytes": 0, "revision": null,
                "file": "jobs.d/a.yaml", "digest": "d", "host": "here",
            });
            for (key, value) in own.as_object().unwrap() {
                run[key] = value.clone();
            }
            let record: RunRecord = serde_json::from_value(run).unwrap();
            status.apply(&Event::Run(Box::new(record.clone())));
            records.insert(0, record);
        }
        (status.jobs["a"].clone(), records)
    }

    fn good() -> Value {
        json!({"status": "success", "reason": null, "exit_code": 0})
    }

    fn skipped(reason: &str) -> Value {
        json!({"status": "skipped", "reason": reason, "started_at": null, "attempt": 0})
    }

    fn weight(labels: &str, runs: &[Value]) -> Weight {
        let (status, recent) = lived(labels, runs);
        let now = NOW.parse().unwrap();
        let found = ailment(&status, &recent, now).unwrap();
        found.weight(&status, now)
    }

    #[test]
    fn the_heaviest_trouble_weighs_least() {
        let flapping = weight("", &[good(), json!({})]);
        let in_a_row = weight("", &[good(), json!({}), json!({})]);
        let critical = weight("tier: critical", &[good(), json!({}), json!({})]);
        let idle = [
            good(),
            skipped("overlap"),
            skipped("overlap"),
            skipped("overlap"),
        ];
        let skips = weight("", &idle);
        let mut order = [&flapping, &in_a_row, &critical, &skips];
        order.sort();
        assert_eq!(order, [&critical, &in_a_row, &flapping, &skips]);
    }

    #[test]
    fn skips_are_told_from_the_third_on() {
        let now = NOW.parse().unwrap();
        let found = |runs: &[Value]| {
            let (status, recent) = lived("", runs);
            assert!(needs_records(&status));
            ailment(&status, &recent, now).map(|it| format!("{it:?}"))
        };
        let two = [good(), skipped("overlap"), skipped("overlap")];
        assert_eq!(found(&two), None);
        let three = [
            good(),
            skipped("overlap"),
            skipped("overlap"),
            skipped("overlap"),
        ];
        assert!(found(&three).unwrap().starts_with("Skipped"));
    }

    #[test]
    fn a_failure_outweighs_a_later_miss() {
        let missed = json!({"status": "missed", "reason": "downtime", "started_at": null,
            "attempt": 0});
        let (status, recent) = lived("", &[json!({}), missed.clone()]);
        let now = NOW.parse().unwrap();
        let found = ailment(&status, &recent, now).unwrap();
        assert!(matches!(found, Ailment::Failing(streak) if streak.count == 1));
        let (status, recent) = lived("", &[good(), missed]);
        let found = ailment(&status, &recent, now).unwrap();
        assert!(matches!(found, Ailment::Missed(_)) && is_failing(&status));
    }
}
