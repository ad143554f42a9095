//! The history on disk over the world of a state directory: state lines, the checkpoint, retention.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::io::Write;

use crate::support::world::{World, ends};
use serde_json::Value;

const DAY: f64 = 86_400.0;

/// A daemon that lived on three days: it ran, was killed during a run, and was down between.
fn three_days() -> World {
    let mut world = World::new();
    world.every("tick", 1, "");
    world.job(
        "asked",
        "bot_config: {command: ['true']}\nschedule_type: manual",
    );
    world.start();
    assert_eq!(world.jobsd(&["run", "asked"]).0, Some(0));
    for day in 1..3 {
        world.until("runs of the day", |world| {
            world.days().len() == day && world.count("asked", "success") == 1
        });
        let seen = world.count("tick", "success");
        world.until("more runs", |world| {
            world.count("tick", "success") > seen + 1
        });
        if day == 1 {
            world.kill();
            world.set_clock(DAY);
            world.start();
        } else {
            world.set_clock(2.0 * DAY);
        }
    }
    world.until("the third day", |world| {
        let days = world.days();
        // A file may be there before its first line is.
        days.len() == 3
            && days
                .iter()
                .all(|day| fs::read(day).is_ok_and(|bytes| bytes.contains(&b'\n')))
    });
    world
}

fn first_line(path: &std::path::Path) -> Value {
    serde_json::from_str(fs::read_to_string(path).unwrap().lines().next().unwrap()).unwrap()
}

