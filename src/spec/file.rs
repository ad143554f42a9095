//! What a user writes. These types *are* the schema: their doc comments are what an editor shows on hover.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::job::{OnInterrupt, Overlap};

/// One scheduled job. The id is the file's name without its ending.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "jobsd job")]
pub struct JobSpec {
    /// What people read: 1 to 120 characters. Example: `Nightly archive`.
    #[schemars(length(min = 1, max = 120))]
    pub name: String,
    /// More for people, at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500))]
    pub description: Option<String>,
    /// `false`: the job stays listed and nothing is due. Default: true.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What runs: one of the two bots, or any program. Example: `command`.
    pub bot_type: BotType,
    /// The settings of the bot; their keys depend on `bot_type`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "any_map")]
    pub bot_config: Option<Value>,
    /// How due times are named. `manual` fires only on request. Example: `daily`.
    pub schedule_type: ScheduleType,
    /// The due times; the keys depend on `schedule_type`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "any_map")]
    pub schedule_config: Option<Value>,
    /// IANA name of the zone of the schedule, exact spelling. Default: UTC. Example: `Europe/Paris`.
    #[serde(default = "utc")]
    #[schemars(length(min = 1, max = 64))]
    pub timezone: String,
    /// Runs of this job at the same time: 1 to 1000. Default: 1.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1000))]
    pub max_instances: u32,
    /// What a fire does when `max_instances` runs are active: be skipped, wait (at most one), or replace the oldest.
    /// Default: skip.
    #[serde(default)]
    pub overlap: OverlapSpec,
    /// How late a fire may still start, in seconds; later it is recorded as missed. Default: 3600.
    #[serde(default = "hour")]
    #[schemars(range(min = 0, max = 3_153_600_000u64))]
    pub misfire_grace_time: u64,
    /// Several due times found late become one run, the latest. Default: true.
    #[serde(default = "yes")]
    pub coalesce: bool,
    /// Time limit of one attempt in seconds, at least 1; `null` for none. Default: 3600.
    #[serde(default = "some_hour")]
    #[schemars(range(min = 1, max = 3_153_600_000u64), extend("x-nullable" = true))]
    pub timeout: Option<u64>,
    /// Seconds from TERM to KILL when a run is stopped. Default: 10.
    #[serde(default = "ten")]
    #[schemars(range(min = 0, max = 86_400))]
    pub kill_grace: u64,
    /// When a failed attempt is tried again. Default: one attempt.
    #[serde(default)]
    pub retry: RetrySpec,
    /// What to do with a run cut off by a crash of the daemon: leave it (at most once) or run it again (at least once).
    /// Default: abandon.
    #[serde(default)]
    pub on_interrupt: OnInterruptSpec,
    /// Working directory; a relative one starts from the folder of `jobsd.yaml`, or of `jobs.d`. Default: that folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub working_dir: Option<String>,
    /// Environment variables beside the fixed ones. Example: `{LANG: C, TOKEN: {from_file: /run/secrets/token}}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "env_map")]
    pub env: BTreeMap<String, Value>,
    /// A file of `NAME=value` lines, read at each start; its values are secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub env_file: Option<String>,
    /// User to run as; needs a daemon that runs as root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub user: Option<String>,
    /// Group to run as; needs a daemon that runs as root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub group: Option<String>,
    /// File mode creation mask as an octal text of three digits. Example: `"027"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-7]{3,4}$"))]
    pub umask: Option<String>,
    /// Niceness: -20 (most favored) to 19.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -20, max = 19))]
    pub nice: Option<i32>,
    /// Resource limits of the program (setrlimit). Default: inherited.
    #[serde(default, skip_serializing_if = "LimitsSpec::is_empty")]
    pub limits: LimitsSpec,
    /// Owner, team, runbook …: shown and filterable. Example: `{owner: ops}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// What runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
#[expect(
    missing_docs,
    reason = "a documented variant would turn the schema's enum into a oneOf"
)]
pub enum BotType {
    Birthday,
    Visitor,
    Command,
}

impl BotType {
    /// The word of the file.
    pub fn as_str(self) -> &'static str {
        match self {
            BotType::Birthday => "birthday",
            BotType::Visitor => "visitor",
            BotType::Command => "command",
        }
    }
}

/// How due times are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
#[expect(
    missing_docs,
    reason = "a documented variant would turn the schema's enum into a oneOf"
)]
pub enum ScheduleType {
    Daily,
    Weekly,
    Interval,
    Cron,
    Manual,
}

/// What a fire does when all instances are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
#[expect(
    missing_docs,
    reason = "a documented variant would turn the schema's enum into a oneOf"
)]
pub enum OverlapSpec {
    #[default]
    Skip,
    Queue,
    Replace,
}

/// What to do with a run cut off by a crash of the daemon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
#[expect(
    missing_docs,
    reason = "a documented variant would turn the schema's enum into a oneOf"
)]
pub enum OnInterruptSpec {
    #[default]
    Abandon,
    Retry,
}

impl From<OverlapSpec> for Overlap {
    fn from(spec: OverlapSpec) -> Overlap {
        match spec {
            OverlapSpec::Skip => Overlap::Skip,
            OverlapSpec::Queue => Overlap::Queue,
            OverlapSpec::Replace => Overlap::Replace,
        }
    }
}

impl From<OnInterruptSpec> for OnInterrupt {
    fn from(spec: OnInterruptSpec) -> OnInterrupt {
        match spec {
            OnInterruptSpec::Abandon => OnInterrupt::Abandon,
            OnInterruptSpec::Retry => OnInterrupt::Retry,
        }
    }
}

