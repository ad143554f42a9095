//! Text of job files to jobs: every finding of every file in one pass (A9). Reads no files.

pub mod allow;
pub mod check;
pub mod config;
pub mod edit;
pub mod file;
pub mod lint;
pub mod schema;
pub mod tree;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::model::diagnostic::{Diagnostic, Related, Severity, Span};
use crate::model::job::{Job, JobId};
use crate::spec::allow::Allows;
use crate::spec::config::{ConfigSpec, Settings};
use crate::spec::tree::Fault;
use crate::text::{Text, Words, findings, visible};

/// Errors of one file that are listed.
const FINDINGS_MAX: usize = 100;

/// A file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// As the user names it: `jobs.d/a.yaml`.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What a set of files gives.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The jobs of the good files.
    pub jobs: BTreeMap<JobId, Arc<Job>>,
    /// Every finding of every file, in order of path and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// What can be told of a job only by looking at the machine; given by whoever may look.
pub type Probe<'a> = &'a dyn Fn(&Job) -> Option<Words>;

/// Reads job files one by one and keeps what the whole needs.
pub struct Loader<'a> {
    probe: Probe<'a>,
    keeps_jobs: bool,
    settings: Settings,
    loaded: Loaded,
    ids: BTreeMap<JobId, Vec<String>>,
    /// Files by the one time of day of their job, with the place of the schedule.
    times: BTreeMap<(String, u32, u32), Vec<(String, Span)>>,
    allows: BTreeMap<String, Allows>,
}

/// Reads job files. An id that two files claim is taken by neither.
pub fn load(files: &[SourceFile], settings: &Settings) -> Loaded {
    let mut loader = Loader::new(&|_| None, true, settings.clone());
    for file in files {
        loader.take(file);
    }
    loader.finish()
}

/// Reads `jobsd.yaml`; `None` when it has errors. An empty file is one without settings.
pub fn load_config(file: &SourceFile) -> (Option<ConfigSpec>, Vec<Diagnostic>) {
    let parsed = tree::parse(&file.bytes);
    let is_empty = parsed
        .faults
        .iter()
        .all(|fault| fault.words.code == "empty");
    if parsed.root.is_none() && is_empty {
        return (Some(ConfigSpec::default()), Vec::new());
    }
    let mut errors = parsed.faults;
    if let Some(root) = &parsed.root {
        errors.extend(schema::CONFIG.check(root, &root.to_json()));
        errors.extend(check::check_config(root));
    }
    let config = parsed.root.filter(|_| errors.is_empty());
    let config = config.and_then(|root| serde_json::from_value(root.to_json()).ok());
    if config.is_none() && errors.is_empty() {
        errors.push(whole_file(findings::our_fault()));
    }
    let place = |fault| diagnostic(&file.path, fault, Severity::Error);
    let mut findings: Vec<Diagnostic> = errors.into_iter().map(place).collect();
    if let Some(config) = &config {
        let unapplied = ConfigSpec::unapplied(config).into_iter();
        let warn = |key: &str| Fault {
            key: key.to_owned(),
            ..whole_file(crate::text::findings::unapplied(key))
        };
        findings.extend(unapplied.map(|key| diagnostic(&file.path, warn(key), Severity::Warning)));
    }
    (config, findings)
}

/// Makes a job again of the effective definition that the journal kept.
pub fn restore(
    id: JobId,
    file: &str,
    definition: &serde_json::Value,
    settings: &Settings,
) -> Option<Job> {
    check::compile(id, file, definition.clone(), settings)
}

