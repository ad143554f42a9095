//! How a daemon begins: what it works with, what its predecessor left, and what runs beside the
//! loop.
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::predecessor::{Hands, orphans};
use super::site::site;
use super::{Daemon, NoStart, Options};
use crate::core::ledger::Ledger;
use crate::core::{CATCH_UP_PER_SECOND, Input, Scheduler, Setup};
use crate::model::event::{DaemonStarted, Event};
use crate::shell::address::{self, Removal};
use crate::shell::aside;
use crate::shell::clock::{self, Clock};
use crate::shell::control::{Call, socket};
use crate::shell::engine::job_state;
use crate::shell::engine::local::Local;
use crate::shell::health::{self, Health, Watched};
use crate::shell::http::events::Events;
use crate::shell::http::{routes, server};
use crate::shell::journal::{Journal, replay};
use crate::shell::lock::{Lock, LockError};
use crate::shell::machine::host;
use crate::shell::memory;
use crate::shell::process::order::Places;
use crate::shell::process::{retention, tree};
use crate::shell::readers::Readers;
use crate::shell::signals::{self, Signals};
use crate::shell::state_dir;
use crate::shell::store;
use crate::shell::systemd::Systemd;
use crate::shell::watch::folder::Folder;
use crate::shell::watch::hints::Hints;
use crate::shell::watch::start::{First, first_look};
use crate::shell::watch::{self, Ask, Gauge, News};
use crate::text::cause::{cause, fault};
use crate::text::command_errors as words;
use crate::time::Timestamp;
use crate::view::status::Shared;

/// Answers of children that wait to be taken in; a supervisor waits when it is full, never the
/// loop.
const INBOX_MAX: usize = 4_096;
/// Torn lines that are named in the status; the log names all.
const TORN_SHOWN_MAX: usize = 20;
/// Bound over all jobs.
const CONCURRENT_RUNS_MAX: usize = 1_024;
/// Requests that wait; who asks more waits to be heard.
const CALLS_MAX: usize = 64;
/// Output kept of a run.
const OUTPUT_BYTES_MAX: u64 = 10 << 20;

/// The job files: what is watched, what the first look found, and the ways to and from the watch.
struct Files {
    folder: Folder,
    first: First,
    hinted: mpsc::Receiver<()>,
    told: mpsc::Sender<News>,
    asked: mpsc::Receiver<Ask>,
}

/// The loop's ends of the ways to and from the watch.
struct FilesEnd {
    news: mpsc::Receiver<News>,
    asks: mpsc::Sender<Ask>,
}

/// A daemon that is ready, and what it keeps.
pub struct Begun {
    daemon: Daemon,
    /// What runs beside the loop ends with it.
    _tasks: JoinSet<()>,
    /// Goes before the lock: see [`Removal`].
    _address: Removal,
    _lock: Arc<Lock>,
}

impl Begun {
    /// Runs the loop until it is told to stop.
    pub async fn run(mut self) {
        self.daemon.run().await;
    }
}

