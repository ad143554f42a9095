//! What the commands print: documents that have their published shape, tables with a fixed clock in
//! both languages, and what systemd is notified of.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::support::child;
use crate::support::world::World;
use jobsd::model::run::RunRecord;
use jobsd::render::jobs::{Row, table};
use jobsd::render::screen::Screen;
use jobsd::render::{daemon, history, job, runs};
use jobsd::text::Lang;
use jobsd::time::TimeZone;
use jobsd::view::answer::job::JobAnswer;
use jobsd::view::answer::status::StatusAnswer;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

const SEVEN: &str = "bot_config: {shell: 'exit 7'}\nschedule_type: manual";

fn screen(width: Option<usize>, lang: Lang) -> Screen {
    Screen {
        width,
        color: false,
        header: true,
        quiet: false,
        zone: TimeZone::get("Europe/Paris").unwrap(),
        lang,
        now: "2026-11-19T09:42:00Z".parse().unwrap(),
    }
}

/// A record with every key, these among them.
fn run(keys: Value) -> Value {
    let mut run = json!({"id": "0193a000-0000-7000-8000-000000000000", "job_id": "feed",
        "scheduled_at": null, "started_at": null, "finished_at": null, "status": "running",
        "reason": null, "error": null, "trigger": "manual", "attempt": 1, "exit_code": null,
        "signal": null, "dry_run": false, "messages_sent": null, "profiles_visited": null,
        "result": null, "output_bytes": 0, "file": "f", "digest": "d", "host": "h"});
    let all = run.as_object_mut().unwrap();
    all.extend(keys.as_object().unwrap().clone());
    run
}

fn record(keys: Value) -> RunRecord {
    serde_json::from_value(run(keys)).unwrap()
}

fn status(answer: &Value, screen: &Screen) -> String {
    let answer: StatusAnswer = serde_json::from_value(answer.clone()).unwrap();
    daemon::status(&answer, screen)
}

fn answer(job: Value) -> JobAnswer {
    serde_json::from_value(job).unwrap()
}

fn rows() -> Vec<Row> {
    let job = |id: &str, next: Value, last: Value, more: Value| {
        let mut job = json!({
            "id": id, "enabled": true, "paused": false, "bot_config": {}, "next_run_at": next,
            "last_run_at": last["started_at"], "last_run": run(last),
        });
        job.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        job
    };
    let plain = json!({});
    let row = |job, schedule: &str, errors: &[&str]| Row {
        job: answer(job),
        schedule: schedule.to_owned(),
        errors: errors.iter().map(|text| (*text).to_owned()).collect(),
    };
    vec![
        row(
            job(
                "log-rotate",
                json!("2026-11-19T09:45:00Z"),
                json!({"status": "running", "started_at": "2026-11-19T09:41:53Z"}),
                plain.clone(),
            ),
            "every 15 min",
            &[],
        ),
        row(
            job(
                "feed-import",
                json!("2026-11-19T10:00:00Z"),
                json!({"status": "success", "started_at": "2026-11-19T09:00:00Z", "attempt": 1}),
                plain.clone(),
            ),
            "every 1 h",
            &["jobs.d/feed-import.yaml:14:17: expects an integer"],
        ),
        row(
            job(
                "birthday-canary",
                json!("2026-11-19T11:00:00Z"),
                json!({"status": "success", "started_at": "2026-11-19T09:00:00Z",
                    "messages_sent": 8, "dry_run": true}),
                json!({"bot_config": {"dry_run": true}}),
            ),
            "every 2 h",
            &[],
        ),
        row(
            job(
                "pg-backup",
                json!("2026-11-20T01:15:00Z"),
                json!({"status": "failed", "reason": "exit", "exit_code": 1, "attempt": 3,
                    "started_at": "2026-11-19T01:15:00Z"}),
                plain.clone(),
            ),
            "daily at 02:15",
            &[],
        ),
        row(
            job(
                "visitor-weekend",
                Value::Null,
                json!({"status": "success", "started_at": "2026-11-15T09:00:00Z",
                    "profiles_visited": 40}),
                json!({"paused": true, "enabled": false}),
            ),
            "Sat Sun at 10:00",
            &[],
        ),
    ]
}

