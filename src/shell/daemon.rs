//! The loop: inputs in, events out; journal first, then status, then engine (A3).

mod begin;
mod calls;
mod log;
mod renewed;

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime;
use tokio::sync::mpsc;

use serde_json::{Value, json};

use crate::core::{Answer, Decision, Input, Scheduler};
use crate::model::diagnostic::Diagnostic;
use crate::model::event::{Event, Stage, StopRequested};
use crate::model::job::{Cause, JobId, JobSet};
use crate::model::refusal::Refusal;
use crate::model::run::{Reason, RunId, RunRecord};
use crate::model::state::State;
use crate::shell::clock::{self, Clock, pause, uptime};
use crate::shell::control::Call;
use crate::shell::engine::local::Local;
use crate::shell::health::{Beat, Health};
use crate::shell::http::events::Events;
use crate::shell::journal::Journal;
use crate::shell::journal::keep::Keeper;
use crate::shell::log::Log;
use crate::shell::memory;
use crate::shell::settings::Layout;
use crate::shell::signals::{Signals, Wish};
use crate::shell::systemd::Systemd;
use crate::shell::watch::{Ask, Gauge, News};
use crate::text::cause::cause;
use crate::text::{Text, command_errors as words};
use crate::time::{SignedDuration, Timestamp};
use crate::view::drift::in_force;
use crate::view::status::{Shared, Status};

/// Endings are durable after this at the latest.
const SYNC_WITHIN: Duration = Duration::from_millis(100);
/// Between tries to write when the disk refuses.
const WRITE_AGAIN: Duration = Duration::from_millis(250);
/// … and at most, for each try behind a failed sync writes the lines again.
const WRITE_AGAIN_MAX: Duration = Duration::from_secs(1);
/// Endings are not synced this close before a due time.
const SYNC_TAKES: SignedDuration = SignedDuration::from_millis(20);
/// How long before a due time its job is made ready.
const FORESIGHT: SignedDuration = SignedDuration::from_secs(5);
/// A start that its record kept waiting for longer than this is judged again.
const START_DELAY_MAX: SignedDuration = SignedDuration::from_secs(1);
/// Woken this long after what is due, this process may have been stopped meanwhile.
const WOKEN_LATE: SignedDuration = SignedDuration::from_millis(250);
/// How long ends of programs are waited for then: their pipes and result files are read first.
const ENDS_TOLD_WITHIN: Duration = Duration::from_secs(1);

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
    journal: Journal,
    engine: Local,
    shared: Arc<Shared>,
    events: Arc<Events>,
    health: Health,
    beat: Arc<Beat>,
    /// The set that is being taken over: it is shown together with its jobs.
    unshown: Option<Arc<JobSet>>,
    /// When the oldest line was written that is not durable yet, on the monotonic clock.
    dirty_since: Option<Duration>,
    clock: Clock,
    wake_at: Option<Timestamp>,
    inbox: mpsc::Receiver<Input>,
    calls: mpsc::Receiver<Call>,
    callers: mpsc::Sender<Call>,
    news: mpsc::Receiver<News>,
    asks: mpsc::Sender<Ask>,
    watch_gauge: Gauge,
    signals: Signals,
    keeper: Keeper,
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

