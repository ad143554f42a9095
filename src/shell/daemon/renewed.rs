//! What the loop does when today's history proves to be another file than was written to: the journal has put the lines
//! right, and everything live is said once more after them.

use std::io;

use super::Daemon;
use crate::model::refusal::Refusal;
use crate::shell::journal::{Displaced, Journal, Renewed};
use crate::text::cause::remedy;
use crate::text::trouble;
use crate::time::{Timestamp, rfc3339};

impl Daemon {
    /// Goes back to the right day's file after a clock that was ahead, and begins a new day's.
    pub(super) async fn choose_day(&mut self, now: Timestamp) {
        if self.keeper.is_clock_right() {
            self.insist(|journal| journal.move_back(now)).await;
            self.settle_history().await;
        }
        self.note_later_day(now);
        if self.journal.is_new_day(now) {
            self.begin_day(now).await;
        }
    }

    /// Notes that lines are written under a day to come, and until when; the first note of it stays.
    fn note_later_day(&mut self, now: Timestamp) {
        let day = self.journal.later_day(now);
        let is_noted = self.shared.read().notes.contains_key("day");
        if day.is_some() == is_noted {
            return;
        }
        let right_at = self.keeper.clock_is_right_at(now);
        let [since, until] = [now, right_at].map(|at| at.strftime("%Y-%m-%d %H:%M UTC"));
        let sentence = day.map(|day| trouble::day_to_come(&since, day, &until));
        self.health.note("day", sentence);
    }

    /// Why a request that must be recorded is refused, where that is known before it is carried out.
    pub(super) fn unwritable(&self) -> Option<Refusal> {
        let shown = {
            let status = self.shared.read();
            let reasons = ["history", "disk"].map(|cause| status.health.get(cause).cloned());
            reasons.into_iter().flatten().next()
        };
        let cause = shown.or_else(|| self.journal.has_room().err().map(|error| why(&error)))?;
        Some(Refusal::Unwritable { cause })
    }

    /// Refuses the requests that come while the history cannot be written: they are not carried out later.
    pub(super) fn refuse_calls(&mut self, cause: &str) {
        while let Ok((_, _, answer)) = self.calls.try_recv() {
            let cause = cause.to_owned();
            let _ = answer.send(Err(Refusal::Unwritable { cause }));
        }
    }

    /// Says everything live when today's file was renewed, and notes it.
    pub(super) async fn settle_history(&mut self) {
        let Some(renewed) = self.journal.take_renewed() else {
            return;
        };
        let state = self.state();
        self.journal.say_state(state).expect("a state is JSON");
        self.insist(Journal::sync).await;
        self.note_written(0);
        let at = rfc3339(self.clock.now());
        self.health.note("history", Some(sentence(&renewed, &at)));
    }
}

fn sentence(renewed: &Renewed, at: &str) -> String {
    match renewed {
        Renewed::Replaced(lines) => trouble::replaced_history(at, lines),
        Renewed::MovedBack(lines) => trouble::moved_history(at, lines),
        Renewed::Cut => trouble::cut_history(at),
    }
}

/// Why the history cannot be written, and what to do.
pub(super) fn why(error: &io::Error) -> String {
    let is_displaced = error.get_ref().is_some_and(|inner| inner.is::<Displaced>());
    if is_displaced {
        return error.to_string();
    }
    trouble::unwritable(error, remedy(error).en)
}
