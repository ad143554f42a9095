//! Notices that job files changed and sends a whole `JobSet`. An event of the file system is only a
//! hint to look (docs/decisions/003-files.md): what a rename put into its place is looked at at
//! once, everything else when it was quiet for a moment, and a slow look at everything backs up
//! the hints.

pub mod folder;
pub mod hints;
pub mod origins;
pub mod settle;
pub mod start;
pub mod wanted;
pub mod writers;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::shell::control;
use tokio::sync::{mpsc, oneshot};

use crate::model::job::{Cause, JobSet};
use crate::shell::clock::{monotonic, pause};
use crate::shell::watch::folder::{Folder, Found, Wish};
use crate::shell::watch::settle::{QUIET, QUIET_MAX};
use crate::text::trouble;

/// The look after the hints.
const SAFETY_LOOK: Duration = Duration::from_secs(30);
/// While the folder cannot be read.
const MISSING_LOOK: Duration = Duration::from_secs(1);
/// Where changes may raise no event: not sooner than this, and not so often that looking costs more
/// than 1 % of a core.
const BLIND_LOOK: Duration = Duration::from_millis(500);
const BLIND_SHARE: u32 = 100;
/// But not less often than this.
const BLIND_LOOK_MAX: Duration = Duration::from_secs(3);
/// A git that holds its lock for longer than this is named.
const GIT_TAKES: Duration = Duration::from_secs(2);
/// Whether the folder is still the same one is asked this often: a swapped link far up its path
/// raises no event.
const PULSE: Duration = Duration::from_secs(5);
/// More files than this at once are a tree that is being written: it is looked at as a whole.
const ONE_BY_ONE_MAX: usize = 3;
/// While git holds the index's lock it is checking files out; it is waited for, but not for longer
/// than this.
const CHECKOUT_MAX: Duration = Duration::from_secs(10);
/// A look that takes longer is told: the file system does not answer.
const LOOK_MAX: Duration = Duration::from_secs(4);

/// What the watcher tells the loop.
#[derive(Debug)]
pub struct News {
    /// What a look found.
    pub result: Result<Option<Arc<JobSet>>, String>,
    /// Why changes may come without an event; `None` when every folder is watched.
    pub blind: Option<String>,
    /// Who waits to hear of it.
    pub answers: Vec<Waiting>,
}

/// Where the answer to a wish goes.
pub type Answer = oneshot::Sender<control::Answer>;

/// A wish to look now.
#[derive(Debug)]
pub struct Ask {
    /// Who wishes it.
    pub cause: Cause,
    /// Where the answer goes, if anyone waits.
    pub answer: Option<Waiting>,
}

/// Someone who waits for an answer.
#[derive(Debug)]
pub struct Waiting {
    /// Where it goes.
    pub answer: Answer,
    /// How many reloads there were when the wish was made.
    pub seen: u64,
}

/// What is to be done next.
enum Task {
    Hint,
    Look(Wish),
    Pulse,
}

/// When to look next.
struct Plan {
    /// Hints came: the first and the last of them.
    hinted: Option<(Instant, Instant)>,
    /// Many files changed at once: none is looked at by itself until the whole is.
    is_burst: bool,
    /// A file is on its way.
    again_at: Option<Instant>,
    safety_at: Instant,
    pulse_at: Instant,
    /// Since when git has been checking files out.
    checkout_since: Option<Instant>,
    /// Who waits for an answer, and until when files that are being written are waited for.
    waiting: Vec<Waiting>,
    waiting_until: Instant,
}

impl Plan {
    fn new(begin: Instant) -> Plan {
        Plan {
            hinted: None,
            is_burst: false,
            again_at: None,
            // The first look at the start came before the watches.
            safety_at: begin,
            pulse_at: begin + PULSE,
            checkout_since: None,
            waiting: Vec::new(),
            waiting_until: begin,
        }
    }