/// Runs a daemon until it is told to stop. The loop has a thread and a runtime of its own: whatever the others do, it wakes
/// when something is due.
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
                    self.insist(Journal::sync).await;
                    self.note_written(0);
                    self.settle_history().await;
                }
            }
        }
        self.turn(vec![Input::ShutdownDone]).await;
        self.engine.finish().await;
        self.keeper.finish(self.journal.end(), self.state()).await;
        tracing::info!("stopped");
    }

    /// Takes over what a look at the files found, and answers those who asked for it.
    async fn hear(&mut self, news: News) {
        let News {
            result,
            blind,
            answers,
        } = news;
        if self.shared.read().blind != blind {
            self.shared.update(|status| status.blind = blind);
        }
        let trouble = match result {
            Ok(set) => {
                if let Some(set) = set {
                    let before = self.shared.read().diagnostics.clone();
                    self.unshown = Some(set.clone());
                    self.turn(vec![Input::JobsLoaded(set)]).await;
                    self.log_findings(&before);
                }
                None
            }
            Err(sentence) => Some(sentence),
        };
        self.health.set("jobs", trouble.clone());
        for waiting in answers {
            let told = match &trouble {
                Some(cause) => Err(Refusal::ReloadFailed {
                    cause: cause.clone(),
                }),
                None => Ok(told(&self.shared.read(), waiting.seen)),
            };
            // A caller that went away needs no answer.
            let _ = waiting.answer.send(told);
        }
    }

    /// Logs each bad file that a set brought, with the version that stays in force.
    fn log_findings(&self, before: &[Diagnostic]) {
        let status = self.shared.read();
        for finding in &status.diagnostics {
            if finding.is_error() && !before.contains(finding) {
                let place = finding.place();
                let error = finding.message.en.as_str();
                let in_force = in_force(&status, finding).map(|version| version.name());
                tracing::warn!(place, code = finding.code, error = ?error, in_force, "bad job file");
            } else if finding.code == "needs-restart" && !before.contains(finding) {
                tracing::warn!(key = finding.key.as_str(), "setting waits for a restart");
            }
        }
    }

    /// Waits for whatever comes first. Every arm is cancel safe: a message stays in its channel.
    async fn wait(&mut self) -> Woken {
        self.beat.tick(false);
        let sync_in = self.sync_in();
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

    /// When what was written is to be made durable: within [`SYNC_WITHIN`], and not in the way of a due time.
    fn sync_in(&self) -> Option<Duration> {
        let since = self.dirty_since?;
        let end = (since + SYNC_WITHIN).saturating_sub(uptime());
        let clear = self.wake_at.map_or(SYNC_WITHIN, |wake_at| {
            let rest = wake_at.duration_since(self.clock.now());
            Duration::try_from(rest - SYNC_TAKES).unwrap_or_default()
        });
        let is_over = uptime().saturating_sub(since) > 3 * SYNC_WITHIN;
        match (is_over, clear.is_zero()) {
            (true, _) => Some(Duration::ZERO),
            // The wake-up comes first, and this is asked again behind it.
            (false, true) => None,
            (false, false) => Some(end.min(clear)),
        }
    }

    /// One turn: all its events are one write. What orders starts is durable before they happen; a start whose order is
    /// durable already goes ahead of that sync.
    async fn turn(&mut self, mut inputs: Vec<Input>) -> Option<Answer> {
        let mut answer = None;
        while !inputs.is_empty() {
            self.take_in_ends(&mut inputs).await;
            let (given, refused) = self.turn_once(inputs).await;
            answer = answer.or(given);
            // What is decided about them may order other starts: that is a turn of its own, written before it is acted on.
            inputs = refused;
        }
        self.settle_history().await;
        answer
    }

    /// Ends are taken in before anything due is judged. After a suspend or a stop of this process what is due comes first,
    /// though programs have long ended: it waits until they are told, for a bounded time.
    async fn take_in_ends(&mut self, inputs: &mut Vec<Input>) {
        while let Ok(more) = self.inbox.try_recv() {
            inputs.push(more);
        }
        let now = self.clock.now();
        let is_late = |at: Timestamp| now.duration_since(at) >= WOKEN_LATE;
        if !self.wake_at.is_some_and(is_late) {
            return;
        }
        let mut ended = self.engine.ended();
        let end = pause(ENDS_TOLD_WITHIN);
        tokio::pin!(end);
        inputs
            .iter()
            .for_each(|input| forget_told(input, &mut ended));
        while !ended.is_empty() {
            tokio::select! {
                Some(more) = self.inbox.recv() => {
                    forget_told(&more, &mut ended);
                    inputs.push(more);
                }
                () = &mut end => return,
            }
        }
    }

    async fn turn_once(&mut self, inputs: Vec<Input>) -> (Option<Answer>, Vec<Input>) {
        let look = self.clock.look();
        self.health.set("clock", sane(look.now));
        self.keeper.retain(look.now);
        self.choose_day(look.now).await;
        let mut turn = Decision::default();
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
        for decision in decisions {
            turn.events.extend(decision.events);
            turn.ordered.extend(decision.ordered);
            turn.sync |= decision.sync;
            turn.answer = decision.answer.or(turn.answer);
            self.wake_at = decision.wake_at;
        }
        turn.sync |= is_last;
        self.journal.append(&turn.events).expect("an event is JSON");
        let before = self.journal.end();
        let (mut events, mut refused) = (turn.events, Vec::new());
        if turn.sync {
            let ready = take_ordered_before(&mut events, &turn.ordered);
            if !ready.is_empty() {
                self.insist(Journal::write).await;
                refused.extend(self.act(look.now, ready));
            }
            self.insist(Journal::sync).await;
        } else {
            self.insist(Journal::write).await;
        }
        refused.extend(self.act(look.now, events));
        let written = self.journal.end().offset.saturating_sub(before.offset);
        self.note_written(written);
        (turn.answer, refused)
    }

    /// Shows events that are written, and acts on them, but for starts that are too late by now.
    fn act(&mut self, decided_at: Timestamp, events: Vec<Event>) -> Vec<Input> {
        self.show(&events);
        let late = self.clock.now().duration_since(decided_at) > START_DELAY_MAX;
        let refused = if late {
            self.refuse_late_starts(&events)
        } else {
            self.engine.react(&events, &self.scheduler);
            Vec::new()
        };
        // Log and readers follow after the start: a start waits for nobody.
        events.iter().for_each(log::log);
        self.events.tell(&events);
        refused
    }

    fn note_written(&mut self, bytes: u64) {
        self.keeper.note_written(bytes);
        if self.journal.is_dirty() {
            self.dirty_since = self.dirty_since.or_else(|| Some(uptime()));
            return;
        }
        self.dirty_since = None;
        if self.keeper.is_checkpoint_due() {
            self.keeper.checkpoint(self.journal.end(), self.state());
        }
    }

    /// Begins the day's file with everything live, durable before retention may take an earlier day away.
    async fn begin_day(&mut self, now: Timestamp) {
        let state = self.state();
        self.insist(|journal| {
            journal.begin_day(now, state.clone())?;
            journal.sync()
        })
        .await;
    }

    /// Does something with the journal until it succeeds: nothing is shown or acted on before (A3). Bad health meanwhile.
    async fn insist(&mut self, mut act: impl FnMut(&mut Journal) -> io::Result<()>) {
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
            let why = renewed::why(&error);
            self.health.set("history", Some(why.clone()));
            self.refuse_calls(&why);
            tokio::select! {
                // Cancel safe: a signal stays where it is, and so does a request.
                Some((_, _, answer)) = self.calls.recv() => {
                    let _ = answer.send(Err(Refusal::Unwritable { cause: why }));
                    continue;
                }
                wish = self.signals.next() => if wish == Wish::Stop { self.give_up().await },
                () = pause(rest) => {}
            }
            rest = (rest * 2).min(WRITE_AGAIN_MAX);
        }
        self.health.set("history", None);
    }

    /// Stops while the history cannot be written: every run is ended, and the next daemon records them as interrupted.
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
            self.beat.tick(true);
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

    /// Everything live, as all lines written so far say it.
    fn state(&self) -> State {
        let mut state = self.scheduler.ledger().state();
        self.shared.read().add_to(&mut state);
        state
    }

    /// Starts that the disk kept waiting do not happen as they stand: they are judged again. Stops do happen.
    fn refuse_late_starts(&mut self, events: &[Event]) -> Vec<Input> {
        let is_stop = |event: &&Event| matches!(event, Event::Stop(_));
        let stops: Vec<Event> = events.iter().filter(is_stop).cloned().collect();
        self.engine.react(&stops, &self.scheduler);
        let held_up = |record: &RunRecord| Input::StartHeldUp {
            run_id: record.id,
            attempt: record.attempt,
        };
        let started = events.iter().filter_map(|event| match event {
            Event::Run(record) if record.stage() == Stage::Started => Some(held_up(record)),
            _ => None,
        });
        started.collect()
    }

    fn show(&mut self, events: &[Event]) {
        let (scheduler, syncs) = (&self.scheduler, self.journal.syncs());
        let set = self.unshown.take();
        if events.is_empty() && set.is_none() && self.shared.read().syncs == syncs {
            return;
        }
        let sync_time = self.journal.sync_time();
        self.shared.update(|status| {
            status.syncs = syncs;
            status.sync_time = sync_time;
            if let Some(set) = &set {
                status.show_set(set);
            }
            for event in events {
                status.apply(event);
                status.tally.apply(event);
            }
            let touched: BTreeSet<&JobId> = events.iter().filter_map(job_of).collect();
            for job in touched.into_iter().filter_map(|id| scheduler.job(id)) {
                let pause = scheduler.pause_of(&job.id);
                status.show_job(job, scheduler.next_run_at(&job.id), pause);
                status.show_uses(&job.id, scheduler.ledger().uses(&job.id));
            }
            if events
                .iter()
                .any(|event| matches!(event, Event::Start(_) | Event::Clock(_)))
            {
                for job in scheduler.jobs() {
                    let pause = scheduler.pause_of(&job.id);
                    status.show_job(job, scheduler.next_run_at(&job.id), pause);
                    status.show_uses(&job.id, scheduler.ledger().uses(&job.id));
                }
            }
            if !events.is_empty() {
                status.drop_removed();
            }
        });
    }
}

