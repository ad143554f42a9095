//! The ledger as data and back: what a replay of every line gives, a [`State`] gives too (A7).

use std::collections::{BTreeMap, BTreeSet};

use crate::core::ledger::{JobState, Ledger, RunState};
use crate::model::event::Stage;
use crate::model::job::JobId;
use crate::model::state::{JobMemory, RunMemory, State, Stretch, Use};

impl Ledger {
    /// Everything remembered. What only `Status` knows is left out: `Status::add_to` adds it.
    pub fn state(&self) -> State {
        // Every field is named, so that a new one cannot be forgotten here.
        let Ledger {
            jobs,
            runs,
            high_water,
            down_until,
            ended_clean,
            boot,
            last_reload,
            budgets,
            // Follow from the jobs and the runs.
            due: _,
            planned: _,
            waiting: _,
            retries: _,
            started: _,
            pauses: _,
        } = self;
        State {
            high_water: *high_water,
            down_until: *down_until,
            ended_clean: *ended_clean,
            boot: boot.clone(),
            reloads: last_reload.iter().cloned().collect(),
            last_day: Vec::new(),
            jobs: jobs
                .iter()
                .map(|(id, job)| (id.clone(), job.memory(budgets.memory(id))))
                .collect(),
            runs: runs.values().map(RunState::memory).collect(),
        }
    }

    /// Forgets everything and remembers this. Definitions are put in force again by [`Ledger::define`].
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
        let jobs_of = jobs;
        let jobs = jobs_of
            .iter()
            .map(|(id, memory)| (id.clone(), Box::new(JobState::of(memory))));
        *self = Ledger {
            jobs: jobs.collect::<BTreeMap<JobId, Box<JobState>>>(),
            high_water: *high_water,
            down_until: *down_until,
            ended_clean: *ended_clean,
            boot: boot.clone(),
            last_reload: reloads.first().cloned(),
            ..Ledger::default()
        };
        for (id, memory) in jobs_of {
            self.budgets.restore(id, &memory.uses);
        }
        let ids: Vec<JobId> = self.jobs.keys().cloned().collect();
        for id in ids {
            self.place_pause(&id);
        }
        for RunMemory { record, stop } in
            runs.iter().filter(|run| run.record.stage() != Stage::Final)
        {
            self.place(record);
            if let Some(run) = self.runs.get_mut(&record.id) {
                run.stop = *stop;
            }
        }
    }
}

impl JobState {
    fn memory(&self, uses: Vec<Use>) -> JobMemory {
        let JobState {
            job: _,
            present,
            cursor,
            adopted,
            pause,
            // Follow from the definition, the cursor and the runs.
            next: _,
            planned: _,
            waiting: _,
            active: _,
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
            // Known to `Status` alone.
            created_at: None,
            last_started: None,
            last_ended: None,
            last_success: None,
            uses,
        }
    }

    fn of(memory: &JobMemory) -> JobState {
        let settled = memory
            .settled
            .iter()
            .map(|Stretch(first, last)| (*first, *last));
        JobState {
            job: None,
            present: memory.present,
            cursor: memory.cursor,
            adopted: memory.adopted.clone(),
            pause: memory.pause.clone(),
            next: None,
            planned: BTreeSet::new(),
            waiting: BTreeSet::new(),
            active: BTreeSet::new(),
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
