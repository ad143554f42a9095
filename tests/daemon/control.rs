//! Control over the socket, and the commands that use it, against the real daemon.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;

use crate::support::child::clean;
use crate::support::world::World;
use jobsd::spec::SourceFile;
use jobsd::spec::jobs::loader;
use jobsd::spec::types::config::Settings;
use jobsd::time::{SignedDuration, Timestamp};
use jobsd::view::standstill;
use jobsd::view::status::JobStatus;
use serde_json::Value;

const EVERY_SECOND: &str =
    "bot_config: {command: ['true']}\nschedule_type: interval\nschedule_config: {seconds: 1}";
const MANUAL: &str = "bot_config: {shell: 'echo out; exit 7'}\nschedule_type: manual";

fn of_type(world: &World, kind: &str) -> Vec<Value> {
    let lines = world.lines().into_iter();
    lines.filter(|line| line["type"] == kind).collect()
}

/// Twelve minutes and seventy skips after a run that hung were reported nowhere.
#[test]
fn hangs_and_missing_successes_are_reported_everywhere() {
    let mut world = World::new();
    let every = "schedule_type: interval\nschedule_config: {seconds: 1}";
    world.job(
        "hang",
        &format!("bot_config: {{command: [sleep, '600']}}\ntimeout: null\n{every}"),
    );
    world.job(
        "never",
        &format!("bot_config: {{shell: 'exit 3'}}\n{every}"),
    );
    world.job(
        "good",
        &format!("bot_config: {{command: ['true']}}\n{every}"),
    );
    world.start();
    let metric = |world: &World, name: &str, job: &str| {
        let page = world.get("/metrics").text();
        let head = format!("{name}{{job=\"{job}\"}} ");
        let line = page
            .lines()
            .find_map(|line| line.strip_prefix(head.as_str()).map(str::to_owned));
        line.and_then(|value| value.parse::<f64>().ok())
    };
    let page = world.get("/metrics").text();
    for outcome in [
        "missed\",reason=\"downtime",
        "missed\",reason=\"late",
        "failed\",reason=\"exit",
        "success\",reason=\"",
    ] {
        let sample = format!("jobsd_runs_total{{job=\"hang\",status=\"{outcome}\"}} 0");
        assert!(
            page.contains(&sample),
            "{sample} is there before the first: {page}"
        );
    }
    world.until("three due times of each", |w| {
        metric(w, "jobsd_job_due_times_held_up", "hang").is_some_and(|n| n >= 3.0)
            && metric(w, "jobsd_job_due_times_without_success", "never").is_some_and(|n| n >= 3.0)
    });
    assert!(metric(&world, "jobsd_job_running_since_timestamp_seconds", "hang").is_some());
    assert_eq!(
        metric(&world, "jobsd_job_due_times_held_up", "never"),
        Some(0.0)
    );
    let (code, status, _) = world.jobsd(&["status", "--check"]);
    assert_eq!(code, Some(1));
    assert!(
        status.contains("hang: ") && status.contains("held up by a run that began"),
        "{status}"
    );
    assert!(
        status.contains("2 problems"),
        "the head counts the same: {status}"
    );
    assert_eq!(world.jobsd(&["status", "hang", "--check"]).0, Some(1));
    assert_eq!(world.jobsd(&["status", "good", "--check"]).0, Some(0));
    assert!(world.json("/scheduler/jobs/hang")["held_up"]["due_times"].as_u64() >= Some(3));
    assert!(
        world
            .get("/")
            .text()
            .contains("is held up by a run that does not end")
    );
}

