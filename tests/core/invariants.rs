//! Invariants of `docs/architecture.md` that a few inputs show: the cursor (A6), bad files (A9).
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::Arc;

use jobsd::core::ledger::Ledger;
use jobsd::core::{CATCH_UP_PER_SECOND, Input, Scheduler, Setup};
use jobsd::model::event::{DaemonStarted, Event};
use jobsd::model::job::{JobId, JobSet};
use jobsd::spec::SourceFile;
use jobsd::spec::jobs::loader::{self, Loaded};
use jobsd::spec::types::config::Settings;
use jobsd::time::Timestamp;

fn at(text: &str) -> Timestamp {
    format!("2026-01-01T{text}Z").parse().unwrap()
}

/// Files that are due at every so many minutes; one of zero minutes is bad.
fn load(files: &[(&str, u32)]) -> Loaded {
    let file = |(id, minutes): &(&str, u32)| SourceFile {
        path: format!("jobs.d/{id}.yaml"),
        bytes: format!(
            "name: {id}\nbot_type: command\nbot_config: {{command: ['true']}}\n\
            schedule_type: interval\nschedule_config: {{minutes: {minutes}}}\n"
        )
        .into_bytes(),
    };
    let files: Vec<SourceFile> = files.iter().map(file).collect();
    loader::load(&files, &Settings::default())
}

fn set(files: &[(&str, u32)]) -> Arc<JobSet> {
    let loaded = load(files);
    assert_eq!(loaded.jobs.len(), files.len(), "{:?}", loaded.diagnostics);
    Arc::new(JobSet {
        jobs: loaded.jobs,
        files: files.len(),
        ..JobSet::default()
    })
}

fn begun(files: &[(&str, u32)]) -> Scheduler {
    let setup = Setup {
        host: "h".into(),
        max_concurrent_runs: 100,
        catch_up_per_second: CATCH_UP_PER_SECOND,
    };
    let daemon = DaemonStarted {
        at: at("10:00:30"),
        version: "0".into(),
        host: "h".into(),
        pid: 1,
        boot: None,
    };
    let mut scheduler = Scheduler::new(setup, Ledger::default());
    let input = Input::Started {
        daemon,
        jobs: Some(set(files)),
        orphans: BTreeSet::new(),
    };
    scheduler.decide(at("10:00:30"), input);
    scheduler
}

/// A6: not by another schedule, nor when the job is removed and added again. Only a clock that was
/// set back re-bases it, and says so in a line.
#[test]
fn the_cursor_never_moves_back_by_itself() {
    let mut scheduler = begun(&[("a", 1)]);
    let id = JobId::new("a").unwrap();
    let cursor = |scheduler: &Scheduler| scheduler.ledger().jobs[&id].cursor.unwrap();
    let mut last = cursor(&scheduler);
    let inputs = [
        ("10:05:00", Input::Tick),
        ("10:05:01", Input::JobsLoaded(set(&[("a", 60)]))),
        ("10:05:02", Input::JobsLoaded(set(&[("b", 1)]))),
        ("10:05:03", Input::JobsLoaded(set(&[("a", 1), ("b", 1)]))),
        ("10:07:00", Input::Tick),
    ];
    for (now, input) in inputs {
        scheduler.decide(at(now), input);
        let here = cursor(&scheduler);
        assert!(here >= last, "{last} to {here} at {now}");
        last = here;
    }
    assert!(last >= at("10:07:00"), "{last}");
    let back = Input::ClockStepped {
        from: at("10:07:30"),
    };
    let decision = scheduler.decide(at("10:03:30"), back);
    let is_clock = |event: &Event| matches!(event, Event::Clock(_));
    assert!(decision.events.iter().any(is_clock), "{decision:?}");
    assert!(cursor(&scheduler) < last);
}

/// On a busy machine a program may have ended just before the next due time of its job: only that
/// run is asked about, and only when its due time has come.
#[test]
fn a_due_time_asks_for_its_own_run() {
    let mut scheduler = begun(&[("a", 1), ("b", 60)]);
    for now in ["10:00:59.960", "10:01:00"] {
        scheduler.decide(at(now), Input::Tick);
    }
    let active = scheduler.ledger().jobs[&JobId::new("a").unwrap()]
        .hand
        .active
        .clone();
    assert_eq!(active.len(), 1, "it is in progress");
    assert!(
        scheduler.in_the_way(at("10:01:30")).is_empty(),
        "nothing is due"
    );
    scheduler.decide(at("10:01:59.960"), Input::Tick);
    assert!(
        scheduler.in_the_way(at("10:01:59.970")).is_empty(),
        "ordered, not due"
    );
    assert_eq!(scheduler.in_the_way(at("10:02:00")), active);
}

/// A9: the other files are read as if the bad one were not there, and only its own id is missing.
#[test]
fn a_bad_file_costs_no_other_job() {
    let good = load(&[("a", 1), ("c", 5)]);
    let mixed = load(&[("a", 1), ("b", 0), ("c", 5)]);
    let digests = |loaded: &Loaded| -> Vec<(JobId, String)> {
        let jobs = loaded.jobs.iter();
        jobs.map(|(id, job)| (id.clone(), job.digest.to_string()))
            .collect()
    };
    assert_eq!(digests(&mixed), digests(&good));
    assert_eq!(good.jobs.len(), 2);
    let errors = mixed.diagnostics.iter().filter(|found| found.is_error());
    let paths: Vec<&str> = errors.map(|found| found.path.as_str()).collect();
    assert_eq!(paths, ["jobs.d/b.yaml"]);
}
