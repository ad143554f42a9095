//! Schema and daemon agree: generated job files, valid and with one damage, get the same verdict
//! from the committed schema and from the loader, but for the codes that a schema cannot carry.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use jobsd::spec::SourceFile;
use jobsd::spec::jobs::{loader, settings_file};
use jobsd::spec::types::config::Settings;
use serde_json::{Map, Value, json};

/// What a schema cannot say: zones, ranges that go backwards, days and instants that no calendar
/// has, and what is only in the text (leading zeros, `8.0`, a key twice).
const BEYOND: [&str; 6] = [
    "timezone",
    "cron",
    "day",
    "anchor",
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
            (
                "birthday",
                json!({"dry_run": true, "process_late": true, "max_days_late": 3,
                "daily_limit": null}),
            ),
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
    let more = json!({"description": "é", "enabled": false, "timezone": "Europe/Paris",
        "max_instances": 1000, "overlap": "queue",
        "misfire_grace_time": 0, "coalesce": false, "timeout": null, "kill_grace": 0,
        "on_interrupt": "retry",
        "retry": {"max_attempts": 100, "backoff_secs": 0, "backoff_factor": 1.5,
            "max_backoff_secs": 1, "on_exit": [1, 255]},
        "working_dir": "a", "env": {"A": "b", "C": {"from_env": "D"}, "E": {"from_file": "F"}},
        "env_file": "g", "user": "u",
        "group": "g", "umask": "027", "nice": -20, "limits": {"memory_bytes": 1, "open_files": 3},
        "labels": {"a": "b"}});
    for (key, value) in more.as_object().unwrap() {
        if dice.roll(3) == 0 {
            job.insert(key.clone(), value.clone());
        }
    }
    job
}

/// A text like one that is there: its pieces exchanged, repeated or left out.
fn garbled(dice: &mut Dice, text: &str) -> String {
    let pieces = [
        "*",
        "?",
        "-",
        ",",
        "/",
        "#",
        " ",
        "L",
        "W",
        "@",
        "mon",
        "FRI",
        "jan",
        "xyz",
        "daily",
        "bogus",
        "0",
        "00",
        "5",
        "12",
        "24",
        "31",
        "60",
        "61",
        "99",
        "65536",
        ":",
        "T",
        "t",
        "Z",
        "+",
        ".",
        "2026-02-30T00:00:00Z",
        "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00+01:00",
        "\t",
        "é",
        "=",
    ];
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.roll(2) {
        let at = dice.roll(chars.len() + 1);
        let piece = dice.of(&pieces).chars();
        match dice.roll(3) {
            0 => drop(chars.splice(at..at, piece)),
            1 => drop(chars.splice(at..(at + 1).min(chars.len()), piece)),
            _ => drop(chars.drain(at..(at + 1 + dice.roll(2)).min(chars.len()))),
        }
    }
    chars.into_iter().collect()
}

