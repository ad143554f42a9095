//! Changes as they come: server-sent events with ids. A reader that comes back with `Last-Event-ID`
//! gets what it missed, or a `reset` when that is gone. Nothing is buffered per reader: a slow one
//! falls behind in the one feed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::model::event::Event;
use crate::shell::clock::pause;
use crate::view::feed::{Feed, Notice, NoticeId};

/// Readers at the same time.
const READERS_MAX: usize = 128;
/// Changes of one chunk.
const CHUNK_MAX: usize = 64;
/// A silent connection gets a comment this often, so that both ends notice a broken one.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The feed, and who waits for it.
#[derive(Debug)]
pub struct Events {
    feed: Mutex<Feed>,
    newest: watch::Sender<u64>,
    readers: Arc<Semaphore>,
}

impl Events {
    /// An empty feed; `epoch` differs from those of former daemons.
    pub fn new(epoch: String) -> Events {
        Events {
            feed: Mutex::new(Feed::new(epoch)),
            newest: watch::Sender::new(0),
            readers: Arc::new(Semaphore::new(READERS_MAX)),
        }
    }

    /// Tells of events. Only the loop calls this; it never waits for a reader.
    pub fn tell(&self, events: &[Event]) {
        self.change(|feed| feed.take_all(events));
    }

    /// Tells that the health changed.
    pub fn tell_health(&self, reasons: &[&String]) {
        self.change(|feed| feed.health(reasons));
    }

    /// The id of the newest change: who reads the status behind this and follows on after it misses
    /// nothing.
    pub fn newest(&self) -> NoticeId {
        self.feed().newest()
    }

    fn change(&self, change: impl FnOnce(&mut Feed)) {
        let newest = {
            let mut feed = self.feed();
            change(&mut feed);
            feed.newest().number
        };
        self.newest.send_if_modified(|known| {
            let is_news = *known != newest;
            *known = newest;
            is_news
        });
    }

    fn feed(&self) -> MutexGuard<'_, Feed> {
        self.feed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One reader's place.
#[derive(Debug)]
pub struct Reader {
    events: Arc<Events>,
    newest: watch::Receiver<u64>,
    /// The last number it has.
    number: u64,
    /// What it is told first.
    first: Option<String>,
    _place: OwnedSemaphorePermit,
}

impl Reader {
    /// A reader that has what came up to the change of this id; `None` when all places are taken.
    pub fn begin(events: &Arc<Events>, last: Option<&str>) -> Option<Reader> {
        let place = events.readers.clone().try_acquire_owned().ok()?;
        let newest = events.newest.subscribe();
        let (number, kind) = {
            let feed = events.feed();
            let known = last.and_then(NoticeId::parse);
            match (last, known.and_then(|id| feed.position(&id))) {
                (_, Some(number)) => (number, "hello"),
                (Some(_), None) => (feed.newest().number, "reset"),
                (None, None) => (feed.newest().number, "hello"),
            }
        };
        let id = events.feed().id(number);
        let first = Some(format!("retry: 2000\n{}", message(kind, &id, "{}")));
        Some(Reader {
            events: events.clone(),
            newest,
            number,
            first,
            _place: place,
        })
    }

    /// The next chunk, once there is one.
    pub async fn next(mut self) -> Option<(Result<Bytes, std::convert::Infallible>, Reader)> {
        if let Some(first) = self.first.take() {
            return Some((Ok(first.into()), self));
        }
        loop {
            self.newest.borrow_and_update();
            let text = self.advance();
            if !text.is_empty() {
                return Some((Ok(text.into()), self));
            }
            tokio::select! {
                changed = self.newest.changed() => if changed.is_err() { return None },
                () = pause(KEEP_ALIVE) => return Some((Ok(Bytes::from_static(b":\n\n")), self)),
            }
        }
    }

    /// What came since, as text; empty when nothing did.
    fn advance(&mut self) -> String {
        let feed = self.events.feed();
        let Some(found) = feed.after(self.number, CHUNK_MAX) else {
            let newest = feed.newest();
            self.number = newest.number;
            return message("reset", &newest, "{}");
        };
        if let Some(last) = found.last() {
            self.number = last.number;
        }
        let text = |notice: &Notice| message(notice.kind, &feed.id(notice.number), &notice.data);
        found.iter().map(text).collect()
    }
}

fn message(kind: &str, id: &NoticeId, data: &str) -> String {
    format!("event: {kind}\nid: {id}\ndata: {data}\n\n")
}
