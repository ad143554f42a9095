//! `JobSpec` to `Job`: a definition that passed schema and checks, with the settings' defaults, as
//! the core takes it.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::model::alike::Alike;
use crate::model::allowance::Allowance;
use crate::model::bot::Setup;
use crate::model::definition::Definition;
use crate::model::digest::Digest;
use crate::model::job::{Job, JobId, Policies, Retry};
use crate::model::program::{Argv, EnvValue, Limits, Program, Surroundings};
use crate::schedule::Schedule;
use crate::schedule::kind::Rule;
use crate::spec::rules::zone;
use crate::spec::types::config::Settings;
use crate::spec::types::file::JobSpec;
use crate::written;

static ZONES: Alike<str> = Alike::new();
static POLICIES: Alike<Policies> = Alike::new();
static ALLOWANCES: Alike<Allowance> = Alike::new();
static LABELS: Alike<[(String, String)]> = Alike::new();

/// A job, and what only its typed config says.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The job.
    pub job: Job,
    /// Keys of `bot_config` without which the built-in bot does nothing, and that nothing says.
    pub missing: Vec<&'static str>,
}

/// Makes a job of a definition that passed schema and checks, or of one read back from the journal.
pub fn compile(id: JobId, file: &str, definition: Value, settings: &Settings) -> Option<Compiled> {
    let spec = JobSpec::read(with_defaults(definition, settings))?;
    let mut compiled = assemble(id, file, &spec, settings)?;
    let job = &mut compiled.job;
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
    Some(compiled)
}

/// Makes a job again of the effective definition that the journal kept.
pub fn restore(id: JobId, file: &str, definition: &Definition, settings: &Settings) -> Option<Job> {
    let compiled = compile(id, file, definition.value(), settings)?;
    Some(compiled.job)
}

/// A job without its effective definition and digest: enough to look for what is probably not
/// meant.
pub fn outline(id: JobId, file: &str, definition: Value, settings: &Settings) -> Option<Compiled> {
    let spec = JobSpec::read(with_defaults(definition, settings))?;
    assemble(id, file, &spec, settings)
}

fn assemble(id: JobId, file: &str, spec: &JobSpec, settings: &Settings) -> Option<Compiled> {
    let (setup, read) = (spec.bot_config.as_ref()?, spec.schedule_config.as_ref()?);
    let zone = zone::of(&spec.timezone)?;
    let rule = Rule {
        kind: spec.schedule_type,
        times: read.times.clone(),
    };
    let program = program(spec, setup, settings)?;
    let job = Job {
        id,
        name: spec.name.as_str().into(),
        description: spec.description.as_deref().map(Into::into),
        enabled: spec.enabled,
        bot: spec.bot_type,
        schedule: Schedule::new(rule, zone),
        timezone: ZONES.one(spec.timezone.as_str()),
        policies: POLICIES.one(policies(spec)),
        allowance: ALLOWANCES.one(setup.allowance),
        program,
        dry_run: setup.dry_run,
        labels: LABELS.one(spec.labels.clone().into_iter().collect::<Vec<_>>()),
        definition: Definition::new("null"),
        digest: Digest::default(),
        file: file.into(),
    };
    Some(Compiled {
        job,
        missing: setup.missing.clone(),
    })
}

/// The program of the job, or the one that `jobsd.yaml` names in its place.
fn program(spec: &JobSpec, setup: &Setup, settings: &Settings) -> Option<Program> {
    let mut surroundings = surroundings(spec)?;
    // Variables that the config names reach the program, unless the job gives them another value.
    for name in &setup.variables {
        let env = &mut Arc::make_mut(&mut surroundings).env;
        let value = || EnvValue::FromEnv(name.clone());
        env.entry(name.clone()).or_insert_with(value);
    }
    let own = settings.programs.get(spec.bot_type.name);
    let argv = own.map(|own| Argv::new(own.iter().map(String::as_str)));
    Some(Program {
        argv: argv.unwrap_or_else(|| setup.argv.clone()),
        stdin: setup.stdin.clone(),
        surroundings,
    })
}

/// The definition with the defaults of `jobsd.yaml` where it is silent.
fn with_defaults(mut definition: Value, settings: &Settings) -> Value {
    let bot_type = written::text(&definition, "bot_type");
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

/// Where the value of a variable comes from, when it is not in the file.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Elsewhere {
    FromEnv(String),
    FromFile(String),
}

impl From<Elsewhere> for EnvValue {
    fn from(place: Elsewhere) -> EnvValue {
        match place {
            Elsewhere::FromEnv(name) => EnvValue::FromEnv(name),
            Elsewhere::FromFile(path) => EnvValue::FromFile(path.into()),
        }
    }
}

fn own_surroundings(spec: &JobSpec) -> Option<Surroundings> {
    let mut env = BTreeMap::new();
    for (name, value) in &spec.env {
        let value = match value {
            Value::String(text) => EnvValue::Literal(text.clone()),
            other => Elsewhere::deserialize(other).ok()?.into(),
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
