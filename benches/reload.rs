//! From an edit to its effect in the real daemon, beside its floor in the same run: a file event
//! and the reading of one file. Then a checkout of 1,000 files, and what 10,000 files and an idle
//! minute cost. `cargo bench --bench reload`
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use jobsd::spec::SourceFile;
use jobsd::spec::jobs::loader;
use jobsd::spec::types::config::Settings;
use notify::{RecursiveMode, Watcher};
use serde_json::Value;

const EDITS: usize = 300;
const IDLE: Duration = Duration::from_secs(60);

fn job(n: usize, mark: usize) -> String {
    format!(
        "name: Job {n}\ndescription: '{mark}'\nbot_type: command\nbot_config:\n  command: [/bin/echo, \"{n}\"]\nschedule_type: cron\n\
         schedule_config:\n  cron_expression: \"{} {} 29 2 *\"\ntimezone: UTC\nmax_instances: 2\nlabels:\n  owner: ops\n",
        n % 60,
        n % 24
    )
}

struct Daemon {
    child: Child,
    dir: tempfile::TempDir,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Daemon {
    /// A daemon over this many files, ready.
    fn new(files: usize, with_git: bool) -> Daemon {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("jobs.d")).unwrap();
        for n in 0..files {
            fs::write(dir.path().join(format!("jobs.d/j{n}.yaml")), job(n, 0)).unwrap();
        }
        if with_git {
            git(dir.path(), &["init", "-q"]);
            git(dir.path(), &["add", "jobs.d"]);
            git(dir.path(), &["commit", "-qm", "First"]);
        }
        // Young files would be waited for.
        std::thread::sleep(Duration::from_millis(200));
        let mut command = Command::new(env!("CARGO_BIN_EXE_jobsd"));
        command
            .arg("serve")
            .arg("--jobs")
            .arg(dir.path().join("jobs.d"));
        command.arg("--listen").arg("127.0.0.1:0");
        let child = command.stderr(Stdio::null()).spawn().unwrap();
        let daemon = Daemon { child, dir };
        while !daemon.is_ready() {
            std::thread::sleep(Duration::from_millis(2));
        }
        daemon
    }

    fn is_ready(&self) -> bool {
        let address = fs::read_to_string(self.path(".jobsd/address")).unwrap_or_default();
        let Ok(mut stream) = std::net::TcpStream::connect(address.trim_end()) else {
            return false;
        };
        let text = "GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let sent = stream.write_all(text.as_bytes());
        let mut line = String::new();
        sent.is_ok()
            && BufReader::new(stream).read_line(&mut line).is_ok()
            && line.contains(" 200 ")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// CPU seconds so far, over all threads.
    fn cpu(&self) -> f64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let of = |entry: std::io::Result<fs::DirEntry>| {
            let text = fs::read_to_string(entry.ok()?.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<f64>().ok()
        };
        tasks.filter_map(of).sum::<f64>() / 1e9
    }

    /// Resident memory in MiB.
    fn rss(&self) -> f64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.unwrap().trim().split(' ').next().unwrap();
        kib.parse::<f64>().unwrap() / 1024.0
    }

    fn reloads(&self) -> usize {
        let history = fs::read_dir(self.path(".jobsd/history")).unwrap();
        let texts = history.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
        texts
            .map(|text| text.matches("\"type\":\"reload\"").count())
            .sum()
    }
}

/// A client of the control socket; a connection ends after 30 seconds and 64 KiB of requests.
struct Control(PathBuf, Option<BufReader<UnixStream>>);

impl Control {
    fn new(daemon: &Daemon) -> Control {
        Control(daemon.path(".jobsd/control.sock"), None)
    }

    fn description(&mut self, id: &str) -> String {
        loop {
            let connect = || BufReader::new(UnixStream::connect(&self.0).unwrap());
            let stream = self.1.get_or_insert_with(connect);
            let request = format!("{{\"verb\":\"inforce\",\"job_id\":\"{id}\"}}\n");
            let sent = stream.get_mut().write_all(request.as_bytes());
            let mut line = String::new();
            if sent.is_err() || !stream.read_line(&mut line).is_ok_and(|read| read > 0) {
                self.1 = None;
                continue;
            }
            let answer: Value = serde_json::from_str(&line).unwrap();
            let text = answer["ok"]["description"].as_str().unwrap_or("");
            return text.to_owned();
        }
    }
}

