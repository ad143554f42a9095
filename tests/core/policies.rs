//! Every combination of overlap policy, earlier run, moment and clock, generated, each with its
//! expected events.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jobsd::core::ledger::Ledger;
use jobsd::core::{CATCH_UP_PER_SECOND, Input, Scheduler, Setup};
use jobsd::model::event::{DaemonStarted, Event, Stage};
use jobsd::model::job::{Job, JobId, JobSet};
use jobsd::model::outcome::{Ending, Outcome, Report};
use jobsd::model::run::{Reason, RunRecord, Status};
use jobsd::spec::SourceFile;
use jobsd::spec::jobs::loader;
use jobsd::spec::types::config::Settings;
use jobsd::time::{SignedDuration, Timestamp};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Earlier {
    NeverRan,
    Done,
    StillRunning,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Moment {
    NotDue,
    Due,
    WithinGrace,
    PastGrace,
    Disabled,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum ClockMove {
    None,
    Back,
    Forward,
}

/// What a decision held.
#[derive(Debug, Default, PartialEq)]
struct Found {
    clock_lines: u32,
    missed_by_clock: u64,
    missed_late: u64,
    started: u32,
    skipped: u32,
    waiting: u32,
    stopped: u32,
}

const OVERLAPS: [&str; 3] = ["skip", "queue", "replace"];
const EARLIER: [Earlier; 3] = [Earlier::NeverRan, Earlier::Done, Earlier::StillRunning];
const MOMENTS: [Moment; 5] = [
    Moment::NotDue,
    Moment::Due,
    Moment::WithinGrace,
    Moment::PastGrace,
    Moment::Disabled,
];
const MOVES: [ClockMove; 3] = [ClockMove::None, ClockMove::Back, ClockMove::Forward];

/// How far the clock is moved, in minutes; a whole number of periods.
const MOVE_MINUTES: i64 = 30;

fn at(text: &str) -> Timestamp {
    format!("2026-01-01T{text}Z").parse().unwrap()
}

/// Due at every full minute, with a grace of 30 s.
fn job(overlap: &str, enabled: bool) -> Arc<Job> {
    let text = format!(
        "name: j\nbot_type: command\nbot_config: {{command: ['true']}}\nschedule_type: interval\n\
         schedule_config: {{minutes: 1}}\nmisfire_grace_time: 30\noverlap: {overlap}\n\
         enabled: {enabled}\n"
    );
    let loaded = loader::load(
        &[SourceFile {
            path: "j.yaml".into(),
            bytes: text.into_bytes(),
        }],
        &Settings::default(),
    );
    loaded.jobs.into_values().next().unwrap()
}

fn set(job: Arc<Job>) -> Arc<JobSet> {
    Arc::new(JobSet {
        jobs: BTreeMap::from([(job.id.clone(), job)]),
        files: 1,
        ..JobSet::default()
    })
}

fn play(overlap: &str, earlier: Earlier, moment: Moment, clock: ClockMove) -> Found {
    let setup = Setup {
        host: "h".into(),
        max_concurrent_runs: 100,
        catch_up_per_second: CATCH_UP_PER_SECOND,
    };
    let mut scheduler = Scheduler::new(setup, Ledger::default());
    let begin = if earlier == Earlier::NeverRan {
        at("10:01:10")
    } else {
        at("10:00:30")
    };
    let daemon = DaemonStarted {
        at: begin,
        version: "0".into(),
        host: "h".into(),
        pid: 1,
        boot: None,
    };
    let jobs = Some(set(job(overlap, true)));
    scheduler.decide(
        begin,
        Input::Started {
            daemon,
            jobs,
            orphans: BTreeSet::new(),
        },
    );
    if earlier != Earlier::NeverRan {
        scheduler.decide(at("10:01:00"), Input::Tick);
        let run = scheduler.ledger().runs().next().unwrap().record.clone();
        if earlier == Earlier::Done {
            let outcome = Outcome {
                ending: Ending::Exited(0),
                report: Report::default(),
                output_bytes: 0,
                note: None,
            };
            scheduler.decide(
                at("10:01:05"),
                Input::RunEnded {
                    run_id: run.id,
                    attempt: 1,
                    outcome,
                    ended_at: at("10:01:05"),
                },
            );
        }
    }
    if moment == Moment::Disabled {
        scheduler.decide(at("10:01:30"), Input::JobsLoaded(set(job(overlap, false))));
    }
    let now = match moment {
        Moment::NotDue => at("10:01:40"),
        Moment::Due | Moment::Disabled => at("10:02:00"),
        Moment::WithinGrace => at("10:02:20"),
        Moment::PastGrace => at("10:02:45"),
    };
    let shift = SignedDuration::from_mins(MOVE_MINUTES);
    let decision = match clock {
        ClockMove::None => scheduler.decide(now, Input::Tick),
        ClockMove::Forward => scheduler.decide(
            now + shift,
            Input::ClockStepped {
                from: at("10:01:35"),
            },
        ),
        ClockMove::Back => {
            let lines = scheduler.decide(at("10:01:35") - shift, Input::Tick).events;
            assert!(matches!(lines.as_slice(), [Event::Clock(_)]), "{lines:?}");
            let mut decision = scheduler.decide(now - shift, Input::Tick);
            decision.events.extend(lines);
            decision
        }
    };
    summarize(&decision.events)
}

fn summarize(events: &[Event]) -> Found {
    let mut found = Found::default();
    for event in events {
        match event {
            Event::Clock(_) => found.clock_lines += 1,
            Event::Stop(stop) => {
                assert_eq!(stop.reason, Reason::Replaced);
                found.stopped += 1;
            }
            Event::Run(run) => match (run.stage(), run.status, run.reason) {
                (Stage::Planned, ..) => found.waiting += 1,
                (Stage::Started, ..) => found.started += 1,
                (_, Status::Missed, Some(Reason::Clock)) => {
                    found.missed_by_clock += run.count.unwrap_or(1)
                }
                (_, Status::Missed, Some(Reason::Late)) => {
                    found.missed_late += run.count.unwrap_or(1)
                }
                (_, Status::Skipped, Some(Reason::Overlap)) => found.skipped += 1,
                other => panic!("unexpected {other:?}"),
            },
            other => panic!("unexpected {other:?}"),
        }
    }
    found
}

/// What the contract says, worked out apart from the code.
fn expect(overlap: &str, earlier: Earlier, moment: Moment, clock: ClockMove) -> Found {
    let mut wanted = Found {
        clock_lines: u32::from(clock != ClockMove::None),
        ..Found::default()
    };
    if moment == Moment::Disabled {
        return wanted;
    }
    if clock == ClockMove::Forward {
        // 10:02 to 10:31 were jumped over; at 10:31:40 the last of them is 40 s old, beyond its
        // grace as well.
        wanted.missed_by_clock = MOVE_MINUTES as u64;
    }
    match moment {
        Moment::NotDue | Moment::Disabled => {}
        Moment::PastGrace if clock == ClockMove::Forward => wanted.missed_by_clock += 1,
        Moment::PastGrace => wanted.missed_late = 1,
        Moment::Due | Moment::WithinGrace => match (earlier, overlap) {
            (Earlier::StillRunning, "skip") => wanted.skipped = 1,
            (Earlier::StillRunning, "queue") => wanted.waiting = 1,
            (Earlier::StillRunning, _) => (wanted.waiting, wanted.stopped) = (1, 1),
            _ => wanted.started = 1,
        },
    }
    wanted
}

#[test]
fn every_combination_gives_its_expected_events() {
    let mut played = 0;
    for overlap in OVERLAPS {
        for earlier in EARLIER {
            for moment in MOMENTS {
                for clock in MOVES {
                    let found = play(overlap, earlier, moment, clock);
                    let wanted = expect(overlap, earlier, moment, clock);
                    assert_eq!(
                        found, wanted,
                        "{overlap}, {earlier:?}, {moment:?}, clock {clock:?}"
                    );
                    played += 1;
                }
            }
        }
    }
    assert_eq!(played, 3 * 3 * 5 * 3);
}

/// A hundred are still a hundred records.
#[test]
fn over_a_hundred_due_times_are_a_range() {
    for (minutes, lines) in [(100, 100), (101, 1)] {
        let setup = Setup {
            host: "h".into(),
            max_concurrent_runs: 100,
            catch_up_per_second: CATCH_UP_PER_SECOND,
        };
        let mut scheduler = Scheduler::new(setup, Ledger::default());
        let begin = at("10:00:30");
        let daemon = DaemonStarted {
            at: begin,
            version: "0".into(),
            host: "h".into(),
            pid: 1,
            boot: None,
        };
        let jobs = Some(set(job("skip", true)));
        scheduler.decide(
            begin,
            Input::Started {
                daemon,
                jobs,
                orphans: BTreeSet::new(),
            },
        );
        // 45 s after the last due time, which is beyond the grace of 30 s.
        let now = begin + SignedDuration::from_mins(minutes) + SignedDuration::from_secs(15);
        let decision = scheduler.decide(now, Input::Tick);
        assert_eq!(decision.events.len(), lines, "{minutes} due times");
        assert_eq!(summarize(&decision.events).missed_late, minutes as u64);
    }
}

/// A scheduler whose runs at 10:01 of these jobs have started.
fn started(jobs: &[Arc<Job>]) -> (Scheduler, Vec<RunRecord>) {
    let setup = Setup {
        host: "h".into(),
        max_concurrent_runs: 100,
        catch_up_per_second: CATCH_UP_PER_SECOND,
    };
    let mut scheduler = Scheduler::new(setup, Ledger::default());
    let begin = at("10:00:30");
    let daemon = DaemonStarted {
        at: begin,
        version: "0".into(),
        host: "h".into(),
        pid: 1,
        boot: None,
    };
    let set = JobSet {
        jobs: jobs
            .iter()
            .map(|job| (job.id.clone(), job.clone()))
            .collect(),
        files: 1,
        ..JobSet::default()
    };
    let input = Input::Started {
        daemon,
        jobs: Some(Arc::new(set)),
        orphans: BTreeSet::new(),
    };
    scheduler.decide(begin, input);
    let decision = scheduler.decide(at("10:01:00"), Input::Tick);
    (scheduler, runs(&decision.events))
}

fn runs(events: &[Event]) -> Vec<RunRecord> {
    let run = |event: &Event| match event {
        Event::Run(run) => Some((**run).clone()),
        _ => None,
    };
    events.iter().filter_map(run).collect()
}

fn ended(run: &RunRecord, ended_at: Timestamp) -> Input {
    Input::RunEnded {
        run_id: run.id,
        attempt: run.attempt,
        outcome: Outcome {
            ending: Ending::Exited(0),
            report: Report::default(),
            output_bytes: 0,
            note: None,
        },
        ended_at,
    }
}

/// Held up by the disk.
#[test]
fn a_held_up_start_happens_within_grace() {
    let (mut scheduler, first) = started(&[job("skip", true)]);
    let again = |scheduler: &mut Scheduler, time: &str| {
        let (run_id, attempt) = (first[0].id, first[0].attempt);
        scheduler.decide(at(time), Input::StartHeldUp { run_id, attempt })
    };
    let decision = again(&mut scheduler, "10:01:12");
    let record = runs(&decision.events).remove(0);
    assert_eq!(record.stage(), Stage::Started);
    assert_eq!(record.started_at, Some(at("10:01:12")));
    assert_eq!(record.attempt, 1);
    assert!(!decision.sync, "its order is durable already");
    let decision = again(&mut scheduler, "10:01:31");
    let record = runs(&decision.events).remove(0);
    assert_eq!(
        (record.status, record.reason),
        (Status::Missed, Some(Reason::Late))
    );
    assert_eq!(record.started_at, None);
}

/// Not when that is reported.
#[test]
fn a_run_finishes_when_its_program_ends() {
    for (told, want) in [
        ("10:01:03", "10:01:03"),
        // Neither later than now nor before its start, whatever the clock did meanwhile.
        ("10:01:20", "10:01:09"),
        ("10:00:00", "10:01:00"),
    ] {
        let (mut scheduler, first) = started(&[job("skip", true)]);
        let decision = scheduler.decide(at("10:01:09"), ended(&first[0], at(told)));
        assert_eq!(runs(&decision.events)[0].finished_at, Some(at(want)));
    }
}

/// When they are reported together.
/// Both ends are reported when the next due time of both jobs has come.
#[test]
fn ends_are_taken_before_due_times() {
    let one = job("skip", true);
    let mut other = (*one).clone();
    other.id = JobId::new("other").unwrap();
    let (mut scheduler, first) = started(&[one, Arc::new(other)]);
    assert_eq!(first.len(), 2);
    let ends = first.iter().map(|run| ended(run, at("10:01:01")));
    let decision = scheduler.decide_together(at("10:02:00"), ends);
    let found = runs(&decision.events);
    let skipped = found.iter().find(|run| run.status == Status::Skipped);
    assert_eq!(skipped, None);
    let begun = found.iter().filter(|run| run.stage() == Stage::Started);
    assert_eq!(begun.count(), 2, "{found:#?}");
}