/// Says that the clock cannot be right.
fn sane(now: Timestamp) -> Option<String> {
    (!clock::is_sane(now)).then(|| {
        let shown = now.strftime("%Y-%m-%d");
        format!("the clock shows {shown}, which cannot be right: set it; nothing of the history is removed until then")
    })
}

/// Takes the run that an input is the end of out of those whose end is waited for.
fn forget_told(input: &Input, ended: &mut BTreeSet<RunId>) {
    if let Input::RunEnded { run_id, .. } = input {
        ended.remove(run_id);
    }
}

/// Takes the starts out whose order is durable already.
fn take_ordered_before(events: &mut Vec<Event>, ordered: &[RunId]) -> Vec<Event> {
    let is_ready = |event: &mut Event| matches!(event, Event::Run(run) if run.stage() == Stage::Started && !ordered.contains(&run.id));
    events.extract_if(.., is_ready).collect()
}

/// What a reload did, for whoever asked for it.
fn told(status: &Status, seen: u64) -> Value {
    let last = status
        .reloads
        .front()
        .filter(|_| status.reloads_seen != seen);
    match last {
        Some(reload) => json!({"reloaded": true, "changed": true, "reload": reload}),
        None => json!({"reloaded": true, "changed": false}),
    }
}

fn job_of(event: &Event) -> Option<&JobId> {
    match event {
        Event::Run(record) => Some(&record.job_id),
        Event::Adopt(adopted) => Some(&adopted.job_id),
        Event::Pause(pause) => Some(&pause.job_id),
        Event::Resume(resume) => Some(&resume.job_id),
        _ => None,
    }
}

/// The machine's name.
pub fn host() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}
