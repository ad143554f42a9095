//! The readers together: who gets what, of one's own decisions and of others.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::core::ledger::Ledger;
use crate::core::{Input, Scheduler, Setup};
use crate::model::event::{DaemonEnded, Event};
use crate::shell::engine::Engine;
use crate::shell::health::Health;
use crate::shell::http::events::Events;
use crate::shell::readers::{Accepted, Readers, made_up};
use crate::time::Timestamp;
use crate::view::status::Shared;

/// An engine that only notes what it is to act on.
#[derive(Default)]
struct Noted(Vec<Event>);

impl Engine for Noted {
    fn react(&mut self, events: &[Event], _: &Scheduler) {
        self.0.extend_from_slice(events);
    }
}

fn accepted(events: &[Event], is_own: bool, is_late: bool) -> (Vec<Event>, Vec<Input>) {
    let setup = Setup {
        host: "h".into(),
        max_concurrent_runs: 1,
        catch_up_per_second: 1,
    };
    let scheduler = Scheduler::new(setup, Ledger::default());
    let health = Health {
        shared: Arc::new(Shared::default()),
        events: Arc::new(Events::new("e".to_owned())),
    };
    let mut engine = Noted::default();
    let mut accepted = Accepted {
        events,
        is_own,
        is_late,
        scheduler: &scheduler,
        engine: &mut engine,
        set: None,
        syncs: (0, Duration::ZERO),
        refused: Vec::new(),
    };
    Readers::open(&health).read(&mut accepted);
    let refused = std::mem::take(&mut accepted.refused);
    (engine.0, refused)
}

/// A start, and an end of the daemon.
fn start_and_end() -> [Event; 2] {
    let start = json!({"type": "run", "id": "0193a000-0000-7000-8000-000000000000", "job_id": "j",
        "scheduled_at": null, "started_at": "2026-01-01T00:00:00Z", "finished_at": null,
        "status": "running", "reason": null, "error": null, "trigger": "manual", "attempt": 1,
        "exit_code": null, "signal": null, "dry_run": false, "messages_sent": null,
        "profiles_visited": null, "result": null, "output_bytes": 0, "revision": null,
        "file": "j.yaml", "digest": "", "host": "h"});
    let at = Timestamp::UNIX_EPOCH;
    let start = serde_json::from_value(start).expect("a line");
    [start, Event::End(DaemonEnded { at })]
}

#[test]
fn a_made_up_reader_is_one_line() {
    made_up::SEEN.take();
    accepted(&start_and_end(), true, false);
    accepted(&[], true, false);
    assert_eq!(made_up::SEEN.take(), [2, 0]);
}

#[test]
fn one_starts_only_what_one_decided_in_time() {
    let events = start_and_end();
    let (done, refused) = accepted(&events, true, false);
    assert_eq!((done.as_slice(), refused.len()), (&events[..], 0));
    let (done, refused) = accepted(&events, true, true);
    assert_eq!(done, events[1..], "all but the start happens, though late");
    assert!(matches!(
        refused[..],
        [Input::StartHeldUp { attempt: 1, .. }]
    ));
    let (done, refused) = accepted(&events, false, false);
    assert_eq!((done.as_slice(), refused.len()), (&events[1..], 0));
}
