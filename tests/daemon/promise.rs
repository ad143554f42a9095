//! The promises of docs/operations.md under faults that the machine or its disk brings about;
//! strace injects them.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::time::{Duration, Instant};

use crate::support::child::{clean, is_alive, is_installed, signal};
use crate::support::world::{World, ends};
use serde_json::Value;

const FIVE_SECONDS: Duration = Duration::from_secs(5);

/// strace that does this to system calls on today's history file.
fn strace(world: &World, rule: &str) -> Vec<String> {
    assert!(
        is_installed("strace"),
        "strace is missing: run tools/install_strace.sh"
    );
    let now = jobsd::shell::clock::now().strftime("%Y-%m-%d").to_string();
    let state = world.path(".jobsd/history");
    let file = state.join(format!("{now}.jsonl"));
    let call = rule.split(':').next().unwrap();
    let words = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-P",
        file.to_str().unwrap(),
        "-e",
    ];
    let mut words: Vec<String> = words.map(str::to_owned).to_vec();
    words.extend([
        format!("trace={call}"),
        "-e".to_owned(),
        format!("inject={rule}"),
    ]);
    words
}

/// The daemon below strace.
fn traced(world: &World) -> u32 {
    let pid = world.pid();
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    children.split_whitespace().next().unwrap().parse().unwrap()
}

fn health(world: &World) -> (u16, String) {
    world.ask("/health").unwrap_or((0, String::new()))
}

