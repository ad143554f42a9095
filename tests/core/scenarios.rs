//! Text tables in `tests/scenarios/`: jobs and inputs given, events expected. They pin what was
//! chosen.
//!
//! A table is blocks: `job ID` with indented YAML under it, then lines `TIME INPUT…` with the
//! expected events indented under them. `stepped TIME` and `start stepped TIME`: the clock was set,
//! and would show TIME. Events: (`run ID@DUE STATUS[/REASON] [xCOUNT] [attempt N]`, `stop ID@DUE
//! REASON`, `pause ID`, `resume ID`, others by their type). Times are UTC on 2026-01-01; `+1d`
//! before one is a later day.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use jobsd::core::ledger::Ledger;
use jobsd::core::{CATCH_UP_PER_SECOND, Input, Scheduler, Setup};
use jobsd::model::event::{Actor, Boot, DaemonStarted, Event, Paused, Stage};
use jobsd::model::job::{Job, JobId, JobSet};
use jobsd::model::outcome::{Ending, Outcome, Report};
use jobsd::model::run::RunRecord;
use jobsd::model::run_id::RunId;
use jobsd::spec::SourceFile;
use jobsd::spec::jobs::loader;
use jobsd::spec::types::config::Settings;
use jobsd::time::{SignedDuration, Timestamp};
use uuid::Uuid;

fn actor() -> Actor {
    Actor {
        who: "ops".into(),
        from: "socket".into(),
    }
}

struct Table {
    jobs: BTreeMap<JobId, Arc<Job>>,
    texts: BTreeMap<String, String>,
    scheduler: Scheduler,
    journal: Vec<Event>,
    manual: u128,
    /// When the machine booted, as its wall clock has it.
    booted: Timestamp,
    last: Timestamp,
    catch_up: u32,
}

fn setup(catch_up_per_second: u32) -> Setup {
    Setup {
        host: "h".into(),
        max_concurrent_runs: 4,
        catch_up_per_second,
    }
}

fn time(text: &str) -> Timestamp {
    let (days, clock) = match text.strip_prefix('+') {
        Some(rest) => rest
            .split_once('d')
            .map(|(d, t)| (d.parse::<i64>().unwrap(), t))
            .unwrap(),
        None => (0, text),
    };
    let day: Timestamp = format!("2026-01-01T{clock}Z")
        .parse()
        .unwrap_or_else(|e| panic!("{text}: {e}"));
    day + SignedDuration::from_hours(24 * days)
}

fn job(id: &str, text: &str) -> Arc<Job> {
    named(id, id, text)
}

fn named(name: &str, id: &str, text: &str) -> Arc<Job> {
    let head = format!("name: {name}\nbot_type: command\nbot_config: {{command: ['true']}}\n");
    let file = SourceFile {
        path: format!("jobs.d/{id}.yaml"),
        bytes: (head + text).into_bytes(),
    };
    let loaded = loader::load(&[file], &Settings::default());
    assert!(!loaded.diagnostics.iter().any(|finding| finding.is_error()));
    loaded.jobs.into_values().next().unwrap()
}

fn due(run: &RunRecord) -> String {
    run.scheduled_at.map_or("manual".into(), |at| {
        at.to_string()[11..].trim_end_matches('Z').to_owned()
    })
}

fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .unwrap()
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

impl Table {
    fn set(&self) -> Arc<JobSet> {
        Arc::new(JobSet {
            jobs: self.jobs.clone(),

            files: self.jobs.len(),
            ..JobSet::default()
        })
    }

    /// The run of a job that is named by its due time, or its only one.
    fn find(&self, name: &str) -> RunRecord {
        let (id, at) = name
            .split_once('@')
            .map_or((name, None), |(id, at)| (id, Some(at)));
        let runs = self.scheduler.ledger().runs().map(|run| run.record.clone());
        let mut found: Vec<RunRecord> = runs
            .filter(|run| run.job_id.as_str() == id && at.is_none_or(|at| due(run) == at))
            .collect();
        assert_eq!(found.len(), 1, "{name} names {} runs", found.len());
        found.remove(0)
    }

