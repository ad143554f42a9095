//! Bots under the real daemon: defaults, secrets, limits over crashes and requests, the programs of
//! `docs/bots.md`, the production examples.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::path::Path;

use crate::support::bots::{BotFolder, card};
use crate::support::child::{BIN, clean};
use crate::support::mail::Server;
use crate::support::web::{Web, page};
use crate::support::world::World;
use jobsd::time::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The calendar day that many days from now, in UTC.
fn day(from_now: i64) -> String {
    let at = Timestamp::now() + SignedDuration::from_hours(24 * from_now);
    at.strftime("%Y-%m-%d").to_string()
}

/// People whose birthday was yesterday: due by lateness, also when the day turns during a test.
fn crowd(count: usize) -> String {
    let one = |n| {
        card(
            &format!("Person {n}"),
            &format!("p{n}@example.org"),
            &format!("--{}", &day(-1)[5..]),
        )
    };
    (0..count).map(one).collect()
}

/// A job with only the plan's keys.
const PLAN: &str = "name: Birthdays\nbot_type: birthday\n\
    bot_config:\n  process_late: true\n  max_days_late: 7\n  max_messages_per_run: 2\n  \
    daily_limit: 3\n\
    schedule_type: manual\ntimezone: UTC\n";

fn defaults(port: u16) -> String {
    format!(
        "bots:\n  birthday:\n    defaults:\n      contacts: contacts.vcf\n      \
        delay_secs: 0\n      delivery:\n        \
        smtp: {{host: 127.0.0.1, port: {port}, tls: none, from: lea@example.org}}\n"
    )
}

/// Asks for a run and waits for its end.
fn run(world: &World, id: &str, args: &[&str]) -> Value {
    let known = world.records(id).len();
    let (code, _, err) = world.jobsd(&[&["run", id, "--yes"], args].concat());
    assert_eq!(code, Some(0), "{err}");
    let is_over = |record: &Value| record["status"] != "running";
    world.until("the run's end", |world| {
        let records = world.records(id);
        records.len() > known && records.iter().all(is_over)
    });
    let requested = |record: &Value| record["id"].as_str().unwrap().to_owned();
    world.records(id).into_iter().max_by_key(requested).unwrap()
}

/// The opening of the element whose text ends so, on a page.
fn limit_with(world: &World, path: &str, text: &str) -> String {
    let page = world.get(path).text();
    let (before, _) = page
        .split_once(text)
        .unwrap_or_else(|| panic!("no {text} on {path}: {page}"));
    let start = before.rfind("<span").unwrap();
    before[start..].to_owned()
}

/// Its own keys are those of the plan, the rest is in jobsd.yaml, and its limits hold.
#[test]
fn a_job_of_plan_keys_uses_the_settings() {
    let (mut world, server) = (World::new(), Server::new());
    fs::write(world.path("contacts.vcf"), crowd(6)).unwrap();
    world.config(&defaults(server.port));
    world.file("plan", PLAN);
    world.start();
    let first = run(&world, "plan", &[]);
    assert_eq!(
        (&first["status"], &first["messages_sent"]),
        (&json!("success"), &json!(2)),
        "{first}"
    );
    assert_eq!(
        (&first["result"]["late"], &first["result"]["left"]),
        (&json!(6), &json!(4)),
        "{first}"
    );
    let shown = world.json("/scheduler/jobs/plan");
    assert_eq!(
        json!([
            shown["budget"]["daily"]["used"],
            shown["budget"]["daily"]["limit"]
        ]),
        json!([2, 3]),
        "{shown}"
    );
    assert_eq!(shown["bot_config"]["contacts"], "contacts.vcf");
    let (_, told, _) = world.jobsd(&["status", "plan"]);
    assert!(told.contains("daily\t2 of 3 used\n"), "{told}");
    assert!(told.contains("weekly\t2 of 50 used\n"), "{told}");
    // Two of three are under the first mark; three of three are over the last.
    for (path, looks) in [
        ("/?view=cards&lang=en", "1 today<"),
        ("/jobs/plan?lang=fr", "reste 1 sur 3<"),
    ] {
        assert!(
            limit_with(&world, path, looks).contains("lim st ok"),
            "{path}"
        );
    }
    assert_eq!(
        run(&world, "plan", &["--dry-run"])["result"]["would_send"],
        2
    );
    world.kill();
    world.start();
    assert_eq!(
        run(&world, "plan", &[])["messages_sent"],
        1,
        "counted over a kill"
    );
    let empty = run(&world, "plan", &[]);
    assert_eq!(
        (&empty["status"], &empty["reason"]),
        (&json!("skipped"), &json!("budget")),
        "{empty}"
    );
    for (path, looks) in [
        ("/?view=cards&lang=en", "0 today<"),
        ("/?view=cards&lang=fr", "0 aujourd’hui<"),
        ("/jobs/plan?lang=en", "0 of 3 left<"),
    ] {
        assert!(
            limit_with(&world, path, looks).contains("lim st fail"),
            "{path}"
        );
    }
    let history = world.json("/scheduler/jobs/plan/history");
    let newest = history.as_array().or(history["runs"].as_array()).unwrap()[0].clone();
    assert_eq!(
        (&newest["reason"], &newest["messages_sent"]),
        (&json!("budget"), &json!(0))
    );
    let (code, _, err) = world.jobsd(&["run", "plan", "--local"]);
    assert_eq!(code, Some(4), "a second way to the same limit: {err}");
    assert!(err.contains("counts what `plan` sends"), "{err}");
    world.stop();
    let (_, _, err) = world.jobsd(&["run", "plan", "--local"]);
    assert!(err.contains("skipped (budget)"), "{err}");
    let mut to = server.take_to();
    to.sort();
    assert_eq!(to, ["p0@example.org", "p1@example.org", "p2@example.org"]);
}

