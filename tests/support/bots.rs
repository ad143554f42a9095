//! A folder with an address book, and the real binary as a bot, without a daemon.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use super::child::{BIN, clean};

/// A scratch folder of a job.
pub struct BotFolder {
    pub dir: tempfile::TempDir,
    /// The next run's number.
    runs: std::cell::Cell<u32>,
}

/// What a run gave.
#[derive(Debug)]
pub struct Ended {
    /// Exit code; `None` after a signal.
    pub code: Option<i32>,
    /// The result file, `null` without one.
    pub result: Value,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ended {
    /// A counter of the result.
    pub fn count(&self, key: &str) -> u64 {
        self.result[key]
            .as_u64()
            .unwrap_or_else(|| panic!("no {key} in {self:?}"))
    }
}

impl BotFolder {
    pub fn new() -> BotFolder {
        BotFolder::at(tempfile::tempdir().unwrap())
    }

    /// A world whose syncs cost nothing, for many runs: a killed process loses no more in memory
    /// than on disk.
    pub fn in_memory() -> BotFolder {
        BotFolder::at(
            tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap()),
        )
    }

    fn at(dir: tempfile::TempDir) -> BotFolder {
        let world = BotFolder {
            dir,
            runs: std::cell::Cell::new(0),
        };
        fs::create_dir(world.path("state")).unwrap();
        world
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A bot that is under way: `day` at 08:00 UTC, a run of its own, unless `env` says otherwise.
    pub fn start(
        &self,
        bot: &str,
        config: &Value,
        day: &str,
        env: &[(&str, &str)],
    ) -> (Child, PathBuf) {
        self.runs.set(self.runs.get() + 1);
        let run_id = format!("run-{}", self.runs.get());
        let result = self.path(&format!("{run_id}.json"));
        let mut command = clean(BIN);
        command
            .args(["bot", bot])
            .env("JOBSD_RUN_ID", &run_id)
            .env("JOBSD_SCHEDULED_AT", format!("{day}T08:00:00.000Z"))
            .env("JOBSD_TIMEZONE", "UTC")
            .env("JOBSD_DRY_RUN", "0")
            .env("JOBSD_JOB_STATE", self.path("state"))
            .env("JOBSD_RESULT", &result)
            .env("JOBSD_BASE_DIR", self.dir.path())
            .envs(env.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let text = config.to_string();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        (child, result)
    }

    /// The end of a bot.
    pub fn end(&self, (child, result): (Child, PathBuf)) -> Ended {
        let output = child.wait_with_output().unwrap();
        let text = fs::read_to_string(result).unwrap_or("null".to_owned());
        Ended {
            code: output.status.code(),
            result: serde_json::from_str(&text).unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn run(&self, bot: &str, config: &Value, day: &str, env: &[(&str, &str)]) -> Ended {
        self.end(self.start(bot, config, day, env))
    }

    /// Everything under the job's folder, for "no mark".
    pub fn state(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(self.path("state"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), fs::read(&path).unwrap()))
            .collect();
        files.sort();
        files
    }
}

/// A birthday config with these keys beside contacts and delivery to a mail server.
pub fn birthday(port: u16, keys: Value) -> Value {
    let mut config = json!({
        "contacts": "contacts.vcf",
        "delivery": {"smtp": {"host": "127.0.0.1", "port": port, "tls": "none",
            "from": "Léa <lea@example.org>", "timeout_secs": 5}},
        "delay_secs": 0,
    });
    for (key, value) in keys.as_object().unwrap() {
        config[key] = value.clone();
    }
    config
}

/// An entry of an address book.
pub fn card(name: &str, mail: &str, birthday: &str) -> String {
    format!(
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:{name}\r\nEMAIL:{mail}\r\nBDAY:{birthday}\r\n\
        END:VCARD\r\n"
    )
}
