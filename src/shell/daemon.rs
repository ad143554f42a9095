//! The loop: inputs in, events out; the store first, then whoever reads what holds (A3).

mod begin;
mod calls;
mod ends;
mod news;
mod patience;
mod predecessor;
mod site;

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime;
use tokio::sync::mpsc;

use crate::core::job_ledger::JobLedger;
use crate::core::{Answer, Decision, Input, Scheduler};
use crate::model::event::Event;
use crate::model::job::{Cause, JobId, JobSet};
use crate::model::run_id::RunId;
use crate::shell::clock::{self, Clock, Look, pause};
use crate::shell::control::Call;
use crate::shell::engine::local::Local as Engine;
use crate::shell::health::Health;
use crate::shell::log::Log;
use crate::shell::memory;
use crate::shell::readers::{Accepted, Readers};
use crate::shell::settings::Layout;
use crate::shell::signals::{Signals, Wish};
use crate::shell::store::local::Local;
use crate::shell::store::{Learned, Store};
use crate::shell::systemd::Systemd;
use crate::shell::watch::{Ask, Gauge, News};
use crate::text::cause::cause;
use crate::text::{Text, command_errors as words};
use crate::time::{SignedDuration, Timestamp};
use crate::view::status::Shared;

/// How long before a due time its job is made ready.
const FORESIGHT: SignedDuration = SignedDuration::from_secs(5);
/// A start that its record kept waiting for longer than this is judged again.
const START_DELAY_MAX: SignedDuration = SignedDuration::from_secs(1);

/// How long the last lines of the log may take at the end.
pub const LOG_FLUSH_MAX: Duration = Duration::from_secs(1);

/// What a daemon works with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where everything is, and the settings.
    pub layout: Layout,
    /// Address of the endpoint.
    pub listen: SocketAddr,
    /// Where the log goes.
    pub log: Log,
}

/// Why a daemon did not start; each a sentence that says what to do.
pub type NoStart = Text;

/// What the loop works with.
struct Daemon {
    scheduler: Scheduler,
    store: Local,
    engine: Engine,
    readers: Readers,
    shared: Arc<Shared>,
    health: Health,
    /// The set that is being taken over: it is shown together with its jobs.
    unshown: Option<Arc<JobSet>>,
    clock: Clock,
    wake_at: Option<Timestamp>,
    /// Runs whose end was waited for in vain.
    slow_ends: BTreeSet<RunId>,
    inbox: mpsc::Receiver<Input>,
    calls: mpsc::Receiver<Call>,
    news: mpsc::Receiver<News>,
    asks: mpsc::Sender<Ask>,
    watch_gauge: Gauge,
    signals: Signals,
    systemd: Systemd,
    log: Log,
}

/// What ended a wait.
enum Woken {
    Input(Input),
    Call(Call),
    News(News),
    Wish(Wish),
    Time,
    Sync,
}

/// Runs a daemon until it is told to stop. The loop has a thread and a runtime of its own: whatever
/// the others do, it wakes when something is due.
///
/// # Errors
/// [`NoStart`] when it cannot start.
pub fn serve(options: &Options) -> Result<(), NoStart> {
    memory::keep_little();
    let fail = |error: io::Error| words::no_thread(&cause(&error));
    let others = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(fail)?;
    let own = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(fail)?;
    let done = others
        .block_on(begin::begin(options))
        .map(|begun| own.block_on(begun.run()));
    // Nothing that still waits may hold the exit up: every run is recorded by now.
    own.shutdown_background();
    others.shutdown_background();
    done
}

impl Daemon {
    async fn run(&mut self) {
        let mut is_stopping = false;
        while !(is_stopping && self.scheduler.started_runs() == 0) {
            self.systemd.alive();
            match self.wait().await {
                Woken::Input(input) => drop(self.turn(vec![input]).await),
                Woken::Call(call) => self.call(call).await,
                Woken::News(news) => {
                    self.hear(news).await;
                    self.systemd.reloaded();
                }
                Woken::Wish(Wish::Reload) => {
                    self.systemd.reloading();
                    self.log.reopen();
                    let (cause, answer) = (Cause::Signal, None);
                    // A full queue holds a wish to look already.
                    let _ = self.asks.try_send(Ask { cause, answer });
                }
                Woken::Wish(Wish::Stop) if is_stopping => {
                    tracing::warn!("stopping at once");
                    self.engine.stop_now();
                }
                Woken::Wish(Wish::Stop) => {
                    is_stopping = true;
                    self.systemd.stopping();
                    tracing::info!(running = self.scheduler.started_runs(), "stopping");
                    self.turn(vec![Input::ShutdownRequested]).await;
                }
                Woken::Time => {
                    self.turn(vec![Input::Tick]).await;
                    let soon = self.clock.now() + FORESIGHT;
                    self.engine.foresee(self.scheduler.due_until(soon));
                    self.health.set("watch", self.watch_gauge.stuck());
                    self.health.note("git", self.watch_gauge.waits());
                }
                Woken::Sync => {
                    self.with_store(async |store, live| store.sync(live).await)
                        .await;
                }
            }
        }
        self.turn(vec![Input::ShutdownDone]).await;
        self.engine.finish().await;
        let state = patience::state(&self.scheduler, &self.shared);
        self.store.finish(state).await;
        tracing::info!("stopped");
    }

