//! The store of one machine: the journal. What is proposed to it is written, or made durable, until
//! that succeeds, and then holds. It begins the day's file, keeps checkpoints, and looks after
//! retention.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::core::Decision;
use crate::model::event::{Event, Stage};
use crate::model::run_id::RunId;
use crate::model::state::State;
use crate::shell::clock::{self, pause, uptime};
use crate::shell::health::{Beat, Health};
use crate::shell::held::Held;
use crate::shell::journal::Journal;
use crate::shell::journal::keep::{Keeper, Lag};
use crate::shell::journal::renew::{Displaced, Renewed};
use crate::shell::store::{Learned, Store};
use crate::spec::types::config::HistorySpec;
use crate::text::cause::remedy;
use crate::text::trouble;
use crate::time::{SignedDuration, Timestamp, rfc3339};

/// Endings are durable after this at the latest.
const SYNC_WITHIN: Duration = Duration::from_millis(100);
/// Between tries to write when the disk refuses.
const WRITE_AGAIN: Duration = Duration::from_millis(250);
/// … and at most, for each try after a failed sync writes the lines again.
const WRITE_AGAIN_MAX: Duration = Duration::from_secs(1);
/// Endings are not synced this close before a due time.
const SYNC_TAKES: SignedDuration = SignedDuration::from_millis(20);

/// Everything live, as all that was learned so far says it.
pub type Live<'a> = &'a dyn Fn() -> State;

/// The journal as a store.
#[derive(Debug)]
pub struct Local {
    journal: Journal,
    keeper: Keeper,
    health: Health,
    beat: Arc<Beat>,
    /// When the oldest line was written that is not durable yet, on the monotonic clock.
    dirty_since: Option<Duration>,
    /// What was taken in and does not hold yet, in order.
    steps: VecDeque<Step>,
    /// Length of the journal before what is in `steps`.
    before: u64,
}

/// Events that hold as soon as they are written, or durable.
#[derive(Debug)]
enum Step {
    Written(Vec<Event>),
    Durable(Vec<Event>),
}

impl Store for Local {
    /// What orders starts is durable before they happen; a start whose order is durable already
    /// goes ahead of that sync. All events are one write.
    fn commit(&mut self, mut decision: Decision) {
        self.journal
            .append(&decision.events)
            .expect("an event is JSON");
        self.before = self.journal.end().offset;
        if !decision.sync {
            self.steps.push_back(Step::Written(decision.events));
            return;
        }
        let ready = take_ordered_before(&mut decision.events, &decision.ordered);
        if !ready.is_empty() {
            self.steps.push_back(Step::Written(ready));
        }
        self.steps.push_back(Step::Durable(decision.events));
    }

    async fn learn(&mut self) -> Option<Learned> {
        let step = self.steps.pop_front()?;
        let events = match step {
            Step::Written(events) => {
                self.retry_until_done(Journal::write).await;
                events
            }
            Step::Durable(events) => {
                self.retry_until_done(Journal::sync).await;
                events
            }
        };
        Some(Learned::Won(events))
    }
}

impl Local {
    /// The store of a journal, `replayed` bytes of which are in no checkpoint.
    pub fn new(
        journal: Journal,
        spec: &HistorySpec,
        replayed: u64,
        now: Timestamp,
        health: Health,
    ) -> Local {
        let keeper = Keeper::new(journal.state_dir().path(), spec, replayed, now);
        Local {
            journal,
            keeper,
            health,
            beat: Arc::default(),
            dirty_since: None,
            steps: VecDeque::new(),
            before: 0,
        }
    }

    /// The loop's sign of life, which also says that it writes.
    pub fn beat(&self) -> &Arc<Beat> {
        &self.beat
    }

    /// The state directory, which another one of its name does not replace.
    pub fn state_dir(&self) -> &Held {
        self.journal.state_dir()
    }

    /// What else goes by age asks this.
    pub fn lag(&self) -> Arc<Lag> {
        self.keeper.lag()
    }

    /// How many syncs succeeded, and the time spent in syncs.
    pub fn syncs(&self) -> (u64, Duration) {
        (self.journal.syncs(), self.journal.sync_time())
    }

    /// Why a request could not be recorded, where that is known before it is carried out.
    pub fn trouble(&self) -> Option<String> {
        self.journal.has_room().err().map(|error| why(&error))
    }

    /// Gets ready for what is decided now: goes back to the right day's file after a clock that was
    /// ahead, and begins a new day's.
    pub async fn begin_turn(&mut self, now: Timestamp, live: Live<'_>) {
        self.keeper.retain(now);
        if self.keeper.is_clock_right() {
            self.retry_until_done(|journal| journal.move_back(now))
                .await;
            self.settle(live).await;
        }
        self.note_later_day(now);
        if self.journal.is_new_day(now) {
            self.begin_day(now, live).await;
        }
    }

    /// Notes what a turn wrote, when all of it is acted on.
    pub async fn end_turn(&mut self, live: Live<'_>) {
        let written = self.journal.end().offset.saturating_sub(self.before);
        self.note_written(written, live);
        self.settle(live).await;
    }

