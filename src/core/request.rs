//! What somebody asks for: a run now, the end of a run, the end of the daemon.

use crate::core::{Answer, Scheduler, Turn};
use crate::model::event::{Event, Stage, StopRequested};
use crate::model::job::{JobId, Overlap};
use crate::model::run::{Reason, Status};
use crate::model::run_id::RunId;

impl Scheduler {
    /// A run that somebody asked for: it obeys the same policies, and a refusal is an answer, not a
    /// record.
    pub(crate) fn request(
        &mut self,
        turn: &mut Turn,
        run_id: RunId,
        job_id: JobId,
        dry_run: bool,
    ) -> Answer {
        if self.stopping {
            return Answer::Stopping;
        }
        let present = self.ledger.jobs.get(&job_id).filter(|state| state.present);
        let Some(job) = present.and_then(|state| state.job.clone()) else {
            return Answer::NoJob(job_id);
        };
        if job.policies.overlap != Overlap::Replace && !self.has_room(&job, turn.now) {
            return Answer::Overlap(job_id);
        }
        let mut record = self.new_record(&job, run_id, None);
        record.requested_at = Some(turn.now);
        record.dry_run = job.dry_run || dry_run;
        self.place(turn, &job, record);
        Answer::Accepted(run_id)
    }

    /// Ends a run, in the time that its job gives it.
    pub(crate) fn cancel(&mut self, turn: &mut Turn, run_id: RunId, reason: Reason) -> Answer {
        self.cancel_within(turn, run_id, reason, None)
    }

    /// Ends a run: a started one is told to stop, any other is cancelled at once. One that is told
    /// already is told again where it gets another time.
    pub(crate) fn cancel_within(
        &mut self,
        turn: &mut Turn,
        run_id: RunId,
        reason: Reason,
        grace_secs: Option<u64>,
    ) -> Answer {
        let Some(run) = self.ledger.run(&run_id) else {
            return Answer::NoRun(run_id);
        };
        if run.record.stage() == Stage::Started {
            if run.stop.is_none() || grace_secs.is_some() {
                let stop = StopRequested {
                    at: turn.now,
                    run_id,
                    reason: run.stop.unwrap_or(reason),
                    grace_secs,
                };
                self.emit(turn, Event::Stop(stop));
            }
        } else {
            let record = run.record.clone();
            self.finish(turn, record, Status::Cancelled, reason);
        }
        Answer::Accepted(run_id)
    }

    /// Stops starting and tells every run to end. What has no process survives the stop: intents,
    /// what waits, and attempts to come.
    pub(crate) fn shut_down(&mut self, turn: &mut Turn) {
        self.stopping = true;
        let started: Vec<RunId> = self.ledger.shared.started.iter().copied().collect();
        for run_id in started {
            self.cancel(turn, run_id, Reason::Shutdown);
        }
    }
}