/// Makes a daemon ready.
///
/// # Errors
/// [`NoStart`] when it cannot start.
pub async fn begin(options: &Options) -> Result<Begun, NoStart> {
    // First of all: a write over RLIMIT_FSIZE must not end the process.
    let signals = Signals::listen().map_err(|e| words::no_signals(&cause(&e)))?;
    let state = state_dir::prepare(&options.layout.state)?;
    let lock = Arc::new(take_lock(&state)?);
    let (listener, address) = address::listen(options.listen).await?;
    let mut tasks = JoinSet::new();
    let (address_file, removal) = address::write_down(&state, address);
    signals::outlast(&mut tasks).map_err(|e| words::no_signals(&cause(&e)))?;

    let (health, clock) = (health(), Clock::system());
    let (mut ledger, store) = open_history(options, &state, &health, clock.now())?;
    let (hands, inbox) = open_runs(options, &state, &store, &mut tasks)?;
    let (callers, calls) = open_control(options, &store, &health, &mut tasks)?;
    let (files, files_end) = open_watch(options, &mut ledger).await;
    let engine = Local::new(
        hands.places.clone(),
        hands.answers.clone(),
        Handle::current(),
    );
    let mut daemon = Daemon {
        scheduler: Scheduler::new(setup(options), ledger),
        store,
        engine: engine.map_err(no_thread)?,
        readers: Readers::open(&health),
        shared: health.shared.clone(),
        health,
        unshown: None,
        clock,
        wake_at: None,
        slow_ends: BTreeSet::new(),
        inbox,
        calls,
        news: files_end.news,
        asks: files_end.asks,
        watch_gauge: Gauge::default(),
        signals,
        systemd: Systemd::from_env(),
        log: options.log.clone(),
    };
    let supervision = hands.places.supervision();
    tracing::info!(supervision, "runs are supervised");
    daemon
        .shared
        .update(|status| status.supervision = supervision);

    let site = site(options, &daemon, address, callers, &mut tasks)?;
    tracing::info!(listen = %address, jobs = %options.layout.jobs.display(), "listening");
    // Before anything waits for the disk: a daemon that waits says so.
    tasks.spawn(server::serve(listener, routes::router(site)));
    daemon.store.beat().tick(false);
    let watched = Watched {
        beat: daemon.store.beat().clone(),
        starts: daemon.engine.starts(),
        output: hands.places.crew.clone(),
        log: daemon.log.clone(),
        state_dir: daemon.store.state_dir().clone(),
        lock: lock.clone(),
        address: address_file,
    };
    let watch = health::watch(watched, daemon.health.clone());
    aside::run("health", watch).map_err(no_thread)?;
    daemon
        .begin(hands, files, &mut tasks)
        .await
        .map_err(no_thread)?;
    daemon.systemd.ready();
    Ok(Begun {
        daemon,
        _tasks: tasks,
        _address: removal,
        _lock: lock,
    })
}

fn no_thread(error: io::Error) -> NoStart {
    words::no_thread(&cause(&error))
}

/// What is shown, and who follows it: nothing yet.
fn health() -> Health {
    let epoch = format!(
        "{:x}-{:x}",
        clock::now().as_millisecond(),
        std::process::id()
    );
    Health {
        shared: Arc::new(Shared::default()),
        events: Arc::new(Events::new(epoch)),
    }
}

fn setup(options: &Options) -> Setup {
    let config = &options.layout.config;
    Setup {
        host: host().into(),
        max_concurrent_runs: config.max_concurrent_runs.unwrap_or(CONCURRENT_RUNS_MAX),
        catch_up_per_second: config.catch_up.per_second.unwrap_or(CATCH_UP_PER_SECOND),
    }
}

/// Reads the history back, and opens it for what comes.
fn open_history(
    options: &Options,
    state: &Path,
    health: &Health,
    now: Timestamp,
) -> Result<(Ledger, store::local::Local), NoStart> {
    // On a thread of its own the allocator keeps what it drops apart from what stays.
    let see = |event: &Event| health.shared.update(|status| status.apply(event));
    let replay = thread::scope(|scope| scope.spawn(|| replay::replay(state, see)).join())
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        .map_err(|e| words::unreadable_history(&cause(&e)))?;
    for place in &replay.torn {
        tracing::warn!(file = %place.path.display(), offset = place.offset, "torn line skipped");
    }
    health.shared.update(|status| {
        let place = |place: &replay::Place| format!("{}:{}", place.path.display(), place.offset);
        status.torn_lines = replay.torn.iter().take(TORN_SHOWN_MAX).map(place).collect();
    });
    for place in &replay.unknown {
        tracing::warn!(
            file = %place.path.display(), offset = place.offset, "line of a later version skipped"
        );
    }
    let journal = Journal::open(state).map_err(|e| words::unwritable_history(&fault(&e)))?;
    let spec = &options.layout.config.history;
    let store = store::local::Local::new(journal, spec, replay.bytes, now, health.clone());
    Ok((replay.ledger, store))
}

