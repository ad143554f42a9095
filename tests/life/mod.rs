//! The life of a state directory: a scratch folder whose daemon is started, killed and started again, with its clock.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests; each test file uses its part"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

pub const BIN: &str = env!("CARGO_BIN_EXE_jobsd");

/// A scratch folder with a daemon that may be started and killed.
pub struct Life {
    pub dir: tempfile::TempDir,
    pub port: u16,
    pub daemon: Option<Child>,
    /// What runs the daemon: `strace …`, or nothing.
    pub wrapper: Vec<String>,
}

impl Drop for Life {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Life {
    pub fn new() -> Life {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("jobs.d")).unwrap();
        fs::write(dir.path().join("offset"), "0").unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        Life {
            dir,
            port,
            daemon: None,
            wrapper: Vec::new(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A command job, put in place by a rename.
    pub fn job(&self, id: &str, text: &str) {
        let new = self.path("new");
        fs::write(&new, format!("name: {id}\nbot_type: command\n{text}\n")).unwrap();
        fs::rename(new, self.path("jobs.d").join(format!("{id}.yaml"))).unwrap();
    }

    /// A job that does nothing, every `seconds`.
    pub fn every(&self, id: &str, seconds: u32, more: &str) {
        self.job(
            id,
            &format!("bot_config: {{command: ['true']}}\nschedule_type: interval\nschedule_config: {{seconds: {seconds}}}\n{more}"),
        );
    }

    /// Sets the daemon's clock this far from the machine's.
    pub fn set_clock(&self, seconds: f64) {
        fs::write(self.path("offset.new"), seconds.to_string()).unwrap();
        fs::rename(self.path("offset.new"), self.path("offset")).unwrap();
    }

    pub fn command(&self) -> Command {
        let mut words = self.wrapper.clone();
        words.push(BIN.to_owned());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg("serve");
        command.arg("--jobs").arg(self.path("jobs.d"));
        command
            .arg("--listen")
            .arg(format!("127.0.0.1:{}", self.port));
        command.env("JOBSD_TEST_CLOCK", self.path("offset"));
        let mut options = fs::OpenOptions::new();
        let log = options.create(true).append(true).open(self.path("log"));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(log.unwrap());
        command
    }

    pub fn spawn(&mut self) {
        self.daemon = Some(self.command().spawn().unwrap());
    }

    pub fn start(&mut self) {
        self.spawn();
        self.until("ready", |life| {
            life.get("/ready").is_some_and(|(code, _)| code == 200)
        });
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }

    /// SIGTERM; the exit code.
    pub fn stop(&mut self) -> Option<i32> {
        let mut daemon = self.daemon.take().unwrap();
        self.signal(daemon.id(), "TERM");
        daemon.wait().unwrap().code()
    }

    pub fn signal(&self, pid: u32, name: &str) {
        let kill = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(pid.to_string())
            .status();
        assert!(kill.unwrap().success());
    }

    pub fn pid(&self) -> u32 {
        self.daemon.as_ref().unwrap().id()
    }

    pub fn get(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .ok()?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        let code = text.split(' ').nth(1)?.parse().ok()?;
        Some((code, text.split_once("\r\n\r\n")?.1.to_owned()))
    }

    pub fn json(&self, path: &str) -> Value {
        let (_, body) = self
            .get(path)
            .unwrap_or_else(|| panic!("no answer; log:\n{}", self.log()));
        serde_json::from_str(&body).unwrap_or_else(|e| panic!("{e}: {body}"))
    }

    /// The files of the history, oldest first.
    pub fn days(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path(".jobsd/history"))
            .into_iter()
            .flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// Every whole line of the history.
    pub fn lines(&self) -> Vec<Value> {
        let texts = self.days().into_iter().map(|file| fs::read(file).unwrap());
        let text: Vec<u8> = texts.flatten().collect();
        let lines = text.split(|byte| *byte == b'\n');
        lines
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect()
    }

    /// The records of a job as their last lines say them, in due order.
    pub fn records(&self, job: &str) -> Vec<Value> {
        let is_ours = |line: &Value| line["job_id"] == job && line["type"] == "run";
        let last: BTreeMap<String, Value> = self
            .lines()
            .into_iter()
            .filter(is_ours)
            .map(|line| (line["id"].as_str().unwrap().to_owned(), line))
            .collect();
        let mut records: Vec<Value> = last.into_values().collect();
        records.sort_by_key(|record| {
            record["scheduled_at"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        });
        records
    }

    pub fn count(&self, job: &str, status: &str) -> usize {
        self.records(job)
            .iter()
            .filter(|record| record["status"] == status)
            .count()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// Runs the program on this state directory: exit code, stdout, stderr.
    pub fn jobsd(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(BIN);
        let output = command
            .arg("--jobs")
            .arg(self.path("jobs.d"))
            .args(args)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    pub fn until(&self, what: &str, condition: impl Fn(&Life) -> bool) {
        self.within(Duration::from_secs(30), what, condition);
    }

    pub fn within(&self, longest: Duration, what: &str, condition: impl Fn(&Life) -> bool) {
        let end = Instant::now() + longest;
        while !condition(self) {
            let lines = self.lines();
            let last = &lines[lines.len().saturating_sub(20)..];
            assert!(
                Instant::now() < end,
                "not in time: {what}; log:\n{}\nlast lines:\n{last:#?}",
                self.log()
            );
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }
}

/// `status`/`reason` of each record.
pub fn ends(records: &[Value]) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let end = |record: &Value| format!("{}/{}", word(&record["status"]), word(&record["reason"]));
    records.iter().map(end).collect()
}

pub fn is_alive(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}
