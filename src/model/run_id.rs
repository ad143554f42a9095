//! `RunId`: one due time, one id.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::job::JobId;
use crate::time::{Timestamp, rfc3339};

/// The id of a run. A scheduled run's is derived from its fire, so that a second decision about the
/// same due time gives the same id and is refused as a duplicate (A8).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct RunId(#[schemars(with = "String", extend("format" = "uuid"))] Uuid);

/// Namespace of the ids of scheduled runs.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1d_9a52_0c54_5d0e_9d3a_6a6f_6273_6400);

impl RunId {
    /// The id of the run of a due time: UUID v5 of job id and due time.
    pub fn of_fire(job_id: &JobId, due: Timestamp) -> RunId {
        let name = format!("{job_id}\n{}", rfc3339(due));
        RunId(Uuid::new_v5(&NAMESPACE, name.as_bytes()))
    }

    /// An id made elsewhere: the v7 of a manual run, or one read back.
    pub fn from_uuid(uuid: Uuid) -> RunId {
        RunId(uuid)
    }

    /// The id as a number.
    pub fn as_u128(&self) -> u128 {
        self.0.as_u128()
    }

    /// Milliseconds since 1970 inside the v7 id of a manual run; `None` for a scheduled run's v5.
    pub fn v7_millis(&self) -> Option<i64> {
        let (secs, nanos) = self.0.get_timestamp()?.to_unix();
        let millis = secs
            .checked_mul(1_000)?
            .checked_add(u64::from(nanos) / 1_000_000)?;
        i64::try_from(millis).ok()
    }

    /// The first digits, as pages and tables show it: they tell manual runs apart to the
    /// millisecond.
    pub fn short(&self) -> String {
        self.to_string().chars().take(13).collect()
    }

    /// Reads an id back.
    pub fn parse(text: &str) -> Option<RunId> {
        Uuid::try_parse(text).ok().map(RunId)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}
