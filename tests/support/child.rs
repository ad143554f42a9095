//! Processes that meet nothing of this machine.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program under test.
pub const BIN: &str = env!("CARGO_BIN_EXE_jobsd");

/// What a process is given, whatever the environment of the test says: a zone, a language, a home
/// without settings, and a git that knows only the repository at hand.
const GIVEN: [(&str, &str); 6] = [
    ("TZ", "UTC"),
    ("LANG", "C"),
    ("HOME", env!("CARGO_TARGET_TMPDIR")),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
];
/// What it takes from there: where programs lie, and where a measured build writes its coverage.
const TAKEN: [&str; 2] = ["PATH", "LLVM_PROFILE_FILE"];

/// A program with default signals, none of them blocked, and only the variables above. `env` of
/// coreutils becomes the program, so the process id is the program's.
pub fn clean(program: impl AsRef<OsStr>) -> Command {
    clean_under(&[], program)
}

/// The same, run by another program: `strace …`.
pub fn clean_under(under: &[String], program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("env");
    command.arg("--default-signal").args(under).arg(program);
    command.env_clear().envs(GIVEN);
    for name in TAKEN {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// Whether this machine has a program: `env` says 127 where it has not.
pub fn is_installed(program: &str) -> bool {
    let output = clean(program).arg("--version").output().unwrap();
    output.status.code() != Some(127)
}

/// Runs the program in a folder, as in a shell there: exit code, stdout, stderr.
pub fn jobsd(dir: &Path, args: &[&str], input: &str) -> (Option<i32>, String, String) {
    let mut command = clean(BIN);
    command
        .current_dir(dir)
        .env("TZ", "Europe/Paris")
        .args(args);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    // One that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    texts(child.wait_with_output().unwrap())
}

/// Exit code, stdout, stderr.
pub fn texts(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code();
    (code, text(output.stdout), text(output.stderr))
}

/// Runs git in a folder; what it prints.
pub fn git(dir: &Path, args: &[&str]) -> String {
    let mut command = clean("git");
    command.current_dir(dir);
    for setting in [
        "user.name=Ada",
        "user.email=a@example.org",
        "init.defaultBranch=main",
    ] {
        command.args(["-c", setting]);
    }
    let (code, out, err) = texts(command.args(args).stdin(Stdio::null()).output().unwrap());
    assert_eq!(code, Some(0), "git {args:?}: {err}");
    out.trim_end().to_owned()
}

/// Sends a signal, by its name without SIG.
pub fn signal(pid: u32, name: &str) {
    let mut kill = clean("kill");
    let status = kill.arg(format!("-{name}")).arg(pid.to_string()).status();
    assert!(status.unwrap().success(), "kill -{name} {pid}");
}

/// Whether a process is there and no zombie.
pub fn is_alive(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}
