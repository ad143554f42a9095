//! How a daemon begins: what its predecessor left is recorded, and what was due meanwhile is
//! judged.

use std::collections::BTreeSet;

use crate::core::{Scheduler, Turn};
use crate::model::event::{DaemonStarted, Event};
use crate::model::job::JobSet;
use crate::model::run_id::RunId;

impl Scheduler {
    /// Takes over from the daemon before.
    pub(crate) fn begin(
        &mut self,
        turn: &mut Turn,
        daemon: DaemonStarted,
        jobs: Option<&JobSet>,
        orphans: &BTreeSet<RunId>,
    ) {
        let clean = self.ledger.shared.ended_clean;
        self.emit(turn, Event::Start(daemon));
        for run_id in self.ledger.cut_off(turn.now, clean) {
            if !orphans.contains(&run_id) {
                self.interrupt(turn, run_id);
            }
        }
        self.settle_due(turn);
        for (due, id) in std::mem::take(&mut turn.fires) {
            self.plan(turn, &id, due);
        }
        // Before any adoption moves a cursor: a torn write must not lose what is left of a gap.
        self.judge_fires(turn);
        if let Some(jobs) = jobs {
            self.adopt(turn, jobs);
        }
        self.resume_waiting(turn);
    }
}
