//! Text of job files to jobs: every finding of every file in one pass (A9). Reads no files.

pub mod allow;
pub mod bot_words;
pub mod bots;
pub mod calendar;
pub mod check;
pub mod compile;
pub mod config;
pub mod crontab;
pub mod draft;
pub mod edit;
pub mod export;
pub mod field;
pub mod file;
pub mod flow;
pub mod foreign;
pub mod forms;
pub mod layout;
pub mod lint;
pub mod loader;
pub mod meaning;
pub mod merge;
pub mod program_name;
pub mod reader;
pub mod scalar;
pub mod schema;
pub mod timer;
pub mod to_crontab;
pub mod to_timer;
pub mod traps;
pub mod tree;
pub mod unit;
pub mod violation;
pub mod write;
pub mod zone;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::model::definition::Definition;
use crate::model::diagnostic::{Diagnostic, Related, Severity, Span};
use crate::model::job::{Job, JobId};
use crate::spec::allow::Allows;
use crate::spec::config::{ConfigSpec, Settings};
use crate::spec::lint::TimeOfDay;
use crate::spec::loader::{KeyPlace, Loader};
use crate::spec::tree::{Fault, Kind, Node};
use crate::text::{Text, Words, cut, findings, secret, visible};

/// Errors of one file that are listed, and as many warnings.
const FINDINGS_MAX: usize = 100;
/// Longest key path that a finding names.
const KEY_CHARS_MAX: usize = 200;

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

/// What can be told of a program only by looking at the machine; given by whoever may look.
pub type Probe<'a> = &'a dyn Fn(&str) -> Option<Words>;

/// What one file says by itself; kept, so that a file that did not change is not read again.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The id that its name gives; `None` when the name is none.
    pub id: Option<JobId>,
    /// Its job, when it is good (and was to be kept).
    pub job: Option<Arc<Job>>,
    /// Its findings.
    pub findings: Vec<Diagnostic>,
    /// The one time of day of a job that was not to be kept; else the job itself says it.
    time: Option<Box<TimeOfDay>>,
    /// Where its schedule stands.
    schedule_at: KeyPlace,
    /// The warnings that it allows.
    allows: Option<Box<Allows>>,
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
        let found = each_key(root, &root.to_json(), parsed.has_repeats, judge_config);
        errors = complete(errors, found);
    }
    let config = parsed.root.as_ref().filter(|_| errors.is_empty());
    let config = config.and_then(|root| serde_json::from_value(root.to_json()).ok());
    if config.is_none() && errors.is_empty() {
        errors.push(whole_file(findings::our_fault()));
    }
    let place = |fault| diagnostic(&file.path, fault, Severity::Error);
    (config, errors.into_iter().map(place).collect())
}

fn judge_config(root: &Node, json: &Value) -> Vec<Fault> {
    let mut errors = schema::CONFIG.check(root, json);
    if matches!(root.kind, Kind::Map(_)) {
        let more = check::check_config(root, &errors);
        join(&mut errors, more);
    }
    errors
}

/// The findings of a tree; where a key stands twice, those of both its values.
fn each_key(
    root: &Node,
    json: &Value,
    has_repeats: bool,
    judge: fn(&Node, &Value) -> Vec<Fault>,
) -> Vec<Fault> {
    let mut found = judge(root, json);
    if has_repeats {
        let last = root.with_last_keys();
        found.extend(judge(&last, &last.to_json()));
    }
    found
}

/// The faults of a text and those of its tree: each once, in order of place, as many as anybody reads.
fn complete(text: Vec<Fault>, tree: Vec<Fault>) -> Vec<Fault> {
    // What is wrong with the text of a value is said: that its reading is wrong too is no news.
    let is_said = |fault: &Fault| {
        text.iter().any(|said| {
            let is_of_key = ["duplicate-key", "many-documents"].contains(&said.words.code);
            !is_of_key && (said.span.line, said.span.column) == (fault.span.line, fault.span.column)
        })
    };
    let tree: Vec<Fault> = tree.into_iter().filter(|fault| !is_said(fault)).collect();
    let mut errors = text;
    errors.extend(tree);
    drop_plain(&mut errors);
    errors.sort_by(|a, b| order(a).cmp(&order(b)));
    errors.dedup_by(|a, b| order(a) == order(b));
    if errors.len() > FINDINGS_MAX {
        errors.truncate(FINDINGS_MAX);
        errors.push(whole_file(findings::too_many_errors(FINDINGS_MAX)));
    }
    errors
}

