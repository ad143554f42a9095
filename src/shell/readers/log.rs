//! What holds, in the log: an event is logged once.

use tracing::field::display;

use crate::model::event::{Event, Stage};
use crate::model::run::{RunRecord, Status};
use crate::shell::clock;
use crate::shell::health::Health;
use crate::shell::readers::{Accepted, Reader};
use crate::time::rfc3339;

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
        Event::Run(run) if run.is_final() => ended(run),
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
            tracing::info!(run = %stop.run_id, reason = %stop.reason.as_str(), "run stop requested")
        }
        Event::Pause(pause) => {
            tracing::info!(
                job = %pause.job_id, who = pause.by.who, from = %pause.by.from,
                until = pause.until.map(|at| display(rfc3339(at))), reason = pause.reason,
                "job paused"
            );
        }
        Event::Resume(resume) => {
            let by = resume.by.as_ref();
            let (who, from) = (by.map(|by| &*by.who), by.map(|by| display(&by.from)));
            tracing::info!(job = %resume.job_id, who, from, "pause lifted");
        }
        Event::Control(asked) => {
            tracing::info!(
                verb = %asked.verb.as_str(), who = asked.by.who, from = %asked.by.from,
                job = asked.job_id.as_ref().map(display), run = asked.run_id.map(display),
                "asked for"
            );
        }
        Event::Adopt(_) | Event::Start(_) | Event::End(_) | Event::State(_) => {}
    }
}

/// The end of a run; somebody may act on a failed one.
fn ended(run: &RunRecord) {
    // A macro for each level: a level is part of what a line is, not a value of it.
    macro_rules! log {
        ($level:ident) => {
            tracing::$level!(
                job = %run.job_id, run = %run.id, status = %run.status.as_str(),
                reason = run.reason.map(|reason| display(reason.as_str())),
                exit_code = run.exit_code.filter(|code| *code != 0), error = run.error.as_deref(),
                "run ended"
            )
        };
    }
    match run.status {
        Status::Failed | Status::Interrupted => log!(warn),
        _ => log!(info),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use serde_json::json;

    use super::ended;
    use crate::model::run::RunRecord;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_failed_run_is_a_warning_in_words() {
        let run: RunRecord = serde_json::from_value(json!({
            "id": "019a9bd1-02f4-7000-8000-000000000001", "job_id": "backup",
            "scheduled_at": "2026-11-17T01:15:00Z", "started_at": "2026-11-17T01:15:00Z",
            "finished_at": "2026-11-17T01:15:01Z", "status": "failed", "reason": "exit",
            "error": "exit status 7", "trigger": "schedule", "attempt": 1, "exit_code": 7,
            "signal": null, "dry_run": false, "messages_sent": null, "profiles_visited": null,
            "result": null, "output_bytes": 0, "revision": null, "file": "backup.yaml",
            "digest": "d", "host": "here",
        }))
        .unwrap();
        let lines = Lines::default();
        let written = lines.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || written.clone());
        let subscriber = subscriber.with_ansi(false).without_time().finish();
        tracing::subscriber::with_default(subscriber, || ended(&run));
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let words = "run ended job=backup run=019a9bd1-02f4-7000-8000-000000000001 status=failed \
            reason=exit exit_code=7 error=\"exit status 7\"\n";
        assert!(
            text.starts_with(" WARN ") && text.ends_with(words),
            "{text}"
        );
    }
}
