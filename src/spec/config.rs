//! What a user writes in `jobsd.yaml`. These types are its schema, as those of `file.rs` are a job's.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The daemon's own settings; every key is optional. Flags win over the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "jobsd settings")]
pub struct ConfigSpec {
    /// Folder of job files. Default: `jobs.d`.
    #[schemars(length(min = 1))]
    pub jobs: Option<String>,
    /// State directory. Default: `.jobsd`.
    #[schemars(length(min = 1))]
    pub state: Option<String>,
    /// Address and port of the read-only endpoint. Default: `127.0.0.1:7878`.
    #[schemars(length(min = 1))]
    pub listen: Option<String>,
    /// Path that the endpoint is served under. Default: `/`. Example: `/jobs`.
    #[schemars(regex(pattern = r"^/([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?$"))]
    pub base_path: Option<String>,
    /// Names accepted in `Host`, beside the listen address and `localhost`. Example: `[jobs.example.org]`.
    pub allowed_hosts: Vec<String>,
    /// Any key of a job but `name`, `bot_type`, `bot_config` and `schedule_*`: used where a job is silent. Example:
    /// `{timezone: Europe/Paris}`.
    #[schemars(schema_with = "job_defaults")]
    pub defaults: Map<String, Value>,
    /// Your own program for a bot type, and what its jobs leave out.
    pub bots: BotsSpec,
    /// Runs at the same time over all jobs: 1 to 100000; further ones wait. Default: 1024.
    #[schemars(range(min = 1, max = 100_000))]
    pub max_concurrent_runs: Option<usize>,
    /// How long the history is kept.
    pub history: HistorySpec,
    /// How much output is kept, and for how long.
    pub output: OutputSpec,
    /// Control over TCP and for a group; off by default.
    pub control: ControlSpec,
    /// Link to edit a file on the git host, with `{path}`, `{line}` and `{branch}`.
    #[schemars(length(min = 1))]
    pub edit_url: Option<String>,
    /// Link to make a file on the git host, with `{path}`, `{branch}` and `{content}`.
    #[schemars(length(min = 1))]
    pub new_url: Option<String>,
    /// Where logs go, and how.
    pub log: LogSpec,
}

/// Programs of the bot types.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BotsSpec {
    /// Birthday messages.
    pub birthday: BotSpec,
    /// Profile visits.
    pub visitor: BotSpec,
}

/// The program of a bot type.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BotSpec {
    /// Program and arguments in place of the built-in one; `bot_config` reaches it as JSON on standard input.
    #[schemars(length(min = 1))]
    pub command: Option<Vec<String>>,
}

/// How long the history is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HistorySpec {
    /// Days: 1 to 36500. Default: 400.
    #[schemars(range(min = 1, max = 36_500))]
    pub retain_days: Option<u64>,
    /// Bytes, at least 1048576. Default: 10 GiB.
    #[schemars(range(min = 1_048_576))]
    pub retain_bytes: Option<u64>,
}

/// How much output is kept, and for how long.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OutputSpec {
    /// Bytes of one run: 1024 and more. Default: 10 MiB.
    #[schemars(range(min = 1_024))]
    pub max_bytes_per_run: Option<u64>,
    /// Days: 1 to 36500. Default: 30.
    #[schemars(range(min = 1, max = 36_500))]
    pub retain_days: Option<u64>,
    /// Bytes of all runs, at least 1048576. Default: 10 GiB.
    #[schemars(range(min = 1_048_576))]
    pub retain_bytes: Option<u64>,
    /// Runs whose output is kept, at least 1. Default: any number. Example: `100000`.
    #[schemars(range(min = 1))]
    pub retain_runs: Option<u64>,
}

/// Control over TCP and for a group.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ControlSpec {
    /// File with the bearer token of control over TCP.
    #[schemars(length(min = 1))]
    pub token_file: Option<String>,
    /// Group that may use the control socket.
    #[schemars(length(min = 1))]
    pub socket_group: Option<String>,
}

/// Where logs go, and how.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogSpec {
    /// `text` or `json`. Default: text.
    pub format: LogFormat,
    /// File to append to. Default: standard error.
    #[schemars(length(min = 1))]
    pub file: Option<String>,
    /// The least level: error, warn, info, debug or trace. Default: info.
    pub level: LogLevel,
}

/// Form of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
#[expect(
    missing_docs,
    reason = "a documented variant would turn the schema's enum into a oneOf"
)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// Least level of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
#[expect(
    missing_docs,
    reason = "a documented variant would turn the schema's enum into a oneOf"
)]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
    Trace,
}

impl LogLevel {
    /// The word of the level.
    pub fn as_str(self) -> &'static str {
        match self {
            LogLevel::Error => "error",
            LogLevel::Warn => "warn",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
            LogLevel::Trace => "trace",
        }
    }
}

/// The keys that are in force as soon as they are edited.
const LIVE: [&str; 2] = ["defaults", "bots"];

/// What of the settings changes the jobs themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Used where a job is silent.
    pub defaults: Map<String, Value>,
    /// Programs by bot type.
    pub programs: BTreeMap<String, Vec<String>>,
}

impl ConfigSpec {
    /// What of the settings changes the jobs themselves.
    pub fn settings(&self) -> Settings {
        let bots = [
            ("birthday", &self.bots.birthday),
            ("visitor", &self.bots.visitor),
        ];
        let programs = bots
            .into_iter()
            .filter_map(|(name, bot)| Some((name.to_owned(), bot.command.clone()?)));
        Settings {
            defaults: self.defaults.clone(),
            programs: programs.collect(),
        }
    }

    /// The keys whose value here is another than in `running`, and that are read at the start alone.
    pub fn restart_keys(&self, running: &ConfigSpec) -> Vec<String> {
        let tree = |config: &ConfigSpec| serde_json::to_value(config).unwrap_or_default();
        let (new, old) = (tree(self), tree(running));
        let keys = new.as_object().into_iter().flat_map(Map::keys);
        keys.filter(|key| !LIVE.contains(&key.as_str()) && new[key] != old[key])
            .cloned()
            .collect()
    }

    /// The keys that this version checks and does not apply yet.
    pub fn unapplied(&self) -> Vec<&'static str> {
        let keys = [
            ("control.token_file", self.control.token_file.is_some()),
            ("control.socket_group", self.control.socket_group.is_some()),
            ("new_url", self.new_url.is_some()),
        ];
        keys.into_iter()
            .filter(|(_, is_set)| *is_set)
            .map(|(key, _)| key)
            .collect()
    }
}

/// The job's own schema, without what only a job can say.
fn job_defaults(_: &mut SchemaGenerator) -> Schema {
    let job = crate::spec::schema::job_part();
    let mut properties = job["properties"].as_object().cloned().unwrap_or_default();
    for key in [
        "name",
        "bot_type",
        "bot_config",
        "schedule_type",
        "schedule_config",
    ] {
        properties.remove(key);
    }
    json_schema!({"type": "object", "properties": properties, "additionalProperties": false})
}
