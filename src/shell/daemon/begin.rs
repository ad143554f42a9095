//! How a daemon begins: what it works with, what its predecessor left, and what runs beside the loop.
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Daemon, NoStart, Options, host};
use crate::core::{CATCH_UP_PER_SECOND, Input, Scheduler, Setup};
use crate::model::event::{DaemonStarted, Event, Stage};
use crate::model::run::RunId;
use crate::shell::address::{self, Removal};
use crate::shell::aside;
use crate::shell::clock::{self, Clock, pause};
use crate::shell::control::socket;
use crate::shell::engine::job_state;
use crate::shell::engine::local::Local;
use crate::shell::health::{self, Beat, Health, Watched};
use crate::shell::http::events::Events;
use crate::shell::http::gate::Gate;
use crate::shell::http::{self, Site, server};
use crate::shell::journal::keep::Keeper;
use crate::shell::journal::query::History;
use crate::shell::journal::{Journal, replay};
use crate::shell::lock::{Lock, LockError};
use crate::shell::memory;
use crate::shell::process::tree::Who;
use crate::shell::process::{Places, report, retention, tree};
use crate::shell::signals::{self, Signals};
use crate::shell::state_dir;
use crate::shell::systemd::Systemd;
use crate::shell::watch::folder::Folder;
use crate::shell::watch::hints::Hints;
use crate::shell::watch::start::{First, first_look};
use crate::shell::watch::{self, Ask, Gauge, News};
use crate::text::cause::{cause, fault};
use crate::text::command_errors as words;
use crate::view::status::Shared;

