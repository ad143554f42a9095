//! `jobsd validate`: a compiler for job files. No daemon, no network.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::probe::no_such_program;
use crate::commands::progress::Progress;
use crate::commands::{Runs, fmt, formats};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::render::findings::{Checked, Findings, Format};
use crate::render::screen::Screen;
use crate::shell::{disk, git, settings};
use crate::spec::SourceFile;
use crate::spec::jobs::loader::Loader;
use crate::spec::jobs::read::Reader;
use crate::spec::jobs::settings_file;
use crate::spec::types::config::Settings;
use crate::text::cause::cause;
use crate::text::explain::PAGES;
use crate::text::help::French;
use crate::text::near::nearest;
use crate::text::{Text, command_errors as words, commands, findings};

/// Check job files; needs no daemon.
#[derive(Debug, Args)]
pub struct Validate {
    /// Files and folders [default: the jobs folder].
    paths: Vec<PathBuf>,
    /// How findings are written.
    #[arg(long, value_parser = formats::findings(), default_value = "human")]
    format: &'static Format,
    /// Count these warnings as errors: `warnings` for all, or codes.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    deny: Vec<String>,
    /// Count warnings as errors: the same as `--deny warnings`.
    #[arg(long)]
    strict: bool,
    /// Omit these warnings.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    allow: Vec<String>,
    /// The name of standard input (`-`), for messages and the id.
    #[arg(long, value_name = "FILE")]
    stdin_filename: Option<String>,
    /// Show this many findings at most, in the formats human and github; all count.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_errors: Option<u32>,
    /// Show notes too: what is left implicit.
    #[arg(long)]
    notes: bool,
    /// Apply safe fixes first; comments are kept.
    #[arg(long)]
    fix: bool,
}

impl Runs for Validate {
    const FRENCH: French = French::new(
        "Vérifie des fichiers de job ; sans démon",
        &[
            (
                "paths",
                "Fichiers et dossiers [défaut : le dossier des jobs]",
            ),
            ("format", "Forme des constats"),
            (
                "deny",
                "Compte ces avertissements comme des erreurs : `warnings` pour tous, ou des \
                codes",
            ),
            (
                "strict",
                "Compte les avertissements comme des erreurs : comme `--deny warnings`",
            ),
            ("allow", "Omet ces avertissements"),
            (
                "stdin_filename",
                "Le nom de l’entrée standard (`-`), pour les messages et l’id",
            ),
            (
                "max_errors",
                "Montre au plus autant de constats, dans les formats human et github ; \
                tous comptent",
            ),
            ("notes", "Montre aussi les notes : ce qui reste implicite"),
            (
                "fix",
                "Corrige d’abord ce qui peut l’être sans risque ; les commentaires restent",
            ),
        ],
    )
    .with_values(formats::french);

    fn needs(&self) -> Needs {
        Needs::Layout
    }

    /// A problem is found where there are errors; failed where something could not be checked,
    /// which wins.
    fn run(mut self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        self.deny.extend(self.strict.then(|| "warnings".to_owned()));
        let paths = context.paths(std::mem::take(&mut self.paths));
        if self.fix {
            fmt::fix(&paths, context)?;
        }
        self.refuse_unknown_codes()?;
        let mut checked = Checked::default();
        let mut exit = Exit::Done;
        let mut progress = Progress::new(context.screen.quiet);
        for path in &paths {
            match check(path, &self, context.flags.config.as_deref(), &mut progress) {
                Ok(more) => {
                    checked.files.extend(more.files);
                    checked.findings.extend(more.findings);
                    checked.sources.extend(more.sources);
                }
                Err(sentence) => exit = context.report(&Failure::failed(&sentence)),
            }
        }
        progress.clear();
        self.judge(&mut checked);
        let text = self.render(&checked, &context.screen);
        context.out.write_all(text.as_bytes())?;
        context.out.flush()?;
        let hidden = checked.findings.len() - self.shown(&checked.findings).len();
        if hidden > 0 && !context.screen.quiet {
            let note = commands::not_shown(hidden);
            writeln!(context.err, "{}", note.get(context.lang()))?;
        }
        let is_bad = checked.findings.iter().any(Diagnostic::is_error);
        Ok(exit.max(Exit::found(is_bad)))
    }
}

impl Validate {
    fn refuse_unknown_codes(&self) -> Result<(), Failure> {
        for code in self.allow.iter().chain(&self.deny) {
            if code != "warnings" && !PAGES.iter().any(|page| page.code == code) {
                let near = nearest(code, PAGES.iter().map(|page| page.code));
                return Err(Failure::usage(&commands::no_code(code, near)));
            }
        }
        Ok(())
    }

