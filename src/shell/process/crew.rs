//! Threads for work that may hang: the files, folders and programs of jobs may lie on a mount that
//! does not answer. Work that hangs is left to its thread, and a fresh one takes its place, so that
//! it holds up nothing but its own job: more work of that kind for that job waits until it answers.
//! The number of threads is bounded (A11).

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use crate::model::job::JobId;
use crate::shell::clock::{pause, rest, uptime};

/// Work that takes longer gets a fresh thread in its place. A start takes a millisecond.
const REPLACED_AFTER: Duration = Duration::from_millis(100);
/// Work that takes longer is reported.
const REPORTED_AFTER: Duration = Duration::from_secs(1);
/// Threads that may hang at once. When they all do, the rest waits for one of them.
const STUCK_MAX: usize = 256;
/// How long the end of a crew waits for work that does not hang.
const CLOSING_MAX: Duration = Duration::from_millis(500);

/// Work of a job.
type Work = Box<dyn FnOnce() + Send>;

/// Threads that do work in the order in which it is given.
#[derive(Debug)]
pub struct Crew {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    name: &'static str,
    threads: usize,
    state: Mutex<State>,
    /// There is work, or an end.
    work: Condvar,
    /// Someone has begun to work, or there is an end.
    begun: Condvar,
    /// How much work is ahead or being done, without what hangs; told when it comes down to none.
    pending: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Task>,
    /// What each thread is at.
    busy: BTreeMap<u64, Busy>,
    /// Work after work of the same job that hangs.
    held: HashMap<Lane, VecDeque<Task>>,
    /// Threads that do not hang.
    free: usize,
    next: u64,
    is_closed: bool,
}

/// Work of one kind for one job: when some of it hangs, the rest waits.
type Lane = (&'static str, JobId);

struct Task {
    lane: Lane,
    work: Work,
}

#[derive(Debug)]
struct Busy {
    lane: Lane,
    since: Duration,
    is_stuck: bool,
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Task").field(&self.lane).finish()
    }
}

impl Crew {
    /// So many threads, and one that watches them.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn new(name: &'static str, threads: usize) -> io::Result<Crew> {
        let shared = Arc::new(Shared {
            name,
            threads,
            state: Mutex::default(),
            work: Condvar::new(),
            begun: Condvar::new(),
            pending: watch::Sender::new(0),
        });
        // From here on a failure ends the threads that there are already.
        let crew = Crew { shared };
        for _ in 0..threads {
            crew.shared.hire(&mut crew.shared.lock())?;
        }
        let watched = crew.shared.clone();
        let builder = thread::Builder::new().name(format!("{name}-watch"));
        builder.spawn(move || watched.watch())?;
        Ok(crew)
    }

    /// Gives work of a kind, to be done after what was given before.
    pub fn give(&self, kind: &'static str, job_id: JobId, work: impl FnOnce() + Send + 'static) {
        let (lane, work) = ((kind, job_id), Box::new(work));
        let mut state = self.shared.lock();
        state.queue.push_back(Task { lane, work });
        self.shared.count(&state);
        drop(state);
        self.shared.work.notify_one();
    }

    /// Has work done and gives its result; `None` when it does not come in time.
    ///
    /// # Cancel safety
    /// Cancel safe: the work is done all the same, and its result is dropped.
    pub async fn ask<T: Send + 'static>(
        &self,
        (kind, job_id): (&'static str, JobId),
        longest: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        // Whoever does not wait any more needs no answer.
        self.give(kind, job_id, move || drop(answer.send(work())));
        tokio::select! {
            answer = answered => answer.ok(),
            () = pause(longest) => None,
        }
    }

    /// How much work is ahead or being done, without what hangs; told when it comes down to none.
    pub fn pending(&self) -> watch::Receiver<usize> {
        self.shared.pending.subscribe()
    }

    /// The jobs whose work has hung for long enough to be reported.
    pub fn stuck(&self) -> BTreeSet<JobId> {
        let (state, now) = (self.shared.lock(), uptime());
        let is_long = |busy: &&Busy| now.saturating_sub(busy.since) >= REPORTED_AFTER;
        let long = state.busy.values().filter(is_long);
        long.map(|busy| busy.lane.1.clone()).collect()
    }
}

