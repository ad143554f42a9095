//! Seeded lives of the pure scheduler: ticks, exits, clock leaps both ways, reloads, requests,
//! crashes at any event. Every failure prints its seed; `SIMULATION_SEEDS` asks for more lives.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jobsd::core::ledger::Ledger;
use jobsd::core::{CATCH_UP_PER_SECOND, Decision, Input, Scheduler, Setup};
use jobsd::model::event::{Actor, Boot, DaemonStarted, Event, Paused, Stage};
use jobsd::model::job::{JobId, JobSet};
use jobsd::model::outcome::{Ending, Outcome, Report};
use jobsd::model::run::{Reason, RunRecord, Status};
use jobsd::model::run_id::RunId;
use jobsd::spec::SourceFile;
use jobsd::spec::jobs::loader;
use jobsd::spec::types::config::Settings;
use jobsd::time::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::conserved;

/// A small random number generator (xorshift64*), so that a seed is a life.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % below
    }
}

struct World {
    seed: u64,
    dice: Dice,
    now: Timestamp,
    scheduler: Scheduler,
    jobs: Option<Arc<JobSet>>,
    journal: Vec<Event>,
    /// Attempts with a process.
    live: BTreeMap<(RunId, u32), JobId>,
    started: BTreeSet<(RunId, u32)>,
    set_back: bool,
    version: u64,
    wake_at: Option<Timestamp>,
    steps: u64,
    /// When the machine booted, as its wall clock has it: time since then is what really passed.
    booted: Timestamp,
    /// When each back-off is over, in time that really passed.
    back_offs: BTreeMap<RunId, SignedDuration>,
    /// The last known line of a run said that it waits.
    waiting: BTreeSet<RunId>,
}

fn setup() -> Setup {
    Setup {
        host: "sim".into(),
        max_concurrent_runs: 5,
        catch_up_per_second: CATCH_UP_PER_SECOND,
    }
}

pub fn job_set(dice: &mut Dice) -> Arc<JobSet> {
    let mut files = Vec::new();
    for n in 0..4 {
        if dice.roll(8) == 0 {
            continue;
        }
        let overlap = ["skip", "queue", "replace"][dice.roll(3) as usize];
        let schedule = [
            "schedule_type: interval\nschedule_config: {seconds: 7}",
            "schedule_type: interval\nschedule_config: {seconds: 30}",
            "schedule_type: cron\nschedule_config: {cron_expression: '*/2 * * * *'}",
            "schedule_type: manual",
        ][dice.roll(4) as usize];
        let text = format!(
            "name: j\nbot_type: command\nbot_config: {{command: ['true']}}\n{schedule}\n\
            overlap: {overlap}\n\
            max_instances: {}\ncoalesce: {}\nmisfire_grace_time: {}\nenabled: {}\n\
            on_interrupt: {}\nretry: {{max_attempts: {}, backoff_secs: 3}}\n",
            1 + dice.roll(3),
            dice.roll(2) == 0,
            [0, 5, 60, 3600][dice.roll(4) as usize],
            dice.roll(8) != 0,
            ["abandon", "retry"][dice.roll(2) as usize],
            1 + dice.roll(3),
        );
        files.push(SourceFile {
            path: format!("jobs.d/j{n}.yaml"),
            bytes: text.into_bytes(),
        });
    }
    let loaded = loader::load(&files, &Settings::default());
    assert!(!loaded.diagnostics.iter().any(|finding| finding.is_error()));
    Arc::new(JobSet {
        jobs: loaded.jobs,

        files: files.len(),
        ..JobSet::default()
    })
}

impl World {
    fn new(seed: u64, set_back: bool) -> World {
        let now = "2026-03-29T00:30:00Z".parse().unwrap();
        let scheduler = Scheduler::new(setup(), Ledger::default());
        let dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut world = World {
            seed,
            dice,
            now,
            scheduler,
            jobs: None,
            set_back,
            journal: vec![],
            live: BTreeMap::new(),
            started: BTreeSet::new(),
            version: 0,
            wake_at: None,
            steps: 0,
            booted: now,
            back_offs: BTreeMap::new(),
            waiting: BTreeSet::new(),
        };
        world.start();
        world
    }

