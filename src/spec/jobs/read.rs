//! Text of a job file to a job: every finding in one pass (A9). Reads no files.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::model::diagnostic::{Diagnostic, Severity, Span};
use crate::model::job::{Job, JobId};
use crate::spec::SourceFile;
use crate::spec::jobs::compile::{self, Compiled};
use crate::spec::jobs::findings::{complete, diagnostic, each_key, join, readable, whole_file};
use crate::spec::rules::allow::Allows;
use crate::spec::rules::lint::{self, TimeOfDay};
use crate::spec::rules::place::place;
use crate::spec::rules::{check, schema};
use crate::spec::types::config::Settings;
use crate::spec::yaml::reader;
use crate::spec::yaml::tree::{Fault, Kind, Node};
use crate::text::{Words, findings};

/// What can be known of a program only by looking at the machine; given by those who may look.
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
    pub(super) time: Option<Box<TimeOfDay>>,
    /// Where its schedule is.
    pub(super) schedule_at: KeyPlace,
    /// The warnings that it allows.
    pub(super) allows: Option<Box<Allows>>,
}

/// Reads job files one by one.
pub struct Reader<'a> {
    /// What the machine says of a job.
    pub probe: Probe<'a>,
    /// Without it readings hold only findings.
    pub keeps_jobs: bool,
    /// The settings that fill in what a job leaves out.
    pub settings: &'a Settings,
}

impl Reader<'_> {
    /// Reads a file.
    pub fn read(&self, file: &SourceFile) -> Reading {
        let path = file.path.as_str();
        let parsed = reader::parse(&file.bytes);
        let allows = Allows::of(&parsed.comments);
        let mut reading = Reading {
            id: id_of(path),
            allows: (!allows.is_empty()).then(|| Box::new(allows)),
            ..Reading::default()
        };
        let mut text = parsed.faults;
        if reading.id.is_none() {
            text.push(whole_file(findings::files::bad_id(&stem(path))));
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
            errors.push(whole_file(findings::files::our_fault()));
        }
        reading.report_all(path, errors, Severity::Error);
        self.warn(root, job.as_ref().map(|made| &made.job), path, &mut reading);
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
            let (key, span) = place(root, &["bot_config", "command"]);
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
    fn keep(&self, root: &Node, made: Compiled, reading: &mut Reading) {
        let Compiled { job, missing } = made;
        let lacking = lint::bot_sources(root, &job, &missing);
        reading.report_all(&job.file, lacking, Severity::Warning);
        reading.schedule_at = KeyPlace::of(place(root, &["schedule_config"]).1);
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
        (finding.message, finding.help) = findings::files::concealed();
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

/// Every finding about the tree of a job.
fn judge(root: &Node, json: &Value) -> Vec<Fault> {
    let mut errors = schema::JOB.check(root, json);
    if matches!(root.kind, Kind::Map(_)) {
        let more = check::check(root, &errors);
        join(&mut errors, more);
    }
    errors
}

fn stem(path: &str) -> String {
    let stem = Path::new(path).file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

fn id_of(path: &str) -> Option<JobId> {
    JobId::new(Path::new(path).file_stem()?.to_str()?)
}

/// Where a key is, in a third of a span's room: there are ten thousand.
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

    pub(super) fn span(self) -> Span {
        let (line, column) = (self.line as usize, self.column as usize);
        Span {
            line,
            column,
            end_line: line,
            end_column: column + self.width as usize,
        }
    }
}
