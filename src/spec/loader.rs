//! `Loader`: readings put together, and what only the whole can tell: an id that two files claim, a crowd at one minute,
//! allowances that nothing needed.

use std::collections::BTreeMap;

use super::{Loaded, Reading, diagnostic, readable, whole_file};
use crate::model::diagnostic::{Related, Severity, Span};
use crate::model::job::JobId;
use crate::spec::allow::Allows;
use crate::spec::lint::{self, TimeOfDay};
use crate::spec::tree::Fault;
use crate::text::{Text, findings};

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
            let words = findings::duplicate_id(id.as_str(), &list);
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

/// Where a key stands, in a third of a span's room: there are ten thousand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KeyPlace {
    line: u32,
    column: u32,
    width: u32,
}

impl KeyPlace {
    pub(super) fn of(span: Span) -> KeyPlace {
        let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        KeyPlace {
            line: small(span.line),
            column: small(span.column),
            width: small(span.end_column.saturating_sub(span.column)),
        }
    }

    fn span(self) -> Span {
        let (line, column) = (self.line as usize, self.column as usize);
        Span {
            line,
            column,
            end_line: line,
            end_column: column + self.width as usize,
        }
    }
}
