//! Runs programs on this machine: reacts to events that are durable already (A3), and answers through the inbox only.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::core::{Input, Scheduler};
use crate::model::event::{Event, Stage};
use crate::model::run::{Ending, Outcome, Report, RunId, RunRecord};
use crate::shell::process::{Order, Places, Stop, supervise};

/// The local engine: one supervising task per attempt.
#[derive(Debug)]
pub struct Local {
    places: Arc<Places>,
    inbox: mpsc::Sender<Input>,
    tasks: JoinSet<RunId>,
    stops: HashMap<RunId, watch::Sender<Stop>>,
}

impl Local {
    /// An engine that answers into `inbox`.
    pub fn new(places: Places, inbox: mpsc::Sender<Input>) -> Local {
        Local {
            places: Arc::new(places),
            inbox,
            tasks: JoinSet::new(),
            stops: HashMap::new(),
        }
    }

    /// Acts on events: starts what was started, stops what was told to stop. Never waits for a child.
    pub fn react(&mut self, events: &[Event], scheduler: &Scheduler) {
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
                _ => {}
            }
        }
    }

    /// How many attempts are supervised.
    pub fn running(&self) -> usize {
        self.tasks.len()
    }

    /// Ends every attempt at once, and what former ones left behind.
    pub fn stop_now(&self) {
        for sender in self.stops.values() {
            let _ = sender.send(Stop::Now);
        }
    }

    /// Waits until nothing is supervised any more; each attempt and what it left behind has its own bound.
    pub async fn finish(&mut self) {
        while self.tasks.join_next().await.is_some() {}
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
        let order = Order {
            run_id,
            job_id: record.job_id.clone(),
            attempt,
            program: job.program.clone(),
            trigger: record.trigger,
            scheduled_at: record.scheduled_at.unwrap_or_else(|| record.requested_at()),
            timezone: job.timezone.clone(),
            dry_run: record.dry_run,
            budget_remaining: record.budget_remaining(),
            timeout: job.policies.timeout,
            kill_grace: job.policies.kill_grace,
        };
        let (stop, stopped) = watch::channel(Stop::No);
        self.stops.insert(run_id, stop);
        let places = self.places.clone();
        self.tasks.spawn(async move {
            let (outcome, left) = supervise(&order, &places, stopped.clone()).await;
            // The loop outlives its engine's tasks; a closed inbox means the daemon is gone, and its successor finds
            // the run in the journal.
            let _ = inbox
                .send(Input::RunEnded {
                    run_id,
                    attempt,
                    outcome,
                })
                .await;
            if let Some(left) = left {
                left.end(&order, &places, stopped).await;
            }
            run_id
        });
    }
}

/// The outcome of a run whose intent could not be made durable in time.
pub fn not_started(cause: String) -> Outcome {
    Outcome {
        ending: Ending::StartFailed(cause),
        report: Report::default(),
        output_bytes: 0,
        note: None,
    }
}