    fn input(&mut self, now: Timestamp, words: &[&str]) -> Input {
        let ended = |run: RunRecord, ending| {
            let outcome = Outcome {
                ending,
                report: Report::default(),
                output_bytes: 0,
                note: None,
            };
            Input::RunEnded {
                run_id: run.id,
                attempt: run.attempt,
                outcome,
                ended_at: now,
            }
        };
        let daemon = DaemonStarted {
            at: now,
            version: "0".into(),
            host: "h".into(),
            pid: 1,
            boot: Some(Boot {
                id: "b".into(),
                at: self.booted,
            }),
        };
        match words {
            ["start"] | ["start", "stepped", _] => Input::Started {
                daemon,
                jobs: Some(self.set()),
                orphans: BTreeSet::new(),
            },
            ["start", "orphan", name] => {
                let orphans = BTreeSet::from([self.find(name).id]);
                Input::Started {
                    daemon,
                    jobs: Some(self.set()),
                    orphans,
                }
            }
            ["gone", name] => Input::OrphanGone(self.find(name).id),
            ["tick"] => Input::Tick,
            ["stepped", from] => Input::ClockStepped { from: time(from) },
            ["exit", name, "0"] => ended(self.find(name), Ending::Exited(0)),
            ["exit", name, code] => ended(self.find(name), Ending::Exited(code.parse().unwrap())),
            ["stopped", name] => ended(self.find(name), Ending::Stopped),
            ["run", id] => {
                self.manual += 1;
                let run_id = RunId::from_uuid(Uuid::from_u128((7 << 76) | (2 << 62) | self.manual));
                Input::RunRequested {
                    run_id,
                    job_id: JobId::new(id).unwrap(),
                    dry_run: false,
                }
            }
            ["cancel", name] => Input::CancelRequested {
                run_id: self.find(name).id,
                grace_secs: None,
            },
            ["pause", id, rest @ ..] => Input::PauseRequested(Paused {
                at: now,
                job_id: JobId::new(id).unwrap(),
                by: actor(),
                reason: None,
                until: match rest {
                    ["for", secs] => Some(now + SignedDuration::from_secs(secs.parse().unwrap())),
                    ["until", at] => Some(time(at)),
                    _ => None,
                },
                is_span: rest.first() == Some(&"for"),
            }),
            ["resume", id] => Input::ResumeRequested {
                job_id: JobId::new(id).unwrap(),
                by: actor(),
            },
            ["remove", id] => {
                self.jobs.remove(*id);
                Input::JobsLoaded(self.set())
            }
            ["edit", id, key, value] => {
                self.edit(id, key, value);
                Input::JobsLoaded(self.set())
            }
            ["rename", from, to] => {
                let text = self.texts[*from].clone();
                self.jobs.remove(*from);
                // The name of a job is not its id.
                self.jobs
                    .insert(JobId::new(to).unwrap(), named(from, to, &text));
                self.texts.insert((*to).to_owned(), text);
                Input::JobsLoaded(self.set())
            }
            // While no daemon runs; the next start reads it.
            ["edit-down", id, key, value] => {
                self.edit(id, key, value);
                Input::Tick
            }
            ["remove-down", id] => {
                self.jobs.remove(*id);
                Input::Tick
            }
            ["load"] => Input::JobsLoaded(self.set()),
            ["held", name, ..] => self.held(name),
            ["shutdown"] => Input::ShutdownRequested,
            ["done"] => Input::ShutdownDone,
            other => panic!("no such input: {other:?}"),
        }
    }

    /// The start of a run did not happen in time: the disk kept its line waiting.
    fn held(&self, name: &str) -> Input {
        let run = self.find(name);
        Input::StartHeldUp {
            run_id: run.id,
            attempt: run.attempt,
        }
    }

    fn edit(&mut self, id: &str, key: &str, value: &str) {
        let text = self.texts[id].clone() + &format!("{key}: {value}\n");
        self.jobs.insert(JobId::new(id).unwrap(), job(id, &text));
    }

    /// A crash and a replay of the journal.
    fn crash(&mut self) {
        let mut ledger = Ledger::default();
        self.journal.iter().for_each(|event| ledger.apply(event));
        crate::support::restored::put_in_force(&mut ledger);
        self.scheduler = Scheduler::new(setup(self.catch_up), ledger);
    }

