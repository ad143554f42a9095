//! The answer of `/scheduler/config`: what was read of the files, and what differs from them.

use std::collections::VecDeque;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::diagnostic::Diagnostic;
use crate::model::event::Reloaded;
use crate::model::job::Commit;
use crate::view::answer::finding::FindingAnswer;
use crate::view::answer::status::{DriftAnswer, Notice, Watching, Zones};
use crate::view::drift::{self, InForce};
use crate::view::status::Status;

/// What was read of the files.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ConfigAnswer {
    /// Commit of the job files.
    pub revision: Option<Arc<str>>,
    /// The last commit that touched them: by whom and when.
    pub commit: Option<Commit>,
    /// The branch that is checked out.
    pub branch: Option<String>,
    /// How many files were read.
    pub files: usize,
    /// What was found in them.
    pub diagnostics: Vec<ActiveFinding>,
    /// The last reloads, newest first.
    pub reloads: VecDeque<Reloaded>,
    /// Where what is active differs from the files.
    pub drift: Vec<DriftAnswer>,
    /// Keys of `jobsd.yaml` whose new value waits for a restart.
    pub restart_needed: Vec<String>,
    /// How changes of files are noticed.
    pub watching: Watching,
    /// The facts of the zone data for the zones in use.
    pub zones: Zones,
    /// What keeps edits from being seen.
    pub notices: Vec<Notice>,
}

/// A finding, and what is active in spite of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActiveFinding {
    /// The finding.
    #[serde(flatten)]
    pub finding: FindingAnswer,
    /// The version of its job that stays active; `null` unless it is an error.
    pub in_force: Option<InForce>,
}

impl ConfigAnswer {
    /// The answer, with what only the machine can say.
    pub fn of(status: &Status, zones: Zones, notices: Vec<Notice>) -> ConfigAnswer {
        let findings = status.diagnostics.iter();
        ConfigAnswer {
            revision: status.revision.clone(),
            commit: status.commit.clone(),
            branch: status.branch.clone(),
            files: status.files,
            diagnostics: findings
                .map(|finding| ActiveFinding::of(status, finding))
                .collect(),
            reloads: status.reloads.clone(),
            drift: DriftAnswer::all(status),
            restart_needed: status.restart_needed.clone(),
            watching: Watching::of(status),
            zones,
            notices,
        }
    }
}

impl ActiveFinding {
    fn of(status: &Status, finding: &Diagnostic) -> ActiveFinding {
        let error = Some(finding).filter(|finding| finding.is_error());
        ActiveFinding {
            finding: FindingAnswer::of(finding),
            in_force: error.and_then(|error| drift::in_force(status, error)),
        }
    }
}
