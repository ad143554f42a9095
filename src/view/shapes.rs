//! The JSON Schemas of what the API and the commands answer: what OpenAPI and `jobsd schema` print.
//! Tests hold them against real answers; an unknown key there fails, so that these cannot fall
//! after.

use serde_json::{Map, Value, json};

use crate::bot::BOTS;
use crate::schedule::KINDS;
use crate::spec::rules::schema::job_part;

/// An object with these keys and no other; keys that end in `?` may be absent.
fn object(properties: Value) -> Value {
    let mut shape = Map::new();
    let mut required = Vec::new();
    for (key, schema) in properties.as_object().cloned().unwrap_or_default() {
        let name = key.trim_end_matches('?').to_owned();
        if name == key {
            required.push(name.clone());
        }
        shape.insert(name, schema);
    }
    json!({
        "type": "object",
        "properties": shape,
        "required": required,
        "additionalProperties": false,
    })
}

fn list(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn maybe_text() -> Value {
    json!({"type": ["string", "null"]})
}

fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn maybe_integer() -> Value {
    json!({"type": ["integer", "null"]})
}

fn flag() -> Value {
    json!({"type": "boolean"})
}

fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}

fn maybe_time() -> Value {
    json!({"type": ["string", "null"], "format": "date-time"})
}

