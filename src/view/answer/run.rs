//! The answer for a run: its record, with counters that are always numbers.

use serde::{Deserialize, Serialize};

use crate::model::run::RunRecord;
use crate::model::run_id::RunId;

/// A run with the plan's `JobExecutionLog` fields: counters are 0 where there are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunAnswer(RunRecord);

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

/// The answer for a run that was ordered or is being stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The run.
    pub run_id: RunId,
}
