//! What holds, in the status that pages and API show.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::core::Scheduler;
use crate::model::event::Event;
use crate::model::job::{Job, JobId};
use crate::shell::health::Health;
use crate::shell::readers::{Accepted, Reader};
use crate::view::status::{Shared, Status};

struct Show(Arc<Shared>);

/// The reader.
pub fn open(health: &Health) -> Box<dyn Reader> {
    Box::new(Show(health.shared.clone()))
}

impl Reader for Show {
    fn read(&mut self, accepted: &mut Accepted<'_>) {
        let (events, scheduler) = (accepted.events, accepted.scheduler);
        let (syncs, sync_time) = accepted.syncs;
        let set = accepted.set.take();
        if events.is_empty() && set.is_none() && self.0.read().syncs == syncs {
            return;
        }
        self.0.update(|status| {
            status.syncs = syncs;
            status.sync_time = sync_time;
            if let Some(set) = &set {
                status.show_set(set);
            }
            for event in events {
                status.apply(event);
                status.tally.apply(event);
            }
            let touched: BTreeSet<&JobId> = events.iter().filter_map(Event::job_id).collect();
            for job in touched.into_iter().filter_map(|id| scheduler.job(id)) {
                show_job(status, job, scheduler);
            }
            let touches_all = |event: &Event| matches!(event, Event::Start(_) | Event::Clock(_));
            if events.iter().any(touches_all) {
                for job in scheduler.jobs() {
                    show_job(status, job, scheduler);
                }
            }
            if !events.is_empty() {
                status.drop_removed();
            }
        });
    }
}

fn show_job(status: &mut Status, job: &Arc<Job>, scheduler: &Scheduler) {
    let pause = scheduler.pause_of(&job.id);
    status.show_job(job, scheduler.next_run_at(&job.id), pause);
    status.show_uses(&job.id, scheduler.ledger().uses(&job.id));
}
