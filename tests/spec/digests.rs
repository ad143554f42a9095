//! The digest of a job is kept in journals and compared across versions: what 0.1 gave a file,
//! every later version gives it too, or an upgrade would show every job as changed and recognize no
//! renamed one.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use jobsd::spec::SourceFile;
use jobsd::spec::jobs::loader::load;
use jobsd::spec::types::config::Settings;
use serde_json::json;

/// The examples and production jobs of 0.1, and jobs that together use every key it knew.
const FOLDERS: [&str; 3] = ["examples", "jobs.d", "keys"];

/// The files of a folder of kept ones, in order.
fn files_of(folder: &str) -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kept_jobs");
    let entries = fs::read_dir(root.join(folder)).unwrap();
    let mut files: Vec<SourceFile> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .map(|path| SourceFile {
            path: path.strip_prefix(&root).unwrap().display().to_string(),
            bytes: fs::read(&path).unwrap(),
        })
        .collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// Settings that reach into every digest.
fn settings() -> Settings {
    let map = |value: serde_json::Value| value.as_object().cloned().unwrap();
    Settings {
        defaults: map(
            json!({"timezone": "Europe/Paris", "timeout": 60, "labels": {"owner": "ops"}}),
        ),
        programs: [(
            "birthday".to_owned(),
            vec!["/opt/greet".to_owned(), "--all".to_owned()],
        )]
        .into(),
        bot_defaults: [
            (
                "birthday".to_owned(),
                map(json!({"contacts": "friends.vcf", "daily_limit": null})),
            ),
            (
                "visitor".to_owned(),
                map(json!({"addresses": "pages.txt", "delay_secs": 7})),
            ),
        ]
        .into(),
    }
}

/// One line per job: `folder[+settings]/stem digest`.
fn table() -> String {
    let mut table = String::new();
    for (mark, settings) in [("", Settings::default()), ("+settings", settings())] {
        for folder in FOLDERS {
            let files = files_of(folder);
            let loaded = load(&files, &settings);
            assert_eq!(loaded.jobs.len(), files.len(), "{:?}", loaded.diagnostics);
            for (id, job) in &loaded.jobs {
                writeln!(table, "{folder}{mark}/{id} {}", job.digest).unwrap();
            }
        }
    }
    table
}

#[test]
fn a_kept_file_has_the_digest_of_its_version() {
    let kept = include_str!("../kept_jobs/digests.txt");
    let now = table();
    let known = |line: &&str| !kept.contains(*line);
    let changed: Vec<&str> = now.lines().filter(known).collect();
    assert_eq!(
        changed,
        Vec::<&str>::new(),
        "leave a new key out of the digest where it has its default"
    );
    assert_eq!(
        now.lines().count(),
        kept.lines().count(),
        "a kept file is gone or new"
    );
}

#[test]
fn kept_files_use_every_key_of_their_version() {
    let texts: String = files_of("keys")
        .iter()
        .map(|file| String::from_utf8(file.bytes.clone()).unwrap())
        .collect();
    let is_used = |key: &str| texts.contains(&format!("{key}:"));
    let keys = include_str!("../kept_jobs/keys.txt");
    let unused: Vec<&str> = keys
        .split_whitespace()
        .filter(|key| !is_used(key))
        .collect();
    assert_eq!(unused, Vec::<&str>::new());
}