/// Answers of children that wait to be taken in; a supervisor waits when it is full, never the loop.
const INBOX_MAX: usize = 4_096;
/// Torn lines that are named in the status; the log names all.
const TORN_SHOWN_MAX: usize = 20;
/// How far the index of the history may lag.
const INDEX_EVERY: Duration = Duration::from_secs(10);
/// Bound over all jobs.
const CONCURRENT_RUNS_MAX: usize = 1_024;
/// Output kept of a run.
const OUTPUT_BYTES_MAX: u64 = 10 << 20;

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
    let (mut daemon, beginning) = Daemon::new(options, &state, signals, &mut tasks).await?;
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
        status.places = (site.jobs_dir.clone(), site.config_file.clone());
    });
    tracing::info!(listen = %address, jobs = %options.layout.jobs.display(), "listening");
    // Before anything waits for the disk: a daemon that waits says so.
    tasks.spawn(server::serve(listener, http::router(site)));
    daemon.beat.tick(false);
    let health = daemon.health.clone();
    let watched = Watched {
        beat: daemon.beat.clone(),
        starts: daemon.engine.starts(),
        output: beginning.places.crew.clone(),
        log: daemon.log.clone(),
        state_dir: daemon.journal.state_dir().clone(),
        lock: lock.clone(),
        address: address_file,
    };
    let no_thread = |error: io::Error| words::no_thread(&cause(&error));
    aside::run("health", health::watch(watched, health)).map_err(no_thread)?;
    let watched = daemon.begin(beginning, &mut tasks).await;
    watched.map_err(no_thread)?;
    daemon.systemd.ready();
    Ok(Begun {
        daemon,
        _tasks: tasks,
        _address: removal,
        _lock: lock,
    })
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
        let epoch = format!(
            "{:x}-{:x}",
            clock::now().as_millisecond(),
            std::process::id()
        );
        let events = Arc::new(Events::new(epoch));
        // On a thread of its own the allocator keeps what it drops apart from what stays.
        let see = |event: &Event| shared.update(|status| status.apply(event));
        let replay = thread::scope(|scope| scope.spawn(|| replay::replay(state, see)).join())
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
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
        let clock = Clock::system();
        let journal = Journal::open(state).map_err(|e| words::unwritable_history(&fault(&e)))?;
        let (answers, inbox) = mpsc::channel(INBOX_MAX);
        let output_bytes_max = config.output.max_bytes_per_run.unwrap_or(OUTPUT_BYTES_MAX);
        let base_dir = options.layout.base.clone();
        let places = Places::new(state.to_owned(), base_dir, output_bytes_max)
            .map_err(|e| words::no_thread(&cause(&e)))?;
        let supervision = places.supervision();
        tracing::info!(supervision, "runs are supervised");
        shared.update(|status| status.supervision = supervision);
        tasks.spawn(tree::sweep(places.table.clone()));
        let keep = retention::Keep::new(&config.output);
        let keeper = Keeper::new(state, &config.history, replay_bytes, clock.now());
        tasks.spawn(retention::keep(places.clone(), keep, keeper.lag()));
        let (sender, calls) = mpsc::channel(64);
        let health = Health {
            shared: shared.clone(),
            events: events.clone(),
        };
        let group = config.control.socket_group.clone();
        let socket = socket::Socket::bind(journal.state_dir().clone(), group)
            .map_err(|e| words::no_socket(&cause(&e)))?;
        tasks.spawn(socket.serve(health.clone(), sender.clone()));
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
            host: host().into(),
            max_concurrent_runs: config.max_concurrent_runs.unwrap_or(CONCURRENT_RUNS_MAX),
            catch_up_per_second: config.catch_up.per_second.unwrap_or(CATCH_UP_PER_SECOND),
        };
        let daemon = Daemon {
            scheduler: Scheduler::new(setup, ledger),
            journal,
            engine: Local::new(places.clone(), answers.clone(), Handle::current())
                .map_err(|e| words::no_thread(&cause(&e)))?,
            health,
            shared,
            events,
            beat: Arc::new(Beat::default()),
            unshown: None,
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
            keeper,
            systemd: Systemd::from_env(),
            log: options.log.clone(),
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
    async fn begin(&mut self, beginning: Beginning, tasks: &mut JoinSet<()>) -> io::Result<()> {
        let places = &beginning.places;
        let mut orphans: BTreeSet<RunId> = places.table.look_now().runs();
        // An empty cgroup is removed by whoever asks for it.
        orphans.extend(places.cgroups.iter().flat_map(|cgroups| {
            let mut occupied = cgroups.occupied();
            let is_ours = |pid: u32| !places.table.is_foreign(pid);
            occupied.retain(|run_id| cgroups.of(*run_id).members().into_iter().any(is_ours));
            occupied
        }));
        for run_id in orphans.iter().copied() {
            let known = self.scheduler.ledger().run(&run_id);
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
            boot: clock::machine_boot(at),
        };
        let mut inputs = self.last_words(&places.state_dir, &orphans);
        inputs.push(Input::Started {
            daemon,
            jobs,
            orphans,
        });
        job_state::finish_renames(places, &self.scheduler);
        self.turn(inputs).await;
        // Durable before anybody is told that it is ready.
        self.insist(Journal::sync).await;
        self.note_written(0);
        let Beginning {
            mut folder,
            hinted,
            told,
            asked,
            ..
        } = beginning;
        // What the start read and dropped lies between what stays.
        self.scheduler.compact();
        let ledger = self.scheduler.ledger();
        self.shared.update(|status| status.compact(ledger));
        folder.compact();
        memory::give_back();
        // Ready is who has recorded what was due before.
        self.unshown = shown;
        self.show(&[]);
        self.log_findings(&[]);
        tracing::info!("ready");
        let gauge = self.watch_gauge.clone();
        aside::run("watch", watch::watch(folder, hinted, told, asked, gauge))
    }

    /// What cut-off runs without a process have reported.
    fn last_words(&self, state: &Path, orphans: &BTreeSet<RunId>) -> Vec<Input> {
        let runs = self.scheduler.ledger().runs();
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

fn take_lock(state: &Path) -> Result<Lock, NoStart> {
    let holder = format!("pid {} on {}", std::process::id(), host());
    let shown = state.display().to_string();
    Lock::take(state, &holder).map_err(|error| match error {
        LockError::Held(by) => words::another_daemon(&shown, &by),
        LockError::Io(e) => words::unwritable_state(&shown, &fault(&e)),
    })
}
