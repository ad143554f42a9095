//! The answer of `reload`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::event::Reloaded;
use crate::view::drift;
use crate::view::status::Status;

/// What a reload did, for whoever asked for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReloadAnswer {
    /// The files were read.
    #[serde(default)]
    pub reloaded: bool,
    /// Whether something of them is taken over that was not before.
    #[serde(default)]
    pub changed: bool,
    /// What; absent where nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reload: Option<Box<Reloaded>>,
    /// Errors in the files, each `file:line:column: …`; the last good version stays active.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
}

impl ReloadAnswer {
    /// The answer where there had been `seen` reloads when it was asked for.
    pub fn of(status: &Status, seen: u64) -> ReloadAnswer {
        let last = status.reloads.front();
        let last = last.filter(|_| status.reloads_seen != seen);
        ReloadAnswer {
            reloaded: true,
            changed: last.is_some(),
            reload: last.cloned().map(Box::new),
            errors: drift::errors(status),
        }
    }
}
