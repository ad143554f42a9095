//! The documents that commands print with `--format json`: each has a name with a version, and one
//! key beside it. The type of what is under that key is also its schema.

use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, json_schema};
use serde::Serialize;
use serde_json::{Value, json};

use crate::view::answer::command::{CheckAnswer, ControlAnswer, ExportedJob, WhyAnswer};
use crate::view::answer::job::{JobAnswer, ListedJob};
use crate::view::answer::run::RunAnswer;
use crate::view::answer::status::StatusAnswer;
use crate::view::shapes;

/// A document of a `T`.
#[derive(Clone, Copy, Debug)]
pub struct Document<T> {
    /// Its name in `jobsd.NAME/v1`.
    name: &'static str,
    /// The key that holds the answer.
    key: &'static str,
    of: PhantomData<fn() -> T>,
}

/// `jobsd list`
pub const LIST: Document<Vec<ListedJob<'static>>> = Document::new("list", "jobs");
/// `jobsd status`
pub const STATUS: Document<StatusAnswer> = Document::new("status", "status");
/// `jobsd status JOB`
pub const JOB: Document<JobAnswer> = Document::new("job", "job");
/// `jobsd run --wait`
pub const RUN: Document<RunAnswer> = Document::new("run", "run");
/// Commands that change something.
pub const ANSWER: Document<ControlAnswer> = Document::new("answer", "answer");
/// `jobsd why`
pub const WHY: Document<WhyAnswer<'static>> = Document::new("why", "why");
/// `jobsd doctor`
pub const DOCTOR: Document<Vec<CheckAnswer<'static>>> = Document::new("doctor", "checks");
/// `jobsd export --to json`
pub const EXPORT: Document<Vec<ExportedJob>> = Document::new("export", "jobs");

/// A name, and what makes its schema.
pub type Named = (&'static str, fn() -> Schema);

/// What `jobsd schema` has of documents and lines, by its name there.
pub const SCHEMAS: [Named; 9] = [
    ("history", shapes::line),
    ("list", || LIST.schema()),
    ("status", || STATUS.schema()),
    ("job-status", || JOB.schema()),
    ("run", || RUN.schema()),
    ("answer", || ANSWER.schema()),
    ("why", || WHY.schema()),
    ("doctor", || DOCTOR.schema()),
    ("export", || EXPORT.schema()),
];

impl<T> Document<T> {
    const fn new(name: &'static str, key: &'static str) -> Document<T> {
        let of = PhantomData;
        Document { name, key, of }
    }

    /// The document of an answer.
    pub fn json(&self, answer: &T) -> Value
    where
        T: Serialize,
    {
        json!({"schema": self.id(), self.key: answer})
    }

    /// The document of an answer as it came: a program gets every key, also those of a newer
    /// daemon.
    pub fn as_it_came(&self, answer: &Value) -> Value {
        json!({"schema": self.id(), self.key: answer})
    }

    fn id(&self) -> String {
        format!("jobsd.{}/v1", self.name)
    }

    fn schema(&self) -> Schema
    where
        T: JsonSchema,
    {
        json_schema!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": format!("jobsd {}", self.name),
            "type": "object",
            "properties": {"schema": {"const": self.id()}, self.key: shapes::of::<T>()},
            "required": ["schema", self.key],
            "additionalProperties": false,
        })
    }
}
