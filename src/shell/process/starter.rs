//! Starts programs on threads of their own. A start waits for no one's output and for no one's end;
//! what is left to do for a program that runs or has ended waits until all starts that are due have
//! happened.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

use crate::model::job::JobId;
use crate::shell::clock::pause;
use crate::shell::process::crew::Crew;
use crate::shell::process::descriptors::Turn;
use crate::shell::process::order::{Order, Places, Stop};
use crate::shell::process::proc;
use crate::shell::process::start::{self, Started};
use crate::text::start as words;

/// As many as the bare loop that starts are measured beside (benches/burst.rs).
const THREADS: usize = 2;
/// How long a program's output and end wait for the starts of others.
const QUIET_MAX: Duration = Duration::from_secs(1);
/// How long a start that is told to stop, or is over its time limit, may still take before it is
/// given up.
const LAST_CHANCE: Duration = Duration::from_millis(500);

/// The threads, in order of the asking.
#[derive(Debug)]
pub struct Starters {
    crew: Arc<Crew>,
    runtime: Handle,
}

/// A start that was asked for.
#[derive(Debug)]
pub struct Pending {
    answer: oneshot::Receiver<Result<Begun, String>>,
    /// What is not given to a thread yet, because there are no descriptors for it.
    waiting: Option<Wish>,
    starters: Starters,
    claim: Arc<Claim>,
    others: watch::Receiver<usize>,
}

/// A program that was started, with its place among the descriptors.
#[derive(Debug)]
pub struct Begun {
    /// The program.
    pub started: Started,
    /// Its descriptors.
    pub turn: Turn,
}

/// What became of a start.
#[derive(Debug)]
pub enum Start {
    /// The program is running.
    Begun(Box<Begun>),
    /// It cannot be started: why.
    Failed(String),
    /// It was told to stop before it was started.
    Stopped,
    /// It was not started within the time limit of the attempt: something that it needs does not
    /// answer.
    TimedOut,
}

/// Who decides about a start.
#[derive(Debug, Default)]
struct Claim {
    /// Taken by whoever comes first: the thread that starts it, or the supervisor that gives it up.
    is_taken: AtomicBool,
    /// No one waits for it any more.
    is_given_up: AtomicBool,
    /// The thread that starts it, while it does.
    thread: Mutex<Option<u32>>,
}

#[derive(Debug)]
struct Wish {
    order: Arc<Order>,
    places: Arc<Places>,
    answer: oneshot::Sender<Result<Begun, String>>,
    claim: Arc<Claim>,
}

impl Starters {
    /// Threads whose programs are watched by this runtime.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn new(runtime: &Handle) -> io::Result<Starters> {
        Ok(Starters {
            crew: Arc::new(Crew::new("starter", THREADS)?),
            runtime: runtime.clone(),
        })
    }

    /// The threads.
    pub fn crew(&self) -> Arc<Crew> {
        self.crew.clone()
    }

    /// Asks for a start, after those that were asked for before.
    pub fn ask(&self, order: Arc<Order>, places: Arc<Places>) -> Pending {
        let (answer, answered) = oneshot::channel();
        let claim = Arc::new(Claim::default());
        let turn = places.descriptors.turn_now();
        let wish = Wish {
            order,
            places,
            answer,
            claim: claim.clone(),
        };
        let waiting = match turn {
            Some(turn) => {
                self.give(wish, turn);
                None
            }
            None => Some(wish),
        };
        Pending {
            answer: answered,
            waiting,
            starters: self.share(),
            claim,
            others: self.crew.pending(),
        }
    }

    /// Does something on the files of a job before it is due, so that its start has less to do.
    pub fn prepare(&self, job_id: JobId, work: impl FnOnce() + Send + 'static) {
        self.crew.give("start", job_id, work);
    }

    fn share(&self) -> Starters {
        Starters {
            crew: self.crew.clone(),
            runtime: self.runtime.clone(),
        }
    }

    fn give(&self, wish: Wish, turn: Turn) {
        let (job_id, runtime) = (wish.order.job_id.clone(), self.runtime.clone());
        self.crew.give("start", job_id, move || {
            let _inside = runtime.enter();
            wish.serve(turn);
        });
    }
}

impl Pending {
    /// What became of it. Its time limit counts from here, but not while it waits for descriptors.
    pub async fn begun(
        &mut self,
        stop: &mut watch::Receiver<Stop>,
        timeout: Option<Duration>,
    ) -> Start {
        if let Some(wish) = self.waiting.take() {
            let turn = tokio::select! {
                turn = wish.places.descriptors.turn() => turn,
                _ = stop.wait_for(|stop| *stop > Stop::No) => return Start::Stopped,
            };
            let Some(turn) = turn else {
                return Start::Failed(words::no_counting());
            };
            self.starters.give(wish, turn);
        }
        let limit = async {
            match timeout {
                Some(timeout) => pause(timeout).await,
                None => std::future::pending().await,
            }
        };
        let is_over = tokio::select! {
            biased;
            begun = &mut self.answer => return known(begun),
            _ = stop.wait_for(|stop| *stop > Stop::No) => false,
            () = limit => true,
        };
        let given_up = if is_over {
            Start::TimedOut
        } else {
            Start::Stopped
        };
        if !self.claim.is_taken.swap(true, Ordering::SeqCst) {
            return given_up;
        }
        // A start that succeeds after all is stopped later, as a program; one that hangs is given
        // up.
        tokio::select! {
            biased;
            begun = &mut self.answer => return known(begun),
            () = pause(LAST_CHANCE) => {}
        }
        self.claim.give_up();
        given_up
    }

    /// Waits until no other start is due, for a bounded time.
    pub async fn quiet(&mut self, stop: &mut watch::Receiver<Stop>) {
        tokio::select! {
            _ = self.others.wait_for(|pending| *pending == 0) => {}
            _ = stop.wait_for(|stop| *stop > Stop::No) => {}
            () = pause(QUIET_MAX) => {}
        }
    }
}

fn known(answer: Result<Result<Begun, String>, oneshot::error::RecvError>) -> Start {
    match answer {
        Ok(Ok(begun)) => Start::Begun(Box::new(begun)),
        Ok(Err(cause)) => Start::Failed(cause),
        Err(_) => Start::Failed(words::no_starter()),
    }
}

impl Claim {
    /// Nothing starts from now on; a process that hangs before it becomes its program is ended.
    fn give_up(&self) {
        self.is_given_up.store(true, Ordering::SeqCst);
        // Held over both: the thread must not begin with the start of another meanwhile.
        let thread = self.thread();
        if let Some(thread) = *thread {
            proc::end_unborn(thread);
        }
    }

    fn thread(&self) -> MutexGuard<'_, Option<u32>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wish {
    fn serve(self, turn: Turn) {
        let own = rustix::thread::gettid().as_raw_nonzero().get();
        *self.claim.thread() = Some(own.unsigned_abs());
        let is_wanted = || !self.claim.is_given_up.load(Ordering::SeqCst);
        let begun = (!self.claim.is_taken.swap(true, Ordering::SeqCst))
            .then(|| start::start(&self.order, &self.places, &is_wanted));
        *self.claim.thread() = None;
        let Some(begun) = begun else {
            return;
        };
        let begun = begun.map(|started| Begun { started, turn });
        if let Err(Ok(begun)) = self.answer.send(begun) {
            // It answered after it was given up: its end is recorded, and nothing of it may
            // continue. Where the daemon is gone too, the next one finds the program by its marker.
            begun.started.discard(&self.order, &self.places);
        }
    }
}