/// Validation warns of it, and the error of the run names the key.
#[test]
fn a_missing_setting_fails_its_run() {
    let mut world = World::new();
    world.file("plan", PLAN);
    let (code, out, _) = world.jobsd(&[
        "validate",
        world.path("jobs.d").to_str().unwrap(),
        "--format",
        "jsonl",
    ]);
    assert_eq!(code, Some(0), "it is a valid file: {out}");
    let codes: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let keys: Vec<&str> = codes
        .iter()
        .filter(|c| c["code"] == "bot-source")
        .map(|c| c["key"].as_str().unwrap())
        .collect();
    assert_eq!(
        keys,
        ["bot_config.contacts", "bot_config.delivery"],
        "{out}"
    );
    world.start();
    let record = run(&world, "plan", &[]);
    assert_eq!(
        (
            &record["status"],
            &record["reason"],
            &record["messages_sent"]
        ),
        (&json!("failed"), &json!("exit"), &json!(0))
    );
    assert!(
        record["error"]
            .as_str()
            .unwrap()
            .starts_with("`contacts` is not set"),
        "{record}"
    );
}

#[test]
fn a_secret_reaches_the_bot_and_nothing_else() {
    let (mut world, server) = (World::new(), Server::with_login());
    fs::write(world.path("contacts.vcf"), crowd(2)).unwrap();
    let config = defaults(server.port).replace(
        "from: lea",
        "user: good, password: {from_env: MAIL_WORD}, from: lea",
    );
    world.config(&config);
    world.file("plan", PLAN);
    world.start_with(|command| {
        command.env("MAIL_WORD", "secret-word");
    });
    let record = run(&world, "plan", &[]);
    assert_eq!(record["messages_sent"], 2, "{record}");
    let mut kept = String::new();
    let mut folders = vec![world.path(".jobsd")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => kept += &String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()),
            }
        }
    }
    kept += &world.get("/scheduler/jobs").text();
    kept += &world.log();
    assert!(kept.contains("\"from_env\":\"MAIL_WORD\"") && !kept.contains("secret-word"));
    world.stop();
    world.start();
    let record = run(&world, "plan", &[]);
    assert_eq!(record["reason"], "start_failed", "{record}");
    assert!(
        record["error"].as_str().unwrap().contains("MAIL_WORD"),
        "{record}"
    );
}

/// The code of a language in `docs/bots.md`.
fn documented(language: &str) -> String {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/bots.md")).unwrap();
    let code = text.split(&format!("```{language}\n")).nth(1).unwrap();
    code.split("```").next().unwrap().to_owned()
}

#[test]
fn the_documented_programs_keep_the_contract() {
    for (language, program) in [("python", "python3"), ("sh", "sh")] {
        let mut world = World::new();
        fs::write(world.path("bot"), documented(language)).unwrap();
        world.config(&format!(
            "bots: {{birthday: {{command: [{program}, bot]}}}}\n"
        ));
        world.file("plan", PLAN);
        world.start();
        let dry = run(&world, "plan", &["--dry-run"]);
        assert_eq!(dry["status"], "success", "{language} {dry}");
        assert!(
            !world.path(".jobsd/bots/plan/greeted").exists()
                && !world.path(".jobsd/bots/plan/greeted.txt").exists()
        );
        let sent: Vec<Value> = (0..2)
            .map(|_| run(&world, "plan", &[])["messages_sent"].clone())
            .collect();
        assert_eq!(sent, [json!(2), json!(1)], "{language}");
        assert_eq!(run(&world, "plan", &[])["reason"], "budget", "{language}");
    }
}

