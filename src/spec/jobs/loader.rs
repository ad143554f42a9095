//! `Loader`: readings put together, and what only the whole can tell: an id that two files claim, a
//! crowd at one minute, allowances that nothing needed.

use std::collections::BTreeMap;

use crate::model::diagnostic::{Diagnostic, Related, Severity, Span};
use crate::model::job::{Job, JobId};
use crate::spec::SourceFile;
use crate::spec::jobs::findings::{diagnostic, readable, whole_file};
use crate::spec::jobs::read::{Reader, Reading};
use crate::spec::rules::allow::Allows;
use crate::spec::rules::lint::{self, TimeOfDay};
use crate::spec::types::config::Settings;
use crate::spec::yaml::tree::Fault;
use crate::text::{Text, findings};
use std::sync::Arc;

/// What a set of files gives.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The jobs of the good files.
    pub jobs: BTreeMap<JobId, Arc<Job>>,
    /// Every finding of every file, in order of path and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads job files. An id that two files claim is taken by neither.
pub fn load(files: &[SourceFile], settings: &Settings) -> Loaded {
    let reader = Reader {
        probe: &|_| None,
        keeps_jobs: true,
        settings,
    };
    let mut loader = Loader::default();
    for file in files {
        loader.take(&file.path, reader.read(file));
    }
    loader.finish()
}

/// Puts readings together and finds what only the whole can tell.
#[derive(Default)]
pub struct Loader {
    loaded: Loaded,
    ids: BTreeMap<JobId, Vec<String>>,
    /// Files by the one time of day of their job, with the place of the schedule.
    times: BTreeMap<TimeOfDay, Vec<(String, Span)>>,
    allows: BTreeMap<String, Allows>,
}

impl Loader {
    /// Takes a reading in.
    pub fn take(&mut self, path: &str, reading: Reading) {
        let Reading {
            id,
            job,
            findings,
            time,
            schedule_at,
            allows,
        } = reading;
        let time = time.map(|time| *time);
        let time = time.or_else(|| lint::time_of_day(job.as_deref()?));
        if let Some(id) = id {
            self.ids.entry(id).or_default().push(path.to_owned());
        }
        if let Some(job) = job {
            self.loaded.jobs.insert(job.id.clone(), job);
        }
        self.loaded.diagnostics.extend(findings);
        if let Some(time) = time {
            let places = self.times.entry(time).or_default();
            places.push((path.to_owned(), schedule_at.span()));
        }
        if let Some(allows) = allows {
            self.allows.insert(path.to_owned(), *allows);
        }
    }

    /// What only the whole can tell, and all findings in order.
    pub fn finish(mut self) -> Loaded {
        for (id, paths) in std::mem::take(&mut self.ids) {
            if paths.len() > 1 {
                self.loaded.jobs.remove(&id);
                self.report_duplicates(&id, &paths);
            }
        }
        for (time, places) in std::mem::take(&mut self.times) {
            if let (Some(words), Some((path, span))) =
                (lint::crowd(&time, places.len()), places.first())
            {
                let key = "schedule_config".to_owned();
                let fault = Fault {
                    span: *span,
                    key,
                    words,
                    related: None,
                };
                self.report(path, fault, Severity::Warning);
            }
        }
        for (path, allows) in std::mem::take(&mut self.allows) {
            for fault in readable(allows.leftovers(), Severity::Warning) {
                self.report(&path, fault, Severity::Warning);
            }
        }
        self.loaded.diagnostics.sort();
        self.loaded
    }

    /// Files a finding, unless it is a warning that the file allows.
    fn report(&mut self, path: &str, fault: Fault, severity: Severity) {
        if severity != Severity::Error
            && let Some(allows) = self.allows.get_mut(path)
            && allows.silence(fault.words.code)
        {
            return;
        }
        self.loaded
            .diagnostics
            .push(diagnostic(path, fault, severity));
    }

    fn report_duplicates(&mut self, id: &JobId, paths: &[String]) {
        for path in paths {
            let others: Vec<&String> = paths.iter().filter(|other| *other != path).collect();
            let list = others
                .iter()
                .map(|other| other.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            let words = findings::files::duplicate_id(id.as_str(), &list);
            let mut found = diagnostic(path, whole_file(words), Severity::Error);
            let related = |other: &&String| Related {
                path: (*other).clone(),
                span: Span::START,
                message: Text::new("the same id", "le même id"),
            };
            found.related = others.iter().map(related).collect();
            self.loaded.diagnostics.push(found);
        }
    }
}