/// Nothing is lost when the files of earlier days are removed.
#[test]
fn each_day_begins_with_the_state() {
    let mut world = three_days();
    for day in world.days() {
        assert_eq!(first_line(&day)["type"], "state", "{}", day.display());
    }
    assert_eq!(world.stop(), Some(0));
    let shown = |world: &World| {
        let job = world.json("/scheduler/jobs/asked");
        (
            job["last_run_at"].clone(),
            job["created_at"].clone(),
            job["last_run_status"].clone(),
        )
    };
    world.start();
    let before = shown(&world);
    assert!(before.0.is_string() && before.2 == "success");
    world.kill();
    let days = world.days();
    fs::remove_file(&days[0]).unwrap();
    fs::remove_file(&days[1]).unwrap();
    fs::remove_file(world.path(".jobsd/checkpoint")).unwrap();
    let kept = world.records("tick").len();
    world.start();
    assert_eq!(
        shown(&world),
        before,
        "what pages show is in the state line"
    );
    world.until("it continues", |world| {
        world.records("tick").len() > kept + 1
    });
    let adopted = world
        .lines()
        .into_iter()
        .filter(|line| line["type"] == "adopt")
        .count();
    assert_eq!(adopted, 0, "the definitions in force are in the state line");
    let (code, out, err) = world.jobsd(&["history", "tick", "-n", "500", "--format", "jsonl"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.lines().count() > kept, "{out}");
}

#[test]
fn a_torn_line_is_fenced_reported_and_skipped() {
    let mut world = World::new();
    world.every("tick", 1, "");
    world.start();
    world.until("some runs", |world| world.count("tick", "success") > 1);
    world.kill();
    let day = world.days().pop().unwrap();
    let whole = fs::read_to_string(&day).unwrap();
    let torn = whole.trim_end().len() - 7;
    fs::write(&day, &whole[..torn]).unwrap();
    world.start();
    let place = world.json("/health")["torn_lines"][0]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(place.contains(".jsonl:"), "{place}");
    let (_, status, _) = world.jobsd(&["status"]);
    assert!(status.contains(&place), "{status}");
    assert!(world.log().contains("torn line skipped"));
    let text = fs::read_to_string(&day).unwrap();
    assert!(
        text.starts_with(&whole[..torn]) && text[torn..].starts_with("\n{"),
        "fenced, nothing else changed"
    );
    let seen = world.count("tick", "success");
    world.until("it continues", |world| {
        world.count("tick", "success") > seen
    });
    assert_eq!(world.stop(), Some(0));
    world.start();
    assert_eq!(
        world.json("/health")["torn_lines"],
        Value::Array(vec![]),
        "reported once"
    );
}

/// A crash exactly before the newline: the line says all that it would say with it.
#[test]
fn a_line_that_lacks_only_its_newline_is_taken() {
    let mut world = World::new();
    world.job(
        "asked",
        "bot_config: {command: ['true']}\nschedule_type: manual",
    );
    world.start();
    assert_eq!(world.jobsd(&["run", "asked"]).0, Some(0));
    world.until("its record", |world| world.count("asked", "success") == 1);
    world.kill();
    let day = world.days().pop().unwrap();
    let whole = fs::read_to_string(&day).unwrap();
    fs::write(&day, whole.trim_end()).unwrap();
    let (code, text, _) = world.jobsd(&["fsck"]);
    assert_eq!(code, Some(0), "{text}");
    let (_, text, _) = world.jobsd(&["history", "asked", "--format", "jsonl"]);
    assert!(text.contains("\"status\":\"success\""), "{text}");
    world.start();
    assert_eq!(ends(&world.records("asked")), ["success/-"]);
    let page = world.json("/scheduler/runs?job_id=asked");
    assert_eq!(page["runs"][0]["status"], "success", "{page}");
    assert_eq!(world.json("/health")["torn_lines"], Value::Array(vec![]));
    assert_eq!(world.stop(), Some(0));
    let (code, text, _) = world.jobsd(&["fsck"]);
    assert_eq!(code, Some(0), "{text}");
}

/// What an older version made of such a crash: the line it had not taken, and its own word on the
/// run.
#[test]
fn fsck_repairs_two_ends_of_one_run() {
    let mut world = World::new();
    world.job(
        "asked",
        "bot_config: {command: ['true']}\nschedule_type: manual",
    );
    world.start();
    assert_eq!(world.jobsd(&["run", "asked"]).0, Some(0));
    world.until("its record", |world| world.count("asked", "success") == 1);
    world.kill();
    let day = world.days().pop().unwrap();
    let whole = fs::read_to_string(&day).unwrap();
    let end = whole
        .lines()
        .find(|line| line.contains("\"status\":\"success\""));
    let second = end
        .unwrap()
        .replace("\"status\":\"success\"", "\"status\":\"interrupted\"")
        .replace("\"reason\":null", "\"reason\":\"crash\"");
    fs::write(&day, format!("{whole}{second}\n")).unwrap();
    let (code, text, _) = world.jobsd(&["fsck"]);
    assert!(code == Some(1) && text.contains("ended-twice"), "{text}");
    assert_eq!(world.jobsd(&["fsck", "--repair"]).0, Some(0));
    assert_eq!(ends(&world.records("asked")), ["success/-"]);
    let (_, text, _) = world.jobsd(&["history", "asked", "--format", "jsonl"]);
    assert!(text.contains("\"status\":\"success\""), "{text}");
    world.start();
    assert_eq!(world.stop(), Some(0));
}

#[test]
fn a_checkpoint_that_does_not_fit_is_not_used() {
    let mut world = World::new();
    world.every("tick", 1, "");
    world.start();
    world.until("some runs", |world| world.count("tick", "success") > 1);
    assert_eq!(world.stop(), Some(0));
    let checkpoint = world.path(".jobsd/checkpoint");
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
        let seen = world.count("tick", "success");
        world.start();
        world.until("it continues", |world| {
            world.count("tick", "success") > seen
        });
        world.kill();
    }
    // One that is older than the journal is right, and is used; one of a journal that was cut is
    // not.
    fs::write(&checkpoint, &good).unwrap();
    let day = world.days().pop().unwrap();
    let bytes = fs::read(&day).unwrap();
    fs::write(&day, &bytes[..bytes.len() / 3]).unwrap();
    world.start();
    let seen = world.count("tick", "success");
    world.until("it continues", |world| {
        world.count("tick", "success") > seen
    });
    assert!(
        ends(&world.records("tick"))
            .iter()
            .all(|end| end != "missed/late")
    );
}