/// Within 5 s, and readers are served meanwhile.
#[test]
fn a_hung_disk_is_reported_soon() {
    let mut world = World::new();
    world.every("tick", 1, "misfire_grace_time: 60");
    world.under = strace(&world, "fdatasync:delay_enter=9000000:when=3");
    world.start();
    let seen = |world: &World| world.records("tick").len();
    let begin = Instant::now();
    world.within(FIVE_SECONDS + FIVE_SECONDS, "bad health", |world| {
        let (code, body) = health(world);
        code == 503 && body.contains("is not responding")
    });
    // The third sync comes within about two seconds of the start.
    assert!(
        begin.elapsed() < FIVE_SECONDS + Duration::from_secs(2),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!(
        world.ask("/scheduler/jobs").unwrap().0,
        200,
        "readers are served"
    );
    assert_eq!(
        world.jobsd(&["status"]).0,
        Some(0),
        "so is the control socket"
    );
    world.until("good health by itself", |world| health(world).0 == 200);
    let before = seen(&world);
    world.until("it continues", |world| seen(world) > before + 1);
    let pid = traced(&world);
    signal(pid, "TERM");
    world.daemon.take().unwrap().wait().unwrap();
    assert_eq!(world.jobsd(&["fsck"]).0, Some(0));
}

/// A start that the disk holds up lets no other start go unrecorded.
/// Each program looks, when it begins, whether the history says so.
#[test]
fn a_slow_disk_leaves_no_start_unrecorded() {
    let mut world = World::new();
    let (history, unrecorded, begun) = (
        world.path(".jobsd/history"),
        world.path("unrecorded"),
        world.path("begun"),
    );
    let shell = format!(
        "grep -q \"$JOBSD_RUN_ID.*started_at.:.2\" {}/*.jsonl || echo $JOBSD_RUN_ID >> {}; \
        echo $JOBSD_RUN_ID >> {}",
        history.display(),
        unrecorded.display(),
        begun.display()
    );
    for n in 0..5 {
        world.job(
            &format!("j{n}"),
            &format!(
                "bot_config:\n  shell: |\n    {shell}\nschedule_type: interval\n\
                schedule_config: {{seconds: 1}}\ncoalesce: false\nmax_instances: 3\noverlap: queue"
            ),
        );
    }
    world.under = strace(&world, "fdatasync:delay_enter=1300000:when=2+2");
    world.start();
    world.until("starts on a slow disk", |_| {
        fs::read_to_string(&begun).is_ok_and(|text| text.lines().count() > 30)
    });
    assert_eq!(fs::read_to_string(&unrecorded).unwrap_or_default(), "");
    let pid = traced(&world);
    signal(pid, "KILL");
}

/// A request is ordered and started in one turn: its order is on the disk 1.3 s later. It starts
/// then, and nothing is called a failure or an overlap because the disk is slow; health says so.
#[test]
fn a_slow_disk_delays_but_loses_nothing() {
    let mut world = World::new();
    let begun = world.path("begun");
    let shell = format!(
        "bot_config: {{shell: 'echo $JOBSD_RUN_ID >> {}'}}",
        begun.display()
    );
    world.job("asked", &format!("{shell}\nschedule_type: manual"));
    world.every("tick", 4, "coalesce: false");
    world.under = strace(&world, "fdatasync:delay_enter=1300000");
    world.start();
    world.within(FIVE_SECONDS, "bad health", |world| {
        let (code, body) = health(world);
        code == 503 && body.contains("slow")
    });
    world.jobsd(&["run", "asked"]);
    world.until("its record", |world| {
        ends(&world.records("asked")) == ["success/-"]
    });
    let record = world.records("asked").pop().unwrap();
    let ran = fs::read_to_string(&begun).unwrap();
    assert_eq!(ran.trim(), record["id"].as_str().unwrap());
    world.until("other runs", |world| world.count("tick", "success") > 2);
    for record in world.records("tick") {
        let status = record["status"].as_str().unwrap();
        assert!(
            ["success", "running"].contains(&status),
            "{record}\n{}",
            world.log()
        );
    }
    let pid = traced(&world);
    signal(pid, "KILL");
}

/// The daemon waits for it.
#[test]
fn a_full_disk_delays_the_start() {
    let mut world = World::new();
    world.every("tick", 1, "");
    world.under = vec!["prlimit".into(), "--fsize=64:unlimited".into()];
    world.spawn();
    world.within(FIVE_SECONDS, "bad health", |world| {
        let (code, body) = health(world);
        code == 503 && body.contains("history cannot be written")
    });
    assert_eq!(world.ask("/ready").unwrap().0, 503);
    let pid = world.pid().to_string();
    let lift = clean("prlimit")
        .args(["--pid", &pid, "--fsize=unlimited:unlimited"])
        .status();
    assert!(lift.unwrap().success());
    world.until("it is ready by itself", |world| {
        world.ask("/ready").unwrap().0 == 200
    });
    world.until("runs", |world| world.count("tick", "success") > 0);
    world.until("good health", |world| health(world).0 == 200);
}

#[test]
fn a_stop_is_obeyed_although_the_disk_refuses() {
    let mut world = World::new();
    world.every("tick", 1, "");
    let pid = world.path("pid");
    world.job(
        "long",
        &format!(
            "bot_config: {{shell: 'echo $$ > {}; sleep 300'}}\n\
            schedule_type: manual\nkill_grace: 1",
            pid.display()
        ),
    );
    world.start();
    assert_eq!(world.jobsd(&["run", "long"]).0, Some(0));
    world.until("the program", |_| {
        fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n'))
    });
    let daemon = world.pid().to_string();
    let full = clean("prlimit")
        .args(["--pid", &daemon, "--fsize=100:unlimited"])
        .status();
    assert!(full.unwrap().success());
    world.until("bad health", |world| health(world).0 == 503);
    let begin = Instant::now();
    assert_eq!(world.stop(), Some(0));
    assert!(begin.elapsed() < FIVE_SECONDS, "{:?}", begin.elapsed());
    assert!(!is_alive(fs::read_to_string(&pid).unwrap().trim()));
    world.start();
    world.until("its record", |world| {
        ends(&world.records("long")) == ["interrupted/crash"]
    });
}

/// They are not carried out later.
#[test]
fn a_full_disk_refuses_requests_at_once() {
    let mut world = World::new();
    world.job(
        "asked",
        "bot_config: {command: ['true']}\nschedule_type: manual",
    );
    world.every("tick", 1, "");
    world.start();
    let daemon = world.pid().to_string();
    let limit = |bytes: &str| {
        let status = clean("prlimit")
            .args(["--pid", &daemon, &format!("--fsize={bytes}:unlimited")])
            .status();
        assert!(status.unwrap().success());
    };
    limit("100");
    let refused = |world: &World| {
        for words in [&["run", "asked"][..], &["pause", "tick"], &["reload"]] {
            let begin = Instant::now();
            let (code, _, err) = world.jobsd(words);
            assert_eq!(code, Some(4), "{words:?}: {err}");
            assert!(err.contains("nothing was done"), "{words:?}: {err}");
            assert!(begin.elapsed() < FIVE_SECONDS, "{words:?}");
        }
    };
    refused(&world);
    world.until("bad health", |world| health(world).0 == 503);
    refused(&world);
    limit("unlimited");
    world.until("good health", |world| health(world).0 == 200);
    let seen = world.count("tick", "success");
    world.until("it continues", |world| {
        world.count("tick", "success") > seen + 1
    });
    assert_eq!(world.records("asked").len(), 0);
    assert!(world.lines().iter().all(|line| line["type"] != "pause"));
    assert_eq!(world.jobsd(&["run", "asked"]).0, Some(0));
    assert_eq!(world.stop(), Some(0));
}

/// And its time is left behind when the clock is right again.
#[test]
fn a_clock_far_ahead_is_reported() {
    let mut world = World::new();
    world.every("tick", 1, "misfire_grace_time: 5");
    world.set_clock(72.0 * 365.25 * 86_400.0);
    world.start();
    world.until("runs in the future", |world| {
        world.count("tick", "success") > 1
    });
    let (code, body) = health(&world);
    assert!(
        code == 503 && body.contains("the clock shows 209"),
        "{body}"
    );
    world.set_clock(0.0);
    world.within(FIVE_SECONDS, "good health", |world| health(world).0 == 200);
    let ahead = |world: &World| {
        world
            .records("tick")
            .iter()
            .filter(|run| run["scheduled_at"].as_str().unwrap() < "2090")
            .count()
    };
    world.within(FIVE_SECONDS, "the schedule resumes", |world| {
        ahead(world) > 1
    });
    assert!(
        world.lines().iter().any(|line| line["type"] == "clock"),
        "the reason is recorded"
    );
    world.kill();
    world.start();
    let before = ahead(&world);
    world.until("it continues after a restart", |world| {
        ahead(world) > before + 1
    });
    assert_eq!(world.stop(), Some(0));
    assert_eq!(
        world.jobsd(&["fsck"]).0,
        Some(0),
        "{}",
        world.jobsd(&["fsck"]).1
    );
}

/// It keeps the bound and loses nothing.
#[test]
fn a_catch_up_keeps_the_due_order() {
    let mut world = World::new();
    fs::write(
        world.path("jobsd.yaml"),
        "max_concurrent_runs: 3\ncatch_up: {per_second: 1000}\n",
    )
    .unwrap();
    for n in 0..40 {
        world.job(
            &format!("j{n}"),
            &format!(
                "bot_config: {{command: [sleep, '0.05']}}\nschedule_type: interval\n\
                schedule_config: {{hours: 1, anchor: '2026-01-01T00:00:{:02}Z'}}",
                n
            ),
        );
    }
    world.start();
    world.kill();
    world.set_clock(3_600.0);
    world.start();
    let caught = |world: &World| -> Vec<Value> {
        let of = |n: usize| world.records(&format!("j{n}")).into_iter();
        (0..40)
            .flat_map(of)
            .filter(|run| run["trigger"] == "catchup" && run["status"] == "success")
            .collect()
    };
    world.until("all are caught up", |world| caught(world).len() >= 39);
    let (mut active, mut most, mut order) = (0, 0, Vec::new());
    for line in world
        .lines()
        .iter()
        .filter(|line| line["type"] == "run" && line["trigger"] == "catchup")
    {
        if line["status"] == "running" {
            active += 1;
            order.push(line["scheduled_at"].as_str().unwrap().to_owned());
        } else if !line["started_at"].is_null() {
            active -= 1;
        }
        most = most.max(active);
    }
    assert_eq!(most, 3, "the bound is used and kept");
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn old_lines_are_read() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journal_versions");
    let mut versions = 0;
    for version in fs::read_dir(root).unwrap() {
        let version = version.unwrap().path();
        versions += 1;
        let mut world = World::new();
        let expected: Value =
            serde_json::from_str(&fs::read_to_string(version.join("expected.json")).unwrap())
                .unwrap();
        fs::create_dir_all(world.path(".jobsd/history")).unwrap();
        for day in fs::read_dir(version.join("history")).unwrap() {
            let day = day.unwrap();
            fs::copy(
                day.path(),
                world.path(".jobsd/history").join(day.file_name()),
            )
            .unwrap();
        }
        let (code, text, _) = world.jobsd(&["fsck"]);
        assert_eq!(code, Some(0), "{}: {text}", version.display());
        let (_, text, _) = world.jobsd(&["history", "--format", "json", "-n", "100"]);
        let runs: Value = serde_json::from_str(&text).unwrap();
        let found = ends(runs["runs"].as_array().unwrap());
        let wanted: Vec<String> = serde_json::from_value(expected["ends"].clone()).unwrap();
        assert_eq!(found, wanted, "{}", version.display());
        // The files are away, so the last good definitions come from the journal.
        fs::remove_dir(world.path("jobs.d")).unwrap();
        world.spawn();
        world.until("the jobs in force", |world| {
            let jobs = world
                .ask("/scheduler/jobs")
                .map(|(_, body)| serde_json::from_str::<Value>(&body).unwrap());
            let ids = |jobs: &Value| {
                jobs.as_array()
                    .unwrap()
                    .iter()
                    .map(|job| job["id"].clone())
                    .collect::<Vec<_>>()
            };
            jobs.is_some_and(|jobs| Value::from(ids(&jobs)) == expected["jobs"])
        });
    }
    assert!(versions > 0);
}