/// Damages one place, at any depth.
fn damage(dice: &mut Dice, value: &mut Value) {
    if let (Value::String(text), true) = (&*value, dice.roll(2) == 0) {
        *value = json!(garbled(dice, text));
        return;
    }
    let odd = [
        json!(0),
        json!("2026-01-01 00:00:00Z"),
        json!("@bogus"),
        json!("61 * * * *"),
        json!("0 0 0 1 1 *"),
        json!("mon,xyz"),
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
    let text = include_str!("../../schema/job.schema.json");
    let schema: Value = serde_json::from_str(text).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let mut dice = Dice(20_261_124);
    let (mut refused, mut seen) = (0, BTreeSet::new());
    let mut beyond_seen = BTreeMap::new();
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
        let loaded = loader::load(&[file], &Settings::default());
        let errors: Vec<&str> = loaded
            .diagnostics
            .iter()
            .filter(|f| f.is_error())
            .map(|f| f.code)
            .collect();
        assert!(
            !errors.contains(&"schema"),
            "passes its schema and is not a job: {value}"
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
        if by_schema && !errors.is_empty() {
            *beyond_seen.entry(errors.clone()).or_insert(0) += 1;
        }
        refused += usize::from(!errors.is_empty());
        seen.extend(errors);
    }
    assert!(refused * 4 > cases, "only {refused} of {cases} damaged");
    assert!(seen.len() >= 9, "{seen:?}");
    // Of the cron expressions and days that are refused, the schema by itself refuses nearly all.
    let late: usize = beyond_seen.values().sum();
    assert!(
        late * 20 < refused,
        "of {refused} refused, the schema takes {beyond_seen:?}"
    );
}

fn wrapped(schedule_type: &str, config: Value) -> Value {
    json!({"name": "x", "bot_type": "command", "bot_config": {"shell": "true"},
        "schedule_type": schedule_type, "schedule_config": config})
}

fn schema(name: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join(format!("schema/{name}.schema.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Every schema with a default below one, with its path.
fn with_defaults<'s>(schema: &'s Value, path: &str, found: &mut Vec<(String, &'s Value)>) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("default") && !path.ends_with("/properties") {
                found.push((path.to_owned(), schema));
            }
            for (key, part) in map {
                with_defaults(part, &format!("{path}/{key}"), found);
            }
        }
        Value::Array(parts) => {
            for (n, part) in parts.iter().enumerate() {
                with_defaults(part, &format!("{path}/{n}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_default_is_valid_by_its_own_schema() {
    for name in ["job", "config"] {
        let whole = schema(name);
        let mut found = Vec::new();
        with_defaults(&whole, "", &mut found);
        assert!(found.len() > 10, "{name}: {}", found.len());
        for (path, part) in found {
            let validator = jsonschema::draft202012::new(part).unwrap();
            assert!(
                validator.is_valid(&part["default"]),
                "{name}{path}: {}",
                part["default"]
            );
        }
    }
}

#[test]
fn the_schemas_know_the_form_of_zone_names() {
    let whole = [schema("job"), schema("config")];
    let zones = [
        &whole[0]["properties"]["timezone"],
        &whole[1]["properties"]["defaults"]["properties"]["timezone"],
    ];
    let names = jobsd::time::zone_names();
    let links = [
        "Etc/GMT+5",
        "America/Argentina/ComodRivadavia",
        "GB-Eire",
        "W-SU",
        "EST5EDT",
        "GMT-0",
    ];
    assert!(
        links
            .iter()
            .all(|link| names.iter().any(|name| name == link))
    );
    for zone in zones {
        let validator = jsonschema::draft202012::new(zone).unwrap();
        for name in &names {
            assert!(validator.is_valid(&Value::from(name.as_str())), "{name}");
        }
        for name in [
            "europe/paris",
            "UTC+25:00",
            "UTC+2",
            "+02:00",
            "Europe/paris",
            "Europe/",
            "Europe Paris",
            "",
        ] {
            assert!(!validator.is_valid(&Value::from(name)), "{name}");
        }
    }
}

fn committed() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(include_str!("../../schema/job.schema.json")).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

#[test]
fn the_schema_says_what_it_can_of_every_type() {
    let validator = committed();
    let job = |key: &str, value: Value| {
        let mut job = wrapped("manual", json!({}));
        job[key] = value;
        job
    };
    let cron = |text: &str| wrapped("cron", json!({"cron_expression": text}));
    let bad = [
        job("bot_config", json!({})),
        job("bot_config", json!({"command": ["a"], "shell": "a"})),
        job("bot_config", json!({"command": [""]})),
        job("bot_config", json!({"shell": " \n"})),
        job("name", json!("   ")),
        wrapped("interval", json!({})),
        wrapped("interval", json!({"hours": 0, "seconds": 0})),
        wrapped("interval", json!({"hours": 1, "anchor": "x"})),
        wrapped(
            "interval",
            json!({"hours": 1, "anchor": "2026-01-01 00:00:00Z"}),
        ),
        wrapped(
            "interval",
            json!({"hours": 1, "anchor": "20260101T000000Z"}),
        ),
        wrapped("interval", json!({"hours": 1, "anchor": "2026-01-01T00Z"})),
        wrapped(
            "interval",
            json!({"hours": 1, "anchor": "2026-01-01T00:00:00Z[Europe/Paris]"}),
        ),
        wrapped("weekly", json!({"day_of_week": "xyz", "hour": 1})),
        wrapped("weekly", json!({"day_of_week": "mon,,tue", "hour": 1})),
        cron("@bogus"),
        cron("61 * * * *"),
        cron("* 24 * * *"),
        cron("* * 32 * *"),
        cron("* * * 13 *"),
        cron("* * * * 8"),
        cron("0 0 0 1 1 *"),
        cron("0/15 * * * *"),
        cron("*/0 * * * *"),
        cron("0 0 1,LW * *"),
        cron("0 0 * * mon#6"),
        wrapped(
            "cron",
            json!({"cron_expression": "0 8 * * *", "seconds": true}),
        ),
        wrapped(
            "cron",
            json!({"cron_expression": "@daily", "seconds": true}),
        ),
        job("limits", json!({"memory_bytes": 1u64 << 60})),
        job("schedule_config", json!({"hour": 8})),
    ];
    for value in bad {
        assert!(!validator.is_valid(&value), "taken: {value}");
        let file = SourceFile {
            path: "x.yaml".into(),
            bytes: value.to_string().into_bytes(),
        };
        let found = loader::load(&[file], &Settings::default()).diagnostics;
        assert_eq!(
            found.iter().filter(|f| f.is_error()).count(),
            1,
            "{value}: {found:#?}"
        );
        let finding = &found[0];
        assert!(
            finding.code != "schema" && !finding.message.en.contains("[A-Za-z"),
            "{finding:?}"
        );
    }
    let good = [
        wrapped("interval", json!({"hours": 0, "minutes": 1})),
        wrapped(
            "interval",
            json!({"hours": 1, "anchor": "2026-01-01t00:00:00.5-05:00"}),
        ),
        wrapped(
            "weekly",
            json!({"day_of_week": " Sat - SUN , wed", "hour": 1}),
        ),
        cron("  @MidNight\t"),
        cron("00 007 ? JAN-feb/1 5L,tue#L,0-7/65535"),
        wrapped(
            "cron",
            json!({"cron_expression": "*/5 0 8 15w * ?", "seconds": true}),
        ),
    ];
    for value in good {
        assert!(validator.is_valid(&value), "refused: {value}");
        let file = SourceFile {
            path: "x.yaml".into(),
            bytes: value.to_string().into_bytes(),
        };
        let found = loader::load(&[file], &Settings::default()).diagnostics;
        assert!(!found.iter().any(|f| f.is_error()), "{value}: {found:?}");
    }
}

/// Every expression of the conformance set: the schema takes each good one, and refuses each bad
/// one but for what only a calendar or the order of two values tells.
#[test]
fn the_schema_reads_the_conformance_set_of_cron() {
    let validator = committed();
    let vectors: Value =
        serde_json::from_str(include_str!("../conformance/cron_vectors.json")).unwrap();
    let invalid: Value = serde_json::from_str(include_str!("../conformance/invalid.json")).unwrap();
    let verdict = |case: &&Value| {
        let kind = case["schedule_type"].as_str().unwrap();
        validator.is_valid(&wrapped(kind, case["schedule_config"].clone()))
    };
    for case in vectors.as_array().unwrap() {
        assert!(verdict(&case), "refused: {case}");
    }
    let taken = invalid.as_array().unwrap().iter().filter(verdict);
    let why: BTreeSet<&str> = taken.map(|case| case["why"].as_str().unwrap()).collect();
    let beyond = [
        "30 February never exists",
        "31 April never exists",
        "abbreviation, not an IANA name",
        "neither exists in February",
        "no short month has a 31st",
        "no such zone",
        "not an IANA name",
        "reversed range",
        "reversed range of dates",
        "reversed range of days",
        "trailing blank",
    ];
    assert_eq!(why, BTreeSet::from(beyond));
}

#[test]
fn defaults_take_whatever_a_job_takes() {
    let config = |text: &str| {
        let file = SourceFile {
            path: "jobsd.yaml".into(),
            bytes: text.as_bytes().to_vec(),
        };
        settings_file::load_config(&file)
    };
    let (loaded, found) = config("defaults: {timeout: null, kill_grace: 3}\n");
    assert_eq!(found, Vec::new());
    let file = SourceFile {
        path: "x.yaml".into(),
        bytes: wrapped("manual", json!({})).to_string().into_bytes(),
    };
    let jobs = loader::load(&[file], &loaded.unwrap().settings()).jobs;
    let policies = &jobs.values().next().unwrap().policies;
    assert_eq!(policies.timeout, None);
    assert_eq!(policies.kill_grace.as_secs(), 3);
    for bad in [
        "defaults: {kill_grace: null}",
        "defaults: {timeout: 0}",
        "defaults: {name: x}",
        "bots: {birthday: {command: [\"\"]}}",
        "edit_url: javascript:alert(1)",
        "edit_url: notaurl",
        "edit_url: https://x/{pth}",
        "edit_url: https://x/{content}",
        "new_url: https://x/{line}",
    ] {
        let (loaded, found) = config(bad);
        assert!(loaded.is_none() && found.len() == 1, "{bad}: {found:?}");
    }
    let good = "edit_url: \"https://x/{branch}/{path}#L{line}\"\n\
        new_url: http://x:80/n?v={content}&p={path}\n";
    assert!(config(good).0.is_some());
}
