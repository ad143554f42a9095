//! The loop: inputs in, events out; journal first, then status, then engine (A3).

mod calls;

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use serde_json::{Value, json};

use crate::core::{Answer, Decision, Input, Scheduler, Setup};
use crate::model::event::{DaemonStarted, Event, Stage, StopRequested};
use crate::model::job::{Cause, JobId, JobSet};
use crate::model::refusal::Refusal;
use crate::model::run::{Reason, RunId, RunRecord};
use crate::model::state::State;
use crate::shell::clock::{self, Clock, pause, uptime};
use crate::shell::control::{Call, socket};
use crate::shell::engine::local::{Local, not_started};
use crate::shell::health::{self, Beat, Health};
use crate::shell::http::events::Events;
use crate::shell::http::gate::Gate;
use crate::shell::http::{self, Site, server};
use crate::shell::journal::keep::Keeper;
use crate::shell::journal::query::History;
use crate::shell::journal::{Journal, make_private_dir, replay};
use crate::shell::lock::{Lock, LockError};
use crate::shell::notify::{self, Manager};
use crate::shell::process::tree::Who;
use crate::shell::process::{Places, report, retention, tree};
use crate::shell::settings::Layout;
use crate::shell::signals::{Signals, Wish};
use crate::shell::watch::folder::Folder;
use crate::shell::watch::hints::Hints;
use crate::shell::watch::start::{First, first_look};
use crate::shell::watch::{self, Ask, Gauge, News};
use crate::text::cause::cause;
use crate::text::{Text, command_errors as words};
use crate::time::{SignedDuration, Timestamp};
use crate::view::drift::in_force;
use crate::view::status::{Shared, Status};

/// Answers of children that wait to be taken in; a supervisor waits when it is full, never the loop.
const INBOX_MAX: usize = 4_096;
/// Endings are durable after this at the latest.
const SYNC_WITHIN: Duration = Duration::from_millis(100);
/// Between tries to write when the disk refuses.
const WRITE_AGAIN: Duration = Duration::from_millis(250);
/// … and at most, for each try behind a failed sync writes the lines again.
const WRITE_AGAIN_MAX: Duration = Duration::from_secs(1);
/// Endings are not synced this close before a due time.
const SYNC_TAKES: SignedDuration = SignedDuration::from_millis(20);
/// A start that its intent kept waiting for longer than this does not happen.
const START_DELAY_MAX: SignedDuration = SignedDuration::from_secs(1);
/// Torn lines that are named in the status; the log names all.
const TORN_SHOWN_MAX: usize = 20;
/// How far the index of the history may lag.
const INDEX_EVERY: Duration = Duration::from_secs(10);
/// Bound over all jobs.
const CONCURRENT_RUNS_MAX: usize = 1_024;
/// Output kept of a run.
const OUTPUT_BYTES_MAX: u64 = 10 << 20;

/// What a daemon works with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where everything is, and the settings.
    pub layout: Layout,
    /// Address of the endpoint.
    pub listen: SocketAddr,
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
    manager: Manager,
}

