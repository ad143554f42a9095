//! `jobsd why`, from the state line before the instant and the index, not from the whole history.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;

use crate::support::world::World;
use serde_json::{Value, json};

const HOURLY: &str = "bot_config: {command: ['true']}\nschedule_type: interval\n\
    schedule_config: {hours: 1, anchor: '2026-01-01T00:00:00Z'}";

/// What `why` finds, and the records it names.
fn why(world: &World, args: &[&str]) -> (Vec<String>, Vec<Value>) {
    let args = [&["why"], args, &["--format", "json"]].concat();
    let (code, out, err) = world.jobsd(&args);
    assert_eq!(code, Some(0), "{err}");
    let document: Value = serde_json::from_str(&out).unwrap();
    let findings = document["why"]["findings"].as_array().unwrap();
    let codes = findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap().to_owned());
    (
        codes.collect(),
        document["why"]["records"].as_array().unwrap().clone(),
    )
}

fn forward(world: &World, secs: i64) {
    fs::write(world.path("offset"), secs.to_string()).unwrap();
}

/// The instant of the test clock, this long after its offset.
fn instant(world: &World, secs: i64) -> String {
    let offset: i64 = fs::read_to_string(world.path("offset"))
        .unwrap()
        .parse()
        .unwrap();
    let now = jobsd::shell::clock::now() + jobsd::time::SignedDuration::from_secs(offset + secs);
    jobsd::time::rfc3339(now)
}

/// It is still the reason when the file of its day is gone.
#[test]
fn a_pause_of_a_removed_day_still_counts() {
    let mut world = World::new();
    world.job("backup", HOURLY);
    world.job(
        "other",
        "bot_config: {command: ['true']}\nschedule_type: manual",
    );
    world.start();
    assert_eq!(
        world.jobsd(&["pause", "backup", "--reason", "moving"]).0,
        Some(0)
    );
    let days = |world: &World| {
        let names = fs::read_dir(world.path(".jobsd/history")).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().path()).collect();
        names.sort();
        names
    };
    let first = days(&world);
    // Two days on, so that the day after the first begins with a state line, whatever the hour.
    forward(&world, 2 * 86_400);
    assert_eq!(world.jobsd(&["run", "other", "--wait"]).0, Some(0));
    world.until("a new day's file", |w| days(w).len() > first.len());
    assert_eq!(world.stop(), Some(0));
    for path in &first {
        fs::remove_file(path).unwrap();
    }
    let _ = fs::remove_file(world.path(".jobsd/checkpoint"));
    let (codes, records) = why(&world, &["backup", "--at", &instant(&world, 10)]);
    assert_eq!(codes, ["schedule", "paused", "stopped"]);
    assert_eq!(records, [] as [Value; 0]);
    let (_, out, _) = world.jobsd(&["why", "backup", "--at", &instant(&world, 10)]);
    assert!(
        out.contains("moving") && out.contains("the daemon was stopped at"),
        "{out}"
    );
    assert_eq!(world.jobsd(&["why", "nobody"]).0, Some(2));
}

#[test]
fn lines_before_the_state_line_are_not_read() {
    let mut world = World::new();
    world.job("backup", HOURLY);
    world.start();
    assert_eq!(world.stop(), Some(0));
    forward(&world, 2 * 86_400);
    world.start();
    let at = instant(&world, 0);
    assert_eq!(world.stop(), Some(0));
    // A pause that nobody lifted, which a reader of everything would report.
    let pause = json!({"v": 1, "type": "pause", "at": "2020-01-01T00:00:00Z", "job_id": "backup",
        "by": {"who": "nobody", "from": "nowhere"}, "reason": null, "until": null});
    fs::write(
        world.path(".jobsd/history/2020-01-01.jsonl"),
        format!("{pause}\n"),
    )
    .unwrap();
    for checkpoint in [true, false] {
        if !checkpoint {
            let _ = fs::remove_file(world.path(".jobsd/checkpoint"));
        }
        let (codes, _) = why(&world, &["backup", "--at", &at]);
        assert!(!codes.contains(&"paused".to_owned()), "{codes:?}");
        assert!(codes.contains(&"schedule".to_owned()), "{codes:?}");
    }
    // Of that day itself it is the truth, as far as the history says.
    let (codes, _) = why(&world, &["backup", "--at", "2020-01-01T12:00:00Z"]);
    assert_eq!(codes, ["unknown"]);
}

