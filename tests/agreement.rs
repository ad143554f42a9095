//! Schema and daemon agree: generated job files, valid and with one damage, get the same verdict from the committed schema
//! and from the loader, but for the codes that a schema cannot carry.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use jobsd::spec::config::Settings;
use jobsd::spec::{self, SourceFile};
use serde_json::{Map, Value, json};

/// What a schema cannot say.
const BEYOND: [&str; 8] = [
    "timezone",
    "cron",
    "day",
    "interval-zero",
    "anchor",
    "exactly-one",
    "leading-zero",
    "duplicate-key",
];

struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.roll(list.len())]
    }
}

fn job(dice: &mut Dice) -> Map<String, Value> {
    let (bot_type, bot_config) = dice
        .of(&[
            ("command", json!({"command": ["true", "x"]})),
            ("command", json!({"shell": "true", "stdin": "a"})),
            ("birthday", json!({"dry_run": true, "process_late": true, "max_days_late": 3, "daily_limit": null})),
            ("visitor", json!({"limit": 500})),
        ])
        .clone();
    let (schedule_type, schedule_config) = dice
        .of(&[
            ("daily", json!({"hour": 23, "minute": 59})),
            ("weekly", json!({"day_of_week": "mon-fri, sun", "hour": 0})),
            (
                "interval",
                json!({"minutes": 5, "anchor": "2026-01-01T00:00:00Z"}),
            ),
            ("cron", json!({"cron_expression": "*/5 1-3 1,L * FRI#2"})),
            (
                "cron",
                json!({"cron_expression": "0 0 0 1 1 *", "seconds": true}),
            ),
            ("cron", json!({"cron_expression": " @Daily "})),
            ("manual", json!({})),
        ])
        .clone();
    let mut job = json!({"name": "x", "bot_type": bot_type, "bot_config": bot_config,
        "schedule_type": schedule_type, "schedule_config": schedule_config})
    .as_object()
    .unwrap()
    .clone();
    let more = json!({"description": "é", "enabled": false, "timezone": "Europe/Paris", "max_instances": 1000, "overlap": "queue",
        "misfire_grace_time": 0, "coalesce": false, "timeout": null, "kill_grace": 0, "on_interrupt": "retry",
        "retry": {"max_attempts": 100, "backoff_secs": 0, "backoff_factor": 1.5, "max_backoff_secs": 1, "on_exit": [1, 255]},
        "working_dir": "a", "env": {"A": "b", "C": {"from_env": "D"}, "E": {"from_file": "F"}}, "env_file": "g", "user": "u",
        "group": "g", "umask": "027", "nice": -20, "limits": {"memory_bytes": 1, "open_files": 3}, "labels": {"a": "b"}});
    for (key, value) in more.as_object().unwrap() {
        if dice.roll(3) == 0 {
            job.insert(key.clone(), value.clone());
        }
    }
    job
}

/// Damages one place, at any depth.
fn damage(dice: &mut Dice, value: &mut Value) {
    let odd = [
        json!(null),
        json!(-1),
        json!(1.5),
        json!(99_999_999_999_999i64),
        json!("nonsense"),
        json!(true),
        json!([]),
        json!({}),
        json!([1]),
        json!(""),
    ];
    if let Value::Object(map) = value {
        let keys: Vec<String> = map.keys().cloned().collect();
        match dice.roll(5) {
            0 => drop(map.insert("unknwon".into(), json!(1))),
            1 if !keys.is_empty() => drop(map.remove(dice.of(&keys))),
            _ if !keys.is_empty() => {
                let key = dice.of(&keys).clone();
                damage(dice, &mut map[key.as_str()]);
            }
            _ => *value = dice.of(&odd).clone(),
        }
    } else if let (Value::Array(items), true) = (&mut *value, dice.roll(2) == 0) {
        if let Some(first) = items.first_mut() {
            *first = dice.of(&odd).clone();
        }
    } else {
        *value = dice.of(&odd).clone();
    }
}

#[test]
fn schema_and_loader_give_the_same_verdict() {
    let cases: usize = std::env::var("AGREEMENT_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(4_000);
    let text = include_str!("../schema/job.schema.json");
    let schema: Value = serde_json::from_str(text).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let mut dice = Dice(20_261_124);
    let (mut refused, mut seen) = (0, BTreeSet::new());
    for n in 0..cases {
        let mut value = Value::Object(job(&mut dice));
        if n % 2 == 1 {
            damage(&mut dice, &mut value);
        }
        // JSON is YAML.
        let file = SourceFile {
            path: "x.yaml".into(),
            bytes: value.to_string().into_bytes(),
        };
        let loaded = spec::load(&[file], &Settings::default());
        let errors: Vec<&str> = loaded
            .diagnostics
            .iter()
            .filter(|f| f.is_error())
            .map(|f| f.code)
            .collect();
        assert!(
            !errors.contains(&"schema"),
            "passes its schema and is no job: {value}"
        );
        assert_eq!(errors.is_empty(), loaded.jobs.len() == 1, "{value}");
        let by_schema = validator.is_valid(&value);
        if n % 2 == 0 {
            assert!(by_schema && errors.is_empty(), "{errors:?}: {value}");
        }
        let beyond = errors.iter().all(|code| BEYOND.contains(code));
        assert!(
            by_schema == errors.is_empty() || by_schema && beyond,
            "schema says {by_schema}, loader {errors:?}: {value}"
        );
        refused += usize::from(!errors.is_empty());
        seen.extend(errors);
    }
    assert!(refused * 4 > cases, "only {refused} of {cases} damaged");
    assert!(seen.len() >= 9, "{seen:?}");
}
