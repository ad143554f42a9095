//! What an attempt's end means: the run is over, or a further attempt is due.

use std::time::Duration;

use crate::core::budget::{is_cut_off, spend};
use crate::core::span::signed;
use crate::core::{Scheduler, Turn};
use crate::model::event::{Event, Stage};
use crate::model::job::{OnInterrupt, Retry};
use crate::model::outcome::{Ending, Outcome, Report};
use crate::model::run::{Reason, RunRecord, Status};
use crate::model::run_id::RunId;
use crate::text::failure;
use crate::time::{SignedDuration, Timestamp};

impl Scheduler {
    /// Records how an attempt ended: the run is over, or a further attempt is due. A stale report
    /// is ignored.
    pub(crate) fn end_attempt(
        &mut self,
        turn: &mut Turn,
        run_id: RunId,
        attempt: u32,
        outcome: Outcome,
        ended_at: Timestamp,
    ) {
        let Some(run) = self.ledger.run(&run_id) else {
            return;
        };
        if run.record.stage() != Stage::Started || run.record.attempt != attempt {
            return;
        }
        let stop = run.stop;
        let mut record = run.record.clone();
        let began_at = record.started_at;
        // The clock may have been set between the end and this.
        let ended_at = ended_at.min(turn.now);
        let (status, reason) = verdict(&outcome, stop);
        spend(&mut record, &outcome.report, is_cut_off(&outcome.ending));
        let note = take_report(&mut record, outcome);
        self.explain(&mut record, reason, note);
        let retry = self.retry_delay(&record, status, stop);
        match (retry, reason) {
            (Some(delay), _) => {
                note_first(&mut record, began_at);
                record.end_attempt(ended_at, reason);
                record.reason = reason;
                record.delayed = false;
                record.retry_at = turn.now.checked_add(delay).ok();
                self.emit(turn, Event::Run(Box::new(record)));
            }
            (None, reason) => self.close(turn, record, (status, reason), ended_at),
        }
    }

    /// Says in words why an attempt failed, where neither the program nor the start said so, and
    /// what else is known.
    fn explain(&self, record: &mut RunRecord, reason: Option<Reason>, note: Option<String>) {
        let timeout = || {
            self.job(&record.job_id)
                .and_then(|job| job.policies.timeout)
        };
        let words = match (reason, record.exit_code, record.signal) {
            (Some(Reason::Exit), Some(code), _) => Some(failure::exit(code)),
            (Some(Reason::Signal), _, Some(signal)) => Some(failure::signal(signal)),
            (Some(Reason::Timeout), ..) => timeout().map(|span| failure::timeout(span.as_secs())),
            (Some(Reason::Reported), ..) => Some(failure::reported()),
            _ => None,
        };
        let error = record.error.take().or(words.map(|words| words.en));
        let parts: Vec<String> = error.into_iter().chain(note).collect();
        record.error = (!parts.is_empty()).then(|| parts.join("; "));
    }

    /// A run that a former daemon left unfinished: over, or, where the job says so, tried again.
    pub(crate) fn interrupt(&mut self, turn: &mut Turn, run_id: RunId) {
        let Some(run) = self.ledger.run(&run_id) else {
            return;
        };
        let mut record = run.record.clone();
        let report = self.last_words.remove(&run_id).unwrap_or_default();
        spend(&mut record, &report, true);
        take_words(&mut record, report);
        let job = self.job(&record.job_id);
        let again = job.is_some_and(|job| job.policies.on_interrupt == OnInterrupt::Retry);
        if again {
            // Also one of which no line says that it started: it may have, and at least once is
            // what was asked for.
            self.found_late.insert(run_id);
            let began_at = record.started_at;
            note_first(&mut record, began_at);
            record.end_attempt(turn.now, Some(Reason::Crash));
            record.reason = Some(Reason::Crash);
            record.retry_at = Some(turn.now);
            self.emit(turn, Event::Run(Box::new(record)));
        } else {
            record
                .error
                .get_or_insert_with(|| failure::interrupted().en);
            self.finish(turn, record, Status::Interrupted, Reason::Crash);
        }
    }