impl Drop for Crew {
    /// Lets work come to its end, for a bounded time, and never waits for what hangs.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.is_closed = true;
        self.shared.work.notify_all();
        self.shared.begun.notify_all();
        let end = uptime() + CLOSING_MAX;
        while state.ahead() > 0 && uptime() < end {
            drop(state);
            rest(Duration::from_millis(1));
            state = self.shared.lock();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, state: &State) {
        let ahead = state.ahead();
        self.pending.send_if_modified(|pending| {
            let was = std::mem::replace(pending, ahead);
            was > 0 && ahead == 0
        });
    }

    /// Starts one more thread.
    fn hire(self: &Arc<Shared>, state: &mut State) -> io::Result<()> {
        let (shared, number) = (self.clone(), state.next);
        let builder = thread::Builder::new().name(self.name.to_owned());
        builder.spawn(move || shared.serve(number))?;
        state.next += 1;
        state.free += 1;
        Ok(())
    }

    /// One thread's life: until the end, or until there are enough others.
    fn serve(&self, number: u64) {
        let mut state = self.lock();
        loop {
            if state.free > self.wanted(&state) {
                state.free -= 1;
                // What waited after its work is for another thread now, which may be asleep.
                self.work.notify_all();
                return;
            }
            let Some(task) = state.take() else {
                if state.is_closed {
                    state.free -= 1;
                    return;
                }
                self.count(&state);
                state = self
                    .work
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let busy = Busy {
                lane: task.lane.clone(),
                since: uptime(),
                is_stuck: false,
            };
            state.busy.insert(number, busy);
            drop(state);
            self.begun.notify_one();
            (task.work)();
            state = self.lock();
            state.done(number);
            self.count(&state);
        }
    }

    /// How many threads are to be free: as many again as hang, so that a folder of many jobs that
    /// hangs is soon over.
    fn wanted(&self, state: &State) -> usize {
        self.threads.max(state.stuck())
    }

    /// Puts fresh threads in the place of those that hang.
    fn watch(self: &Arc<Shared>) {
        let mut state = self.lock();
        while !state.is_closed {
            let goes_on = state.busy.values().any(|busy| !busy.is_stuck);
            state = if goes_on || self.lacks(&state) {
                drop(state);
                rest(REPLACED_AFTER / 2);
                self.lock()
            } else {
                let begun = self.begun.wait(state);
                begun.unwrap_or_else(PoisonError::into_inner)
            };
            if state.find_stuck() {
                self.count(&state);
            }
            while self.lacks(&state) && self.hire(&mut state).is_ok() {}
        }
    }

    /// Whether more threads are wanted, and may be had.
    fn lacks(&self, state: &State) -> bool {
        state.free < self.wanted(state) && state.stuck() <= STUCK_MAX
    }
}

impl State {
    /// How much work is ahead or being done, without what hangs.
    fn ahead(&self) -> usize {
        let going = self.busy.values().filter(|busy| !busy.is_stuck).count();
        self.queue.len() + going
    }

    fn stuck(&self) -> usize {
        self.busy.values().filter(|busy| busy.is_stuck).count()
    }

    /// The next task; one whose job hangs is put aside.
    fn take(&mut self) -> Option<Task> {
        while let Some(task) = self.queue.pop_front() {
            let hangs = |busy: &Busy| busy.is_stuck && busy.lane == task.lane;
            if !self.busy.values().any(hangs) {
                return Some(task);
            }
            let held = self.held.entry(task.lane.clone()).or_default();
            held.push_back(task);
        }
        None
    }

