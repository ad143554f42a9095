//! What does not answer holds up its own job only: a program under a lease of the test, folders and
//! files on a mount whose server never answers, a log that nobody reads. And what a daemon finds
//! that was stopped for a while.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::child::signal;
use crate::support::world::World;
use serde_json::Value;

/// The signal that reports a lease that is to be broken (fcntl(2)); libc has no name for it.
const F_SETSIG: libc::c_int = 10;

/// A program that nobody can execute while this lives: opening it waits for the lease, 45 s at
/// most.
struct Leased(#[expect(dead_code, reason = "held, not read")] File);

impl Leased {
    fn take(path: &Path) -> Leased {
        let file = OpenOptions::new().write(true).open(path).unwrap();
        // SAFETY: fcntl(2) on a descriptor that is open; the signal that reports a break is one
        // that does nothing.
        let is_taken = unsafe {
            libc::fcntl(file.as_raw_fd(), F_SETSIG, libc::SIGWINCH) == 0
                && libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, libc::F_WRLCK) == 0
        };
        assert!(is_taken, "{}", std::io::Error::last_os_error());
        Leased(file)
    }
}

/// A folder on a mount whose server does not answer while this lives. Whatever asks waits, and KILL
/// is heard.
struct Hung {
    server: Option<File>,
    dir: PathBuf,
}

impl Hung {
    /// `None` where no such mount may be made.
    fn mount(dir: PathBuf) -> Option<Hung> {
        fs::create_dir_all(&dir).unwrap();
        let open = OpenOptions::new().read(true).write(true).open("/dev/fuse");
        let server = open.ok()?;
        let options = format!(
            "fd={},rootmode=40000,user_id=0,group_id=0\0",
            server.as_raw_fd()
        );
        let target = [dir.as_os_str().as_bytes(), b"\0"].concat();
        // SAFETY: mount(2) reads four strings that end with NUL and outlive the call.
        let done = unsafe {
            libc::mount(
                c"hung".as_ptr(),
                target.as_ptr().cast(),
                c"fuse".as_ptr(),
                0,
                options.as_ptr().cast(),
            )
        };
        if done != 0 {
            eprintln!("SKIPPED: no mount can be made here (needs root)");
        }
        let server = Some(server);
        (done == 0).then_some(Hung { server, dir })
    }

    /// From now on everybody gets an error at once, and the folder is as it was before.
    fn answer(&mut self) {
        self.server = None;
        let target = [self.dir.as_os_str().as_bytes(), b"\0"].concat();
        // SAFETY: umount2(2) reads a string that ends with NUL and outlives the call.
        unsafe { libc::umount2(target.as_ptr().cast(), libc::MNT_DETACH) };
    }
}

impl Drop for Hung {
    fn drop(&mut self) {
        if self.server.is_some() {
            self.answer();
        }
    }
}

const EVERY_SECOND: &str = "schedule_type: interval\nschedule_config: {seconds: 1}";

/// A job that does nothing, every second.
fn well(world: &World) {
    let text = format!("bot_config: {{command: ['true']}}\n{EVERY_SECOND}");
    world.job("well", &text);
}

fn health(world: &World) -> (u16, String) {
    let reply = world.get("/health");
    (reply.code, reply.text())
}

fn secs(value: &Value) -> f64 {
    let at: jobsd::time::Timestamp = value.as_str().unwrap().parse().unwrap();
    at.as_millisecond() as f64 / 1_000.0
}

/// Waits for that many more good runs of the healthy job, and checks that none of its due times
/// was lost.
fn goes_on(world: &World, more: usize) {
    let before = world.count("well", "success");
    let begun = Instant::now();
    world.until("the other job", |world| {
        world.count("well", "success") >= before + more
    });
    let took = begun.elapsed().as_secs_f64();
    assert!(took < more as f64 + 2.5, "{more} runs took {took} s");
    let records = world.records("well");
    let bad = records
        .iter()
        .find(|it| !["success", "running"].contains(&it["status"].as_str().unwrap()));
    assert_eq!(bad, None, "{}", world.log());
}

fn says_within_five_seconds(world: &World, words: &[&str]) {
    let begun = Instant::now();
    world.until("bad health", |world| {
        let (code, text) = health(world);
        code == 503 && words.iter().all(|word| text.contains(word))
    });
    // The first due time comes within a second.
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(6), "{took:?}");
}

