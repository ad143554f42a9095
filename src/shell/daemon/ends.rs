//! Ends of programs come before what is due: no due time is held up by a run that has ended.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Daemon;
use crate::core::Input;
use crate::model::run::RunId;
use crate::shell::clock::pause;
use crate::time::{SignedDuration, Timestamp};

/// Woken this long after what is due, this process may have been stopped meanwhile.
const WOKEN_LATE: SignedDuration = SignedDuration::from_millis(250);
/// How long ends of programs are waited for then: their pipes and result files are read first.
const ENDS_TOLD_WITHIN: Duration = Duration::from_secs(1);

impl Daemon {
    /// Ends are taken in before anything due is judged. After a suspend or a stop of this process what is due comes first,
    /// though programs have long ended: it waits until they are told, for a bounded time.
    pub(super) async fn take_in_ends(&mut self, inputs: &mut Vec<Input>) {
        while let Ok(more) = self.inbox.try_recv() {
            inputs.push(more);
        }
        let now = self.clock.now();
        let is_late = |at: Timestamp| now.duration_since(at) >= WOKEN_LATE;
        if !self.wake_at.is_some_and(is_late) {
            return;
        }
        let mut ended = self.engine.ended();
        let end = pause(ENDS_TOLD_WITHIN);
        tokio::pin!(end);
        inputs
            .iter()
            .for_each(|input| forget_told(input, &mut ended));
        while !ended.is_empty() {
            tokio::select! {
                Some(more) = self.inbox.recv() => {
                    forget_told(&more, &mut ended);
                    inputs.push(more);
                }
                () = &mut end => return,
            }
        }
    }
}

/// Takes the run that an input is the end of out of those whose end is waited for.
fn forget_told(input: &Input, ended: &mut BTreeSet<RunId>) {
    if let Input::RunEnded { run_id, .. } = input {
        ended.remove(run_id);
    }
}
