//! Text of job files to jobs: every finding of every file in one pass (A9). Reads no files.

pub mod check;
pub mod file;
pub mod lint;
pub mod schema;
pub mod tree;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::model::diagnostic::{Diagnostic, Related, Severity, Span};
use crate::model::job::{Job, JobId};
use crate::spec::tree::Fault;

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

/// Reads job files. An id that two files claim is taken by neither.
pub fn load(files: &[SourceFile]) -> Loaded {
    let mut loaded = Loaded::default();
    let mut paths: BTreeMap<JobId, Vec<&str>> = BTreeMap::new();
    for file in files {
        let Some(id) = id_of(&file.path) else {
            loaded.diagnostics.push(bad_id(&file.path));
            continue;
        };
        paths.entry(id.clone()).or_default().push(&file.path);
        let (job, mut findings) = load_one(&id, file);
        loaded.diagnostics.append(&mut findings);
        if let Some(job) = job {
            loaded.jobs.insert(id, Arc::new(job));
        }
    }
    for (id, paths) in paths.iter().filter(|(_, paths)| paths.len() > 1) {
        loaded.jobs.remove(id);
        for path in paths {
            let others = paths.iter().copied().filter(|other| other != path);
            loaded.diagnostics.push(duplicate_id(id, path, others));
        }
    }
    for (id, message) in lint::crowds(loaded.jobs.values().map(AsRef::as_ref)) {
        let path = loaded.jobs.get(&id).map_or("", |job| job.file.as_str());
        loaded
            .diagnostics
            .push(diagnostic(path, lint::crowd(message), Severity::Warning));
    }
    loaded.diagnostics.sort();
    loaded
}

/// Makes a job again of the effective definition that the journal kept.
pub fn restore(id: JobId, file: &str, definition: &serde_json::Value) -> Option<Job> {
    check::compile(id, file, definition)
}

/// Reads one file under an id.
pub fn load_one(id: &JobId, file: &SourceFile) -> (Option<Job>, Vec<Diagnostic>) {
    let parsed = tree::parse(&file.bytes);
    let (mut errors, mut warnings, mut notes) = (parsed.faults, Vec::new(), Vec::new());
    let mut job = None;
    if let Some(root) = &parsed.root {
        errors.extend(schema::check(root));
        if matches!(root.kind, tree::Kind::Map(_)) {
            errors.extend(check::check(root));
        }
        if errors.is_empty() {
            job = check::compile(id.clone(), &file.path, &root.to_json());
            match &job {
                Some(job) => {
                    warnings = lint::warnings(root, job);
                    notes = lint::notes(root, job);
                }
                None => errors.push(our_fault()),
            }
        }
    }
    if errors.len() > FINDINGS_MAX {
        errors.truncate(FINDINGS_MAX);
        let message = format!("more than {FINDINGS_MAX} errors; the rest is left out");
        let help = "mend these first, then check again";
        errors.push(whole_file("too-many-errors", message, help));
    }
    let place = |severity| move |fault: Fault| diagnostic(&file.path, fault, severity);
    let errors = errors.into_iter().map(place(Severity::Error));
    let warnings = warnings.into_iter().map(place(Severity::Warning));
    let notes = notes.into_iter().map(place(Severity::Note));
    (job, errors.chain(warnings).chain(notes).collect())
}

fn our_fault() -> Fault {
    let message = "the file passes its schema and is still no job".to_owned();
    whole_file(
        "schema",
        message,
        "this is a fault of jobsd: please report it with the file",
    )
}

fn id_of(path: &str) -> Option<JobId> {
    JobId::new(Path::new(path).file_stem()?.to_str()?)
}

fn diagnostic(path: &str, fault: Fault, severity: Severity) -> Diagnostic {
    let related = fault.related.map(|span| Related {
        path: path.to_owned(),
        span,
        message: "it stands first here".to_owned(),
    });
    Diagnostic {
        path: path.to_owned(),
        span: fault.span,
        severity,
        code: fault.code,
        key: fault.key,
        message: fault.message,
        help: fault.help,
        related: related.into_iter().collect(),
    }
}

fn bad_id(path: &str) -> Diagnostic {
    let stem = Path::new(path)
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    let message = format!("\"{}\" cannot be a job id", stem.unwrap_or_default());
    let help = "name the file with a-z, 0-9, `.`, `_` and `-`, a letter or digit first, 64 characters at most";
    diagnostic(path, whole_file("id", message, help), Severity::Error)
}

fn duplicate_id<'a>(id: &JobId, path: &str, others: impl Iterator<Item = &'a str>) -> Diagnostic {
    let others: Vec<&str> = others.collect();
    let message = format!("the id `{id}` is also that of {}", others.join(", "));
    let help = "rename one of the files; an id is unique in the tree";
    let mut found = diagnostic(
        path,
        whole_file("duplicate-id", message, help),
        Severity::Error,
    );
    let related = |other: &&str| Related {
        path: (*other).to_owned(),
        span: Span::START,
        message: "the same id".to_owned(),
    };
    found.related = others.iter().map(related).collect();
    found
}

fn whole_file(code: &'static str, message: String, help: &str) -> Fault {
    let (key, help) = (String::new(), help.to_owned());
    Fault {
        span: Span::START,
        code,
        key,
        message,
        help,
        related: None,
    }
}
