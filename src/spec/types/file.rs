//! What a user writes. These types *are* the schema: their doc comments are what an editor shows on
//! hover.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::bot::BOTS;
use crate::bot::delivery::VARIABLE_WANTED;
use crate::model::bot::{Kind, Setup};
use crate::model::job::{OnInterrupt, Overlap};
use crate::schedule::kind::Read;
use crate::schedule::{self, KINDS, forms};

/// One scheduled job. The id is the file's name without its ending.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "jobsd job")]
pub struct JobSpec {
    /// What people read: 1 to 120 characters, not only blanks. Required. Example:
    /// `Nightly archive`.
    #[schemars(
        length(min = 1, max = 120),
        regex(pattern = r"[^ \t\r\n]"),
        extend("patternErrorMessage" = "Write a name with at least one character that is not a \
            space.")
    )]
    pub name: String,
    /// More for people: 0 to 500 characters. Default: none. Example: `Keeps 30 days.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500))]
    pub description: Option<String>,
    /// `false`: the job stays listed and nothing is due. Default: true. Example: `false`.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What runs: one of the two bots (`birthday`, `visitor`), or any program (`command`).
    /// Required. Example: `command`.
    #[serde(with = "bot_type")]
    #[schemars(schema_with = "bot_types")]
    pub bot_type: &'static Kind,
    /// The settings of the bot; their keys depend on `bot_type`. Required for a `command`; the bots
    /// have a default for every key. Default: `{}`. Example: `{command: [df, -h]}`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "by_type"
    )]
    #[schemars(schema_with = "any_map")]
    pub bot_config: Option<Setup>,
    /// How due times are named: `daily`, `weekly`, `interval`, `cron`, or `manual`, which fires
    /// only on request. Required. Example: `daily`.
    #[serde(with = "schedule_type")]
    #[schemars(schema_with = "schedule_types")]
    pub schedule_type: &'static schedule::kind::Kind,
    /// The due times; the keys depend on `schedule_type`. Required but for `manual`, which takes
    /// none. Default: `{}`. Example: `{hour: 8, minute: 30}`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "by_type"
    )]
    #[schemars(schema_with = "any_map")]
    pub schedule_config: Option<Read>,
    /// IANA name of the zone of the schedule, exact spelling, 1 to 64 characters. Default:
    /// `defaults.timezone` of `jobsd.yaml`, else UTC. Example: `Europe/Paris`.
    #[serde(default = "utc")]
    #[schemars(
        length(min = 1, max = 64),
        regex(pattern = forms::ZONE),
        extend("patternErrorMessage" = "Write a zone of the IANA database, with its capitals, as \
            in Europe/Paris or UTC.")
    )]
    pub timezone: String,
    /// Runs of this job at the same time: 1 to 1000. Default: 1. Example: `2`.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1000))]
    pub max_instances: u32,
    /// What a fire does when `max_instances` runs are active: be skipped (`skip`), wait (`queue`,
    /// at most one), or replace the oldest (`replace`). Default: skip. Example: `queue`.
    #[serde(default)]
    pub overlap: OverlapSpec,
    /// How late a fire may still start, in seconds: 0 to 3153600000; later it is recorded as
    /// missed. Default: 3600. Example: `600`.
    #[serde(default = "hour")]
    #[schemars(range(min = 0, max = 3_153_600_000u64))]
    pub misfire_grace_time: u64,
    /// Several due times found late become one run, the latest. Default: true. Example: `false`.
    #[serde(default = "yes")]
    pub coalesce: bool,
    /// Time limit of one attempt in seconds: 1 to 3153600000, or `null` for none. Default: 3600.
    /// Example: `900`.
    #[serde(default = "some_hour")]
    #[schemars(range(min = 1, max = 3_153_600_000u64), extend("x-nullable" = true))]
    pub timeout: Option<u64>,
    /// Seconds from TERM to KILL when a run is stopped: 0 to 86400. Default: 10. Example: `30`.
    #[serde(default = "ten")]
    #[schemars(range(min = 0, max = 86_400))]
    pub kill_grace: u64,
    /// When a failed attempt is tried again. Default: one attempt. Example:
    /// `{max_attempts: 3, backoff_secs: 60}`.
    #[serde(default)]
    pub retry: RetrySpec,
    /// What to do with a run cut off by a crash of the daemon: leave it (`abandon`: at most once)
    /// or run it again (`retry`: at least once). Default: abandon. Example: `retry`.
    #[serde(default)]
    pub on_interrupt: OnInterruptSpec,
    /// Working directory; a relative one starts from the folder of `jobsd.yaml`, or of `jobs.d`.
    /// Default: that folder. Example: `/srv/reports`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub working_dir: Option<String>,
    /// Environment variables in addition to the fixed ones; a value from elsewhere is a secret and
    /// never shown. Default: none. Example: `{LANG: C, TOKEN: {from_file: /run/secrets/token}}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "env_map")]
    pub env: BTreeMap<String, Value>,
    /// A file of `NAME=value` lines, read at each start; its values are secrets. Default: none.
    /// Example: `/etc/jobsd/env`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub env_file: Option<String>,
    /// User to run as; needs a daemon that runs as root. Default: the daemon's own. Example:
    /// `backup`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub user: Option<String>,
    /// Group to run as; needs a daemon that runs as root. Default: the user's own. Example:
    /// `backup`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub group: Option<String>,
    /// File mode creation mask as a quoted octal text of three or four digits. Default: inherited.
    /// Example: `"027"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        regex(pattern = r"^[0-7]{3,4}$"),
        extend("patternErrorMessage" = "Write three or four octal digits (0 to 7) in quotes, as \
            in \"0027\".")
    )]
    pub umask: Option<String>,
    /// Niceness: -20 (most favored) to 19. Default: inherited. Example: `10`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -20, max = 19))]
    pub nice: Option<i32>,
    /// Resource limits of the program (setrlimit). Default: inherited. Example:
    /// `{cpu_secs: 600, open_files: 256}`.
    #[serde(default, skip_serializing_if = "LimitsSpec::is_empty")]
    pub limits: LimitsSpec,
    /// Owner, team, runbook …: texts that are shown and filterable. Default: none. Example:
    /// `{owner: ops}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

