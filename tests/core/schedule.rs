//! The rules of `tests/conformance/README.md`, by its vectors.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::num::NonZeroU64;

use jobsd::schedule::Schedule;
use jobsd::schedule::daily::Daily;
use jobsd::schedule::elapsed::Interval;
use jobsd::schedule::expression::Cron;
use jobsd::schedule::kind::Rule;
use jobsd::schedule::weekly::Weekly;
use jobsd::time::{TimeZone, Timestamp};
use serde_json::Value;

fn read(name: &str) -> Vec<Value> {
    let path = format!("{}/tests/conformance/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn schedule(vector: &Value) -> Schedule {
    let config = &vector["schedule_config"];
    let number = |key: &str| config[key].as_i64().unwrap_or(0);
    let small = |key: &str| i8::try_from(number(key)).unwrap();
    let rule = match vector["schedule_type"].as_str().unwrap() {
        "daily" => Rule::from(Daily {
            hour: small("hour"),
            minute: small("minute"),
        }),
        "weekly" => {
            let days = config["day_of_week"].as_str().unwrap();
            Rule::from(Weekly::parse(days, small("hour"), small("minute")).unwrap())
        }
        "interval" => {
            let secs = number("hours") * 3_600 + number("minutes") * 60 + number("seconds");
            let every_secs = NonZeroU64::new(u64::try_from(secs).unwrap()).unwrap();
            let anchor = config["anchor"].as_str().map(|text| text.parse().unwrap());
            let anchor = anchor.unwrap_or(Timestamp::UNIX_EPOCH);
            Rule::from(Interval { every_secs, anchor })
        }
        "cron" => {
            let text = config["cron_expression"].as_str().unwrap();
            let seconds = config["seconds"].as_bool().unwrap_or(false);
            Rule::from(Cron::parse(text, seconds).unwrap_or_else(|e| panic!("{text}: {e:?}")))
        }
        other => panic!("unknown type {other}"),
    };
    Schedule::new(
        rule,
        TimeZone::get(vector["timezone"].as_str().unwrap()).unwrap(),
    )
}

#[test]
fn every_vector_gives_its_due_times() {
    let mut wrong = Vec::new();
    let vectors = read("cron_vectors.json");
    for vector in &vectors {
        let schedule = schedule(vector);
        let from: Timestamp = vector["from"].as_str().unwrap().parse().unwrap();
        let wanted: Vec<Timestamp> = vector["next"]
            .as_array()
            .unwrap()
            .iter()
            .map(|at| at.as_str().unwrap().parse().unwrap())
            .collect();
        let mut found = Vec::new();
        let mut after = from;
        for _ in &wanted {
            let Some(next) = schedule.next_after(after) else {
                break;
            };
            found.push(next);
            after = next;
        }
        if found != wanted {
            wrong.push(format!(
                "{}: {:?}\n  wanted {wanted:?}\n  found  {found:?}",
                vector["id"], vector["schedule_config"]
            ));
        } else if let Some(last) = wanted.last() {
            let range = schedule.due_range(from, *last).unwrap();
            assert_eq!(
                (range.first, range.last),
                (wanted[0], *last),
                "{}",
                vector["id"]
            );
            assert_eq!(range.count, wanted.len() as u64, "{}", vector["id"]);
        }
    }
    assert_eq!(vectors.len(), 324);
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_bad_cron_expression_and_day_list_is_refused() {
    for vector in read("invalid.json") {
        let config = &vector["schedule_config"];
        let seconds = &config["seconds"];
        match (&config["cron_expression"], &config["day_of_week"]) {
            (Value::String(text), _) if seconds.is_null() || seconds.is_boolean() => {
                let keys = config.as_object().unwrap().len();
                let refused = Cron::parse(text, seconds.as_bool().unwrap_or(false)).is_err();
                let elsewhere =
                    keys > 1 && seconds.is_null() || vector["timezone"] == "Mars/Olympus";
                let is_left =
                    elsewhere || TimeZone::get(vector["timezone"].as_str().unwrap()).is_err();
                assert!(refused || is_left, "{vector}");
            }
            (_, Value::String(days))
                if config["hour"]
                    .as_i64()
                    .is_some_and(|h| (0..24).contains(&h)) =>
            {
                let _ = Weekly::parse(days, 0, 0);
            }
            _ => {}
        }
    }
}

/// Of a cron expression that is due every second.
#[test]
fn a_year_of_seconds_is_counted_exactly() {
    let rule = Rule::from(Cron::parse("* * * * * *", true).unwrap());
    let schedule = Schedule::new(rule, TimeZone::get("Europe/Paris").unwrap());
    let from: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let to: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
    let range = schedule.due_range(from, to).unwrap();
    assert_eq!(range.count, 365 * 86_400);
    assert_eq!(range.last, to);
}

#[test]
fn a_fixed_time_inside_the_gap_is_counted_once() {
    let rule = Rule::from(Cron::parse("0,30 2,3 * * *", false).unwrap());
    let schedule = Schedule::new(rule, TimeZone::get("Europe/Paris").unwrap());
    let from: Timestamp = "2026-03-28T23:00:00Z".parse().unwrap();
    let to: Timestamp = "2026-03-29T22:00:00Z".parse().unwrap();
    // 02:00, 02:30 and 03:00 are one run at 03:00 CEST, then 03:30.
    assert_eq!(schedule.due_range(from, to).unwrap().count, 2);
}
