//! `Feed`: the last changes in order, each with an id, for readers that follow along or come back.
//! Bounded in count and bytes (A11): who was away for longer is told to read everything again.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use crate::model::event::{Event, Stage};
use crate::view::answer::run::RunAnswer;

/// Changes kept.
const NOTICES_MAX: usize = 1_024;
/// Bytes of them.
const BYTES_MAX: usize = 1 << 20;

/// One change.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its number, from 1.
    pub number: u64,
    /// What changed: `run`, `job`, `reload`, `pause`, `resume`, `health`.
    pub kind: &'static str,
    /// The change as JSON, in one line.
    pub data: Arc<str>,
}

/// The id of a notice: which daemon's, and its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeId {
    /// Told apart over restarts.
    pub epoch: String,
    /// The number.
    pub number: u64,
}

/// The last changes.
#[derive(Debug)]
pub struct Feed {
    epoch: String,
    newest: u64,
    bytes: usize,
    notices: VecDeque<Notice>,
}

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.number)
    }
}

impl NoticeId {
    /// Reads an id back.
    pub fn parse(text: &str) -> Option<NoticeId> {
        let (epoch, number) = text.rsplit_once('.')?;
        Some(NoticeId {
            epoch: epoch.to_owned(),
            number: number.parse().ok()?,
        })
    }
}

impl Feed {
    /// An empty feed; `epoch` differs from those of former daemons.
    pub fn new(epoch: String) -> Feed {
        Feed {
            epoch,
            newest: 0,
            bytes: 0,
            notices: VecDeque::new(),
        }
    }

    /// Takes events in that happened together. More of them than are kept are not told one by one:
    /// whoever follows along reads everything again.
    pub fn take_all(&mut self, events: &[Event]) {
        if events.len() <= NOTICES_MAX {
            return events.iter().for_each(|event| self.take(event));
        }
        self.newest += events.len() as u64;
        (self.notices, self.bytes) = (VecDeque::new(), 0);
    }

    /// Takes an event in, where it changes what is shown.
    fn take(&mut self, event: &Event) {
        match event {
            // Shown from the start on, as everywhere.
            Event::Run(record) if record.stage() == Stage::Planned => {}
            Event::Run(record) => {
                let mut entry = json!(RunAnswer::of(record));
                if let Some(entry) = entry.as_object_mut() {
                    // It may be large; `/scheduler/runs/{id}` has it.
                    entry.remove("result");
                }
                self.push("run", &entry);
            }
            Event::Adopt(adopted) => {
                let (id, change) = (&adopted.job_id, adopted.change);
                self.push("job", &json!({"job_id": id, "change": change}));
            }
            Event::Reload(reload) => self.push("reload", reload),
            Event::Pause(pause) => self.push("pause", pause),
            Event::Resume(resume) => self.push("resume", resume),
            Event::Stop(_) | Event::Control(_) => {}
            Event::Clock(_) | Event::Start(_) | Event::End(_) | Event::State(_) => {}
        }
    }

    /// Tells that the health changed.
    pub fn health(&mut self, reasons: &[&String]) {
        self.push("health", &json!({"reasons": reasons}));
    }

    /// The id of the newest change.
    pub fn newest(&self) -> NoticeId {
        self.id(self.newest)
    }

    /// The id of a number of this feed.
    pub fn id(&self, number: u64) -> NoticeId {
        let epoch = self.epoch.clone();
        NoticeId { epoch, number }
    }

    /// The number to continue from: that of the id, when all after it is still here.
    pub fn position(&self, id: &NoticeId) -> Option<u64> {
        let is_ours = id.epoch == self.epoch && id.number <= self.newest;
        is_ours.then_some(id.number).filter(|n| self.holds_all(*n))
    }

    /// At most `max` changes after a number, oldest first; `None` when some of them are gone.
    pub fn after(&self, number: u64, max: usize) -> Option<Vec<Notice>> {
        self.holds_all(number).then(|| {
            let skipped = self.notices.len() as u64 - (self.newest - number);
            let behind = self.notices.iter().skip(skipped as usize);
            behind.take(max).cloned().collect()
        })
    }

    fn holds_all(&self, number: u64) -> bool {
        self.newest - number <= self.notices.len() as u64
    }

    fn push(&mut self, kind: &'static str, data: &(impl Serialize + ?Sized)) {
        let value: Value = json!(data);
        let data: Arc<str> = value.to_string().into();
        self.newest += 1;
        self.bytes += data.len();
        let number = self.newest;
        self.notices.push_back(Notice { number, kind, data });
        while self.notices.len() > NOTICES_MAX || self.bytes > BYTES_MAX {
            let Some(oldest) = self.notices.pop_front() else {
                break;
            };
            self.bytes -= oldest.data.len();
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{BYTES_MAX, Feed, NOTICES_MAX, NoticeId};
    use crate::model::event::{DaemonEnded, Event};
    use crate::time::Timestamp;

    fn numbers(feed: &Feed, behind: u64, max: usize) -> Option<Vec<u64>> {
        let found = feed.after(behind, max)?;
        Some(found.iter().map(|notice| notice.number).collect())
    }

    /// Or is told that it is gone.
    #[test]
    fn a_returning_reader_gets_what_it_missed() {
        let mut feed = Feed::new("e".to_owned());
        assert_eq!(numbers(&feed, 0, 9), Some(vec![]));
        for _ in 0..NOTICES_MAX + 10 {
            feed.push("health", "x");
        }
        let newest = (NOTICES_MAX + 10) as u64;
        assert_eq!(
            numbers(&feed, newest - 2, 9),
            Some(vec![newest - 1, newest])
        );
        assert_eq!(numbers(&feed, 10, 2), Some(vec![11, 12]));
        assert_eq!(numbers(&feed, 9, 2), None);
        assert_eq!(feed.position(&feed.id(10)), Some(10));
        assert_eq!(feed.position(&feed.id(9)), None);
        assert_eq!(feed.position(&feed.id(newest + 1)), None);
        let other = NoticeId::parse("other.20").unwrap();
        assert_eq!(feed.position(&other), None);
    }

    /// More changes at once than are kept.
    #[test]
    fn changes_beyond_the_bound_are_reported_gone() {
        let mut feed = Feed::new("e".to_owned());
        feed.push("health", "x");
        let at = Timestamp::UNIX_EPOCH;
        feed.take_all(&vec![Event::End(DaemonEnded { at }); NOTICES_MAX + 1]);
        assert_eq!(feed.position(&feed.id(1)), None);
        assert_eq!(numbers(&feed, 1, 9), None);
        let newest = feed.newest().number;
        feed.push("health", "x");
        assert_eq!(numbers(&feed, newest, 9), Some(vec![newest + 1]));
    }

    #[test]
    fn large_changes_push_old_ones_out() {
        let mut feed = Feed::new("e".to_owned());
        let large = "x".repeat(BYTES_MAX / 4);
        for _ in 0..10 {
            feed.push("run", &large);
        }
        assert_eq!(feed.notices.len(), 3);
        assert!(feed.bytes <= BYTES_MAX);
    }
}