/// What a daemon begins with.
struct Beginning {
    first: First,
    places: Places,
    answers: mpsc::Sender<Input>,
    folder: Folder,
    hinted: mpsc::Receiver<()>,
    told: mpsc::Sender<News>,
    asked: mpsc::Receiver<Ask>,
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

/// Runs a daemon until it is told to stop.
///
/// # Errors
/// [`NoStart`] when it cannot start.
pub async fn serve(options: Options) -> Result<(), NoStart> {
    // First of all: a write over RLIMIT_FSIZE must not end the process.
    let signals = Signals::listen().map_err(|e| words::no_signals(&cause(&e)))?;
    let state = prepare_state(&options.layout.state)?;
    let _lock = take_lock(&state)?;
    let (listener, address) = listen(options.listen).await?;
    let mut tasks = JoinSet::new();
    let (mut daemon, beginning) = Daemon::new(&options, &state, signals, &mut tasks).await?;
    let config = &options.layout.config;
    let mut allowed_hosts = config.allowed_hosts.clone();
    allowed_hosts.extend([address.ip().to_string(), address.to_string()]);
    allowed_hosts.push("localhost".to_owned());
    let history = Arc::new(History::new(&state));
    tasks.spawn(keep_index(history.clone()));
    let gate = match &config.control.token_file {
        Some(file) => {
            let file = options.layout.base.join(file);
            Some(Arc::new(Gate::open(file, daemon.callers.clone())?))
        }
        None => None,
    };
    let site = Site {
        shared: daemon.shared.clone(),
        events: daemon.events.clone(),
        history: history.clone(),
        state_dir: state.clone(),
        allowed_hosts: Arc::new(allowed_hosts),
        base_path: config.base_path.clone().unwrap_or_else(|| "/".to_owned()),
        edit_url: config.edit_url.clone(),
        new_url: config.new_url.clone(),
        jobs_dir: options.layout.jobs.clone(),
        config_file: options.layout.config_file.clone(),
        memory: Arc::default(),
        gate,
    };
    daemon.shared.update(|status| {
        status.has_control = site.gate.is_some();
        status.url = format!("http://{address}{}", site.base_path);
    });
    tracing::info!(listen = %address, jobs = %options.layout.jobs.display(), "listening");
    // Before anything waits for the disk: a daemon that waits says so.
    tasks.spawn(server::serve(listener, http::router(site)));
    let (beat, health) = (daemon.beat.clone(), daemon.health.clone());
    beat.tick(false);
    tasks.spawn(health::watch(beat, health, state.clone()));
    daemon.begin(beginning, &mut tasks).await;
    daemon.manager.ready();
    daemon.run().await;
    Ok(())
}

impl Daemon {
    async fn new(
        options: &Options,
        state: &Path,
        signals: Signals,
        tasks: &mut JoinSet<()>,
    ) -> Result<(Daemon, Beginning), NoStart> {
        let config = &options.layout.config;
        let shared = Arc::new(Shared::default());
        let replay = replay::replay(state, |event| shared.update(|status| status.apply(event)))
            .map_err(|e| words::unreadable_history(&cause(&e)))?;
        for place in &replay.torn {
            tracing::warn!(file = %place.path.display(), offset = place.offset, "torn line skipped");
        }
        shared.update(|status| {
            let place =
                |place: &replay::Place| format!("{}:{}", place.path.display(), place.offset);
            status.torn_lines = replay.torn.iter().take(TORN_SHOWN_MAX).map(place).collect();
        });
        for place in &replay.unknown {
            tracing::warn!(file = %place.path.display(), offset = place.offset, "line of a later version skipped");
        }
        let settings = options.layout.config.settings();
        let replay_bytes = replay.bytes;
        let mut ledger = replay.ledger;
        let clock = Clock::new().map_err(|e| words::no_timer(&cause(&e)))?;
        let journal = Journal::open(state).map_err(|e| words::unwritable_history(&cause(&e)))?;
        let (answers, inbox) = mpsc::channel(INBOX_MAX);
        let output_bytes_max = config.output.max_bytes_per_run.unwrap_or(OUTPUT_BYTES_MAX);
        let base_dir = options.layout.base.clone();
        let places = Places::new(state.to_owned(), base_dir, output_bytes_max);
        let supervision = places.supervision();
        tracing::info!(supervision, "runs are supervised");
        shared.update(|status| status.supervision = supervision);
        tasks.spawn(tree::sweep(places.table.clone()));
        let keep = retention::Keep::new(&config.output);
        tasks.spawn(retention::keep(places.clone(), keep));
        let (sender, calls) = mpsc::channel(64);
        let socket = socket::bind(state, config.control.socket_group.as_deref())
            .map_err(|e| words::no_socket(&cause(&e)))?;
        tasks.spawn(socket::serve(socket, shared.clone(), sender.clone()));
        let (told, news) = mpsc::channel(4);
        let (asks, asked) = mpsc::channel(4);
        let (hint, hinted) = mpsc::channel(1);
        let mut folder = Folder::new(
            options.layout.jobs.clone(),
            options.layout.config_file.clone(),
            config.clone(),
            Hints::new(hint),
        );
        let first = first_look(&mut folder, &mut ledger, &settings).await;
        let setup = Setup {
            host: host(),
            max_concurrent_runs: config.max_concurrent_runs.unwrap_or(CONCURRENT_RUNS_MAX),
        };
        let epoch = format!(
            "{:x}-{:x}",
            clock::now().as_millisecond(),
            std::process::id()
        );
        let events = Arc::new(Events::new(epoch));
        let daemon = Daemon {
            scheduler: Scheduler::new(setup, ledger),
            journal,
            engine: Local::new(places.clone(), answers.clone()),
            health: Health {
                shared: shared.clone(),
                events: events.clone(),
            },
            shared,
            events,
            beat: Arc::new(Beat::default()),
            dirty_since: None,
            clock,
            wake_at: None,
            inbox,
            calls,
            callers: sender,
            news,
            asks,
            watch_gauge: Gauge::default(),
            signals,
            keeper: Keeper::new(state, &config.history, replay_bytes),
            manager: Manager::from_env(),
        };
        let beginning = Beginning {
            first,
            places,
            answers,
            folder,
            hinted,
            told,
            asked,
        };
        Ok((daemon, beginning))
    }

