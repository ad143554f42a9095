//! `jobsd run ID --local`: one run in the foreground, without a daemon. It is recorded when no
//! daemon holds the state directory; the same `decide` orders its attempts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::watch;
use uuid::Uuid;

use crate::commands::context::Context;
use crate::commands::exit::{Exit, Failure};
use crate::core::ledger::Ledger;
use crate::core::{CATCH_UP_PER_SECOND, Decision, Input, Scheduler, Setup};
use crate::model::event::{DaemonStarted, Event, Stage};
use crate::model::job::{Job, JobSet};
use crate::model::output::{Stream, read_line};
use crate::model::run::{RunRecord, Status};
use crate::model::run_id::RunId;
use crate::render::screen::Screen;
use crate::shell::clock::{self, pause};
use crate::shell::journal::{Journal, replay};
use crate::shell::lock::Lock;
use crate::shell::machine::host;
use crate::shell::process::order::{Order, Places, Stop};
use crate::shell::process::output;
use crate::shell::process::starter::Starters;
use crate::shell::process::supervise;
use crate::shell::signals::Signals;
use crate::shell::state_dir;
use crate::text::command_errors as words;
use crate::text::failure;
use crate::time::Timestamp;

/// What a run needs.
struct Local {
    scheduler: Scheduler,
    journal: Option<Journal>,
    places: Arc<Places>,
    stop: watch::Sender<Stop>,
    /// The exit code of the first signal that came.
    ended_by: Option<u8>,
}

/// How a job is run here.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// Leave outside effects out.
    pub dry_run: bool,
    /// Exit with the program's own code.
    pub pass_exit_code: bool,
}

