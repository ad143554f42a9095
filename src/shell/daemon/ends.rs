//! Ends of programs come before what is due: no due time is held up by a run that has ended.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Daemon;
use crate::core::Input;
use crate::model::run_id::RunId;
use crate::shell::clock::pause;
use crate::time::{SignedDuration, Timestamp};

/// Woken this long after what is due, this process may have been stopped meanwhile.
const WOKEN_LATE: SignedDuration = SignedDuration::from_millis(250);
/// How long ends of programs are waited for then: their pipes and result files are read first.
const ENDS_TOLD_WITHIN: Duration = Duration::from_secs(1);
/// How long otherwise, and only for runs that a due time depends on: everything else that is due
/// waits too.
const END_TOLD_SOON: Duration = Duration::from_millis(100);

impl Daemon {
    /// Ends are taken in before anything due is judged. After a suspend or a stop of this process
    /// what is due comes first, though programs have long ended; and on a busy machine a program
    /// may have ended just before the next due time of its job. Their ends are waited for, each
    /// once and for a bounded time.
    pub(super) async fn take_in_ends(&mut self, inputs: &mut Vec<Input>) {
        // Asked for before the inbox is emptied: an end that is sent in between is in one of the
        // two.
        let (mut ended, span) = self.awaited_ends();
        while let Ok(more) = self.inbox.try_recv() {
            inputs.push(more);
        }
        inputs
            .iter()
            .for_each(|input| forget_told(input, &mut ended));
        let end = pause(span);
        tokio::pin!(end);
        while !ended.is_empty() {
            tokio::select! {
                Some(more) = self.inbox.recv() => {
                    forget_told(&more, &mut ended);
                    inputs.push(more);
                }
                () = &mut end => break,
            }
        }
        // One whose output is held open by what it left behind is not waited for again.
        self.slow_ends.extend(ended);
    }

    /// The runs whose program has ended without a word of it so far, as far as they matter now; and
    /// how long to wait for that word.
    fn awaited_ends(&mut self) -> (BTreeSet<RunId>, Duration) {
        let now = self.clock.now();
        let is_late = |at: Timestamp| now.duration_since(at) >= WOKEN_LATE;
        if self.wake_at.is_some_and(is_late) {
            return (self.engine.ended(), ENDS_TOLD_WITHIN);
        }
        let in_the_way = self.scheduler.in_the_way(now);
        if in_the_way.is_empty() {
            return (BTreeSet::new(), END_TOLD_SOON);
        }
        let ended = self.engine.ended();
        self.slow_ends.retain(|run_id| ended.contains(run_id));
        let matters =
            |run_id: &RunId| in_the_way.contains(run_id) && !self.slow_ends.contains(run_id);
        (
            ended.iter().copied().filter(matters).collect(),
            END_TOLD_SOON,
        )
    }
}

/// Takes the run that an input is the end of out of those whose end is waited for.
fn forget_told(input: &Input, ended: &mut BTreeSet<RunId>) {
    if let Input::RunEnded { run_id, .. } = input {
        ended.remove(run_id);
    }
}
