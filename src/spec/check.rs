//! What a schema cannot say, and `JobSpec` to `Job`.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::bot;
use crate::model::diagnostic::Span;
use crate::model::job::{Definition, Job, JobId, Policies, Retry};
use crate::model::program::{EnvValue, Limits, Surroundings};
use crate::schedule::cron::Cron;
use crate::schedule::daily::Daily;
use crate::schedule::interval::Interval;
use crate::schedule::weekly::Weekly;
use crate::schedule::{Invalid, Rule, Schedule};
use crate::spec::config::Settings;
use crate::spec::file::{
    BirthdaySpec, BotType, CommandSpec, CronSpec, DailySpec, IntervalSpec, JobSpec, ScheduleType,
    VisitorSpec, WeeklySpec,
};
use crate::spec::schema::nearest;
use crate::spec::tree::{Fault, Kind, Node};
use crate::text::{Words, findings};
use crate::time::{TimeZone, Timestamp};

/// A finding without a place: its key path and words, and the place inside the value where there is one.
#[derive(Debug)]
pub struct Refusal {
    key: &'static str,
    /// What is wrong and what to do.
    pub words: Words,
    inside: Option<(usize, usize)>,
}

/// Findings that neither a schema nor [`outline`] can carry.
pub fn check(root: &Node) -> Vec<Fault> {
    let mut faults = Vec::new();
    decimals(root, &mut faults);
    faults
}

/// Why [`outline`] gives no job: the zone, the schedule.
pub fn refusals(root: &Node) -> Vec<Fault> {
    let mut faults = Vec::new();
    let text = |pointer: &str| {
        root.at(pointer)
            .map(Node::to_json)
            .and_then(|v| Some(v.as_str()?.to_owned()))
    };
    if let Some(name) = text("/timezone")
        && let Err(refusal) = zone(&name)
    {
        faults.push(refusal.place(root));
    }
    let config = root.get("schedule_config").map(|(_, node)| node.to_json());
    let kind = text("/schedule_type");
    let kind = kind.and_then(|kind| ScheduleType::deserialize(Value::from(kind)).ok());
    if let (Some(kind), Some(config)) = (kind, config)
        && let Err(Some(refusal)) = rule(kind, config)
    {
        faults.push(refusal.place(root));
    }
    faults
}

/// Findings in `jobsd.yaml` that a schema cannot carry.
pub fn check_config(root: &Node) -> Vec<Fault> {
    let mut faults = Vec::new();
    decimals(root, &mut faults);
    let text = |pointer: &str| {
        root.at(pointer)
            .and_then(|node| Some((node.span, node.to_json().as_str()?.to_owned())))
    };
    if let Some((span, name)) = text("/defaults/timezone")
        && let Err(refusal) = zone(&name)
    {
        let key = "defaults.timezone".to_owned();
        faults.push(Fault {
            span,
            key,
            words: refusal.words,
            related: None,
        });
    }
    if let Some((span, address)) = text("/listen")
        && address.parse::<core::net::SocketAddr>().is_err()
    {
        let words = findings::listen(&address);
        faults.push(Fault {
            span,
            key: "listen".to_owned(),
            words,
            related: None,
        });
    }
    faults
}

/// Makes a job of a definition that passed schema and checks, or of one read back from the journal.
pub fn compile(id: JobId, file: &str, definition: Value, settings: &Settings) -> Option<Job> {
    let mut spec: JobSpec = serde_json::from_value(with_defaults(definition, settings)).ok()?;
    spec.bot_config = Some(effective_bot_config(&spec)?);
    spec.schedule_config = Some(effective_schedule_config(&spec)?);
    let mut job = assemble(id, file, &spec, settings)?;
    let text = serde_json::to_string(&spec).ok()?;
    // The program is part of it: jobsd.yaml may name another one for the same definition.
    let program = serde_json::to_string(&job.program.argv).ok()?;
    let mut hash = Sha256::new();
    for part in ["[", &text, ",", &program, "]"] {
        hash.update(part);
    }
    job.digest = hex(&hash.finalize());
    job.definition = Definition::new(&text);
    Some(job)
}

/// A job without its effective definition and digest: enough to look for what is probably not meant.
pub fn outline(id: JobId, file: &str, definition: Value, settings: &Settings) -> Option<Job> {
    let spec: JobSpec = serde_json::from_value(with_defaults(definition, settings)).ok()?;
    assemble(id, file, &spec, settings)
}

fn assemble(id: JobId, file: &str, spec: &JobSpec, settings: &Settings) -> Option<Job> {
    let empty = Value::Object(serde_json::Map::new());
    let schedule_config = spec.schedule_config.as_ref().unwrap_or(&empty);
    let rule = rule(spec.schedule_type, schedule_config.clone()).ok()?;
    let zone = zone(&spec.timezone).ok()?;
    let bot_type = spec.bot_type.as_str();
    let bot_config = spec.bot_config.as_ref().unwrap_or(&empty);
    let mut program = bot::program(bot_type, bot_config, surroundings(spec)?)?;
    if let Some(own) = settings.programs.get(bot_type) {
        program.argv.clone_from(own);
    }
    Some(Job {
        id,
        name: spec.name.clone(),
        description: spec.description.clone(),
        enabled: spec.enabled,
        bot_type: bot_type.to_owned(),
        schedule: Schedule::new(rule, zone),
        timezone: spec.timezone.clone(),
        policies: policies(spec),
        program,
        dry_run: bot_config["dry_run"].as_bool().unwrap_or(false),
        labels: spec.labels.clone().into_iter().collect(),
        definition: Definition::new("null"),
        digest: String::new(),
        file: file.to_owned(),
    })
}

