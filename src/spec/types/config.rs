//! What a user writes in `jobsd.yaml`. These types are its schema, as those of `file.rs` are a
//! job's.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::bot::BOTS;
use crate::model::bot::{Kind, Settings as KindSettings, words_of_program};
use crate::spec::types::file::JobSpec;
use crate::spec::types::part::{description, properties, property, raw_part};

/// The daemon's own settings; every key is optional. Flags win over the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "jobsd settings")]
pub struct ConfigSpec {
    /// Folder of job files; a relative path starts from the folder of this file. Default: jobs.d.
    /// Example: `/srv/jobs.d`.
    #[schemars(length(min = 1))]
    pub jobs: Option<String>,
    /// State directory; a relative path starts from the folder of this file. Default: .jobsd.
    /// Example: `/var/lib/jobsd`.
    #[schemars(length(min = 1))]
    pub state: Option<String>,
    /// Address and port of the read-only endpoint. Default: 127.0.0.1:7878. Example:
    /// `0.0.0.0:8080`.
    #[schemars(length(min = 1))]
    pub listen: Option<String>,
    /// Path that the endpoint is served under. Default: /. Example: `/jobs`.
    #[schemars(
        regex(pattern = r"^/([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*)?$"),
        extend("patternErrorMessage" = "Write a path that begins with / and ends without one, \
            of letters, digits and . _ ~ -, as in /jobs.")
    )]
    pub base_path: Option<String>,
    /// Names accepted in `Host`, in addition to the listen address and `localhost`. Default: none
    /// more. Example: `[jobs.example.org]`.
    pub allowed_hosts: Vec<String>,
    /// Any key of a job but `name`, `bot_type`, `bot_config` and `schedule_*`: used where a job is
    /// silent. Default: `{}`. Example: `{timezone: Europe/Paris}`.
    #[schemars(schema_with = "job_defaults")]
    pub defaults: Map<String, Value>,
    /// Your own program for a bot type. Default: the built-in bots. Example:
    /// `{birthday: {command: [/opt/greet, --all]}}`.
    pub bots: BotsSpec,
    /// Runs at the same time over all jobs: 1 to 100000; further ones wait. Default: 1024. Example:
    /// `64`.
    #[schemars(range(min = 1, max = 100_000))]
    pub max_concurrent_runs: Option<usize>,
    /// How fast runs found due late start: at a start of the daemon, after a sleep of the machine,
    /// after an outage of the disk. Default: 20 per second. Example: `{per_second: 5}`.
    pub catch_up: CatchUpSpec,
    /// How long the history is kept. Default: 400 days and 10 GiB. Example: `{retain_days: 90}`.
    pub history: HistorySpec,
    /// How much output is kept, and for how long. Default: 10 MiB a run, 30 days, 10 GiB. Example:
    /// `{retain_days: 7}`.
    pub output: OutputSpec,
    /// Control over TCP and for a group. Default: off on TCP. Example:
    /// `{token_file: /etc/jobsd/token}`.
    pub control: ControlSpec,
    /// Link to edit a file on the git host: http or https, with `{path}`, `{line}` and `{branch}`.
    /// The branch is the one that is checked out, `main` where HEAD is detached or there is no git.
    /// Default: none. Example: `"https://git.example.org/ops/edit/{branch}/{path}#L{line}"`.
    #[schemars(
        regex(pattern = r"^https?://[^/{}\s]+(/([^{}\s]|\{(path|line|branch)\})*)?$"),
        extend("patternErrorMessage" = "Write an address that begins with https:// or http://; \
            in braces only {path}, {line} and {branch}, after the host.")
    )]
    pub edit_url: Option<String>,
    /// Link to make a file on the git host: http or https, with `{path}`, `{branch}` (as in
    /// `edit_url`) and `{content}`. Default: none. Example:
    /// `"https://git.example.org/ops/new/{branch}?filename={path}&value={content}"`.
    #[schemars(
        regex(pattern = r"^https?://[^/{}\s]+(/([^{}\s]|\{(path|branch|content)\})*)?$"),
        extend("patternErrorMessage" = "Write an address that begins with https:// or http://; \
            in braces only {path}, {branch} and {content}, after the host.")
    )]
    pub new_url: Option<String>,
    /// Which copy of the zone data serves: the newer of the system's and the one inside the binary
    /// (`newer`), or always one of them (`system`, `bundled`). A system whose version cannot be
    /// read counts as older. Default: newer. Example: `system`.
    pub zone_data: ZoneData,
    /// Where logs go, and how. Default: text on standard error. Example:
    /// `{format: json, level: warn}`.
    pub log: LogSpec,
}