    /// Marks what hangs; tells whether there is more of it than before.
    fn find_stuck(&mut self) -> bool {
        let now = uptime();
        let mut is_more = false;
        for busy in self.busy.values_mut().filter(|busy| !busy.is_stuck) {
            if now.saturating_sub(busy.since) >= REPLACED_AFTER {
                busy.is_stuck = true;
                self.free -= 1;
                is_more = true;
            }
        }
        is_more
    }

    /// A thread has done its work; what waited for it goes first.
    fn done(&mut self, number: u64) {
        let Some(busy) = self.busy.remove(&number).filter(|busy| busy.is_stuck) else {
            return;
        };
        self.free += 1;
        let held = self.held.remove(&busy.lane).unwrap_or_default();
        held.into_iter()
            .rev()
            .for_each(|task| self.queue.push_front(task));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    fn job(name: &str) -> JobId {
        JobId::new(name).unwrap()
    }

    /// Work that hangs until the sender is dropped.
    fn hang(crew: &Crew, name: &str) -> SyncSender<()> {
        let (go_on, waits) = sync_channel::<()>(1);
        crew.give("work", job(name), move || {
            let _ = waits.recv();
        });
        go_on
    }

    fn tell(crew: &Crew, name: &str, what: &'static str, to: &SyncSender<&'static str>) {
        let to = to.clone();
        crew.give("work", job(name), move || to.send(what).unwrap());
    }

    fn next(told: &Receiver<&'static str>) -> &'static str {
        told.recv_timeout(LONG).unwrap()
    }

    #[test]
    fn work_that_hangs_holds_up_its_own_job_only() {
        let crew = Crew::new("test", 2).unwrap();
        let (to, told) = sync_channel(9);
        let hung = hang(&crew, "hung");
        // More jobs than threads that hang, and each still has one place only.
        let others: Vec<_> = ["a", "b", "c", "d", "e"]
            .map(|name| hang(&crew, name))
            .into();
        tell(&crew, "well", "well", &to);
        assert_eq!(next(&told), "well");
        tell(&crew, "hung", "first", &to);
        tell(&crew, "hung", "second", &to);
        tell(&crew, "well", "again", &to);
        assert_eq!(next(&told), "again", "a job that hangs took another place");
        drop(hung);
        let last = BTreeSet::from([next(&told), next(&told)]);
        assert_eq!(last, BTreeSet::from(["first", "second"]));
        drop(others);
    }

    /// It is done when the hung work ends.
    /// The thread that hung is one too many by then, and the others sleep.
    #[test]
    fn work_queued_after_hung_work_is_done() {
        let crew = Crew::new("test", 2).unwrap();
        let (to, told) = sync_channel(9);
        let hung = hang(&crew, "hung");
        let until = |is_wanted: &dyn Fn(&State) -> bool| {
            let end = uptime() + LONG;
            while !is_wanted(&crew.shared.lock()) {
                assert!(uptime() < end);
                thread::yield_now();
            }
        };
        until(&|state| state.stuck() == 1 && state.free == 2);
        tell(&crew, "hung", "held", &to);
        until(&|state| !state.held.is_empty());
        drop(hung);
        assert_eq!(next(&told), "held");
    }

    /// Nobody waits for it.
    #[test]
    fn hung_work_is_named_until_it_answers() {
        let crew = Crew::new("test", 1).unwrap();
        let hung = hang(&crew, "hung");
        let until = |is_wanted: &dyn Fn() -> bool| {
            let end = uptime() + LONG;
            while !is_wanted() {
                assert!(uptime() < end, "{:?}", crew.stuck());
                thread::yield_now();
            }
        };
        until(&|| crew.stuck() == BTreeSet::from([job("hung")]));
        // Starts that hang do not count among those that are due.
        assert_eq!(*crew.pending().borrow(), 0);
        drop(hung);
        until(&|| crew.stuck().is_empty());
        let _hung = hang(&crew, "hung");
        until(&|| !crew.stuck().is_empty());
        let before = uptime();
        drop(crew);
        assert!(uptime() - before < CLOSING_MAX * 4);
    }
}