    fn start(&mut self) {
        let is_known = self.dice.roll(5) != 0;
        if self.jobs.is_none() || is_known && self.dice.roll(2) == 0 {
            // Fewer instances than runs that are tried again are not a fault.
            self.version += u64::from(self.jobs.is_some());
            self.jobs = Some(job_set(&mut self.dice));
        }
        let jobs = self.jobs.clone().filter(|_| is_known);
        let daemon = DaemonStarted {
            at: self.now,
            version: "0".into(),
            host: "sim".into(),
            pid: 1,
            boot: Some(Boot {
                id: "sim".into(),
                at: self.booted,
            }),
        };
        self.feed(Input::Started {
            daemon,
            jobs,
            orphans: BTreeSet::new(),
        });
    }

    /// What really passed since the machine booted.
    fn elapsed(&self) -> SignedDuration {
        self.now.duration_since(self.booted)
    }

    /// Somebody sets the wall clock.
    fn set_clock(&mut self, by: SignedDuration) {
        self.now += by;
        self.booted += by;
    }

    fn feed(&mut self, input: Input) -> Decision {
        self.steps += 1;
        let is_end = matches!(input, Input::ShutdownDone);
        let cursors = self.cursors();
        let decision = self.scheduler.decide(self.now, input);
        for event in &decision.events {
            self.observe(event, &decision);
        }
        self.journal.extend(decision.events.clone());
        self.wake_at = decision.wake_at;
        self.check_instances();
        self.check_cursors(&cursors, &decision);
        if !is_end {
            let again = self.scheduler.decide(self.now, Input::Tick);
            assert_eq!(
                again.events,
                vec![],
                "A4: a spurious tick has events; seed {}",
                self.seed
            );
            assert!(
                again.wake_at.is_none_or(|at| at > self.now),
                "busy loop at {}; seed {}",
                self.now,
                self.seed
            );
        }
        decision
    }

    fn cursors(&self) -> BTreeMap<JobId, Option<Timestamp>> {
        let jobs = self.scheduler.ledger().jobs.iter();
        jobs.map(|(id, state)| (id.clone(), state.cursor)).collect()
    }

    /// A6: only a line that says that the clock was set back takes a cursor back.
    fn check_cursors(&self, before: &BTreeMap<JobId, Option<Timestamp>>, decision: &Decision) {
        let is_clock = |event: &Event| matches!(event, Event::Clock(_));
        if decision.events.iter().any(is_clock) {
            return;
        }
        let after = self.cursors();
        for (id, cursor) in before {
            assert!(
                after[id] >= *cursor,
                "A6: cursor of {id} back from {cursor:?} to {:?}; seed {}",
                after[id],
                self.seed
            );
        }
    }

    fn observe(&mut self, event: &Event, decision: &Decision) {
        let seed = self.seed;
        let Event::Run(run) = event else { return };
        match run.stage() {
            Stage::Started => {
                assert!(
                    self.started.insert((run.id, run.attempt)),
                    "A8: {} started twice; seed {seed}",
                    run.id
                );
                if let Some(due) = run.scheduled_at.filter(|_| run.attempt == 1) {
                    assert!(self.now >= due, "early; seed {seed}");
                }
                let known = self
                    .journal
                    .iter()
                    .any(|e| matches!(e, Event::Run(r) if r.id == run.id));
                let is_first = known && run.attempt == 1 && !self.waiting.remove(&run.id);
                self.check_pace(run);
                assert!(
                    is_first || decision.sync && decision.ordered.contains(&run.id),
                    "A3: a start without a durable order; seed {seed}"
                );
                self.live.insert((run.id, run.attempt), run.job_id.clone());
            }
            Stage::Final => {
                self.live.retain(|(id, _), _| *id != run.id);
                let is_lost = run.reason == Some(Reason::Shutdown) && run.attempt == 0;
                assert!(
                    !is_lost || run.scheduled_at.is_none(),
                    "lost at a stop; seed {seed}"
                );
                self.waiting.remove(&run.id);
                assert!(
                    run.status == Status::Success || run.reason.is_some(),
                    "unexplained; seed {seed}"
                );
            }
            Stage::Planned => {
                if run.waiting {
                    self.waiting.insert(run.id);
                }
            }
            Stage::Retrying => {
                let rest = run.retry_at.unwrap().duration_since(self.now);
                self.back_offs.insert(run.id, self.elapsed() + rest);
            }
        }
    }

    /// A further attempt comes after its back-off, whatever was done to the clock.
    fn check_pace(&mut self, run: &RunRecord) {
        let (seed, elapsed) = (self.seed, self.elapsed());
        if let Some(over) = self.back_offs.remove(&run.id) {
            assert!(
                elapsed >= over,
                "{} is tried again too early; seed {seed}",
                run.id
            );
        }
    }