impl<'a> Loader<'a> {
    /// A loader; without `keeps_jobs` it gives findings alone and forgets each job at once.
    pub fn new(probe: Probe<'a>, keeps_jobs: bool, settings: Settings) -> Loader<'a> {
        Loader {
            probe,
            keeps_jobs,
            settings,
            loaded: Loaded::default(),
            ids: BTreeMap::new(),
            times: BTreeMap::new(),
            allows: BTreeMap::new(),
        }
    }

    /// Reads a file.
    pub fn take(&mut self, file: &SourceFile) {
        let Some(id) = id_of(&file.path) else {
            let stem = Path::new(&file.path)
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy();
            let words = findings::bad_id(&stem);
            return self.report(&file.path, whole_file(words), Severity::Error);
        };
        self.ids
            .entry(id.clone())
            .or_default()
            .push(file.path.clone());
        let parsed = tree::parse(&file.bytes);
        let allows = Allows::of(&parsed.comments);
        if !allows.is_empty() {
            self.allows.insert(file.path.clone(), allows);
        }
        let mut errors = parsed.faults;
        if let Some(root) = &parsed.root {
            let json = root.to_json();
            errors.extend(schema::JOB.check(root, &json));
            if matches!(root.kind, tree::Kind::Map(_)) {
                errors.extend(check::check(root));
            }
            let mut job = None;
            if errors.is_empty() {
                let compile = if self.keeps_jobs {
                    check::compile
                } else {
                    check::outline
                };
                job = compile(id, &file.path, json, &self.settings);
            }
            let is_good = job.is_some();
            match job {
                Some(job) => self.keep(root, job),
                None if matches!(root.kind, tree::Kind::Map(_)) => {
                    errors.extend(check::refusals(root))
                }
                None => {}
            }
            drop_plain(&mut errors);
            if errors.is_empty() && !is_good {
                errors.push(whole_file(findings::our_fault()));
            }
        }
        if errors.len() > FINDINGS_MAX {
            errors.truncate(FINDINGS_MAX);
            errors.push(whole_file(findings::too_many_errors(FINDINGS_MAX)));
        }
        for error in errors {
            self.report(&file.path, error, Severity::Error);
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
            for fault in allows.leftovers() {
                self.report(&path, fault, Severity::Warning);
            }
        }
        self.loaded.diagnostics.sort();
        self.loaded
    }

    /// Looks at a good job for what is probably not meant.
    fn keep(&mut self, root: &tree::Node, job: Job) {
        let path = job.file.clone();
        for warning in lint::warnings(root, &job) {
            self.report(&path, warning, Severity::Warning);
        }
        for note in lint::notes(root, &job) {
            self.report(&path, note, Severity::Note);
        }
        if let Some(words) = (self.probe)(&job) {
            let (key, span) = lint::place(root, &["bot_config", "command"]);
            self.report(
                &path,
                Fault {
                    span,
                    key,
                    words,
                    related: None,
                },
                Severity::Warning,
            );
        }
        if let Some(time) = lint::time_of_day(&job) {
            let (_, span) = lint::place(root, &["schedule_config"]);
            self.times.entry(time).or_default().push((path, span));
        }
        if self.keeps_jobs {
            self.loaded.jobs.insert(job.id.clone(), Arc::new(job));
        }
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

/// Where a check has said more of a text than its pattern can, the pattern's finding goes.
fn drop_plain(errors: &mut Vec<Fault>) {
    let told: Vec<String> = errors
        .iter()
        .filter(|fault| ["cron", "day"].contains(&fault.words.code))
        .map(|fault| fault.key.clone())
        .collect();
    let is_plain = |fault: &Fault| ["pattern", "length"].contains(&fault.words.code);
    errors.retain(|fault| !is_plain(fault) || !told.contains(&fault.key));
}

fn id_of(path: &str) -> Option<JobId> {
    JobId::new(Path::new(path).file_stem()?.to_str()?)
}

fn diagnostic(path: &str, fault: Fault, severity: Severity) -> Diagnostic {
    let related = fault.related.map(|span| Related {
        path: path.to_owned(),
        span,
        message: Text::new("it stands first here", "elle figure d’abord ici"),
    });
    let Words {
        code,
        message,
        help,
    } = fault.words;
    Diagnostic {
        path: path.to_owned(),
        span: fault.span,
        severity,
        code,
        key: visible(&fault.key),
        message: message.made_visible(),
        help: help.made_visible(),
        related: related.into_iter().collect(),
    }
}

fn whole_file(words: Words) -> Fault {
    Fault {
        span: Span::START,
        key: String::new(),
        words,
        related: None,
    }
}
