//! What CI systems get of `jobsd validate`: paths that they can show, findings that they know
//! again.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use crate::support::child::{BIN, clean, texts};
use serde_json::Value;

const BAD: &str = "name: A\nbot_type: command\nbot_config: {command: [/bin/true]}\n\
                   schedule_type: daily\nschedule_config: {hour: 25}\n";

/// What a format says of a folder, asked for from some folder by some path.
fn report(from: &Path, path: &str, format: &str) -> String {
    let mut command = clean(BIN);
    command
        .current_dir(from)
        .args(["validate", path, "--format", format]);
    texts(command.output().unwrap()).1
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn paths_begin_at_the_root_of_the_repository() {
    let scratch = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(scratch.path()).unwrap();
    let jobs = root.join("deploy/jobs.d");
    fs::create_dir_all(&jobs).unwrap();
    fs::create_dir(root.join(".git")).unwrap();
    fs::write(jobs.join("a.yaml"), BAD).unwrap();
    let absolute = jobs.to_str().unwrap();
    let deploy = root.join("deploy");
    let ways = [
        (&root, absolute),
        (&root, "deploy/jobs.d"),
        (&deploy, "jobs.d"),
        (&deploy, "./jobs.d/a.yaml"),
    ];
    for (from, path) in ways {
        let issues = parsed(&report(from, path, "gitlab"));
        assert_eq!(
            issues[0]["location"]["path"], "deploy/jobs.d/a.yaml",
            "{path}"
        );
        let log = parsed(&report(from, path, "sarif"));
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(
            place["artifactLocation"]["uri"], "deploy/jobs.d/a.yaml",
            "{path}"
        );
        let tests = report(from, path, "junit");
        assert!(
            tests.contains("name=\"deploy/jobs.d/a.yaml\""),
            "{path}: {tests}"
        );
        let lines = report(from, path, "github");
        assert!(
            lines.contains("file=deploy/jobs.d/a.yaml,"),
            "{path}: {lines}"
        );
    }
    fs::remove_dir(root.join(".git")).unwrap();
    let outside = parsed(&report(&deploy, "jobs.d", "gitlab"));
    assert_eq!(
        outside[0]["location"]["path"], "jobs.d/a.yaml",
        "as it was named"
    );
}

#[test]
fn findings_are_known_again_in_every_format() {
    let scratch = tempfile::tempdir().unwrap();
    fs::create_dir(scratch.path().join("jobs.d")).unwrap();
    let file = scratch.path().join("jobs.d/a.yaml");
    fs::write(&file, BAD).unwrap();
    let log = parsed(&report(scratch.path(), "jobs.d", "sarif"));
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["version"], env!("CARGO_PKG_VERSION"));
    let fingerprint = &run["results"][0]["partialFingerprints"]["jobsd/v1"];
    let issues = parsed(&report(scratch.path(), "jobs.d", "gitlab"));
    assert_eq!(*fingerprint, issues[0]["fingerprint"]);
    assert_eq!(fingerprint.as_str().unwrap().len(), 64);
    fs::write(&file, format!("# a line more\n{BAD}")).unwrap();
    let again = parsed(&report(scratch.path(), "jobs.d", "sarif"));
    let moved = &again["runs"][0]["results"][0];
    assert_eq!(moved["partialFingerprints"]["jobsd/v1"], *fingerprint);
}