    /// An orderly stop: whatever has a process ends, nothing else does.
    fn stop(&mut self) {
        self.feed(Input::ShutdownRequested);
        for (run_id, attempt) in self.live.keys().copied().collect::<Vec<_>>() {
            self.live.remove(&(run_id, attempt));
            let outcome = Outcome {
                ending: Ending::Stopped,
                report: Report::default(),
                output_bytes: 0,
                note: None,
            };
            self.feed(Input::RunEnded {
                run_id,
                attempt,
                outcome,
                ended_at: self.now,
            });
        }
        self.feed(Input::ShutdownDone);
        self.crash();
    }

    fn check_instances(&self) {
        let mut counts: BTreeMap<&JobId, usize> = BTreeMap::new();
        for job in self.live.values() {
            *counts.entry(job).or_default() += 1;
        }
        assert!(
            self.live.len() <= 5,
            "over max_concurrent_runs; seed {}",
            self.seed
        );
        if self.version == 0 {
            for (id, count) in counts {
                let max = self.scheduler.job(id).unwrap().policies.max_instances as usize;
                assert!(count <= max, "{id} has {count} runs; seed {}", self.seed);
            }
        }
    }

    /// A replay from a state in the middle of the journal knows what a replay of all of it knows.
    fn check_state(&self, replayed: &Ledger) {
        let middle = self.steps as usize * 7_919 % (self.journal.len() + 1);
        let mut until = Ledger::default();
        for event in &self.journal[..middle] {
            until.apply(event);
        }
        let text = serde_json::to_string(&Event::State(Box::new(until.state()))).unwrap();
        let mut from_state = Ledger::default();
        from_state.apply(&serde_json::from_str(&text).unwrap());
        for event in &self.journal[middle..] {
            from_state.apply(event);
        }
        assert_eq!(
            from_state.state(),
            replayed.state(),
            "A7: from a state; seed {}",
            self.seed
        );
    }

    /// A `kill -9`: the processes are gone, the journal is what was written.
    fn crash(&mut self) {
        self.live.clear();
        let mut ledger = Ledger::default();
        for event in &self.journal {
            ledger.apply(event);
        }
        for (id, state) in &self.scheduler.ledger().jobs {
            let replayed = &ledger.jobs[id];
            assert_eq!(
                replayed.cursor, state.cursor,
                "A7: cursor of {id}; seed {}",
                self.seed
            );
            assert_eq!(
                replayed.hand.active, state.hand.active,
                "A7: active runs of {id}; seed {}",
                self.seed
            );
            assert_eq!(replayed.present, state.present, "A7; seed {}", self.seed);
            assert_eq!(replayed.pause, state.pause, "A7; seed {}", self.seed);
        }
        if self.steps.is_multiple_of(5) {
            self.check_state(&ledger);
        }
        let records = |ledger: &Ledger| {
            ledger
                .runs()
                .map(|run| run.record.clone())
                .collect::<Vec<RunRecord>>()
        };
        assert_eq!(
            records(&ledger),
            records(self.scheduler.ledger()),
            "A7: runs; seed {}",
            self.seed
        );
        crate::support::restored::put_in_force(&mut ledger);
        self.scheduler = Scheduler::new(setup(), ledger);
        let down = self.dice.roll(400);
        self.now += SignedDuration::from_secs(down as i64);
        if self.dice.roll(4) == 0 {
            let by = SignedDuration::from_secs(self.dice.roll(9_000) as i64);
            let is_back = self.set_back && self.dice.roll(2) == 0;
            self.set_clock(if is_back { -by } else { by });
        }
        self.start();
    }

