//! Signals, inits and what programs inherit, by the real binary.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::child::signal;
use crate::support::world::World;
use serde_json::Value;

/// The signal that reports a lease that is to be broken (fcntl(2)); libc has no name for it.
const F_SETSIG: libc::c_int = 10;

/// Runs a job and waits for its end.
fn run(world: &World, id: &str) -> Value {
    let (code, out, err) = world.jobsd(&["run", id, "--wait"]);
    assert!(code.is_some(), "{out}{err}");
    world.records(id).pop().unwrap()
}

fn output(world: &World, record: &Value) -> String {
    world.jobsd(&["logs", record["id"].as_str().unwrap()]).1
}

const LOOK: &str = "bot_config: {shell: \"grep -E '^Sig(Blk|Ign)' /proc/self/status; \
    cat /proc/self/oom_score_adj\"}\nschedule_type: manual";

/// Whatever the daemon was started with.
/// Started as a shell starts what is in the background of a script, and worse: everything ignored
/// and blocked.
#[test]
fn programs_start_with_default_signals() {
    let mut world = World::new();
    world.job("look", LOOK);
    world.start_under(&["env", "--ignore-signal", "--block-signal"]);
    let text = output(&world, &run(&world, "look"));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "SigBlk:\t0000000000000000", "{text}");
    // posix_spawn of glibc leaves its own two signals, 32 and 33, ignored: no program can use them.
    let ignored = ["SigIgn:\t0000000000000000", "SigIgn:\t0000000180000000"];
    assert!(ignored.contains(&lines[1]), "{text}");
    // The daemon hears its TERM all the same.
    assert_eq!(world.stop(), Some(0));
}

/// Before the daemon.
#[test]
fn programs_end_first_when_memory_is_short() {
    let mut world = World::new();
    world.job("look", LOOK);
    world.job("shim", &format!("{LOOK}\nnice: 1"));
    world.start();
    let own = fs::read_to_string(format!("/proc/{}/oom_score_adj", world.pid())).unwrap();
    let own: i32 = own.trim().parse().unwrap();
    for id in ["look", "shim"] {
        let text = output(&world, &run(&world, id));
        let score: i32 = text.lines().last().unwrap().parse().unwrap();
        assert_eq!(score, (own + 100).min(1_000), "{id}: {text}");
    }
}

/// And SIGQUIT stops the daemon in order.
#[test]
fn signals_without_meaning_are_survived() {
    let mut world = World::new();
    world.job(
        "long",
        "bot_config: {shell: \"trap 'echo told > told; exit 0' TERM; echo > begun; while :; \
        do sleep 0.05; done\"}\nschedule_type: manual",
    );
    world.start();
    assert_eq!(world.jobsd(&["run", "long"]).0, Some(0));
    world.until("its program", |world| world.path("begun").exists());
    let names = [
        "USR1", "USR2", "ALRM", "VTALRM", "PROF", "IO", "PWR", "STKFLT", "XCPU", "XFSZ", "34", "64",
    ];
    for name in names {
        signal(world.pid(), name);
    }
    world.until("words in the log", |world| {
        world.log().matches("asks nothing").count() >= names.len() - 1
    });
    assert_eq!(world.get("/health").code, 200);
    signal(world.pid(), "QUIT");
    let code = world.daemon.take().unwrap().wait().unwrap().code();
    assert_eq!(code, Some(0));
    assert!(world.path("told").exists(), "its run got no TERM");
}

/// A child that is killed before its program begins is a failed start.
/// The process that is to become the program waits for a file that the test holds, and is killed
/// there.
#[test]
fn killed_before_its_program_is_not_started() {
    use std::os::fd::AsRawFd;
    let mut world = World::new();
    let program = world.path("program");
    fs::copy("/bin/true", &program).unwrap();
    world.job(
        "early",
        &format!(
            "bot_config: {{command: ['{}']}}\nschedule_type: manual",
            program.display()
        ),
    );
    world.start();
    let held = fs::OpenOptions::new().write(true).open(&program).unwrap();
    // SAFETY: fcntl(2) on a descriptor that is open; the signal that reports a break is one that
    // does nothing.
    unsafe {
        assert_eq!(libc::fcntl(held.as_raw_fd(), F_SETSIG, libc::SIGWINCH), 0);
        assert_eq!(
            libc::fcntl(held.as_raw_fd(), libc::F_SETLEASE, libc::F_WRLCK),
            0
        );
    }
    assert_eq!(world.jobsd(&["run", "early"]).0, Some(0));
    let tasks = format!("/proc/{}/task", world.pid());
    let child = || {
        let threads = fs::read_dir(&tasks).unwrap().flatten();
        let of = |thread: fs::DirEntry| fs::read_to_string(thread.path().join("children")).ok();
        let children: String = threads.filter_map(of).collect();
        children.split_whitespace().next().map(str::to_owned)
    };
    world.until("its child", |_| child().is_some());
    signal(child().unwrap().parse().unwrap(), "KILL");
    world.until("its end", |world| {
        world.records("early")[0]["status"] == "failed"
    });
    let record = world.records("early").pop().unwrap();
    assert_eq!(record["reason"], "start_failed", "{record}");
    assert_eq!(record["started_at"], Value::Null, "{record}");
}

