//! The loop while the store does not get on: requests are refused, for what is asked for meanwhile
//! is not carried out later, and a stop is obeyed.

use std::time::Duration;

use super::{Daemon, LOG_FLUSH_MAX};
use crate::core::Scheduler;
use crate::model::event::{Event, StopRequested};
use crate::model::refusal::Refusal;
use crate::model::run::Reason;
use crate::model::state::State;
use crate::shell::clock::pause;
use crate::shell::engine::Engine;
use crate::shell::signals::Wish;
use crate::shell::store::local::{Live, Local};
use crate::view::status::Shared;

impl Daemon {
    /// Works with the store until that is done.
    pub(super) async fn with_store<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Local, Live<'_>) -> T,
    ) -> T {
        {
            let (scheduler, shared) = (&self.scheduler, &self.shared);
            let live = || state(scheduler, shared);
            let work = work(&mut self.store, &live);
            tokio::pin!(work);
            loop {
                // Cancel safe: a signal stays where it is, and so does a request.
                tokio::select! {
                    biased;
                    done = &mut work => return done,
                    Some((_, _, answer)) = self.calls.recv() => {
                        let cause = shared.read().health.get("history").cloned();
                        let cause = cause.unwrap_or_default();
                        let _ = answer.send(Err(Refusal::Unwritable { cause }));
                    }
                    wish = self.signals.next() => if wish == Wish::Stop { break },
                }
            }
        }
        self.give_up().await
    }

    /// Why a request that must be recorded is refused, where that is known before it is carried
    /// out.
    pub(super) fn unwritable(&self) -> Option<Refusal> {
        let shown = {
            let status = self.shared.read();
            let reasons = ["history", "disk"].map(|cause| status.health.get(cause).cloned());
            reasons.into_iter().flatten().next()
        };
        let cause = shown.or_else(|| self.store.trouble())?;
        Some(Refusal::Unwritable { cause })
    }

    /// Stops while the history cannot be written: every run is ended, and the next daemon records
    /// them as interrupted.
    async fn give_up(&mut self) -> ! {
        tracing::error!(
            "stopping although the history cannot be written; the next start records what ran"
        );
        let ids = self.scheduler.ledger().runs().map(|run| run.record.id);
        let stop = |run_id| StopRequested {
            at: self.clock.now(),
            run_id,
            reason: Reason::Shutdown,
            grace_secs: None,
        };
        let stops: Vec<Event> = ids.map(|run_id| Event::Stop(stop(run_id))).collect();
        self.engine.react(&stops, &self.scheduler);
        while self.engine.running() > 0 {
            self.store.beat().tick(true);
            tokio::select! {
                wish = self.signals.next() => if wish == Wish::Stop { break },
                // Its record cannot be written: the next daemon finds it unfinished.
                Some(_) = self.inbox.recv() => {}
                () = pause(Duration::from_millis(100)) => {}
            }
            self.engine.react(&[], &self.scheduler);
        }
        if self.engine.running() == 0 {
            self.engine.finish().await;
        }
        self.log.flush(LOG_FLUSH_MAX);
        std::process::exit(0)
    }
}

/// Everything live, as all that was learned so far says it.
pub(super) fn state(scheduler: &Scheduler, shared: &Shared) -> State {
    let mut state = scheduler.ledger().state();
    shared.read().add_to(&mut state);
    state
}
