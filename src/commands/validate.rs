//! `jobsd validate`: a compiler for job files. No daemon, no network.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::commands::offline::refuse;
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::render::{Checked, github, gitlab, json, junit, sarif, text};
use crate::shell::{disk, settings};
use crate::spec::SourceFile;
use crate::spec::jobs::loader::Loader;
use crate::spec::jobs::read::Reader;
use crate::spec::jobs::settings_file;
use crate::spec::types::config::Settings;
use crate::text::cause::cause;
use crate::text::near::nearest;
use crate::text::pages::PAGES;
use crate::text::{Lang, Text, Words, command_errors as words, commands, findings};

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON document.
    Json,
    /// One JSON object per line.
    Jsonl,
    /// GitHub workflow commands.
    Github,
    /// GitLab code quality report.
    Gitlab,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Files and folders; ids are unique within each. `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// The settings that hold instead of those beside the paths.
    pub config: Option<PathBuf>,
    /// The name that standard input goes by.
    pub stdin_filename: Option<String>,
    /// How findings are written.
    pub format: Format,
    /// Codes of warnings that count as errors; `warnings` is all of them.
    pub deny: Vec<String>,
    /// Codes of warnings that are left out.
    pub allow: Vec<String>,
    /// Findings shown at most, in the formats of lines; without it all are.
    pub shown_max: Option<usize>,
    /// Notes are shown too.
    pub notes: bool,
    /// Whether to color.
    pub color: bool,
    /// No progress.
    pub quiet: bool,
    /// Language of people.
    pub lang: Lang,
}

/// Runs the command: 0 no error, 1 errors, 2 wrong usage, 5 could not check (which wins).
///
/// # Errors
/// When the output cannot be written.
pub fn run(options: &Options, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    for code in options.allow.iter().chain(&options.deny) {
        if code != "warnings" && !PAGES.iter().any(|page| page.code == code) {
            let near = nearest(code, PAGES.iter().map(|page| page.code));
            let sentence = commands::no_code(code, near);
            return Ok(refuse(err, &sentence, options.lang, 2));
        }
    }
    let mut checked = Checked::default();
    let mut unreadable = false;
    let mut progress = Progress::new(options.quiet);
    for path in &options.paths {
        match check(path, options, &mut progress) {
            Ok(more) => {
                checked.files.extend(more.files);
                checked.findings.extend(more.findings);
                checked.sources.extend(more.sources);
            }
            Err(sentence) => {
                refuse(err, &sentence, options.lang, 5);
                unreadable = true;
            }
        }
    }
    progress.clear();
    checked
        .findings
        .retain(|finding| is_wanted(finding, options));
    checked.findings.sort();
    checked.findings.dedup();
    checked.files.sort();
    checked.files.dedup();
    for finding in &mut checked.findings {
        if is_denied(finding, options) {
            finding.severity = Severity::Error;
        }
    }
    out.write_all(render(&checked, options).as_bytes())?;
    out.flush()?;
    let hidden = checked.findings.len() - shown(&checked.findings, options).len();
    if hidden > 0 && matches!(options.format, Format::Human | Format::Github) && !options.quiet {
        let note = commands::not_shown(hidden);
        writeln!(err, "{}", note.get(options.lang))?;
    }
    Ok(
        match (
            unreadable,
            checked.findings.iter().any(Diagnostic::is_error),
        ) {
            (true, _) => 5,
            (false, true) => 1,
            (false, false) => 0,
        },
    )
}

fn is_wanted(finding: &Diagnostic, options: &Options) -> bool {
    let is_allowed = options.allow.iter().any(|code| code == finding.code);
    match finding.severity {
        Severity::Error => true,
        Severity::Warning => !is_allowed,
        Severity::Note => options.notes && !is_allowed,
    }
}

fn is_denied(finding: &Diagnostic, options: &Options) -> bool {
    let by_name = options.deny.iter().any(|code| code == finding.code);
    let all = options.deny.iter().any(|code| code == "warnings");
    by_name || all && finding.severity == Severity::Warning
}

/// The findings that are shown, in their order; where not all are, errors come before what only warns.
fn shown<'f>(list: &'f [Diagnostic], options: &Options) -> Cow<'f, [Diagnostic]> {
    let most = options.shown_max.unwrap_or(usize::MAX);
    if list.len() <= most {
        return Cow::Borrowed(list);
    }
    let errors = list.iter().filter(|finding| finding.is_error()).count();
    let mut left = (most.min(errors), most.saturating_sub(errors));
    let fits = |finding: &&Diagnostic| {
        let left = match finding.is_error() {
            true => &mut left.0,
            false => &mut left.1,
        };
        let fits = *left > 0;
        *left = left.saturating_sub(1);
        fits
    };
    list.iter().filter(fits).cloned().collect()
}

fn render(checked: &Checked, options: &Options) -> String {
    let list = &checked.findings;
    match options.format {
        Format::Json => json::document(checked),
        Format::Jsonl => json::lines(list),
        Format::Github => github::commands(&shown(list, options)),
        Format::Gitlab => gitlab::report(list),
        Format::Sarif => sarif::log(list, env!("CARGO_PKG_VERSION")),
        Format::Junit => junit::report(checked),
        Format::Human => {
            let source = |path: &str| quoted(path, checked);
            text::findings(&shown(list, options), &source, options.color, options.lang)
                + &text::summary(checked, options.lang)
        }
    }
}

fn check(path: &Path, options: &Options, progress: &mut Progress) -> Result<Checked, Text> {
    let known = RefCell::new(HashMap::new());
    let probe = |program: &str| no_such_program(program, &known);
    let stdin = (path == Path::new("-")).then(|| {
        let name = options.stdin_filename.as_deref();
        PathBuf::from(name.unwrap_or("stdin.yaml"))
    });
    let home = settings::home(stdin.as_deref().unwrap_or(path));
    let config_file = options.config.as_ref().or(home.config_file.as_ref());
    let (settings, mut checked) = settings_of(config_file, stdin.is_none() && path.is_dir());
    let reader = Reader {
        probe: &probe,
        keeps_jobs: false,
        settings: &settings,
    };
    let mut loader = Loader::default();
    let is_config = |path: &Path| {
        let is_named = path
            .file_name()
            .is_some_and(|name| name == disk::CONFIG_NAME);
        is_named || options.config.as_deref() == Some(path)
    };
    if let Some(name) = stdin {
        let shown = name.to_string_lossy().into_owned();
        checked.files.push(shown.clone());
        match read_stdin(&shown)? {
            Ok(source) => {
                let text = String::from_utf8_lossy(&source.bytes).into_owned();
                checked.sources.insert(shown, text);
                take(
                    &source,
                    is_config(&name),
                    &reader,
                    &mut loader,
                    &mut checked,
                );
            }
            Err(finding) => checked.findings.push(finding),
        }
    } else if path.is_dir() {
        let found = disk::listing::list_inside(path).map_err(|error| error.text())?;
        checked.findings.extend(found.diagnostics);
        for (n, file) in found.files.iter().enumerate() {
            progress.show(n, found.files.len());
            checked.files.push(file.to_string_lossy().into_owned());
            match disk::read_one(file) {
                Ok(source) => loader.take(&source.path, reader.read(&source)),
                Err(finding) => checked.findings.push(*finding),
            }
        }
    } else {
        if let Err(error) = std::fs::symlink_metadata(path) {
            let shown = path.display().to_string();
            return Err(words::no_path(&shown, &cause(&error)));
        }
        checked.files.push(path.to_string_lossy().into_owned());
        if home.real.is_some_and(|real| disk::leads_out(path, &real)) {
            checked.findings.push(disk::outside(path));
            return Ok(checked);
        }
        match disk::read_one(path) {
            Ok(file) => take(&file, is_config(path), &reader, &mut loader, &mut checked),
            Err(finding) if finding.code == "io" => {
                let sentence = words::unchecked(&finding.path, &finding.message, &finding.help);
                return Err(sentence);
            }
            Err(finding) => checked.findings.push(*finding),
        }
    }
    checked.findings.extend(loader.finish().diagnostics);
    Ok(checked)
}

fn take(
    source: &SourceFile,
    is_config: bool,
    reader: &Reader<'_>,
    loader: &mut Loader,
    checked: &mut Checked,
) {
    if is_config {
        checked
            .findings
            .extend(settings_file::load_config(source).1);
    } else {
        loader.take(&source.path, reader.read(source));
    }
}

/// What stands on standard input, or that it is too much.
fn read_stdin(name: &str) -> Result<Result<SourceFile, Diagnostic>, Text> {
    let mut bytes = Vec::new();
    let mut limited = io::stdin().take(disk::FILE_BYTES_MAX + 1);
    limited
        .read_to_end(&mut bytes)
        .map_err(|e| words::no_stdin(&cause(&e)))?;
    if bytes.len() as u64 > disk::FILE_BYTES_MAX {
        let words = findings::too_large(disk::FILE_BYTES_MAX);
        return Ok(Err(disk::finding(name, words)));
    }
    let path = name.to_owned();
    Ok(Ok(SourceFile { path, bytes }))
}

/// The warning about a program that is not on this machine.
fn no_such_program(program: &str, known: &RefCell<HashMap<String, bool>>) -> Option<Words> {
    let mut known = known.borrow_mut();
    let is_there = match known.get(program) {
        Some(is_there) => *is_there,
        None => {
            let is_there = is_program(program);
            known.insert(program.to_owned(), is_there);
            is_there
        }
    };
    (!is_there).then(|| findings::no_such_program(program))
}

/// Whether a program is on this machine. A relative path starts from a folder that only the server knows.
fn is_program(program: &str) -> bool {
    if program.contains('/') {
        return !program.starts_with('/') || is_executable(Path::new(program));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| is_executable(&dir.join(program)))
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let meta = std::fs::metadata(path);
    meta.is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// The settings of a file, and what is wrong with it where that is asked.
fn settings_of(file: Option<&PathBuf>, tells: bool) -> (Settings, Checked) {
    let mut checked = Checked::default();
    let Some(file) = file else {
        return (Settings::default(), checked);
    };
    let settings::Read { config, findings } = settings::read(file, disk::Trust::Anyone, None);
    if tells {
        checked.files.push(file.to_string_lossy().into_owned());
        checked.findings = findings;
    }
    (config.unwrap_or_default().settings(), checked)
}

fn quoted(path: &str, checked: &Checked) -> Option<String> {
    if let Some(text) = checked.sources.get(path) {
        return Some(text.clone());
    }
    let file = disk::read_one(Path::new(path)).ok()?;
    Some(String::from_utf8_lossy(&file.bytes).into_owned())
}

/// A bar on stderr while a long check goes on; only on a terminal, and erased at the end.
struct Progress {
    begun: std::time::Instant,
    is_on: bool,
    is_shown: bool,
}

impl Progress {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a command has run, for a bar that people see"
    )]
    fn new(quiet: bool) -> Progress {
        let begun = std::time::Instant::now();
        Progress {
            begun,
            is_on: !quiet && io::stderr().is_terminal(),
            is_shown: false,
        }
    }

    fn show(&mut self, done: usize, all: usize) {
        let is_due =
            self.is_on && done.is_multiple_of(256) && self.begun.elapsed().as_millis() > 400;
        if is_due {
            let filled = 20 * done / all.max(1);
            let bar = "█".repeat(filled) + &" ".repeat(20 - filled);
            // A terminal that went away needs no bar.
            let _ = write!(io::stderr(), "\r[{bar}] {done}/{all}");
            self.is_shown = true;
        }
    }

    fn clear(&self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r{}\r", " ".repeat(60));
        }
    }
}

/// Every code that a finding can have.
pub fn codes() -> BTreeSet<&'static str> {
    PAGES.iter().map(|page| page.code).collect()
}
