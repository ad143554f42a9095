//! Promises of PRODUCT section 5 under faults that the machine or its disk brings about; strace injects them.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod life;

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use life::{Life, ends};
use serde_json::Value;

const FIVE_SECONDS: Duration = Duration::from_secs(5);

/// strace that does this to system calls on today's history file.
fn strace(life: &Life, rule: &str) -> Vec<String> {
    assert!(
        Command::new("strace").arg("-V").output().is_ok(),
        "strace is missing: run tools/install_strace.sh"
    );
    let now = jobsd::shell::clock::now().strftime("%Y-%m-%d").to_string();
    let state = life.path(".jobsd/history");
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
fn traced(life: &Life) -> u32 {
    let pid = life.pid();
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    children.split_whitespace().next().unwrap().parse().unwrap()
}

fn health(life: &Life) -> (u16, String) {
    life.get("/health").unwrap_or((0, String::new()))
}

#[test]
fn a_disk_that_does_not_answer_is_told_within_5_s_and_readers_are_served() {
    let mut life = Life::new();
    life.every("tick", 1, "misfire_grace_time: 60");
    life.wrapper = strace(&life, "fdatasync:delay_enter=9000000:when=3");
    life.start();
    let seen = |life: &Life| life.records("tick").len();
    let begin = Instant::now();
    life.within(FIVE_SECONDS + FIVE_SECONDS, "bad health", |life| {
        let (code, body) = health(life);
        code == 503 && body.contains("does not answer")
    });
    // The third sync comes within about two seconds of the start.
    assert!(
        begin.elapsed() < FIVE_SECONDS + Duration::from_secs(2),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!(
        life.get("/scheduler/jobs").unwrap().0,
        200,
        "readers are served"
    );
    assert_eq!(
        life.jobsd(&["status"]).0,
        Some(0),
        "so is the control socket"
    );
    life.until("good health by itself", |life| health(life).0 == 200);
    let before = seen(&life);
    life.until("it goes on", |life| seen(life) > before + 1);
    let pid = traced(&life);
    life.signal(pid, "TERM");
    life.daemon.take().unwrap().wait().unwrap();
    assert_eq!(life.jobsd(&["fsck"]).0, Some(0));
}

/// Each program looks, when it begins, whether the history says so.
#[test]
fn a_start_that_the_disk_kept_waiting_lets_no_other_start_go_unrecorded() {
    let mut life = Life::new();
    let (history, unrecorded, begun) = (
        life.path(".jobsd/history"),
        life.path("unrecorded"),
        life.path("begun"),
    );
    let shell = format!(
        "grep -q \"$JOBSD_RUN_ID.*started_at.:.2\" {}/*.jsonl || echo $JOBSD_RUN_ID >> {}; echo $JOBSD_RUN_ID >> {}",
        history.display(),
        unrecorded.display(),
        begun.display()
    );
    for n in 0..5 {
        life.job(
            &format!("j{n}"),
            &format!("bot_config:\n  shell: |\n    {shell}\nschedule_type: interval\nschedule_config: {{seconds: 1}}\ncoalesce: false\nmax_instances: 3\noverlap: queue"),
        );
    }
    life.wrapper = strace(&life, "fdatasync:delay_enter=1300000:when=2+2");
    life.start();
    life.until("starts on a slow disk", |_| {
        fs::read_to_string(&begun).is_ok_and(|text| text.lines().count() > 30)
    });
    assert_eq!(fs::read_to_string(&unrecorded).unwrap_or_default(), "");
    let pid = traced(&life);
    life.signal(pid, "KILL");
}

/// A request is ordered and started in one turn: its order is on the disk 1.3 s later, and by then it is too late.
#[test]
fn a_start_that_the_disk_kept_waiting_for_over_a_second_does_not_happen_and_is_recorded() {
    let mut life = Life::new();
    let begun = life.path("begun");
    life.job(
        "asked",
        &format!(
            "bot_config: {{shell: 'echo >> {}'}}\nschedule_type: manual",
            begun.display()
        ),
    );
    life.wrapper = strace(&life, "fdatasync:delay_enter=1300000");
    life.start();
    life.jobsd(&["run", "asked"]);
    life.until("its record", |life| {
        ends(&life.records("asked")) == ["failed/start_failed"]
    });
    let record = life.records("asked").pop().unwrap();
    let error = record["error"].as_str().unwrap_or_default();
    assert!(
        error.contains("could not be made durable in time"),
        "{record}"
    );
    assert!(!begun.exists(), "a program without a durable order");
    let pid = traced(&life);
    life.signal(pid, "KILL");
}

#[test]
fn a_disk_that_is_full_at_the_start_is_waited_for() {
    let mut life = Life::new();
    life.every("tick", 1, "");
    life.wrapper = vec!["prlimit".into(), "--fsize=0:unlimited".into()];
    life.spawn();
    life.within(FIVE_SECONDS, "bad health", |life| {
        let (code, body) = health(life);
        code == 503 && body.contains("history cannot be written")
    });
    assert_eq!(life.get("/ready").unwrap().0, 503);
    let pid = life.pid().to_string();
    let lift = Command::new("prlimit")
        .args(["--pid", &pid, "--fsize=unlimited:unlimited"])
        .status();
    assert!(lift.unwrap().success());
    life.until("it is ready by itself", |life| {
        life.get("/ready").unwrap().0 == 200
    });
    life.until("runs", |life| life.count("tick", "success") > 0);
    life.until("good health", |life| health(life).0 == 200);
}

#[test]
fn a_stop_is_obeyed_although_the_disk_refuses() {
    let mut life = Life::new();
    life.every("tick", 1, "");
    let pid = life.path("pid");
    life.job("long", &format!("bot_config: {{shell: 'echo $$ > {}; sleep 300'}}\nschedule_type: manual\nkill_grace: 1", pid.display()));
    life.start();
    assert_eq!(life.jobsd(&["run", "long"]).0, Some(0));
    life.until("the program", |_| {
        fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n'))
    });
    let daemon = life.pid().to_string();
    let full = Command::new("prlimit")
        .args(["--pid", &daemon, "--fsize=100:unlimited"])
        .status();
    assert!(full.unwrap().success());
    life.until("bad health", |life| health(life).0 == 503);
    let begin = Instant::now();
    assert_eq!(life.stop(), Some(0));
    assert!(begin.elapsed() < FIVE_SECONDS, "{:?}", begin.elapsed());
    assert!(!life::is_alive(fs::read_to_string(&pid).unwrap().trim()));
    life.start();
    life.until("its record", |life| {
        ends(&life.records("long")) == ["interrupted/crash"]
    });
}

#[test]
fn a_clock_far_in_the_future_is_told_and_left_behind() {
    let mut life = Life::new();
    life.every("tick", 1, "misfire_grace_time: 5");
    life.set_clock(72.0 * 365.25 * 86_400.0);
    life.start();
    life.until("runs in the future", |life| {
        life.count("tick", "success") > 1
    });
    let (code, body) = health(&life);
    assert!(
        code == 503 && body.contains("the clock shows 209"),
        "{body}"
    );
    life.set_clock(0.0);
    life.within(FIVE_SECONDS, "good health", |life| health(life).0 == 200);
    let ahead = |life: &Life| {
        life.records("tick")
            .iter()
            .filter(|run| run["scheduled_at"].as_str().unwrap() < "2090")
            .count()
    };
    life.within(FIVE_SECONDS, "the schedule resumes", |life| ahead(life) > 1);
    assert!(
        life.lines().iter().any(|line| line["type"] == "clock"),
        "the reason is recorded"
    );
    life.kill();
    life.start();
    let before = ahead(&life);
    life.until("it goes on behind a restart", |life| {
        ahead(life) > before + 1
    });
    assert_eq!(life.stop(), Some(0));
    assert_eq!(
        life.jobsd(&["fsck"]).0,
        Some(0),
        "{}",
        life.jobsd(&["fsck"]).1
    );
}

#[test]
fn a_catch_up_keeps_the_due_order_and_the_bound_and_loses_nothing() {
    let mut life = Life::new();
    fs::write(life.path("jobsd.yaml"), "max_concurrent_runs: 3\n").unwrap();
    for n in 0..40 {
        life.job(
            &format!("j{n}"),
            &format!("bot_config: {{command: [sleep, '0.05']}}\nschedule_type: interval\nschedule_config: {{hours: 1, anchor: '2026-01-01T00:00:{:02}Z'}}", n),
        );
    }
    life.start();
    life.kill();
    life.set_clock(3_600.0);
    life.start();
    let caught = |life: &Life| -> Vec<Value> {
        let of = |n: usize| life.records(&format!("j{n}")).into_iter();
        (0..40)
            .flat_map(of)
            .filter(|run| run["trigger"] == "catchup" && run["status"] == "success")
            .collect()
    };
    life.until("all are caught up", |life| caught(life).len() >= 39);
    let (mut active, mut most, mut order) = (0, 0, Vec::new());
    for line in life
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
        let mut life = Life::new();
        let expected: Value =
            serde_json::from_str(&fs::read_to_string(version.join("expected.json")).unwrap())
                .unwrap();
        fs::create_dir_all(life.path(".jobsd/history")).unwrap();
        for day in fs::read_dir(version.join("history")).unwrap() {
            let day = day.unwrap();
            fs::copy(
                day.path(),
                life.path(".jobsd/history").join(day.file_name()),
            )
            .unwrap();
        }
        let (code, text, _) = life.jobsd(&["fsck"]);
        assert_eq!(code, Some(0), "{}: {text}", version.display());
        let (_, text, _) = life.jobsd(&["history", "--format", "json", "-n", "100"]);
        let runs: Value = serde_json::from_str(&text).unwrap();
        let found = ends(runs["runs"].as_array().unwrap());
        let wanted: Vec<String> = serde_json::from_value(expected["ends"].clone()).unwrap();
        assert_eq!(found, wanted, "{}", version.display());
        // The files are away, so the last good definitions come from the journal.
        fs::remove_dir(life.path("jobs.d")).unwrap();
        life.spawn();
        life.until("the jobs in force", |life| {
            let jobs = life
                .get("/scheduler/jobs")
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