    /// Makes everything durable.
    pub async fn sync(&mut self, live: Live<'_>) {
        self.retry_until_done(Journal::sync).await;
        self.note_written(0, live);
        self.settle(live).await;
    }

    /// When what was written is to be made durable: within `SYNC_WITHIN`, and not in the way of a
    /// due time.
    pub fn sync_in(&self, wake_at: Option<Timestamp>, now: Timestamp) -> Option<Duration> {
        let since = self.dirty_since?;
        let end = (since + SYNC_WITHIN).saturating_sub(uptime());
        let clear = wake_at.map_or(SYNC_WITHIN, |wake_at| {
            let rest = wake_at.duration_since(now);
            Duration::try_from(rest - SYNC_TAKES).unwrap_or_default()
        });
        let is_over = uptime().saturating_sub(since) > 3 * SYNC_WITHIN;
        match (is_over, clear.is_zero()) {
            (true, _) => Some(Duration::ZERO),
            // The wake-up comes first, and this is asked again after it.
            (false, true) => None,
            (false, false) => Some(end.min(clear)),
        }
    }

    /// The last checkpoint, at the end of the daemon.
    pub async fn finish(&mut self, state: State) {
        self.keeper.finish(self.journal.end(), state).await;
    }

    /// Notes that lines are written under a day to come, and until when; the first note of it
    /// stays.
    fn note_later_day(&mut self, now: Timestamp) {
        let day = self.journal.later_day(now);
        let is_noted = self.health.shared.read().notes.contains_key("day");
        if day.is_some() == is_noted {
            return;
        }
        let right_at = self.keeper.clock_is_right_at(now);
        let [since, until] = [now, right_at].map(|at| at.strftime("%Y-%m-%d %H:%M UTC"));
        let sentence = day.map(|day| trouble::day_to_come(&since, day, &until));
        self.health.note("day", sentence);
    }

    fn note_written(&mut self, bytes: u64, live: Live<'_>) {
        self.keeper.note_written(bytes);
        if self.journal.is_dirty() {
            self.dirty_since = self.dirty_since.or_else(|| Some(uptime()));
            return;
        }
        self.dirty_since = None;
        if self.keeper.is_checkpoint_due() {
            self.keeper.checkpoint(self.journal.end(), live());
        }
    }

    /// Begins the day's file with everything live, durable before retention may take an earlier day
    /// away.
    async fn begin_day(&mut self, now: Timestamp, live: Live<'_>) {
        let state = live();
        self.retry_until_done(|journal| {
            journal.begin_day(now, state.clone())?;
            journal.sync()
        })
        .await;
    }

    /// When today's file proved to be another one than was written to, the journal has put the
    /// lines right: everything live is said once more after them, and it is noted.
    async fn settle(&mut self, live: Live<'_>) {
        let Some(renewed) = self.journal.take_renewed() else {
            return;
        };
        self.journal.say_state(live()).expect("a state is JSON");
        self.retry_until_done(Journal::sync).await;
        self.note_written(0, live);
        let at = rfc3339(clock::now());
        self.health.note("history", Some(sentence(&renewed, &at)));
    }

    /// Does something with the journal until it succeeds: nothing holds before (A3). Bad health
    /// meanwhile.
    async fn retry_until_done(&mut self, mut act: impl FnMut(&mut Journal) -> io::Result<()>) {
        let mut rest = WRITE_AGAIN;
        loop {
            self.beat.tick(true);
            let (began, synced) = (uptime(), self.journal.synced_bytes());
            let Err(error) = act(&mut self.journal) else {
                let bytes = self.journal.synced_bytes() - synced;
                if bytes > 0 {
                    self.beat.synced_in(uptime().saturating_sub(began), bytes);
                }
                break;
            };
            self.health.set("history", Some(why(&error)));
            pause(rest).await;
            rest = (rest * 2).min(WRITE_AGAIN_MAX);
        }
        self.health.set("history", None);
    }
}

/// Takes the starts out whose order is durable already.
fn take_ordered_before(events: &mut Vec<Event>, ordered: &[RunId]) -> Vec<Event> {
    let is_ready = |event: &mut Event| matches!(event, Event::Run(run) if run.stage() == Stage::Started && !ordered.contains(&run.id));
    events.extract_if(.., is_ready).collect()
}

fn sentence(renewed: &Renewed, at: &str) -> String {
    match renewed {
        Renewed::Replaced(lines) => trouble::replaced_history(at, lines),
        Renewed::MovedBack(lines) => trouble::moved_history(at, lines),
        Renewed::Cut => trouble::cut_history(at),
    }
}

/// Why the history cannot be written, and what to do.
fn why(error: &io::Error) -> String {
    let is_displaced = error.get_ref().is_some_and(|inner| inner.is::<Displaced>());
    if is_displaced {
        return error.to_string();
    }
    trouble::unwritable(error, remedy(error).en)
}