/// The definition with the defaults of `jobsd.yaml` where it is silent.
fn with_defaults(mut definition: Value, settings: &Settings) -> Value {
    if let Some(map) = definition.as_object_mut() {
        for (key, value) in &settings.defaults {
            map.entry(key).or_insert_with(|| value.clone());
        }
    }
    definition
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS[usize::from(nibble)] as char;
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

fn filled<T: DeserializeOwned + serde::Serialize>(config: Option<&Value>) -> Option<Value> {
    let empty = Value::Object(serde_json::Map::new());
    let config: T = serde_json::from_value(config.unwrap_or(&empty).clone()).ok()?;
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

/// The rule of a schedule; `Err(None)` when the schema has refused the config already.
fn rule(kind: ScheduleType, config: Value) -> Result<Rule, Option<Refusal>> {
    match kind {
        ScheduleType::Daily => {
            let spec: DailySpec = serde_json::from_value(config).map_err(|_| None)?;
            let (hour, minute) = time_of_day(spec.hour, spec.minute)?;
            Ok(Rule::Daily(Daily { hour, minute }))
        }
        ScheduleType::Weekly => {
            let days = config["day_of_week"].as_str().ok_or(None)?.to_owned();
            let spec: Option<WeeklySpec> = serde_json::from_value(config).ok();
            let time = spec.and_then(|spec| time_of_day(spec.hour, spec.minute).ok());
            let (hour, minute) = time.unwrap_or((0, 0));
            let key = "schedule_config.day_of_week";
            let weekly = Weekly::parse(&days, hour, minute).map_err(|e| Some(inside(key, e)))?;
            if time.is_none() {
                Err(None)
            } else {
                Ok(Rule::Weekly(weekly))
            }
        }
        ScheduleType::Interval => interval(serde_json::from_value(config).map_err(|_| None)?),
        ScheduleType::Cron => {
            let spec: CronSpec = serde_json::from_value(config).map_err(|_| None)?;
            let key = "schedule_config.cron_expression";
            let cron = Cron::parse(&spec.cron_expression, spec.seconds);
            cron.map(Rule::Cron).map_err(|e| Some(inside(key, e)))
        }
        ScheduleType::Manual => Ok(Rule::Manual),
    }
}

fn time_of_day(hour: i8, minute: i8) -> Result<(i8, i8), Option<Refusal>> {
    let good = (0..24).contains(&hour) && (0..60).contains(&minute);
    if good { Ok((hour, minute)) } else { Err(None) }
}

fn interval(spec: IntervalSpec) -> Result<Rule, Option<Refusal>> {
    let sum = spec
        .hours
        .checked_mul(3_600)
        .zip(spec.minutes.checked_mul(60));
    let sum = sum
        .and_then(|(h, m)| h.checked_add(m)?.checked_add(spec.seconds))
        .ok_or(None)?;
    let anchor = match spec.anchor.as_deref().map(str::parse::<Timestamp>) {
        None => Timestamp::UNIX_EPOCH,
        Some(Ok(anchor)) => anchor,
        Some(Err(_)) => {
            let text = spec.anchor.unwrap_or_default();
            return Err(Some(Refusal {
                key: "schedule_config.anchor",
                words: findings::anchor(&text),
                inside: None,
            }));
        }
    };
    let every_secs = NonZeroU64::new(sum).ok_or(None)?;
    Ok(Rule::Interval(Interval { every_secs, anchor }))
}

fn inside(key: &'static str, invalid: Invalid) -> Refusal {
    let Invalid { start, end, words } = invalid;
    Refusal {
        key,
        words,
        inside: Some((start, end)),
    }
}

/// A zone by its IANA name, in exact spelling.
///
/// # Errors
/// [`Refusal`] with the nearest name.
pub fn zone(name: &str) -> Result<TimeZone, Refusal> {
    let found = TimeZone::get(name).ok();
    let exact = found.filter(|zone| zone.iana_name() == Some(name));
    exact.ok_or_else(|| {
        let names: Vec<String> = crate::time::zone_names();
        let near = nearest(name, names.iter().map(String::as_str));
        Refusal {
            key: "timezone",
            words: findings::timezone(name, near),
            inside: None,
        }
    })
}

/// `8.0` is not an integer here, though JSON Schema takes it for one.
fn decimals(root: &Node, faults: &mut Vec<Fault>) {
    if !root.has_decimal() {
        return;
    }
    root.walk("", &mut |path, node| {
        let Kind::Scalar(Value::Number(number), _) = &node.kind else {
            return;
        };
        let whole = number.as_f64().filter(|value| value.fract() == 0.0);
        if let (true, Some(value)) = (number.is_f64() && path != "retry.backoff_factor", whole) {
            let words = findings::decimal(path, &format!("{value:.0}"));
            faults.push(Fault {
                span: node.span,
                key: path.to_owned(),
                words,
                related: None,
            });
        }
    });
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

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.words.message.en, self.words.help.en)
    }
}

impl Refusal {
    /// Finds the place of the refused value in the tree.
    fn place(self, root: &Node) -> Fault {
        let pointer = format!("/{}", self.key.replace('.', "/"));
        let node = root.at(&pointer);
        let mut span = node.map_or(Span::START, |node| node.span);
        // A finding about the whole text points at the value, quotes included.
        let width = node.map_or(0, |node| {
            node.to_json().as_str().map_or(0, |s| s.chars().count())
        });
        if let (Some((start, end)), Some(Kind::Scalar(_, Some(offset)))) = (
            self.inside.filter(|inside| *inside != (0, width)),
            node.map(|node| &node.kind),
        ) {
            let column = span.column + offset;
            span.end_column = column + end;
            span.column = column + start;
        }
        Fault {
            span,
            key: self.key.to_owned(),
            words: self.words,
            related: None,
        }
    }
}
