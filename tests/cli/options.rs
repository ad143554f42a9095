//! Options of commands that ask the daemon: all jobs at once, the time from TERM to KILL, columns,
//! zones, how much is said.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::world::World;
use serde_json::{Value, json};

const MANUAL: &str = "bot_config: {command: ['true']}\nschedule_type: manual";
const DAILY: &str = "bot_config: {command: ['true']}\nschedule_type: daily\n\
    schedule_config: {hour: 3, minute: 0}\ntimezone: Europe/Paris";

fn done(world: &World, args: &[&str]) -> String {
    let (code, out, err) = world.jobsd(args);
    assert_eq!(code, Some(0), "{args:?}: {out}{err}");
    out
}

fn document(world: &World, args: &[&str]) -> Value {
    let out = done(world, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&out).unwrap()
}

#[test]
fn all_jobs_are_paused_and_resumed_by_one_command() {
    let mut world = World::new();
    for id in ["a", "b", "c"] {
        world.job(id, DAILY);
    }
    world.start();
    done(&world, &["pause", "b", "--reason", "its own"]);
    let out = done(&world, &["pause", "--all", "--for", "2h"]);
    let first: Vec<&str> = out
        .lines()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(first, ["a", "c"], "b is paused already: {out}");
    let drift = world.json("/scheduler/config")["drift"].clone();
    let until = |n: usize| drift[n]["until"].is_string();
    assert_eq!(
        (until(0), until(1), until(2)),
        (true, false, true),
        "b keeps its own"
    );
    assert_eq!(
        done(&world, &["pause", "--all"]),
        "every job is already paused\n"
    );
    let answer = document(&world, &["resume", "--all"]);
    let jobs = answer["answer"]["jobs"].as_array().unwrap();
    assert_eq!(jobs.len(), 3);
    assert!(
        jobs.iter()
            .all(|job| job["paused"] == false && job["next_run_at"].is_string())
    );
    assert_eq!(done(&world, &["resume", "--all"]), "no job is paused\n");
    for args in [
        ["pause"].as_slice(),
        &["pause", "a", "--all"],
        &["resume", "a", "--all"],
    ] {
        assert_eq!(world.jobsd(args).0, Some(2), "{args:?}");
    }
    assert_eq!(world.json("/scheduler/config")["drift"], json!([]));
}

/// Also for a run that has already been asked to stop.
#[test]
fn a_cancel_has_its_own_grace() {
    let mut world = World::new();
    let script = "trap '' TERM; echo deaf; while :; do sleep 1; done";
    world.job(
        "deaf",
        &format!(
            "bot_config: {{shell: {}}}\nschedule_type: manual\nkill_grace: 600\nmax_instances: 2",
            json!(script)
        ),
    );
    world.start();
    let start = || {
        let id = done(&world, &["run", "deaf"]).trim().to_owned();
        // It must be deaf before it is asked to stop.
        world.until("its first words", |w| {
            w.get(&format!("/scheduler/runs/{id}/output"))
                .text()
                .contains("deaf")
        });
        id
    };
    let (first, second) = (start(), start());
    let both = world.jobsd(&["cancel", &first[..6]]);
    assert_eq!(both.0, Some(2), "both begin so: {}", both.2);
    done(&world, &["cancel", &first[..13]]);
    done(&world, &["cancel", &second[..13], "--grace", "0s"]);
    let status = |id: &str| world.json(&format!("/scheduler/runs/{id}"))["status"].clone();
    world.until("the second is killed", |_| status(&second) == "cancelled");
    assert_eq!(status(&first), "running", "it has its ten minutes");
    done(&world, &["cancel", &first, "--grace", "0s"]);
    world.until("the first is killed", |_| status(&first) == "cancelled");
    let lines = world.lines();
    let stops: Vec<&Value> = lines.iter().filter(|line| line["type"] == "stop").collect();
    let graces: Vec<&Value> = stops.iter().map(|stop| &stop["grace_secs"]).collect();
    assert_eq!(graces, [&Value::Null, &json!(0), &json!(0)]);
    assert!(stops.iter().all(|stop| stop["reason"] == "user"));
    assert_eq!(
        world.jobsd(&["cancel", &first, "--grace", "2d"]).0,
        Some(2),
        "a day at most"
    );
}

/// In the order in which they are named.
#[test]
fn the_list_shows_the_named_columns() {
    let mut world = World::new();
    world.job("daily", DAILY);
    world.job("asked", MANUAL);
    world.start();
    let out = done(
        &world,
        &["list", "--columns", "schedule,id,timezone,type,file,name"],
    );
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "SCHEDULE\tID\tTIMEZONE\tTYPE\tFILE\tNAME");
    assert!(
        lines[1].starts_with("Daily at 03:00\tdaily\tEurope/Paris\tcommand\t"),
        "{out}"
    );
    assert!(lines[1].ends_with("daily.yaml\tdaily"), "{out}");
    let out = done(
        &world,
        &["list", "--columns", "id,left", "--offline", "--lang", "fr"],
    );
    assert!(out.starts_with("ID\tRESTE\n"), "{out}");
    assert_eq!(world.jobsd(&["list", "--columns", "id,nothing"]).0, Some(2));
}

