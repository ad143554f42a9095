//! What holds, executed: starts and stops. Starts that the store kept waiting for too long do not
//! happen as they stand: they are judged again. All else does happen.

use crate::core::Input;
use crate::model::event::{Event, Stage};
use crate::shell::health::Health;
use crate::shell::readers::{Accepted, Reader};

struct Start;

/// The reader.
pub fn open(_: &Health) -> Box<dyn Reader> {
    Box::new(Start)
}

impl Reader for Start {
    fn read(&mut self, accepted: &mut Accepted<'_>) {
        if accepted.is_own && !accepted.is_late {
            accepted.engine.react(accepted.events, accepted.scheduler);
            return;
        }
        let is_start = |event: &&Event| started(event).is_some();
        let others = accepted.events.iter().filter(|event| !is_start(event));
        let others: Vec<Event> = others.cloned().collect();
        accepted.engine.react(&others, accepted.scheduler);
        if accepted.is_own {
            let held_up = accepted.events.iter().filter_map(started);
            accepted.refused.extend(held_up);
        }
    }
}

/// That a start was held up, where the event is one.
fn started(event: &Event) -> Option<Input> {
    match event {
        Event::Run(record) if record.stage() == Stage::Started => Some(Input::StartHeldUp {
            run_id: record.id,
            attempt: record.attempt,
        }),
        _ => None,
    }
}