    /// Keeps the findings that are wanted, in order, and counts as errors those that are denied.
    fn judge(&self, checked: &mut Checked) {
        checked.findings.retain(|finding| is_wanted(finding, self));
        checked.findings.sort();
        checked.findings.dedup();
        checked.files.sort();
        checked.files.dedup();
        for finding in &mut checked.findings {
            if is_denied(finding, self) {
                finding.severity = Severity::Error;
            }
        }
    }

    /// The findings to show: people may ask for some only, a program gets all.
    fn shown<'f>(&self, list: &'f [Diagnostic]) -> Cow<'f, [Diagnostic]> {
        if self.format.is_shortened {
            shown(list, self)
        } else {
            Cow::Borrowed(list)
        }
    }

    fn render(&self, checked: &Checked, screen: &Screen) -> String {
        // CI systems show what is named from the root of the repository, wherever this runs.
        let named = self.format.for_ci.map(|_| from_root(checked));
        let checked = named.as_ref().unwrap_or(checked);
        (self.format.write)(&Findings {
            checked,
            shown: &self.shown(&checked.findings),
            source: &|path| quoted(path, checked),
            color: screen.color,
            lang: screen.lang,
        })
    }
}

fn is_wanted(finding: &Diagnostic, asked: &Validate) -> bool {
    let is_allowed = asked.allow.iter().any(|code| code == finding.code);
    match finding.severity {
        Severity::Error => true,
        Severity::Warning => !is_allowed,
        Severity::Note => asked.notes && !is_allowed,
    }
}

fn is_denied(finding: &Diagnostic, asked: &Validate) -> bool {
    let by_name = asked.deny.iter().any(|code| code == finding.code);
    let all = asked.deny.iter().any(|code| code == "warnings");
    by_name || all && finding.severity == Severity::Warning
}

/// The findings that are shown, in their order; where not all are, errors come before what only
/// warns.
fn shown<'f>(list: &'f [Diagnostic], asked: &Validate) -> Cow<'f, [Diagnostic]> {
    let most = asked.max_errors.map_or(usize::MAX, |most| most as usize);
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

fn check(
    path: &Path,
    asked: &Validate,
    config: Option<&Path>,
    progress: &mut Progress,
) -> Result<Checked, Text> {
    let known = RefCell::new(HashMap::new());
    let probe = |program: &str| no_such_program(program, &known);
    let stdin = (path == Path::new("-")).then(|| {
        let name = asked.stdin_filename.as_deref();
        PathBuf::from(name.unwrap_or("stdin.yaml"))
    });
    let home = settings::home(stdin.as_deref().unwrap_or(path));
    let config_file = config.or(home.config_file.as_deref());
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
        is_named || config == Some(path)
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

/// What is on standard input, or that it is too much.
fn read_stdin(name: &str) -> Result<Result<SourceFile, Diagnostic>, Text> {
    let mut bytes = Vec::new();
    let mut limited = io::stdin().take(disk::FILE_BYTES_MAX + 1);
    limited
        .read_to_end(&mut bytes)
        .map_err(|e| words::no_stdin(&cause(&e)))?;
    if bytes.len() as u64 > disk::FILE_BYTES_MAX {
        let words = findings::files::too_large(disk::FILE_BYTES_MAX);
        return Ok(Err(disk::finding(name, words)));
    }
    let path = name.to_owned();
    Ok(Ok(SourceFile { path, bytes }))
}

/// The settings of a file, and what is wrong with it where that is asked.
fn settings_of(file: Option<&Path>, tells: bool) -> (Settings, Checked) {
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

/// The same, each file by its path in its repository; outside of one as it is named.
fn from_root(checked: &Checked) -> Checked {
    let mut known: HashMap<String, String> = HashMap::new();
    let mut named = |path: &str| {
        let found = || git::path_in_repository(Path::new(path));
        let name = known.entry(path.to_owned()).or_insert_with(|| {
            found().map_or_else(
                || path.to_owned(),
                |path| path.to_string_lossy().into_owned(),
            )
        });
        name.clone()
    };
    let mut checked = checked.clone();
    for file in &mut checked.files {
        *file = named(file);
    }
    for finding in &mut checked.findings {
        finding.path = named(&finding.path);
        for related in &mut finding.related {
            related.path = named(&related.path);
        }
    }
    checked
}

fn quoted(path: &str, checked: &Checked) -> Option<String> {
    if let Some(text) = checked.sources.get(path) {
        return Some(text.clone());
    }
    let file = disk::read_one(Path::new(path)).ok()?;
    Some(String::from_utf8_lossy(&file.bytes).into_owned())
}

/// Every code that a finding can have.
pub fn codes() -> BTreeSet<&'static str> {
    PAGES.iter().map(|page| page.code).collect()
}