/// Runs a job: a problem is found when it failed; else the program's own code, or 130 or 143 when a
/// signal ended it.
///
/// # Errors
/// [`Failure`] where the job cannot be run like that, or the state directory or the output cannot
/// be written.
pub fn run(job: &Arc<Job>, how: How, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let dry_run = how.dry_run;
    if dry_run && job.bot.is_command {
        return Err(Failure::usage(&words::no_dry_run(job.id.as_str())));
    }
    let state_dir = state_dir::prepare(context.state()).map_err(|text| Failure::failed(&text))?;
    let shown = state_dir.display().to_string();
    let holder = format!("pid {} on {} (run --local)", std::process::id(), host());
    let lock = Lock::take(&state_dir, &holder).ok();
    let has_limit = job.allowance.daily.or(job.allowance.weekly).is_some();
    if lock.is_none() && has_limit && !dry_run && !job.dry_run {
        let sentence = words::counted_there(&shown, job.id.as_str());
        return Err(Failure::new(Exit::Refused, &sentence));
    }
    let journal = lock.as_ref().map(|_| open(&state_dir)).transpose()?;
    if journal.is_none() && !context.screen.quiet {
        let note = words::not_recorded(&shown);
        writeln!(context.err, "{}", note.get(context.lang()))?;
    }
    // What was sent before counts under the job's limits.
    let mut ledger = Ledger::default();
    if journal.is_some() {
        ledger.take_uses(replay::replay(&state_dir, |_| ())?.ledger);
    }
    let base_dir = context.layout.base.clone();
    let places = Arc::new(Places::new(state_dir, base_dir, 10 << 20)?);
    let (stop, _) = watch::channel(Stop::No);
    let mut local = Local {
        scheduler: scheduler(job, ledger),
        journal,
        places,
        stop,
        ended_by: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let run_id = RunId::from_uuid(Uuid::now_v7());
    let record = runtime.block_on(local.follow(job, run_id, dry_run))?;
    runtime.block_on(local.places.remove_cgroups());
    copy_output(&local.places.state_dir, run_id, context)?;
    let exit = say(&record, &context.screen, context.err)?;
    let own = record.exit_code.and_then(|code| u8::try_from(code).ok());
    let own = own.filter(|_| how.pass_exit_code);
    Ok(local.ended_by.or(own).map_or(exit, Exit::Own))
}

/// Writes what the program wrote, each stream to its own.
fn copy_output(state_dir: &Path, run_id: RunId, context: &mut Context<'_>) -> io::Result<()> {
    let log = std::fs::read(&output::files(state_dir, run_id)[0]);
    for line in log
        .unwrap_or_default()
        .split_inclusive(|byte| *byte == b'\n')
    {
        let Some(line) = read_line(line) else {
            continue;
        };
        let target: &mut dyn Write = match line.stream {
            Stream::Stdout => context.out,
            _ => context.err,
        };
        target.write_all(line.text)?;
        if line.is_whole {
            target.write_all(b"\n")?;
        }
    }
    context.out.flush()
}

/// The journal, ready for events of this instant.
fn open(state_dir: &Path) -> io::Result<Journal> {
    let (mut journal, now) = (Journal::open(state_dir)?, clock::now());
    if journal.is_new_day(now) {
        journal.begin_day(now, replay::state(state_dir)?)?;
    }
    Ok(journal)
}

/// A scheduler that knows only this job.
fn scheduler(job: &Arc<Job>, ledger: Ledger) -> Scheduler {
    let setup = Setup {
        host: host().into(),
        max_concurrent_runs: 1,
        catch_up_per_second: CATCH_UP_PER_SECOND,
    };
    let mut scheduler = Scheduler::new(setup, ledger);
    let at = clock::now();
    let daemon = DaemonStarted {
        at,
        version: String::new(),
        host: host(),
        pid: 0,
        boot: None,
    };
    let jobs = BTreeMap::from([(job.id.clone(), job.clone())]);
    let set = JobSet {
        jobs,
        files: 1,
        ..JobSet::default()
    };
    let started = Input::Started {
        daemon,
        jobs: Some(Arc::new(set)),
        orphans: BTreeSet::new(),
    };
    scheduler.decide(at, started);
    scheduler
}

impl Local {
    async fn follow(&mut self, job: &Job, run_id: RunId, dry_run: bool) -> io::Result<RunRecord> {
        let mut signals = Signals::listen()?;
        let starters = Starters::new(&Handle::current())?;
        let places = self.places.clone();
        let job_id = job.id.clone();
        let mut record = self.decide(
            Input::RunRequested {
                run_id,
                job_id,
                dry_run,
            },
            run_id,
        )?;
        loop {
            match record.stage() {
                Stage::Final => return Ok(record),
                Stage::Started => {
                    let order = Arc::new(order(job, &record));
                    let pending = starters.ask(order.clone(), places.clone());
                    let supervised = supervise(&order, &places, pending, self.stop.subscribe());
                    tokio::pin!(supervised);
                    let ended = loop {
                        tokio::select! {
                            ended = &mut supervised => break ended,
                            code = signals.next_end() => {
                                self.ended_by.get_or_insert(code);
                                self.stop.send_modify(Stop::further);
                            }
                        }
                    };
                    if let Some(left) = ended.left {
                        left.end(&order, &places, self.stop.subscribe()).await;
                    }
                    let attempt = record.attempt;
                    record = self.decide(
                        Input::RunEnded {
                            run_id,
                            attempt,
                            outcome: ended.outcome,
                            ended_at: ended.at,
                        },
                        run_id,
                    )?;
                }
                Stage::Planned | Stage::Retrying => {
                    let at = record.retry_at.unwrap_or(Timestamp::MIN);
                    let rest = at
                        .duration_since(clock::now())
                        .try_into()
                        .unwrap_or_default();
                    tokio::select! {
                        () = pause(rest) => record = self.decide(Input::Tick, run_id)?,
                        code = signals.next_end() => {
                            self.ended_by.get_or_insert(code);
                            let cancel = Input::CancelRequested {
                                run_id,
                                grace_secs: None,
                            };
                            record = self.decide(cancel, run_id)?;
                        }
                    }
                }
            }
        }
    }

    /// Decides, and records what became of the run before anything acts on it.
    fn decide(&mut self, input: Input, run_id: RunId) -> io::Result<RunRecord> {
        let now = clock::now();
        let Decision { events, .. } = self.scheduler.decide(now, input);
        let is_ours = |event: &Event| matches!(event, Event::Run(run) if run.id == run_id);
        let ours: Vec<Event> = events.into_iter().filter(is_ours).collect();
        if let Some(journal) = &mut self.journal {
            journal.append(&ours)?;
            journal.sync()?;
        }
        let known = self
            .scheduler
            .ledger()
            .run(&run_id)
            .map(|run| run.record.clone());
        let last = ours.into_iter().rev().find_map(|event| match event {
            Event::Run(run) => Some(*run),
            _ => None,
        });
        last.or(known)
            .ok_or_else(|| io::Error::other("the run was not taken"))
    }
}

fn order(job: &Job, record: &RunRecord) -> Order {
    Order {
        run_id: record.id,
        job_id: job.id.clone(),
        attempt: record.attempt,
        program: job.program.clone(),
        trigger: record.trigger,
        scheduled_at: record.requested(),
        timezone: job.timezone.to_string(),
        dry_run: record.dry_run,
        budget_remaining: record.budget_remaining(),
        timeout: job.policies.timeout,
        kill_grace: job.policies.kill_grace,
    }
}

fn say(record: &RunRecord, screen: &Screen, err: &mut dyn Write) -> io::Result<Exit> {
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut text = format!(
        "{}: {}",
        record.job_id,
        word(serde_json::json!(record.status))
    );
    if let Some(reason) = record.reason {
        text += &format!(" ({})", word(serde_json::json!(reason)));
    }
    if let Some(error) = &record.error {
        let words = failure::read(error);
        text += &format!(": {}", words.get(screen.lang));
    }
    if record.status != Status::Success || !screen.quiet {
        writeln!(err, "{text}")?;
    }
    Ok(Exit::found(record.status != Status::Success))
}
