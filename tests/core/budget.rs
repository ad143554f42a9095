//! Daily and weekly limits in the scheduler: what a run reserves and counts, over days, zones,
//! crashes, requests and retries.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jobsd::core::ledger::Ledger;
use jobsd::core::{CATCH_UP_PER_SECOND, Decision, Input, Scheduler, Setup};
use jobsd::model::event::{DaemonStarted, Event, Stage};
use jobsd::model::job::{Job, JobId, JobSet};
use jobsd::model::outcome::{Ending, Outcome, Report};
use jobsd::model::run::{Reason, RunRecord, Status};
use jobsd::model::run_id::RunId;
use jobsd::spec::SourceFile;
use jobsd::spec::jobs::loader;
use jobsd::spec::types::config::Settings;
use jobsd::time::{SignedDuration, Timestamp};
use serde_json::json;

/// A scheduler with one job, its journal, and a clock.
struct Life {
    scheduler: Scheduler,
    journal: Vec<Event>,
    job: Arc<Job>,
    now: Timestamp,
    requests: u128,
}

fn job(config: &str, rest: &str) -> Arc<Job> {
    let text = format!("name: j\nbot_type: birthday\nbot_config: {config}\n{rest}\n");
    let file = SourceFile {
        path: "j.yaml".into(),
        bytes: text.into_bytes(),
    };
    let loaded = loader::load(&[file], &Settings::default());
    assert!(
        loaded.diagnostics.iter().all(|d| !d.is_error()),
        "{:?}",
        loaded.diagnostics
    );
    loaded.jobs.values().next().unwrap().clone()
}

