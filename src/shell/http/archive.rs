//! The past as pages read it: the history and the files on disk, and what is kept of them between
//! answers.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::form::need::What;
use crate::model::event::{Adopted, Event};
use crate::model::job::JobId;
use crate::model::run::RunRecord;
use crate::model::run_id::RunId;
use crate::page::past::{Found, Neighbours, OutputEnd, Past, RECENT_MAX, Records, Wanted};
use crate::shell::disk::{self, Trust};
use crate::shell::http::seek;
use crate::shell::journal::outcomes::EndedRuns;
use crate::shell::journal::past::look_back;
use crate::shell::journal::query::filter::Filter;
use crate::shell::journal::query::sought::Sought;
use crate::shell::journal::query::{Cursor, History};
use crate::shell::process::output_end;
use crate::shell::settings::{self, Layout};
use crate::spec::types::config::Settings;
use crate::time::Timestamp;
use crate::view::outcomes::{Outcomes, OutcomesByJob, ZoneOf};

/// Jobs whose last runs are kept.
const JOBS_MAX: usize = 4_096;

/// The history and the files below it.
#[derive(Debug)]
pub struct Archive {
    state_dir: PathBuf,
    /// The daemon's own settings, read again where a page needs them.
    config_file: PathBuf,
    /// The folder of job files.
    jobs: PathBuf,
    /// The folder that relative paths of job files start from.
    base: PathBuf,
    history: Arc<History>,
    ended: EndedRuns,
    recent: Mutex<HashMap<JobId, Recent>>,
}

/// Finished runs, and how many had become final when they were read.
type Recent = (u64, Arc<[RunRecord]>);

impl Archive {
    /// Of a state directory. Nothing is read yet.
    pub fn new(state_dir: PathBuf, layout: &Layout, history: Arc<History>) -> Archive {
        Archive {
            state_dir,
            config_file: layout.config_file.clone(),
            jobs: layout.jobs.clone(),
            base: layout.base.clone(),
            history,
            ended: EndedRuns::default(),
            recent: Mutex::default(),
        }
    }
}

impl Past for Archive {
    fn page(&self, wanted: &Wanted, from: Option<&str>, limit: usize) -> io::Result<Records> {
        let filter = Filter {
            job_id: wanted.job_id.clone(),
            status: wanted.status,
            since: wanted.since,
            until: wanted.until,
            ..Filter::default()
        };
        let cursor = from.and_then(Cursor::parse);
        let page = self.history.page(&filter, cursor, limit)?;
        Ok(Records {
            records: page.records,
            is_newest: cursor.is_none(),
            next: page.next.map(|next| next.to_string()),
        })
    }

    fn run(&self, id: RunId) -> io::Result<Option<RunRecord>> {
        self.history.run(id)
    }

    fn seek(&self, text: &str) -> io::Result<Option<RunRecord>> {
        Ok(match self.history.seek(text)? {
            Sought::Run(run) => Some(*run),
            Sought::Nothing | Sought::Several(_) => None,
        })
    }

