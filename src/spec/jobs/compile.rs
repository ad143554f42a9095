//! `JobSpec` to `Job`: a definition that passed schema and checks, with the settings' defaults, as the core takes it.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::bot;
use crate::model::alike::Alike;
use crate::model::definition::Definition;
use crate::model::digest::Digest;
use crate::model::job::{Allowance, Job, JobId, Policies, Retry};
use crate::model::program::{Argv, EnvValue, Limits, Surroundings};
use crate::schedule::Schedule;
use crate::spec::rules::{timing, zone};
use crate::spec::types::bots::{self, BirthdaySpec, VisitorSpec};
use crate::spec::types::config::Settings;
use crate::spec::types::file::{
    BotType, CommandSpec, CronSpec, DailySpec, IntervalSpec, JobSpec, ScheduleType, WeeklySpec,
};

static ZONES: Alike<str> = Alike::new();
static POLICIES: Alike<Policies> = Alike::new();
static ALLOWANCES: Alike<Allowance> = Alike::new();
static LABELS: Alike<[(String, String)]> = Alike::new();

/// Makes a job of a definition that passed schema and checks, or of one read back from the journal.
pub fn compile(id: JobId, file: &str, definition: Value, settings: &Settings) -> Option<Job> {
    let mut spec: JobSpec = serde_json::from_value(with_defaults(definition, settings)).ok()?;
    spec.bot_config = Some(effective_bot_config(&spec)?);
    spec.schedule_config = Some(effective_schedule_config(&spec)?);
    let mut job = assemble(id, file, &spec, settings)?;
    let text = serde_json::to_string(&spec).ok()?;
    // The program is part of it: jobsd.yaml may name another one for the same definition.
    let words: Vec<&str> = job.program.argv.words().collect();
    let program = serde_json::to_string(&words).ok()?;
    let mut hash = Sha256::new();
    for part in ["[", &text, ",", &program, "]"] {
        hash.update(part);
    }
    job.digest = Digest::new(hash.finalize().into());
    job.definition = Definition::new(&text);
    Some(job)
}

/// Makes a job again of the effective definition that the journal kept.
pub fn restore(id: JobId, file: &str, definition: &Definition, settings: &Settings) -> Option<Job> {
    compile(id, file, definition.value(), settings)
}

/// A job without its effective definition and digest: enough to look for what is probably not meant.
pub fn outline(id: JobId, file: &str, definition: Value, settings: &Settings) -> Option<Job> {
    let spec: JobSpec = serde_json::from_value(with_defaults(definition, settings)).ok()?;
    assemble(id, file, &spec, settings)
}

fn assemble(id: JobId, file: &str, spec: &JobSpec, settings: &Settings) -> Option<Job> {
    let empty = Value::Object(serde_json::Map::new());
    let schedule_config = spec.schedule_config.as_ref().unwrap_or(&empty);
    let rule = timing::rule(spec.schedule_type, schedule_config)?;
    let zone = zone::of(&spec.timezone)?;
    let bot_type = spec.bot_type.as_str();
    let bot_config = spec.bot_config.as_ref().unwrap_or(&empty);
    let mut around = surroundings(spec)?;
    pass_on(bot_config, spec.bot_type, &mut around);
    let mut program = bot::program(bot_type, bot_config, around)?;
    if let Some(own) = settings.programs.get(bot_type) {
        program.argv = Argv::new(own.iter().map(String::as_str));
    }
    Some(Job {
        id,
        name: spec.name.as_str().into(),
        description: spec.description.as_deref().map(Into::into),
        enabled: spec.enabled,
        bot_type,
        schedule: Schedule::new(rule, zone),
        timezone: ZONES.one(spec.timezone.as_str()),
        policies: POLICIES.one(policies(spec)),
        allowance: ALLOWANCES.one(allowance(bot_config)),
        program,
        dry_run: bot_config["dry_run"].as_bool().unwrap_or(false),
        labels: LABELS.one(spec.labels.clone().into_iter().collect::<Vec<_>>()),
        definition: Definition::new("null"),
        digest: Digest::default(),
        file: file.into(),
    })
}

/// The definition with the defaults of `jobsd.yaml` where it is silent.
fn with_defaults(mut definition: Value, settings: &Settings) -> Value {
    let bot_type = definition["bot_type"].as_str();
    let of_bot = bot_type.and_then(|bot_type| settings.bot_defaults.get(bot_type));
    if let Some(map) = definition.as_object_mut() {
        fill(map, &settings.defaults);
        if let Some(defaults) = of_bot {
            let config = map.entry("bot_config").or_insert_with(|| json!({}));
            if let Some(config) = config.as_object_mut() {
                fill(config, defaults);
            }
        }
    }
    definition
}

