//! What holds, in the log: an event is logged once.

use crate::model::event::{Event, Stage};
use crate::shell::clock;
use crate::shell::health::Health;
use crate::shell::readers::{Accepted, Reader};

struct Log;

/// The reader.
pub fn open(_: &Health) -> Box<dyn Reader> {
    Box::new(Log)
}

impl Reader for Log {
    fn read(&mut self, accepted: &mut Accepted<'_>) {
        accepted.events.iter().for_each(log);
    }
}

fn log(event: &Event) {
    match event {
        Event::Run(run) if run.stage() == Stage::Started => {
            let due = run.scheduled_at.or(run.started_at);
            let lateness_ms = due.map(|due| clock::now().duration_since(due).as_millis() as i64);
            tracing::info!(
                job = %run.job_id, run = %run.id, attempt = run.attempt, lateness_ms, "run started"
            );
        }
        Event::Run(run) if run.is_final() => {
            tracing::info!(
                job = %run.job_id, run = %run.id, status = ?run.status, reason = ?run.reason,
                error = ?run.error, "run ended"
            );
        }
        Event::Run(_) => tracing::debug!("run ordered"),
        Event::Reload(reload) => {
            let counts = &reload.counts;
            tracing::info!(
                files = reload.files,
                added = counts.added,
                changed = counts.changed,
                removed = counts.removed,
                renamed = counts.renamed,
                errors = reload.errors.len(),
                revision = reload.revision,
                took_ms = reload.took_ms,
                "job files loaded"
            );
            for pair in &reload.not_renamed {
                tracing::warn!(
                    from = %pair.from, to = %pair.to,
                    "not a rename: the content changed too; pause and counters do not carry over"
                );
            }
        }
        Event::Clock(clock) => tracing::warn!(from = %clock.from, to = %clock.to, "clock set"),
        Event::Stop(stop) => {
            tracing::info!(run = %stop.run_id, reason = ?stop.reason, "run stop requested")
        }
        Event::Pause(pause) => {
            tracing::info!(
                job = %pause.job_id, who = ?pause.by.who, from = ?pause.by.from,
                until = ?pause.until, reason = ?pause.reason, "job paused"
            );
        }
        Event::Resume(resume) => {
            tracing::info!(job = %resume.job_id, by = ?resume.by, "pause lifted");
        }
        Event::Control(asked) => {
            tracing::info!(
                verb = ?asked.verb, who = ?asked.by.who, from = ?asked.by.from, job = ?asked.job_id,
                run = ?asked.run_id, "asked for"
            );
        }
        Event::Adopt(_) | Event::Start(_) | Event::End(_) | Event::State(_) => {}
    }
}
