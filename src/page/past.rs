//! What pages read of the past and of files. The shell reads the disk for them; a test answers from
//! memory.

use std::fmt::Debug;
use std::io;
use std::sync::Arc;

use crate::form::need::What;
use crate::model::event::Adopted;
use crate::model::job::JobId;
use crate::model::run::{RunRecord, Status};
use crate::model::run_id::RunId;
use crate::spec::types::config::Settings;
use crate::text::Text;
use crate::time::Timestamp;
use crate::view::outcomes::{Outcomes, OutcomesByJob, ZoneOf};

/// Finished runs that [`Past::recent`] answers: as many as a card draws.
pub const RECENT_MAX: usize = 30;

/// The history and the files, as pages read them.
pub trait Past: Debug + Send + Sync {
    /// Records that match, newest first, `limit` at most. `from` is what an earlier answer gave as
    /// [`Records::next`]; any other text is as if it were not there.
    ///
    /// # Errors
    /// Those of the file system.
    fn page(&self, wanted: &Wanted, from: Option<&str>, limit: usize) -> io::Result<Records>;

    /// One run; `None` where the history has none of this id.
    ///
    /// # Errors
    /// Those of the file system.
    fn run(&self, id: RunId) -> io::Result<Option<RunRecord>>;

    /// The only run whose id begins so; `None` where there is none, or several.
    ///
    /// # Errors
    /// Those of the file system.
    fn seek(&self, text: &str) -> io::Result<Option<RunRecord>>;

    /// The last finished runs of a job, newest first, [`RECENT_MAX`] at most; `finals` is how many
    /// had become final, so that an answer can be kept until there are more.
    fn recent(&self, id: &JobId, finals: u64) -> Arc<[RunRecord]>;

    /// How runs of the last twenty-four hours ended, an hour each, oldest first.
    ///
    /// # Errors
    /// Those of the file system.
    fn hours(&self, now: Timestamp, zone: ZoneOf) -> io::Result<Vec<Outcomes>>;

    /// How all runs from `since` to `now` ended.
    ///
    /// # Errors
    /// Those of the file system.
    fn since(&self, since: Timestamp, now: Timestamp, zone: ZoneOf) -> io::Result<Outcomes>;

    /// How the runs of these jobs ended, day by day, `count` days up to `now`.
    ///
    /// # Errors
    /// Those of the file system.
    fn days(
        &self,
        now: Timestamp,
        count: usize,
        ids: &[JobId],
        zone: ZoneOf,
    ) -> io::Result<OutcomesByJob>;

    /// The bytes of a job file as it is now; `None` where it cannot be read.
    fn file(&self, path: &str) -> Option<Vec<u8>>;

    /// The end of what a run wrote: at most so many bytes of each of its files.
    fn output(&self, id: RunId, bytes_max: u64) -> OutputEnd;

    /// The definition of a job that was in force at an instant; `None` where it is not kept.
    fn adopted(&self, id: &JobId, at: Timestamp) -> Option<Arc<Adopted>>;

    /// The runs of the same job that stand just before and after a run.
    ///
    /// # Errors
    /// Those of the file system.
    fn neighbours(&self, run: &RunRecord) -> io::Result<Neighbours>;

    /// The settings of `jobsd.yaml` as it is now; the defaults where it cannot be read.
    fn settings(&self) -> Settings;

    /// Whether something is there that runs would need. Paths out of the folder of the settings are
    /// looked at only for somebody who `may` know what is on the machine.
    fn find(&self, what: &What, may: bool) -> Found;
}

/// Whether something is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is.
    There,
    /// It is not, or not as it should be: what a run would say.
    Lacking(Text),
    /// It was not looked at.
    Unseen,
}

/// Which records are wanted; what is `None` is not asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// Of this job.
    pub job_id: Option<JobId>,
    /// With this status.
    pub status: Option<Status>,
    /// From this instant on.
    pub since: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}

impl Wanted {
    /// All records of a job.
    pub fn of_job(id: &JobId) -> Wanted {
        Wanted {
            job_id: Some(id.clone()),
            ..Wanted::default()
        }
    }
}

/// Some records, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Records {
    /// The records.
    pub records: Vec<RunRecord>,
    /// Whether they are the newest: no page was named, or none that there is.
    pub is_newest: bool,
    /// Where the next page begins; `None` when there are no more.
    pub next: Option<String>,
}

impl Records {
    /// No records.
    pub fn none(is_newest: bool) -> Records {
        Records {
            records: Vec::new(),
            is_newest,
            next: None,
        }
    }
}

/// The records around one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Neighbours {
    /// The one before.
    pub older: Option<RunRecord>,
    /// The one after.
    pub newer: Option<RunRecord>,
}

/// The end of a run's output files, joined in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutputEnd {
    /// Its lines, as they are kept.
    pub bytes: Vec<u8>,
    /// Bytes before them that were not read.
    pub skipped: u64,
}