/// Those of the due time, and of what was active at it.
#[test]
fn the_records_belong_to_the_due_time() {
    let mut world = World::new();
    let slow = "bot_config: {command: [sleep, '600']}\nschedule_type: interval\n\
        schedule_config: {hours: 1, anchor: '2026-01-01T00:00:00Z'}";
    world.job("slow", slow);
    world.job(
        "often",
        "bot_config: {command: ['true']}\nschedule_type: interval\nschedule_config: {seconds: 1}",
    );
    world.start();
    let run_id = world.jobsd(&["run", "slow"]).1.trim().to_owned();
    world.until("it runs", |w| {
        w.json("/scheduler/jobs/slow")["running"][0] == run_id.as_str()
    });
    let during = instant(&world, 0);
    // The next hour falls into the run: overlap.
    forward(&world, 3_600);
    world.until("the overlap", |w| {
        w.records("slow")
            .iter()
            .any(|run| run["reason"] == "overlap" || run["reason"] == "clock")
    });
    let later = instant(&world, 0);
    assert_eq!(
        world.jobsd(&["cancel", &run_id, "--grace", "0s"]).0,
        Some(0)
    );
    world.until("its end", |w| {
        w.records("slow")
            .iter()
            .any(|run| run["status"] == "cancelled")
    });
    let of = |at: &str| why(&world, &["slow", "--at", at]).1;
    let ids = |records: &[Value]| {
        records
            .iter()
            .map(|run| run["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(ids(&of(&during)).contains(&run_id), "it went on");
    let found = of(&later);
    assert!(ids(&found).contains(&run_id), "it still did");
    assert!(
        found
            .iter()
            .any(|run| run["reason"] == "overlap" || run["reason"] == "clock"),
        "{found:?}"
    );
    assert!(found.iter().all(|run| run["job_id"] == "slow"));
    assert_eq!(
        of(&instant(&world, 1_800))
            .iter()
            .filter(|run| run["id"] == run_id.as_str())
            .count(),
        0,
        "it is over by then"
    );
}

/// What `why` says of a due time without a record, as text.
fn no_record(world: &World, id: &str, at: &str) -> String {
    let (code, out, err) = world.jobsd(&["why", id, "--at", at]);
    assert_eq!(code, Some(0), "{err}");
    let said = out.split_once(" has no record: ");
    let cause = said.and_then(|(_, cause)| cause.lines().next());
    cause.map_or_else(|| panic!("{out}"), str::to_owned)
}

/// Three causes at once were offered for each.
#[test]
fn a_due_time_without_a_record_has_one_cause() {
    let mut world = World::new();
    let manual = "bot_config: {command: ['true']}\nschedule_type: manual";
    let minutely =
        "bot_config: {command: ['true']}\nschedule_type: interval\nschedule_config: {minutes: 1}";
    world.job("old", minutely);
    world.job("moved", manual);
    world.start();
    let (code, out, _) = world.jobsd(&["why", "old", "--at", &instant(&world, -120)]);
    let words = "\n  the history begins with the first daemon here, at ";
    assert!(code == Some(0) && out.contains(words), "{out}");
    // Three hours on there is a younger job, and one that has another schedule.
    forward(&world, 3 * 3_600);
    let then = instant(&world, -600);
    world.job("young", minutely);
    assert_eq!(world.jobsd(&["reload"]).0, Some(0));
    let (code, out, _) = world.jobsd(&["why", "young", "--at", &then]);
    let words = "\n  the job did not exist yet; jobsd took it over at ";
    assert!(code == Some(0) && out.contains(words), "{out}");
    world.job("moved", HOURLY);
    assert_eq!(world.jobsd(&["reload"]).0, Some(0));
    let found = no_record(&world, "moved", &instant(&world, 0));
    assert!(
        found.starts_with("it was not due by the schedule that was active then (On request)"),
        "{found}"
    );
    assert_eq!(world.stop(), Some(0));
    // The commands read the machine's clock: here the daemon ended three hours ago.
    let mut world = World::new();
    forward(&world, -3 * 3_600);
    world.job("old", minutely);
    world.start();
    assert_eq!(world.stop(), Some(0));
    let later = instant(&world, 2 * 3_600);
    let words = "no daemon has run since; the next one records it";
    assert_eq!(no_record(&world, "old", &later), words);
}

#[test]
fn the_old_id_names_the_new_one() {
    let mut world = World::new();
    world.job("before", HOURLY);
    world.job("gone", HOURLY);
    world.start();
    let jobs = world.path("jobs.d");
    fs::rename(jobs.join("before.yaml"), jobs.join("after.yaml")).unwrap();
    fs::write(
        jobs.join("after.yaml"),
        fs::read_to_string(jobs.join("after.yaml")).unwrap(),
    )
    .unwrap();
    assert_eq!(world.jobsd(&["reload"]).0, Some(0));
    fs::remove_file(jobs.join("gone.yaml")).unwrap();
    assert_eq!(world.jobsd(&["reload"]).0, Some(0));
    assert_eq!(why(&world, &["before"]).0, ["renamed"]);
    let (_, out, _) = world.jobsd(&["why", "before"]);
    assert!(
        out.contains("continues as `after`: jobsd why after"),
        "{out}"
    );
    assert_eq!(why(&world, &["gone"]).0, ["removed"]);
    // The same from the state line of a start.
    assert_eq!(world.stop(), Some(0));
    let (_, out, _) = world.jobsd(&["--lang", "fr", "why", "before"]);
    assert!(out.contains("continue sous « after »"), "{out}");
}

/// It said "cancelled, or its job was paused, before it could start", under the schedule's due time.
#[test]
fn a_cancelled_manual_run_is_told_by_itself() {
    let mut world = World::new();
    let daily = "bot_config: {command: [sleep, '600']}\nschedule_type: daily\n\
        schedule_config: {hour: 5}";
    world.job("slow", daily);
    world.start();
    let run_id = world.jobsd(&["run", "slow"]).1.trim().to_owned();
    world.until("it runs", |w| {
        w.json("/scheduler/jobs/slow")["running"][0] == run_id.as_str()
    });
    let cancel = ["cancel", &run_id, "--grace", "0s"];
    assert_eq!(world.jobsd(&cancel).0, Some(0));
    world.until("its end", |w| {
        !w.records("slow").is_empty() && { w.records("slow")[0]["status"] == "cancelled" }
    });
    let record = world.records("slow")[0].clone();
    let started = record["started_at"].as_str().unwrap();
    let server = format!("http://{}", world.address().unwrap());
    for from in [&["why"][..], &["--server", &server, "why"]] {
        let (code, out, err) = world.jobsd(&[from, &[&run_id]].concat());
        assert_eq!(code, Some(0), "{err}");
        let head = format!("slow  {started}  manual  cancelled");
        assert!(out.starts_with(&head), "{out}");
        assert!(out.contains(" cancelled it after "), "{out}");
        assert!(!out.contains("also") && !out.contains("schedule"), "{out}");
    }
    let (_, out, _) = world.jobsd(&["--lang", "fr", "why", &run_id]);
    assert!(out.contains(" l’a annulée au bout de "), "{out}");
}

/// With a daemon it was "just deciding it", without one it had "not run since".
#[test]
fn a_future_due_time_is_not_due_yet() {
    let mut world = World::new();
    world.job("backup", HOURLY);
    world.start();
    let at = instant(&world, 7_200);
    let answer = world.json(&format!("/scheduler/jobs/backup/why?at={at}"));
    let findings = answer["findings"].as_array().unwrap();
    assert!(
        findings.iter().any(|it| it["cause"] == "not-due-yet"),
        "{answer}"
    );
    let ask = |world: &World, lang| {
        let (code, out, err) = world.jobsd(&["--lang", lang, "why", "backup", "--at", &at]);
        assert_eq!(code, Some(0), "{err}");
        out
    };
    assert!(ask(&world, "en").contains("\n  it is not due yet\n"));
    assert_eq!(world.stop(), Some(0));
    let out = ask(&world, "fr");
    assert!(
        out.contains("not-due-yet\n  elle n’est pas encore due\n"),
        "{out}"
    );
}

/// It said "no job `01a22fff`" of what is plainly the beginning of a run's id.
#[test]
fn an_unknown_beginning_is_no_job_or_run() {
    let world = World::new();
    world.job("backup", HOURLY);
    let (code, _, err) = world.jobsd(&["why", "01a22fff"]);
    let words = "no job or run `01a22fff`: see jobsd list and jobsd history";
    assert!(code == Some(2) && err.contains(words), "{err}");
    let (code, _, err) = world.jobsd(&["--lang", "fr", "history", "--since", "0s"]);
    let words = "une durée va d’une seconde (1s) à dix ans (3660d)";
    assert!(code == Some(2) && err.contains(words), "{err}");
    let (code, _, err) = world.jobsd(&["history", "--since", "99999w"]);
    let words = "a span of time is from one second (1s) to ten years (3660d)";
    assert!(code == Some(2) && err.contains(words), "{err}");
}

/// `status`, `--check`, `why` and `reload` said nothing of it; of a new one that there is no job.
#[test]
fn a_bad_file_is_named_where_asked() {
    let mut world = World::new();
    world.job("backup", HOURLY);
    world.start();
    let bad = "bot_config: {command: ['true']}\nschedule_type: interval\n\
        schedule_config: {hours: x}";
    world.job("backup", bad);
    world.job("fresh", bad);
    let server = format!("http://{}", world.address().unwrap());
    // The second time nothing has changed.
    for _ in 0..2 {
        let (code, out, _) = world.jobsd(&["reload"]);
        assert_eq!(code, Some(0), "{out}");
        assert!(
            out.contains("fresh.yaml:") && out.contains("jobsd validate"),
            "{out}"
        );
    }
    assert!(world.jobsd(&["reload"]).1.contains("nothing changed"));
    let (_, out, _) = world.jobsd(&["reload", "--format", "json"]);
    assert!(out.contains("\"errors\":["), "{out}");
    for from in [&[][..], &["--server", &server]] {
        let ask = |args: &[&str]| world.jobsd(&[from, args].concat());
        for args in [&["status", "backup"][..], &["why", "backup"]] {
            let (code, out, err) = ask(args);
            assert_eq!(code, Some(0), "{err}");
            assert!(out.contains("its file is bad: "), "{out}");
        }
        assert_eq!(ask(&["status", "backup", "--check"]).0, Some(1));
        for args in [
            &["status", "fresh"][..],
            &["why", "fresh"],
            &["run", "fresh"],
        ] {
            let (code, _, err) = ask(args);
            let words = "no version of `fresh` is active, because its file is bad: ";
            assert!(code == Some(2) && err.contains(words), "{args:?} {err}");
        }
    }
    let (code, body) = world.ask("/scheduler/jobs/fresh").unwrap();
    assert!(code == 404 && body.contains("its file is bad"), "{body}");
}
