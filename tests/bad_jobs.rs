//! `tests/conformance/bad_jobs`, judged by its own rules.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;

use jobsd::model::diagnostic::{Diagnostic, Severity};
use jobsd::shell::disk;
use jobsd::spec;
use jobsd::spec::config::Settings;
use jobsd::spec::schema::{CONFIG, JOB};
use serde_json::Value;

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/bad_jobs")
}

fn findings(path: &std::path::Path) -> Vec<Diagnostic> {
    match disk::read_one(path) {
        Ok(file) => spec::load(&[file], &Settings::default()).diagnostics,
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
                let status = std::process::Command::new("mkfifo")
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
    let scan = disk::scan(&corpus().join("good")).unwrap();
    let loaded = spec::load(&scan.files, &Settings::default());
    let shown: Vec<&Diagnostic> = loaded
        .diagnostics
        .iter()
        .filter(|f| f.severity != Severity::Note)
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
            !spec::load(&[file], &Settings::default())
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
        let loaded = spec::load(&disk::scan(&root).unwrap().files, &Settings::default());
        assert!(
            loaded
                .diagnostics
                .iter()
                .all(|f| f.severity == Severity::Note)
        );
        for job in loaded.jobs.values() {
            let again = spec::restore(
                job.id.clone(),
                &job.file,
                &job.definition,
                &Settings::default(),
            )
            .unwrap();
            assert_eq!(
                (again.digest, again.definition),
                (job.digest.clone(), job.definition.clone())
            );
        }
    }
}