/// Programs of the bot types: of every kind that takes something from `jobsd.yaml`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BotsSpec(BTreeMap<String, BotSpec>);

impl Default for BotsSpec {
    fn default() -> BotsSpec {
        let known = BOTS.iter().filter(|kind| kind.settings.is_some());
        let spec = |kind: &&Kind| (kind.name.to_owned(), BotSpec::default());
        BotsSpec(known.map(spec).collect())
    }
}

/// A bot of all jobs.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BotSpec {
    /// Program and arguments in place of the built-in one; `bot_config` reaches it as JSON on
    /// standard input. 1 item or more, the first not empty. Default: the built-in bot.
    #[schemars(schema_with = "words_of_program")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// Any key of its `bot_config`: used where a job is silent. Default: none.
    pub defaults: Map<String, Value>,
}

impl JsonSchema for BotsSpec {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "BotsSpec".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let known = BOTS
            .iter()
            .filter_map(|kind| Some((*kind, kind.settings.as_ref()?)));
        let properties: Map<String, Value> = known
            .map(|(kind, settings)| (kind.name.to_owned(), bot_schema(kind, settings).to_value()))
            .collect();
        json_schema!({"type": "object", "additionalProperties": false, "properties": properties})
    }
}

/// What `jobsd.yaml` may say of a kind: the schema of [`BotSpec`] with the kind's own keys and
/// examples.
fn bot_schema(kind: &Kind, settings: &KindSettings) -> Schema {
    let mut schema = raw_part(SchemaGenerator::into_root_schema_for::<BotSpec>);
    let about = |name: &str| property(schema.as_value(), name).and_then(description);
    let command = with_example(about("command"), settings.command);
    let defaults = with_example(about("defaults"), settings.defaults);
    let mut of_kind = raw_part(kind.schema);
    of_kind.insert("description".to_owned(), defaults.into());
    of_kind.insert("default".to_owned(), json!({}));
    if let Some(place) = schema.pointer_mut("/properties/command/description") {
        *place = command.into();
    }
    if let Some(place) = schema.pointer_mut("/properties/defaults") {
        *place = of_kind.to_value();
    }
    schema.ensure_object().shift_remove("title");
    let title = format!("{}. Default: the built-in bot.", settings.title);
    let example = format!("{{command: {}}}", settings.command);
    let title = with_example(Some(&title), &example);
    schema.insert("description".to_owned(), title.into());
    schema.insert("default".to_owned(), json!(BotSpec::default()));
    schema
}

/// A description with an example after it.
fn with_example(description: Option<&str>, example: &str) -> String {
    let description = description.unwrap_or_default();
    format!("{description} Example: `{example}`.")
}

/// How fast runs found due late start.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CatchUpSpec {
    /// Runs started per second: 1 to 1000, in due order. Default: 20. Example: `5`.
    #[schemars(range(min = 1, max = 1_000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_second: Option<u32>,
}

/// How long the history is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HistorySpec {
    /// Days: 1 to 36500. Default: 400. Example: `90`.
    #[schemars(range(min = 1, max = 36_500))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retain_days: Option<u64>,
    /// Bytes: 1048576 to 9007199254740991. Default: 10 GiB. Example: `1073741824`.
    #[schemars(range(min = 1_048_576, max = 9_007_199_254_740_991u64))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retain_bytes: Option<u64>,
}

