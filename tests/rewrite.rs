//! `fmt`, `validate --fix`, `new`, `init`: what they write is valid, says the same, and keeps comments.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jobsd::spec::edit::canonical;

fn jobsd(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_jobsd"))
        .current_dir(dir)
        .args(args)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn keys_come_in_canonical_order_and_comments_stay_with_them() {
    let messy = "\u{feff}# head\r\n\r\ntimezone: UTC # of the job  \r\n# when\r\nschedule_type: daily\r\nschedule_config: {hour: 8}\r\n\r\n\r\n\r\n# what\r\nbot_type: command\r\nbot_config:\r\n  # inside\r\n  command: [df]\r\nname: x";
    let clean = "# head\n\nname: x\n# what\nbot_type: command\nbot_config:\n  # inside\n  command: [df]\n# when\nschedule_type: daily\nschedule_config: {hour: 8}\n\ntimezone: UTC # of the job\n";
    assert_eq!(canonical(messy).unwrap(), clean);
    assert_eq!(canonical(clean).unwrap(), clean);
    // Blanks that are part of a value stay, or nothing is done.
    let literal = "name: x\nbot_config:\n  shell: |\n    a\n\n\n    b\n";
    assert!(canonical(literal).is_none_or(|text| text == literal));
}

#[test]
fn our_own_files_are_canonical_and_formatting_twice_changes_nothing() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for folder in ["examples", "jobs.d", "tests/conformance/bad_jobs/good"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            if let Some(once) = canonical(&text) {
                assert_eq!(canonical(&once).as_ref(), Some(&once), "{}", path.display());
            }
        }
    }
    let (code, stdout, _) = jobsd(&root, &["fmt", "examples", "jobs.d", "--check"]);
    assert_eq!((code, stdout.as_str()), (0, ""));
}

#[test]
fn safe_fixes_are_made_and_nothing_else() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("a.yaml");
    let bad = "name: x # keep me\nbot_type: command\nbot_config:\n  command: [df]\nschedule_type: cron\nschedule_config:\n  cron_expression: * * * * * # often\nenabled: yes\nmax_instances: '2'\nkill_grace: 8.0\nmisfire_grace_time: 09\noverlap: skp\n";
    fs::write(&path, bad).unwrap();
    let (code, _, stderr) = jobsd(scratch.path(), &["validate", "a.yaml", "--fix"]);
    assert!(stderr.contains("5 fixed"), "{stderr}");
    // A misspelt word has more than one possible meaning: it stays, and is still an error.
    assert_eq!(code, 1);
    let fixed = "name: x # keep me\nbot_type: command\nbot_config:\n  command: [df]\nschedule_type: cron\nschedule_config:\n  cron_expression: \"* * * * *\" # often\nenabled: true\nmax_instances: 2\nkill_grace: 8\nmisfire_grace_time: 9\noverlap: skp\n";
    assert_eq!(fs::read_to_string(&path).unwrap(), fixed);
}

#[test]
fn fmt_checks_shows_and_writes() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("a.yaml");
    fs::write(&path, "bot_type: command\nname: x\n").unwrap();
    assert_eq!(jobsd(scratch.path(), &["fmt", "a.yaml"]).0, 1);
    let (code, diff, _) = jobsd(scratch.path(), &["fmt", "a.yaml", "--diff"]);
    assert!(code == 1 && diff.contains("-bot_type: command") && diff.contains("+name: x"));
    assert_eq!(jobsd(scratch.path(), &["fmt", "a.yaml", "--write"]).0, 0);
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "name: x\nbot_type: command\n"
    );
    assert_eq!(jobsd(scratch.path(), &["fmt", "a.yaml"]).0, 0);
    assert_eq!(jobsd(scratch.path(), &["fmt", "missing.yaml"]).0, 5);
}

#[test]
fn new_jobs_are_valid_and_never_overwrite() {
    let scratch = tempfile::tempdir().unwrap();
    let cases: [&[&str]; 7] = [
        &["a", "--daily", "08:00", "--tz", "UTC"],
        &["b", "--weekly", "mon,wed,fri@14:30", "--tz", "UTC"],
        &["c", "--every", "15m"],
        &["d", "--cron", "*/15 8-18 * * mon-fri", "--tz", "UTC"],
        &["e", "--shell", "echo \"hi\" # there"],
        &[
            "f",
            "--type",
            "birthday",
            "--daily",
            "8:00",
            "--tz",
            "UTC",
            "--dry-run-job",
        ],
        &["g", "--type", "visitor", "--name", "Visits: all"],
    ];
    for args in cases {
        let (code, _, stderr) = jobsd(scratch.path(), &[&["new"], args].concat());
        assert_eq!(code, 0, "{args:?}: {stderr}");
        assert_eq!(
            jobsd(scratch.path(), &[&["new"], args].concat()).0,
            2,
            "{args:?} was replaced"
        );
    }
    let (code, stdout, _) = jobsd(scratch.path(), &["validate", "--deny", "warnings"]);
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.starts_with("7 files, 7 valid"));
    for bad in [
        &["H"][..],
        &["h", "--daily", "25:00"],
        &["h", "--daily", "noon"],
        &["h", "--every", "0s"],
        &["h", "--daily", "8:00", "--cron", "x"],
    ] {
        assert_eq!(
            jobsd(scratch.path(), &[&["new"], bad].concat()).0,
            2,
            "{bad:?}"
        );
    }
}

#[test]
fn init_gives_a_folder_that_validates_and_keeps_what_is_there() {
    for (ci, file) in [
        ("github", ".github/workflows/jobsd.yml"),
        ("gitlab", ".gitlab-ci.yml"),
        ("forgejo", ".forgejo/workflows/jobsd.yml"),
        ("none", "jobs.d/hello.yaml"),
    ] {
        let scratch = tempfile::tempdir().unwrap();
        assert_eq!(jobsd(scratch.path(), &["init", "--ci", ci]).0, 0);
        assert!(scratch.path().join(file).exists(), "{file}");
        let (code, stdout, _) = jobsd(scratch.path(), &["validate", "--deny", "warnings"]);
        assert_eq!(code, 0, "{stdout}");
        assert_eq!(
            jobsd(
                scratch.path(),
                &["schema", "--check", "schema/job.schema.json"]
            )
            .0,
            0
        );
        fs::write(scratch.path().join("jobs.d/hello.yaml"), "mine").unwrap();
        assert_eq!(jobsd(scratch.path(), &["init", "--ci", ci]).0, 0);
        assert_eq!(
            fs::read_to_string(scratch.path().join("jobs.d/hello.yaml")).unwrap(),
            "mine"
        );
    }
}

#[test]
fn what_teams_copy_runs_the_command_it_names() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    // The commands inside the templates, run as far as they can be here.
    for (file, args) in [
        ("contrib/ci/github.yml", "validate jobs.d --format github"),
        ("contrib/ci/gitlab.yml", "validate jobs.d --format gitlab"),
        ("contrib/pre-commit/config.yaml", "validate jobs.d"),
    ] {
        assert!(read(file).contains(&format!("jobsd {args}")), "{file}");
        let (code, stdout, _) = jobsd(&root, &args.split(' ').collect::<Vec<_>>());
        assert_eq!(code, 0, "{file}: {stdout}");
    }
    assert!(read("action.yml").contains("jobsd validate $INPUT_PATH --format github $INPUT_ARGS"));
    assert!(read(".pre-commit-hooks.yaml").contains("entry: jobsd validate\n"));
}
