//! A scratch folder with the real daemon, and a small HTTP client that sends what it is told, byte by byte.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests; each test file uses its part"
)]

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

pub const BIN: &str = env!("CARGO_BIN_EXE_jobsd");

/// A scratch folder with a daemon that may be started and killed.
pub struct World {
    pub dir: tempfile::TempDir,
    pub port: u16,
    pub daemon: Option<Child>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.kill();
    }
}

/// An HTTP answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub code: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|l| l.split_once(": "));
        let mut found = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}\n{}", self.head, self.text()))
    }
}

impl World {
    pub fn new() -> World {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("jobs.d")).unwrap();
        fs::write(dir.path().join("offset"), "0").unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        let daemon = None;
        World { dir, port, daemon }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A command job, put in place by a rename.
    pub fn job(&self, id: &str, text: &str) {
        self.file(id, &format!("name: {id}\nbot_type: command\n{text}\n"));
    }

    /// A job file, put in place by a rename.
    pub fn file(&self, id: &str, text: &str) {
        let path = self.path("jobs.d").join(format!("{id}.yaml"));
        fs::write(self.path("new"), text).unwrap();
        fs::rename(self.path("new"), path).unwrap();
    }

    pub fn config(&self, text: &str) {
        fs::write(self.path("jobsd.yaml"), text).unwrap();
    }

    pub fn start(&mut self) {
        self.start_with(|_| {});
    }

    pub fn start_with(&mut self, change: impl FnOnce(&mut Command)) {
        let mut command = Command::new(BIN);
        command.arg("serve").arg("--jobs").arg(self.path("jobs.d"));
        let address = format!("127.0.0.1:{}", self.port);
        command.arg("--listen").arg(address);
        command.env("JOBSD_TEST_CLOCK", self.path("offset"));
        let mut options = fs::OpenOptions::new();
        let log = options
            .create(true)
            .append(true)
            .open(self.path("log"))
            .unwrap();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        change(&mut command);
        self.daemon = Some(command.spawn().unwrap());
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
        let mut kill = Command::new("kill");
        assert!(
            kill.arg(daemon.id().to_string())
                .status()
                .unwrap()
                .success()
        );
        daemon.wait().unwrap().code()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream
    }

    pub fn try_get(&self, path: &str) -> Option<Reply> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        let text = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(text.as_bytes()).ok()?;
        read_reply(&mut stream, "GET")
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

    pub fn lines(&self) -> Vec<Value> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.path(".jobsd/history"))
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default();
        files.sort();
        let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
        let text: String = texts.collect();
        text.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// The last line of each run of a job.
    pub fn records(&self, job: &str) -> Vec<Value> {
        let mut last = std::collections::BTreeMap::new();
        for line in self.lines() {
            if line["job_id"] == job && line["type"] == "run" {
                last.insert(line["id"].to_string(), line);
            }
        }
        last.into_values().collect()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BIN);
        command.arg("--jobs").arg(self.path("jobs.d")).args(args);
        command.env_remove("LC_ALL").env("LANG", "C");
        command
    }

    pub fn jobsd(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let mut command = self.command(args);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        (output.status.code(), out, err)
    }

    pub fn until(&self, what: &str, condition: impl Fn(&World) -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !condition(self) {
            assert!(
                Instant::now() < end,
                "not in time: {what}; log:\n{}\nhistory:\n{:#?}",
                self.log(),
                self.lines()
            );
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }
}

/// Reads one answer: head, then a body by length, by chunks or up to the end.
pub fn read_reply(stream: &mut TcpStream, method: &str) -> Option<Reply> {
    let head = read_head(stream)?;
    let code = head.split(' ').nth(1)?.parse().ok()?;
    let mut reply = Reply {
        code,
        head,
        body: Vec::new(),
    };
    if method == "HEAD" || code == 304 {
        return Some(reply);
    }
    if reply.header("transfer-encoding") == Some("chunked") {
        while let Some(chunk) = read_chunk(stream) {
            reply.body.extend(chunk);
        }
    } else if let Some(length) = reply.header("content-length") {
        reply.body = vec![0; length.parse().ok()?];
        stream.read_exact(&mut reply.body).ok()?;
    } else {
        stream.read_to_end(&mut reply.body).ok()?;
    }
    Some(reply)
}

/// Reads up to the empty line.
pub fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

/// Reads one chunk; `None` at the last.
pub fn read_chunk(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        line.push(byte[0]);
    }
    let text = String::from_utf8(line).ok()?;
    let length = usize::from_str_radix(text.trim(), 16).ok()?;
    let mut chunk = vec![0; length + 2];
    stream.read_exact(&mut chunk).ok()?;
    chunk.truncate(length);
    (length > 0).then_some(chunk)
}
