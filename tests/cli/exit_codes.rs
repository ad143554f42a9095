//! Every exit code of the command line's design, and what costs it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use crate::support::child::{BIN, clean, signal};
use crate::support::http::Nobody;
use crate::support::world::World;
use clap::CommandFactory;

const GOOD: &str =
    "name: df\nbot_type: command\nbot_config: {command: ['true']}\nschedule_type: manual\n";

/// A folder with files, and what commands run there end with.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("jobs.d")).unwrap();
        fs::write(dir.path().join("jobs.d/good.yaml"), GOOD).unwrap();
        Folder(dir)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn code(&self, args: &[&str]) -> (i32, String) {
        let mut command = clean(BIN);
        command.current_dir(self.path()).args(args);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code().unwrap(), text)
    }
}

#[test]
fn every_command_has_an_exit_code_here() {
    let table = include_str!("exit_codes.rs");
    let root = jobsd::cli::Cli::command();
    let commands = root
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    for name in commands.map(clap::Command::get_name) {
        assert!(table.contains(&format!("\"{name}\"")), "{name} is missing");
    }
}

/// Each says what went wrong.
#[test]
fn exit_codes_without_a_daemon_are_exact() {
    let folder = Folder::new();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("bad.yaml", "name: x\n");
    write(
        "warned.yaml",
        &GOOD.replace(
            "manual",
            "daily\nschedule_config: {hour: 8, minute: 0}\ntimezone: CET",
        ),
    );
    write("ugly.yaml", &GOOD.replace("name: df", "name:   df"));
    write(
        "fails.yaml",
        &GOOD.replace("['true']", "[sh, '-c', 'exit 3']"),
    );
    write("old.json", "{}");
    write("tab", "0 3 * * * true\n");
    write("lossy", "@reboot true\n");
    fs::create_dir(folder.path().join("broken.d")).unwrap();
    write("broken.d/jobsd.yaml", "listen: here\n");
    let state = ["--state", "s"];
    let nobody = Nobody::new();
    let gone = nobody.address.to_string();
    for (args, code) in [
        (["validate"].as_slice(), 0),
        (&["validate", "bad.yaml"], 1),
        (&["validate", "warned.yaml"], 0),
        (&["validate", "--strict", "warned.yaml"], 1),
        (&["validate", "--deny", "nope"], 2),
        (&["validate", "--fromat", "json"], 2),
        (&["validate", "none.yaml"], 5),
        (&["validate", "bad.yaml", "none.yaml"], 5),
        (&["fmt", "jobs.d"], 0),
        (&["fmt", "ugly.yaml"], 1),
        (&["fmt", "none.yaml"], 5),
        (&["schema", "--check", "old.json"], 1),
        (&["schema", "--check", "none.json"], 5),
        (&["schema", "nothing"], 2),
        (&["explain", "range"], 0),
        (&["explain", "nope"], 2),
        (&["next"], 0),
        (&["next", "nothing"], 2),
        (&["next", "--schedule", "61 * * * *"], 1),
        (&["next", "--jobs", "none.d"], 5),
        (&["next", "--file", "bad.yaml"], 1),
        (&["next", "--file", "none.yaml"], 5),
        (&["list", "--offline"], 0),
        (&["list", "--state", "s"], 3),
        (&["status", "--state", "s"], 3),
        (&["run", "good", "--state", "s"], 3),
        (&["pause", "good", "--state", "s"], 3),
        (&["resume", "--all", "--state", "s"], 3),
        (
            &[
                "cancel",
                "019a9bd1-02f4-7000-8000-000000000000",
                "--state",
                "s",
            ],
            3,
        ),
        (&["reload", "--state", "s"], 3),
        (&["diff", "--state", "s"], 3),
        (&["plan", "no-such-commit"], 5),
        (&["list", "--server", &gone], 3),
        (&["run", "good", "--local"], 0),
        (&["run", "nothing", "--local"], 2),
        (&["run", "good", "--local", "--follow"], 2),
        (&["run", "good", "--local", "--timeout", "1s"], 2),
        (&["run", "good", "--local", "--format", "json"], 2),
        (&["history"], 0),
        (&["history", "nothing"], 2),
        (&["logs", "nothing"], 2),
        (&["why", "nothing"], 2),
        (&["why", "good"], 0),
        (&["fsck"], 0),
        (&["fsck", "--state", "none"], 5),
        (&["new", "fresh"], 0),
        (&["new", "fresh"], 2),
        (&["import", "tab", "--dry-run"], 0),
        (&["import", "lossy", "--dry-run"], 1),
        (&["import", "-", "--from", "systemd"], 2),
        (&["import", "none"], 5),
        (&["export", "--all", "--to", "json"], 0),
        (&["export", "good", "--to", "crontab"], 1),
        (&["export", "nothing", "--to", "json"], 2),
        (&["export", "--to", "json"], 2),
        (&["export", "--all", "--to", "nats"], 2),
        (&["export", "--all", "--to", "json", "--jobs", "none.d"], 5),
        (&["serve", "--config", "broken.d/jobsd.yaml"], 2),
        (&["serve", "--listen", "here"], 2),
        (&["serve", "--state", "old.json/s"], 5),
        (&["serve", "--jobs", "nowhere", "--state", "unused"], 5),
        (&["lsit"], 2),
        (&[], 2),
        (&["--version"], 0),
        (&["help", "exit-codes"], 0),
        (&["help", "schedule", "--lang", "fr"], 0),
        (&["help", "nothing"], 2),
        (&["completions", "bash"], 0),
        (&["man", "man1"], 0),
        (&["init", "begun"], 0),
        (&["simulate"], 0),
        (&["bot", "nothing"], 2),
        (&["completions", "cmd"], 2),
    ] {
        let (found, err) = folder.code(args);
        assert_eq!(found, code, "{args:?}: {err}");
    }
    assert_eq!(
        folder.code(&["doctor", state[0], state[1]]).0,
        1,
        "no daemon is a problem found"
    );
    fs::copy(
        folder.path().join("fails.yaml"),
        folder.path().join("jobs.d/fails.yaml"),
    )
    .unwrap();
    assert_eq!(folder.code(&["run", "fails", "--local"]).0, 1);
    let own = ["run", "fails", "--local", "--pass-exit-code"];
    assert_eq!(folder.code(&own).0, 3);
}

