//! Why a run did or did not happen, as data: what was found, and the one thing of it that is the
//! reason.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::event::{Actor, Paused};
use crate::model::job::JobId;
use crate::model::output::last_line;
use crate::model::run::{Reason, RunRecord, Status};
use crate::model::run_id::RunId;
use crate::time::Timestamp;

/// What the history says of a job around an instant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// The job.
    pub job_id: JobId,
    /// The instant in question.
    #[serde(with = "crate::time::Rfc3339")]
    pub at: Timestamp,
    /// The last due time up to it.
    #[serde(with = "crate::time::Rfc3339Option")]
    pub due: Option<Timestamp>,
    /// What explains, the schedule first.
    pub findings: Vec<Finding>,
    /// The records of the due time, and of runs that went on at the instant.
    pub records: Vec<RunRecord>,
    /// The last line that the run wrote which is the reason.
    pub last_line: Option<String>,
    /// Who cancelled runs of the records. A daemon of an earlier version leaves it out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cancelled_by: BTreeMap<RunId, Actor>,
    /// Errors that are now in the job's file, each `file:line:column: …`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub file_errors: Vec<String>,
}

/// One thing that explains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Finding {
    /// The schedule, and the due times around.
    Schedule {
        /// In words, English and French.
        words: [String; 2],
        /// The last due time.
        due: Option<Timestamp>,
        /// The next one.
        next: Option<Timestamp>,
    },
    /// The file says `enabled: false`.
    Disabled {
        /// The file.
        file: Arc<str>,
    },
    /// A pause holds.
    Paused {
        /// The pause.
        pause: Box<Paused>,
    },
    /// The job took the place of another, and is no rename of it.
    NotRenamed {
        /// The other.
        from: JobId,
    },
    /// The definition changed lately.
    Adopted {
        /// When.
        since: Timestamp,
    },
    /// The daemon was stopped, and none came back.
    Stopped {
        /// When.
        since: Timestamp,
    },
    /// A daemon started.
    Started {
        /// When.
        since: Timestamp,
    },
    /// The due time has no record.
    NoRecord {
        /// The due time.
        due: Timestamp,
        /// Why.
        cause: NoRecord,
    },
    /// The job continues under another id.
    Renamed {
        /// The id.
        to: JobId,
        /// Since when.
        since: Option<Timestamp>,
    },
    /// An edit took the job away.
    Removed {
        /// When.
        since: Timestamp,
    },
    /// No file declared the job.
    Unknown {
        /// Why, where more is known.
        cause: Option<NoRecord>,
    },
}

/// Why a due time has no record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoRecord {
    /// This pause was in force.
    Paused(Box<Paused>),
    /// This file said `enabled: false`.
    Disabled(Arc<str>),
    /// The job was first adopted at this instant.
    NotYet(Timestamp),
    /// The job had been there before, and was not then.
    Undeclared,
    /// The first daemon of this state directory started at this instant.
    BeforeHistory(Timestamp),
    /// The history is kept from this instant on.
    NotKept(Timestamp),
    /// The schedule in force then, in both languages, does not name it.
    NotDue([String; 2]),
    /// It lies ahead.
    NotDueYet,
    /// No daemon has run since.
    NoDaemon,
    /// It is being decided.
    Deciding,
    /// None of these.
    Unknown,
}

/// The one reason.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Because<'a> {
    /// What the record of a run says.
    Run(&'a RunRecord),
    /// What was found instead of a record.
    Finding(&'a Finding),
}

impl Finding {
    /// Its code.
    pub fn code(&self) -> &'static str {
        match self {
            Finding::Schedule { .. } => "schedule",
            Finding::Disabled { .. } => "disabled",
            Finding::Paused { .. } => "paused",
            Finding::NotRenamed { .. } => "not-renamed",
            Finding::Adopted { .. } => "adopted",
            Finding::Stopped { .. } => "stopped",
            Finding::Started { .. } => "started",
            Finding::NoRecord { .. } => "no-record",
            Finding::Renamed { .. } => "renamed",
            Finding::Removed { .. } => "removed",
            Finding::Unknown { .. } => "unknown",
        }
    }

    /// What tells it as the reason, the closest first; `None` of what is only around it.
    fn weight(&self) -> Option<u8> {
        Some(match self {
            Finding::NoRecord { .. } => 0,
            Finding::Paused { .. } => 1,
            Finding::Disabled { .. } => 2,
            Finding::Renamed { .. } => 3,
            Finding::Removed { .. } => 4,
            Finding::Unknown { .. } => 5,
            Finding::Stopped { .. } => 6,
            _ => return None,
        })
    }
}