/// With a fixed clock, in both languages.
#[test]
fn the_list_reads_as_designed() {
    insta::assert_snapshot!("list_en", table(&rows(), &[], &screen(Some(110), Lang::En)));
    insta::assert_snapshot!("list_fr", table(&rows(), &[], &screen(Some(110), Lang::Fr)));
    for (lang, mark) in [(Lang::En, "en"), (Lang::Fr, "fr")] {
        for width in [80, 100] {
            let text = table(&rows(), &[], &screen(Some(width), lang));
            let long = text
                .lines()
                .find(|line| line.width() > width && !line.starts_with('!'));
            assert_eq!(long, None, "{width} columns");
            insta::assert_snapshot!(format!("list_{width}_{mark}"), text);
        }
    }
    insta::assert_snapshot!("list_tabs", table(&rows(), &[], &screen(None, Lang::En)));
}

/// With a fixed clock, in both languages.
#[test]
fn the_status_reads_as_designed() {
    let answer = json!({
        "version": "0.1.0", "host": "prod-01", "started_at": "2026-11-07T05:42:00Z",
        "revision": "a3f91c2",
        "reloaded_at": "2026-11-19T09:38:00Z", "files": 9, "files_invalid": 1, "jobs": 9,
        "paused": 1, "disabled": 0, "running": [run(json!({}))],
        "last_day": {"runs": 140, "by_status": {"success": 138, "failed": 1, "skipped": 1},
            "failed_jobs": [run(json!({"job_id": "pg-backup", "status": "failed",
                "reason": "exit", "exit_code": 1, "attempt": 3}))]},
        "drift": [{"job_id": "visitor-weekend", "kind": "paused",
            "by": {"who": "ops", "from": "socket"}, "at": "2026-11-16T09:42:00Z",
            "until": null, "reason": null, "file": "f", "file_enabled": true}],
        "control": "off", "url": "http://127.0.0.1:7878/", "zone_data": "2026f (bundled)",
        "reasons": [],
        "warnings": ["jobs.d/feed-import.yaml:14:17: [type-mismatch] expects an integer"],
    });
    insta::assert_snapshot!("status_en", status(&answer, &screen(Some(100), Lang::En)));
    insta::assert_snapshot!("status_fr", status(&answer, &screen(Some(100), Lang::Fr)));
    let run = record(
        json!({"status": "success", "started_at": "2026-11-19T09:41:20Z",
        "finished_at": "2026-11-19T09:42:12Z", "messages_sent": 9, "dry_run": true}),
    );
    assert_eq!(
        runs::summary(&run, &screen(Some(100), Lang::En)),
        "✓ success (9 simulated) in 52s\n"
    );
}

/// A back-off of 80 s: its first attempt has ended, and the next one is to come.
#[test]
fn a_run_between_attempts_is_called_waiting_everywhere() {
    let waiting = json!({"status": "running", "reason": "exit", "exit_code": 1, "attempt": 1,
        "started_at": "2026-11-19T09:41:00Z", "retry_at": "2026-11-19T09:43:20Z"});
    let run = run(waiting.clone());
    let job = json!({"id": "feed", "enabled": true, "paused": false, "bot_config": {},
        "next_run_at": "2026-11-19T10:00:00Z", "last_run_at": run["started_at"], "last_run": run,
        "retry": {"max_attempts": 3}});
    let job = answer(job);
    let (en, fr) = (screen(Some(110), Lang::En), screen(Some(110), Lang::Fr));
    let words = "● waiting (attempt 2 of 3 in 1min 20s)";
    let mots = "● en attente (tentative 2 sur 3 dans 1min 20s)";
    let row = [Row {
        job: job.clone(),
        schedule: String::new(),
        errors: Vec::new(),
    }];
    assert!(table(&row, &[], &en).contains(words));
    assert!(!table(&row, &[], &en).contains("now"));
    assert!(table(&row, &[], &fr).contains(mots));
    assert!(table(&row, &[], &screen(None, Lang::En)).contains("\twaiting\t"));
    assert!(job::job(&job, "", &en).contains(words));
    assert!(job::job(&job, "", &fr).contains(mots));
    let answer = json!({"running": [run, self::run(json!({}))], "jobs": 2});
    let count = "1 running, 1 waiting for the next attempt";
    assert!(status(&answer, &en).contains(count));
    let records = [record(waiting)];
    let shown = history::table(&records, true, &en);
    assert!(
        shown.contains("● waiting (attempt 2 in 1min 20s)"),
        "{shown}"
    );
    let plain = history::table(&records, true, &screen(None, Lang::En));
    assert!(plain.contains("\tfeed\twaiting\t"), "{plain}");
}