    fn show(&self, event: &Event) -> Option<String> {
        Some(match event {
            Event::Run(run) => {
                let mut text = format!("run {}@{} ", run.job_id, due(run));
                text += &match run.stage() {
                    Stage::Planned if run.waiting => "waiting".to_owned(),
                    Stage::Planned => "ordered".to_owned(),
                    Stage::Started => "started".to_owned(),
                    Stage::Retrying => "retrying".to_owned(),
                    Stage::Final => word(run.status),
                };
                if let Some(reason) = run.reason {
                    text += &format!("/{}", word(reason));
                }
                if let Some(count) = run.count {
                    text += &format!(" x{count}");
                }
                if run.attempt > 1 {
                    text += &format!(" attempt {}", run.attempt);
                }
                text
            }
            Event::Stop(stop) => {
                let known = self.journal.iter().rev().find_map(|event| match event {
                    Event::Run(run) if run.id == stop.run_id => Some(run),
                    _ => None,
                });
                let run = known.unwrap();
                format!("stop {}@{} {}", run.job_id, due(run), word(stop.reason))
            }
            Event::Clock(_) => "clock".to_owned(),
            Event::Pause(pause) => format!("pause {}", pause.job_id),
            Event::Resume(resume) => format!("resume {}", resume.job_id),
            Event::Control(_)
            | Event::Adopt(_)
            | Event::Reload(_)
            | Event::Start(_)
            | Event::End(_)
            | Event::State(_) => return None,
        })
    }

    fn step(&mut self, line: &str) -> Vec<String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let now = time(words[0]);
        if words[1] == "crash" {
            self.crash();
            return Vec::new();
        }
        // The clock was set by what lies between the instant named and now; a time that goes back
        // says so too.
        let without = match &words[1..] {
            ["stepped", from] | ["start", "stepped", from] => time(from),
            _ if now < self.last => self.last,
            _ => now,
        };
        self.booted += now.duration_since(without);
        self.last = now;
        let input = self.input(now, &words[1..]);
        if words[1].ends_with("-down") {
            return Vec::new();
        }
        let decision = match words[2..] {
            // What frees a place comes together.
            [.., "and", name] => {
                let other = self.held(name);
                self.scheduler.decide_together(now, [input, other])
            }
            _ => self.scheduler.decide(now, input),
        };
        let events = decision.events;
        self.journal.extend(events.clone());
        events.iter().filter_map(|event| self.show(event)).collect()
    }
}

/// Plays a table and gives it back with the events that really came.
fn play(text: &str) -> String {
    let mut table = Table {
        jobs: BTreeMap::new(),
        texts: BTreeMap::new(),
        scheduler: Scheduler::new(setup(CATCH_UP_PER_SECOND), Ledger::default()),
        journal: Vec::new(),
        manual: 0,
        booted: time("00:00:00"),
        last: time("00:00:00"),
        catch_up: CATCH_UP_PER_SECOND,
    };
    let mut played = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let mut body = String::new();
        while let Some(more) = lines.next_if(|line| line.starts_with("  ")) {
            body += &format!("{}\n", &more[2..]);
        }
        played += &format!("{line}\n");
        if let Some(id) = line.strip_prefix("job ") {
            table.jobs.insert(JobId::new(id).unwrap(), job(id, &body));
            table.texts.insert(id.to_owned(), body.clone());
            played.extend(body.lines().map(|line| format!("  {line}\n")));
        } else if let Some(pace) = line.strip_prefix("catch_up ") {
            table.catch_up = pace.parse().unwrap();
        } else if line.starts_with(|c: char| c.is_ascii_digit() || c == '+') {
            played.extend(table.step(line).iter().map(|event| format!("  {event}\n")));
        }
    }
    played
}

#[test]
fn every_table_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let played = play(&text);
        if std::env::var_os("SCENARIOS_WRITE").is_some() {
            fs::write(&path, &played).unwrap();
            continue;
        }
        assert_eq!(
            played,
            text,
            "{} differs; read it, then SCENARIOS_WRITE=1",
            path.display()
        );
        count += 1;
    }
    assert!(
        count >= 10 || std::env::var_os("SCENARIOS_WRITE").is_some(),
        "only {count} tables"
    );
}