impl NoRecord {
    /// Its code.
    pub fn code(&self) -> &'static str {
        match self {
            NoRecord::Paused(_) => "paused",
            NoRecord::Disabled(_) => "disabled",
            NoRecord::NotYet(_) => "not-yet",
            NoRecord::Undeclared => "undeclared",
            NoRecord::BeforeHistory(_) => "before-history",
            NoRecord::NotKept(_) => "not-kept",
            NoRecord::NotDue(_) => "not-due",
            NoRecord::NotDueYet => "not-due-yet",
            NoRecord::NoDaemon => "no-daemon",
            NoRecord::Deciding => "deciding",
            NoRecord::Unknown => "lost",
        }
    }
}

impl Explanation {
    /// The one reason: the record of the due time, else that of a run which went on, else what was
    /// found instead; `None` where there is nothing to explain.
    pub fn because(&self) -> Option<Because<'_>> {
        let settles = |run: &&RunRecord| {
            let first = run.scheduled_at.zip(run.settles_through());
            first.is_some_and(|(a, b)| self.due.is_some_and(|due| a <= due && due <= b))
        };
        let run = self.records.iter().find(settles).or(self.records.last());
        let findings = self.findings.iter().filter(|it| it.weight().is_some());
        run.map(Because::Run)
            .or_else(|| findings.min_by_key(|it| it.weight()).map(Because::Finding))
    }

    /// The same of one run. What is said of a manual run is about its own start: no due time, and
    /// nothing around one, concerns it.
    #[must_use]
    pub fn of_run(mut self, run: RunRecord) -> Explanation {
        if run.scheduled_at.is_none() {
            let is_reason = |it| matches!(it, Because::Run(reason) if reason.id == run.id);
            if !self.because().is_some_and(is_reason) {
                self.last_line = None;
            }
            self.due = None;
            self.at = run.begun();
            self.findings.clear();
            // As the history has it, where it is among the records.
            let known = self.records.into_iter().find(|known| known.id == run.id);
            self.records = vec![known.unwrap_or(run)];
        }
        self
    }

    /// Quotes what the run wrote last which is the reason, where it did not succeed; `output` is
    /// the end of what a run wrote.
    pub fn quote(&mut self, output: impl FnOnce(RunId) -> Vec<u8>) {
        let run = match self.because() {
            Some(Because::Run(run)) => run,
            _ => return,
        };
        if run.started_at.is_some() && run.status != Status::Success {
            self.last_line = last_line(&output(run.id));
        }
    }

    /// What to type next, where there is something.
    pub fn try_next(&self) -> Option<String> {
        let id = &self.job_id;
        match self.because()? {
            Because::Run(run) => Some(after_run(run)),
            Because::Finding(Finding::Paused { .. }) => Some(format!("jobsd resume {id}")),
            Because::Finding(Finding::Renamed { to, .. }) => Some(format!("jobsd why {to}")),
            Because::Finding(Finding::NoRecord { cause, .. }) => after_no_record(cause, id),
            Because::Finding(Finding::Unknown { cause: Some(cause) }) => after_no_record(cause, id),
            Because::Finding(Finding::Unknown { cause: None } | Finding::Removed { .. }) => {
                Some("jobsd list".to_owned())
            }
            Because::Finding(Finding::Stopped { .. }) => Some("jobsd serve".to_owned()),
            Because::Finding(_) => None,
        }
    }
}

impl Because<'_> {
    /// The code for programs: that of a record is its reason, else its status.
    pub fn code(self) -> &'static str {
        match self {
            Because::Run(run) => run.reason.map_or(run.status.as_str(), Reason::as_str),
            Because::Finding(Finding::NoRecord { cause, .. }) => cause.code(),
            Because::Finding(Finding::Unknown { cause: Some(cause) }) => cause.code(),
            Because::Finding(finding) => finding.code(),
        }
    }
}

fn after_run(run: &RunRecord) -> String {
    let id = &run.job_id;
    match run.reason {
        Some(Reason::StartFailed) => "jobsd validate".to_owned(),
        Some(Reason::Budget) => format!("jobsd status {id}"),
        _ if run.status == Status::Missed => format!("jobsd run {id}"),
        _ if run.started_at.is_some() => format!("jobsd logs {}", run.id.short()),
        _ => format!("jobsd history {id}"),
    }
}

fn after_no_record(cause: &NoRecord, id: &JobId) -> Option<String> {
    Some(match cause {
        NoRecord::Disabled(_) => return None,
        NoRecord::NotYet(_)
        | NoRecord::BeforeHistory(_)
        | NoRecord::NotKept(_)
        | NoRecord::NotDue(_)
        | NoRecord::NotDueYet => format!("jobsd next {id}"),
        NoRecord::Paused(_) => format!("jobsd status {id}"),
        NoRecord::Undeclared => "jobsd list".to_owned(),
        NoRecord::NoDaemon => "jobsd serve".to_owned(),
        NoRecord::Deciding => format!("jobsd why {id}"),
        NoRecord::Unknown => "jobsd fsck".to_owned(),
    })
}
