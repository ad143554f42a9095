//! What a person meets on the first day: a crontab imported twice, the flags before a topic of the
//! help, a folder without a history, a run from a script, French throughout.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::support::child::{self, BIN, clean};
use crate::support::world::World;
use crate::transcripts::{screen, told};
use jobsd::text::Lang;
use jobsd::usage::{self, Read};

const MANUAL: &str = "bot_config: {command: ['true']}\nschedule_type: manual";

/// Exit code, output and standard error of the program in a folder.
fn done(dir: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = clean(BIN);
    command.current_dir(dir).args(args).stdin(Stdio::null());
    child::texts(command.output().unwrap())
}

fn help(args: &[&str], lang: Lang) -> String {
    let words = [&["jobsd"], args].concat();
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    match usage::read(&words, lang) {
        Read::Show(help) => help.to_string(),
        other => panic!("{args:?}: {other:?}"),
    }
}

#[test]
fn import_updates_what_import_wrote() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let import = |line: &str, more: &[&str]| {
        fs::write(dir.join("c"), format!("SHELL=/bin/bash\n{line}\n")).unwrap();
        done(dir, &[&["import", "c", "--tz", "UTC"], more].concat())
    };
    assert_eq!(import("0 2 * * * /opt/backup --all, [x]", &[]).0, Some(0));
    let (code, out, err) = import("0 2 * * * /opt/backup --most", &["--update"]);
    assert_eq!(
        (code, out.as_str()),
        (Some(0), "jobs.d/backup.yaml\n"),
        "{err}"
    );
    let text = fs::read_to_string(dir.join("jobs.d/backup.yaml")).unwrap();
    assert!(text.contains("/opt/backup --most"), "{text}");
    let (code, _, err) = import("0 2 * * * /opt/backup --most", &[]);
    assert_eq!(code, Some(0), "{err}");
}

#[test]
fn a_zone_by_another_name_differs_in_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let file = dir.join("jobs.d/backup.yaml");
    let import = |line: &str, args: &[&str]| {
        fs::write(dir.join("c"), format!("{line}\n")).unwrap();
        done(dir, &[&["import", "c"], args].concat())
    };
    let line = "0 2 * * * /opt/backup";
    let (code, _, err) = import(line, &["--tz", "UTC"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("times are in UTC; --tz"), "{err}");
    let (code, _, err) = import(line, &["--tz", "Etc/UTC"]);
    assert_eq!(code, Some(0), "{err}");
    let (code, _, err) = import("0 3 * * * /opt/backup", &["--tz", "Etc/UTC", "--update"]);
    assert_eq!(code, Some(0), "{err}");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("timezone: UTC\n"), "{text}");
    assert_eq!(import(line, &["--tz", "Europe/London"]).0, Some(1));
    assert!(help(&["help", "import"], Lang::En).contains("--tz is the `timezone`"));
}

#[test]
fn a_topic_of_the_help_takes_flags_before_it() {
    let plain = help(&["help", "exit-codes"], Lang::En);
    for flags in [
        ["--state", "X"].as_slice(),
        &["--state=X", "--lang", "en"],
        &["-v", "--utc", "--color", "never"],
    ] {
        assert_eq!(
            help(&[flags, &["help", "exit-codes"]].concat(), Lang::En),
            plain
        );
        help(&[flags, &["help", "options"]].concat(), Lang::Fr);
    }
}

#[test]
fn french_help_keeps_the_order_of_arguments() {
    let help = help(&["help", "plan"], Lang::Fr);
    let place = |name| help.rfind(name).unwrap();
    assert!(place("\n  [OLD]") < place("\n  [NEW]"), "{help}");
}

#[test]
fn an_empty_history_says_so() {
    let mut world = World::new();
    world.job("a", MANUAL);
    let dir = world.dir.path();
    let (code, out, err) = done(dir, &["history", "--format", "json"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("\"runs\": []"), "{out}");
    assert!(err.contains("there is no history in .jobsd"), "{err}");
    assert_eq!(done(dir, &["history", "-q"]).2, "");
    world.start();
    for (args, words) in [
        (["history"].as_slice(), "there is no run in the history\n"),
        (&["history", "a"], "there is no run of `a` in the history\n"),
        (
            &["history", "--since", "1h"],
            "no run in the history matches\n",
        ),
        (&["history", "--format", "json"], ""),
    ] {
        let (code, _, err) = world.jobsd(args);
        assert_eq!((code, err.as_str()), (Some(0), words), "{args:?}");
    }
}

#[test]
fn a_script_gets_the_id_before_the_end() {
    let mut world = World::new();
    world.job("a", MANUAL);
    world.start();
    let (code, out, err) = world.jobsd(&["run", "a", "--wait"]);
    let id = world.records("a").pop().unwrap()["id"].clone();
    assert_eq!(
        (code, out.lines().next()),
        (Some(0), id.as_str()),
        "{out}{err}"
    );
    assert_eq!(out.lines().count(), 2, "{out}");
}

#[test]
fn a_server_is_not_offline() {
    let dir = tempfile::tempdir().unwrap();
    let args = ["history", "--offline", "--server", "127.0.0.1:1"];
    let (code, out, err) = done(dir.path(), &args);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(
        err.contains("--offline reads files of this machine"),
        "{err}"
    );
    assert_eq!(done(dir.path(), &["history", "--offline"]).0, Some(0));
}

#[test]
fn bad_files_are_french_for_french_readers() {
    let mut world = World::new();
    world.job("a", MANUAL);
    world.start();
    world.file("a", "name: a\nschedule_type: manual\n");
    world.until("it is bad", |w| {
        w.json("/scheduler/config")["files_invalid"] == 1
            || w.jobsd(&["status"]).1.contains("bot_type")
    });
    let (_, out, _) = world.jobsd(&["status", "--lang", "fr"]);
    assert!(out.contains(" reste active"), "{out}");
    assert!(
        out.contains("il manque «\u{202f}bot_type\u{202f}» dans le fichier"),
        "{out}"
    );
    assert!(world.jobsd(&["status"]).1.contains("stays active"));
    let shown = |args: &[&str]| {
        let folders = (world.path("jobs.d"), world.path(".jobsd"));
        told(args, &screen(Lang::Fr), folders)
    };
    let list = shown(&["list"]);
    assert!(
        list.contains("il manque «\u{202f}bot_type\u{202f}» dans le fichier"),
        "{list}"
    );
    let job = shown(&["status", "a"]);
    for label in [
        "  état          actif",
        "  planification ",
        "  résultat      ",
    ] {
        assert!(job.contains(label), "{job}");
    }
    let (_, json, _) = world.jobsd(&["list", "--format", "json", "--lang", "fr"]);
    assert!(json.contains("the file has no `bot_type`"), "{json}");
}