    fn next(&self) -> Instant {
        let quiet = self
            .hinted
            .map(|(first, last)| (last + QUIET).min(first + QUIET_MAX));
        // While hints come, the look after them is the next one.
        let look = quiet.or(self.again_at).unwrap_or(self.safety_at);
        let look = if self.waiting.is_empty() {
            look
        } else {
            look.min(self.waiting_until)
        };
        look.min(self.safety_at).min(self.pulse_at)
    }

    fn task(&mut self, now: Instant) -> Task {
        if self.pulse_at <= now {
            self.pulse_at = now + PULSE;
            return Task::Pulse;
        }
        let wish = Wish {
            cause: Cause::Edit,
            all: false,
        };
        Task::Look(wish)
    }

    /// Those to be answered now: everything is quiet, or they have waited long enough.
    fn answered(&mut self, result: &Result<Found, String>) -> Vec<Waiting> {
        let is_moving = result.as_ref().is_ok_and(|found| found.again_in.is_some());
        if is_moving && monotonic() < self.waiting_until {
            return Vec::new();
        }
        std::mem::take(&mut self.waiting)
    }
}

/// Watches a folder until the receiver of its news is gone. Where the folder or the system's
/// watches are out of reach, it looks without them, and says so. It blocks: a thread of its own
/// runs it.
pub async fn watch(
    mut folder: Folder,
    mut signal: mpsc::Receiver<()>,
    news: mpsc::Sender<News>,
    mut asks: mpsc::Receiver<Ask>,
    gauge: Gauge,
) {
    folder.begin_watching();
    let mut plan = Plan::new(monotonic());
    loop {
        gauge.look_at_git(&folder, plan.checkout_since);
        let wait = plan.next().saturating_duration_since(monotonic());
        let task = tokio::select! {
            Some(()) = signal.recv() => Task::Hint,
            ask = asks.recv() => match ask {
                Some(Ask { cause, answer }) => {
                    plan.waiting.extend(answer);
                    plan.waiting_until = monotonic() + QUIET_MAX;
                    Task::Look(Wish { cause, all: true })
                }
                None => return,
            },
            () = pause(wait) => plan.task(monotonic()),
        };
        let (result, answers) = match task {
            Task::Hint => {
                let Some(put) = take_hints(&mut folder, &mut plan) else {
                    continue;
                };
                let work = move |folder: &mut Folder| Ok(folder.look_at(&put));
                (guarded(&mut folder, &gauge, work), Vec::new())
            }
            Task::Pulse => {
                if folder.is_replaced() {
                    let now = monotonic();
                    plan.hinted.get_or_insert((now, now));
                }
                continue;
            }
            Task::Look(wish) => {
                if wish.cause == Cause::Edit && waits_for_git(&folder, &mut plan) {
                    continue;
                }
                look(&mut folder, &mut plan, &gauge, wish)
            }
        };
        let found = match result {
            Ok(found) => {
                if let Some(wait) = found.again_in {
                    plan.again_at = Some(monotonic() + wait);
                }
                Ok(found.set)
            }
            Err(sentence) => Err(sentence),
        };
        let blind = folder.hints.blind().map(str::to_owned);
        let message = News {
            result: found,
            blind,
            answers,
        };
        if news.send(message).await.is_err() {
            return;
        }
    }
}

/// Looks at the whole folder: what it found, and those who are to be answered now.
fn look(
    folder: &mut Folder,
    plan: &mut Plan,
    gauge: &Gauge,
    wish: Wish,
) -> (Result<Found, String>, Vec<Waiting>) {
    (plan.hinted, plan.is_burst, plan.again_at) = (None, false, None);
    let begin = monotonic();
    folder.note(folder.hints.take());
    let result = guarded(folder, gauge, |folder| folder.look(wish));
    let took = monotonic().saturating_duration_since(begin);
    plan.safety_at = monotonic() + safety(folder, &result, took);
    let answers = plan.answered(&result);
    (result, answers)
}

