//! The history on disk over the life of a state directory: state lines, the checkpoint, retention.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod life;

use std::fs;

use life::{Life, ends};
use serde_json::Value;

const DAY: f64 = 86_400.0;

/// A daemon that lived on three days: it ran, was killed during a run, and was down between.
fn three_days() -> Life {
    let mut life = Life::new();
    life.every("tick", 1, "");
    life.job(
        "asked",
        "bot_config: {command: ['true']}\nschedule_type: manual",
    );
    life.start();
    assert_eq!(life.jobsd(&["run", "asked"]).0, Some(0));
    for day in 1..3 {
        life.until("runs of the day", |life| {
            life.days().len() == day && life.count("asked", "success") == 1
        });
        let seen = life.count("tick", "success");
        life.until("more runs", |life| life.count("tick", "success") > seen + 1);
        if day == 1 {
            life.kill();
            life.set_clock(DAY);
            life.start();
        } else {
            life.set_clock(2.0 * DAY);
        }
    }
    life.until("the third day", |life| life.days().len() == 3);
    life
}

fn first_line(path: &std::path::Path) -> Value {
    serde_json::from_str(fs::read_to_string(path).unwrap().lines().next().unwrap()).unwrap()
}

#[test]
fn each_day_begins_with_a_state_line_and_loses_nothing_when_the_earlier_days_go() {
    let mut life = three_days();
    for day in life.days() {
        assert_eq!(first_line(&day)["type"], "state", "{}", day.display());
    }
    assert_eq!(life.stop(), Some(0));
    let shown = |life: &Life| {
        let job = life.json("/scheduler/jobs/asked");
        (
            job["last_run_at"].clone(),
            job["created_at"].clone(),
            job["last_run_status"].clone(),
        )
    };
    life.start();
    let before = shown(&life);
    assert!(before.0.is_string() && before.2 == "success");
    life.kill();
    let days = life.days();
    fs::remove_file(&days[0]).unwrap();
    fs::remove_file(&days[1]).unwrap();
    fs::remove_file(life.path(".jobsd/checkpoint")).unwrap();
    let kept = life.records("tick").len();
    life.start();
    assert_eq!(shown(&life), before, "what pages show is in the state line");
    life.until("it goes on", |life| life.records("tick").len() > kept + 1);
    let adopted = life
        .lines()
        .into_iter()
        .filter(|line| line["type"] == "adopt")
        .count();
    assert_eq!(adopted, 0, "the definitions in force are in the state line");
    let (code, out, err) = life.jobsd(&["history", "tick", "-n", "500", "--format", "jsonl"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.lines().count() > kept, "{out}");
}

#[test]
fn a_checkpoint_that_does_not_fit_is_not_used() {
    let mut life = Life::new();
    life.every("tick", 1, "");
    life.start();
    life.until("some runs", |life| life.count("tick", "success") > 1);
    assert_eq!(life.stop(), Some(0));
    let checkpoint = life.path(".jobsd/checkpoint");
    let good = fs::read(&checkpoint).unwrap();
    let damages: [fn(&mut Vec<u8>); 4] = [
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| bytes.clear(),
        |bytes| bytes[40] ^= 1,
        |bytes| bytes.extend(b"x"),
    ];
    for damage in damages {
        let mut bytes = good.clone();
        damage(&mut bytes);
        fs::write(&checkpoint, bytes).unwrap();
        let seen = life.count("tick", "success");
        life.start();
        life.until("it goes on", |life| life.count("tick", "success") > seen);
        life.kill();
    }
    // One that is older than the journal is right, and is used; one of a journal that was cut is not.
    fs::write(&checkpoint, &good).unwrap();
    let day = life.days().pop().unwrap();
    let bytes = fs::read(&day).unwrap();
    fs::write(&day, &bytes[..bytes.len() / 3]).unwrap();
    life.start();
    let seen = life.count("tick", "success");
    life.until("it goes on", |life| life.count("tick", "success") > seen);
    assert!(
        ends(&life.records("tick"))
            .iter()
            .all(|end| end != "missed/late")
    );
}

#[test]
fn retention_takes_whole_days_away_and_never_a_page() {
    let mut life = three_days();
    fs::write(life.path("jobsd.yaml"), "history: {retain_days: 1}\n").unwrap();
    let (_, all, _) = life.jobsd(&["history", "-n", "10000", "--format", "jsonl"]);
    assert_eq!(life.stop(), Some(0));
    let oldest = life.days()[0].clone();
    life.start();
    life.until("the oldest day is gone", |_| !oldest.exists());
    assert_eq!(life.days().len(), 2, "a day within the limit stays");
    let (code, left, err) = life.jobsd(&["history", "-n", "10000", "--format", "jsonl"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(left.lines().count() > 2 && left.lines().count() < all.lines().count() + 10);
    let index: Vec<String> = fs::read_dir(life.path(".jobsd/index"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let first = oldest.file_stem().unwrap().to_str().unwrap();
    life.until("its index is gone", |_| {
        !index.iter().any(|name| name.starts_with(first)) || {
            let left = fs::read_dir(life.path(".jobsd/index")).unwrap();
            left.into_iter().all(|entry| {
                !entry
                    .unwrap()
                    .file_name()
                    .to_str()
                    .unwrap()
                    .starts_with(first)
            })
        }
    });
}
