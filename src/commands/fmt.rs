//! `jobsd fmt` and `validate --fix`: write job files again, each atomically (temporary file, then
//! rename).

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::model::diagnostic::Diagnostic;
use crate::render::plain::Plain;
use crate::render::text;
use crate::rewrite::edit;
use crate::rewrite::layout::{NoForm, canonical};
use crate::shell::{disk, settings};
use crate::spec::SourceFile;
use crate::spec::jobs::{loader, settings_file};
use crate::spec::rules::schema::{CONFIG, JOB};
use crate::spec::types::config::Settings;
use crate::text::cause::cause;
use crate::text::help::French;
use crate::text::{Text, commands as words, findings, visible};

/// What becomes of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Name the files that are not canonical; exit 1 when there is one.
    Check,
    /// Show what would change; exit 1 when something would.
    Diff,
    /// Write them.
    Write,
}

/// Canonical order and style of job files, comments kept.
#[derive(Debug, Args)]
pub struct Fmt {
    /// Files and folders [default: the jobs folder].
    paths: Vec<PathBuf>,
    /// Name the files that would change; exit 1 when there is one (the default).
    #[arg(long, group = "mode")]
    check: bool,
    /// Show what would change.
    #[arg(long, group = "mode")]
    diff: bool,
    /// Write the files.
    #[arg(long, group = "mode")]
    write: bool,
}

impl Runs for Fmt {
    const FRENCH: French = French::new(
        "Ordre et style canoniques des fichiers de job, commentaires gardés",
        &[
            (
                "paths",
                "Fichiers et dossiers [défaut : le dossier des jobs]",
            ),
            (
                "check",
                "Nomme les fichiers qui changeraient ; sort avec 1 s’il y en a (par défaut)",
            ),
            ("diff", "Montre ce qui changerait"),
            ("write", "Écrit les fichiers"),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Files
    }

    /// Done where all are canonical or written, a problem where some are not or have no canonical
    /// form.
    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let mode = self.mode();
        let paths = context.paths(self.paths);
        if paths.iter().any(|path| path == Path::new("-")) {
            return match paths[..] {
                [_] => format_input(mode, context.out),
                _ => Err(Failure::usage(&words::input_alone())),
            };
        }
        let mut found = files(&paths, context);
        found.outside.sort();
        found.outside.dedup();
        let warnings = text::findings(&found.outside, &|_| None, false, context.lang());
        context.err.write_all(warnings.as_bytes())?;
        let mut exit = found.exit;
        for path in found.files {
            exit = exit.max(match format(&path, mode, context.out) {
                Err(failure @ Failure::Said(..)) => context.report(&failure),
                done => done?,
            });
        }
        Ok(exit)
    }
}

impl Fmt {
    fn mode(&self) -> Mode {
        match (self.diff, self.write) {
            (_, true) => Mode::Write,
            (true, false) => Mode::Diff,
            (false, false) => Mode::Check,
        }
    }
}

/// One file.
fn format(path: &Path, mode: Mode, out: &mut dyn Write) -> Result<Exit, Failure> {
    let shown = visible(&path.to_string_lossy());
    let refuse = |(why, exit)| Failure::new(exit, &words::not_formatted(&shown, &why));
    let text = read(path).map_err(refuse)?;
    let better =
        canonical(&text, schema_of(path)).map_err(|why| refuse((why_not(why), Exit::Found)))?;
    if better == text {
        return Ok(Exit::Done);
    }
    match mode {
        Mode::Write => {
            write(path, &better)
                .map_err(|error| Failure::failed(&words::not_written(&shown, &cause(&error))))?;
            return Ok(Exit::Done);
        }
        Mode::Check => writeln!(out, "{shown}")?,
        Mode::Diff => Plain(out).write_all(diff(&shown, &text, &better).as_bytes())?,
    }
    Ok(Exit::Found)
}