    /// Settles what the last daemon left: its runs, its processes, the time between.
    async fn begin(&mut self, beginning: Beginning, tasks: &mut JoinSet<()>) {
        let places = &beginning.places;
        let mut orphans: BTreeSet<RunId> = places.table.look_now().runs();
        // An empty cgroup is removed by whoever asks for it.
        orphans.extend(places.cgroups.iter().flat_map(|cgroups| cgroups.occupied()));
        for run_id in orphans.iter().copied() {
            let known = self.scheduler.ledger().runs.get(&run_id);
            let job = known.and_then(|run| self.scheduler.job(&run.record.job_id));
            let kill_grace = job.map_or(Duration::from_secs(10), |job| job.policies.kill_grace);
            let attempt = known.map_or(0, |run| run.record.attempt);
            let (places, answers) = (places.clone(), beginning.answers.clone());
            tasks.spawn(async move {
                end_orphan(run_id, &places, kill_grace).await;
                if let Some(report) = report::last_words(&places.state_dir, run_id, attempt) {
                    let _ = answers.send(Input::LastWords { run_id, report }).await;
                }
                // A closed inbox means that this daemon ends; the next one finds the run again.
                let _ = answers.send(Input::OrphanGone(run_id)).await;
            });
        }
        let jobs = match beginning.first {
            Ok(jobs) => jobs,
            Err(sentence) => {
                self.health.set("jobs", Some(sentence));
                None
            }
        };
        let shown = jobs.clone();
        let at = self.clock.look().now;
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let daemon = DaemonStarted {
            at,
            version,
            host: host(),
            pid: std::process::id(),
        };
        let mut inputs = self.last_words(&places.state_dir, &orphans);
        inputs.push(Input::Started {
            daemon,
            jobs,
            orphans,
        });
        self.turn(inputs).await;
        // Ready is who has recorded what was due before.
        if let Some(set) = shown {
            self.show_set(&set);
        }
        tracing::info!("ready");
        let gauge = self.watch_gauge.clone();
        let Beginning {
            folder,
            hinted,
            told,
            asked,
            ..
        } = beginning;
        tasks.spawn(watch::watch(folder, hinted, told, asked, gauge));
    }

    /// What cut-off runs without a process have reported.
    fn last_words(&self, state: &Path, orphans: &BTreeSet<RunId>) -> Vec<Input> {
        let runs = self.scheduler.ledger().runs.values();
        let records = runs
            .map(|run| &run.record)
            .filter(|record| record.stage() == Stage::Started && !orphans.contains(&record.id));
        let words = records.filter_map(|record| {
            let report = report::last_words(state, record.id, record.attempt)?;
            let run_id = record.id;
            Some(Input::LastWords { run_id, report })
        });
        words.collect()
    }

