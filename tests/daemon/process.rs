//! Runs under control, by the real binary: whole trees end, output is kept in bounds, surroundings
//! and secrets hold.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::child::{clean, signal};
use crate::support::world::World;
use jobsd::shell::control::Request;
use jobsd::shell::control::socket::call;
use serde_json::{Value, json};

/// Descendants of a program, each of which writes its process id and then lives on.
const KINDS: [(&str, &str); 7] = [
    ("plain", "sleep 611 & echo $! >> $P; wait"),
    (
        "nohup",
        "nohup sleep 611 >/dev/null 2>&1 & echo $! >> $P; wait",
    ),
    (
        "setsid",
        "setsid sh -c 'echo $$ >> $P; exec sleep 611' & wait",
    ),
    (
        "double-fork",
        "(setsid sh -c 'echo $$ >> $P; exec sleep 611 >/dev/null 2>&1 </dev/null' &); sleep 611",
    ),
    (
        "holds-stdout",
        "(sh -c 'echo $$ >> $P; exec sleep 611' &); sleep 611",
    ),
    (
        "ignores-term",
        "trap '' TERM; sh -c 'echo $$ >> $P; while :; do sleep 1; done' & while :; do wait; done",
    ),
    (
        "sheds-marker",
        "env -i P=$P setsid sh -c 'echo $$ >> $P; exec sleep 611' & wait",
    ),
];

/// A world with a manual job per kind.
fn kinds(extra: &str) -> World {
    let world = World::new();
    for (kind, text) in KINDS {
        let pids = world.path(kind);
        let script = format!("P={}; export P; echo $$ >> $P; {text}", pids.display());
        let script = serde_json::to_string(&script).unwrap();
        world.job(
            kind,
            &format!(
                "bot_config: {{shell: {script}}}\nschedule_type: manual\nkill_grace: 1\n{extra}"
            ),
        );
    }
    world
}

fn run(world: &World, id: &str) -> String {
    let request = Request::Run {
        job_id: id.to_owned(),
        dry_run: false,
    };
    let answer = call(&world.path(".jobsd"), &request).unwrap();
    answer["run_id"].as_str().unwrap().to_owned()
}