#[test]
fn a_daemon_that_cannot_begin_ends_with_five() {
    let mut world = World::new();
    world.start();
    let again = |args: &[&str]| world.jobsd(&[&["serve"], args].concat());
    let free = ["--listen", "127.0.0.1:0"];
    let (code, _, err) = again(&free);
    assert_eq!(code, Some(5), "another daemon: {err}");
    let state = world.path("other");
    let taken = format!("127.0.0.1:{}", world.port());
    let (code, _, err) = again(&["--state", state.to_str().unwrap(), "--listen", &taken]);
    assert_eq!(code, Some(5), "the port is taken: {err}");
    assert!(err.contains("cannot listen on"), "{err}");
}

/// Output that nobody reads does not.
#[test]
fn unwritable_output_exits_five() {
    let folder = Folder::new();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = clean(BIN);
    let status = command
        .current_dir(folder.path())
        .arg("validate")
        .stdout(full)
        .stderr(Stdio::null())
        .status();
    assert_eq!(status.unwrap().code(), Some(5));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = clean(BIN);
    let status = command
        .current_dir(folder.path())
        .args(["explain", "--markdown"])
        .stdout(writer)
        .stderr(Stdio::null())
        .status();
    assert_eq!(status.unwrap().code(), Some(0));
}

/// What a shell says of a command that a signal ends; `begun` is the line of output that says it is
/// under way.
fn ended_by(name: &str, folder: &Folder, args: &[&str], begun: &str) -> String {
    let script = "\"$@\"; echo \"code $?\"";
    let mut command = clean("sh");
    command.current_dir(folder.path()).args([
        "-c",
        script,
        "sh",
        "sh",
        "-c",
        "echo pid $$; exec \"$@\"",
        "sh",
        BIN,
    ]);
    let mut shell = command
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(shell.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let pid = lines.next().unwrap();
    let pid = pid.strip_prefix("pid ").unwrap();
    if begun.is_empty() {
        // It writes only at its end: its program has made a file.
        let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while !folder.path().join("begun").exists() {
            assert!(std::time::Instant::now() < end, "{args:?} does not begin");
            std::thread::park_timeout(std::time::Duration::from_millis(2));
        }
    } else {
        assert!(lines.any(|line| line.starts_with(begun)));
    }
    signal(pid.parse().unwrap(), name);
    let code = lines.find(|line| line.starts_with("code ")).unwrap();
    shell.wait().unwrap();
    code
}

#[test]
fn an_interrupt_is_130_and_a_termination_143() {
    for (name, code) in [("INT", "code 130"), ("TERM", "code 143")] {
        let folder = Folder::new();
        let slow = GOOD.replace("command: ['true']", "shell: 'touch begun; exec sleep 600'");
        fs::write(folder.path().join("jobs.d/slow.yaml"), slow).unwrap();
        let watch = ["list", "--offline", "--watch"];
        assert_eq!(
            ended_by(name, &folder, &watch, "good"),
            code,
            "a watched list"
        );
        let local = ["run", "slow", "--local"];
        assert_eq!(
            ended_by(name, &folder, &local, ""),
            code,
            "a run in the foreground"
        );
        let (_, out) = {
            let mut command = clean(BIN);
            let output = command
                .current_dir(folder.path())
                .args(["history", "slow"])
                .output()
                .unwrap();
            (output.status, String::from_utf8(output.stdout).unwrap())
        };
        assert!(out.contains("cancelled"), "it is recorded: {out}");
    }
}

/// Each says what went wrong.
#[test]
fn exit_codes_with_a_daemon_are_exact() {
    let mut world = World::new();
    world.job(
        "seven",
        "bot_config: {shell: 'exit 7'}\nschedule_type: manual",
    );
    world.job(
        "good",
        "bot_config: {command: ['true']}\nschedule_type: manual",
    );
    world.job(
        "slow",
        "bot_config: {command: [sleep, '600']}\nschedule_type: manual",
    );
    world.file(
        "birthday",
        "name: b\nbot_type: birthday\nschedule_type: manual\n",
    );
    world.start();
    let server = format!("127.0.0.1:{}", world.port());
    for (args, code) in [
        (["list"].as_slice(), 0),
        (&["status", "--check"], 0),
        (&["status", "sevn"], 2),
        (&["run", "good", "--wait"], 0),
        (&["run", "seven", "--wait"], 1),
        (&["run", "seven", "--pass-exit-code"], 7),
        (&["status", "seven", "--check"], 1),
        (&["run", "slow", "--timeout", "1s"], 124),
        (&["run", "slow"], 4),
        (&["run", "good", "--dry-run"], 2),
        (&["run", "birthday"], 2),
        (&["run", "good", "--server", &server], 4),
        (&["pause", "good"], 0),
        (&["pause", "good", "--until", "2020-01-01T00:00:00Z"], 2),
        (&["resume", "good"], 0),
        (&["cancel", "nothing"], 2),
        (&["reload"], 0),
        (&["diff"], 0),
        (&["fsck", "--repair"], 0),
    ] {
        let (found, out, err) = world.jobsd(args);
        assert_eq!(found, Some(code), "{args:?}: {out}{err}");
    }
    world.job(
        "added",
        "bot_config: {command: ['true']}\nschedule_type: manual\nnonsense: true",
    );
    assert_eq!(world.jobsd(&["diff"]).0, Some(1), "something differs");
    world.until("the bad file is seen", |w| {
        !w.json("/health")["warnings"].as_array().unwrap().is_empty()
    });
    assert_eq!(world.jobsd(&["status", "--check"]).0, Some(1));
    assert_eq!(world.stop(), Some(0), "SIGTERM is a daemon's good end");
}
