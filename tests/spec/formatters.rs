//! `jobsd fmt` beside prettier and yamlfmt, with their defaults: none undoes what another one did,
//! so that a hook and an editor that run both come to an end.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::child::{BIN, clean};

/// What `fmt` writes in one line or in several: long and short, in brackets or not, with comments.
const SHAPES: &str = r##"# yaml-language-server: $schema=../schema/job.schema.json
name: "Shapes: it's one"   # a comment
description: >-
    A folded text
    of two lines

    and more
bot_type: birthday
bot_config:
    contacts: contacts.vcf
    templates:
        subjects: ["Happy birthday, {first_name}!", 'Best wishes, {first_name}, from everybody at the office!']
        messages:
        - "Dear {first_name},

          all the best"
        - |
          Dear {first_name},
            all the best!
        - plain text over
          two lines

        # of late ones
        late_messages: [a,  'b, c']
    delivery: {smtp: {host: mail.example.org, from: "Ana <ana@example.org>", password: {from_env:  SMTP_PASSWORD}, user: ana}}


schedule_type: weekly
schedule_config: { time:   "08:00", day_of_week: "mon,tue" }   # a comment
labels: {owner: ops, runbook: "https://wiki.example.org/runbooks/a-long-address/that-goes-on", team: 'a'}
env: {A: "b", C: 'd "e"', E: {from_env: F}, G: {}, H: [ ]}
retry: {}
tags: []
# the end
"##;

/// A formatter of `tools/install_formatters.sh`; `None` where it is missing, which CI does not
/// accept.
fn formatter(path: &str) -> Option<PathBuf> {
    let tools = std::env::var_os("JOBSD_FORMATTERS").map(PathBuf::from);
    let tools = tools.unwrap_or_else(|| root().join("target/formatters"));
    let program = tools.join(path);
    if program.exists() {
        return Some(program);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "{} is missing",
        program.display()
    );
    eprintln!("SKIPPED: {path} is not installed (tools/install_formatters.sh)");
    None
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of job files as `fmt` writes them: the shapes above, the examples, our own jobs.
fn canonical() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("shapes.yaml"), SHAPES).unwrap();
    for folder in ["examples", "jobs.d"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name.ends_with(".yaml") {
                fs::copy(&path, dir.path().join(format!("{folder}-{name}"))).unwrap();
            }
        }
    }
    run(clean(BIN).args(["fmt", "--write"]).arg(dir.path()));
    dir
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}

/// Every file with its text.
fn texts(dir: &Path) -> Vec<(String, String)> {
    let files = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        (
            path.display().to_string(),
            fs::read_to_string(path).unwrap(),
        )
    };
    let mut texts: Vec<_> = files.map(read).collect();
    texts.sort();
    texts
}

/// What the other one makes of our files stays as it is, whoever comes next.
fn agree_on(other: impl Fn(&Path) -> Command) {
    let dir = canonical();
    run(&mut other(dir.path()));
    let theirs = texts(dir.path());
    run(clean(BIN).args(["fmt", "--write"]).arg(dir.path()));
    for ((name, theirs), (_, ours)) in theirs.iter().zip(texts(dir.path())) {
        assert_eq!(*theirs, ours, "fmt rewrites {name}");
    }
    run(&mut other(dir.path()));
    assert_eq!(theirs, texts(dir.path()), "the other one is at rest");
}

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

#[test]
fn prettier_and_fmt_come_to_rest() {
    let Some(prettier) = formatter("node_modules/.bin/prettier") else {
        return;
    };
    agree_on(|dir| {
        let mut command = clean(prettier.to_str().unwrap());
        command.args(["--log-level", "warn", "--write", "."]);
        command.env("PATH", PATH).current_dir(dir);
        command
    });
}

#[test]
fn yamlfmt_and_fmt_come_to_rest() {
    let Some(yamlfmt) = formatter("bin/yamlfmt") else {
        return;
    };
    agree_on(|dir| {
        let mut command = clean(yamlfmt.to_str().unwrap());
        command
            .arg(".")
            .env("PATH", PATH)
            .env("HOME", dir)
            .current_dir(dir);
        command
    });
}
