//! `RunRecord`: a line of the history, and its parts.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::alike;
use crate::model::job::JobId;
use crate::model::run_id::RunId;
use crate::time::{SignedDuration, Timestamp};

/// The status of a run; all but `running` are final.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Ordered, perhaps started; never final.
    Running,
    /// Exit status 0, and the program reported nothing else.
    Success,
    /// It failed, for one of `exit`, `signal`, `timeout`, `start_failed`, `reported`.
    Failed,
    /// It was not started, by policy: `overlap`, `budget`.
    Skipped,
    /// Its due time passed: `clock`, `downtime`, `coalesced`, `late`.
    Missed,
    /// The daemon died during the run.
    Interrupted,
    /// Someone stopped it: `user`, `replaced`, `shutdown`, `removed`.
    Cancelled,
}

impl Status {
    /// Every status.
    pub const ALL: [Status; 7] = [
        Status::Running,
        Status::Success,
        Status::Failed,
        Status::Skipped,
        Status::Missed,
        Status::Interrupted,
        Status::Cancelled,
    ];

    /// The word of the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Running => "running",
            Status::Success => "success",
            Status::Failed => "failed",
            Status::Skipped => "skipped",
            Status::Missed => "missed",
            Status::Interrupted => "interrupted",
            Status::Cancelled => "cancelled",
        }
    }

    /// Reads the word of a record.
    pub fn parse(word: &str) -> Option<Status> {
        Status::ALL
            .into_iter()
            .find(|status| status.as_str() == word)
    }
}

/// Why a run has its status.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Non-zero exit status, in `exit_code`.
    Exit,
    /// Ended by a signal, in `signal`.
    Signal,
    /// Over its `timeout`.
    Timeout,
    /// It could not be started; `error` says why.
    StartFailed,
    /// The program's result file said so.
    Reported,
    /// `max_instances` runs of the job were active.
    Overlap,
    /// No message was left under a limit.
    Budget,
    /// A clock step jumped over the due time.
    Clock,
    /// Due while the daemon was down.
    Downtime,
    /// Another run stands for it, named in `coalesced_into`.
    Coalesced,
    /// It could not start within its grace although the daemon was up.
    Late,
    /// The daemon died.
    Crash,
    /// Cancelled on request.
    User,
    /// A newer fire took its place.
    Replaced,
    /// The daemon was stopped.
    Shutdown,
    /// An edit took its job or due time away before it started.
    Removed,
}

impl Reason {
    /// The word of the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Exit => "exit",
            Reason::Signal => "signal",
            Reason::Timeout => "timeout",
            Reason::StartFailed => "start_failed",
            Reason::Reported => "reported",
            Reason::Overlap => "overlap",
            Reason::Budget => "budget",
            Reason::Clock => "clock",
            Reason::Downtime => "downtime",
            Reason::Coalesced => "coalesced",
            Reason::Late => "late",
            Reason::Crash => "crash",
            Reason::User => "user",
            Reason::Replaced => "replaced",
            Reason::Shutdown => "shutdown",
            Reason::Removed => "removed",
        }
    }
}

/// What made a run start.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Trigger {
    /// Its due time.
    Schedule,
    /// A request.
    Manual,
    /// Its due time, found late after downtime, a suspend or a clock step.
    Catchup,
    /// A failed or interrupted attempt.
    Retry,
}

impl Trigger {
    /// Every trigger.
    pub const ALL: [Trigger; 4] = [
        Trigger::Schedule,
        Trigger::Manual,
        Trigger::Catchup,
        Trigger::Retry,
    ];

    /// Reads the word of a record.
    pub fn parse(word: &str) -> Option<Trigger> {
        Trigger::ALL
            .into_iter()
            .find(|trigger| trigger.as_str() == word)
    }

    /// The word of the record and of `JOBSD_TRIGGER`.
    pub fn as_str(self) -> &'static str {
        match self {
            Trigger::Schedule => "schedule",
            Trigger::Manual => "manual",
            Trigger::Catchup => "catchup",
            Trigger::Retry => "retry",
        }
    }
}

