//! The threads that start programs. A start waits for nobody's output and for nobody's end; what is left to do for a
//! program that runs or has ended waits until all starts that are due have happened.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

use crate::shell::clock::pause;
use crate::shell::process::descriptors::Turn;
use crate::shell::process::start::{self, Started};
use crate::shell::process::{Order, Places, Stop};

/// As many as the bare loop that starts are measured beside (benches/burst.rs).
const THREADS: usize = 2;
/// Starts that wait; whoever asks for more waits for one of them.
const QUEUE_MAX: usize = 4_096;
/// How long a program's output and end wait for the starts of others.
const QUIET_MAX: Duration = Duration::from_secs(1);

/// The threads, in order of the asking.
#[derive(Debug)]
pub struct Starters {
    queue: Option<SyncSender<Wish>>,
    threads: Vec<JoinHandle<()>>,
    /// Starts that have not happened yet; told when it comes down to none.
    pending: Arc<watch::Sender<usize>>,
}

/// A start that was asked for.
#[derive(Debug)]
pub struct Pending {
    answer: oneshot::Receiver<Result<Begun, String>>,
    claim: Arc<AtomicBool>,
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

#[derive(Debug)]
struct Wish {
    order: Arc<Order>,
    places: Arc<Places>,
    answer: oneshot::Sender<Result<Begun, String>>,
    /// Taken by whoever comes first: the thread that starts it, or the supervisor that gives it up.
    claim: Arc<AtomicBool>,
}

impl Starters {
    /// Threads whose programs are watched by this runtime.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn new(runtime: &Handle) -> io::Result<Starters> {
        let (queue, wishes) = sync_channel(QUEUE_MAX);
        let (wishes, pending) = (
            Arc::new(Mutex::new(wishes)),
            Arc::new(watch::Sender::new(0)),
        );
        let mut threads = Vec::new();
        for _ in 0..THREADS {
            let (wishes, pending, runtime) = (wishes.clone(), pending.clone(), runtime.clone());
            let builder = std::thread::Builder::new().name("starter".to_owned());
            threads.push(builder.spawn(move || serve(&wishes, &pending, &runtime))?);
        }
        Ok(Starters {
            queue: Some(queue),
            threads,
            pending,
        })
    }

    /// Asks for a start, behind those that were asked for before.
    pub fn ask(&self, order: Arc<Order>, places: Arc<Places>) -> Pending {
        let (answer, answered) = oneshot::channel();
        let claim = Arc::new(AtomicBool::new(false));
        let wish = Wish {
            order,
            places,
            answer,
            claim: claim.clone(),
        };
        self.pending.send_if_modified(|pending| {
            *pending += 1;
            false
        });
        if let Some(queue) = &self.queue
            && queue.send(wish).is_err()
        {
            done(&self.pending);
        }
        Pending {
            answer: answered,
            claim,
            others: self.pending.subscribe(),
        }
    }
}

impl Drop for Starters {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            // One that panicked has said so.
            let _ = thread.join();
        }
    }
}

impl Pending {
    /// The program, once it is started; `None` when it was told to stop before.
    ///
    /// # Errors
    /// Why it cannot be started.
    pub async fn begun(
        &mut self,
        stop: &mut watch::Receiver<Stop>,
    ) -> Option<Result<Begun, String>> {
        tokio::select! {
            begun = &mut self.answer => return Some(known(begun)),
            _ = stop.wait_for(|stop| *stop > Stop::No) => {}
        }
        if !self.claim.swap(true, Ordering::SeqCst) {
            return None;
        }
        Some(known((&mut self.answer).await))
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

fn known(
    answer: Result<Result<Begun, String>, oneshot::error::RecvError>,
) -> Result<Begun, String> {
    answer.unwrap_or_else(|_| {
        Err("the thread that starts programs is gone: restart jobsd, and report this".to_owned())
    })
}

fn serve(wishes: &Mutex<Receiver<Wish>>, pending: &watch::Sender<usize>, runtime: &Handle) {
    let _inside = runtime.enter();
    loop {
        let next = wishes.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(wish) = next else { return };
        wish.serve(runtime);
        done(pending);
    }
}

fn done(pending: &watch::Sender<usize>) {
    pending.send_if_modified(|pending| {
        *pending -= 1;
        *pending == 0
    });
}

impl Wish {
    fn serve(mut self, runtime: &Handle) {
        let turn = runtime.block_on(async {
            tokio::select! {
                turn = self.places.descriptors.turn() => turn,
                () = self.answer.closed() => None,
            }
        });
        if self.claim.swap(true, Ordering::SeqCst) {
            return;
        }
        let begun = match turn {
            Some(turn) => {
                start::start(&self.order, &self.places).map(|started| Begun { started, turn })
            }
            None => Err("no descriptors can be counted any more; restart jobsd".to_owned()),
        };
        // A supervisor that is gone was ended with the daemon; the next one finds the program by its marker.
        let _ = self.answer.send(begun);
    }
}