    fn retry_delay(
        &self,
        record: &RunRecord,
        status: Status,
        stop: Option<Reason>,
    ) -> Option<SignedDuration> {
        let state = self
            .ledger
            .jobs
            .get(&record.job_id)
            .filter(|state| state.is_due())?;
        let retry = &state.job.as_ref()?.policies.retry;
        let worth = retry.on_exit.is_empty()
            || record
                .exit_code
                .is_some_and(|code| retry.on_exit.contains(&code));
        let again = status == Status::Failed
            && stop.is_none()
            && worth
            && record.attempt < retry.max_attempts;
        again.then(|| backoff(retry, record.attempt))
    }
}

/// The delay after attempt `attempt`: `backoff × factor^(attempt − 1)`, at most `max_backoff`.
pub fn backoff(retry: &Retry, attempt: u32) -> SignedDuration {
    let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
    let secs = retry.backoff.as_secs_f64() * retry.backoff_factor.powi(exponent);
    let max = retry.max_backoff.as_secs_f64();
    let delay = Duration::try_from_secs_f64(secs.min(max)).unwrap_or(retry.max_backoff);
    signed(delay)
}

/// Notes when the first attempt began: only a run that is tried again keeps a list.
fn note_first(record: &mut RunRecord, began_at: Option<Timestamp>) {
    if let (1, true, Some(at)) = (record.attempt, record.attempts.is_empty(), began_at) {
        record.begin_attempt(at);
    }
}

/// What an attempt's end means (PRODUCT section 5).
fn verdict(outcome: &Outcome, stop: Option<Reason>) -> (Status, Option<Reason>) {
    let reported = outcome.report.success == Some(false) || outcome.report.error.is_some();
    match (&outcome.ending, stop) {
        (Ending::Stopped, stop) => (Status::Cancelled, Some(stop.unwrap_or(Reason::User))),
        (Ending::Signaled(_), Some(stop)) => (Status::Cancelled, Some(stop)),
        (Ending::Exited(0), _) if reported => (Status::Failed, Some(Reason::Reported)),
        (Ending::Exited(0), _) => (Status::Success, None),
        (Ending::Exited(_), _) => (Status::Failed, Some(Reason::Exit)),
        (Ending::Signaled(_), None) => (Status::Failed, Some(Reason::Signal)),
        (Ending::TimedOut, _) => (Status::Failed, Some(Reason::Timeout)),
        (Ending::StartFailed(_), _) => (Status::Failed, Some(Reason::StartFailed)),
    }
}

/// Takes over what an attempt said and how it ended; gives what a person should know besides.
fn take_report(record: &mut RunRecord, outcome: Outcome) -> Option<String> {
    record.output_bytes += outcome.output_bytes;
    take_words(record, outcome.report);
    match outcome.ending {
        Ending::Exited(code) => record.exit_code = Some(code),
        Ending::Signaled(signal) => record.signal = Some(signal),
        Ending::StartFailed(cause) => {
            record.error = Some(cause);
            if record.is_first_start() {
                record.started_at = None;
            }
        }
        Ending::TimedOut | Ending::Stopped => {}
    }
    outcome.note
}

/// Takes over what an attempt reported; what the attempts of a run count adds up.
fn take_words(record: &mut RunRecord, report: Report) {
    let sum = |before: Option<u64>, more: Option<u64>| match (before, more) {
        (Some(before), Some(more)) => Some(before.saturating_add(more)),
        (before, more) => more.or(before),
    };
    record.messages_sent = sum(record.messages_sent, report.messages_sent);
    record.profiles_visited = sum(record.profiles_visited, report.profiles_visited);
    record.result = report.result;
    record.error = report.error;
}