#[test]
fn a_clean_stop_leaves_no_cgroup() {
    let mut world = World::new();
    let job = "bot_config: {shell: 'sleep 0.1 & sleep 611'}\nschedule_type: manual";
    world.job("long", job);
    world.start();
    let log = world.log();
    let found = log.split_once("supervision=\"cgroup ");
    let Some(root) = found.and_then(|(_, rest)| rest.split(' ').next()) else {
        eprintln!("SKIPPED: no cgroup can be made here");
        return;
    };
    assert_eq!(world.jobsd(&["run", "long"]).0, Some(0));
    world.until("its cgroup", |_| {
        fs::read_dir(root).is_ok_and(|dir| dir.flatten().any(|it| it.path().is_dir()))
    });
    assert_eq!(world.stop(), Some(0));
    assert!(!fs::exists(root).unwrap(), "{root} was left");
}

/// Under tini and dumb-init too, every run gets both.
/// Under a small init the daemon is process 2, the number of the kernel's own parent elsewhere.
#[test]
fn every_init_delivers_term_and_kill() {
    for init in ["tini", "dumb-init"] {
        let unshare = [
            "--pid",
            "--fork",
            "--mount-proc",
            "--kill-child",
            init,
            "--",
        ];
        let can = Command::new("unshare").args(unshare).arg("true").output();
        if !can.is_ok_and(|output| output.status.success()) {
            assert!(
                std::env::var_os("CI").is_none(),
                "tools/install_inits.sh was not run"
            );
            eprintln!("SKIPPED: no {init}, or no pid namespace can be made here (needs root)");
            continue;
        }
        let mut world = World::new();
        world.job(
            "kind",
            "bot_config: {shell: \"trap 'echo told > told; exit 0' TERM; echo > begun; while :; \
            do sleep 0.05; done\"}\nschedule_type: manual",
        );
        world.job(
            "deaf",
            "bot_config: {shell: \"trap '' TERM; echo > deaf; while :; do sleep 0.05; done\"}\n\
            schedule_type: manual\nkill_grace: 1",
        );
        world.start_under(&[&["unshare"], &unshare[..]].concat());
        for id in ["kind", "deaf"] {
            assert_eq!(world.jobsd(&["run", id]).0, Some(0));
        }
        let begun = |world: &World| world.path("begun").exists() && world.path("deaf").exists();
        world.until("the programs", begun);
        let of = world.pid();
        let children = fs::read_to_string(format!("/proc/{of}/task/{of}/children"));
        let of_init: u32 = children.unwrap().trim().parse().unwrap();
        let told = Instant::now();
        signal(of_init, "TERM");
        world.until("TERM at once", |world| world.path("told").exists());
        assert!(
            told.elapsed() < Duration::from_secs(1),
            "{init}: {:?}",
            told.elapsed()
        );
        let end = told + Duration::from_secs(10);
        let mut daemon = world.daemon.take().unwrap();
        while daemon.try_wait().unwrap().is_none() {
            assert!(Instant::now() < end, "{init} did not end:\n{}", world.log());
            std::thread::park_timeout(Duration::from_millis(10));
        }
        assert!(
            told.elapsed() < Duration::from_secs(4),
            "{init}: {:?}",
            told.elapsed()
        );
        let deaf = world.records("deaf").pop().unwrap();
        assert_eq!(
            deaf["reason"],
            "shutdown",
            "{init}: {deaf}\n{}",
            world.log()
        );
    }
}
