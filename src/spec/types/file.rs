//! What a user writes. These types *are* the schema: their doc comments are what an editor shows on hover.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::job::{OnInterrupt, Overlap};
use crate::spec::types::forms;

/// One scheduled job. The id is the file's name without its ending.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "jobsd job")]
pub struct JobSpec {
    /// What people read: 1 to 120 characters, not blanks alone. Required. Example: `Nightly archive`.
    #[schemars(length(min = 1, max = 120), regex(pattern = r"[^ \t\r\n]"))]
    pub name: String,
    /// More for people: 0 to 500 characters. Default: none. Example: `Keeps 30 days.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500))]
    pub description: Option<String>,
    /// `false`: the job stays listed and nothing is due. Default: true. Example: `false`.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What runs: one of the two bots (`birthday`, `visitor`), or any program (`command`). Required. Example: `command`.
    pub bot_type: BotType,
    /// The settings of the bot; their keys depend on `bot_type`. Required for a `command`; the bots have a default for
    /// every key. Default: `{}`. Example: `{command: [df, -h]}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "any_map")]
    pub bot_config: Option<Value>,
    /// How due times are named: `daily`, `weekly`, `interval`, `cron`, or `manual`, which fires only on request. Required.
    /// Example: `daily`.
    pub schedule_type: ScheduleType,
    /// The due times; the keys depend on `schedule_type`. Required but for `manual`, which takes none. Default: `{}`.
    /// Example: `{hour: 8, minute: 30}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "any_map")]
    pub schedule_config: Option<Value>,
    /// IANA name of the zone of the schedule, exact spelling, 1 to 64 characters. Default:
    /// `defaults.timezone` of `jobsd.yaml`, else UTC. Example: `Europe/Paris`.
    #[serde(default = "utc")]
    #[schemars(length(min = 1, max = 64), regex(pattern = forms::ZONE))]
    pub timezone: String,
    /// Runs of this job at the same time: 1 to 1000. Default: 1. Example: `2`.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1000))]
    pub max_instances: u32,
    /// What a fire does when `max_instances` runs are active: be skipped (`skip`), wait (`queue`, at
    /// most one), or replace the oldest (`replace`). Default: skip. Example: `queue`.
    #[serde(default)]
    pub overlap: OverlapSpec,
    /// How late a fire may still start, in seconds: 0 to 3153600000; later it is recorded as missed. Default: 3600.
    /// Example: `600`.
    #[serde(default = "hour")]
    #[schemars(range(min = 0, max = 3_153_600_000u64))]
    pub misfire_grace_time: u64,
    /// Several due times found late become one run, the latest. Default: true. Example: `false`.
    #[serde(default = "yes")]
    pub coalesce: bool,
    /// Time limit of one attempt in seconds: 1 to 3153600000, or `null` for none. Default: 3600. Example: `900`.
    #[serde(default = "some_hour")]
    #[schemars(range(min = 1, max = 3_153_600_000u64), extend("x-nullable" = true))]
    pub timeout: Option<u64>,
    /// Seconds from TERM to KILL when a run is stopped: 0 to 86400. Default: 10. Example: `30`.
    #[serde(default = "ten")]
    #[schemars(range(min = 0, max = 86_400))]
    pub kill_grace: u64,
    /// When a failed attempt is tried again. Default: one attempt. Example: `{max_attempts: 3, backoff_secs: 60}`.
    #[serde(default)]
    pub retry: RetrySpec,
    /// What to do with a run cut off by a crash of the daemon: leave it (`abandon`: at most once) or run it
    /// again (`retry`: at least once). Default: abandon. Example: `retry`.
    #[serde(default)]
    pub on_interrupt: OnInterruptSpec,
    /// Working directory; a relative one starts from the folder of `jobsd.yaml`, or of `jobs.d`. Default: that folder.
    /// Example: `/srv/reports`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub working_dir: Option<String>,
    /// Environment variables beside the fixed ones; a value from elsewhere is a secret and never shown. Default: none.
    /// Example: `{LANG: C, TOKEN: {from_file: /run/secrets/token}}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "env_map")]
    pub env: BTreeMap<String, Value>,
    /// A file of `NAME=value` lines, read at each start; its values are secrets. Default: none. Example: `/etc/jobsd/env`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub env_file: Option<String>,
    /// User to run as; needs a daemon that runs as root. Default: the daemon's own. Example: `backup`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub user: Option<String>,
    /// Group to run as; needs a daemon that runs as root. Default: the user's own. Example: `backup`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub group: Option<String>,
    /// File mode creation mask as a quoted octal text of three or four digits. Default: inherited. Example: `"027"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-7]{3,4}$"))]
    pub umask: Option<String>,
    /// Niceness: -20 (most favored) to 19. Default: inherited. Example: `10`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -20, max = 19))]
    pub nice: Option<i32>,
    /// Resource limits of the program (setrlimit). Default: inherited. Example: `{cpu_secs: 600, open_files: 256}`.
    #[serde(default, skip_serializing_if = "LimitsSpec::is_empty")]
    pub limits: LimitsSpec,
    /// Owner, team, runbook …: texts that are shown and filterable. Default: none. Example: `{owner: ops}`.
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
    /// Exit codes worth another attempt, each 1 to 255; none listed: every failure is. Default: `[]`. Example: `[75]`.
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
    /// Address space in bytes (RLIMIT_AS): 1 to 9007199254740991. Default: inherited. Example: `1073741824`.
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
    /// Largest file in bytes (RLIMIT_FSIZE): 0 to 9007199254740991. Default: inherited. Example: `104857600`.
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

/// Any program: exactly one of `command` and `shell`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["command"]}, {"required": ["shell"]}]))]
pub struct CommandSpec {
    /// Program and arguments, no shell: 1 item or more, the first not empty. Default: none, then `shell` is required.
    /// Example: `[df, -h]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "words_of_program")]
    pub command: Option<Vec<String>>,
    /// A text run by `/bin/sh -c`, not blanks alone. Default: none, then `command` is required. Example: `df -h | sort`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), regex(pattern = r"[^ \t\r\n]"))]
    pub shell: Option<String>,
    /// What the program reads on standard input. Default: nothing. Example: `one line`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
}

/// Every day at a local time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DailySpec {
    /// Hour of the day: 0 to 23. Required. Example: `8`.
    #[schemars(range(min = 0, max = 23))]
    pub hour: i8,
    /// Minute of the hour: 0 to 59. Default: 0. Example: `30`.
    #[serde(default)]
    #[schemars(range(min = 0, max = 59))]
    pub minute: i8,
}