/// Makes ready what runs are executed with, and what looks after their processes and output.
fn open_runs(
    options: &Options,
    state: &Path,
    store: &store::local::Local,
    tasks: &mut JoinSet<()>,
) -> Result<(Hands, mpsc::Receiver<Input>), NoStart> {
    let output = &options.layout.config.output;
    let bytes_max = output.max_bytes_per_run.unwrap_or(OUTPUT_BYTES_MAX);
    let base_dir = options.layout.base.clone();
    let places = Places::new(state.to_owned(), base_dir, bytes_max).map_err(no_thread)?;
    tasks.spawn(tree::sweep(places.table.clone()));
    let keep = retention::Keep::new(output);
    tasks.spawn(retention::keep(places.clone(), keep, store.lag()));
    let (answers, inbox) = mpsc::channel(INBOX_MAX);
    Ok((Hands { places, answers }, inbox))
}

/// Opens the socket; requests come out of the second end.
fn open_control(
    options: &Options,
    store: &store::local::Local,
    health: &Health,
    tasks: &mut JoinSet<()>,
) -> Result<(mpsc::Sender<Call>, mpsc::Receiver<Call>), NoStart> {
    let (callers, calls) = mpsc::channel(CALLS_MAX);
    let group = options.layout.config.control.socket_group.clone();
    let socket = socket::Socket::bind(store.state_dir().clone(), group)
        .map_err(|e| words::no_socket(&cause(&e)))?;
    tasks.spawn(socket.serve(health.clone(), callers.clone()));
    Ok((callers, calls))
}

/// Looks at the job files for the first time, and puts the definitions that the journal kept in
/// force.
async fn open_watch(options: &Options, ledger: &mut Ledger) -> (Files, FilesEnd) {
    let layout = &options.layout;
    // A watch that is told to look while it looks looks once more.
    let (told, news) = mpsc::channel(4);
    let (asks, asked) = mpsc::channel(4);
    let (hint, hinted) = mpsc::channel(1);
    let mut folder = Folder::new(
        layout.jobs.clone(),
        layout.config_file.clone(),
        layout.config.clone(),
        Hints::new(hint),
    );
    let first = first_look(&mut folder, ledger, &layout.config.settings()).await;
    let files = Files {
        folder,
        first,
        hinted,
        told,
        asked,
    };
    (files, FilesEnd { news, asks })
}

impl Daemon {
    /// Settles what the last daemon left: its runs, its processes, the time between.
    async fn begin(
        &mut self,
        hands: Hands,
        files: Files,
        tasks: &mut JoinSet<()>,
    ) -> io::Result<()> {
        let orphans = orphans(&hands.places);
        self.end_orphans(&orphans, &hands, tasks);
        let jobs = files.first.unwrap_or_else(|sentence| {
            self.health.set("jobs", Some(sentence));
            None
        });
        let shown = jobs.clone();
        let mut inputs = self.last_words(&hands.places.state_dir, &orphans);
        inputs.push(Input::Started {
            daemon: this_daemon(self.clock.look().now),
            jobs,
            orphans,
        });
        job_state::finish_renames(&hands.places, &self.scheduler);
        self.turn(inputs).await;
        // Durable before anybody is told that it is ready.
        self.with_store(async |store, live| store.sync(live).await)
            .await;
        let mut folder = files.folder;
        // What the start read and dropped lies between what stays.
        self.scheduler.compact();
        let ledger = self.scheduler.ledger();
        self.shared.update(|status| status.compact(ledger));
        folder.compact();
        memory::give_back();
        // Ready is who has recorded what was due before.
        self.unshown = shown;
        self.act(self.clock.now(), &[], true);
        self.log_findings(&[]);
        tracing::info!("ready");
        let gauge = self.watch_gauge.clone();
        let watch = watch::watch(folder, files.hinted, files.told, files.asked, gauge);
        aside::run("watch", watch)
    }
}

fn this_daemon(at: Timestamp) -> DaemonStarted {
    DaemonStarted {
        at,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        host: host(),
        pid: std::process::id(),
        boot: clock::machine_boot(at),
    }
}

fn take_lock(state: &Path) -> Result<Lock, NoStart> {
    let holder = format!("pid {} on {}", std::process::id(), host());
    let shown = state.display().to_string();
    Lock::take(state, &holder).map_err(|error| match error {
        LockError::Held(by) => words::another_daemon(&shown, &by),
        LockError::Io(e) => words::unwritable_state(&shown, &fault(&e)),
    })
}