/// A plain `daily 0/2` was what is left, of a job that had sent both.
#[test]
fn limits_say_what_is_used_and_when_it_frees() {
    let job = json!({"id": "birthday", "budget": {
        "daily": {"used": 2, "limit": 2, "frees_at": "2026-11-19T23:00:00Z"},
        "weekly": {"used": 1, "limit": 9, "frees_at": "2026-11-26T08:00:00Z"}}});
    let job = answer(job);
    let (en, fr) = (screen(Some(110), Lang::En), screen(Some(110), Lang::Fr));
    let shown = job::job(&job, "", &en);
    assert!(
        shown.contains("daily     2 of 2 used; next one free: tomorrow 00:00\n"),
        "{shown}"
    );
    assert!(shown.contains("weekly    1 of 9 used\n"), "{shown}");
    let shown = job::job(&job, "", &fr);
    assert!(
        shown.contains("2 sur 2 utilisés ; prochain possible : demain 00:00\n"),
        "{shown}"
    );
    let plain = job::job(&job, "", &screen(None, Lang::En));
    assert!(
        plain.contains("daily\t2 of 2 used; next one free: 2026-11-19T23:00:00.000Z\n"),
        "{plain}"
    );
}

#[test]
fn a_pause_shows_its_reason_and_end_everywhere() {
    let job = json!({"id": "feed", "paused": true, "enabled": false, "pause": {"job_id": "feed",
        "by": {"who": "ops", "from": "socket"}, "at": "2026-11-19T08:42:00Z",
        "until": "2026-11-20T07:00:00Z", "reason": "moving"}});
    let job = answer(job);
    let shown = job::job(&job, "", &screen(Some(110), Lang::En));
    assert!(
        shown.contains("ops 1h ago until tomorrow 08:00 (moving)"),
        "{shown}"
    );
    let plain = job::job(&job, "", &screen(None, Lang::En));
    let words = "ops since 2026-11-19T08:42:00.000Z until 2026-11-20T07:00:00.000Z (moving)";
    assert!(plain.contains(&format!("paused\t{words}\n")), "{plain}");
}

/// "since 3min 55s ago", "1 sur 1 fichiers valides", and English reasons on a French screen.
#[test]
fn status_reads_natively_in_both_languages() {
    let answer = json!({"files": 1, "files_invalid": 0, "jobs": 1, "last_day": {"runs": 1},
        "reasons": ["the disk of /a is not responding"],
        "without_success": [{"job_id": "feed", "due_times": 4, "since": "2026-11-19T09:38:05Z"}]});
    let shown = |lang| status(&answer, &screen(Some(100), lang));
    let (en, fr) = (shown(Lang::En), shown(Lang::Fr));
    for words in [
        "1 of 1 file valid\n",
        "the disk of /a is not responding\n",
        "feed: 4 due times without a success for 3min 55s\n",
        "1 run\n",
    ] {
        assert!(en.contains(words), "{en}");
    }
    for words in [
        "1 fichier valide sur 1\n",
        "le disque de /a ne répond pas\n",
        "feed : 4 échéances sans succès depuis 3min 55s\n",
        "1 exécution\n",
    ] {
        assert!(fr.contains(words), "{fr}");
    }
}

