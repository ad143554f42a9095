//! A scratch folder whose daemon is started, killed and started again, with its clock.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::child::{self, BIN, clean, clean_under};
use super::http::{Reply, read_reply};

/// Longest wait for a condition: long, because a loaded machine is slow, and nobody waits for it
/// but a failing test.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest wait for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// A scratch folder with a daemon that may be started and killed.
pub struct World {
    pub dir: tempfile::TempDir,
    /// The folder of job files: `jobs.d`.
    pub jobs: PathBuf,
    /// The state directory: `.jobsd`.
    pub state: PathBuf,
    /// What runs the daemon: `strace …`, or nothing.
    pub under: Vec<String>,
    /// Variables of the daemon and of every command beside it.
    pub env: Vec<(&'static str, PathBuf)>,
    pub daemon: Option<Child>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.kill();
    }
}

impl World {
    pub fn new() -> World {
        let dir = tempfile::tempdir().unwrap();
        let (jobs, state) = (dir.path().join("jobs.d"), dir.path().join(".jobsd"));
        fs::create_dir(&jobs).unwrap();
        fs::write(dir.path().join("offset"), "0").unwrap();
        World {
            dir,
            jobs,
            state,
            under: Vec::new(),
            env: Vec::new(),
            daemon: None,
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A command job, put in place by a rename.
    pub fn job(&self, id: &str, text: &str) {
        self.file(id, &format!("name: {id}\nbot_type: command\n{text}\n"));
    }

    /// A job that does nothing, every `seconds`.
    pub fn every(&self, id: &str, seconds: u32, more: &str) {
        self.job(
            id,
            &format!(
                "bot_config: {{command: ['true']}}\nschedule_type: interval\n\
                schedule_config: {{seconds: {seconds}}}\n{more}"
            ),
        );
    }

    /// A job file, put in place by a rename.
    pub fn file(&self, id: &str, text: &str) {
        fs::write(self.path("new"), text).unwrap();
        fs::rename(self.path("new"), self.jobs.join(format!("{id}.yaml"))).unwrap();
    }

    pub fn config(&self, text: &str) {
        fs::write(self.path("jobsd.yaml"), text).unwrap();
    }

    /// Sets the daemon's clock this far from the machine's.
    pub fn set_clock(&self, seconds: f64) {
        fs::write(self.path("offset.new"), seconds.to_string()).unwrap();
        fs::rename(self.path("offset.new"), self.path("offset")).unwrap();
    }

    /// Lets the next daemon believe the clock that is this far from the machine's, as after a day
    /// of it.
    pub fn believe_the_clock(&self, seconds: f64) {
        let now = jobsd::shell::clock::now();
        let offset = jobsd::time::SignedDuration::from_secs_f64(seconds);
        let known = serde_json::json!({
            "wall": jobsd::time::rfc3339(now + offset), "boot_id": "another",
            "steady_secs": 1_000_000,
        });
        fs::create_dir_all(&self.state).unwrap();
        fs::write(self.state.join("clock"), known.to_string()).unwrap();
    }

    /// `jobsd serve` on any free port.
    pub fn serve(&self) -> Command {
        let mut command = clean_under(&self.under, BIN);
        command
            .args(["serve", "--wait-for-jobs", "--jobs"])
            .arg(&self.jobs);
        command.args(["--listen", "127.0.0.1:0"]);
        if self.state != self.jobs.with_file_name(".jobsd") {
            command.arg("--state").arg(&self.state);
        }
        command.env("JOBSD_TEST_CLOCK", self.path("offset"));
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        let mut options = fs::OpenOptions::new();
        let log = options.create(true).append(true).open(self.path("log"));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(log.unwrap());
        command
    }

    /// Starts the daemon, and does not wait for it.
    pub fn spawn(&mut self) {
        self.spawn_with(|_| {});
    }

    /// The same, by a changed command.
    pub fn spawn_with(&mut self, change: impl FnOnce(&mut Command)) {
        let mut command = self.serve();
        change(&mut command);
        // What a killed daemon left names a port that may be another's by now.
        let _ = fs::remove_file(self.state.join("address"));
        self.daemon = Some(command.spawn().unwrap());
    }

    /// Starts the daemon; returns when it is ready.
    pub fn start(&mut self) {
        self.start_with(|_| {});
    }

    /// The same, run by another program.
    pub fn start_under(&mut self, program: &[&str]) {
        self.under = program.iter().map(|&word| word.to_owned()).collect();
        self.start();
    }

    /// The same, by a changed command.
    pub fn start_with(&mut self, change: impl FnOnce(&mut Command)) {
        self.spawn_with(change);
        self.until("ready", |world| {
            world
                .try_get("/ready")
                .is_some_and(|reply| reply.code == 200)
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
        child::signal(daemon.id(), "TERM");
        daemon.wait().unwrap().code()
    }

    pub fn pid(&self) -> u32 {
        self.daemon.as_ref().unwrap().id()
    }

    /// Where the daemon listens; `None` as long as it does not.
    pub fn address(&self) -> Option<SocketAddr> {
        self.daemon.as_ref()?;
        let text = fs::read_to_string(self.state.join("address")).ok()?;
        Some(text.trim_end().parse().unwrap())
    }

    /// The port of a daemon that listens.
    pub fn port(&self) -> u16 {
        let address = self.address();
        let address = address.unwrap_or_else(|| panic!("nobody listens; log:\n{}", self.log()));
        address.port()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port())).unwrap();
        stream.set_read_timeout(Some(ANSWER_MAX)).unwrap();
        stream
    }

    pub fn try_get(&self, path: &str) -> Option<Reply> {
        let mut stream = TcpStream::connect(self.address()?).ok()?;
        stream.set_read_timeout(Some(ANSWER_MAX)).ok()?;
        let text = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(text.as_bytes()).ok()?;
        read_reply(&mut stream, "GET")
    }

    /// Code and body; `None` where nobody answers.
    pub fn ask(&self, path: &str) -> Option<(u16, String)> {
        let reply = self.try_get(path)?;
        Some((reply.code, reply.text()))
    }

    pub fn get(&self, path: &str) -> Reply {
        self.request("GET", path, &[], b"")
    }

    pub fn json(&self, path: &str) -> Value {
        self.get(path).json()
    }

    pub fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Reply {
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            head += "Host: localhost\r\n";
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        let mut stream = self.connect();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(b"\r\n").unwrap();
        stream.write_all(body).unwrap();
        read_reply(&mut stream, method)
            .unwrap_or_else(|| panic!("no answer to {method} {path}; log:\n{}", self.log()))
    }

    /// The files of the history, oldest first.
    pub fn days(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.state.join("history"))
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
        let lines = self.lines().into_iter().filter(is_ours);
        let last: BTreeMap<String, Value> =
            lines.map(|line| (line["id"].to_string(), line)).collect();
        let mut records: Vec<Value> = last.into_values().collect();
        let due = |record: &Value| record["scheduled_at"].as_str().unwrap_or("").to_owned();
        records.sort_by_key(due);
        records
    }

    pub fn count(&self, job: &str, status: &str) -> usize {
        let records = self.records(job);
        records.iter().filter(|r| r["status"] == status).count()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// What a failing test shows.
    fn story(&self) -> String {
        let lines = self.lines();
        let last = &lines[lines.len().saturating_sub(20)..];
        format!("log:\n{}\nlast lines:\n{last:#?}", self.log())
    }

    /// A command on these files.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = clean(BIN);
        command.arg("--jobs").arg(&self.jobs).args(args);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// Runs it: exit code, stdout, stderr.
    pub fn jobsd(&self, args: &[&str]) -> (Option<i32>, String, String) {
        child::texts(self.command(args).output().unwrap())
    }

    pub fn until(&self, what: &str, condition: impl Fn(&World) -> bool) {
        self.within(PATIENCE, what, condition);
    }

    pub fn within(&self, longest: Duration, what: &str, condition: impl Fn(&World) -> bool) {
        let end = Instant::now() + longest;
        while !condition(self) {
            assert!(
                Instant::now() < end,
                "not in time: {what}; {}",
                self.story()
            );
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }
}

/// `status`/`reason` of each record.
pub fn ends(records: &[Value]) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let end = |record: &Value| format!("{}/{}", word(&record["status"]), word(&record["reason"]));
    records.iter().map(end).collect()
}