    fn step(&mut self) {
        match self.dice.roll(100) {
            0..50 => {
                let wake = self
                    .wake_at
                    .unwrap_or(self.now + SignedDuration::from_secs(10));
                let late = SignedDuration::from_millis(self.dice.roll(3) as i64);
                self.now = self.now.max(wake) + late;
                self.feed(Input::Tick);
            }
            50..80 => {
                let live: Vec<(RunId, u32)> = self.live.keys().copied().collect();
                if live.is_empty() {
                    return;
                }
                let (run_id, attempt) = live[self.dice.roll(live.len() as u64) as usize];
                self.live.remove(&(run_id, attempt));
                let ending = [Ending::Exited(0), Ending::Exited(1), Ending::Stopped]
                    [self.dice.roll(3) as usize]
                    .clone();
                let outcome = Outcome {
                    ending,
                    report: Report::default(),
                    output_bytes: 1,
                    note: None,
                };
                self.feed(Input::RunEnded {
                    run_id,
                    attempt,
                    outcome: outcome.clone(),
                    ended_at: self.now,
                });
                let stale = self.feed(Input::RunEnded {
                    run_id,
                    attempt,
                    outcome,
                    ended_at: self.now,
                });
                assert_eq!(
                    stale.events,
                    vec![],
                    "a stale exit was taken; seed {}",
                    self.seed
                );
            }
            80..84 => {
                self.version += 1;
                let jobs = job_set(&mut self.dice);
                self.jobs = Some(jobs.clone());
                self.feed(Input::JobsLoaded(jobs.clone()));
                let again = self.feed(Input::JobsLoaded(jobs));
                assert_eq!(
                    again.events,
                    vec![],
                    "an unchanged reload has events; seed {}",
                    self.seed
                );
            }
            84..88 => {
                let run_id = RunId::from_uuid(Uuid::from_u128(
                    (7 << 76) | (2 << 62) | u128::from(self.steps),
                ));
                let job_id = JobId::new(&format!("j{}", self.dice.roll(4))).unwrap();
                self.feed(Input::RunRequested {
                    run_id,
                    job_id,
                    dry_run: false,
                });
            }
            88..90 => {
                let known: Vec<RunId> = self
                    .scheduler
                    .ledger()
                    .runs()
                    .map(|run| run.record.id)
                    .collect();
                if let Some(run_id) = known.first() {
                    let run_id = *run_id;
                    self.feed(Input::CancelRequested {
                        run_id,
                        grace_secs: None,
                    });
                }
            }
            90..92 => self.pause_or_resume(),
            92..94 => {
                let from = self.now;
                let by = SignedDuration::from_secs(self.dice.roll(9_000) as i64);
                self.set_clock(by);
                self.feed(Input::ClockStepped { from });
            }
            94..96 if self.set_back => {
                let from = self.now;
                let by = SignedDuration::from_secs(self.dice.roll(9_000) as i64);
                self.set_clock(-by);
                let told = self.dice.roll(2) == 0;
                self.feed(if told {
                    Input::ClockStepped { from }
                } else {
                    Input::Tick
                });
            }
            96..97 => self.crash(),
            97..98 => self.stop(),
            _ => {
                self.now += SignedDuration::from_secs(self.dice.roll(40) as i64);
                self.feed(Input::Tick);
            }
        }
    }

    fn pause_or_resume(&mut self) {
        let job_id = JobId::new(&format!("j{}", self.dice.roll(4))).unwrap();
        let by = Actor {
            who: "sim".into(),
            from: "here".into(),
        };
        if self.dice.roll(2) == 0 {
            self.feed(Input::ResumeRequested { job_id, by });
            return;
        }
        let span = SignedDuration::from_secs(self.dice.roll(600) as i64);
        let until = (self.dice.roll(2) == 0).then(|| self.now + span);
        let pause = Paused {
            at: self.now,
            job_id,
            by,
            reason: None,
            until,
            is_span: false,
        };
        self.feed(Input::PauseRequested(pause));
    }
}

fn live(seed: u64, steps: u64, set_back: bool) -> u64 {
    let mut world = World::new(seed, set_back);
    while world.steps < steps {
        world.step();
        if !set_back && world.steps % 500 < 2 {
            conserved::check(&world.journal, world.scheduler.ledger(), world.now, seed);
        }
    }
    if !set_back {
        conserved::check(&world.journal, world.scheduler.ledger(), world.now, seed);
    }
    world.steps
}

pub fn seeds() -> u64 {
    std::env::var("SIMULATION_SEEDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(40)
}

#[test]
fn lives_with_crashes_leaps_and_reloads_keep_the_invariants() {
    let steps: u64 = (1..=seeds()).map(|seed| live(seed, 1_500, false)).sum();
    assert!(steps >= 1_500 * seeds());
}

#[test]
fn lives_with_a_clock_set_back_start_nothing_twice() {
    let steps: u64 = (1..=seeds())
        .map(|seed| live(seed + 1_000_000, 1_500, true))
        .sum();
    assert!(steps >= 1_500 * seeds());
}