/// Off a terminal a dry run looked like a production run.
#[test]
fn a_dry_run_is_marked_off_a_terminal_too() {
    let dry = |dry_run: bool| {
        record(
            json!({"started_at": "2026-11-19T09:00:00Z", "exit_code": 0, "dry_run": dry_run,
            "finished_at": "2026-11-19T09:00:01Z", "status": "success"}),
        )
    };
    let records = [dry(true), dry(false)];
    let plain = history::table(&records, true, &screen(None, Lang::En));
    let lines: Vec<&str> = plain.lines().collect();
    assert!(lines[0].ends_with("\tDRY-RUN"), "{plain}");
    assert!(
        lines[1].ends_with("\tdry-run") && lines[2].ends_with("\t-"),
        "{plain}"
    );
    let shown = runs::result(&records[0], &screen(None, Lang::En));
    assert_eq!(shown.raw, "success (dry run)");
}

#[test]
fn every_document_has_the_shape_that_schema_prints() {
    let mut world = World::new();
    world.job("seven", SEVEN);
    world.job(
        "tick",
        "bot_config: {command: ['true']}\nschedule_type: interval\n\
        schedule_config: {seconds: 1}\nlabels: {team: ops}",
    );
    world.start();
    world.until("a run", |w| !w.records("tick").is_empty());
    for (name, args) in [
        ("list", vec!["list"]),
        ("list", vec!["list", "--offline"]),
        ("status", vec!["status"]),
        ("job-status", vec!["status", "tick"]),
        ("run", vec!["run", "seven", "--wait"]),
        ("answer", vec!["pause", "seven"]),
        ("answer", vec!["resume", "seven"]),
        ("answer", vec!["reload"]),
        ("why", vec!["why", "tick"]),
        ("doctor", vec!["doctor"]),
    ] {
        let (code, out, err) = world.jobsd(&[args.as_slice(), &["--format", "json"]].concat());
        let document: Value = serde_json::from_str(&out)
            .unwrap_or_else(|e| panic!("{args:?} {code:?}: {e}: {out}{err}"));
        let (code, schema, _) = world.jobsd(&["schema", name]);
        assert_eq!(code, Some(0));
        let schema: Value = serde_json::from_str(&schema).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|e| format!("{e} at {}", e.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{args:?}");
    }
    assert_eq!(world.stop(), Some(0));
    hold_lines(&world);
    world.start();
    let (code, out, _) = world.jobsd(&["list", "--label", "team=ops", "--no-header"]);
    assert_eq!(code, Some(0));
    assert!(
        out.starts_with("tick\t") && out.lines().count() == 1,
        "{out}"
    );
}

/// Every line of the history has the shape that `jobsd schema history` prints, and a line of a run
/// no key besides.
fn hold_lines(world: &World) {
    let (code, schema, _) = world.jobsd(&["schema", "history"]);
    assert_eq!(code, Some(0));
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let known = schema["then"]["properties"].as_object().unwrap();
    let lines = world.lines();
    assert!(lines.iter().any(|line| line["type"] == "pause"));
    for line in &lines {
        let errors = validator.iter_errors(line);
        let errors: Vec<String> = errors
            .map(|e| format!("{e} at {}", e.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{line}");
        if line["type"] == "run" {
            let mut keys = line.as_object().unwrap().keys();
            let unknown = keys.find(|key| *key != "v" && !known.contains_key(*key));
            assert_eq!(unknown, None, "{line}");
        }
    }
    assert!(!validator.is_valid(&serde_json::json!({"v": 1, "type": "run", "id": "x"})));
}

/// Also without a daemon.
#[test]
fn why_says_what_prevented_a_run() {
    let mut world = World::new();
    world.job(
        "tick",
        "bot_config: {command: ['true']}\nschedule_type: interval\nschedule_config: {seconds: 1}",
    );
    world.job(
        "off",
        "enabled: false\nbot_config: {command: ['true']}\nschedule_type: daily\n\
        schedule_config: {hour: 3, minute: 0}",
    );
    world.start();
    world.until("a run", |w| {
        w.records("tick")
            .iter()
            .any(|run| run["status"] == "success")
    });
    assert_eq!(
        world.jobsd(&["pause", "tick", "--reason", "moving"]).0,
        Some(0)
    );
    let done = world
        .records("tick")
        .into_iter()
        .find(|run| run["status"] == "success")
        .unwrap();
    world.kill();
    let (code, out, err) = world.jobsd(&["why", "tick"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("paused it") && out.contains("moving"), "{out}");
    let (_, out, _) = world.jobsd(&["--lang", "fr", "why", "tick"]);
    assert!(out.contains("mis en pause"), "{out}");
    let at = done["scheduled_at"].as_str().unwrap();
    let (_, out, _) = world.jobsd(&["why", "tick", "--at", at]);
    assert!(
        out.contains("it ran: success") && out.contains(&done["id"].as_str().unwrap()[..13]),
        "{out}"
    );
    let (_, out, _) = world.jobsd(&["why", "off"]);
    assert!(out.contains("enabled: false"), "{out}");
    assert_eq!(world.jobsd(&["why", "nobody"]).0, Some(2));
}

/// In the help, in the man page and in the completions.
#[test]
fn every_command_is_documented_and_completed() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish"] {
        let (code, out, _) = world.jobsd(&["completions", shell]);
        assert_eq!(code, Some(0));
        assert!(out.contains("pause"), "{shell}");
    }
    let man = world.path("man");
    assert_eq!(world.jobsd(&["man", man.to_str().unwrap()]).0, Some(0));
    let page = std::fs::read_to_string(man.join("jobsd-pause.1")).unwrap();
    assert!(page.contains("drift"));
    for command in [
        "list",
        "status",
        "run",
        "pause",
        "resume",
        "cancel",
        "reload",
        "why",
        "doctor",
        "completions",
        "man",
    ] {
        let (code, out, _) = world.jobsd(&[command, "--help"]);
        assert_eq!(code, Some(0));
        let examples = out.split_once("Examples:").map_or("", |(_, rest)| rest);
        assert!(
            examples.matches("jobsd ").count() >= 2,
            "{command} has fewer than two examples"
        );
    }
    let (code, _, err) = world.jobsd(&["lsit"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("list"), "did you mean: {err}");
}

/// The start, signs of life, reloads and the end.
#[test]
fn systemd_is_notified_of_every_phase() {
    let mut world = World::new();
    world.job("seven", SEVEN);
    let path = world.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let next = || {
        let mut bytes = [0; 256];
        let n = socket.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..n].to_vec()).unwrap()
    };
    world.start_with(|command| {
        command
            .env("NOTIFY_SOCKET", &path)
            .env("WATCHDOG_USEC", "1000000");
    });
    let find = |what: &str| {
        let mut seen = Vec::new();
        while seen.len() < 100 {
            let text = next();
            if text.contains(what) {
                return text;
            }
            seen.push(text);
        }
        panic!("{what} is not among {seen:?}");
    };
    find("READY=1");
    find("WATCHDOG=1");
    child::signal(world.pid(), "HUP");
    assert!(find("RELOADING=1").contains("MONOTONIC_USEC="));
    find("READY=1");
    assert_eq!(world.stop(), Some(0));
    find("STOPPING=1");
}

#[test]
fn a_socket_that_is_handed_over_is_served() {
    use std::os::fd::AsFd;
    let mut world = World::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    // As systemd does: descriptor 3, and the id of the process that is to take it. A shell knows
    // its own id.
    let held = rustix::io::fcntl_dupfd_cloexec(listener.as_fd(), 10).unwrap();
    world.under = [
        "/bin/sh",
        "-c",
        "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\" 3<&0 0</dev/null",
        "sh",
    ]
    .map(str::to_owned)
    .to_vec();
    world.start_with(|command| {
        command.stdin(std::process::Stdio::from(held));
    });
    assert_eq!(world.port(), listener.local_addr().unwrap().port());
    assert_eq!(world.get("/health").code, 200);
    let (code, out, _) = world.jobsd(&["status", "--format", "json"]);
    assert_eq!(code, Some(0));
    assert!(out.contains(&format!("127.0.0.1:{}", world.port())));
}