impl JobSpec {
    /// Reads a definition that passed the schema, once: its two configs are read by the kinds that
    /// it names.
    pub fn read(mut definition: Value) -> Option<JobSpec> {
        let map = definition.as_object_mut()?;
        let mut take = |key: &str| map.shift_remove(key).unwrap_or_else(|| json!({}));
        let (bot_config, schedule_config) = (take("bot_config"), take("schedule_config"));
        let mut spec: JobSpec = serde_json::from_value(definition).ok()?;
        spec.bot_config = Some((spec.bot_type.read)(&bot_config)?);
        spec.schedule_config = Some((spec.schedule_type.read)(&schedule_config)?);
        Some(spec)
    }
}

/// A config is read by the kind that its type names; [`JobSpec::read`] takes it out before.
fn by_type<'de, D: Deserializer<'de>, T>(_: D) -> Result<Option<T>, D::Error> {
    Err(D::Error::custom("a config is read by its type"))
}

/// The kind of a bot as its word.
mod bot_type {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::bot;
    use crate::model::bot::Kind;

    pub(super) fn serialize<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.name)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<&'static Kind, D::Error> {
        let name = String::deserialize(deserializer)?;
        bot::kind(&name).ok_or_else(|| D::Error::custom("not a bot type"))
    }
}

/// The kind of a schedule as its word.
mod schedule_type {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::schedule::{self, kind::Kind};

    pub(super) fn serialize<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.name)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<&'static Kind, D::Error> {
        let name = String::deserialize(deserializer)?;
        schedule::kind(&name).ok_or_else(|| D::Error::custom("not a schedule type"))
    }
}

fn bot_types(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<&str> = BOTS.iter().map(|kind| kind.name).collect();
    json_schema!({"type": "string", "enum": names})
}

fn schedule_types(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    json_schema!({"type": "string", "enum": names})
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
    /// Attempts in all: 1 to 100. Default: 1. Example: `3`.
    #[schemars(range(min = 1, max = 100))]
    pub max_attempts: u32,
    /// Seconds before the second attempt: 0 to 86400. Default: 30. Example: `60`.
    #[schemars(range(min = 0, max = 86_400))]
    pub backoff_secs: u64,
    /// The delay is multiplied by this after each attempt: 1 to 100. Default: 2. Example: `1.5`.
    #[schemars(range(min = 1.0, max = 100.0))]
    pub backoff_factor: f64,
    /// No delay is longer, in seconds: 0 to 604800. Default: 3600. Example: `900`.
    #[schemars(range(min = 0, max = 604_800))]
    pub max_backoff_secs: u64,
    /// Exit codes worth another attempt, each 1 to 255; none listed: every failure is. Default:
    /// `[]`. Example: `[75]`.
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
    /// Address space in bytes (RLIMIT_AS): 1 to 9007199254740991. Default: inherited. Example:
    /// `1073741824`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 9_007_199_254_740_991u64))]
    pub memory_bytes: Option<u64>,
    /// Processor time in seconds (RLIMIT_CPU): 1 to 3153600000. Default: inherited. Example: `600`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3_153_600_000u64))]
    pub cpu_secs: Option<u64>,
    /// Open files (RLIMIT_NOFILE): 3 to 2147483647. Default: inherited. Example: `256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 3, max = 2_147_483_647u64))]
    pub open_files: Option<u64>,
    /// Processes of the user (RLIMIT_NPROC): 1 to 2147483647. Default: inherited. Example: `64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 2_147_483_647u64))]
    pub processes: Option<u64>,
    /// Largest file in bytes (RLIMIT_FSIZE): 0 to 9007199254740991. Default: inherited. Example:
    /// `104857600`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 9_007_199_254_740_991u64))]
    pub file_bytes: Option<u64>,
}

impl LimitsSpec {
    /// Whether no limit is given.
    pub fn is_empty(&self) -> bool {
        *self == LimitsSpec::default()
    }
}

fn any_map(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object"})
}

fn env_map(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": {
            "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
            "patternErrorMessage": VARIABLE_WANTED
        },
        "additionalProperties": {
            "type": ["string", "object"],
            "properties": {
                "from_env": {"type": "string", "minLength": 1, "description": "Name of a variable \
                    of the daemon; its value is a secret. Default: none, then `from_file` is \
                    required. Example: `API_TOKEN`."},
                "from_file": {"type": "string", "minLength": 1, "description": "Path of a file \
                    that holds the value; it is a secret. Default: none, then `from_env` is \
                    required. Example: `/run/secrets/token`."}
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
