//! Runs programs on this machine: reacts to events that are durable already (A3), and answers
//! through the inbox only.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::core::{Input, Scheduler};
use crate::model::event::{Event, Stage};
use crate::model::job::JobId;
use crate::model::run::RunRecord;
use crate::model::run_id::RunId;
use crate::shell::engine::{Engine, job_state};
use crate::shell::open::make_private_dir;
use crate::shell::process::crew::Crew;
use crate::shell::process::order::{Order, Places, Stop};
use crate::shell::process::starter::Starters;
use crate::shell::process::supervise;

/// Jobs that are remembered to have a folder.
const FORESEEN_MAX: usize = 10_000;

/// The local engine: one supervising task per attempt.
#[derive(Debug)]
pub struct Local {
    places: Arc<Places>,
    inbox: mpsc::Sender<Input>,
    /// What the supervising tasks run on.
    runtime: Handle,
    starters: Starters,
    tasks: JoinSet<RunId>,
    stops: HashMap<RunId, watch::Sender<Stop>>,
    /// Jobs whose folder was made.
    foreseen: HashSet<JobId>,
}

impl Engine for Local {
    fn react(&mut self, events: &[Event], scheduler: &Scheduler) {
        while let Some(done) = self.tasks.try_join_next() {
            if let Ok(run_id) = done {
                self.forget(run_id);
            }
        }
        for event in events {
            match event {
                Event::Run(record) if record.stage() == Stage::Started => {
                    self.start(record, scheduler);
                }
                Event::Stop(stop) => {
                    if let Some(sender) = self.stops.get(&stop.run_id) {
                        let within = |secs| Stop::Within(Duration::from_secs(secs));
                        let stop = stop.grace_secs.map_or(Stop::Gently, within);
                        // A receiver that is gone has ended by itself; its report is on the way.
                        let _ = sender.send(stop);
                    }
                }
                Event::Adopt(adopted) => {
                    self.foreseen.remove(&adopted.job_id);
                    job_state::follow(&self.places, adopted);
                }
                _ => {}
            }
        }
    }
}

impl Local {
    /// An engine that answers into `inbox`, with tasks on this runtime.
    ///
    /// # Errors
    /// When the system refuses the threads that start programs.
    pub fn new(places: Places, inbox: mpsc::Sender<Input>, runtime: Handle) -> io::Result<Local> {
        Ok(Local {
            places: Arc::new(places),
            inbox,
            starters: Starters::new(&runtime)?,
            runtime,
            tasks: JoinSet::new(),
            stops: HashMap::new(),
            foreseen: HashSet::new(),
        })
    }

    /// Makes ready what these jobs need once, aside, so that their start has less to do. A start
    /// makes what is missing.
    pub fn foresee<'a>(&mut self, due: impl Iterator<Item = &'a JobId>) {
        let new: Vec<JobId> = due
            .filter(|id| !self.foreseen.contains(*id))
            .cloned()
            .collect();
        if new.is_empty() {
            return;
        }
        if self.foreseen.len() > FORESEEN_MAX {
            self.foreseen.clear();
        }
        self.foreseen.extend(new.iter().cloned());
        for id in new {
            let dir = self.places.job_state(&id);
            // The start says what is wrong.
            self.starters
                .prepare(id, move || drop(make_private_dir(&dir)));
        }
    }

    /// The threads that start programs.
    pub fn starts(&self) -> Arc<Crew> {
        self.starters.crew()
    }

    /// How many attempts are supervised.
    pub fn running(&self) -> usize {
        self.tasks.len()
    }

    /// The runs whose program has ended, and whose end has not been taken in.
    pub fn ended(&self) -> BTreeSet<RunId> {
        self.places.table.ended()
    }

    /// Ends every attempt at once, and what former ones left behind.
    pub fn stop_now(&self) {
        for sender in self.stops.values() {
            let _ = sender.send(Stop::Now);
        }
    }

    /// Waits until nothing is supervised any more; each attempt and what it left behind has its own
    /// bound.
    pub async fn finish(&mut self) {
        while self.tasks.join_next().await.is_some() {}
        self.places.remove_cgroups().await;
    }

    fn forget(&mut self, run_id: RunId) {
        if self.stops.get(&run_id).is_some_and(|stop| stop.is_closed()) {
            self.stops.remove(&run_id);
        }
    }

    fn start(&mut self, record: &RunRecord, scheduler: &Scheduler) {
        let (run_id, attempt) = (record.id, record.attempt);
        let inbox = self.inbox.clone();
        let Some(job) = scheduler.job(&record.job_id) else {
            return;
        };
        let order = Arc::new(Order {
            run_id,
            job_id: record.job_id.clone(),
            attempt,
            program: job.program.clone(),
            trigger: record.trigger,
            scheduled_at: record.scheduled_at.unwrap_or_else(|| record.requested()),
            timezone: job.timezone.to_string(),
            dry_run: record.dry_run,
            budget_remaining: record.budget_remaining(),
            timeout: job.policies.timeout,
            kill_grace: job.policies.kill_grace,
        });
        let (stop, stopped) = watch::channel(Stop::No);
        self.stops.insert(run_id, stop);
        let places = self.places.clone();
        let pending = self.starters.ask(order.clone(), places.clone());
        let supervised = async move {
            let ended = supervise(&order, &places, pending, stopped.clone()).await;
            // The loop outlives its engine's tasks; a closed inbox means the daemon is gone, and
            // its successor finds the run in the journal.
            let _ = inbox
                .send(Input::RunEnded {
                    run_id,
                    attempt,
                    outcome: ended.outcome,
                    ended_at: ended.at,
                })
                .await;
            places.table.told(run_id);
            if let Some(left) = ended.left {
                left.end(&order, &places, stopped).await;
            }
            run_id
        };
        self.tasks.spawn_on(supervised, &self.runtime);
    }
}
