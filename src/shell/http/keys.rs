//! The keys of queries, with the schemas of their values.

use serde_json::{Value, json};

use crate::shell::http::route::Key;
use crate::view::shapes;

/// `limit`: how many records.
pub const LIMIT: Key = Key {
    name: "limit",
    schema: || json!({"type": "integer", "minimum": 1, "maximum": 500, "default": 50}),
};
/// `last_run`: whether each job comes with the record of its last run.
pub const LAST_RUN: Key = Key {
    name: "last_run",
    schema: flag,
};
/// `enabled_only`: only jobs whose due times count.
pub const ENABLED_ONLY: Key = Key {
    name: "enabled_only",
    schema: flag,
};
/// `after`: the id of an event.
pub const AFTER: Key = Key {
    name: "after",
    schema: || json!({"type": "string"}),
};
/// `job_id`.
pub const JOB_ID: Key = Key {
    name: "job_id",
    schema: || json!({"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$"}),
};
/// `status`: that of a record.
pub const STATUS: Key = Key {
    name: "status",
    schema: || shapes::run()["properties"]["status"].clone(),
};
/// `trigger`: that of a record.
pub const TRIGGER: Key = Key {
    name: "trigger",
    schema: || shapes::run()["properties"]["trigger"].clone(),
};
/// `since`: from this instant on.
pub const SINCE: Key = Key {
    name: "since",
    schema: time,
};
/// `until`: before this instant.
pub const UNTIL: Key = Key {
    name: "until",
    schema: time,
};
/// `cursor`: where a page begins.
pub const CURSOR: Key = Key {
    name: "cursor",
    schema: || json!({"type": "string", "pattern": "^[0-9a-f]{24}$"}),
};
/// `format`: with `jsonl` every match is a line of one answer, and `limit` says nothing.
pub const FORMAT: Key = Key {
    name: "format",
    schema: || json!({"type": "string", "enum": ["json", "jsonl"]}),
};

fn flag() -> Value {
    json!({"type": "boolean", "default": false})
}

fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}
