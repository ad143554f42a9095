//! What holds, for those who follow changes as they come.

use std::sync::Arc;

use crate::shell::health::Health;
use crate::shell::http::events::Events;
use crate::shell::readers::{Accepted, Reader};

struct Feed(Arc<Events>);

/// The reader.
pub fn open(health: &Health) -> Box<dyn Reader> {
    Box::new(Feed(health.events.clone()))
}

impl Reader for Feed {
    fn read(&mut self, accepted: &mut Accepted<'_>) {
        self.0.tell(accepted.events);
    }
}