    fn recent(&self, id: &JobId, finals: u64) -> Arc<[RunRecord]> {
        let lock = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, runs)) = lock().get(id)
            && *known == finals
        {
            return runs.clone();
        }
        // An unreadable history is said by the daemon's health; nothing is remembered of it.
        let Ok(page) = self.page(&Wanted::of_job(id), None, RECENT_MAX + 8) else {
            return Arc::from([]);
        };
        let finished = page.records.into_iter().filter(RunRecord::is_final);
        let runs: Arc<[RunRecord]> = finished.take(RECENT_MAX).collect();
        let mut recent = lock();
        if recent.len() >= JOBS_MAX {
            recent.clear();
        }
        recent.insert(id.clone(), (finals, runs.clone()));
        runs
    }

    fn hours(&self, now: Timestamp, zone: ZoneOf) -> io::Result<Vec<Outcomes>> {
        self.ended.hours(&self.state_dir, now, zone)
    }

    fn since(&self, since: Timestamp, now: Timestamp, zone: ZoneOf) -> io::Result<Outcomes> {
        self.ended.since(&self.state_dir, since, now, zone)
    }

    fn days(
        &self,
        now: Timestamp,
        count: usize,
        ids: &[JobId],
        zone: ZoneOf,
    ) -> io::Result<OutcomesByJob> {
        self.ended.days(&self.state_dir, now, count, ids, zone)
    }

    fn file(&self, path: &str) -> Option<Vec<u8>> {
        let path = Path::new(path);
        // What a link leads to elsewhere may serve, but is not shown: a file of root's, for one.
        let folder = match path == self.config_file {
            true => self.config_file.parent(),
            false => Some(self.jobs.as_path()),
        };
        let real = disk::real_folder(folder.unwrap_or(Path::new("")))?;
        let is_inside = path
            .canonicalize()
            .is_ok_and(|target| target.starts_with(real));
        let file = is_inside.then(|| disk::read_one(path).ok())??;
        Some(file.bytes)
    }

    fn output(&self, id: RunId, bytes_max: u64) -> OutputEnd {
        output_end::end(&self.state_dir, id, bytes_max)
    }

    fn adopted(&self, id: &JobId, at: Timestamp) -> Option<Arc<Adopted>> {
        let mut known = None;
        let seen = look_back(&self.state_dir, id, at, |event| match event {
            Event::Adopt(adopted) if adopted.job_id == *id && adopted.at <= at => {
                known = Some(adopted);
            }
            Event::State(mut state) => {
                known = state.jobs.remove(id).and_then(|job| job.adopted);
            }
            _ => {}
        });
        // An unreadable history is said by the daemon's health.
        seen.ok()?;
        known.filter(|adopted| adopted.definition.is_some())
    }

    fn neighbours(&self, run: &RunRecord) -> io::Result<Neighbours> {
        let filter = Filter {
            job_id: Some(run.job_id.clone()),
            ..Filter::default()
        };
        let (older, newer) = self.history.around(&filter, run.id)?;
        Ok(Neighbours { older, newer })
    }

    fn settings(&self) -> Settings {
        let read = settings::read(&self.config_file, Trust::of_this_process(), None);
        read.config.unwrap_or_default().settings()
    }

    fn find(&self, what: &What, may: bool) -> Found {
        seek::find(what, &self.base, may)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn what_a_link_leads_out_to_is_not_shown() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for folder in ["jobs.d", "state", "jobs.d/..data"] {
            fs::create_dir(at(folder)).unwrap();
        }
        fs::write(at("elsewhere"), "root:*:20228").unwrap();
        fs::write(at("jobs.d/..data/own.yaml"), "name: own").unwrap();
        symlink("..data/own.yaml", at("jobs.d/own.yaml")).unwrap();
        symlink("../elsewhere", at("jobs.d/out.yaml")).unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("x"), "listen: 127.0.0.1:0").unwrap();
        symlink(outside.path().join("x"), at("jobsd.yaml")).unwrap();
        let layout = Layout {
            config_file: at("jobsd.yaml"),
            jobs: at("jobs.d"),
            ..Layout::default()
        };
        let history = Arc::new(History::new(&at("state")));
        let archive = Archive::new(at("state"), &layout, history);
        let shown = |name: &str| archive.file(&at(name).to_string_lossy());
        assert_eq!(shown("jobs.d/own.yaml").unwrap(), b"name: own");
        assert_eq!(shown("jobs.d/out.yaml"), None);
        assert_eq!(shown("jobsd.yaml"), None);
        fs::remove_file(at("jobsd.yaml")).unwrap();
        fs::write(at("jobsd.yaml"), "timezone: UTC").unwrap();
        assert!(shown("jobsd.yaml").is_some());
    }
}
