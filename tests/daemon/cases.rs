//! `tests/cases`: situations of public reports, each with the value that is right.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::child::{clean, is_installed, texts};
use crate::support::world::World;
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn case(name: &str) -> PathBuf {
    root().join("tests/cases").join(name)
}

/// A world with the job files of a case.
fn world(name: &str) -> World {
    let world = World::new();
    for entry in fs::read_dir(case(name).join("jobs.d")).unwrap() {
        let from = entry.unwrap().path();
        fs::copy(&from, world.jobs.join(from.file_name().unwrap())).unwrap();
    }
    world
}

fn document(world: &World, args: &[&str]) -> Value {
    let (_, out, err) = world.jobsd(&[args, &["--format", "json"]].concat());
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{args:?}: {error}: {out}{err}"))
}

/// The samples of `/metrics` with this text in them.
fn samples(world: &World, text: &str) -> Vec<String> {
    let page = world.get("/metrics").text();
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    let ours = lines.filter(|line| line.contains(text));
    ours.map(str::to_owned).collect()
}

/// What the first page says needs attention.
fn attention(world: &World) -> String {
    let page = world.get("/").text();
    let part = page.split("id=\"attn\"").nth(1).unwrap_or_default();
    part.split("</section>").next().unwrap().to_owned()
}

/// Whether promtool is there; in CI it must be.
fn has_promtool() -> bool {
    let is_there = is_installed("promtool");
    let must = std::env::var_os("CI").is_some();
    assert!(
        is_there || !must,
        "promtool is missing: run tools/check_metrics.sh"
    );
    if !is_there {
        eprintln!("*** SKIPPED: the alert rules were not tested: promtool is missing ***");
    }
    is_there
}

/// Tests the shipped alert rules by promtool.
fn test_rules(test: &str) {
    let scratch = tempfile::tempdir().unwrap();
    let rules = root().join("contrib/prometheus/alerts.yml");
    fs::copy(rules, scratch.path().join("alerts.yml")).unwrap();
    fs::write(scratch.path().join("test.yml"), test).unwrap();
    let mut promtool = clean("promtool");
    promtool.current_dir(scratch.path());
    let output = promtool.args(["test", "rules", "test.yml"]).output();
    let (code, out, err) = texts(output.unwrap());
    assert_eq!(code, Some(0), "{out}{err}\n{test}");
}

#[test]
fn a_failed_start_is_a_failed_run_everywhere() {
    let mut world = world("dm-start-failed");
    world.start();
    assert_eq!(world.jobsd(&["run", "nox", "--wait"]).0, Some(1));
    let listed = document(&world, &["list"]);
    assert_eq!(listed["jobs"][0]["last_run_status"], "failed", "{listed}");
    let failing = document(&world, &["list", "--show", "failing"]);
    assert_eq!(failing["jobs"][0]["id"], "nox", "{failing}");
    let (code, out, _) = world.jobsd(&["status", "nox", "--check"]);
    assert_eq!(code, Some(1), "{out}");
    let job = world.json("/scheduler/jobs/nox");
    assert_eq!(job["last_run_status"], "failed", "{job}");
    assert!(
        job["last_run_error"].to_string().contains("does not exist"),
        "{job}"
    );
    assert_eq!(
        samples(&world, "jobsd_job_failing"),
        ["jobsd_job_failing{job=\"nox\"} 1"]
    );
    assert!(attention(&world).contains("jobs/nox\""), "it is named");
    let page = world.get("/jobs/nox").text();
    assert!(page.contains("class=\"st fail\""), "{page}");
    let id = world.records("nox").pop().unwrap()["id"].clone();
    let page = world.get(&format!("/runs/{}", id.as_str().unwrap())).text();
    assert!(page.contains("/nonexistent/prog does not exist"), "{page}");
    let runs = world.json("/scheduler/runs?status=running");
    assert_eq!(runs["runs"], json!([]), "nothing runs");
}

/// What Prometheus would keep of these samples over the next two hours, by the minute: ages and
/// counters go on, and a time is counted from the beginning of the test.
fn series_of_two_hours(world: &World) -> String {
    let now = jobsd::shell::clock::now().as_second();
    let mut text = String::new();
    for line in samples(world, "job=\"hang\"") {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let name = series.split('{').next().unwrap();
        let value: f64 = value.parse().unwrap();
        let values = match name {
            _ if name.contains("timestamp") && value == 0.0 => "0x120".to_owned(),
            _ if name.contains("timestamp") => format!("{}x120", value - now as f64),
            _ if name.ends_with("_total") => format!("{value}+30x120"),
            _ if name.ends_with("_seconds") => format!("{value}+60x120"),
            _ => format!("{value}x120"),
        };
        let series = series.replace(
            "job=\"hang\"",
            "instance=\"a\",job=\"jobsd\",exported_job=\"hang\"",
        );
        text += &format!("      - {{series: '{series}', values: '{values}'}}\n");
    }
    text
}

#[test]
fn due_times_waiting_for_one_run_are_reported() {
    let mut world = world("dm-hung");
    world.start();
    world.until("three skips", |world| world.count("hang", "skipped") >= 3);
    if has_promtool() {
        test_rules(&format!(
            "rule_files: [alerts.yml]\nevaluation_interval: 1m\n\
            tests:\n  - interval: 1m\n    input_series:\n{}    \
            promql_expr_test:\n      - expr: count(ALERTS{{exported_job=\"hang\", \
            alertstate=\"firing\"}}) > bool 0\n        \
            eval_time: 2h\n        exp_samples:\n          - {{labels: '{{}}', value: 1}}\n",
            series_of_two_hours(&world)
        ));
    }
    // An hour later on the clock of the daemon: the same run, and nothing but skips since.
    world.set_clock(3_600.0);
    world.until("skips after the hour", |world| {
        let records = world.records("hang");
        let last = records.last().unwrap();
        last["status"] == "skipped" && records.len() > 6
    });
    let (code, out, _) = world.jobsd(&["status", "hang", "--check"]);
    assert_eq!(code, Some(1), "{out}");
    let attention = attention(&world);
    assert!(
        attention.contains("jobs/hang\""),
        "it is named: {attention}"
    );
}

/// The first of them raise the alert.
#[test]
fn due_times_missed_by_a_stop_alert() {
    let mut world = world("dm-missed-first");
    world.start();
    let missed = "jobsd_runs_total{job=\"b\",status=\"missed\",reason=\"downtime\"}";
    assert_eq!(
        samples(&world, missed),
        [format!("{missed} 0")],
        "the counter is there before it counts"
    );
    assert_eq!(world.stop(), Some(0));
    // Eight seconds on the clock of the daemon: two due times or three, of which the grace of a
    // second leaves none but the last.
    world.set_clock(8.0);
    world.start();
    world.until("the misses", |world| world.count("b", "missed") >= 1);
    let counted = samples(&world, missed);
    assert!(!counted[0].ends_with(" 0"), "{counted:?}");
    if has_promtool() {
        test_rules(&fs::read_to_string(case("dm-missed-first").join("rules_test.yml")).unwrap());
    }
}