#[test]
fn retention_takes_whole_days_away_and_never_a_page() {
    let mut world = three_days();
    fs::write(world.path("jobsd.yaml"), "history: {retain_days: 1}\n").unwrap();
    let (_, all, _) = world.jobsd(&["history", "-n", "10000", "--format", "jsonl"]);
    assert_eq!(world.stop(), Some(0));
    world.believe_the_clock(2.0 * DAY);
    let oldest = world.days()[0].clone();
    world.start();
    world.until("the oldest day is gone", |_| !oldest.exists());
    assert_eq!(world.days().len(), 2, "a day within the limit stays");
    let (code, left, err) = world.jobsd(&["history", "-n", "10000", "--format", "jsonl"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(left.lines().count() > 2 && left.lines().count() < all.lines().count() + 10);
    let index: Vec<String> = fs::read_dir(world.path(".jobsd/index"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let first = oldest.file_stem().unwrap().to_str().unwrap();
    world.until("its index is gone", |_| {
        !index.iter().any(|name| name.starts_with(first)) || {
            let left = fs::read_dir(world.path(".jobsd/index")).unwrap();
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

/// What is within the limit stays.
#[test]
fn retention_by_bytes_takes_the_oldest_day() {
    let mut world = three_days();
    fs::write(
        world.path("jobsd.yaml"),
        "history: {retain_bytes: 1048576}\n",
    )
    .unwrap();
    assert_eq!(world.stop(), Some(0));
    let days = world.days();
    world.start();
    let seen = world.count("tick", "success");
    world.until("runs", |world| world.count("tick", "success") > seen);
    assert_eq!(world.stop(), Some(0));
    assert_eq!(world.days(), days, "all are within the limit");
    // Lines of a later version: they are skipped, and they count.
    let line = format!("{{\"v\":99,\"text\":\"{}\"}}\n", "x".repeat(1_000));
    let mut oldest = fs::OpenOptions::new().append(true).open(&days[0]).unwrap();
    oldest.write_all(line.repeat(1_100).as_bytes()).unwrap();
    world.start();
    world.until("the oldest day is gone", |_| !days[0].exists());
    assert_eq!(world.days(), days[1..]);
    assert_eq!(world.stop(), Some(0));
    assert_eq!(world.jobsd(&["fsck"]).0, Some(0));
}

/// A world with successes, a failure, a run asked for and a missed range.
fn varied() -> World {
    let mut world = World::new();
    world.every("tick", 1, "misfire_grace_time: 0");
    world.job(
        "bad",
        "bot_config: {shell: 'exit 3'}\nschedule_type: manual",
    );
    world.start();
    assert_eq!(world.jobsd(&["run", "bad"]).0, Some(0));
    world.until("some ends", |world| {
        world.count("tick", "success") > 2 && world.count("bad", "failed") == 1
    });
    world.kill();
    world.set_clock(3_600.0);
    world.start();
    world.until("the gap", |world| world.count("tick", "missed") > 0);
    let seen = world.count("tick", "success");
    world.until("it continues", |world| {
        world.count("tick", "success") > seen
    });
    assert_eq!(world.stop(), Some(0));
    world
}

/// It is filtered, summed up and paged from the files.
#[test]
fn the_history_is_read_without_a_daemon() {
    let world = varied();
    let ask = |args: &[&str]| -> Value {
        let (code, out, err) = world.jobsd(&[&["history", "--format", "json"], args].concat());
        assert_eq!(code, Some(0), "{args:?}: {err}");
        serde_json::from_str(&out).unwrap()
    };
    let of = |value: &Value, key: &str| -> Vec<String> {
        let runs = value["runs"].as_array().unwrap();
        runs.iter()
            .map(|run| run[key].as_str().unwrap_or("-").to_owned())
            .collect()
    };
    let all = ask(&["-n", "1000"]);
    let ids = of(&all, "id");
    assert_eq!(all["next"], Value::Null);
    assert!(ids.len() > 4);
    assert!(of(&ask(&["--status", "failed"]), "job_id") == ["bad"]);
    assert!(of(&ask(&["--trigger", "manual"]), "job_id") == ["bad"]);
    assert!(
        of(&ask(&["tick", "--status", "missed"]), "status")
            .iter()
            .all(|status| status == "missed")
    );
    assert!(
        ask(&["--since", "2099-01-01T00:00:00Z"])["runs"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        of(
            &ask(&["--until", "2099-01-01T00:00:00Z", "-n", "1000"]),
            "id"
        ),
        ids
    );
    let mut walked = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = if cursor.is_empty() {
            ask(&["-n", "2"])
        } else {
            ask(&["-n", "2", "--cursor", &cursor])
        };
        walked.extend(of(&page, "id"));
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(walked, ids);
    let summary = ask(&["--summary", "-n", "1"])["summary"].clone();
    assert_eq!(summary["by_status"]["failed"], 1);
    let missed: u64 = world
        .records("tick")
        .iter()
        .filter(|run| run["status"] == "missed")
        .map(|run| run["count"].as_u64().unwrap_or(1))
        .sum();
    assert_eq!(
        summary["by_status"]["missed"], missed,
        "a range stands for many"
    );
    let (_, text, _) = world.jobsd(&["history", "--summary", "--lang", "fr"]);
    assert!(
        text.starts_with("DÉBUT\tJOB") && text.contains("Médiane"),
        "{text}"
    );
    for wrong in [
        &["history", "nobody"][..],
        &["history", "--since", "soon"],
        &["history", "--cursor", "x"],
        &["history", "--status", "lost"],
    ] {
        let (code, out, err) = world.jobsd(wrong);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{wrong:?}: {err}");
    }
}

/// And repairs only torn tails.
#[test]
fn fsck_finds_every_kind_of_damage() {
    let world = varied();
    let fsck = |args: &[&str]| {
        let (code, out, err) = world.jobsd(&[&["fsck", "--format", "jsonl"], args].concat());
        let codes: Vec<String> = out
            .lines()
            .map(|line| {
                serde_json::from_str::<Value>(line).unwrap()["code"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        (code, codes, err)
    };
    assert_eq!(fsck(&[]), (Some(0), vec![], String::new()));
    let day = world.days().pop().unwrap();
    let good = fs::read_to_string(&day).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    let find = |status: &str| {
        *lines
            .iter()
            .rfind(|line| line.contains(&format!("\"status\":\"{status}\"")))
            .unwrap()
    };
    let success = find("success");
    let other = |from: &str, to: &str| {
        assert!(success.contains(from), "{success}");
        success.replace(from, to)
    };
    let started: Value = serde_json::from_str(success).unwrap();
    let begin = started["started_at"].as_str().unwrap();
    let again = lines
        .iter()
        .find(|line| line.contains(begin) && line.contains("\"status\":\"running\""))
        .unwrap();
    let damages = [
        (
            other("\"status\":\"success\"", "\"status\":\"failed\""),
            "unexplained",
        ),
        (other(begin, "2001-01-01T00:00:00.000Z"), "early"),
        (
            other("\"job_id\":\"tick\"", "\"job_id\":\"tock\""),
            "wrong-id",
        ),
        (
            again.replace("\"output_bytes\":0", "\"output_bytes\":1"),
            "started-twice",
        ),
        (
            other("\"output_bytes\":0", "\"output_bytes\":1"),
            "ended-twice",
        ),
        (
            other("\"reason\":null", "\"reason\":\"late\""),
            "wrong-reason",
        ),
        (
            other("\"started_at\"", "\"count\":7,\"started_at\""),
            "bad-range",
        ),
        (lines[0].to_owned(), "history-renewed"),
        ("{\"v\":1,\"type\":\"run\",\"id\":".to_owned(), "torn-line"),
        (
            "{\"v\":2,\"type\":\"of the future\"}".to_owned(),
            "unknown-line",
        ),
    ];
    for (line, code) in damages {
        fs::write(&day, format!("{good}{line}\n")).unwrap();
        let (exit, codes, _) = fsck(&[]);
        let is_note = ["torn-line", "unknown-line", "history-renewed"].contains(&code);
        assert!(codes.contains(&code.to_owned()), "{code}: {codes:?}");
        assert_eq!(exit, Some(i32::from(!is_note)), "{code}: {codes:?}");
        let before = fs::read(&day).unwrap();
        fsck(&["--repair"]);
        assert_eq!(fs::read(&day).unwrap(), before, "{code} is not repaired");
    }
    fs::write(&day, &good).unwrap();
    let later = world.path(".jobsd/history/2101-01-01.jsonl");
    let state = lines[0].replace("\"present\":true", "\"present\":false");
    fs::write(&later, format!("{state}\n")).unwrap();
    assert_eq!(fsck(&[]).1, ["state-differs"]);
    fs::remove_file(later).unwrap();
    fs::write(&day, format!("{good}{{\"v\":1,\"type\"")).unwrap();
    assert_eq!(fsck(&[]).1, ["torn-tail"]);
    assert_eq!(fsck(&["--repair"]).0, Some(0));
    assert_eq!(
        fs::read_to_string(&day).unwrap(),
        format!("{good}{{\"v\":1,\"type\"\n")
    );
}

#[test]
fn fsck_knows_a_held_up_start_from_two() {
    let world = varied();
    let day = world.days().pop().unwrap();
    let good = fs::read_to_string(&day).unwrap();
    let start = "\"status\":\"running\"";
    let line = good.lines().rfind(|line| line.contains(start)).unwrap();
    let again = line.replace("\"output_bytes\":0", "\"output_bytes\":1");
    assert_ne!(again, line);
    let fsck = |line: &str| {
        fs::write(&day, format!("{good}{line}\n")).unwrap();
        world.jobsd(&["fsck"]).1.contains("started-twice")
    };
    assert!(fsck(&again));
    // The line before it took too long to be durable: nothing had started by it.
    assert!(!fsck(
        &again.replace(start, &format!("\"delayed\":true,{start}"))
    ));
}