#[test]
fn the_list_tells_every_schedule_in_words() {
    let mut world = World::new();
    let cron = "schedule_type: cron\n\
        schedule_config: {cron_expression: '0 30 8 * * 1-5', seconds: true}\n";
    // A job with limits has a budget in its answer, which is not part of its definition.
    world.file(
        "limits",
        &format!("name: limits\nbot_type: birthday\n{cron}"),
    );
    world.job(
        "plain",
        &format!("bot_config: {{command: ['true']}}\n{cron}"),
    );
    world.start();
    for (lang, words) in [
        ("en", "At 08:30, Mon to Fri"),
        ("fr", "À 08:30, du lun au ven"),
    ] {
        let args = [
            "list",
            "--columns",
            "schedule",
            "--no-header",
            "--lang",
            lang,
        ];
        assert_eq!(done(&world, &args), format!("{words}\n{words}\n"));
        let status = done(&world, &["status", "limits", "--lang", lang]);
        assert!(status.contains(words), "{status}");
    }
}

#[test]
fn a_watched_list_follows_the_files() {
    let world = World::new();
    world.job("first", MANUAL);
    let mut command = world.command(&[
        "list",
        "--offline",
        "--watch",
        "--columns",
        "id",
        "--no-header",
    ]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "first");
    world.job("second", MANUAL);
    let seen = lines
        .map(Result::unwrap)
        .take(20)
        .find(|line| line == "second");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(seen.as_deref(), Some("second"));
}

#[test]
fn times_are_shown_in_the_named_zone() {
    let mut world = World::new();
    world.job("a", MANUAL);
    world.start();
    let until = "2030-07-01T12:00:00Z";
    let told = |zone: &[&str]| {
        let out = done(&world, &[&["pause", "a", "--until", until], zone].concat());
        done(&world, &["resume", "a"]);
        out
    };
    assert!(told(&["--tz", "Asia/Tokyo"]).contains("21:00"));
    assert!(told(&["--tz", "Europe/Paris"]).contains("14:00"));
    assert!(told(&["--tz", "Asia/Tokyo", "--utc"]).contains("12:00"));
    let (code, _, err) = world.jobsd(&["list", "--tz", "Europe/Pariss"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("did you mean `Europe/Paris`"), "{err}");
    // `next` has a flag of that name for a bare expression.
    let out = done(
        &world,
        &[
            "next",
            "--schedule",
            "0 8 * * *",
            "--tz",
            "Asia/Tokyo",
            "--from",
            "2026-01-01T00:00:00Z",
            "-n",
            "1",
        ],
    );
    assert!(
        out.contains("2026-01-01T23:00:00Z") || out.contains("08:00"),
        "{out}"
    );
}

/// And `--verbose` says what the daemon was asked.
#[test]
fn quiet_still_shows_errors() {
    let mut world = World::new();
    world.job("a", MANUAL);
    world.start();
    let err = |args: &[&str]| world.jobsd(args).2;
    assert_eq!(
        err(&["run", "a", "--local"]).lines().count(),
        2,
        "a note and the result"
    );
    assert_eq!(err(&["run", "a", "--local", "-q"]), "");
    assert!(err(&["pause", "nothing", "-q"]).starts_with("error: no job `nothing`"));
    assert_eq!(err(&["list"]), "");
    let told = err(&["list", "-v"]);
    assert!(
        told.contains("state=") && told.contains("asked") && told.contains("Jobs"),
        "{told}"
    );
    assert!(!told.contains("answered"), "{told}");
    assert!(err(&["list", "-vv"]).contains("answered"));
    assert_eq!(world.jobsd(&["list", "-q", "-v"]).0, Some(2));
    let plain = done(&world, &["list", "--format", "json"]);
    assert_eq!(
        done(&world, &["list", "--format", "json", "-vv"]),
        plain,
        "the result is the same"
    );
}

/// They are checked like those of a file.
#[test]
fn a_foreground_run_takes_other_config_values() {
    let world = World::new();
    world.job(
        "echo",
        "bot_config: {shell: cat, stdin: written}\nschedule_type: manual",
    );
    let run = |set: &[&str]| world.jobsd(&[&["run", "echo"], set].concat());
    assert_eq!(run(&["--local"]).1, "written");
    let (code, out, err) = run(&[
        "--local",
        "--set",
        "stdin=said",
        "--set",
        "shell=cat; exit 3",
    ]);
    assert_eq!((code, out.as_str()), (Some(1), "said"), "{err}");
    assert_eq!(run(&["--local"]).1, "written", "for that run alone");
    for (set, said) in [
        ("stdn=x", "unknown key"),
        ("stdin=7", "expects a string"),
        ("command=[\"true\"]", "one of"),
        ("nothing", "is not KEY=VALUE"),
        ("=x", "is not KEY=VALUE"),
    ] {
        let (code, out, err) = run(&["--local", "--set", set]);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{set}: {err}");
        assert!(
            err.starts_with("error: ") && err.contains(said),
            "{set}: {err}"
        );
    }
    let (code, _, err) = run(&["--set", "stdin=said"]);
    assert_eq!(code, Some(2), "what a daemon runs is what stands in git");
    assert!(err.contains("--local"), "{err}");
    let runs = world.records("echo");
    assert_eq!(runs.len(), 3, "what was refused did not run");
    let digests: Vec<&Value> = runs.iter().map(|run| &run["digest"]).collect();
    assert!(
        digests[0] == digests[2] && digests[0] != digests[1],
        "{digests:?}"
    );
}
