//! `tests/conformance/bad_jobs`, judged by its own rules.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;

use jobsd::model::diagnostic::{Diagnostic, Severity};
use jobsd::shell::disk::{self, scan};
use jobsd::spec;
use jobsd::spec::jobs::{compile, loader, settings_file};
use jobsd::spec::rules::schema::{CONFIG, JOB};
use jobsd::spec::types::config::Settings;
use serde_json::Value;

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/bad_jobs")
}

fn findings(path: &std::path::Path) -> Vec<Diagnostic> {
    match disk::read_one(path) {
        Ok(file) => loader::load(&[file], &Settings::default()).diagnostics,
        Err(finding) => vec![*finding],
    }
}

/// What is wrong with the findings of one bad file; empty when nothing is.
fn judge(case: &Value, found: &[Diagnostic]) -> Vec<String> {
    let errors: Vec<&Diagnostic> = found.iter().filter(|finding| finding.is_error()).collect();
    let mut wrong = Vec::new();
    let mut want = |good: bool, what: String| {
        if !good {
            wrong.push(what);
        }
    };
    want(!errors.is_empty(), "no error".into());
    let pairs = |key: &str| -> Vec<(usize, usize)> {
        let list = case[key].as_array().cloned().unwrap_or_default();
        list.iter()
            .map(|at| {
                (
                    at[0].as_u64().unwrap() as usize,
                    at[1].as_u64().unwrap() as usize,
                )
            })
            .collect()
    };
    let places: Vec<(usize, usize)> = errors
        .iter()
        .map(|e| (e.span.line, e.span.column))
        .collect();
    let lines: Vec<u64> = case["lines"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64)
        .collect();
    let at = pairs("at");
    if case["any_position"] != true && (!at.is_empty() || !lines.is_empty()) {
        let on_line = places
            .iter()
            .any(|(line, _)| lines.contains(&(*line as u64)));
        want(
            on_line || places.iter().any(|place| at.contains(place)),
            format!("at {places:?}, wanted {at:?}"),
        );
    }
    for place in pairs("all_at") {
        want(places.contains(&place), format!("nothing at {place:?}"));
    }
    let text: String = errors
        .iter()
        .map(|e| format!("{} {} ", e.message.en, e.help.en))
        .collect::<String>()
        .to_lowercase();
    for group in case["mentions"].as_array().into_iter().flatten() {
        let any = group
            .as_array()
            .unwrap()
            .iter()
            .any(|word| text.contains(&word.as_str().unwrap().to_lowercase()));
        want(any, format!("none of {group} in {text}"));
    }
    if let Some(word) = case["did_you_mean"].as_str() {
        want(
            text.contains(&word.to_lowercase()),
            format!("no suggestion {word}"),
        );
    }
    if let Some(second) = case["second"].as_array() {
        let second = (
            second[0].as_u64().unwrap() as usize,
            second[1].as_u64().unwrap() as usize,
        );
        let related = errors
            .iter()
            .flat_map(|e| &e.related)
            .map(|r| (r.span.line, r.span.column));
        want(
            related.into_iter().any(|place| place == second),
            format!("no related place {second:?}"),
        );
    }
    let rules: Vec<&str> = case["rules"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    want(
        errors.iter().any(|e| rules.contains(&e.code)),
        format!(
            "codes {:?}",
            errors.iter().map(|e| e.code).collect::<Vec<_>>()
        ),
    );
    want(
        errors.len() as u64 >= case["min_errors"].as_u64().unwrap_or(1),
        "too few errors".into(),
    );
    wrong
}

#[test]
fn every_bad_file_is_refused_at_the_right_place() {
    let text = std::fs::read_to_string(corpus().join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for case in expected["bad"].as_array().unwrap() {
        let name = case["file"].as_str().unwrap();
        let made = scratch.path().join(name);
        let path = match case["make"].as_str() {
            Some("fifo") => {
                let status = crate::support::child::clean("mkfifo")
                    .arg(&made)
                    .status()
                    .unwrap();
                assert!(status.success());
                made
            }
            Some("symlink_loop") => {
                std::os::unix::fs::symlink(&made, &made).unwrap();
                made
            }
            _ => corpus().join("bad").join(name),
        };
        for what in judge(case, &findings(&path)) {
            wrong.push(format!("{name}: {what}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_good_file_gives_a_job_and_no_finding() {
    let scan = scan::scan(&corpus().join("good")).unwrap();
    let loaded = loader::load(&scan.files, &Settings::default());
    let shown: Vec<&Diagnostic> = loaded
        .diagnostics
        .iter()
        .filter(|f| f.severity != Severity::Note && f.code != "bot-source")
        .collect();
    assert_eq!((loaded.jobs.len(), shown), (10, vec![]));
}

#[test]
fn every_refused_schedule_is_refused_in_a_file() {
    let path = corpus().parent().unwrap().join("invalid.json");
    let cases: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let accepted: Vec<String> = cases
        .iter()
        .filter(|case| {
            let job = serde_json::json!({
                "name": "x", "bot_type": "command", "bot_config": {"command": ["true"]},
                "schedule_type": case["schedule_type"], "schedule_config": case["schedule_config"],
                "timezone": case["timezone"],
            });
            let file = spec::SourceFile {
                path: "x.yaml".into(),
                bytes: job.to_string().into_bytes(),
            };
            !loader::load(&[file], &Settings::default())
                .diagnostics
                .iter()
                .any(Diagnostic::is_error)
        })
        .map(|case| format!("{} {} {}", case["id"], case["schedule_config"], case["why"]))
        .collect();
    assert_eq!(cases.len(), 72);
    assert!(accepted.is_empty(), "accepted:\n{}", accepted.join("\n"));
}

#[test]
fn the_committed_schema_is_current() {
    for (name, text) in [("job", JOB.text()), ("config", CONFIG.text())] {
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{name}.schema.json"));
        assert_eq!(
            std::fs::read_to_string(path).unwrap(),
            text,
            "run: just schema"
        );
    }
}

#[test]
fn a_journalled_definition_gives_the_same_job_again() {
    for folder in ["examples", "jobs.d"] {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
        let loaded = loader::load(&scan::scan(&root).unwrap().files, &Settings::default());
        assert!(
            loaded
                .diagnostics
                .iter()
                .all(|f| f.severity == Severity::Note)
        );
        for job in loaded.jobs.values() {
            let again = compile::restore(
                job.id.clone(),
                &job.file,
                &job.definition,
                &Settings::default(),
            )
            .unwrap();
            assert_eq!(
                (again.digest, again.definition),
                (job.digest, job.definition.clone())
            );
        }
    }
}

const COMMAND: &str = "name: a\nbot_type: command\nbot_config:\n  command: [/bin/true]\n";

/// A text, and where its findings of which codes are, warnings too.
type Case = (
    &'static str,
    &'static str,
    &'static [(usize, usize, &'static str)],
);

fn judge_text(text: &str) -> Vec<Diagnostic> {
    let file = spec::SourceFile {
        path: "x.yaml".into(),
        bytes: text.as_bytes().to_vec(),
    };
    let found = loader::load(&[file], &Settings::default()).diagnostics;
    let is_told = |finding: &Diagnostic| finding.severity != Severity::Note;
    found.into_iter().filter(is_told).collect()
}

/// Every case after the four lines of [`COMMAND`], with exactly these findings.
fn hold(cases: &[Case]) {
    for (kind, rest, wanted) in cases {
        let kind = match *kind {
            "" => String::new(),
            kind => format!("schedule_type: {kind}\n"),
        };
        let text = format!("{COMMAND}{kind}{rest}");
        let found = judge_text(&text);
        let places: Vec<(usize, usize, &str)> = found
            .iter()
            .map(|f| (f.span.line, f.span.column, f.code))
            .collect();
        assert_eq!(&places, wanted, "{text}\n{found:#?}");
    }
}

#[test]
fn an_alias_is_never_a_key() {
    hold(&[
        (
            "daily",
            "schedule_config: {hour: 8}\ndescription: &x name\n*x : enabled\nfalse: coalesce\n",
            &[(8, 1, "syntax"), (9, 1, "unknown-key")],
        ),
        (
            "manual",
            "labels: {a: &x k, *x : v}\n",
            &[(6, 19, "syntax")],
        ),
        ("manual", "labels: {*x : v}\n", &[(6, 10, "syntax")]),
        ("manual", "env: {<<: {a: b}}\n", &[(6, 7, "unknown-key")]),
        (
            "manual",
            "? [a]\n: b\n: c\n",
            &[(6, 3, "syntax"), (8, 1, "syntax")],
        ),
    ]);
}

#[test]
fn one_fault_hides_no_other() {
    let whole = judge_text("{}\n");
    let keys: Vec<&str> = whole.iter().map(|f| f.key.as_str()).collect();
    assert_eq!(keys, ["bot_type", "name", "schedule_type"]);
    hold(&[
        (
            "weekly",
            "schedule_config: {}\n",
            &[(6, 18, "missing-key"), (6, 18, "missing-key")],
        ),
        (
            "cron",
            "schedule_config: {cron_expression: \"61 * * * *\", secnds: true}\n",
            &[(6, 37, "cron"), (6, 50, "unknown-key")],
        ),
        (
            "cron",
            "schedule_config: {cron_expression: \"99 99 99 99 99\"}\n",
            &[
                (6, 37, "cron"),
                (6, 40, "cron"),
                (6, 43, "cron"),
                (6, 46, "cron"),
                (6, 49, "cron"),
            ],
        ),
        (
            "weekly",
            "schedule_config: {day_of_week: \"monday,xxx,8\", hour: 99}\n",
            &[
                (6, 33, "day"),
                (6, 40, "day"),
                (6, 44, "day"),
                (6, 54, "range"),
            ],
        ),
        (
            "interval",
            "schedule_config: {hours: 0, anchor: x}\n",
            &[(6, 18, "interval-zero"), (6, 37, "anchor")],
        ),
        (
            "daily",
            "schedule_config: {hour: 99}\nname2: !!str x\n---\nname: b\n",
            &[
                (6, 25, "range"),
                (7, 1, "unknown-key"),
                (7, 14, "tag"),
                (8, 1, "many-documents"),
            ],
        ),
        (
            "cron",
            "schedule_config: {cron_expression: \"0 0 13 * 5\"}\nmax_instances: 0\n",
            &[(6, 36, "either-day"), (7, 16, "range")],
        ),
        (
            "daily",
            "schedule_config:\n  hour: 8\n  hour: 99\nmax_instances: 5000\nmax_instances: 1\n",
            &[
                (8, 3, "duplicate-key"),
                (8, 9, "range"),
                (9, 16, "range"),
                (10, 1, "duplicate-key"),
            ],
        ),
    ]);
    let file = spec::SourceFile {
        path: "Bad Id.yaml".into(),
        bytes: format!("{COMMAND}schedule_type: manual\nnice: 99\n").into_bytes(),
    };
    let found = loader::load(&[file], &Settings::default()).diagnostics;
    let codes: Vec<&str> = found.iter().map(|f| f.code).collect();
    assert_eq!(codes, ["id", "range"]);
}

#[test]
fn errors_of_the_text_have_a_position() {
    hold(&[
        (
            "daily",
            "schedule_config:\n  hour: 8\n\tminute: 5\n",
            &[(8, 1, "syntax")],
        ),
        (
            "daily",
            "schedule_config:\n\thour: 8\n\tminute: 5\n",
            &[(7, 1, "syntax")],
        ),
        ("manual", "labels:\n \ta: b\n", &[(7, 2, "syntax")]),
        (
            "manual",
            "labels: {a: &v x}\ndescription: *v\nfoo: bar: baz\n",
            &[(8, 9, "syntax")],
        ),
        (
            "manual",
            "labels: {n: &n \"5\"}\nmax_instances: *n\n",
            &[(7, 16, "type")],
        ),
        ("manual", "description: *w\n", &[(6, 14, "syntax")]),
        (
            "manual",
            "description: \"a\tb\"\nlabels:\n  a: |\n    x\n\t\ty\n",
            &[(10, 1, "syntax")],
        ),
        ("", "enabled:\nschedule_type: manual\n", &[(5, 1, "type")]),
        (
            "manual",
            "retry: {max_attempts: 2, on_exit: [x, 999]}\n",
            &[(6, 36, "type"), (6, 39, "range")],
        ),
    ]);
    for (text, at) in [
        ("\t{name: a}\n", (1, 1)),
        ("%YAML 1.1\n---\nname: a\n", (1, 1)),
        ("\u{feff}\u{feff}name: a\n", (1, 1)),
    ] {
        let found = judge_text(text);
        assert_eq!((found[0].span.line, found[0].span.column), at, "{text:?}");
        assert_eq!(found[0].code, "syntax", "{text:?}");
    }
    for text in [&b"n\0a\0m\0e\0"[..], b"\xff\xfen\0", b"\xfe\xff\0n"] {
        let parsed = jobsd::spec::yaml::reader::parse(text);
        assert!(
            parsed.faults[0].words.help.en.contains("utf-16"),
            "{text:?}"
        );
    }
}

/// What has no effect is reported.
#[test]
fn what_cannot_work_is_refused() {
    hold(&[
        (
            "manual",
            "env: {A: \"x\\0\"}\nuser: \"\\0\"\n",
            &[(6, 10, "pattern"), (7, 7, "pattern")],
        ),
        ("manual", "labels: {\"\": x}\n", &[(6, 10, "length")]),
        (
            "manual",
            "description: \"a\\u202eb\"\n",
            &[(6, 14, "pattern")],
        ),
        ("manual", "description: \"\\u200dfamily\\n\"\n", &[]),
        ("manual", "env: {JOBSD_JOB_ID: x}\n", &[(6, 7, "no-effect")]),
        (
            "manual",
            "retry: {backoff_secs: 5, on_exit: [75]}\n",
            &[(6, 9, "no-effect"), (6, 26, "no-effect")],
        ),
        ("manual", "retry: {max_attempts: 2, backoff_secs: 5}\n", &[]),
        (
            "manual",
            "retry: {max_attempts: 2, backoff_secs: 90, max_backoff_secs: 60}\n",
            &[(6, 26, "no-effect")],
        ),
        (
            "manual",
            "limits: {memory_bytes: 99999999999999999999}\n",
            &[(6, 24, "range")],
        ),
        ("manual", "timezone: CET\n", &[(6, 11, "zone-abbreviation")]),
        ("manual", "timezone: localtime\n", &[(6, 11, "timezone")]),
        ("manual", "timezone: Factory\n", &[(6, 11, "timezone")]),
    ]);
    for (limits, told) in [
        ("max_messages_per_run: 20, daily_limit: 10", vec![(3, 14)]),
        ("daily_limit: 10, weekly_limit: 5", vec![(3, 14)]),
        (
            "max_messages_per_run: 10, daily_limit: 10, weekly_limit: 50",
            vec![],
        ),
    ] {
        let text = format!(
            "name: a\nbot_type: birthday\nbot_config: {{{limits}}}\nschedule_type: manual\n"
        );
        let found = judge_text(&text);
        let of_limits = found.iter().filter(|f| f.code == "no-effect");
        let places: Vec<_> = of_limits.map(|f| (f.span.line, f.span.column)).collect();
        assert_eq!(places, told, "{limits}");
    }
    for anchor in [
        "2026-01-01 00:00:00Z",
        "20260101T000000Z",
        "2026-01-01T00Z",
        "2026-01-01T00:00:00+01:00[Europe/Paris]",
        "2026-13-01T00:00:00Z",
    ] {
        let text = format!(
            "{COMMAND}schedule_type: interval\n\
            schedule_config: {{hours: 1, anchor: \"{anchor}\"}}\n"
        );
        assert_eq!(judge_text(&text)[0].code, "anchor", "{anchor}");
    }
    for (key, value, code) in [
        ("name", "\"  \"", "length"),
        ("name", "\"a\\e[31m\"", "pattern"),
    ] {
        let text =
            COMMAND.replace("name: a", &format!("{key}: {value}")) + "schedule_type: manual\n";
        assert_eq!(judge_text(&text)[0].code, code, "{value}");
    }
    let config = |text: &str| {
        let file = spec::SourceFile {
            path: "jobsd.yaml".into(),
            bytes: text.as_bytes().to_vec(),
        };
        let found = settings_file::load_config(&file).1;
        let place = |f: &Diagnostic| (f.span.line, f.span.column, f.code);
        found.iter().map(place).collect::<Vec<_>>()
    };
    assert_eq!(
        config("bots: {birthday: {command: [\"\"]}}\n"),
        [(1, 29, "exactly-one")]
    );
    assert_eq!(
        config("edit_url: javascript:alert(1)\n"),
        [(1, 11, "pattern")]
    );
    assert_eq!(config("edit_url: https://x/{pth}\n"), [(1, 11, "pattern")]);
    assert_eq!(config("edit_url: https://x/{branch}/{path}\n"), []);
    assert_eq!(config("\tjobs: a\n"), [(1, 1, "syntax")]);
    assert_eq!(config("[]\n"), [(1, 1, "type")]);
}

#[test]
fn help_gives_what_was_written_and_what_was_meant() {
    let cases = [
        ("manual", "labels: {a: 0123}\n", "\"0123\""),
        ("manual", "umask: 0o27\n", "\"027\""),
        ("manual", "nice: -08\n", "write -8"),
        (
            "daily",
            "schedule_config:\n  hour: \"08\"\n",
            "remove the quotes: 8",
        ),
        ("manual", "labels: {a: 1.0}\n", "quote it: \"1.0\""),
        ("manual", "overlap: null\n", "skip, queue, replace"),
        (
            "weekly",
            "schedule_config: {day_of_week: 1, hour: 3}\n",
            "mon,wed,fri",
        ),
        ("manual", "labels: []\n", "labels: {name: value}"),
        ("manual", "misfire_grace: 5\n", "`misfire_grace_time`"),
        ("manual", "retry: {backoff: 3}\n", "`backoff_secs`"),
        ("manual", "limits: {memory: 4}\n", "`memory_bytes`"),
        ("manual", "desc: x\n", "`description`"),
        (
            "cron",
            "schedule_config: {cron: \"* * * * *\"}\n",
            "`cron_expression`",
        ),
        (
            "cron",
            "schedule_config: {expression: \"* * * * *\"}\n",
            "`cron_expression`",
        ),
        (
            "weekly",
            "schedule_config: {day_of_week: wen, hour: 1}\n",
            "`wed`",
        ),
        (
            "weekly",
            "schedule_config: {day_of_week: lundi, hour: 1}\n",
            "`mon`",
        ),
        (
            "cron",
            "schedule_config: {cron_expression: \"0 0 1 JAM *\"}\n",
            "`jan`",
        ),
        (
            "cron",
            "schedule_config: {cron_expression: \"@dayly\"}\n",
            "`@daily`",
        ),
        (
            "cron",
            "schedule_config: {cron_expression: \"@every 5m\"}\n",
            "interval",
        ),
        ("manual", "timezone: Paris\n", "`Europe/Paris`"),
        ("manual", "timezone: Z\n", "`UTC`"),
        ("manual", "timezone: PST\n", "`America/Los_Angeles`"),
        ("manual", "timezone: CEST\n", "`Europe/Paris`"),
        ("manual", "timezone: GMT+2\n", "a place such as"),
    ];
    for (kind, rest, help) in cases {
        let found = judge_text(&format!("{COMMAND}schedule_type: {kind}\n{rest}"));
        let helps: Vec<&str> = found.iter().map(|f| f.help.en.as_str()).collect();
        assert!(
            found.len() == 1 && helps[0].contains(help),
            "{rest}: {helps:?}"
        );
    }
    // What a value is does not decide twice, and no key of a list has two spellings.
    let found = judge_text(&format!(
        "{COMMAND}schedule_type: manual\nlabels: {{\"a/b\": 5}}\n"
    ));
    assert_eq!(found[0].key, "labels.a/b");
}

/// What a file holds, and what is printed about it.
#[test]
fn files_and_their_findings_are_bounded() {
    let many = |n: usize, line: &dyn Fn(usize) -> String| (0..n).map(line).collect::<String>();
    let long = "x".repeat(900_000);
    let manual = format!("{COMMAND}schedule_type: manual\n");
    let cases = [
        format!(
            "a: &a \"{long}\"\nlabels:\n{}",
            many(9_000, &|n| format!("  l{n}: *a\n"))
        ),
        format!(
            "labels: &l {{a: \"{}\"}}\nenv: [{}]\n",
            &long[..100_000],
            "*l,".repeat(3_000)
        ),
        format!("timezone: \"{}\"\n", "E/".repeat(450_000)),
        "# jobsd: allow(x) y\n".repeat(40_000),
        format!(
            "env:\n{}",
            many(4_000, &|n| format!("  SECRET_{n}: abcdefghijk\n"))
        ),
        format!("labels:\n{}", many(9_900, &|n| format!("  l{n}: 01\n"))),
        format!("labels:\n{}", many(9_900, &|n| format!("  l{n}: {n}\n"))),
        format!("env:\n{}", many(9_000, &|n| format!("  \"{n}-\": a\n"))),
        format!("\"{long}\": 1\n"),
        format!("nice: {}\n", "0".repeat(900_000)),
        format!("nice: 1{}\n", "0".repeat(900_000)),
        format!("description: \"{}\"\n", "\\e".repeat(400_000)),
        format!(
            "labels: {}[{}]{}\n",
            "&a [".repeat(20),
            "x,".repeat(9_000),
            "]".repeat(20)
        ),
    ];
    for rest in cases {
        let found = judge_text(&format!("{manual}{rest}"));
        let shown: String = rest.chars().take(60).collect();
        assert!((1..=202).contains(&found.len()), "{}: {shown}", found.len());
        for finding in &found {
            let lengths = [&finding.message.en, &finding.help.en, &finding.key].map(|t| t.len());
            assert!(lengths.iter().all(|n| *n < 2_000), "{lengths:?}: {shown}");
        }
    }
}