    /// Waits for whatever comes first. Every arm is cancel safe: a message stays in its channel.
    async fn wait(&mut self) -> Woken {
        self.store.beat().tick(false);
        let sync_in = self.store.sync_in(self.wake_at, self.clock.now());
        let sync = async {
            match sync_in {
                Some(span) => pause(span).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            wish = self.signals.next() => Woken::Wish(wish),
            Some(input) = self.inbox.recv() => Woken::Input(input),
            () = self.clock.sleep_until(self.wake_at) => Woken::Time,
            () = sync => Woken::Sync,
            Some(call) = self.calls.recv() => Woken::Call(call),
            Some(news) = self.news.recv() => Woken::News(news),
        }
    }

    /// One turn: what is decided about inputs that came together. What the store or the engine gave
    /// back may order other starts: that is a turn of its own, committed before it is acted on.
    async fn turn(&mut self, mut inputs: Vec<Input>) -> Option<Answer> {
        let mut answer = None;
        while !inputs.is_empty() {
            self.take_in_ends(&mut inputs).await;
            let (given, again) = self.turn_once(inputs).await;
            answer = answer.or(given);
            inputs = again;
        }
        answer
    }

    /// Decides, commits, and acts on what is learned to hold; gives back what is to be decided
    /// again.
    async fn turn_once(&mut self, inputs: Vec<Input>) -> (Option<Answer>, Vec<Input>) {
        let look = self.clock.look();
        let now = look.now;
        self.health.set("clock", clock::trouble(now));
        self.with_store(async |store, live| store.begin_turn(now, live).await)
            .await;
        let mut decision = self.decide(look, inputs.clone());
        let (mut answer, mut again) = (decision.answer.take(), Vec::new());
        self.store.commit(decision);
        while let Some(learned) = self.with_store(async |store, _| store.learn().await).await {
            match learned {
                Learned::Won(events) => again.extend(self.act(now, &events, true)),
                Learned::Lost(jobs) => {
                    let about = self.forget(jobs, &inputs);
                    // Whoever asked is answered by what is decided then.
                    answer = answer.filter(|_| !about.iter().any(Input::is_request));
                    again.extend(about);
                }
                Learned::Foreign(events) => {
                    let follow = Input::Foreign(events.clone());
                    self.wake_at = self.scheduler.decide(now, follow).wake_at;
                    again.extend(self.act(now, &events, false));
                }
            }
        }
        self.with_store(async |store, live| store.end_turn(live).await)
            .await;
        (answer, again)
    }

    /// All that follows from the inputs, as one decision: a clock that was set comes first, then
    /// the ends of programs together, then the others.
    fn decide(&mut self, look: Look, inputs: Vec<Input>) -> Decision {
        let step = look.stepped_from.map(|from| Input::ClockStepped { from });
        let is_last = inputs.iter().any(|it| matches!(it, Input::ShutdownDone));
        // What frees a place is taken in as a whole before anything is judged, of whichever job.
        let is_end =
            |input: &Input| matches!(input, Input::RunEnded { .. } | Input::StartHeldUp { .. });
        let (ends, others): (Vec<Input>, Vec<Input>) = inputs.into_iter().partition(is_end);
        let first = step.map(|step| self.scheduler.decide(look.now, step));
        let ended = (!ends.is_empty()).then(|| self.scheduler.decide_together(look.now, ends));
        let mut decisions: Vec<Decision> = first.into_iter().chain(ended).collect();
        for input in others {
            decisions.push(self.scheduler.decide(look.now, input));
        }
        let mut whole = Decision::default();
        for decision in decisions {
            whole.events.extend(decision.events);
            whole.ordered.extend(decision.ordered);
            whole.sync |= decision.sync;
            whole.answer = decision.answer.or(whole.answer);
            self.wake_at = decision.wake_at;
        }
        whole.sync |= is_last;
        whole
    }

    /// Forgets what was decided about these jobs and was refused; gives the inputs that are to be
    /// decided about again, the last of which is always the time.
    fn forget(
        &mut self,
        jobs: Vec<(JobId, Option<Box<JobLedger>>)>,
        inputs: &[Input],
    ) -> Vec<Input> {
        let ids: Vec<JobId> = jobs.iter().map(|(id, _)| id.clone()).collect();
        for (id, job) in jobs {
            self.scheduler.put_back(&id, job);
        }
        let ledger = self.scheduler.ledger();
        let is_about = |input: &&Input| ids.iter().any(|id| input.is_about(id, ledger));
        let about = inputs.iter().filter(is_about).cloned();
        about.chain([Input::Tick]).collect()
    }

    /// Lets everyone read what holds; gives what is to be decided again.
    fn act(&mut self, decided_at: Timestamp, events: &[Event], is_own: bool) -> Vec<Input> {
        let mut accepted = Accepted {
            events,
            is_own,
            is_late: self.clock.now().duration_since(decided_at) > START_DELAY_MAX,
            scheduler: &self.scheduler,
            engine: &mut self.engine,
            set: self.unshown.take(),
            syncs: self.store.syncs(),
            refused: Vec::new(),
        };
        self.readers.read(&mut accepted);
        accepted.refused
    }
}