/// What a run counts under daily and weekly limits: `reserved` until it is over, then `used`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Budget {
    /// Messages that it may send, all attempts together.
    pub reserved: u64,
    /// Messages that it sent or, where that is unknown, may have sent.
    pub used: u64,
}

/// Attempts of one run that its record reports, the last ones (A11).
pub const ATTEMPTS_MAX: usize = 20;

/// One try of a run that had several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attempt {
    /// Its number, from 1.
    pub attempt: u32,
    /// When its start was ordered.
    #[serde(with = "crate::time::Rfc3339")]
    pub started_at: Timestamp,
    /// Its end; `None` while it is under way.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub finished_at: Option<Timestamp>,
    /// Why it did not succeed.
    pub reason: Option<Reason>,
    /// Its exit status.
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

/// One run: a line of the history. Lines with the same `id` are one record, and the last line says
/// all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunRecord {
    /// The run.
    pub id: RunId,
    /// Its job.
    pub job_id: JobId,
    /// Its due time; `None` for a manual run.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub scheduled_at: Option<Timestamp>,
    /// Last due time of a range record, included.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "crate::time::Rfc3339Option"
    )]
    pub scheduled_until: Option<Timestamp>,
    /// How many due times a range record stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// When a manual run was asked for; absent of a scheduled one.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "crate::time::Rfc3339Option"
    )]
    pub requested_at: Option<Timestamp>,
    /// Start of the first attempt; `None` before it and where nothing started.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub started_at: Option<Timestamp>,
    /// End of the run; `None` while it is not final.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub finished_at: Option<Timestamp>,
    /// Where the run is.
    pub status: Status,
    /// Why.
    pub reason: Option<Reason>,
    /// The cause in words.
    pub error: Option<String>,
    /// What made it start.
    pub trigger: Trigger,
    /// Number of the latest attempt, from 1; 0 before the first.
    pub attempt: u32,
    /// When the next attempt starts, while a retry is pending.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "crate::time::Rfc3339Option"
    )]
    pub retry_at: Option<Timestamp>,
    /// Whether it was judged and waits for a place or for its pace: nothing of it starts before a
    /// further line says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waiting: bool,
    /// Whether the latest attempt starts only now although an earlier line of it says that it
    /// started: that line took too long to be durable, and nothing started by it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub delayed: bool,
    /// Its attempts, oldest first, the last 20 at most; empty while there was one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// Exit status of the latest attempt.
    pub exit_code: Option<i32>,
    /// Signal that ended the latest attempt.
    pub signal: Option<i32>,
    /// The run that stands for this due time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coalesced_into: Option<RunId>,
    /// Whether outside effects were left out.
    pub dry_run: bool,
    /// Messages sent, by the program's word.
    pub messages_sent: Option<u64>,
    /// Profiles visited, by the program's word.
    pub profiles_visited: Option<u64>,
    /// What it counts under the job's limits; absent where there are none, and of a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// The rest of the program's result file.
    pub result: Option<serde_json::Value>,
    /// Bytes of output, as produced.
    pub output_bytes: u64,
    /// Commit of the job files.
    #[serde(default, deserialize_with = "alike::text_option")]
    pub revision: Option<Arc<str>>,
    /// The job file.
    pub file: Arc<str>,
    /// Digest of the effective job.
    pub digest: Arc<str>,
    /// The machine.
    #[serde(deserialize_with = "alike::text")]
    pub host: Arc<str>,
}

impl RunRecord {
    /// Whether the record will not change any more.
    pub fn is_final(&self) -> bool {
        self.status != Status::Running
    }

    /// Whether a program ran, or should have, without outside effects: it counts in no rate, state
    /// or alert.
    pub fn is_dry_run(&self) -> bool {
        self.dry_run && self.attempt > 0
    }

    /// Whether it ended as something that no one wants: `failed` or `interrupted`.
    pub fn is_bad(&self) -> bool {
        matches!(self.status, Status::Failed | Status::Interrupted)
    }