/// Standard input to standard output; with `--diff` what would change.
fn format_input(mode: Mode, out: &mut dyn Write) -> Result<Exit, Failure> {
    let refuse = |why| Failure::new(Exit::Found, &words::not_formatted("-", &why));
    let mut bytes = Vec::new();
    { io::stdin().take(disk::FILE_BYTES_MAX + 1) }.read_to_end(&mut bytes)?;
    if bytes.len() as u64 > disk::FILE_BYTES_MAX {
        return Err(refuse(
            findings::files::too_large(disk::FILE_BYTES_MAX).message,
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| refuse(not_utf8(&error)))?;
    let better = canonical(&text, JOB.schema()).map_err(|why| refuse(why_not(why)))?;
    if mode != Mode::Diff {
        out.write_all(better.as_bytes())?;
        return Ok(Exit::Done);
    }
    if better == text {
        return Ok(Exit::Done);
    }
    Plain(out).write_all(diff("-", &text, &better).as_bytes())?;
    Ok(Exit::Found)
}

/// Keys come in the order of the file's own schema.
fn schema_of(path: &Path) -> &'static Value {
    if path
        .file_name()
        .is_some_and(|name| name == disk::CONFIG_NAME)
    {
        CONFIG.schema()
    } else {
        JOB.schema()
    }
}

fn why_not(why: NoForm) -> Text {
    match why {
        NoForm::Unreadable(line, message) => words::unreadable_form(line, &message),
        NoForm::NoBlockMap => words::no_block_map(),
        NoForm::WouldChange => words::would_change(),
    }
}

fn not_utf8(error: &std::string::FromUtf8Error) -> Text {
    let at = error.utf8_error().valid_up_to();
    findings::syntax::not_utf8(error.as_bytes()[at]).message
}

/// Fixes what can be fixed safely; says how much. What cannot be read or written is reported.
///
/// # Errors
/// [`Failure`] for standard input, which cannot be written back, or when the output cannot be
/// written.
pub(super) fn fix(paths: &[PathBuf], context: &mut Context<'_>) -> Result<(), Failure> {
    if paths.iter().any(|path| path == Path::new("-")) {
        return Err(Failure::usage(&words::not_in_place()));
    }
    // `validate`, which runs after this, reports the links that are not followed.
    for path in files(paths, context).files {
        let Ok(text) = read(&path) else { continue };
        let check = |text: &str| check(&path, text);
        if let Some((better, count)) = edit::fix(&text, &check(&text), &check) {
            let shown = path.to_string_lossy();
            match write(&path, &better) {
                Ok(()) if context.screen.quiet => {}
                Ok(()) => {
                    let told = words::fixed(&shown, count);
                    writeln!(context.err, "{}", visible(told.get(context.lang())))?;
                }
                Err(error) => {
                    let sentence = words::not_written(&shown, &cause(&error));
                    context.report(&Failure::failed(&sentence));
                }
            }
        }
    }
    Ok(())
}

fn check(path: &Path, text: &str) -> Vec<Diagnostic> {
    let is_config = path
        .file_name()
        .is_some_and(|name| name == disk::CONFIG_NAME);
    let path = path.to_string_lossy().into_owned();
    let file = SourceFile {
        path,
        bytes: text.as_bytes().to_vec(),
    };
    let mut found = if is_config {
        settings_file::load_config(&file).1
    } else {
        loader::load(&[file], &Settings::default()).diagnostics
    };
    found.retain(Diagnostic::is_error);
    found
}

/// The files of paths.
struct Found {
    files: Vec<PathBuf>,
    /// Warnings about links out of their folder, which are not followed.
    outside: Vec<Diagnostic>,
    exit: Exit,
}

fn files(paths: &[PathBuf], context: &mut Context<'_>) -> Found {
    let mut found = Found {
        files: Vec::new(),
        outside: Vec::new(),
        exit: Exit::Done,
    };
    for path in paths {
        let shown = path.to_string_lossy();
        let unreadable = |error: &io::Error| words::not_read(&shown, &cause(error));
        if path.is_dir() {
            match disk::listing::list_inside(path) {
                Ok(listing) => {
                    found.files.extend(listing.files);
                    let told = listing.diagnostics.into_iter();
                    found.outside.extend(told.filter(|told| !told.is_error()));
                }
                Err(error) => {
                    let sentence = Text::same(error.to_string());
                    found.exit = context.report(&Failure::failed(&sentence));
                }
            }
        } else if let Err(error) = fs::symlink_metadata(path) {
            found.exit = context.report(&Failure::failed(&unreadable(&error)));
        } else if settings::home(path)
            .real
            .is_some_and(|real| disk::leads_out(path, &real))
        {
            // What a link leads to outside of the folder is no one's to write here.
            found.outside.push(disk::outside(path));
        } else {
            found.files.push(path.clone());
        }
    }
    found
}

/// The text of a file; else why there is none, and the exit code for it.
fn read(path: &Path) -> Result<String, (Text, Exit)> {
    let file = disk::read_one(path).map_err(|finding| {
        let is_large = finding.code == "too-large";
        let exit = if is_large { Exit::Found } else { Exit::Failed };
        (finding.message, exit)
    })?;
    String::from_utf8(file.bytes).map_err(|error| (not_utf8(&error), Exit::Found))
}

/// Writes beside the file, then renames: a reader sees the old or the new one, whole.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let real = fs::canonicalize(path)?;
    let name = real.file_name().unwrap_or_default().to_string_lossy();
    let beside = real.with_file_name(format!(".{name}.{}.new", std::process::id()));
    fs::write(&beside, text)?;
    fs::set_permissions(&beside, fs::metadata(&real)?.permissions())?;
    fs::rename(&beside, &real)
}

/// The lines that go and come, without context.
fn diff(shown: &str, old: &str, new: &str) -> String {
    let mut text = format!("--- {shown}\n+++ {shown}\n");
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - same;
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(rest)
        .take_while(|(a, b)| a == b)
        .count();
    let (gone, come) = (&old[same..old.len() - tail], &new[same..new.len() - tail]);
    text += &format!(
        "@@ -{},{} +{},{} @@\n",
        same + 1,
        gone.len(),
        same + 1,
        come.len()
    );
    text.extend(gone.iter().map(|line| format!("-{line}\n")));
    text.extend(come.iter().map(|line| format!("+{line}\n")));
    text
}