/// It leaves no record of a run, and shows as drift.
#[test]
fn a_pause_survives_a_kill() {
    let mut world = World::new();
    world.job("tick", EVERY_SECOND);
    world.start();
    world.until("a first run", |w| !w.records("tick").is_empty());
    let (code, out, err) = world.jobsd(&["pause", "tick", "--reason", "new\tdisk"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    world.until("what ran is over", |w| {
        w.records("tick")
            .iter()
            .all(|run| run["status"] != "running")
    });
    let before = world.records("tick").len();
    world.kill();
    std::fs::write(world.path("offset"), "30").unwrap();
    world.start();
    let config = world.json("/scheduler/config");
    let drift = &config["drift"][0];
    assert_eq!(drift["job_id"], "tick");
    assert_eq!(drift["reason"], "new\\tdisk");
    assert!(drift["by"]["from"].as_str().unwrap().starts_with("socket"));
    let job = world.json("/scheduler/jobs/tick");
    assert_eq!(
        (&job["enabled"], &job["file_enabled"], &job["paused"]),
        (&false.into(), &true.into(), &true.into())
    );
    assert_eq!(job["next_run_at"], Value::Null);
    assert_eq!(
        world.json("/scheduler/jobs?enabled_only=true"),
        serde_json::json!([])
    );
    std::fs::write(world.path("offset"), "60").unwrap();
    let (code, out, _) = world.jobsd(&["status", "tick"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("state\tpaused"), "{out}");
    assert_eq!(
        world.records("tick").len(),
        before,
        "no record while paused"
    );
    assert_eq!(world.jobsd(&["resume", "tick"]).0, Some(0));
    // A run that was going at the pause may end only now: what lifts the pause is waited for too.
    world.until("it runs again", |w| {
        !of_type(w, "resume").is_empty() && w.records("tick").len() > before
    });
    assert!(
        world
            .records("tick")
            .iter()
            .all(|run| run["status"] != "missed"),
        "nothing of the pause is made up for"
    );
    let (pauses, resumes) = (of_type(&world, "pause"), of_type(&world, "resume"));
    assert_eq!((pauses.len(), resumes.len()), (1, 1));
    assert!(pauses[0]["scheduled_at"].is_null());
    assert!(resumes[0]["by"]["who"].is_string());
}

/// An instant is one of the clock. A span is one of elapsed time: setting the clock ends it no
/// sooner.
#[test]
fn a_pause_with_an_end_lifts_by_itself() {
    let mut world = World::new();
    world.job("tick", EVERY_SECOND);
    world.job("span", EVERY_SECOND);
    world.start();
    let hour = SignedDuration::from_hours(1);
    let until = jobsd::time::rfc3339(jobsd::shell::clock::now() + hour);
    assert_eq!(
        world.jobsd(&["pause", "tick", "--until", &until]).0,
        Some(0)
    );
    assert_eq!(world.jobsd(&["pause", "span", "--for", "1h"]).0, Some(0));
    let next = |world: &World, id: &str| {
        let at = world.json(&format!("/scheduler/jobs/{id}"))["next_run_at"].clone();
        at.as_str().unwrap().parse::<Timestamp>().unwrap()
    };
    let (tick, span) = (next(&world, "tick"), next(&world, "span"));
    assert!(tick >= until.parse::<Timestamp>().unwrap() && span > tick - hour);
    let before = world.records("tick").len();
    world.set_clock(3_602.0);
    // A run that was going at the pause may end only now: what lifts the pause is waited for too.
    world.until("it runs again", |w| {
        !of_type(w, "resume").is_empty() && w.records("tick").len() > before
    });
    let moved = next(&world, "span").duration_since(span);
    assert!(moved >= SignedDuration::from_secs(3_600), "{moved}");
    let resumed = of_type(&world, "resume");
    assert_eq!(resumed.len(), 1, "the span continues");
    assert_eq!(
        (&resumed[0]["job_id"], &resumed[0]["by"]),
        (&"tick".into(), &Value::Null)
    );
    let (code, _, err) = world.jobsd(&["pause", "tick", "--until", "2020-01-01T00:00:00Z"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("in the past"), "{err}");
}

/// It says what the request did.
#[test]
fn every_request_has_a_telling_exit_code() {
    let mut world = World::new();
    world.job("seven", MANUAL);
    world.job(
        "slow",
        "bot_config: {command: [sleep, '60']}\nschedule_type: manual",
    );
    world.file(
        "birthday",
        "name: b\nbot_type: birthday\nschedule_type: manual\n",
    );
    let (code, _, err) = world.jobsd(&["status"]);
    assert_eq!(code, Some(3), "no daemon: {err}");
    world.start();
    let code = |args: &[&str]| {
        let (code, out, err) = world.jobsd(args);
        code.unwrap_or_else(|| panic!("{args:?}: {out}{err}"))
    };
    assert_eq!(code(&["run", "seven"]), 0);
    world.until("its end", |w| w.records("seven")[0]["status"] == "failed");
    assert_eq!(code(&["run", "seven", "--wait"]), 1);
    assert_eq!(code(&["run", "seven", "--pass-exit-code"]), 7);
    assert_eq!(
        code(&["run", "seven", "--dry-run"]),
        2,
        "a command has none"
    );
    assert_eq!(code(&["run", "seveen"]), 2);
    assert_eq!(
        code(&["run", "birthday"]),
        2,
        "production, and nobody to ask"
    );
    assert_eq!(code(&["run", "slow", "--timeout", "1s"]), 124);
    assert_eq!(code(&["run", "slow"]), 4, "max_instances");
    assert_eq!(code(&["cancel", "nothing"]), 2);
    assert_eq!(code(&["cancel", "019a9bd1-02f4-7000-8000-000000000000"]), 2);
    assert_eq!(code(&["pause", "seven", "--for", "soon"]), 2);
    assert_eq!(
        code(&["status", "--check"]),
        1,
        "a job failed, as the head of `status` says"
    );
    world.job("bad", "nonsense: true");
    world.until("the bad file is seen", |w| {
        !w.json("/health")["warnings"].as_array().unwrap().is_empty()
    });
    assert_eq!(code(&["status", "--check"]), 1);
    assert_eq!(code(&["reload"]), 0);
    let asked = of_type(&world, "control");
    let verbs: Vec<&str> = asked
        .iter()
        .map(|line| line["verb"].as_str().unwrap())
        .collect();
    assert_eq!(verbs, ["run", "run", "run", "run", "run", "reload"]);
    assert!(
        asked
            .iter()
            .all(|line| line["by"]["who"].is_string() && line["at"].is_string())
    );
}

#[test]
fn what_a_follower_sees_is_what_the_program_wrote() {
    let mut world = World::new();
    world.job("seven", MANUAL);
    world.start();
    let (code, out, _) = world.jobsd(&["run", "seven", "--follow"]);
    assert_eq!(code, Some(1));
    assert!(
        out.starts_with("out\n") && out.contains("failed (exit 7)"),
        "{out}"
    );
}

#[test]
fn the_socket_serves_owner_or_named_group() {
    let mode = |world: &World, path: &str| {
        std::fs::metadata(world.path(path))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    let mut world = World::new();
    world.start();
    assert_eq!(mode(&world, ".jobsd/control.sock"), 0o600);
    assert_eq!(mode(&world, ".jobsd"), 0o700);
    world.stop();
    let own = clean("id").arg("-gn").output().unwrap();
    let group = String::from_utf8(own.stdout).unwrap();
    world.config(&format!("control: {{socket_group: {}}}\n", group.trim()));
    world.start();
    assert_eq!(mode(&world, ".jobsd/control.sock"), 0o660);
    assert_eq!(
        mode(&world, ".jobsd"),
        0o710,
        "to pass through, not to list"
    );
    world.stop();
    world.config("control: {socket_group: no-such-group}\n");
    let (code, _, err) = world.jobsd(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(5));
    assert!(err.contains("no group `no-such-group`"), "{err}");
}

const LONG: &str = "bot_config: {shell: 'echo begun; exec sleep 600'}\nschedule_type: manual";

/// What commands that follow a run of `long` end with when the daemon ends.
fn ends_of_followers(end: impl Fn(&mut World)) -> Vec<(Option<i32>, String)> {
    let mut world = World::new();
    world.job("long", LONG);
    world.start();
    let mut followers = Vec::new();
    for (args, begun) in [
        (vec!["-vv", "run", "long", "--wait"], "Show"),
        (vec!["logs", "long", "-f"], "begun"),
    ] {
        // Both streams are one, which says when the command follows: what it asks, or what it
        // shows.
        let (read, write) = std::io::pipe().unwrap();
        let mut command = world.command(&args);
        command.stdout(write.try_clone().unwrap()).stderr(write);
        let follower = command.spawn().unwrap();
        drop(command);
        let mut read = BufReader::new(read);
        let mut line = String::new();
        while !line.contains(begun) {
            line.clear();
            assert_ne!(read.read_line(&mut line).unwrap(), 0, "no {begun}");
        }
        world.until("the run", |world| world.count("long", "running") == 1);
        followers.push((follower, read));
    }
    end(&mut world);
    let ends = followers.into_iter().map(|(mut follower, mut read)| {
        let mut text = String::new();
        read.read_to_string(&mut text).unwrap();
        (follower.wait().unwrap().code(), text)
    });
    ends.collect()
}

#[test]
fn followers_report_the_end_of_a_stopped_run() {
    let ends = ends_of_followers(|world| assert_eq!(world.stop(), Some(0)));
    let (code, text) = &ends[0];
    assert_eq!(*code, Some(1), "{text}");
    assert!(text.contains("cancelled (shutdown)"), "{text}");
    assert_eq!(ends[1].0, Some(0), "{ends:?}");
}

/// `logs -f` waited for ever, and `run --wait` said only that nobody answers.
#[test]
fn a_follower_of_a_killed_daemon_says_so() {
    for (code, text) in ends_of_followers(World::kill) {
        assert_eq!(code, Some(3), "{text}");
        assert!(text.contains("the daemon stopped before run"), "{text}");
        assert!(text.contains("jobsd history"), "{text}");
    }
}

/// A birthday job that its file keeps dry has nothing to succeed with, however long its due times
/// pass.
#[test]
fn dry_runs_never_count_as_without_success() {
    let judged = |bot_config: &str| {
        let text = format!(
            "name: j\nbot_type: birthday\nbot_config: {bot_config}\nschedule_type: interval\nschedule_config: {{hours: 1}}\n"
        );
        let file = SourceFile {
            path: "j.yaml".into(),
            bytes: text.into_bytes(),
        };
        let job = loader::load(&[file], &Settings::default()).jobs;
        let job = job.into_values().next().unwrap();
        let since: Timestamp = "2026-03-02T11:30:00Z".parse().unwrap();
        let status = JobStatus {
            job: Some(job),
            present: true,
            last_success: Some(since),
            ..JobStatus::default()
        };
        let found = standstill::fruitless(&status, since + SignedDuration::from_hours(5));
        found.map(|found| found.due_times)
    };
    assert_eq!(judged("{dry_run: false}"), Some(5));
    assert_eq!(judged("{dry_run: true}"), None);
}