fn fill(map: &mut Map<String, Value>, defaults: &Map<String, Value>) {
    for (key, value) in defaults {
        map.entry(key).or_insert_with(|| value.clone());
    }
}

/// Variables of the daemon that a bot's config names reach the bot's program, unless the job gives them another value.
fn pass_on(bot_config: &Value, bot_type: BotType, around: &mut Arc<Surroundings>) {
    if bot_type == BotType::Command {
        return;
    }
    for name in bots::variables(bot_config) {
        let value = EnvValue::FromEnv(name.clone());
        Arc::make_mut(around).env.entry(name).or_insert(value);
    }
}

fn filled<T: DeserializeOwned + serde::Serialize>(config: Option<&Value>) -> Option<Value> {
    let empty = Value::Object(serde_json::Map::new());
    let config = T::deserialize(config.unwrap_or(&empty)).ok()?;
    serde_json::to_value(config).ok()
}

fn effective_bot_config(spec: &JobSpec) -> Option<Value> {
    let config = spec.bot_config.as_ref();
    match spec.bot_type {
        BotType::Command => filled::<CommandSpec>(config),
        BotType::Birthday => filled::<BirthdaySpec>(config),
        BotType::Visitor => filled::<VisitorSpec>(config),
    }
}

fn effective_schedule_config(spec: &JobSpec) -> Option<Value> {
    let config = spec.schedule_config.as_ref();
    match spec.schedule_type {
        ScheduleType::Daily => filled::<DailySpec>(config),
        ScheduleType::Weekly => filled::<WeeklySpec>(config),
        ScheduleType::Interval => filled::<IntervalSpec>(config),
        ScheduleType::Cron => filled::<CronSpec>(config),
        ScheduleType::Manual => Some(Value::Object(serde_json::Map::new())),
    }
}

/// Most jobs run as the daemon does: they share one value.
fn surroundings(spec: &JobSpec) -> Option<Arc<Surroundings>> {
    static PLAIN: LazyLock<Arc<Surroundings>> = LazyLock::new(Arc::default);
    let own = own_surroundings(spec)?;
    let is_plain = own == Surroundings::default();
    Some(if is_plain {
        PLAIN.clone()
    } else {
        Arc::new(own)
    })
}

fn own_surroundings(spec: &JobSpec) -> Option<Surroundings> {
    let mut env = BTreeMap::new();
    for (name, value) in &spec.env {
        let value = match (
            value.as_str(),
            value["from_env"].as_str(),
            value["from_file"].as_str(),
        ) {
            (Some(text), _, _) => EnvValue::Literal(text.to_owned()),
            (_, Some(name), _) => EnvValue::FromEnv(name.to_owned()),
            (_, _, Some(path)) => EnvValue::FromFile(path.into()),
            _ => return None,
        };
        env.insert(name.clone(), value);
    }
    let umask = match &spec.umask {
        Some(text) => Some(u32::from_str_radix(text, 8).ok()?),
        None => None,
    };
    Some(Surroundings {
        working_dir: spec.working_dir.as_ref().map(Into::into),
        env,
        env_file: spec.env_file.as_ref().map(Into::into),
        user: spec.user.clone(),
        group: spec.group.clone(),
        umask,
        nice: spec.nice,
        limits: Limits {
            memory_bytes: spec.limits.memory_bytes,
            cpu_secs: spec.limits.cpu_secs,
            open_files: spec.limits.open_files,
            processes: spec.limits.processes,
            file_bytes: spec.limits.file_bytes,
        },
    })
}

/// Limits on messages; only a bot that sends has these keys.
fn allowance(bot_config: &Value) -> Allowance {
    let limit = |key: &str| bot_config[key].as_u64();
    Allowance {
        per_run: limit("max_messages_per_run"),
        daily: limit("daily_limit"),
        weekly: limit("weekly_limit"),
    }
}

fn policies(spec: &JobSpec) -> Policies {
    Policies {
        max_instances: spec.max_instances,
        overlap: spec.overlap.into(),
        misfire_grace_time: Duration::from_secs(spec.misfire_grace_time),
        coalesce: spec.coalesce,
        timeout: spec.timeout.map(Duration::from_secs),
        kill_grace: Duration::from_secs(spec.kill_grace),
        retry: Retry {
            max_attempts: spec.retry.max_attempts,
            backoff: Duration::from_secs(spec.retry.backoff_secs),
            backoff_factor: spec.retry.backoff_factor,
            max_backoff: Duration::from_secs(spec.retry.max_backoff_secs),
            on_exit: spec.retry.on_exit.iter().map(|code| code.0).collect(),
        },
        on_interrupt: spec.on_interrupt.into(),
    }
}
