//! What a clock that was set moves: spans, the ends of pauses, cursors.

use crate::core::ledger::Ledger;
use crate::core::span::after;
use crate::model::event::ClockSet;
use crate::model::job::JobId;
use crate::time::{SignedDuration, Timestamp};

impl Ledger {
    pub(super) fn apply_clock(&mut self, set: &ClockSet) {
        let step = set.to.duration_since(set.from);
        if let Some(boot) = &mut self.shared.boot {
            boot.at = after(boot.at, step);
        }
        self.move_spans(step);
        if set.to < set.from {
            self.rebase(set.to);
        } else {
            self.see(set.to);
        }
    }

    /// What is a span of elapsed time ends when it would have ended.
    fn move_spans(&mut self, step: SignedDuration) {
        for (_, run_id) in std::mem::take(&mut self.shared.retries) {
            if let Some(run) = self.run_mut(&run_id) {
                run.record.retry_at = run.record.retry_at.map(|at| after(at, step));
                let at = run.retry_at();
                self.shared.retries.insert((at, run_id));
            }
        }
        for (mut until, id) in std::mem::take(&mut self.shared.pauses) {
            let job = self.jobs.get_mut(&id);
            let pause = job.and_then(|job| job.pause.as_mut());
            if let Some(pause) = pause.filter(|pause| pause.is_span) {
                until = after(until, step);
                pause.until = Some(until);
            }
            // The first due time after the pause moves with its end.
            self.refresh_next(&id);
            self.shared.pauses.insert((until, id));
        }
    }

    /// Re-bases the cursors: due times behind `to` are due again, but for those that were acted on.
    fn rebase(&mut self, to: Timestamp) {
        self.shared.high_water = Some(to);
        self.shared.down_until = self.shared.down_until.map(|until| until.min(to));
        let ids: Vec<JobId> = self.jobs.keys().cloned().collect();
        for id in ids {
            if let Some(state) = self.jobs.get_mut(&id) {
                state.rebase(to);
            }
            self.refresh_next(&id);
        }
    }
}
