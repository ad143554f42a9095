//! The keys of queries, with the schemas of their values.

use schemars::{Schema, json_schema};

use crate::model::run::{Status, Trigger};
use crate::shell::http::route::Key;
use crate::view::shapes;

/// `limit`: how many records.
pub const LIMIT: Key = Key {
    name: "limit",
    schema: || json_schema!({"type": "integer", "minimum": 1, "maximum": 500, "default": 50}),
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
    schema: || json_schema!({"type": "string"}),
};
/// `at`: an instant.
pub const AT: Key = Key {
    name: "at",
    schema: time,
};
/// `job_id`.
pub const JOB_ID: Key = Key {
    name: "job_id",
    schema: || json_schema!({"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$"}),
};
/// `status`: that of a record.
pub const STATUS: Key = Key {
    name: "status",
    schema: shapes::of::<Status>,
};
/// `trigger`: that of a record.
pub const TRIGGER: Key = Key {
    name: "trigger",
    schema: shapes::of::<Trigger>,
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
    schema: || json_schema!({"type": "string", "pattern": "^[0-9a-f]{24}$"}),
};
/// `format`: with `jsonl` every match is a line of one answer, and `limit` says nothing.
pub const FORMAT: Key = Key {
    name: "format",
    schema: || json_schema!({"type": "string", "enum": ["json", "jsonl"]}),
};

fn flag() -> Schema {
    json_schema!({"type": "boolean", "default": false})
}

fn time() -> Schema {
    json_schema!({"type": "string", "format": "date-time"})
}