    async fn run(&mut self) {
        let mut is_stopping = false;
        while !(is_stopping && self.scheduler.started_runs() == 0) {
            self.manager.alive();
            match self.wait().await {
                Woken::Input(input) => {
                    let mut inputs = vec![input];
                    while let Ok(more) = self.inbox.try_recv() {
                        inputs.push(more);
                    }
                    self.turn(inputs).await;
                }
                Woken::Call(call) => self.call(call).await,
                Woken::News(news) => {
                    self.hear(news).await;
                    self.manager.reloaded();
                }
                Woken::Wish(Wish::Reload) => {
                    self.manager.reloading();
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
                    self.manager.stopping();
                    tracing::info!(running = self.scheduler.started_runs(), "stopping");
                    self.turn(vec![Input::ShutdownRequested]).await;
                }
                Woken::Time => {
                    self.turn(vec![Input::Tick]).await;
                    self.health.set("watch", self.watch_gauge.stuck());
                }
                Woken::Sync => {
                    self.insist(Journal::sync).await;
                    self.note_written(0);
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
                    self.turn(vec![Input::JobsLoaded(set.clone())]).await;
                    self.show_set(&set);
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

    /// Shows the findings of a set that is in force by now, and logs each bad file with the version that stays.
    fn show_set(&self, set: &JobSet) {
        let before = self.shared.read().diagnostics.clone();
        self.shared.update(|status| status.show_set(set));
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
            let (given, refused) = self.turn_once(inputs).await;
            answer = answer.or(given);
            // What is decided about them may order other starts: that is a turn of its own, written before it is acted on.
            inputs = refused;
        }
        answer
    }

    async fn turn_once(&mut self, inputs: Vec<Input>) -> (Option<Answer>, Vec<Input>) {
        let look = self.clock.look();
        self.health.set("clock", sane(look.now));
        if self.journal.is_new_day(look.now) {
            self.begin_day(look.now).await;
        }
        self.keeper.retain(look.now);
        let mut turn = Decision::default();
        let step = look.stepped_from.map(|from| Input::ClockStepped { from });
        for input in step.into_iter().chain(inputs) {
            let is_last = matches!(input, Input::ShutdownDone);
            let decision = self.scheduler.decide(look.now, input);
            turn.events.extend(decision.events);
            turn.ordered.extend(decision.ordered);
            turn.sync |= decision.sync || is_last;
            turn.answer = decision.answer.or(turn.answer);
            self.wake_at = decision.wake_at;
        }
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
        // Readers follow after the start: a start waits for nobody.
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
            let Err(error) = tokio::task::block_in_place(|| act(&mut self.journal)) else {
                break;
            };
            let sentence =
                format!("the history cannot be written: {error}; free space or mend the disk");
            self.health.set("history", Some(sentence));
            tokio::select! {
                // Cancel safe: a signal stays where it is.
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
        let ids = self.scheduler.ledger().runs.keys().copied();
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
        std::process::exit(0)
    }

    /// Everything live, as all lines written so far say it.
    fn state(&self) -> State {
        let mut state = self.scheduler.ledger().state();
        self.shared.read().add_to(&mut state);
        state
    }

    /// Starts that the disk kept waiting do not happen; what is to be recorded of their runs. Stops do happen.
    fn refuse_late_starts(&mut self, events: &[Event]) -> Vec<Input> {
        let is_stop = |event: &&Event| matches!(event, Event::Stop(_));
        let stops: Vec<Event> = events.iter().filter(is_stop).cloned().collect();
        self.engine.react(&stops, &self.scheduler);
        let ended = |record: &RunRecord| Input::RunEnded {
            run_id: record.id,
            attempt: record.attempt,
            outcome: not_started(
                "its record could not be made durable in time (history); see /health".to_owned(),
            ),
        };
        let started = events.iter().filter_map(|event| match event {
            Event::Run(record) if record.stage() == Stage::Started => Some(ended(record)),
            _ => None,
        });
        started.collect()
    }

    fn show(&mut self, events: &[Event]) {
        for event in events {
            log(event);
        }
        let (scheduler, syncs) = (&self.scheduler, self.journal.syncs());
        let sync_time = self.journal.sync_time();
        self.shared.update(|status| {
            status.syncs = syncs;
            status.sync_time = sync_time;
            for event in events {
                status.apply(event);
                status.tally.apply(event);
            }
            let touched: BTreeSet<&JobId> = events.iter().filter_map(job_of).collect();
            for job in touched.into_iter().filter_map(|id| scheduler.job(id)) {
                let pause = scheduler.pause_of(&job.id);
                status.show_job(job, scheduler.next_run_at(&job.id), pause);
                status.show_uses(&job.id, scheduler.ledger().budgets.of(&job.id));
            }
            if events
                .iter()
                .any(|event| matches!(event, Event::Start(_) | Event::Clock(_)))
            {
                for job in scheduler.jobs() {
                    let pause = scheduler.pause_of(&job.id);
                    status.show_job(job, scheduler.next_run_at(&job.id), pause);
                    status.show_uses(&job.id, scheduler.ledger().budgets.of(&job.id));
                }
            }
            status.drop_removed();
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

/// Takes the starts out whose order is durable already.
fn take_ordered_before(events: &mut Vec<Event>, ordered: &[RunId]) -> Vec<Event> {
    let is_ready = |event: &mut Event| matches!(event, Event::Run(run) if run.stage() == Stage::Started && !ordered.contains(&run.id));
    events.extract_if(.., is_ready).collect()
}

/// Keeps the index of the history close behind its writer, so that a page finds little left to read.
async fn keep_index(history: Arc<History>) {
    loop {
        let history = history.clone();
        let looked = tokio::task::spawn_blocking(move || history.refresh()).await;
        if let Ok(Err(error)) = looked {
            tracing::debug!(%error, "the history cannot be read for its index");
        }
        pause(INDEX_EVERY).await;
    }
}

/// Ends the processes of a former daemon's run; returns when the last one is gone.
async fn end_orphan(run_id: RunId, places: &Places, kill_grace: Duration) {
    let cgroup = places
        .cgroups
        .as_ref()
        .ok()
        .map(|cgroups| cgroups.of(run_id));
    let who = Who {
        run_id,
        leader: None,
        cgroup: cgroup.as_ref(),
    };
    let mut grace = kill_grace;
    while let Some(sentence) = places.table.end(who, grace, std::future::pending()).await {
        tracing::error!(run = %run_id, sentence, "an orphan is left");
        grace = Duration::ZERO;
    }
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

fn prepare_state(state: &Path) -> Result<PathBuf, NoStart> {
    let shown = state.display().to_string();
    let fail = |e: io::Error| words::unusable_state(&shown, &cause(&e));
    make_private_dir(state).map_err(fail)?;
    state.canonicalize().map_err(fail)
}

fn take_lock(state: &Path) -> Result<Lock, NoStart> {
    let holder = format!("pid {} on {}", std::process::id(), host());
    let shown = state.display().to_string();
    Lock::take(state, &holder).map_err(|error| match error {
        LockError::Held(by) => words::another_daemon(&shown, &by),
        LockError::Io(e) => words::unwritable_state(&shown, &cause(&e)),
    })
}

/// The socket that systemd hands over, else one of our own.
async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), NoStart> {
    let handed =
        notify::handed_over().and_then(|socket| socket.map(TcpListener::from_std).transpose());
    let listener = match handed {
        Ok(Some(listener)) => listener,
        Ok(None) => TcpListener::bind(address)
            .await
            .map_err(|e| words::no_listener(&address.to_string(), &cause(&e)))?,
        Err(e) => return Err(words::bad_handed_socket(&cause(&e))),
    };
    let address = listener.local_addr().unwrap_or(address);
    Ok((listener, address))
}

/// The machine's name.
pub fn host() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// An event is logged once, where it was journalled.
fn log(event: &Event) {
    match event {
        Event::Run(run) if run.stage() == Stage::Started => {
            let due = run.scheduled_at.or(run.started_at);
            let lateness_ms = due.map(|due| clock::now().duration_since(due).as_millis() as i64);
            tracing::info!(job = %run.job_id, run = %run.id, attempt = run.attempt, lateness_ms, "run started");
        }
        Event::Run(run) if run.is_final() => {
            tracing::info!(job = %run.job_id, run = %run.id, status = ?run.status, reason = ?run.reason, error = ?run.error, "run ended");
        }
        Event::Run(_) => tracing::debug!("run ordered"),
        Event::Reload(reload) => {
            let counts = &reload.counts;
            tracing::info!(
                files = reload.files,
                added = counts.added,
                changed = counts.changed,
                removed = counts.removed,
                renamed = counts.renamed,
                errors = reload.errors.len(),
                revision = reload.revision,
                took_ms = reload.took_ms,
                "job files taken over"
            );
        }
        Event::Clock(clock) => tracing::warn!(from = %clock.from, to = %clock.to, "clock set back"),
        Event::Stop(stop) => {
            tracing::info!(run = %stop.run_id, reason = ?stop.reason, "run told to end")
        }
        Event::Pause(pause) => {
            tracing::info!(job = %pause.job_id, who = ?pause.by.who, from = ?pause.by.from, until = ?pause.until, reason = ?pause.reason, "job paused");
        }
        Event::Resume(resume) => {
            tracing::info!(job = %resume.job_id, by = ?resume.by, "pause lifted");
        }
        Event::Control(asked) => {
            tracing::info!(verb = ?asked.verb, who = ?asked.by.who, from = ?asked.by.from, job = ?asked.job_id, run = ?asked.run_id, "asked for");
        }
        Event::Adopt(_) | Event::Start(_) | Event::End(_) | Event::State(_) => {}
    }
}