fn daily(config: &str) -> Arc<Job> {
    job(
        config,
        "schedule_type: daily\nschedule_config: {hour: 8}\ntimezone: Europe/Paris",
    )
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What a run says when it ends.
fn said(messages: u64) -> Report {
    Report {
        messages_sent: Some(messages),
        ..Report::default()
    }
}

impl Life {
    fn new(job: Arc<Job>, now: &str) -> Life {
        let mut life = Life {
            scheduler: scheduler(Ledger::default()),
            journal: Vec::new(),
            job,
            now: at(now),
            requests: 0,
        };
        life.start_daemon(BTreeMap::new());
        life
    }

    fn start_daemon(&mut self, words: BTreeMap<RunId, Report>) {
        for (run_id, report) in words {
            self.decide(Input::LastWords { run_id, report });
        }
        let daemon = DaemonStarted {
            at: self.now,
            version: String::new(),
            host: String::new(),
            pid: 1,
            boot: None,
        };
        let jobs = BTreeMap::from([(self.job.id.clone(), self.job.clone())]);
        let set = JobSet {
            jobs,
            files: 1,
            ..JobSet::default()
        };
        self.decide(Input::Started {
            daemon,
            jobs: Some(Arc::new(set)),
            orphans: BTreeSet::new(),
        });
    }

    /// `kill -9`, and a daemon that reads the journal again.
    fn crash(&mut self, words: BTreeMap<RunId, Report>) {
        let mut ledger = Ledger::default();
        for event in &self.journal {
            // As it comes back from disk.
            let line = serde_json::to_string(event).unwrap();
            ledger.apply(&serde_json::from_str(&line).unwrap());
        }
        ledger.define(self.job.clone());
        assert_eq!(
            ledger.uses(&self.job.id),
            self.scheduler.ledger().uses(&self.job.id),
            "a replay counts the same"
        );
        self.scheduler = scheduler(ledger);
        self.start_daemon(words);
    }

    fn decide(&mut self, input: Input) -> Decision {
        let decision = self.scheduler.decide(self.now, input);
        self.journal.extend(decision.events.iter().cloned());
        decision
    }

    /// Lives up to an instant without any run ending.
    fn until(&mut self, end: &str) {
        let end = at(end);
        let mut decision = self.decide(Input::Tick);
        while let Some(wake) = decision.wake_at.filter(|wake| *wake <= end) {
            self.now = self.now.max(wake);
            decision = self.decide(Input::Tick);
        }
        self.now = end;
        self.decide(Input::Tick);
    }

    fn request(&mut self, dry_run: bool) -> RunRecord {
        self.requests += 1;
        let millis = u64::try_from(self.now.as_millisecond()).unwrap();
        let run_id = RunId::from_uuid(
            uuid::Builder::from_unix_timestamp_millis(
                millis,
                &self.requests.to_be_bytes()[6..].try_into().unwrap(),
            )
            .into_uuid(),
        );
        let job_id = self.job.id.clone();
        self.decide(Input::RunRequested {
            run_id,
            job_id,
            dry_run,
        });
        self.record(run_id)
    }

    fn end(&mut self, run: &RunRecord, ending: Ending, report: Report) -> RunRecord {
        let outcome = Outcome {
            ending,
            report,
            output_bytes: 0,
            note: None,
        };
        self.decide(Input::RunEnded {
            run_id: run.id,
            attempt: run.attempt,
            outcome,
            ended_at: self.now,
        });
        self.record(run.id)
    }

    fn record(&self, run_id: RunId) -> RunRecord {
        let lines = self.journal.iter().rev();
        let mut of_run = lines.filter_map(|event| match event {
            Event::Run(run) if run.id == run_id => Some((**run).clone()),
            _ => None,
        });
        of_run.next().unwrap()
    }

    /// The newest run that is under way.
    fn running(&self) -> Option<RunRecord> {
        let runs = self.scheduler.ledger().runs();
        let started = runs.filter(|run| run.record.stage() == Stage::Started);
        started
            .map(|run| run.record.clone())
            .max_by_key(|run| run.started_at)
    }

    fn last(&self) -> RunRecord {
        let lines = self.journal.iter().rev();
        let mut runs = lines.filter_map(|event| match event {
            Event::Run(run) => Some((**run).clone()),
            _ => None,
        });
        runs.next().unwrap()
    }

    fn left(&self) -> Option<u64> {
        self.scheduler
            .ledger()
            .levels(&self.job, self.now, None)
            .left()
    }
}

fn scheduler(ledger: Ledger) -> Scheduler {
    let setup = Setup {
        host: "h".into(),
        max_concurrent_runs: 10,
        catch_up_per_second: CATCH_UP_PER_SECOND,
    };
    Scheduler::new(setup, ledger)
}

const OK: Ending = Ending::Exited(0);

/// And counts what it reports.
#[test]
fn a_run_gets_what_the_budget_leaves() {
    let mut life = Life::new(
        daily("{daily_limit: 10, weekly_limit: 50}"),
        "2026-03-02T00:00:00Z",
    );
    life.until("2026-03-02T07:00:00Z");
    let run = life.running().unwrap();
    assert_eq!(run.budget_remaining(), Some(10));
    assert_eq!(life.left(), Some(0), "reserved until it is over");
    let intent = life.journal.iter().find_map(|event| match event {
        Event::Run(run) if run.stage() == Stage::Planned => Some(run.clone()),
        _ => None,
    });
    assert_eq!(
        intent.unwrap().budget.unwrap().reserved,
        10,
        "the intent reserves"
    );
    let run = life.end(&run, OK, said(4));
    assert_eq!((run.status, run.budget.unwrap().used), (Status::Success, 4));
    assert_eq!(life.left(), Some(6));
    let again = life.request(false);
    assert_eq!(
        again.budget_remaining(),
        Some(6),
        "a request is no way around"
    );
    life.end(&again, OK, said(6));
    let none = life.request(false);
    assert_eq!(
        (none.status, none.reason),
        (Status::Skipped, Some(Reason::Budget))
    );
    assert!(none.error.unwrap().contains("daily_limit (10)"));
    assert_eq!(none.started_at, None);
    // 23:00 UTC is midnight in Paris: another day.
    life.until("2026-03-02T22:59:59Z");
    assert_eq!(life.left(), Some(0));
    life.until("2026-03-02T23:00:00Z");
    assert_eq!(life.left(), Some(10));
}

#[test]
fn max_messages_per_run_caps_what_a_run_reserves() {
    let config = "{max_messages_per_run: 3, daily_limit: 10, weekly_limit: null}";
    let mut life = Life::new(daily(config), "2026-03-02T00:00:00Z");
    let run = life.request(false);
    assert_eq!(run.budget_remaining(), Some(3));
    assert_eq!(life.left(), Some(7));
    life.end(&run, OK, said(3));
    assert_eq!(life.left(), Some(7));
}

#[test]
fn without_a_limit_there_is_no_budget() {
    let config = "{max_messages_per_run: 3, daily_limit: null, weekly_limit: null}";
    let mut life = Life::new(daily(config), "2026-03-02T00:00:00Z");
    let run = life.request(false);
    assert_eq!(
        (run.budget, run.budget_remaining(), life.left()),
        (None, None, None)
    );
    // One that is added later counts what was sent before it.
    life.end(&run, OK, said(3));
    life.job = daily("{daily_limit: 10}");
    assert_eq!(life.left(), Some(7));
}

/// And an empty one does not stop it.
#[test]
fn a_dry_run_uses_no_limit() {
    let mut life = Life::new(daily("{daily_limit: 5}"), "2026-03-02T00:00:00Z");
    let run = life.request(true);
    assert_eq!((run.budget, life.left()), (None, Some(5)));
    life.end(&run, OK, said(5));
    assert_eq!(life.left(), Some(5), "whatever it says");
    let real = life.request(false);
    life.end(&real, OK, said(5));
    let dry = life.request(true);
    assert_eq!(dry.stage(), Stage::Started);
}

/// Or, without one, its whole reservation.
#[test]
fn an_interrupted_run_counts_its_last_report() {
    for (words, counted) in [(None, 8), (Some(said(3)), 3)] {
        let config = "{max_messages_per_run: 8, daily_limit: 10}";
        let mut life = Life::new(daily(config), "2026-03-02T00:00:00Z");
        let run = life.request(false);
        life.crash(words.map(|words| (run.id, words)).into_iter().collect());
        let run = life.record(run.id);
        assert_eq!(
            (run.status, run.reason),
            (Status::Interrupted, Some(Reason::Crash))
        );
        assert_eq!(run.budget.unwrap().used, counted);
        assert_eq!(life.left(), Some(10 - counted));
        life.crash(BTreeMap::new());
        assert_eq!(life.left(), Some(10 - counted), "once and for all");
    }
}

/// A crash between the intent and the due time.
#[test]
fn a_crash_of_unknown_effect_counts_the_reservation() {
    let mut life = Life::new(daily("{daily_limit: 10}"), "2026-03-02T00:00:00Z");
    life.until("2026-03-02T06:59:59.960Z");
    assert_eq!(life.left(), Some(0), "the intent reserves");
    life.now = at("2026-03-02T07:05:00Z");
    life.crash(BTreeMap::new());
    assert_eq!(life.last().status, Status::Interrupted);
    assert_eq!(life.left(), Some(0));
}

/// Unless it had reported; an orderly end counts what it reports.
#[test]
fn a_cut_off_attempt_counts_its_reservation() {
    let cases = [
        (Ending::Signaled(9), None, 10),
        (Ending::TimedOut, None, 10),
        (Ending::TimedOut, Some(2), 2),
        (Ending::Exited(1), None, 0),
        (Ending::Exited(1), Some(7), 7),
        (Ending::Exited(0), Some(15), 15),
        (Ending::StartFailed("x".into()), None, 0),
    ];
    for (ending, messages, counted) in cases {
        let mut life = Life::new(
            daily("{daily_limit: 100, weekly_limit: null}"),
            "2026-03-02T00:00:00Z",
        );
        let run = life.request(false);
        let report = messages.map(said).unwrap_or_default();
        let run = life.end(&run, ending.clone(), report);
        assert_eq!(run.budget.unwrap().used, counted, "{ending:?}");
        assert_eq!(life.left(), Some(100 - counted), "{ending:?}");
    }
}

#[test]
fn a_message_that_may_have_left_counts() {
    let mut life = Life::new(daily("{daily_limit: 10}"), "2026-03-02T00:00:00Z");
    let run = life.request(false);
    let report = Report {
        messages_sent: Some(2),
        result: Some(json!({"unknown": 1})),
        ..Report::default()
    };
    let run = life.end(&run, Ending::Exited(1), report);
    assert_eq!((run.messages_sent, run.budget.unwrap().used), (Some(2), 3));
    assert_eq!(life.left(), Some(7));
}

#[test]
fn the_attempts_of_a_run_share_its_reservation() {
    let rest = "schedule_type: manual\nretry: {max_attempts: 3, backoff_secs: 0}";
    let mut life = Life::new(
        job("{max_messages_per_run: 5, daily_limit: 50}", rest),
        "2026-03-02T00:00:00Z",
    );
    let first = life.request(false);
    let second = life.end(&first, Ending::Exited(1), said(2));
    assert_eq!((second.attempt, second.budget_remaining()), (2, Some(3)));
    assert_eq!(life.left(), Some(45), "reserved while it is in progress");
    let done = life.end(&second, OK, said(3));
    assert_eq!(
        (done.messages_sent, done.budget.unwrap().used),
        (Some(5), 5)
    );
    assert_eq!(life.left(), Some(45));
}

/// The removal of the old id, in the same reload, made its last run count nowhere.
#[test]
fn a_run_over_a_rename_counts_under_the_new() {
    let config = "{max_messages_per_run: 5, daily_limit: 10}";
    let mut life = Life::new(retried(config), "2026-03-02T11:00:00Z");
    let run = life.request(false);
    let mut renamed = Job::clone(&life.job);
    renamed.id = JobId::new("k").unwrap();
    life.job = Arc::new(renamed);
    let set = JobSet {
        jobs: BTreeMap::from([(life.job.id.clone(), life.job.clone())]),
        files: 1,
        ..JobSet::default()
    };
    life.decide(Input::JobsLoaded(Arc::new(set)));
    assert_eq!(life.left(), Some(5), "reserved while it is in progress");
    life.end(&run, OK, said(2));
    assert_eq!(life.left(), Some(8));
    life.crash(BTreeMap::new());
    assert_eq!(life.left(), Some(8));
}

#[test]
fn a_limit_says_when_its_first_use_frees() {
    let mut life = Life::new(
        retried("{max_messages_per_run: 5, daily_limit: 10, weekly_limit: 20}"),
        "2026-03-28T11:00:00Z",
    );
    let levels = |life: &Life, now: &str| {
        let ledger = life.scheduler.ledger();
        let levels = ledger.levels(&life.job, at(now), None);
        [levels.daily, levels.weekly].map(|meter| meter.unwrap().frees_at)
    };
    assert_eq!(levels(&life, "2026-03-28T11:00:00Z"), [None, None]);
    let run = life.request(false);
    life.end(&run, OK, said(5));
    // The next day begins in Paris, before its clocks go forward; the week is 7 × 24 h.
    let frees = [at("2026-03-28T23:00:00Z"), at("2026-04-04T11:00:00Z")];
    assert_eq!(levels(&life, "2026-03-28T12:00:00Z"), frees.map(Some));
    let later = levels(&life, "2026-03-28T23:00:00Z");
    assert_eq!(later, [None, Some(frees[1])]);
}

/// A job whose run may begin before midnight in Paris and be tried again after it.
fn retried(config: &str) -> Arc<Job> {
    let rest = "schedule_type: manual\ntimezone: Europe/Paris\nmax_instances: 2\n\
        retry: {max_attempts: 3, backoff_secs: 120}";
    job(config, rest)
}

/// On the day on which the run started.
#[test]
fn a_retry_counts_on_its_runs_day() {
    let mut life = Life::new(
        retried("{max_messages_per_run: 5, daily_limit: 10}"),
        "2026-03-02T22:59:00Z",
    );
    let first = life.request(false);
    life.end(&first, Ending::Exited(1), said(2));
    life.until("2026-03-02T23:02:00Z");
    let second = life.running().unwrap();
    assert_eq!((second.attempt, second.budget_remaining()), (2, Some(3)));
    let done = life.end(&second, OK, said(3));
    assert_eq!(done.budget.unwrap().used, 5);
    assert_eq!(life.left(), Some(10), "nothing of it counts today");
    let job = life.job.clone();
    let before = at("2026-03-02T22:59:59Z");
    let levels = life.scheduler.ledger().levels(&job, before, None);
    assert_eq!(levels.daily.unwrap().used, 5, "all of it counts yesterday");
    life.crash(BTreeMap::new());
    assert_eq!(life.left(), Some(10));
}

/// When its earlier attempts could not start.
#[test]
fn a_run_is_judged_when_an_attempt_starts() {
    let mut life = Life::new(
        retried("{max_messages_per_run: 10, daily_limit: 10}"),
        "2026-03-02T22:59:00Z",
    );
    let failed = || Ending::StartFailed("no such program".into());
    let first = life.request(false);
    let pending = life.end(&first, failed(), Report::default());
    assert_eq!((pending.attempt, pending.started_at), (1, None));
    // Another run takes part of the next day before the first one is tried again.
    life.until("2026-03-02T23:00:30Z");
    let other = life.request(false);
    assert_eq!(other.budget_remaining(), Some(10));
    life.end(&other, OK, said(7));
    life.until("2026-03-02T23:02:00Z");
    let second = life.running().unwrap();
    assert_eq!(
        (second.attempt, second.budget_remaining()),
        (2, Some(3)),
        "what the day leaves, not what yesterday left"
    );
    life.end(&second, failed(), Report::default());
    let last = life.request(false);
    life.end(&last, OK, said(3));
    life.until("2026-03-02T23:10:00Z");
    let over = life.record(first.id);
    assert_eq!(
        (over.status, over.reason),
        (Status::Skipped, Some(Reason::Budget))
    );
}

#[test]
fn runs_at_the_same_time_share_what_remains() {
    let rest = "schedule_type: manual\nmax_instances: 3";
    let mut life = Life::new(
        job("{max_messages_per_run: 6, daily_limit: 10}", rest),
        "2026-03-02T00:00:00Z",
    );
    let first = life.request(false);
    let second = life.request(false);
    let third = life.request(false);
    assert_eq!(first.budget_remaining(), Some(6));
    assert_eq!(second.budget_remaining(), Some(4));
    assert_eq!(
        (third.status, third.reason),
        (Status::Skipped, Some(Reason::Budget))
    );
    life.end(&first, OK, said(1));
    assert_eq!(life.left(), Some(5), "what was not used comes back");
}

/// The last seven; a run of the very same time is not lost to it.
#[test]
fn a_week_is_seven_times_24_hours() {
    let mut life = Life::new(
        daily("{daily_limit: 10, weekly_limit: 50}"),
        "2026-06-01T00:00:00Z",
    );
    let mut sent: Vec<(Timestamp, u64)> = Vec::new();
    for day in 1..=29 {
        // The timer is late by another few milliseconds each day, as timers are.
        let due = at(&format!("2026-06-{day:02}T06:00:00Z"));
        life.now = due - SignedDuration::from_millis(40);
        life.decide(Input::Tick);
        life.now = due + SignedDuration::from_millis((day * 7) % 11);
        let mut decision = life.decide(Input::Tick);
        while let Some(wake) = decision
            .wake_at
            .filter(|wake| wake.duration_since(due) < SignedDuration::from_secs(1))
        {
            life.now = life.now.max(wake);
            decision = life.decide(Input::Tick);
        }
        match life.running() {
            Some(run) => {
                sent.push((run.started_at.unwrap(), run.budget_remaining().unwrap()));
                let started = run.started_at.unwrap().duration_since(due);
                assert!(started < SignedDuration::from_secs(1), "on time");
                life.end(&run, OK, said(run.budget_remaining().unwrap()));
            }
            None => {
                sent.push((due, 0));
                let skip = life.last();
                assert_eq!(skip.reason, Some(Reason::Budget));
                assert!(skip.error.unwrap().contains("weekly_limit (50)"));
            }
        }
    }
    let counts: Vec<u64> = sent.iter().map(|(_, count)| *count).collect();
    for week in counts.chunks(7) {
        let expected = [10, 10, 10, 10, 10, 0, 0];
        assert_eq!(week, &expected[..week.len()], "{counts:?}");
    }
    for (from, _) in &sent {
        let week = SignedDuration::from_hours(168);
        let inside = sent
            .iter()
            .filter(|(at, _)| at >= from && at.duration_since(*from) < week);
        assert!(inside.map(|(_, count)| count).sum::<u64>() <= 50);
    }
}

/// A clock that was ahead for a while spends nothing, neither of today nor of the days until it
/// would be right.
#[test]
fn a_use_later_than_now_counts_in_no_window() {
    let mut life = Life::new(
        job(
            "{daily_limit: 10, weekly_limit: 10}",
            "schedule_type: manual",
        ),
        "2026-03-10T12:00:00Z",
    );
    let first = life.request(false);
    life.end(&first, OK, said(4));
    life.now = at("2028-03-10T12:00:05Z");
    life.decide(Input::ClockStepped {
        from: at("2026-03-10T12:00:05Z"),
    });
    let ahead = life.request(false);
    life.end(&ahead, OK, said(10));
    for now in ["2026-03-10T12:00:10Z", "2026-03-13T12:00:00Z"] {
        life.now = at(now);
        life.decide(Input::Tick);
        let run = life.request(false);
        assert_eq!(run.budget.map(|budget| budget.reserved), Some(6), "{now}");
        life.end(&run, OK, said(0));
    }
    // What was really sent on that day counts on it.
    life.now = at("2028-03-10T13:00:00Z");
    life.decide(Input::Tick);
    assert_eq!(life.request(false).reason, Some(Reason::Budget));
}

/// They push no real one out.
/// 1,024 uses are kept; those of a clock that was ahead go first.
#[test]
fn uses_of_a_wrong_clock_go_first() {
    let mut life = Life::new(
        job(
            "{daily_limit: 2000, weekly_limit: 2000}",
            "schedule_type: manual",
        ),
        "2026-03-10T00:00:00Z",
    );
    for n in 0..1_030 {
        if n == 500 {
            life.now += SignedDuration::from_hours(24 * 800);
            let run = life.request(false);
            life.end(&run, OK, said(1));
            life.now -= SignedDuration::from_hours(24 * 800);
        }
        life.now += SignedDuration::from_secs(60);
        let run = life.request(false);
        life.end(&run, OK, said(1));
    }
    assert_eq!(life.left(), Some(2_000 - 1_030));
}

/// And no message is forgotten.
#[test]
fn thousands_of_runs_need_bounded_space() {
    let rest = "schedule_type: manual";
    let mut life = Life::new(
        job("{daily_limit: null, weekly_limit: 1000000}", rest),
        "2026-03-02T00:00:00Z",
    );
    let mut expected: Vec<(Timestamp, u64)> = Vec::new();
    for _ in 0..4_000 {
        life.now += SignedDuration::from_secs(100);
        let run = life.request(false);
        life.end(&run, OK, said(2));
        expected.push((life.now, 2));
    }
    let week = SignedDuration::from_hours(168);
    let exact: u64 = expected
        .iter()
        .filter(|(at, _)| life.now.duration_since(*at) < week)
        .map(|(_, n)| n)
        .sum();
    let used = 1_000_000 - life.left().unwrap();
    // What is forgotten is older than any limit; what is merged stays in its quarter of an hour.
    assert!(used >= exact && used <= exact + 20, "{used} {exact}");
    let state = life.scheduler.ledger().state();
    let kept = serde_json::to_string(&state).unwrap();
    assert!(kept.len() < 300_000, "{}", kept.len());
    let mut ledger = jobsd::core::ledger::Ledger::default();
    let state = Event::State(Box::new(serde_json::from_str(&kept).unwrap()));
    ledger.apply(&state);
    let id = JobId::new("j").unwrap();
    let again = ledger.uses(&id);
    assert_eq!(again, life.scheduler.ledger().uses(&id));
    assert!(!again.unwrap().is_empty());
}
