//! How a run looks: the icon and colour of its outcome, its words, its counters. Nothing is called
//! a success that is not.

use crate::model::event::Stage;
use crate::model::run::{Attempt, Reason, RunRecord, Status, Trigger};
use crate::text::pages::{Ui, fill};
use crate::view::counted;
use crate::view::say::Say;

/// The looks of an outcome; each has its icon and its word, so that none is told by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// Nothing happened.
    None,
    /// Cancelled.
    Mute,
    /// Success.
    Ok,
    /// Skipped or missed.
    Warn,
    /// Under way.
    Run,
    /// Failed, or cut off.
    Fail,
}

impl Look {
    /// Its class in the stylesheet.
    pub fn class(self) -> &'static str {
        match self {
            Look::None => "none",
            Look::Mute => "mute",
            Look::Ok => "ok",
            Look::Warn => "warn",
            Look::Run => "run",
            Look::Fail => "fail",
        }
    }

    /// The name of its icon; a run under way has a dot.
    pub fn icon(self) -> &'static str {
        match self {
            Look::Ok => "check",
            Look::Fail => "cross",
            Look::Warn => "skip",
            Look::Mute => "stop",
            Look::Run | Look::None => "",
        }
    }
}

/// The look of a status.
pub fn look(status: Status) -> Look {
    match status {
        Status::Running => Look::Run,
        Status::Success => Look::Ok,
        Status::Failed | Status::Interrupted => Look::Fail,
        Status::Skipped | Status::Missed => Look::Warn,
        Status::Cancelled => Look::Mute,
    }
}

/// The word of a status.
pub fn word(status: Status, t: &Ui) -> &'static str {
    match status {
        Status::Running => t.r_running,
        Status::Success => t.r_success,
        Status::Failed => t.r_failed,
        Status::Skipped => t.r_skipped,
        Status::Missed => t.r_missed,
        Status::Interrupted => t.r_interrupted,
        Status::Cancelled => t.r_cancelled,
    }
}

/// The word of where a run stands: one between two attempts waits.
pub fn word_of(record: &RunRecord, t: &Ui) -> &'static str {
    match record.is_between_attempts() {
        true => t.r_waiting,
        false => word(record.status, t),
    }
}

/// The word of what made a run start.
pub fn trigger(trigger: Trigger, t: &Ui) -> &'static str {
    match trigger {
        Trigger::Schedule => t.tr_schedule,
        Trigger::Manual => t.tr_manual,
        Trigger::Catchup => t.tr_catchup,
        Trigger::Retry => t.tr_retry,
    }
}

/// What made a run start: of one that was tried again, what began it, and how often it was tried.
pub fn trigger_of(record: &RunRecord, t: &Ui) -> String {
    if record.trigger != Trigger::Retry {
        return trigger(record.trigger, t).to_owned();
    }
    let began = match record.scheduled_at {
        Some(_) => t.tr_schedule,
        None => t.tr_manual,
    };
    format!("{began} · {}", t.count(t.rd_tries, record.attempt.into()))
}

/// Why a run has its status: "exit 1", "previous instance active"; empty where there is nothing to
/// say.
pub fn why(record: &RunRecord, t: &Ui) -> String {
    because(record.reason, record.exit_code, record.signal, t)
}

/// The same where there is room for it: "exit code 1".
pub fn whole_why(record: &RunRecord, t: &Ui) -> String {
    match (record.reason, record.exit_code) {
        (Some(Reason::Exit), Some(code)) => fill(t.why_code, &[("n", &code.to_string())]),
        _ => why(record, t),
    }
}

/// Why an attempt did not succeed: "exit 1"; empty where it did, or is under way.
pub fn why_attempt(attempt: &Attempt, t: &Ui) -> String {
    because(attempt.reason, attempt.exit_code, attempt.signal, t)
}

/// The look of an attempt.
pub fn of_attempt(attempt: &Attempt) -> Look {
    match (attempt.finished_at, attempt.reason) {
        (None, _) => Look::Run,
        (Some(_), None) => Look::Ok,
        (_, Some(Reason::User | Reason::Replaced | Reason::Shutdown | Reason::Removed)) => {
            Look::Mute
        }
        (Some(_), Some(_)) => Look::Fail,
    }
}

fn because(reason: Option<Reason>, exit_code: Option<i32>, signal: Option<i32>, t: &Ui) -> String {
    let number = |n: Option<i32>| n.map_or_else(|| "?".to_owned(), |n| n.to_string());
    let text = match reason {
        None => return String::new(),
        Some(Reason::Exit) => return fill(t.why_exit, &[("n", &number(exit_code))]),
        Some(Reason::Signal) => return fill(t.why_signal, &[("n", &number(signal))]),
        Some(Reason::Timeout) => t.why_timeout,
        Some(Reason::StartFailed) => t.why_start_failed,
        Some(Reason::Reported) => t.why_reported,
        Some(Reason::Overlap) => t.why_overlap,
        Some(Reason::Budget) => t.why_budget,
        Some(Reason::Clock) => t.why_clock,
        Some(Reason::Downtime) => t.why_downtime,
        Some(Reason::Coalesced) => t.why_coalesced,
        Some(Reason::Late) => t.why_late,
        Some(Reason::Crash) => t.why_crash,
        Some(Reason::User) => t.why_user,
        Some(Reason::Replaced) => t.why_replaced,
        Some(Reason::Shutdown) => t.why_shutdown,
        Some(Reason::Removed) => t.why_removed,
    };
    text.to_owned()
}

/// What a run counted: "12 sent", "8 simulated"; empty where it counted nothing.
pub fn counters(record: &RunRecord, t: &Ui) -> String {
    let mut parts = counted::in_short(record, t);
    if let (Some(count), None) = (record.count, record.started_at) {
        parts.push(t.count(t.range_count, count));
    }
    parts.join(" · ")
}

/// Counters, or the reason where it did not succeed.
pub fn detail(record: &RunRecord, t: &Ui) -> String {
    let (counted, why) = (counters(record, t), why(record, t));
    match (counted.is_empty(), why.is_empty()) {
        (_, true) => counted,
        (true, false) => why,
        (false, false) => format!("{why} · {counted}"),
    }
}

/// From start to end, or to now; `None` where nothing started.
pub fn duration(record: &RunRecord, say: &Say) -> Option<crate::time::SignedDuration> {
    let end = match record.stage() {
        Stage::Final => record.finished_at?,
        _ => say.now,
    };
    Some(end.duration_since(record.started_at?))
}