/// What it last said, when the daemon was killed during the run.
#[test]
fn after_a_kill_the_result_file_counts() {
    for (word, counted) in [
        ("echo '{\"messages_sent\": 1}' > \"$JOBSD_RESULT\"", 1),
        ("true", 2),
    ] {
        let mut world = World::new();
        let bot = format!("#!/bin/sh\n{word}\necho ready > ready\nexec sleep 1000\n");
        fs::write(world.path("bot"), bot).unwrap();
        world.config("bots: {birthday: {command: [sh, bot]}}\n");
        world.file("plan", &(PLAN.to_owned() + "kill_grace: 0\n"));
        world.start();
        let (code, _, err) = world.jobsd(&["run", "plan", "--yes"]);
        assert_eq!(code, Some(0), "{err}");
        world.until("the bot is at work", |world| world.path("ready").exists());
        world.kill();
        world.start();
        world.until("the cut-off run is recorded", |world| {
            world
                .records("plan")
                .iter()
                .any(|record| record["status"] == "interrupted")
        });
        let record = &world.records("plan")[0];
        assert_eq!(
            record["budget"],
            json!({"reserved": 2, "used": counted}),
            "{record}"
        );
        // A line is written before it is shown.
        world.until("it counts so where it is shown", |world| {
            world.json("/scheduler/jobs/plan")["budget"]["daily"]["used"] == counted
        });
    }
}

/// An example under its own name in a world, with other words in place of some.
fn example(world: &World, name: &str, words: &[(&str, &str)]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = fs::read_to_string(root.join("examples").join(format!("{name}.yaml"))).unwrap();
    for (from, to) in words {
        assert!(text.contains(from), "{name} says {from}");
        text = text.replace(from, to);
    }
    world.file(name, &text);
}

#[test]
fn the_production_examples_really_send_and_really_visit() {
    let (mut world, server) = (World::new(), Server::with_login());
    let web = Web::new(|request| match request.path.as_str() {
        "/robots.txt" => page("404 Not Found", "text/plain", ""),
        _ => page("200 OK", "text/html", "<title>Hello</title>"),
    });
    fs::create_dir(world.path("sample")).unwrap();
    // One of the three is today, wherever the day turns during the test.
    let born = |from_now: i64| {
        card(
            &format!("Born {from_now}"),
            &format!("b{}@example.org", from_now + 9),
            &format!("1990-{}", &day(from_now)[5..]),
        )
    };
    fs::write(
        world.path("sample/contacts.vcf"),
        born(-1) + &born(0) + &born(1),
    )
    .unwrap();
    fs::write(world.path("sample/pages.txt"), web.url("/page")).unwrap();
    let host = format!(
        "host: 127.0.0.1\n      port: {}\n      tls: none",
        server.port
    );
    example(
        &world,
        "birthday",
        &[
            ("host: mail.example.org", &host),
            ("user: ana@example.org", "user: good"),
        ],
    );
    example(
        &world,
        "birthday-late",
        &[
            ("https://hooks.example.org/birthday", &web.url("/hook")),
            ("delay_secs: 30", "delay_secs: 0"),
        ],
    );
    example(&world, "birthday-command", &[]);
    example(&world, "visitor", &[("delay_secs: 10", "delay_secs: 0")]);
    world.start_with(|command| {
        command
            .env("SMTP_PASSWORD", "secret-word")
            .env("HOOK_AUTHORIZATION", "Bearer x");
    });
    let record = run(&world, "birthday", &[]);
    assert_eq!(
        (&record["status"], &record["messages_sent"]),
        (&json!("success"), &json!(1)),
        "{record}"
    );
    assert_eq!(server.take().len(), 1);
    let record = run(&world, "birthday-late", &[]);
    let sent = record["messages_sent"].as_u64().unwrap();
    let hooks = web.take();
    assert_eq!(
        hooks
            .iter()
            .filter(|r| r.path == "/hook" && r.header("authorization") == "Bearer x")
            .count() as u64,
        sent
    );
    assert!(sent >= 2, "{record}");
    assert_eq!(run(&world, "birthday-command", &[])["messages_sent"], 1);
    let record = run(&world, "visitor", &[]);
    assert_eq!(record["profiles_visited"], 1, "{record}");
    assert_eq!(web.take_paths(), ["/robots.txt", "/page"]);
}

/// They show both bots at work and send nothing.
#[test]
fn the_sample_jobs_work_on_any_day() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scratch = tempfile::tempdir().unwrap();
    for (job, word) in [("birthday", "would send to "), ("visitor", "would visit ")] {
        let mut command = clean(BIN);
        command
            .arg("--jobs")
            .arg(root.join("jobs.d"))
            .arg("--state")
            .arg(scratch.path());
        let output = command
            .args(["run", job, "--local", "--lang", "en"])
            .env("LANG", "C")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains(word), "{text}");
    }
    // Whatever the day, somebody of the sample contacts is due.
    let world = BotFolder::new();
    let config = json!({"dry_run": true, "process_late": true, "max_days_late": 31,
        "contacts": root.join("sample/contacts.vcf"), "delivery": {"command": ["true"]}});
    let mut at: Timestamp = "2027-01-01T08:00:00Z".parse().unwrap();
    for _ in 0..26 {
        let ended = world.run(
            "birthday",
            &config,
            &at.strftime("%Y-%m-%d").to_string(),
            &[],
        );
        assert!(ended.count("would_send") >= 1, "{at} {ended:?}");
        at += SignedDuration::from_hours(24 * 14);
    }
}
