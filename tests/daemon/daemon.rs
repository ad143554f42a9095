//! The real binary, real children, real signals. Each test has its own folders and port; nothing
//! waits for a duration, only for a condition, with a deadline.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::support::child::{BIN, clean, is_alive};
use crate::support::world::World;
use serde_json::{Value, json};

fn statuses(records: &[Value]) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    records
        .iter()
        .map(|record| (word(&record["status"]), word(&record["reason"])))
        .collect()
}

fn nanos() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos()
}

/// With ten jobs that are due every second.
#[test]
fn ten_kills_do_not_break_the_promise() {
    let mut world = World::new();
    let evidence = world.path("evidence");
    for n in 0..10 {
        let shell = format!(
            "echo \"$JOBSD_JOB_ID $JOBSD_SCHEDULED_AT $(date +%s%N)\" >> {}",
            evidence.display()
        );
        world.job(
            &format!("j{n}"),
            &format!(
                "bot_config: {{shell: '{shell}'}}\nschedule_type: interval\n\
                schedule_config: {{seconds: 1}}\ncoalesce: false\nmax_instances: 1000\n\
                kill_grace: 0"
            ),
        );
    }
    world.start();
    let first = nanos() / 1_000_000_000 + 1;
    let mut down = String::new();
    for round in 0..10 {
        let seen = world.lines().len();
        // Aimed: right after the intents, the starts, the ends, in turn.
        world.until("some lines", |world| {
            world.lines().len() > seen + 11 * (1 + round % 3)
        });
        let from = nanos();
        world.kill();
        world.start();
        down += &format!("{from} {}\n", nanos());
    }
    let horizon = nanos() / 1_000_000_000 + 1;
    let wanted = format!("{horizon}");
    // Between two due times: a program that is stopped before its first line leaves no evidence.
    world.until("a quiet moment after the last second", |_| {
        let (second, rest) = (nanos() / 1_000_000_000, nanos() % 1_000_000_000);
        second > horizon && (400_000_000..700_000_000).contains(&rest)
    });
    assert_eq!(world.stop(), Some(0));
    let mut expected = String::new();
    for second in first - 2..=horizon + 3 {
        for n in 0..10 {
            let must = if (first..horizon).contains(&second) {
                "must"
            } else {
                "may"
            };
            expected += &format!("j{n} {second} {must} window_s=1\n");
        }
    }
    fs::write(world.path("expected"), expected).unwrap();
    fs::write(world.path("down"), down).unwrap();
    let checker = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/promise_check.py");
    let mut command = clean("python3");
    command
        .arg(checker)
        .arg("--expected")
        .arg(world.path("expected"))
        .arg("--evidence")
        .arg(&evidence);
    command
        .arg("--history")
        .arg(world.path(".jobsd/history"))
        .arg("--down")
        .arg(world.path("down"));
    command.args(["--horizon", &wanted, "--crashes", "10", "--catchup", "5"]);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The processes that a killed daemon left are ended by the next one.
#[test]
fn a_kill_interrupts_runs_and_their_processes() {
    let mut world = World::new();
    let pid = world.path("pid");
    let shell = format!(
        "setsid sh -c \"echo \\$\\$ > {}; sleep 300\" & sleep 300",
        pid.display()
    );
    world.job(
        "long",
        &format!("bot_config: {{shell: '{shell}'}}\nschedule_type: manual\nkill_grace: 1"),
    );
    world.job(
        "tick",
        "bot_config: {command: ['true']}\nschedule_type: interval\nschedule_config: {seconds: 1}",
    );
    world.start();
    let (code, _, stderr) = world.jobsd(&["run", "long"]);
    assert_eq!(code, Some(0), "{stderr}");
    world.until("the run's child", |_| {
        fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n'))
    });
    world.kill();
    let child = fs::read_to_string(&pid).unwrap().trim().to_owned();
    assert!(is_alive(&child));
    world.start();
    world.until("the orphans' end", |world| {
        statuses(&world.records("long")) == [("interrupted".into(), "crash".into())]
    });
    assert!(!is_alive(&child));
    let ran = world.records("tick").len();
    world.until("the next due time", |world| {
        world.records("tick").len() > ran + 1
    });
}

/// A bad one leaves the last good version in force.
#[test]
fn an_edit_is_live_at_once() {
    let mut world = World::new();
    let daily = |hour: u32| {
        format!(
            "bot_config: {{command: ['true']}}\nschedule_type: daily\n\
            schedule_config: {{hour: {hour}}}"
        )
    };
    world.job("a", &daily(3));
    world.job(
        "b",
        "bot_config: {command: ['true']}\nschedule_type: interval\nschedule_config: {seconds: 1}",
    );
    world.start();
    let next = |world: &World| {
        world.json("/scheduler/jobs/a")["next_run_at"]
            .as_str()
            .unwrap_or("-")
            .to_owned()
    };
    let second = Duration::from_secs(1);
    assert!(next(&world).contains("T03:00"));
    world.job("a", &daily(4));
    world.within(second, "the edit", |world| next(world).contains("T04:00"));
    fs::write(
        world.path("jobs.d/a.yaml"),
        "name: a\nbot_type: command\nschedule_type: dayly\n",
    )
    .unwrap();
    world.within(second, "the finding", |world| {
        let found = world.json("/scheduler/config")["diagnostics"].to_string();
        found.contains("did you mean `daily`") && found.contains("\"line\":3,\"column\":16")
    });
    assert!(next(&world).contains("T04:00"));
    assert_eq!(world.json("/health")["status"], "ok");
    assert!(
        world.json("/health")["warnings"][0]
            .as_str()
            .unwrap()
            .contains("a.yaml:")
    );
    let ran = world.records("b").len();
    world.until("its neighbor continues", |world| {
        world.records("b").len() > ran + 2
    });
    world.kill();
    world.start();
    assert!(
        next(&world).contains("T04:00"),
        "the last good version survives a restart"
    );
    fs::remove_file(world.path("jobs.d/a.yaml")).unwrap();
    world.within(second, "the removal", |world| {
        world.ask("/scheduler/jobs/a").unwrap().0 == 404
    });
    world.job("a", &daily(5));
    world.within(second, "the return", |world| next(world).contains("T05:00"));
}

/// Those that were missed while the daemon was down.
#[test]
fn missed_due_times_are_caught_up_or_misfire() {
    let mut world = World::new();
    let job = |more: &str| {
        format!(
            "bot_config: {{command: ['true']}}\nschedule_type: interval\n\
            schedule_config: {{minutes: 1}}\n{more}"
        )
    };
    world.job("latest", &job(""));
    world.job("each", &job("coalesce: false\nmax_instances: 100"));
    world.job("stale", &job("misfire_grace_time: 0"));
    world.start();
    world.kill();
    fs::write(world.path("offset"), "600").unwrap();
    world.start();
    world.until("all are settled", |world| {
        let done = |job| {
            world
                .records(job)
                .iter()
                .filter(|record| record["status"] != "running")
                .count()
                >= 10
        };
        done("latest") && done("each") && done("stale")
    });
    let of = |job: &str, status: &str, reason: &str| {
        let wanted = (status.to_owned(), reason.to_owned());
        statuses(&world.records(job)[..10])
            .into_iter()
            .filter(|found| *found == wanted)
            .count()
    };
    assert_eq!(
        (
            of("latest", "missed", "coalesced"),
            of("latest", "success", "-")
        ),
        (9, 1)
    );
    assert_eq!(of("each", "success", "-"), 10);
    assert!(
        world
            .records("each")
            .iter()
            .all(|run| run["trigger"] != "schedule"
                || run["started_at"].is_null()
                || run["lateness"].is_null())
    );
    // The last one may have been due less than a second ago, which is on time.
    assert!(of("stale", "missed", "downtime") >= 9);
}

#[test]
fn a_clock_set_forward_and_back_starts_nothing_twice() {
    let mut world = World::new();
    world.job(
        "m",
        "bot_config: {command: ['true']}\nschedule_type: interval\n\
        schedule_config: {minutes: 1}\nmisfire_grace_time: 0",
    );
    world.start();
    fs::write(world.path("offset"), "7200").unwrap();
    world.until("the leap is recorded", |world| {
        world
            .records("m")
            .iter()
            .any(|run| run["reason"] == "clock" && run["count"].as_u64() >= Some(118))
    });
    fs::write(world.path("offset"), "0").unwrap();
    world.until("the return is recorded", |world| {
        world.lines().iter().any(|line| line["type"] == "clock")
    });
    fs::write(world.path("offset"), "61").unwrap();
    world.until(
        "a due time that was written off by the wrong clock",
        |world| {
            world.records("m").iter().any(|run| {
                run["status"] == "success" || run["status"] == "missed" && run["count"].is_null()
            })
        },
    );
    let starts: Vec<Value> = world
        .lines()
        .into_iter()
        .filter(|line| line["attempt"] == 1 && line["status"] == "running")
        .collect();
    let mut ids: Vec<String> = starts.iter().map(|line| line["id"].to_string()).collect();
    ids.sort();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn timeout_cancel_and_shutdown_end_the_whole_tree() {
    let mut world = World::new();
    let pids = world.path("pids");
    let shell = format!(
        "trap \"\" TERM; for start in \"\" setsid nohup; do $start sh -c \"trap \\\"\\\" TERM; \
        echo \\$\\$ >> {}; sleep 300\" & done; wait; sleep 300",
        pids.display()
    );
    let job = |more: &str| {
        format!(
            "bot_config:\n  shell: |\n    {shell}\nschedule_type: manual\nkill_grace: 0\n{more}"
        )
    };
    world.job("slow", &job("timeout: 1"));
    world.job("endless", &job("timeout: null"));
    world.start();
    let children = |count: usize| {
        world.until("the children", |_| {
            fs::read_to_string(&pids).is_ok_and(|text| text.lines().count() == count)
        });
        let text = fs::read_to_string(&pids).unwrap();
        fs::remove_file(&pids).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let gone = |list: &[String]| list.iter().all(|pid| !is_alive(pid));
    assert_eq!(world.jobsd(&["run", "slow"]).0, Some(0));
    let list = children(3);
    world.until("the time limit", |world| {
        statuses(&world.records("slow")) == [("failed".into(), "timeout".into())]
    });
    assert!(gone(&list));
    let (code, stdout, _) = world.jobsd(&["run", "endless"]);
    assert_eq!(code, Some(0));
    let list = children(3);
    let run_id = stdout.trim();
    let (again, _, refused) = world.jobsd(&["run", "endless"]);
    assert_eq!(again, Some(4), "{refused}");
    assert_eq!(world.jobsd(&["cancel", run_id]).0, Some(0));
    world.until("the cancel", |world| {
        statuses(&world.records("endless")) == [("cancelled".into(), "user".into())]
    });
    assert!(gone(&list));
    assert_eq!(world.jobsd(&["run", "endless"]).0, Some(0));
    let list = children(3);
    assert_eq!(world.stop(), Some(0));
    assert!(gone(&list));
    assert!(statuses(&world.records("endless")).contains(&("cancelled".into(), "shutdown".into())));
}

/// With few syncs.
#[test]
fn a_thousand_jobs_a_second_all_run() {
    let mut world = World::new();
    let due = nanos() / 1_000_000_000 + 8;
    for n in 0..1_000 {
        world.job(
            &format!("j{n}"),
            &format!(
                "bot_config: {{command: ['true']}}\nschedule_type: interval\n\
                schedule_config: {{hours: 1000, anchor: '{}'}}",
                rfc3339(due)
            ),
        );
    }
    world.start();
    assert!(
        nanos() < due * 1_000_000_000,
        "the machine is too slow for this test"
    );
    let syncs = |world: &World| -> u64 {
        let (_, stdout, _) = world.jobsd(&["status", "--format", "json"]);
        serde_json::from_str::<Value>(&stdout).unwrap()["status"]["journal_syncs"]
            .as_u64()
            .unwrap()
    };
    let before = syncs(&world);
    world.until("all have run", |world| {
        world
            .lines()
            .iter()
            .filter(|line| line["status"] == "success")
            .count()
            == 1_000
    });
    let spent = syncs(&world) - before;
    eprintln!("1,000 runs: {spent} syncs");
    assert!(spent < 100, "{spent} syncs");
}

fn rfc3339(secs: u128) -> String {
    jobsd::time::Timestamp::from_second(i64::try_from(secs).unwrap())
        .unwrap()
        .to_string()
}

#[test]
fn what_cannot_start_says_so_in_one_sentence() {
    let mut world = World::new();
    world.job(
        "none",
        "bot_config: {command: [/does/not/exist]}\nschedule_type: manual",
    );
    world.start();
    let again = clean(BIN)
        .args(["serve", "--listen", "127.0.0.1:0", "--jobs"])
        .arg(world.path("jobs.d"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&again.stderr).into_owned();
    assert_eq!(again.status.code(), Some(5));
    assert!(
        text.contains("another jobsd (pid ") && text.lines().count() == 1,
        "{text}"
    );
    let port = clean(BIN)
        .args([
            "serve",
            "--listen",
            &format!("127.0.0.1:{}", world.port()),
            "--jobs",
        ])
        .arg(world.path("jobs.d"))
        .arg("--state")
        .arg(world.path("other"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&port.stderr).into_owned();
    assert_eq!(port.status.code(), Some(5));
    assert!(
        text.contains("--listen") && text.lines().count() == 1,
        "{text}"
    );
    assert_eq!(world.jobsd(&["run", "none"]).0, Some(0));
    world.until("the refusal", |world| {
        statuses(&world.records("none")) == [("failed".into(), "start_failed".into())]
    });
    assert!(
        world.records("none")[0]["error"]
            .as_str()
            .unwrap()
            .contains("/does/not/exist does not exist")
    );
    assert_eq!(world.records("none")[0]["started_at"], json!(null));
    let (code, _, stderr) = world.jobsd(&["run", "nothing"]);
    assert_eq!(code, Some(2), "{stderr}");
    fs::rename(world.path("jobs.d"), world.path("away")).unwrap();
    world.until("bad health", |world| {
        world
            .ask("/health")
            .is_some_and(|(code, body)| code == 503 && body.contains("--jobs"))
    });
    fs::rename(world.path("away"), world.path("jobs.d")).unwrap();
    world.until("good health", |world| {
        world.ask("/health").is_some_and(|(code, _)| code == 200)
    });
}

#[test]
fn a_full_disk_stops_starts_and_is_survived() {
    let mut world = World::new();
    world.job(
        "tick",
        "bot_config: {command: ['true']}\nschedule_type: interval\nschedule_config: {seconds: 1}",
    );
    world.start();
    world.until("some runs", |world| world.records("tick").len() > 2);
    let pid = world.daemon.as_ref().unwrap().id().to_string();
    let limit = |bytes: &str| {
        let status = clean("prlimit")
            .args(["--pid", &pid, &format!("--fsize={bytes}")])
            .status()
            .unwrap();
        assert!(status.success());
    };
    limit("100:unlimited");
    world.until("bad health", |world| {
        world
            .ask("/health")
            .is_some_and(|(code, body)| code == 503 && body.contains("history"))
    });
    let seen = world.records("tick").len();
    limit("unlimited:unlimited");
    world.until("good health", |world| {
        world.ask("/health").is_some_and(|(code, _)| code == 200)
    });
    world.until("runs again", |world| {
        world
            .records("tick")
            .iter()
            .skip(seen)
            .filter(|record| record["status"] == "success")
            .count()
            > 2
    });
    let mut previous = None;
    for record in world.records("tick") {
        let second: jobsd::time::Timestamp =
            record["scheduled_at"].as_str().unwrap().parse().unwrap();
        if let Some(previous) = previous {
            assert_eq!(second.as_second(), previous + 1, "a due time is missing");
        }
        previous = Some(second.as_second());
    }
}

#[test]
fn a_reload_uses_updated_zone_files() {
    let zones = PathBuf::from("/usr/share/zoneinfo");
    assert!(
        zones.join("Asia/Tokyo").exists(),
        "install tzdata: this test copies its files"
    );
    let mut world = World::new();
    let own = world.path("zones");
    fs::create_dir_all(own.join("Europe")).unwrap();
    fs::write(own.join("+VERSION"), "2099z\n").unwrap();
    fs::copy(zones.join("Asia/Tokyo"), own.join("Europe/Paris")).unwrap();
    fs::copy(zones.join("UTC"), own.join("UTC")).unwrap();
    world.job(
        "a",
        "bot_config: {command: ['true']}\nschedule_type: daily\n\
        schedule_config: {hour: 8}\ntimezone: Europe/Paris",
    );
    world.start_with(|command| {
        command.env("TZDIR", &own);
    });
    let next = |world: &World| {
        world.json("/scheduler/jobs/a")["next_run_at"]
            .as_str()
            .unwrap_or("-")
            .to_owned()
    };
    assert!(next(&world).contains("T23:00"), "{}", next(&world));
    assert!(world.jobsd(&["status"]).1.contains("2099z ("));
    fs::copy(zones.join("Asia/Kolkata"), own.join("new")).unwrap();
    fs::rename(own.join("new"), own.join("Europe/Paris")).unwrap();
    assert_eq!(world.jobsd(&["reload"]).0, Some(0));
    world.until("the new zone", |world| next(world).contains("T02:30"));
}

/// The system's 2025b against what is bundled: Vancouver keeps its summer time from November 2026
/// on.
#[test]
fn old_zone_data_of_the_system_does_not_serve() {
    let mut world = World::new();
    let own = world.path("zones");
    fs::create_dir_all(own.join("America")).unwrap();
    fs::write(own.join("tzdata.zi"), "# version 2025b\n").unwrap();
    // Eight hours behind UTC for good, which the bundled copy does not say of November 2026.
    fs::copy(
        "/usr/share/zoneinfo/Etc/GMT+8",
        own.join("America/Vancouver"),
    )
    .unwrap();
    world.env.push(("TZDIR", own));
    world.job(
        "a",
        "bot_config: {shell: 'echo $JOBSD_ZONE_DATA'}\nschedule_type: daily\n\
        schedule_config: {hour: 8}\ntimezone: America/Vancouver",
    );
    let next = |world: &World| {
        let job = world.json("/scheduler/jobs/a");
        job["next_run_at"].as_str().unwrap_or("-").to_owned()
    };
    for (setting, hour, serves) in [
        ("newer", "T15:00", "bundled"),
        ("bundled", "T15:00", "bundled"),
        ("system", "T16:00", "zones"),
    ] {
        fs::write(world.path("jobsd.yaml"), format!("zone_data: {setting}\n")).unwrap();
        world.start();
        assert!(next(&world).contains(hour), "{setting}: {}", next(&world));
        let config = world.json("/scheduler/config");
        assert_eq!(config["zones"]["setting"], setting);
        assert_eq!(config["zones"]["differing"][0]["zone"], "America/Vancouver");
        let (_, status, _) = world.jobsd(&["status"]);
        assert!(status.contains("! America/Vancouver: 202"), "{status}");
        let offline = world
            .jobsd(&["next", "a", "--count", "1", "--format", "json"])
            .1;
        assert!(offline.contains(hour), "{setting}: {offline}");
        let (code, doctor, _) = world.jobsd(&["doctor"]);
        assert!(
            code == Some(1) && doctor.contains("differ for America/Vancouver"),
            "{doctor}"
        );
        assert!(
            world
                .jobsd(&["validate", "--notes"])
                .1
                .contains("zone-data")
        );
        world.kill();
        let (_, out, _) = world.jobsd(&["run", "a", "--local"]);
        assert!(out.contains(serves), "{setting}: {out}");
    }
}

#[test]
fn every_example_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scratch = tempfile::tempdir().unwrap();
    for folder in ["examples", "jobs.d"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let id = path.file_stem().unwrap().to_str().unwrap();
            let mut command = clean(BIN);
            command
                .arg("--jobs")
                .arg(root.join(folder))
                .arg("--state")
                .arg(scratch.path().join(folder));
            if folder == "jobs.d" {
                fs::create_dir_all(scratch.path().join("jobs.d/history")).unwrap();
            }
            // Those that really send or visit are for `tests/bots/bots.rs`, which has servers for
            // them.
            let is_bot = fs::read_to_string(&path)
                .unwrap()
                .contains("\nbot_type: birthday")
                || id.starts_with("visitor");
            command.args(["run", id, "--local"]);
            command.args(is_bot.then_some("--dry-run"));
            command
                .env("SMTP_PASSWORD", "x")
                .env("HOOK_AUTHORIZATION", "x");
            let output = command.output().unwrap();
            assert!(
                output.status.success(),
                "{id}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
}

#[test]
fn every_setting_of_the_configuration_takes_effect() {
    let mut world = World::new();
    fs::rename(world.path("jobs.d"), world.path("tasks")).unwrap();
    world.state = world.path("data");
    let text = "jobs: tasks\nstate: data\nlisten: 127.0.0.1:0\nbase_path: /j\n\
        allowed_hosts: [jobs.example]\nmax_concurrent_runs: 1\n\
        defaults: {timezone: Asia/Tokyo, labels: {owner: ops}}\n\
        bots: {birthday: {command: [cat]}}\noutput: {max_bytes_per_run: 1024}\n\
        edit_url: 'https://git.example/{path}'\nlog: {format: json, file: own.log}\n";
    fs::write(world.path("jobsd.yaml"), text).unwrap();
    let write = |id: &str, text: &str| {
        fs::write(
            world.path("tasks").join(format!("{id}.yaml")),
            format!("name: {id}\n{text}\n"),
        )
        .unwrap()
    };
    write(
        "day",
        "bot_type: command\nbot_config: {command: ['true']}\nschedule_type: daily\n\
        schedule_config: {hour: 8}",
    );
    write(
        "greet",
        "bot_type: birthday\nbot_config: {max_messages_per_run: 3}\nschedule_type: manual",
    );
    write(
        "loud",
        "bot_type: command\nbot_config: {shell: 'head -c 5000 /dev/zero'}\nschedule_type: manual",
    );
    write(
        "one",
        "bot_type: command\nbot_config: {command: [sleep, '30']}\nschedule_type: manual\n\
        kill_grace: 0",
    );
    write(
        "two",
        "bot_type: command\nbot_config: {command: ['true']}\nschedule_type: manual",
    );
    let mut command = clean(BIN);
    command
        .current_dir(world.dir.path())
        .arg("serve")
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    world.daemon = Some(command.spawn().unwrap());
    world.until("ready", |world| {
        world.ask("/j/ready").is_some_and(|(code, _)| code == 200)
    });
    // A proxy may strip the prefix.
    assert_eq!(world.ask("/ready").unwrap().0, 200);
    let day = world.json("/j/scheduler/jobs/day");
    assert_eq!(
        (day["timezone"].as_str(), day["labels"]["owner"].as_str()),
        (Some("Asia/Tokyo"), Some("ops"))
    );
    assert!(day["next_run_at"].as_str().unwrap().contains("T23:00"));
    let ask = |args: &[&str]| {
        let output = clean(BIN)
            .current_dir(world.dir.path())
            .args(args)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let last = |world: &World, id: &str| {
        world.json(&format!("/j/scheduler/jobs/{id}"))["last_run_status"]
            .as_str()
            .unwrap_or("-")
            .to_owned()
    };
    let greet = ask(&["run", "greet", "--yes"]);
    world.until("the bot of our own", |world| {
        last(world, "greet") == "success"
    });
    let output =
        fs::read_to_string(world.path("data/output").join(format!("{greet}.log"))).unwrap();
    assert!(
        output.contains("\"max_messages_per_run\":3") && output.contains("\"daily_limit\":10"),
        "{output}"
    );
    let loud = ask(&["run", "loud"]);
    world.until("the loud one", |world| last(world, "loud") == "success");
    let kept = fs::read(world.path("data/output").join(format!("{loud}.log"))).unwrap();
    let kept = String::from_utf8(kept).unwrap();
    assert!(
        kept.len() < 1_200 && kept.contains(" bytes were dropped here"),
        "{kept}"
    );
    let one = ask(&["run", "one"]);
    ask(&["run", "two"]);
    world.until("the first", |world| last(world, "one") == "running");
    assert_eq!(last(&world, "two"), "-", "one run at a time");
    ask(&["cancel", &one]);
    world.until("the second", |world| last(world, "two") == "success");
    let send = |request: &str| {
        let mut stream = world.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    };
    assert!(
        send("GET /j/health HTTP/1.1\r\nHost: jobs.example\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 200")
    );
    let refused =
        send("PUT /j/scheduler/jobs/day HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert!(
        refused.contains("https://git.example/tasks/day.yaml"),
        "{refused}"
    );
    let log = fs::read_to_string(world.path("own.log")).unwrap();
    assert!(
        log.lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok())
            && log.contains("run ended")
    );
    // Defaults are live; a bad file changes nothing.
    let new = fs::read_to_string(world.path("jobsd.yaml"))
        .unwrap()
        .replace("Asia/Tokyo", "UTC");
    fs::write(world.path("jobsd.yaml"), &new).unwrap();
    ask(&["reload"]);
    world.until("the new default", |world| {
        world.json("/j/scheduler/jobs/day")["timezone"] == "UTC"
    });
    fs::write(
        world.path("jobsd.yaml"),
        "defaults: {timezone: Mars/Olympus}\n",
    )
    .unwrap();
    ask(&["--state", "data", "reload"]);
    world.until("the finding", |world| {
        world.json("/j/scheduler/config")["diagnostics"]
            .to_string()
            .contains("Mars/Olympus")
    });
    assert_eq!(world.json("/j/scheduler/jobs/day")["timezone"], "UTC");
    world.kill();
    let again = clean(BIN)
        .current_dir(world.dir.path())
        .arg("serve")
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("jobsd.yaml:1:22"));
}
