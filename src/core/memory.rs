//! The ledger as data and back: what a replay of every line gives, a [`State`] gives too (A7).

use std::collections::BTreeMap;

use crate::core::job_ledger::{Hand, JobLedger, RunState};
use crate::core::ledger::Ledger;
use crate::core::shared_ledger::SharedLedger;
use crate::core::uses::Uses;
use crate::model::job::JobId;
use crate::model::state::{JobMemory, RunMemory, State, Stretch};

impl Ledger {
    /// Everything remembered. What only `Status` knows is left out: `Status::add_to` adds it.
    pub fn state(&self) -> State {
        // Every field is named, so that a new one cannot be forgotten here.
        let Ledger { jobs, shared } = self;
        let SharedLedger {
            high_water,
            down_until,
            ended_clean,
            boot,
            last_reload,
            // Follow from the jobs and the runs.
            owners: _,
            due: _,
            planned: _,
            waiting: _,
            retries: _,
            started: _,
            pauses: _,
        } = shared;
        State {
            high_water: *high_water,
            down_until: *down_until,
            ended_clean: *ended_clean,
            boot: boot.clone(),
            reloads: last_reload.iter().cloned().collect(),
            last_day: Vec::new(),
            jobs: jobs
                .iter()
                .map(|(id, job)| (id.clone(), job.memory()))
                .collect(),
            runs: self.runs().map(RunState::memory).collect(),
        }
    }

    /// Forgets everything and remembers this. Definitions are put in force again by
    /// [`Ledger::define`].
    pub(crate) fn restore(&mut self, state: &State) {
        let State {
            high_water,
            down_until,
            ended_clean,
            boot,
            reloads,
            last_day: _,
            jobs,
            runs,
        } = state;
        let restored = jobs
            .iter()
            .map(|(id, memory)| (id.clone(), Box::new(JobLedger::of(memory))));
        *self = Ledger {
            jobs: restored.collect::<BTreeMap<JobId, Box<JobLedger>>>(),
            shared: SharedLedger {
                high_water: *high_water,
                down_until: *down_until,
                ended_clean: *ended_clean,
                boot: boot.clone(),
                last_reload: reloads.first().cloned(),
                ..SharedLedger::default()
            },
        };
        for RunMemory { record, stop } in runs {
            let job = self.jobs.entry(record.job_id.clone()).or_default();
            job.place(record, *stop);
        }
        let ids: Vec<JobId> = self.jobs.keys().cloned().collect();
        for id in ids {
            self.find_places(&id);
        }
    }
}

impl JobLedger {
    fn memory(&self) -> JobMemory {
        let JobLedger {
            job: _,
            present,
            cursor,
            adopted,
            pause,
            uses,
            // In a list of their own.
            hand: _,
            // Follow from the definition, the cursor and the runs.
            next: _,
            settled,
            forgotten,
            stretch_open,
            renamed_to,
        } = self;
        JobMemory {
            present: *present,
            cursor: *cursor,
            adopted: adopted.clone(),
            pause: pause.clone(),
            settled: settled
                .iter()
                .map(|(first, last)| Stretch(*first, *last))
                .collect(),
            forgotten: *forgotten,
            stretch_open: *stretch_open,
            renamed_to: renamed_to.clone(),
            // Known to `Status` only.
            created_at: None,
            last_started: None,
            last_ended: None,
            last_success: None,
            uses: uses.memory(),
        }
    }

    fn of(memory: &JobMemory) -> JobLedger {
        let settled = memory
            .settled
            .iter()
            .map(|Stretch(first, last)| (*first, *last));
        JobLedger {
            job: None,
            present: memory.present,
            cursor: memory.cursor,
            adopted: memory.adopted.clone(),
            pause: memory.pause.clone(),
            hand: Hand::default(),
            uses: Uses::of(&memory.uses),
            next: None,
            settled: settled.collect(),
            forgotten: memory.forgotten,
            stretch_open: memory.stretch_open,
            renamed_to: memory.renamed_to.clone(),
        }
    }
}

impl RunState {
    fn memory(&self) -> RunMemory {
        let RunState { record, stop } = self;
        RunMemory {
            record: record.clone(),
            stop: *stop,
        }
    }
}