fn or_null(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

const STATUSES: [&str; 7] = [
    "running",
    "success",
    "failed",
    "skipped",
    "missed",
    "interrupted",
    "cancelled",
];

/// `{"detail": …}` of every refusal.
pub fn detail() -> Value {
    object(json!({"detail": text()}))
}

fn actor() -> Value {
    object(json!({"who": text(), "from": text()}))
}

fn pause() -> Value {
    object(json!({
        "at": time(), "job_id": text(), "by": actor(), "reason": maybe_text(),
        "until": maybe_time(),
        "is_span?": flag(),
    }))
}

/// How full the limits of a job are.
fn budget() -> Value {
    let meter = object(json!({"used": count(), "limit": count(), "frees_at?": maybe_time()}));
    object(json!({"daily": or_null(meter.clone()), "weekly": or_null(meter)}))
}

/// A run: `JobExecutionLog` of the plan, and ours.
pub fn run() -> Value {
    object(json!({
        "id": {"type": "string", "format": "uuid"},
        "job_id": text(),
        "scheduled_at": maybe_time(),
        "scheduled_until?": time(),
        "count?": count(),
        "requested_at?": time(),
        "started_at": maybe_time(),
        "finished_at": maybe_time(),
        "status": {"type": "string", "enum": STATUSES},
        "reason": maybe_text(),
        "error": maybe_text(),
        "trigger": {"type": "string", "enum": ["schedule", "manual", "catchup", "retry"]},
        "attempt": count(),
        "retry_at?": time(),
        "waiting?": flag(), "delayed?": flag(),
        "attempts?": list(object(json!({
            "attempt": count(), "started_at": time(), "finished_at": maybe_time(),
            "reason": maybe_text(),
            "exit_code": maybe_integer(), "signal": maybe_integer(),
        }))),
        "exit_code": maybe_integer(),
        "signal": maybe_integer(),
        "coalesced_into?": {"type": "string", "format": "uuid"},
        "dry_run": flag(),
        "messages_sent": count(),
        "profiles_visited": count(),
        "budget?": object(json!({"reserved": count(), "used": count()})),
        "result": {},
        "output_bytes": count(),
        "revision": maybe_text(),
        "file": text(),
        "digest": text(),
        "host": text(),
    }))
}

/// A page of runs.
pub fn runs() -> Value {
    object(json!({"runs": list(run()), "next_cursor": maybe_text()}))
}

/// A job: `ScheduledJobConfig` of the plan with its defaults filled in, and ours.
pub fn job() -> Value {
    let mut shape = object(json!({
        "id": text(),
        "name": text(),
        "description": maybe_text(),
        "enabled": flag(),
        "file_enabled": flag(),
        "paused": flag(),
        "pause": or_null(pause()),
        "bot_type": {"type": "string", "enum": BOTS.iter().map(|kind| kind.name).collect::<Vec<_>>()},
        "bot_config": {"type": "object"},
        "schedule_type": {"type": "string",
        "enum": KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>()},
        "schedule_config": {"type": "object"},
        "timezone": text(),
        "created_at": maybe_time(),
        "updated_at": maybe_time(),
        "last_run_at": maybe_time(),
        "last_run_status": {"enum": STATUSES.map(Value::from).into_iter().chain([Value::Null]).collect::<Vec<_>>()},
        "last_run_error": maybe_text(),
        "next_run_at": maybe_time(),
        "running": list(text()),
        "last_run?": or_null(run()),
        "budget": or_null(budget()),
        "held_up": or_null(object(json!({"run_id": text(), "since": time(),
            "due_times": count()}))),
        "without_success": or_null(object(json!({"since": time(), "due_times": count()}))),
        "file": text(),
        "digest": text(),
        "max_instances": count(),
        "overlap": text(),
        "misfire_grace_time": count(),
        "coalesce": flag(),
        "timeout": maybe_integer(),
        "kill_grace": count(),
        "retry": {"type": "object"},
        "on_interrupt": text(),
    }));
    // What a job file may say besides, where it says it.
    let keys = job_part()["properties"].as_object().cloned();
    for (key, _) in keys.unwrap_or_default() {
        if shape["properties"][&key].is_null() {
            shape["properties"][&key] = json!({});
        }
    }
    shape
}

fn with(mut shape: Value, key: &str, schema: Value) -> Value {
    shape["properties"][key] = schema;
    shape
}

/// A job as the commands see it: with its last run.
fn job_of_command() -> Value {
    let shape = with(job(), "last_run", or_null(run()));
    with(shape, "errors", list(text()))
}

fn drift() -> Value {
    let paused = object(json!({
        "job_id": text(), "kind": {"const": "paused"}, "file": text(), "file_enabled": flag(),
        "at": time(), "by": actor(), "reason": maybe_text(), "until": maybe_time(),
    }));
    let other = json!({
        "type": "object",
        "required": ["job_id", "kind", "file"],
        "properties": {"job_id": maybe_text(), "kind": {"not": {"const": "paused"}},
        "file": text()},
    });
    json!({"anyOf": [paused, other]})
}

fn diagnostic() -> Value {
    json!({
        "type": "object",
        "required": ["path", "line", "column", "end_line", "end_column", "severity", "code", "key",
        "message", "help"],
        "properties": {
            "path": text(), "line": count(), "column": count(), "end_line": count(),
            "end_column": count(),
            "severity": {"type": "string", "enum": ["error", "warning", "note"]},
            "code": text(), "key": text(), "message": text(), "help": text(),
            "related": {"type": "array"}, "in_force": {},
        },
        "additionalProperties": false,
    })
}

fn reload() -> Value {
    json!({
        "type": "object",
        "required": ["at", "revision", "files", "added", "changed", "removed", "errors"],
        "properties": {
            "at": time(), "revision": maybe_text(), "files": count(), "added": list(text()),
            "changed": list(text()), "removed": list(text()), "errors": list(text()),
            "renamed": list(pair()), "not_renamed": list(pair()),
        },
    })
}

/// A job that is gone and one that is new.
fn pair() -> Value {
    object(json!({"from": text(), "to": text()}))
}

/// Which zone data serves the zones in use, and where the other copy differs.
fn zones() -> Value {
    object(json!({
        "setting": {"type": "string", "enum": ["newer", "system", "bundled"]},
        "serving": text(),
        "other": maybe_text(),
        "in_use": list(text()),
        "differing": list(object(json!({"zone": text(), "from": time()}))),
    }))
}

/// What keeps edits from being seen.
fn notices() -> Value {
    list(object(json!({
        "kind": {"type": "string", "enum": ["mounted_file", "other_owner"]},
        "path": text(),
    })))
}

/// What was read of the files.
pub fn config() -> Value {
    json!({
        "type": "object",
        "required": ["revision", "files", "diagnostics", "reloads", "drift"],
        "properties": {
            "revision": maybe_text(), "files": count(), "diagnostics": list(diagnostic()),
            "reloads": list(reload()), "drift": list(drift()), "zones": zones(),
            "notices": notices(),
        },
    })
}

/// Whether the promise is kept.
pub fn health() -> Value {
    object(json!({
        "status": {"type": "string", "enum": ["ok", "unhealthy"]},
        "reasons": list(text()),
        "warnings": list(text()),
        "notes": list(text()),
        "torn_lines": list(text()),
    }))
}

/// Whether job files were loaded.
pub fn ready() -> Value {
    object(json!({"ready": flag()}))
}

/// The daemon on one screen.
pub fn status() -> Value {
    json!({
        "type": "object",
        "required": [
            "version", "host", "started_at", "revision", "reloaded_at", "files", "jobs", "paused", "disabled",
            "running", "last_day", "drift", "control", "url", "reasons", "warnings",
        ],
        "properties": {
            "version": text(), "host": text(), "started_at": maybe_time(), "revision": maybe_text(),
            "reloaded_at": maybe_time(), "files": count(), "jobs": count(), "paused": count(),
            "disabled": count(), "running": list(json!({"type": "object"})), "drift": list(drift()),
            "control": {"type": "string", "enum": ["on", "off"]}, "url": text(),
            "reasons": list(text()), "warnings": list(text()), "notes": list(text()),
            "zones": zones(), "files_invalid": count(),
            "notices": notices(),
            "held_up": list(object(json!({
                "job_id": text(), "run_id": text(), "since": time(), "due_times": count(),
            }))),
            "without_success": list(object(json!({"job_id": text(), "since": time(),
                "due_times": count()}))),
            "last_day": object(json!({
                "runs": count(), "by_status": {"type": "object", "additionalProperties": count()},
                "failed_jobs": list(run()),
            })),
        },
    })
}

fn why() -> Value {
    object(json!({
        "job_id": text(),
        "at": time(),
        "findings": list(object(json!({"code": text(), "at?": time(), "text": text()}))),
        "records": list(json!({"type": "object"})),
    }))
}

fn doctor() -> Value {
    list(object(json!({
        "check": text(), "ok": flag(), "found": text(), "help": maybe_text(),
    })))
}

fn exported() -> Value {
    let definition = json!({"type": "object"});
    list(object(json!({
        "id": text(), "file": text(), "definition": definition,
    })))
}

/// A document of a command: its schema's name, and one key.
fn document(name: &str, key: &str, schema: Value) -> Value {
    let mut shape = object(json!({"schema": {"const": format!("jobsd.{name}/v1")}}));
    shape["properties"][key] = schema;
    shape["required"] = json!(["schema", key]);
    shape["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    shape["title"] = json!(format!("jobsd {name}"));
    shape
}

/// The other types of lines in the history.
const LINE_TYPES: [&str; 10] = [
    "stop", "adopt", "reload", "pause", "resume", "control", "clock", "start", "end", "state",
];

/// A line of the history: of a run, or of another type. Readers pass over keys that they do not
/// know.
fn line() -> Value {
    let mut of_run = run();
    of_run["properties"]["type"] = json!({"const": "run"});
    // A run that is not over has counted nothing yet.
    for key in ["messages_sent", "profiles_visited"] {
        of_run["properties"][key] = maybe_integer();
    }
    if let Some(of_run) = of_run.as_object_mut() {
        of_run.remove("additionalProperties");
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "jobsd history",
        "type": "object",
        "properties": {
            "v": {"type": "integer", "minimum": 1},
            "type": {"type": "string", "minLength": 1},
        },
        "required": ["v", "type"],
        "if": {"properties": {"type": {"const": "run"}}},
        "then": of_run,
        "else": {
            "properties": {"type": {"enum": LINE_TYPES}, "at": time()},
        },
    })
}

/// The documents that commands print with `--format json`.
pub const DOCUMENTS: [&str; 9] = [
    "history",
    "list",
    "status",
    "job-status",
    "run",
    "answer",
    "why",
    "doctor",
    "export",
];

/// The schema of such a document.
pub fn of_document(name: &str) -> Option<Value> {
    Some(match name {
        "history" => line(),
        "list" => document("list", "jobs", list(job_of_command())),
        "status" => document("status", "status", status()),
        "job-status" => document("job", "job", job_of_command()),
        "run" => document("run", "run", run()),
        "answer" => document("answer", "answer", json!({"type": ["object", "null"]})),
        "why" => document("why", "why", why()),
        "doctor" => document("doctor", "checks", doctor()),
        "export" => document("export", "jobs", exported()),
        _ => return None,
    })
}
