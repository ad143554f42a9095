//! Due times to verdicts: misfire grace and coalescing (A5). Long gaps are counted, not walked
//! through (A11).

use crate::core::span::{before, grace};
use crate::core::{LEAD, Scheduler, Turn};
use crate::model::event::Event;
use crate::model::job::{Job, JobId, Overlap};
use crate::model::run::{Reason, RunRecord, Status, Trigger};
use crate::model::run_id::RunId;
use crate::time::{SignedDuration, Timestamp};

/// More consecutive due times than this that end the same way are one record (PRODUCT section 5).
pub const SINGLE_RECORDS_MAX: u64 = 100;

const NANO: SignedDuration = SignedDuration::from_nanos(1);

/// Due times behind `after`, up to and with `through`.
#[derive(Clone, Copy, Debug)]
struct Gap {
    after: Timestamp,
    through: Timestamp,
}

/// How the due times of a gap end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    pub status: Status,
    pub reason: Reason,
    pub coalesced_into: Option<RunId>,
}

impl Scheduler {
    /// Gives every due time up to now its verdict: written off here, or put among the turn's fires.
    pub(crate) fn settle_due(&mut self, turn: &mut Turn) {
        if self.stopping {
            return;
        }
        self.lift_expired(turn);
        let now = turn.now;
        let found = self
            .ledger
            .shared
            .due
            .iter()
            .take_while(|(next, _)| *next <= now);
        let ids: Vec<JobId> = found.map(|(_, id)| id.clone()).collect();
        for id in ids {
            self.settle_job(turn, &id);
        }
    }

    /// Orders what is due within [`LEAD`], so that at the due time only the start remains.
    pub(crate) fn plan_ahead(&mut self, turn: &mut Turn) {
        while let Some((due, id)) = self.ledger.shared.due.first().cloned() {
            if due - LEAD > turn.now {
                break;
            }
            self.plan(turn, &id, due);
        }
    }

    /// Orders a run: writes its intent.
    pub(crate) fn plan(&mut self, turn: &mut Turn, id: &JobId, due: Timestamp) {
        let Some(job) = self.job(id).cloned() else {
            return;
        };
        let mut record = self.new_record(&job, RunId::of_fire(id, due), Some(due));
        self.reserve(&job, &mut record, due.max(turn.now));
        self.order(turn, record.id);
        self.emit(turn, Event::Run(Box::new(record)));
    }

    /// The reason of a due time that could not start within its grace: the first that holds.
    pub(crate) fn miss_reason(&self, turn: &Turn, due: Timestamp) -> Reason {
        if turn.stepped_from.is_some_and(|from| from < due) {
            Reason::Clock
        } else if self
            .ledger
            .shared
            .down_until
            .is_some_and(|until| due <= until)
        {
            Reason::Downtime
        } else {
            Reason::Late
        }
    }

    /// Records the due times of a gap, one by one or, when they are many, as one range.
    pub(crate) fn write_off(
        &mut self,
        turn: &mut Turn,
        job: &Job,
        (after, through): (Timestamp, Timestamp),
        verdict: Verdict,
    ) {
        let Some(range) = job.schedule.due_range(after, through) else {
            return;
        };
        let mut due = Some(range.first);
        let single = range.count <= SINGLE_RECORDS_MAX;
        while let Some(at) = due {
            let mut record = self.new_record(job, RunId::of_fire(&job.id, at), Some(at));
            record.status = verdict.status;
            record.reason = Some(verdict.reason);
            record.coalesced_into = verdict.coalesced_into;
            record.finished_at = Some(turn.now);
            if !single {
                record.scheduled_until = Some(range.last);
                record.count = Some(range.count);
            }
            self.emit(turn, Event::Run(Box::new(record)));
            due = job
                .schedule
                .next_after(at)
                .filter(|next| single && *next <= range.last);
        }
    }

    /// A record of a run of this job, nothing started yet.
    pub(crate) fn new_record(
        &self,
        job: &Job,
        id: RunId,
        scheduled_at: Option<Timestamp>,
    ) -> RunRecord {
        RunRecord {
            id,
            job_id: job.id.clone(),
            scheduled_at,
            scheduled_until: None,
            count: None,
            requested_at: None,
            started_at: None,
            finished_at: None,
            status: Status::Running,
            reason: None,
            error: None,
            trigger: if scheduled_at.is_some() {
                Trigger::Schedule
            } else {
                Trigger::Manual
            },
            attempt: 0,
            retry_at: None,
            waiting: false,
            delayed: false,
            attempts: Vec::new(),
            exit_code: None,
            signal: None,
            coalesced_into: None,
            dry_run: job.dry_run,
            messages_sent: None,
            profiles_visited: None,
            budget: None,
            result: None,
            output_bytes: 0,
            revision: self.revision.clone(),
            file: job.file.clone(),
            digest: job.digest.to_string().into(),
            host: self.setup.host.clone(),
        }
    }