fn order(fault: &Fault) -> (Span, &str, &str) {
    (fault.span, fault.words.code, &fault.key)
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
    compile::compile(id, file, definition.value(), settings)
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
        let path = file.path.as_str();
        let parsed = tree::parse(&file.bytes);
        let allows = Allows::of(&parsed.comments);
        let mut reading = Reading {
            id: id_of(path),
            allows: (!allows.is_empty()).then(|| Box::new(allows)),
            ..Reading::default()
        };
        let mut text = parsed.faults;
        if reading.id.is_none() {
            text.push(whole_file(findings::bad_id(&stem(path))));
        }
        let Some(root) = &parsed.root else {
            reading.report_all(path, complete(text, Vec::new()), Severity::Error);
            return reading;
        };
        let json = root.to_json();
        let mut found = each_key(root, &json, parsed.has_repeats, judge);
        let id = reading.id.clone();
        let job = id.filter(|_| text.is_empty() && found.is_empty());
        let job = job.and_then(|id| {
            let compile = if self.keeps_jobs {
                compile::compile
            } else {
                compile::outline
            };
            compile(id, path, json, self.settings)
        });
        if job.is_none() && matches!(root.kind, Kind::Map(_)) {
            let refusals = |root: &Node, _: &Value| check::refusals(root);
            let none = Value::Null;
            found.extend(each_key(root, &none, parsed.has_repeats, refusals));
        }
        let mut errors = complete(text, found);
        if job.is_none() && errors.is_empty() {
            errors.push(whole_file(findings::our_fault()));
        }
        reading.report_all(path, errors, Severity::Error);
        self.warn(root, job.as_ref(), path, &mut reading);
        if let Some(job) = job {
            self.keep(root, job, &mut reading);
        }
        reading
    }

    /// Looks at a file for what is probably not meant, also where something is wrong.
    fn warn(&self, root: &Node, job: Option<&Job>, path: &str, reading: &mut Reading) {
        if !matches!(root.kind, Kind::Map(_)) {
            return;
        }
        let lenient = match job {
            Some(_) => None,
            None => check::lenient_schedule(root, self.settings),
        };
        let schedule = match job {
            Some(job) => Some((&job.schedule, &*job.timezone)),
            None => lenient.as_ref().map(|(rule, zone)| (rule, zone.as_str())),
        };
        let mut warnings = lint::warnings(root, schedule, self.settings);
        if let Some(program) = lint::program(root)
            && let Some(words) = (self.probe)(program)
        {
            let (key, span) = lint::place(root, &["bot_config", "command"]);
            warnings.push(Fault {
                key,
                ..Fault::new(span, words)
            });
        }
        reading.report_all(path, warnings, Severity::Warning);
        if let Some((_, zone)) = schedule {
            reading.report_all(path, lint::notes(root, zone), Severity::Note);
        }
    }

    /// Keeps what the whole needs of a good job.
    fn keep(&self, root: &Node, job: Job, reading: &mut Reading) {
        let notes = lint::bot_sources(root, &job);
        reading.report_all(&job.file, notes, Severity::Note);
        reading.schedule_at = KeyPlace::of(lint::place(root, &["schedule_config"]).1);
        if self.keeps_jobs {
            reading.job = Some(Arc::new(job));
        } else {
            reading.time = lint::time_of_day(&job).map(Box::new);
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

    fn report_all(&mut self, path: &str, faults: Vec<Fault>, severity: Severity) {
        for fault in readable(faults, severity) {
            self.report(path, fault, severity);
        }
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

/// As many findings of one kind as anybody reads.
fn readable(mut faults: Vec<Fault>, severity: Severity) -> Vec<Fault> {
    // The errors hold the one that says so already.
    if severity != Severity::Error && faults.len() > FINDINGS_MAX {
        faults.truncate(FINDINGS_MAX);
        if severity == Severity::Warning {
            faults.push(whole_file(findings::too_many_warnings(FINDINGS_MAX)));
        }
    }
    faults
}

/// Where a check has said more of a text than its pattern can, the pattern's finding goes.
fn drop_plain(errors: &mut Vec<Fault>) {
    let told: Vec<String> = errors
        .iter()
        .filter(|fault| ["cron", "day", "timezone", "anchor", "listen"].contains(&fault.words.code))
        .map(|fault| fault.key.clone())
        .collect();
    let is_plain = |fault: &Fault| ["pattern", "length"].contains(&fault.words.code);
    errors.retain(|fault| !is_plain(fault) || !told.contains(&fault.key));
    // Schema and check may say the same of a text.
    let mut said = BTreeSet::new();
    errors.retain(|fault| {
        let Words { code, message, .. } = &fault.words;
        said.insert((fault.span, *code, message.en.clone()))
    });
}

/// Every finding about the tree of a job.
fn judge(root: &Node, json: &Value) -> Vec<Fault> {
    let mut errors = schema::JOB.check(root, json);
    if matches!(root.kind, Kind::Map(_)) {
        let more = check::check(root, &errors);
        join(&mut errors, more);
    }
    errors
}

/// Adds the findings of the checks; where one says more of a text than its pattern or length, that one stays.
fn join(errors: &mut Vec<Fault>, more: Vec<Fault>) {
    let is_told = |plain: &Fault| match (plain.words.code, plain.key.strip_suffix("[0]")) {
        ("length", Some(list)) => more.iter().any(|fault| fault.key == list),
        ("pattern", None) => more
            .iter()
            .any(|fault| fault.key == plain.key && fault.span == plain.span),
        _ => false,
    };
    errors.retain(|fault| !is_told(fault));
    errors.extend(more);
}

fn stem(path: &str) -> String {
    let stem = Path::new(path).file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

fn id_of(path: &str) -> Option<JobId> {
    JobId::new(Path::new(path).file_stem()?.to_str()?)
}

/// A finding about a file. Below a name that promises a secret, names are values: nothing of them is shown, whatever the
/// finding is; and what has the form of a secret is covered wherever it stands.
fn diagnostic(path: &str, mut fault: Fault, severity: Severity) -> Diagnostic {
    if let Some(shown) = secret::shown_part(&fault.key) {
        fault.words = findings::below_secret(fault.words.code, shown);
        fault.key = format!("{shown}.…");
    }
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
        key: visible(&cut(&secret::forms_covered(&fault.key), KEY_CHARS_MAX)),
        message: message.made_visible().without_secrets(),
        help: help.made_visible().without_secrets(),
        related: related.into_iter().collect(),
    }
}

fn whole_file(words: Words) -> Fault {
    Fault::new(Span::START, words)
}