/// On listed days at a local time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeeklySpec {
    /// Days `mon` to `sun`, listed or as ranges such as `mon-fri`. Required. Example: `mon,wed,fri`.
    #[schemars(length(min = 1), extend("pattern" = forms::days()))]
    pub day_of_week: String,
    /// Hour of the day: 0 to 23. Required. Example: `14`.
    #[schemars(range(min = 0, max = 23))]
    pub hour: i8,
    /// Minute of the hour: 0 to 59. Default: 0. Example: `30`.
    #[serde(default)]
    #[schemars(range(min = 0, max = 59))]
    pub minute: i8,
}

/// Elapsed time, anchored: a restart does not move it. The sum must be above 0.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("anyOf" = [above_zero("hours"), above_zero("minutes"), above_zero("seconds")]))]
pub struct IntervalSpec {
    /// Hours: 0 to 876000. Default: 0. Example: `2`.
    #[serde(default)]
    #[schemars(range(min = 0, max = 876_000))]
    pub hours: u64,
    /// Minutes: 0 to 52560000. Default: 0. Example: `15`.
    #[serde(default)]
    #[schemars(range(min = 0, max = 52_560_000))]
    pub minutes: u64,
    /// Seconds: 0 to 3153600000. Default: 0. Example: `30`.
    #[serde(default)]
    #[schemars(range(min = 0, max = 3_153_600_000u64))]
    pub seconds: u64,
    /// Where counting starts: an instant of RFC 3339, with seconds and an offset. Default: 1970-01-01T00:00:00Z. Example:
    /// `2026-01-01T06:00:00+01:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = forms::INSTANT))]
    pub anchor: Option<String>,
}

/// A cron expression.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("allOf" = cron_forms()))]
pub struct CronSpec {
    /// Minute, hour, day of month, month, day of week, quoted; or a nickname such as `"@daily"`. 1 to 1000 characters.
    /// Required. Example: `"*/15 8-18 * * mon-fri"`.
    #[schemars(length(min = 1, max = 1000))]
    pub cron_expression: String,
    /// A sixth field, seconds, comes first. Default: false. Example: `true`.
    #[serde(default)]
    pub seconds: bool,
}

/// No due times: the job fires only on request, and there is nothing to configure.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("properties" = {}))]
pub struct ManualSpec {}

/// Five fields or a nickname without `seconds`, six fields with it.
fn cron_forms() -> Value {
    let form = |seconds: bool, pattern: String| {
        let when = json!({"properties": {"seconds": {"const": seconds}}});
        let then = json!({"properties": {"cron_expression": {"pattern": pattern}}});
        json!({"if": when, "then": then})
    };
    let mut with_seconds = form(true, forms::cron_with_seconds());
    with_seconds["if"]["required"] = json!(["seconds"]);
    json!([form(false, forms::cron()), with_seconds])
}

fn above_zero(key: &str) -> Value {
    json!({"properties": {key: {"not": {"const": 0}}}, "required": [key]})
}

/// A program and its arguments: the program has a name.
pub fn words_of_program(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "minItems": 1,
        "prefixItems": [{"type": "string", "minLength": 1}],
        "items": {"type": "string"}
    })
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
                "from_env": {"type": "string", "minLength": 1, "description": "Name of a variable of the daemon; its value is a secret. Default: none, then `from_file` is required. Example: `API_TOKEN`."},
                "from_file": {"type": "string", "minLength": 1, "description": "Path of a file that holds the value; it is a secret. Default: none, then `from_env` is required. Example: `/run/secrets/token`."}
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