/// A program whose file does not open.
#[test]
fn a_hung_program_holds_up_only_its_job() {
    let mut world = World::new();
    let program = world.path("program");
    let script = format!(
        "#!/bin/sh\necho $JOBSD_RUN_ID >> {}\n",
        world.path("ran").display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    well(&world);
    let lease = Leased::take(&program);
    let hung = format!("bot_config: {{command: ['{}']}}", program.display());
    world.job(
        "hung",
        &format!("{hung}\ntimeout: 3\nkill_grace: 1\n{EVERY_SECOND}"),
    );
    world.start();
    says_within_five_seconds(&world, &["starts", "hung"]);
    goes_on(&world, 4);
    world.until("the time limit", |world| world.count("hung", "failed") > 0);
    let records = world.records("hung");
    let failed = records.iter().find(|it| it["status"] == "failed").unwrap();
    assert_eq!(failed["reason"], "timeout", "{failed}");
    let took = secs(&failed["finished_at"]) - secs(&failed["started_at"]);
    assert!((2.9..4.5).contains(&took), "{failed}");
    assert!(
        failed["error"].as_str().unwrap().contains("not responding"),
        "{failed}"
    );
    goes_on(&world, 4);
    drop(lease);
    world.until("good health by itself", |world| health(world).0 == 200);
    world.until("its runs", |world| world.count("hung", "success") > 1);
    // What was given up did not run after its end was recorded.
    let ran = fs::read_to_string(world.path("ran")).unwrap();
    let records = world.records("hung");
    let gave_up = records.iter().filter(|it| it["status"] == "failed");
    for record in gave_up {
        assert!(!ran.contains(record["id"].as_str().unwrap()), "{record}");
    }
    assert_eq!(world.stop(), Some(0));
}

#[test]
fn a_stop_waits_for_no_start_that_hangs() {
    let mut world = World::new();
    let program = world.path("program");
    fs::copy("/bin/true", &program).unwrap();
    let lease = Leased::take(&program);
    for n in 0..4 {
        let command = format!("bot_config: {{command: ['{}']}}", program.display());
        world.job(
            &format!("hung-{n}"),
            &format!("{command}\ntimeout: null\n{EVERY_SECOND}"),
        );
    }
    world.start();
    says_within_five_seconds(&world, &["starts", "hung-3"]);
    let begun = Instant::now();
    assert_eq!(world.stop(), Some(0));
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}\n{}", world.log());
    for n in 0..4 {
        let records = world.records(&format!("hung-{n}"));
        assert!(
            records.iter().all(|it| it["status"] != "running"),
            "{records:#?}"
        );
    }
    drop(lease);
    let left = Command::new("pgrep")
        .arg("-f")
        .arg(&program)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(left.stdout).unwrap(), "");
}

/// Whether folders or files of theirs are on it.
#[test]
fn a_hung_mount_holds_up_only_its_jobs() {
    let mut world = World::new();
    let mounted = world.path("mount");
    let Some(mut hung) = Hung::mount(mounted.clone()) else {
        return;
    };
    well(&world);
    let on = |name: &str| mounted.join(name).display().to_string();
    let shell = "bot_config: {command: ['true']}";
    let jobs = [
        (
            "program",
            format!("bot_config: {{command: ['{}']}}", on("p")),
        ),
        ("folder", format!("{shell}\nworking_dir: {}", on("d"))),
        ("file", format!("{shell}\nenv_file: {}", on("f"))),
        (
            "value",
            format!("{shell}\nenv: {{V: {{from_file: {}}}}}", on("v")),
        ),
    ];
    for (id, text) in &jobs {
        let rest = "timeout: 2\nkill_grace: 1";
        world.job(id, &format!("{text}\n{rest}\n{EVERY_SECOND}"));
    }
    world.start();
    says_within_five_seconds(&world, &["starts", "file, folder, program, value"]);
    goes_on(&world, 5);
    for (id, _) in &jobs {
        world.until("its time limit", |world| world.count(id, "failed") > 0);
        let records = world.records(id);
        let failed = records.iter().find(|it| it["status"] == "failed").unwrap();
        assert_eq!(failed["reason"], "timeout", "{failed}");
    }
    hung.answer();
    world.until("good health by itself", |world| health(world).0 == 200);
    assert_eq!(world.stop(), Some(0));
}

