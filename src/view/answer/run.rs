//! The answer for a run: its record, with counters that are always numbers.

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::run::RunRecord;
use crate::model::run_id::RunId;

/// A run with the plan's `JobExecutionLog` fields: counters are 0 where there are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(transform = counted)]
pub struct RunAnswer(RunRecord);

/// The schema of [`RunRecord`] with the counters as they are answered.
fn counted(schema: &mut Schema) {
    for pointer in ["/properties/messages_sent", "/properties/profiles_visited"] {
        let counter = schema.pointer_mut(pointer).and_then(Value::as_object_mut);
        if let Some(counter) = counter {
            counter.insert("type".to_owned(), "integer".into());
        }
    }
}

impl RunAnswer {
    /// The answer for a record.
    pub fn of(record: &RunRecord) -> RunAnswer {
        let mut record = record.clone();
        record.messages_sent.get_or_insert(0);
        record.profiles_visited.get_or_insert(0);
        RunAnswer(record)
    }

    /// The record.
    pub fn record(&self) -> &RunRecord {
        &self.0
    }
}

/// The answer of HTTP for a run that was ordered: the plan's sentence, and the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Queued {
    /// That it was ordered.
    pub message: String,
    /// The run.
    pub run_id: Option<RunId>,
}

/// The answer for a run that was ordered or is being stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Accepted {
    /// The run.
    pub run_id: RunId,
}