/// Takes the hints in. The files to look at now, where a few were renamed into their place.
fn take_hints(folder: &mut Folder, plan: &mut Plan) -> Option<Vec<PathBuf>> {
    let put = folder.note(folder.hints.take());
    let now = monotonic();
    let (_, last) = plan.hinted.get_or_insert((now, now));
    *last = now;
    plan.is_burst |= put.len() > ONE_BY_ONE_MAX;
    (!plan.is_burst && !put.is_empty()).then_some(put)
}

/// A checkout in progress is waited for: half of it is nothing that anyone committed.
fn waits_for_git(folder: &Folder, plan: &mut Plan) -> bool {
    let now = monotonic();
    // A look that no hint asked for (the first one, a safety look, one at a file that was moving)
    // waits like any other.
    let (first, last) = plan.hinted.unwrap_or((now, now));
    let begun = *plan.checkout_since.get_or_insert(first);
    let is_long = now.saturating_duration_since(begun) >= CHECKOUT_MAX;
    if is_long || !folder.is_checked_out() {
        plan.checkout_since = None;
        return false;
    }
    plan.hinted = Some((now, last.max(now)));
    true
}

/// How long until the look after the hints.
fn safety(folder: &Folder, result: &Result<Found, String>, took: Duration) -> Duration {
    match (result, folder.hints.blind()) {
        (Err(_), _) => MISSING_LOOK,
        (Ok(_), None) => SAFETY_LOOK,
        // A look that read something took longer than the looks that wait for it will.
        (Ok(found), Some(_)) if found.set.is_some() => BLIND_LOOK,
        (Ok(_), Some(_)) => (took * BLIND_SHARE).clamp(BLIND_LOOK, BLIND_LOOK_MAX),
    }
}

/// Works with the folder, and may wait for the disk meanwhile. A fault of ours while reading leaves
/// the jobs as they are.
fn guarded(
    folder: &mut Folder,
    gauge: &Gauge,
    work: impl FnOnce(&mut Folder) -> Result<Found, String>,
) -> Result<Found, String> {
    let root = folder.root().to_owned();
    gauge.set(Some(monotonic()));
    let result = catch_unwind(AssertUnwindSafe(|| work(folder)))
        .unwrap_or_else(|_| Err(trouble::failed_look(root.display())));
    gauge.set(None);
    result
}

/// What holds the looks up.
#[derive(Clone, Debug, Default)]
pub struct Gauge(Arc<Mutex<Held>>);

/// The same, as it is now.
#[derive(Debug, Default)]
struct Held {
    /// Since when a look has been in progress: a file system that does not answer holds it up for
    /// ever.
    since: Option<Instant>,
    /// git's lock that edits have waited for.
    lock: Option<PathBuf>,
}

impl Gauge {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, since: Option<Instant>) {
        self.held().since = since;
    }

    /// Remembers git's lock once edits have waited for it for long, until it is gone.
    fn look_at_git(&self, folder: &Folder, since: Option<Instant>) {
        let waits =
            since.is_some_and(|since| monotonic().saturating_duration_since(since) >= GIT_TAKES);
        let known = self.held().lock.clone();
        let lock = known.or_else(|| folder.git_lock().filter(|_| waits));
        self.held().lock = lock.filter(|lock| lock.exists());
    }

    /// A sentence, when edits wait for a git that may have died.
    pub fn waits(&self) -> Option<String> {
        let held = self.held();
        let lock = held.lock.as_ref()?.display();
        Some(trouble::held_by_git(lock))
    }

    /// A sentence, when the look takes too long.
    pub fn stuck(&self) -> Option<String> {
        let since = self.held().since;
        let is_long =
            since.is_some_and(|since| monotonic().saturating_duration_since(since) >= LOOK_MAX);
        is_long.then(trouble::no_jobs_folder)
    }
}