/// That is reported, and nobody is held up.
#[test]
fn output_on_a_hung_mount_is_lost() {
    let mut world = World::new();
    well(&world);
    let loud = "bot_config: {shell: 'echo loud; head -c 600000 /dev/zero'}";
    world.job("loud", &format!("{loud}\n{EVERY_SECOND}"));
    let output = world.path(".jobsd/output");
    let Some(mut hung) = Hung::mount(output.clone()) else {
        return;
    };
    world.start();
    says_within_five_seconds(&world, &["output", "loud"]);
    goes_on(&world, 5);
    world.until("a run", |world| world.count("loud", "success") > 1);
    let records = world.records("loud");
    let ended = records.iter().find(|it| it["status"] == "success").unwrap();
    assert_eq!(ended["output_bytes"], 600_005);
    assert!(
        ended["error"].as_str().unwrap().contains("output was lost"),
        "{ended}"
    );
    let took = secs(&ended["finished_at"]) - secs(&ended["started_at"]);
    assert!(took < 3.0, "{ended}");
    hung.answer();
    world.until("good health by itself", |world| health(world).0 == 200);
    world.until("output again", |_| {
        fs::read_dir(&output).is_ok_and(|mut files| files.next().is_some())
    });
    assert_eq!(world.stop(), Some(0));
}

/// It counts what it dropped.
#[test]
fn an_unread_log_holds_nobody_up() {
    let mut world = World::new();
    well(&world);
    let mut reader = None;
    world.start_with(|command| {
        let (read, mut write) = std::io::pipe().unwrap();
        // A page, and full from the beginning.
        // SAFETY: fcntl(2) on a descriptor that is open.
        unsafe { libc::fcntl(write.as_raw_fd(), libc::F_SETPIPE_SZ, 4096) };
        write.write_all(&[b'\n'; 4096]).unwrap();
        command.stderr(write);
        reader = Some(read);
    });
    says_within_five_seconds(&world, &["log", "standard error"]);
    goes_on(&world, 5);
    let metrics = world.get("/metrics").text();
    assert!(
        metrics.contains("jobsd_log_lines_dropped_total"),
        "{metrics}"
    );
    let mut reader = reader.unwrap();
    let drain = std::thread::spawn(move || {
        let mut text = String::new();
        reader.read_to_string(&mut text).map(|_| text)
    });
    world.until("good health by itself", |world| health(world).0 == 200);
    assert_eq!(world.stop(), Some(0));
    let text = drain.join().unwrap().unwrap();
    assert!(text.lines().last().unwrap().contains("stopped"), "{text}");
}

/// After a SIGSTOP of the daemon, ends are judged before timers and due times.
#[test]
fn after_a_stopped_daemon_ends_come_first() {
    let mut world = World::new();
    let job = "bot_config: {shell: 'echo $JOBSD_RUN_ID >> began; sleep 1'}\ntimeout: 4\n\
        retry: {max_attempts: 3, backoff_secs: 1}\nmisfire_grace_time: 3600";
    world.job("short", &format!("{job}\nschedule_type: manual"));
    let often = "bot_config: {shell: 'echo >> often; sleep 2'}\nmisfire_grace_time: 3600";
    let every = "schedule_type: interval\nschedule_config: {seconds: 5}";
    world.job("often", &format!("{often}\n{every}"));
    world.start();
    world.until("a due time", |world| world.path("often").exists());
    let (code, out, _) = world.jobsd(&["run", "short"]);
    assert_eq!(code, Some(0), "{out}");
    world.until("its program", |world| world.path("began").exists());
    signal(world.pid(), "STOP");
    let stopped = Instant::now();
    while stopped.elapsed() < Duration::from_millis(6_500) {
        std::thread::park_timeout(Duration::from_millis(50));
    }
    signal(world.pid(), "CONT");
    world.until("its end", |world| {
        world
            .records("short")
            .iter()
            .all(|it| it["status"] != "running")
    });
    let records = world.records("short");
    assert_eq!(records[0]["status"], "success", "{}", records[0]);
    assert_eq!(records[0]["attempt"], 1);
    // The due time that the stop has covered starts, though the end of the run before it had not
    // been reported.
    world.until("more runs", |world| world.count("often", "success") > 1);
    assert_eq!(
        world.count("often", "skipped"),
        0,
        "{:#?}",
        world.records("often")
    );
    world.kill();
}

/// By SIGHUP too.
#[test]
fn a_moved_log_file_is_reopened() {
    let mut world = World::new();
    let log = world.path("jobsd.log");
    world.config("log: {file: jobsd.log}\n");
    well(&world);
    world.start_with(|command| {
        command.stderr(Stdio::null());
    });
    let says =
        |path: &Path, word: &str| fs::read_to_string(path).is_ok_and(|text| text.contains(word));
    world.until("the log", |_| says(&log, "run ended"));
    fs::rename(&log, world.path("old.log")).unwrap();
    world.until("the log by itself", |_| {
        says(&log, "opened again") && says(&log, "run ended")
    });
    fs::remove_file(&log).unwrap();
    signal(world.pid(), "HUP");
    world.until("the log after SIGHUP", |_| says(&log, "run ended"));
    assert_eq!(world.stop(), Some(0));
    assert!(says(&log, "stopped"), "the last line is missing");
}