/// How much output is kept, and for how long.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OutputSpec {
    /// Bytes of one run: 1024 to 9007199254740991. Default: 10 MiB. Example: `1048576`.
    #[schemars(range(min = 1_024, max = 9_007_199_254_740_991u64))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_bytes_per_run: Option<u64>,
    /// Days: 1 to 36500. Default: 30. Example: `7`.
    #[schemars(range(min = 1, max = 36_500))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retain_days: Option<u64>,
    /// Bytes of all runs: 1048576 to 9007199254740991. Default: 10 GiB. Example: `1073741824`.
    #[schemars(range(min = 1_048_576, max = 9_007_199_254_740_991u64))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retain_bytes: Option<u64>,
    /// Runs whose output is kept: 1 to 1000000000. Default: any number. Example: `100000`.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retain_runs: Option<u64>,
}

/// Control over TCP and for a group.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ControlSpec {
    /// File with the bearer token of control over TCP. Default: none, no control over TCP. Example:
    /// `/etc/jobsd/token`.
    #[schemars(length(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_file: Option<String>,
    /// Group that may use the control socket. Default: none, only the daemon's user. Example:
    /// `jobs`.
    #[schemars(length(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub socket_group: Option<String>,
}

/// Where logs go, and how.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogSpec {
    /// Form of a line: `text` or `json`. Default: text. Example: `json`.
    pub format: LogFormat,
    /// File to append to. Default: standard error. Example: `/var/log/jobsd.log`.
    #[schemars(length(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The least level: error, warn, info, debug or trace. Default: info. Example: `warn`.
    pub level: LogLevel,
}

/// Which copy of the zone data serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
#[expect(
    missing_docs,
    reason = "a documented variant would turn the schema's enum into a oneOf"
)]
pub enum ZoneData {
    #[default]
    Newer,
    System,
    Bundled,
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

/// The keys that take effect as soon as they are edited.
const LIVE: [&str; 2] = ["defaults", "bots"];

/// What of the settings changes the jobs themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Used where a job is silent.
    pub defaults: Map<String, Value>,
    /// Programs by bot type.
    pub programs: BTreeMap<String, Vec<String>>,
    /// What jobs leave out of `bot_config`, by bot type.
    pub bot_defaults: BTreeMap<String, Map<String, Value>>,
}

impl ConfigSpec {
    /// What of the settings changes the jobs themselves.
    pub fn settings(&self) -> Settings {
        let bots = &self.bots.0;
        let program = |(name, bot): (&String, &BotSpec)| Some((name.clone(), bot.command.clone()?));
        let defaults = |(name, bot): (&String, &BotSpec)| {
            let is_any = !bot.defaults.is_empty();
            is_any.then(|| (name.clone(), bot.defaults.clone()))
        };
        Settings {
            defaults: self.defaults.clone(),
            programs: bots.iter().filter_map(program).collect(),
            bot_defaults: bots.iter().filter_map(defaults).collect(),
        }
    }

    /// The keys whose value here is another than in `running`, and that are read only at the start.
    pub fn restart_keys(&self, running: &ConfigSpec) -> Vec<String> {
        let tree = |config: &ConfigSpec| serde_json::to_value(config).unwrap_or_default();
        let (new, old) = (tree(self), tree(running));
        let keys = new.as_object().into_iter().flat_map(Map::keys);
        keys.filter(|key| !LIVE.contains(&key.as_str()) && new[key] != old[key])
            .cloned()
            .collect()
    }
}

/// The keys of a job that only a job can say.
const OF_ONE_JOB: [&str; 5] = [
    "name",
    "bot_type",
    "bot_config",
    "schedule_type",
    "schedule_config",
];

/// The job's own schema, without what only a job can say.
fn job_defaults(_: &mut SchemaGenerator) -> Schema {
    let job = raw_part(SchemaGenerator::into_root_schema_for::<JobSpec>);
    let properties: Map<String, Value> = properties(job.as_value())
        .filter(|(name, _)| !OF_ONE_JOB.contains(name))
        .map(|(name, own)| (name.to_owned(), own.clone()))
        .collect();
    json_schema!({"type": "object", "properties": properties, "additionalProperties": false})
}