    fn settle_job(&mut self, turn: &mut Turn, id: &JobId) {
        let Some(job) = self.job(id).cloned() else {
            return;
        };
        let edge = before(before(turn.now, grace(&job)), NANO);
        let gaps = self.open_gaps(id, turn.now);
        let late: Vec<Gap> = gaps.iter().filter_map(|gap| gap.until(edge)).collect();
        let in_grace: Vec<Gap> = gaps.iter().filter_map(|gap| gap.behind(edge)).collect();
        for gap in late {
            self.write_off_missed(turn, &job, gap);
        }
        if job.policies.coalesce {
            self.coalesce(turn, &job, &in_grace);
        } else {
            for gap in in_grace {
                self.fire_each(turn, &job, gap);
            }
        }
    }

    /// The gaps after the cursor, without the due times that were acted on before the clock was set
    /// back.
    fn open_gaps(&self, id: &JobId, now: Timestamp) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let Some(state) = self.ledger.jobs.get(id) else {
            return gaps;
        };
        let Some(mut after) = state.next.map(|next| before(next, NANO)) else {
            return gaps;
        };
        while let Some((first, last)) = state.stretch_behind(after).filter(|(f, _)| *f <= now) {
            gaps.push(Gap {
                after,
                through: before(first, NANO),
            });
            after = last;
        }
        if after < now {
            gaps.push(Gap {
                after,
                through: now,
            });
        }
        gaps
    }

    /// Writes a gap off, split where the reason changes.
    fn write_off_missed(&mut self, turn: &mut Turn, job: &Job, gap: Gap) {
        let inside = |at: &Timestamp| gap.after < *at && *at < gap.through;
        let edges = [self.ledger.shared.down_until, turn.stepped_from];
        let mut cuts: Vec<Timestamp> = edges.into_iter().flatten().filter(inside).collect();
        cuts.push(gap.through);
        cuts.sort_unstable();
        let mut after = gap.after;
        for through in cuts {
            let reason = self.miss_reason(turn, through);
            let verdict = Verdict {
                status: Status::Missed,
                reason,
                coalesced_into: None,
            };
            self.write_off(turn, job, (after, through), verdict);
            after = through;
        }
    }

    /// The latest due time fires; it stands for the others.
    fn coalesce(&mut self, turn: &mut Turn, job: &Job, gaps: &[Gap]) {
        let ranges = gaps
            .iter()
            .filter_map(|gap| job.schedule.due_range(gap.after, gap.through));
        let Some(latest) = ranges.map(|range| range.last).max() else {
            return;
        };
        let verdict = Verdict {
            status: Status::Missed,
            reason: Reason::Coalesced,
            coalesced_into: Some(RunId::of_fire(&job.id, latest)),
        };
        for gap in gaps {
            if let Some(gap) = gap.until(before(latest, NANO)) {
                self.write_off(turn, job, (gap.after, gap.through), verdict);
            }
        }
        turn.fires.insert((latest, job.id.clone()));
    }

    /// As many due times fire as the overlap policy can hold; the rest is skipped, in due order.
    fn fire_each(&mut self, turn: &mut Turn, job: &Job, gap: Gap) {
        let places = u64::from(job.policies.max_instances);
        match job.policies.overlap {
            Overlap::Skip => self.fire_oldest(turn, job, gap, places),
            Overlap::Queue => self.fire_oldest(turn, job, gap, places + 1),
            Overlap::Replace => self.fire_newest(turn, job, gap, places),
        }
    }

    fn fire_oldest(&mut self, turn: &mut Turn, job: &Job, gap: Gap, places: u64) {
        let mut after = gap.after;
        for _ in 0..places {
            let Some(due) = job
                .schedule
                .next_after(after)
                .filter(|due| *due <= gap.through)
            else {
                return;
            };
            turn.fires.insert((due, job.id.clone()));
            after = due;
        }
        turn.skips.insert((job.id.clone(), after, gap.through));
    }

    fn fire_newest(&mut self, turn: &mut Turn, job: &Job, gap: Gap, places: u64) {
        let split = newest_after(job, gap, places);
        self.write_off(turn, job, (gap.after, split), Verdict::OVERLAP);
        self.fire_oldest(
            turn,
            job,
            Gap {
                after: split,
                through: gap.through,
            },
            places,
        );
    }
}

impl Verdict {
    /// Skipped because of the overlap policy.
    pub(crate) const OVERLAP: Verdict = Verdict {
        status: Status::Skipped,
        reason: Reason::Overlap,
        coalesced_into: None,
    };
}

impl Gap {
    /// The part up to and with `edge`.
    fn until(&self, edge: Timestamp) -> Option<Gap> {
        let through = self.through.min(edge);
        (self.after < through).then_some(Gap {
            after: self.after,
            through,
        })
    }

    /// The part behind `edge`.
    fn behind(&self, edge: Timestamp) -> Option<Gap> {
        let after = self.after.max(edge);
        (after < self.through).then_some(Gap {
            after,
            through: self.through,
        })
    }
}

/// The instant behind which at most `places` due times of the gap lie, found by halving.
fn newest_after(job: &Job, gap: Gap, places: u64) -> Timestamp {
    let behind = |at: Timestamp| {
        job.schedule
            .due_range(at, gap.through)
            .map_or(0, |r| r.count)
    };
    let (mut low, mut high) = (gap.after, gap.through);
    if behind(low) <= places {
        return low;
    }
    while high.duration_since(low) > NANO {
        let middle = low + high.duration_since(low) / 2;
        if behind(middle) <= places {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}