/// When a failed attempt is tried again; attempts live inside one run.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetrySpec {
    /// Attempts in all: 1 to 100. Default: 1.
    #[schemars(range(min = 1, max = 100))]
    pub max_attempts: u32,
    /// Seconds before the second attempt. Default: 30.
    #[schemars(range(min = 0, max = 86_400))]
    pub backoff_secs: u64,
    /// The delay is multiplied by this after each attempt: 1 to 100. Default: 2.
    #[schemars(range(min = 1.0, max = 100.0))]
    pub backoff_factor: f64,
    /// No delay is longer, in seconds. Default: 3600.
    #[schemars(range(min = 0, max = 604_800))]
    pub max_backoff_secs: u64,
    /// Exit codes worth another attempt; none listed: every failure is. Example: `[75]`.
    pub on_exit: Vec<ExitCode>,
}

/// An exit code: 1 to 255.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct ExitCode(#[schemars(range(min = 1, max = 255))] pub i32);

impl Default for RetrySpec {
    fn default() -> RetrySpec {
        RetrySpec {
            max_attempts: 1,
            backoff_secs: 30,
            backoff_factor: 2.0,
            max_backoff_secs: 3_600,
            on_exit: Vec::new(),
        }
    }
}

/// Resource limits of the program (setrlimit).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsSpec {
    /// Address space in bytes (RLIMIT_AS), at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub memory_bytes: Option<u64>,
    /// Processor time in seconds (RLIMIT_CPU), at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub cpu_secs: Option<u64>,
    /// Open files (RLIMIT_NOFILE), at least 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 3))]
    pub open_files: Option<u64>,
    /// Processes of the user (RLIMIT_NPROC), at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub processes: Option<u64>,
    /// Largest file in bytes (RLIMIT_FSIZE).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub file_bytes: Option<u64>,
}

impl LimitsSpec {
    /// Whether no limit is given.
    pub fn is_empty(&self) -> bool {
        *self == LimitsSpec::default()
    }
}

/// Any program: exactly one of `command` and `shell`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandSpec {
    /// Program and arguments, no shell. Example: `[df, -h]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub command: Option<Vec<String>>,
    /// A text run by `/bin/sh -c`. Example: `du -s "$HOME" | sort`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub shell: Option<String>,
    /// What the program reads on standard input. Default: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
}

/// Every day at a local time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DailySpec {
    /// Hour of the day: 0 to 23. Example: 8.
    #[schemars(range(min = 0, max = 23))]
    pub hour: i8,
    /// Minute of the hour: 0 to 59. Default: 0.
    #[serde(default)]
    #[schemars(range(min = 0, max = 59))]
    pub minute: i8,
}

/// On listed days at a local time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeeklySpec {
    /// Days `mon` to `sun`, listed or as ranges. Example: `mon,wed,fri` or `mon-fri`.
    #[schemars(
        length(min = 1),
        regex(
            pattern = r"^\s*[A-Za-z]{3}(\s*-\s*[A-Za-z]{3})?(\s*,\s*[A-Za-z]{3}(\s*-\s*[A-Za-z]{3})?)*\s*$"
        )
    )]
    pub day_of_week: String,
    /// Hour of the day: 0 to 23. Example: 14.
    #[schemars(range(min = 0, max = 23))]
    pub hour: i8,
    /// Minute of the hour: 0 to 59. Default: 0.
    #[serde(default)]
    #[schemars(range(min = 0, max = 59))]
    pub minute: i8,
}

/// Elapsed time, anchored: a restart does not move it. The sum must be above 0.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IntervalSpec {
    /// Hours: 0 to 876000. Default: 0. Example: 2.
    #[serde(default)]
    #[schemars(range(min = 0, max = 876_000))]
    pub hours: u64,
    /// Minutes: 0 to 52560000. Default: 0. Example: 15.
    #[serde(default)]
    #[schemars(range(min = 0, max = 52_560_000))]
    pub minutes: u64,
    /// Seconds: 0 to 3153600000. Default: 0. Example: 30.
    #[serde(default)]
    #[schemars(range(min = 0, max = 3_153_600_000u64))]
    pub seconds: u64,
    /// Where counting starts, RFC 3339. Default: 1970-01-01T00:00:00Z. Example: `2026-01-01T06:00:00+01:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
}

/// A cron expression.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CronSpec {
    /// Minute, hour, day of month, month, day of week, quoted. Example: `"*/15 8-18 * * mon-fri"`.
    #[schemars(
        length(min = 1, max = 1000),
        regex(
            pattern = r"^[ \t]*(@[A-Za-z]+|[-0-9A-Za-z*?/,#]+([ \t]+[-0-9A-Za-z*?/,#]+){4,5})[ \t]*$"
        )
    )]
    pub cron_expression: String,
    /// A sixth field, seconds, comes first. Default: false.
    #[serde(default)]
    pub seconds: bool,
}

fn any_map(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object"})
}

fn env_map(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
        "additionalProperties": {
            "type": ["string", "object"],
            "properties": {
                "from_env": {"type": "string", "minLength": 1, "description": "Name of a variable of the daemon; its value is a secret."},
                "from_file": {"type": "string", "minLength": 1, "description": "Path of a file that holds the value; it is a secret."}
            },
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1
        }
    })
}

fn yes() -> bool {
    true
}
fn one() -> u32 {
    1
}
fn ten() -> u64 {
    10
}
fn hour() -> u64 {
    3_600
}
fn some_hour() -> Option<u64> {
    Some(3_600)
}
fn utc() -> String {
    "UTC".to_owned()
}