fn pids(world: &World, kind: &str) -> Vec<String> {
    let text = fs::read_to_string(world.path(kind)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Starts a run of every kind and waits until each has both its processes.
fn run_all(world: &World) -> Vec<String> {
    let ids = KINDS.iter().map(|(kind, _)| run(world, kind)).collect();
    world.until("every descendant", |world| {
        KINDS.iter().all(|(kind, _)| pids(world, kind).len() >= 2)
    });
    ids
}

fn is_alive(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat
        .rsplit_once(')')
        .map(|(_, rest)| rest.trim_start().to_owned());
    state.is_some_and(|state| !state.starts_with(['Z', 'X']))
}

/// Asserts that all processes that were started by now are gone a second after the grace of a
/// second.
fn all_gone(world: &World, since: Instant) {
    let end = since + Duration::from_secs(2);
    loop {
        let alive: Vec<String> = KINDS
            .iter()
            .flat_map(|(kind, _)| pids(world, kind).into_iter().map(move |pid| (kind, pid)))
            .filter(|(_, pid)| is_alive(pid))
            .map(|(kind, pid)| format!("{kind} {pid}"))
            .collect();
        if alive.is_empty() {
            return;
        }
        assert!(
            Instant::now() < end,
            "still alive: {alive:?}\n{}",
            world.log()
        );
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

fn record(world: &World, run_id: &str) -> Value {
    let lines = world.lines();
    let of_run = lines.iter().filter(|line| line["id"] == run_id);
    of_run.cloned().next_back().unwrap_or_default()
}

fn until_over(world: &World, run_id: &str) -> Value {
    world.until("the end of a run", |world| {
        let record = record(world, run_id);
        !record.is_null() && record["status"] != "running"
    });
    record(world, run_id)
}

fn assert_all(world: &World, runs: &[String], status: &str, reason: &str) {
    for (run_id, (kind, _)) in runs.iter().zip(KINDS) {
        let record = until_over(world, run_id);
        let found = (record["status"].as_str(), record["reason"].as_str());
        assert_eq!(found, (Some(status), Some(reason)), "{kind}: {record}");
    }
}

/// The first end of a run, so that the grace is counted from a moment at which all were asked to
/// end.
fn first_over(world: &World, runs: &[String]) -> Instant {
    world.until("a first end", |world| {
        runs.iter()
            .any(|run_id| record(world, run_id)["status"] != "running")
    });
    Instant::now()
}

#[test]
fn a_timeout_ends_every_kind_of_descendant() {
    let mut world = kinds("timeout: 3");
    world.start();
    let runs = run_all(&world);
    let since = first_over(&world, &runs);
    // Each was started a little later than the one before it.
    all_gone(&world, since + Duration::from_secs(1));
    assert_all(&world, &runs, "failed", "timeout");
}

#[test]
fn a_cancel_ends_every_kind_of_descendant() {
    let mut world = kinds("");
    world.start();
    let runs = run_all(&world);
    for run_id in &runs {
        let request = Request::Cancel {
            run_id: run_id.clone(),
            grace_secs: None,
        };
        call(&world.path(".jobsd"), &request).unwrap();
    }
    all_gone(&world, Instant::now());
    assert_all(&world, &runs, "cancelled", "user");
}

/// Of every kind.
#[test]
fn a_replacement_first_ends_every_descendant() {
    let mut world = kinds("overlap: replace");
    world.start();
    let first = run_all(&world);
    let before: Vec<Vec<String>> = KINDS.iter().map(|(kind, _)| pids(&world, kind)).collect();
    let second: Vec<String> = KINDS.iter().map(|(kind, _)| run(&world, kind)).collect();
    world.until("the second runs", |world| {
        let counts = KINDS.iter().zip(&before);
        counts
            .into_iter()
            .all(|((kind, _), old)| pids(world, kind).len() > old.len())
    });
    for pid in before.iter().flatten() {
        assert!(
            !is_alive(pid),
            "{pid} lived on beside the run that replaced it"
        );
    }
    assert_all(&world, &first, "cancelled", "replaced");
    for run_id in &second {
        let request = Request::Cancel {
            run_id: run_id.clone(),
            grace_secs: None,
        };
        call(&world.path(".jobsd"), &request).unwrap();
    }
    all_gone(&world, Instant::now());
}

/// A SIGTERM of the daemon.
#[test]
fn sigterm_ends_every_kind_of_descendant() {
    let mut world = kinds("");
    world.start();
    let runs = run_all(&world);
    let since = Instant::now();
    assert_eq!(world.stop(), Some(0));
    assert!(
        since.elapsed() < Duration::from_secs(3),
        "{:?}",
        since.elapsed()
    );
    all_gone(&world, since);
    assert_all(&world, &runs, "cancelled", "shutdown");
}

#[test]
fn a_second_sigterm_waits_for_no_grace() {
    let mut world = World::new();
    let pids = world.path("deaf");
    let script = format!(
        "trap '' TERM; echo $$ > {}; while :; do sleep 1; done",
        pids.display()
    );
    world.job(
        "deaf",
        &format!(
            "bot_config: {{shell: {}}}\nschedule_type: manual\nkill_grace: 600",
            json!(script)
        ),
    );
    world.start();
    let run_id = run(&world, "deaf");
    world.until("the run", |_| pids.exists());
    let daemon = world.pid();
    let term = || signal(daemon, "TERM");
    term();
    world.until("the stop", |world| {
        world.lines().iter().any(|line| line["type"] == "stop")
    });
    term();
    assert_eq!(world.daemon.take().unwrap().wait().unwrap().code(), Some(0));
    let record = record(&world, &run_id);
    assert_eq!(
        (&record["status"], &record["reason"]),
        (&json!("cancelled"), &json!("shutdown"))
    );
    assert!(!is_alive(fs::read_to_string(&pids).unwrap().trim()));
}

/// Of every kind.
#[test]
fn a_killed_daemons_successor_ends_every_descendant() {
    let mut world = kinds("");
    world.start();
    let runs = run_all(&world);
    world.kill();
    // One that shed its marker is known by descent, by its group, or by a cgroup; without its
    // parent and without a cgroup there is nothing left to know it by.
    let is_grouped = world_has_cgroup(&world);
    if !is_grouped {
        eprintln!("SKIPPED: no cgroup v2 here: who shed its marker is not looked for");
        for pid in &pids(&world, "sheds-marker")[1..] {
            let _ = clean("kill").args(["-9", pid]).status();
        }
    }
    world.start();
    all_gone(&world, Instant::now());
    assert_all(&world, &runs, "interrupted", "crash");
}

fn world_has_cgroup(world: &World) -> bool {
    world.log().contains("cgroup /")
}

/// Also when both have the same files.
#[test]
fn runs_of_another_daemon_are_left_alone() {
    let (mut ours, mut theirs) = (World::new(), World::new());
    for world in [&ours, &theirs] {
        let pids = world.path("pids");
        let script = format!("echo $$ >> {}; exec sleep 611", pids.display());
        world.job(
            "same",
            &format!(
                "bot_config: {{shell: {}}}\nschedule_type: manual",
                json!(script)
            ),
        );
    }
    ours.start();
    theirs.start();
    run(&ours, "same");
    let theirs_run = run(&theirs, "same");
    for world in [&ours, &theirs] {
        world.until("both runs", |world| !pids(world, "pids").is_empty());
    }
    ours.kill();
    ours.start();
    ours.until("our orphan's end", |ours| !is_alive(&pids(ours, "pids")[0]));
    assert!(is_alive(&pids(&theirs, "pids")[0]));
    assert_eq!(record(&theirs, &theirs_run)["status"], "running");
}

/// The run is recorded, and the grandchild is ended.
#[test]
fn a_grandchild_with_a_pipe_delays_nothing() {
    let mut world = World::new();
    let pids = world.path("held");
    let script = format!(
        "trap '' TERM; (sleep 611 & echo $! > {}); echo done",
        pids.display()
    );
    world.job(
        "held",
        &format!(
            "bot_config: {{shell: {}}}\nschedule_type: manual\nkill_grace: 3",
            json!(script)
        ),
    );
    world.start();
    let since = Instant::now();
    let record = until_over(&world, &run(&world, "held"));
    assert!(
        since.elapsed() < Duration::from_millis(2_500),
        "{:?}",
        since.elapsed()
    );
    assert_eq!(record["status"], "success");
    assert!(
        record["error"].as_str().unwrap().contains("still running"),
        "{record}"
    );
    let pid = fs::read_to_string(&pids).unwrap();
    world.until("its end", |_| !is_alive(pid.trim()));
}

/// What ends a moment after its program is not reported as left over.
#[test]
fn ending_just_after_its_program_is_normal() {
    let mut world = World::new();
    world.job(
        "tidy",
        "bot_config: {shell: 'sleep 0.2 >/dev/null 2>&1 & true'}\nschedule_type: manual",
    );
    world.start();
    let record = until_over(&world, &run(&world, "tidy"));
    assert_eq!(
        (&record["status"], &record["error"]),
        (&json!("success"), &Value::Null),
        "{record}"
    );
}

/// A program that made itself a daemon and says nothing is found.
#[test]
fn a_silent_leftover_daemon_is_ended() {
    let mut world = World::new();
    let pids = world.path("silent");
    let script = format!(
        "(setsid sh -c 'echo $$ > {}; exec sleep 611 >/dev/null 2>&1 </dev/null' &)",
        pids.display()
    );
    world.job(
        "silent",
        &format!(
            "bot_config: {{shell: {}}}\nschedule_type: manual",
            json!(script)
        ),
    );
    world.start();
    assert_eq!(
        until_over(&world, &run(&world, "silent"))["status"],
        "success"
    );
    world.until("its process id", |_| pids.exists());
    let pid = fs::read_to_string(&pids).unwrap();
    world.until("its end", |_| !is_alive(pid.trim()));
}

#[test]
fn nothing_of_the_daemon_leaks_into_a_program() {
    let mut world = World::new();
    world.job(
        "look",
        "bot_config: {shell: \"ls /proc/self/fd; grep -E '^(Sig|Shd)(Blk|Ign)' /proc/self/status; \
        ulimit -n; env | sort; readlink /proc/self/fd/0\"}\nschedule_type: manual",
    );
    world.start_with(|command| {
        command.env("SECRET_OF_THE_DAEMON", "canary-in-the-daemon");
    });
    let run_id = run(&world, "look");
    assert_eq!(until_over(&world, &run_id)["status"], "success");
    let (_, text, _) = world.jobsd(&["logs", &run_id]);
    let lines: Vec<&str> = text.lines().collect();
    // ls itself opens the folder.
    assert_eq!(&lines[..4], ["0", "1", "2", "3"], "{text}");
    assert!(lines.contains(&"SigBlk:\t0000000000000000"), "{text}");
    // posix_spawn of glibc leaves its own two signals, 32 and 33, ignored: no program can use them.
    let ignored = ["SigIgn:\t0000000000000000", "SigIgn:\t0000000180000000"];
    assert!(ignored.iter().any(|line| lines.contains(line)), "{text}");
    let own = clean("sh").args(["-c", "ulimit -n"]).output().unwrap();
    assert!(
        lines.contains(&String::from_utf8(own.stdout).unwrap().trim()),
        "{text}"
    );
    assert!(!text.contains("canary"), "{text}");
}

/// Under a soft limit of 1,024 descriptors, which they inherit.
#[test]
fn a_thousand_programs_run_at_once() {
    let mut world = World::new();
    for n in 0..1_000 {
        world.job(
            &format!("job-{n}"),
            "bot_config: {shell: 'ulimit -n; sleep 2'}\nschedule_type: manual",
        );
    }
    world.start_under(&["sh", "-c", "ulimit -S -n 1024; exec \"$0\" \"$@\""]);
    let runs: Vec<String> = (0..1_000)
        .map(|n| run(&world, &format!("job-{n}")))
        .collect();
    let over = || {
        let lines = world.lines();
        let ended = |line: &&Value| line["type"] == "run" && line["status"] == "success";
        lines.iter().filter(ended).count()
    };
    let end = Instant::now() + Duration::from_secs(90);
    while over() < 1_000 {
        assert!(
            Instant::now() < end,
            "{} of 1,000 ended\n{}",
            over(),
            world.log()
        );
        std::thread::park_timeout(Duration::from_millis(200));
    }
    for run_id in runs {
        let log =
            fs::read_to_string(world.path(".jobsd/output").join(format!("{run_id}.log"))).unwrap();
        assert!(log.ends_with(" stdout F 1024\n"), "{log}");
    }
}

#[test]
fn every_way_not_to_start_is_said_in_words() {
    let mut world = World::new();
    let file = |name: &str, text: &str, mode: u32| {
        let path = world.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.display().to_string()
    };
    let (noexec, noprogram) = (file("a", "x", 0o644), file("b", "x\n", 0o755));
    let nointerpreter = file("c", "#!/nowhere/sh\n", 0o755);
    let big = "x".repeat(200_000);
    let cases = [
        (
            "enoent",
            "command: [/nowhere/at-all]".to_owned(),
            "",
            "does not exist",
        ),
        (
            "enoent-path",
            "command: [no-such-program-of-ours]".to_owned(),
            "",
            "does not exist",
        ),
        (
            "eacces",
            format!("command: [{noexec}]"),
            "",
            "cannot be executed",
        ),
        (
            "enoexec",
            format!("command: [{noprogram}]"),
            "",
            "is not a program",
        ),
        (
            "interpreter",
            format!("command: [{nointerpreter}]"),
            "",
            "does not exist",
        ),
        (
            "e2big",
            format!("command: [/bin/echo, {big}]"),
            "",
            "too large",
        ),
        (
            "no-dir",
            "command: ['true']".to_owned(),
            "working_dir: /nowhere",
            "`working_dir`",
        ),
        (
            "dir-file",
            "command: ['true']".to_owned(),
            "working_dir: /etc/passwd",
            "is not a directory",
        ),
        (
            "no-user",
            "command: ['true']".to_owned(),
            "user: nobody-of-that-name",
            "there is no user",
        ),
        (
            "no-group",
            "command: ['true']".to_owned(),
            "group: nobody-of-that-name",
            "there is no group",
        ),
        (
            "no-env",
            "command: ['true']".to_owned(),
            "env: {A: {from_env: NOT_SET_ANYWHERE}}",
            "NOT_SET_ANYWHERE",
        ),
        (
            "no-file",
            "command: ['true']".to_owned(),
            "env: {A: {from_file: /nowhere/secret}}",
            "/nowhere/secret",
        ),
        (
            "env-file",
            "command: ['true']".to_owned(),
            "env_file: /nowhere/env",
            "/nowhere/env",
        ),
        (
            "fifo",
            "command: ['true']".to_owned(),
            "env: {A: {from_file: /dev/zero}}",
            "not a regular file",
        ),
        (
            "shimmed",
            "command: [/nowhere/at-all]".to_owned(),
            "umask: '027'",
            "does not exist",
        ),
        (
            "limit",
            "command: ['true']".to_owned(),
            "limits: {open_files: 2000000000}",
            "limits.open_files",
        ),
    ];
    for (id, config, extra, _) in &cases {
        world.job(
            id,
            &format!("bot_config: {{{config}}}\nschedule_type: manual\n{extra}"),
        );
    }
    world.start();
    for (id, _, _, words) in &cases {
        let record = until_over(&world, &run(&world, id));
        assert_eq!(
            (&record["status"], &record["reason"], &record["started_at"]),
            (&json!("failed"), &json!("start_failed"), &Value::Null),
            "{id}: {record}"
        );
        let error = record["error"].as_str().unwrap();
        assert!(error.contains(words), "{id}: {error}");
    }
}

#[test]
fn umask_niceness_and_limits_are_taken_on() {
    let mut world = World::new();
    world.job(
        "around",
        "bot_config: {shell: 'umask; nice; ulimit -n; ulimit -t; ulimit -f; \
        grep -E \"Max (address|processes)\" /proc/self/limits; \
        tr \"\\\\0\" \" \" < /proc/$$/cmdline'}\nschedule_type: manual\numask: '0027'\nnice: 7\n\
        limits: {open_files: 77, cpu_secs: 33, file_bytes: 1048576, memory_bytes: 2000000000, \
        processes: 4000}",
    );
    world.start();
    let run_id = run(&world, "around");
    let record = until_over(&world, &run_id);
    assert_eq!(record["status"], "success", "{record}");
    let (_, text, _) = world.jobsd(&["logs", &run_id]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(&lines[..4], ["0027", "7", "77", "33"], "{text}");
    assert!(["1024", "2048"].contains(&lines[4]), "{text}");
    assert!(
        text.contains("2000000000") && text.contains("4000"),
        "{text}"
    );
    // The program is what was asked for, not the shim.
    assert!(
        lines.last().unwrap().starts_with("/bin/sh -c umask"),
        "{text}"
    );
}

/// With the user's groups and home, with its result file, and with no way back.
#[test]
fn a_program_can_run_as_another_user() {
    let is_root = clean("id").arg("-u").output().unwrap().stdout == b"0\n";
    if !is_root {
        eprintln!("SKIPPED: not root: another user cannot be taken on here");
        return;
    }
    let mut world = World::new();
    // The scratch folder is only its owner's; the program needs a folder to work in.
    let script = "id -un; id -gn; echo $HOME $USER; grep NoNewPrivs /proc/self/status; \
        echo '{\\\"messages_sent\\\": 3}' > $JOBSD_RESULT; echo x > $JOBSD_JOB_STATE/mine; \
        cat /etc/shadow; ls $JOBSD_STATE_DIR";
    world.job(
        "other",
        &format!(
            "bot_config: {{shell: \"{script}\"}}\nschedule_type: manual\nuser: nobody\n\
            working_dir: /"
        ),
    );
    fs::set_permissions(world.dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    world.start();
    let run_id = run(&world, "other");
    let record = until_over(&world, &run_id);
    let (_, text, _) = world.jobsd(&["logs", &run_id]);
    // What is read of two streams at once has no order between them.
    let lines: Vec<&str> = text.lines().collect();
    for line in ["nobody", "nogroup", "/nonexistent nobody", "NoNewPrivs:\t1"] {
        assert!(lines.contains(&line), "{line}: {text}");
    }
    assert_eq!(text.matches("Permission denied").count(), 2, "{text}");
    assert_eq!(record["messages_sent"], 3, "{record} {text}");
    assert!(world.path(".jobsd/bots/other/mine").exists());
}

/// Whichever way it came.
#[test]
fn a_secret_is_found_nowhere() {
    let mut world = World::new();
    let canary = [
        "canary-by-environment-1",
        "canary-by-file-22222222",
        "canary-by-env-file-3333",
    ];
    fs::write(world.path("secret"), format!("{}\n", canary[1])).unwrap();
    fs::write(
        world.path("secrets.env"),
        format!("# comment\nexport C='{}'\n", canary[2]),
    )
    .unwrap();
    let script = "for v in \"$A\" \"$B\" \"$C\"; do echo out $v; echo err $v >&2; \
        printf '%s' \"$v\" | base64; printf 'user:%s' \"$v\" | base64; \
        printf '%s' \"${v%??????}\"; sleep 0.05; printf '%s\\n' \"${v#\"${v%??????}\"}\"; done; \
        echo \"{\\\"error\\\": \\\"bad $A\\\", \\\"note\\\": \\\"$B\\\", \\\"$C\\\": 1}\" > \
        $JOBSD_RESULT; exit 3";
    world.job(
        "spy",
        &format!(
            "bot_config: {{shell: {}}}\nschedule_type: manual\n\
            retry: {{max_attempts: 2, backoff_secs: 0}}\n\
            env: {{A: {{from_env: CANARY}}, B: {{from_file: {}}}}}\nenv_file: {}",
            json!(script),
            world.path("secret").display(),
            world.path("secrets.env").display()
        ),
    );
    world.start_with(|command| {
        command.env("CANARY", canary[0]).env("JOBSD_LOG", "trace");
    });
    let run_id = run(&world, "spy");
    let record = until_over(&world, &run_id);
    assert_eq!(record["error"], "bad ***", "{record}");
    assert_eq!(record["result"]["note"], "***", "{record}");
    let mut seen = vec![("log".to_owned(), world.log().into_bytes())];
    collect(&world.path(".jobsd"), &mut seen);
    for path in [
        "/",
        "/scheduler/jobs",
        "/scheduler/jobs/spy",
        "/scheduler/jobs/spy/history",
        "/scheduler/config",
        "/health",
    ] {
        seen.push((path.to_owned(), world.get(path).body));
    }
    for args in [
        vec!["logs", run_id.as_str()],
        vec!["status"],
        vec!["status", "spy"],
        vec!["history", "spy"],
    ] {
        let (_, out, err) = world.jobsd(&args);
        seen.push((args.join(" "), (out + &err).into_bytes()));
    }
    let (_, text, _) = world.jobsd(&["logs", &run_id]);
    assert!(
        text.contains("out ***") && text.contains("err ***"),
        "{text}"
    );
    for secret in canary {
        for shift in 0..3 {
            let encoded = base64(&format!("{}{secret}", &"xx"[..shift.min(2)]));
            // Letters at both ends depend on what is beside them.
            let inner = &encoded[4..encoded.len() - 4];
            assert_nowhere(&seen, inner);
        }
        assert_nowhere(&seen, secret);
    }
}

fn assert_nowhere(seen: &[(String, Vec<u8>)], needle: &str) {
    for (place, bytes) in seen {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains(needle), "{needle} is in {place}:\n{text}");
    }
}

fn collect(dir: &Path, seen: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            collect(&entry.path(), seen);
        } else if kind.is_file() {
            seen.push((
                entry.path().display().to_string(),
                fs::read(entry.path()).unwrap(),
            ));
        }
        seen.push(("name".to_owned(), entry.file_name().into_encoded_bytes()));
    }
}

fn base64(text: &str) -> String {
    let mut child = clean("base64")
        .arg("-w0")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), text.as_bytes()).unwrap();
    drop(child.stdin.take());
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

/// Each has its times; one that waits for its back-off survives a restart.
#[test]
fn attempts_are_numbered_and_survive_a_restart() {
    let mut world = World::new();
    world.job(
        "again",
        "bot_config: {shell: 'echo try $JOBSD_ATTEMPT $JOBSD_TRIGGER; [ -e go ]'}\n\
        schedule_type: manual\nretry: {max_attempts: 5, backoff_secs: 2, backoff_factor: 1}",
    );
    world.start();
    let run_id = run(&world, "again");
    world.until("a pending retry", |world| {
        let record = record(world, &run_id);
        record["status"] == "running" && !record["retry_at"].is_null()
    });
    let pending = record(&world, &run_id);
    assert_eq!(
        (&pending["attempt"], &pending["exit_code"]),
        (&json!(1), &json!(1))
    );
    world.kill();
    fs::write(world.path("go"), "").unwrap();
    world.start();
    let record = until_over(&world, &run_id);
    assert_eq!(
        (&record["status"], &record["attempt"]),
        (&json!("success"), &json!(2)),
        "{record}"
    );
    let (_, text, _) = world.jobsd(&["logs", &run_id]);
    assert_eq!(text, "try 1 manual\n[jobsd: attempt 2]\ntry 2 retry\n");
    let (_, text, _) = world.jobsd(&["logs", &run_id, "--attempt", "2"]);
    assert_eq!(text, "[jobsd: attempt 2]\ntry 2 retry\n");
}

/// A run that was cut off by a kill runs again where the job says so.
#[test]
fn on_interrupt_repeats_a_killed_run() {
    let mut world = World::new();
    world.job(
        "least",
        "bot_config: {shell: 'echo $JOBSD_ATTEMPT >> attempts; [ -e go ] || sleep 611'}\n\
        schedule_type: manual\nkill_grace: 1\non_interrupt: retry",
    );
    world.start();
    let run_id = run(&world, "least");
    world.until("the first attempt", |world| world.path("attempts").exists());
    world.kill();
    fs::write(world.path("go"), "").unwrap();
    world.start();
    let record = until_over(&world, &run_id);
    assert_eq!(
        (&record["status"], &record["attempt"]),
        (&json!("success"), &json!(2)),
        "{record}"
    );
    assert_eq!(
        fs::read_to_string(world.path("attempts")).unwrap(),
        "1\n2\n"
    );
}

/// They pick a stream and a tail.
#[test]
fn logs_follow_a_run_to_its_end() {
    let mut world = World::new();
    world.job(
        "talk",
        "bot_config: {shell: 'for n in 1 2 3; do echo out $n; echo err $n >&2; while [ ! -e go ]; \
        do sleep 0.05; done; done; printf end'}\nschedule_type: manual",
    );
    world.start();
    let run_id = run(&world, "talk");
    let follow = world
        .command(&["logs", "talk", "-f"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    world.until("a first line", |world| {
        world
            .path(".jobsd/output")
            .join(format!("{run_id}.log"))
            .exists()
    });
    fs::write(world.path("go"), "").unwrap();
    let output = follow.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let (out, err): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| !line.starts_with("err"));
    assert_eq!(
        (out, err),
        (
            vec!["out 1", "out 2", "out 3", "end"],
            vec!["err 1", "err 2", "err 3"]
        )
    );
    assert_eq!(
        world.jobsd(&["logs", &run_id, "--stderr"]).1,
        "err 1\nerr 2\nerr 3\n"
    );
    assert_eq!(world.jobsd(&["logs", &run_id, "--tail", "1"]).1, "end");
    let (_, stamped, _) = world.jobsd(&["logs", &run_id, "--timestamps", "--stderr"]);
    assert!(
        stamped.lines().next().unwrap().ends_with("Z ! err 1"),
        "{stamped}"
    );
    assert!(stamped.ends_with("[jobsd: exit status 0]\n"), "{stamped}");
    let (code, _, err) = world.jobsd(&["logs", "nobody"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("no job `nobody`"), "{err}");
}

/// Under the bound over all jobs.
#[test]
fn waiting_runs_start_in_due_order() {
    let mut world = World::new();
    world.config("max_concurrent_runs: 1\n");
    for n in 0..6 {
        world.job(
            &format!("job-{n}"),
            "bot_config: {shell: 'echo $JOBSD_JOB_ID >> order; sleep 0.2'}\nschedule_type: manual",
        );
    }
    world.start();
    let order = [3, 1, 5, 0, 4, 2].map(|n| format!("job-{n}"));
    for id in &order {
        run(&world, id);
    }
    world.until("six ends", |world| {
        let text = fs::read_to_string(world.path("order")).unwrap_or_default();
        text.lines().count() == 6
    });
    let text = fs::read_to_string(world.path("order")).unwrap();
    assert_eq!(text.lines().collect::<Vec<_>>(), order);
}

/// Resident memory of the daemon, MiB.
fn rss(world: &World) -> f64 {
    let pid = world.daemon.as_ref().unwrap().id();
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<f64>()
        .unwrap()
        / 1_024.0
}

/// And are recorded correctly.
#[test]
fn floods_of_output_cost_no_memory() {
    let mut world = World::new();
    world.job(
        "flood",
        "bot_config: {shell: 'head -c 1000000000 /dev/zero'}\nschedule_type: manual",
    );
    world.job(
        "lines",
        "bot_config: {shell: 'yes | head -c 40000000'}\nschedule_type: manual",
    );
    world.job(
        "binary",
        "bot_config: {shell: 'head -c 30000000 /dev/urandom >&2'}\nschedule_type: manual",
    );
    world.start();
    let before = rss(&world);
    let runs: Vec<(String, u64)> = [
        ("flood", 1_000_000_000),
        ("lines", 40_000_000),
        ("binary", 30_000_000),
    ]
    .map(|(id, bytes)| (run(&world, id), bytes))
    .into();
    let mut highest: f64 = 0.0;
    let end = Instant::now() + Duration::from_secs(90);
    while runs
        .iter()
        .any(|(run_id, _)| record(&world, run_id)["status"] == "running")
    {
        highest = highest.max(rss(&world));
        assert!(Instant::now() < end, "{}", world.log());
        std::thread::park_timeout(Duration::from_millis(20));
    }
    eprintln!("daemon: {before:.1} MiB before, {highest:.1} MiB at most");
    assert!(
        highest - before < 16.0,
        "{before} MiB grew to {highest} MiB"
    );
    for (run_id, bytes) in runs {
        let record = record(&world, &run_id);
        assert_eq!(
            (&record["status"], &record["output_bytes"]),
            (&json!("success"), &json!(bytes)),
            "{record}"
        );
        let log = world.path(".jobsd/output").join(format!("{run_id}.log"));
        let kept = fs::metadata(&log).unwrap().len();
        assert!(
            (5 << 20..=(10 << 20) + 4_096).contains(&kept),
            "{kept} bytes kept"
        );
    }
    let left: BTreeSet<_> = fs::read_dir(world.path(".jobsd/output"))
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert!(
        left.iter()
            .all(|name| name.to_string_lossy().ends_with(".log")),
        "{left:?}"
    );
}

#[test]
fn as_pid_1_the_daemon_reaps_orphans() {
    let unshare = ["--pid", "--fork", "--mount-proc", "--kill-child"];
    let can = clean("unshare").args(unshare).arg("true").output();
    if !can.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: no pid namespace can be made here (needs root)");
        return;
    }
    let mut world = World::new();
    world.job(
        "leave",
        "bot_config: {shell: \"(setsid sh -c 'echo $$ > pid; sleep 0.2' >/dev/null 2>&1 &); \
        while [ ! -e pid ]; do sleep 0.01; done\"}\nschedule_type: manual",
    );
    world.job(
        "look",
        "bot_config: {shell: 'echo $JOBSD_RUN_ID; if [ -e /proc/$(cat pid) ]; then echo there; \
        else echo gone; fi'}\nschedule_type: manual",
    );
    world.start_under(&[&["unshare"], unshare.as_slice()].concat());
    let left = until_over(&world, &run(&world, "leave"));
    assert_eq!(left["status"], "success", "{left}");
    world.until("its process id", |world| world.path("pid").exists());
    world.until("the end of what was left", |world| {
        let run_id = run(world, "look");
        until_over(world, &run_id);
        world.jobsd(&["logs", &run_id]).1.ends_with("gone\n")
    });
}
