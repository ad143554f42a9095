//! Text of job files to jobs: every finding of every file in one pass (A9). Reads no files.

pub mod allow;
pub mod bot_words;
pub mod bots;
pub mod check;
pub mod config;
pub mod draft;
pub mod edit;
pub mod file;
pub mod lint;
pub mod merge;
pub mod schema;
pub mod tree;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::model::diagnostic::{Diagnostic, Related, Severity, Span};
use crate::model::job::{Definition, Job, JobId};
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

/// What one file says by itself; kept, so that a file that did not change is not read again.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The id that its name gives; `None` when the name is none.
    pub id: Option<JobId>,
    /// Its job, when it is good (and was to be kept).
    pub job: Option<Arc<Job>>,
    /// Its findings.
    pub findings: Vec<Diagnostic>,
    /// The one time of day of its job, and the place of the schedule.
    time: Option<Box<(TimeOfDay, Span)>>,
    /// The warnings that it allows.
    allows: Option<Box<Allows>>,
}

/// Zone, hour, minute.
type TimeOfDay = (String, u32, u32);

/// Puts readings together and finds what only the whole can tell.
#[derive(Default)]
pub struct Loader {
    loaded: Loaded,
    ids: BTreeMap<JobId, Vec<String>>,
    /// Files by the one time of day of their job, with the place of the schedule.
    times: BTreeMap<TimeOfDay, Vec<(String, Span)>>,
    allows: BTreeMap<String, Allows>,
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
    (config, errors.into_iter().map(place).collect())
}

/// A warning at each of these keys of `jobsd.yaml`: its new value waits for a restart.
pub fn restart_warnings(file: &SourceFile, keys: &[String]) -> Vec<Diagnostic> {
    let root = tree::parse(&file.bytes).root;
    let place = |key: &str| root.as_ref()?.get(key).map(|(found, _)| found.span);
    let warn = |key: &String| {
        let fault = Fault {
            span: place(key).unwrap_or(Span::START),
            key: key.clone(),
            ..whole_file(findings::needs_restart(key))
        };
        diagnostic(&file.path, fault, Severity::Warning)
    };
    keys.iter().map(warn).collect()
}

/// Makes a job again of the effective definition that the journal kept.
pub fn restore(id: JobId, file: &str, definition: &Definition, settings: &Settings) -> Option<Job> {
    check::compile(id, file, definition.value(), settings)
}

/// Reads job files one by one.
pub struct Reader<'a> {
    /// What the machine says of a job.
    pub probe: Probe<'a>,
    /// Without it readings hold findings alone.
    pub keeps_jobs: bool,
    /// The settings that fill in what a job leaves out.
    pub settings: &'a Settings,
}

impl Reader<'_> {
    /// Reads a file.
    pub fn read(&self, file: &SourceFile) -> Reading {
        let mut reading = Reading::default();
        let Some(id) = id_of(&file.path) else {
            let stem = Path::new(&file.path)
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy();
            let fault = whole_file(findings::bad_id(&stem));
            reading.report(&file.path, fault, Severity::Error);
            return reading;
        };
        reading.id = Some(id.clone());
        let parsed = tree::parse(&file.bytes);
        let allows = Allows::of(&parsed.comments);
        reading.allows = (!allows.is_empty()).then(|| Box::new(allows));
        let mut errors = parsed.faults;
        if let Some(root) = &parsed.root {
            let is_good = self.judge(root, id, &file.path, &mut reading, &mut errors);
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
            reading.report(&file.path, error, Severity::Error);
        }
        reading
    }

    /// Checks a tree; whether it gives a job.
    fn judge(
        &self,
        root: &tree::Node,
        id: JobId,
        path: &str,
        reading: &mut Reading,
        errors: &mut Vec<Fault>,
    ) -> bool {
        let json = root.to_json();
        errors.extend(schema::JOB.check(root, &json));
        let is_map = matches!(root.kind, tree::Kind::Map(_));
        if is_map {
            errors.extend(check::check(root));
        }
        let mut job = None;
        if errors.is_empty() {
            let compile = if self.keeps_jobs {
                check::compile
            } else {
                check::outline
            };
            job = compile(id, path, json, self.settings);
        }
        match job {
            Some(job) => {
                self.keep(root, job, reading);
                true
            }
            None => {
                if is_map {
                    errors.extend(check::refusals(root));
                }
                false
            }
        }
    }

    /// Looks at a good job for what is probably not meant.
    fn keep(&self, root: &tree::Node, job: Job, reading: &mut Reading) {
        let path = job.file.clone();
        for warning in lint::warnings(root, &job) {
            reading.report(&path, warning, Severity::Warning);
        }
        for note in lint::notes(root, &job) {
            reading.report(&path, note, Severity::Note);
        }
        if let Some(words) = (self.probe)(&job) {
            let (key, span) = lint::place(root, &["bot_config", "command"]);
            let related = None;
            let fault = Fault {
                span,
                key,
                words,
                related,
            };
            reading.report(&path, fault, Severity::Warning);
        }
        if let Some(time) = lint::time_of_day(&job) {
            let (_, span) = lint::place(root, &["schedule_config"]);
            reading.time = Some(Box::new((time, span)));
        }
        if self.keeps_jobs {
            reading.job = Some(Arc::new(job));
        }
    }
}

impl Reading {
    /// What is known of a file that cannot be read.
    pub fn refused(finding: Diagnostic) -> Reading {
        Reading {
            findings: vec![finding],
            ..Reading::default()
        }
    }

    /// Drops what is shown only on request.
    pub fn forget_notes(&mut self) {
        self.findings
            .retain(|finding| finding.severity != Severity::Note);
        self.findings.shrink_to_fit();
    }

    /// The same without a word of the file's text: a link led to it out of the jobs folder.
    pub fn concealed(mut self) -> Reading {
        self.findings.iter_mut().for_each(Reading::conceal);
        self.findings.truncate(1);
        self
    }

    /// Takes every word of the file's text out of a finding.
    pub fn conceal(finding: &mut Diagnostic) {
        (finding.message, finding.help) = findings::concealed();
        finding.key.clear();
        finding.related.clear();
    }

    /// Files a finding, unless it is a warning that the file allows.
    fn report(&mut self, path: &str, fault: Fault, severity: Severity) {
        if severity != Severity::Error
            && let Some(allows) = &mut self.allows
            && allows.silence(fault.words.code)
        {
            return;
        }
        self.findings.push(diagnostic(path, fault, severity));
    }
}

impl Loader {
    /// Takes a reading in.
    pub fn take(&mut self, path: &str, reading: Reading) {
        let Reading {
            id,
            job,
            findings,
            time,
            allows,
        } = reading;
        if let Some(id) = id {
            self.ids.entry(id).or_default().push(path.to_owned());
        }
        if let Some(job) = job {
            self.loaded.jobs.insert(job.id.clone(), job);
        }
        self.loaded.diagnostics.extend(findings);
        if let Some((time, span)) = time.map(|time| *time) {
            let places = self.times.entry(time).or_default();
            places.push((path.to_owned(), span));
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
            for fault in allows.leftovers() {
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