fn git(dir: &Path, args: &[&str]) {
    let mut command = Command::new("git");
    command
        .current_dir(dir)
        .args(["-c", "user.name=a", "-c", "user.email=a@b"]);
    assert!(command.args(args).status().unwrap().success());
}

/// Median and 99th percentile in milliseconds.
fn told(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let ms = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "  {name:<44} {:>8.2} ms median {:>8.2} ms p99",
        ms(0.5),
        ms(0.99)
    );
}

/// A file event and the reading of one file, nothing else.
fn floor() -> Vec<Duration> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("j1.yaml");
    fs::write(&path, job(1, 0)).unwrap();
    let (sender, receiver) = sync_channel(64);
    let hear = move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| event.kind.is_modify()) {
            let _ = sender.try_send(());
        }
    };
    let mut watcher = notify::recommended_watcher(hear).unwrap();
    watcher
        .watch(dir.path(), RecursiveMode::NonRecursive)
        .unwrap();
    let scratch = tempfile::tempdir_in(dir.path().parent().unwrap()).unwrap();
    let new = scratch.path().join("new");
    let edit = |mark| {
        fs::write(&new, job(1, mark)).unwrap();
        let begin = Instant::now();
        fs::rename(&new, &path).unwrap();
        loop {
            receiver.recv().unwrap();
            let bytes = fs::read(&path).unwrap();
            let path = "j1.yaml".to_owned();
            let loaded = loader::load(&[SourceFile { path, bytes }], &Settings::default());
            let job = loaded.jobs.into_values().next().unwrap();
            if job.description.as_deref() == Some(&mark.to_string()) {
                return begin.elapsed();
            }
        }
    };
    (1..=EDITS).map(edit).collect()
}

fn edits(files: usize, with_git: bool) -> Vec<Duration> {
    let daemon = Daemon::new(files, with_git);
    let mut control = Control::new(&daemon);
    let mut times = Vec::new();
    for mark in 1..=EDITS {
        let n = mark * 7 % files;
        fs::write(daemon.path("new"), job(n, mark)).unwrap();
        let begin = Instant::now();
        fs::rename(
            daemon.path("new"),
            daemon.path(&format!("jobs.d/j{n}.yaml")),
        )
        .unwrap();
        while control.description(&format!("j{n}")) != mark.to_string() {}
        times.push(begin.elapsed());
    }
    times
}

fn checkout() {
    let daemon = Daemon::new(1_000, true);
    let mut control = Control::new(&daemon);
    for n in 0..1_000 {
        fs::write(daemon.path(&format!("jobs.d/j{n}.yaml")), job(n, 1)).unwrap();
    }
    git(daemon.dir.path(), &["commit", "-qam", "Second"]);
    while control.description("j999") != "1" {}
    let before = daemon.reloads();
    let begin = Instant::now();
    git(daemon.dir.path(), &["checkout", "-q", "HEAD~1"]);
    let checked_out = begin.elapsed();
    while (0..1_000).any(|n| control.description(&format!("j{n}")) != "0") {}
    println!(
        "  checkout of 1,000 files: live {:.0} ms after git's {:.0} ms, {} reloads",
        (begin.elapsed() - checked_out).as_secs_f64() * 1e3,
        checked_out.as_secs_f64() * 1e3,
        daemon.reloads() - before
    );
}

fn main() {
    println!("edit to effect, one file by atomic rename, {EDITS} edits");
    told("floor: inotify and one parse", floor());
    for (files, with_git) in [(1_000, false), (10_000, false), (1_000, true)] {
        let note = if with_git { ", in a git worktree" } else { "" };
        told(&format!("{files} files{note}"), edits(files, with_git));
    }
    checkout();
    let daemon = Daemon::new(10_000, false);
    println!(
        "  10,000 files: ready after {:.2} CPU-s, {:.0} MiB resident",
        daemon.cpu(),
        daemon.rss()
    );
    drop(daemon);
    let daemon = Daemon::new(1_000, false);
    std::thread::sleep(Duration::from_secs(3));
    let before = daemon.cpu();
    std::thread::sleep(IDLE);
    println!(
        "  1,000 files, nothing due or edited: {:.1} ms of CPU in {} s, {:.0} MiB resident",
        (daemon.cpu() - before) * 1e3,
        IDLE.as_secs(),
        daemon.rss()
    );
}
