//! Answers of the endpoint as types: a field is a key, in this order. `view/shapes.rs` has their
//! schemas.

pub mod command;
pub mod config;
pub mod finding;
pub mod in_force;
pub mod job;
pub mod reload;
pub mod run;
pub mod status;
pub mod why;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::run::RunRecord;
use crate::view::answer::run::RunAnswer;
use crate::view::drift;
use crate::view::status::Status;

/// `/health`: whether every promise is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Health<'a> {
    /// Whether they are.
    pub status: HealthStatus,
    /// Why a promise cannot be kept; empty is healthy.
    pub reasons: Vec<&'a str>,
    /// Errors in the files: no promise is broken by them.
    pub warnings: Vec<String>,
    /// What went wrong and was put right.
    pub notes: Vec<&'a str>,
    /// Lines of the history that a crash tore.
    pub torn_lines: &'a [String],
}

/// Whether every promise is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HealthStatus {
    /// Nothing is wrong.
    Ok,
    /// A promise cannot be kept.
    Unhealthy,
}

/// A refusal of HTTP, in FastAPI's error form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Detail {
    /// Why, in one sentence.
    pub detail: String,
}

/// `/ready`: whether job files were loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ready {
    /// Whether they were.
    pub ready: bool,
}

/// `/scheduler/runs`: some records, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunPage {
    /// The records.
    pub runs: Vec<RunAnswer>,
    /// Where the next page begins; `None` when there are no more.
    pub next_cursor: Option<String>,
}

/// `/session`: what forms of a browser must carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SessionAnswer {
    /// The name that its user gave.
    pub name: String,
    /// The token.
    pub csrf: String,
}

impl Health<'_> {
    /// As the status says it.
    pub fn of(status: &Status) -> Health<'_> {
        let errors = status.diagnostics.iter().filter(|one| one.is_error());
        let reasons: Vec<&str> = status.health.values().map(String::as_str).collect();
        Health {
            status: if reasons.is_empty() {
                HealthStatus::Ok
            } else {
                HealthStatus::Unhealthy
            },
            reasons,
            warnings: errors.map(|error| drift::line(status, error)).collect(),
            notes: status.notes.values().map(String::as_str).collect(),
            torn_lines: &status.torn_lines,
        }
    }

    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.reasons.is_empty()
    }
}

impl RunPage {
    /// A page of these records.
    pub fn of(records: &[RunRecord], next_cursor: Option<String>) -> RunPage {
        RunPage {
            runs: records.iter().map(RunAnswer::of).collect(),
            next_cursor,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn health_is_ok_until_there_is_a_reason() {
        let mut status = Status::default();
        let good =
            json!({"status": "ok", "reasons": [], "warnings": [], "notes": [], "torn_lines": []});
        assert_eq!(serde_json::to_value(Health::of(&status)).unwrap(), good);
        status.notes.insert("disk", "it was slow".to_owned());
        assert!(Health::of(&status).is_good(), "a note breaks no promise");
        status.health.insert("disk", "it is full".to_owned());
        let health = Health::of(&status);
        assert!(!health.is_good());
        assert_eq!(
            (health.status, health.reasons),
            (HealthStatus::Unhealthy, vec!["it is full"])
        );
    }
}