    /// Notes that a further attempt starts.
    pub fn begin_attempt(&mut self, at: Timestamp) {
        let over = (self.attempts.len() + 1).saturating_sub(ATTEMPTS_MAX);
        self.attempts.drain(..over);
        self.attempts.push(Attempt {
            attempt: self.attempt,
            started_at: at,
            finished_at: None,
            reason: None,
            exit_code: None,
            signal: None,
        });
    }

    /// Notes how the latest attempt ended, where it is noted that it began.
    pub fn end_attempt(&mut self, at: Timestamp, reason: Option<Reason>) {
        let (exit_code, signal) = (self.exit_code, self.signal);
        let last = self.attempts.last_mut();
        if let Some(last) = last.filter(|last| last.finished_at.is_none()) {
            last.finished_at = Some(at.max(last.started_at));
            (last.reason, last.exit_code, last.signal) = (reason, exit_code, signal);
        }
    }

    /// Whether every attempt before the latest one is known not to have started its program.
    pub fn is_first_start(&self) -> bool {
        let earlier = self
            .attempts
            .iter()
            .filter(|one| one.attempt < self.attempt);
        let unstarted = earlier.filter(|one| one.reason == Some(Reason::StartFailed));
        unstarted.count() + 1 == self.attempt as usize
    }

    /// Messages that its next attempt may send; `None` without a limit.
    pub fn budget_remaining(&self) -> Option<u64> {
        let budget = self.budget?;
        Some(budget.reserved.saturating_sub(budget.used))
    }

    /// When a manual run was asked for. Records of version 0.1 say it in their id alone, a UUID v7.
    pub fn requested(&self) -> Timestamp {
        let in_id = || {
            let millis = SignedDuration::from_millis(self.id.v7_millis()?);
            Timestamp::UNIX_EPOCH.checked_add(millis).ok()
        };
        let at = self.requested_at.or_else(in_id);
        at.unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// When it began; of a run that never did, when it was asked for.
    pub fn begun(&self) -> Timestamp {
        self.started_at.unwrap_or_else(|| self.requested())
    }

    /// Where the run stands in the order of dispatch: its due time; for a manual run the time of
    /// the request.
    pub fn order_at(&self) -> Timestamp {
        self.scheduled_at.unwrap_or_else(|| self.requested())
    }

    /// The last due time the record settles.
    pub fn settles_through(&self) -> Option<Timestamp> {
        self.scheduled_until.or(self.scheduled_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record() -> RunRecord {
        let id = "0193a000-0000-7000-8000-000000000000";
        let line = json!({"id": id, "job_id": "j", "scheduled_at": null, "started_at": null, "finished_at": null,
            "status": "running", "reason": null, "error": null, "trigger": "manual", "attempt": 0,
            "exit_code": null,
            "signal": null, "dry_run": false, "messages_sent": null, "profiles_visited": null,
            "result": null,
            "output_bytes": 0, "revision": null, "file": "j.yaml", "digest": "", "host": "h"});
        serde_json::from_value(line).expect("a line as it was before attempts were told")
    }

    #[test]
    fn a_record_keeps_only_the_last_attempts() {
        let (mut record, at) = (record(), Timestamp::UNIX_EPOCH);
        for attempt in 1..=100 {
            record.attempt = attempt;
            record.begin_attempt(at);
            record.end_attempt(at, Some(Reason::StartFailed));
            let is_told = (attempt as usize) <= ATTEMPTS_MAX;
            assert_eq!(record.is_first_start(), is_told, "{attempt}");
        }
        let told: Vec<u32> = record.attempts.iter().map(|one| one.attempt).collect();
        assert_eq!(told, (81..=100).collect::<Vec<_>>());
    }

    #[test]
    fn an_attempt_ends_once() {
        let (mut record, at) = (record(), Timestamp::UNIX_EPOCH);
        record.attempt = 1;
        record.begin_attempt(at);
        record.end_attempt(at, Some(Reason::Exit));
        record.end_attempt(at, Some(Reason::User));
        assert_eq!(record.attempts[0].reason, Some(Reason::Exit));
        assert!(!record.is_final() && record.is_first_start());
        record.attempt = 2;
        assert!(!record.is_first_start(), "the first one started");
    }
}
