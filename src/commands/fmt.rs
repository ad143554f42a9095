//! `jobsd fmt` and `validate --fix`: write job files again, each atomically (temporary file, then rename).

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::commands::offline::refuse;
use crate::model::diagnostic::Diagnostic;
use crate::render::plain::Plain;
use crate::render::text;
use crate::shell::{disk, settings};
use crate::spec::config::Settings;
use crate::spec::layout::{NoForm, canonical};
use crate::spec::schema::{CONFIG, JOB};
use crate::spec::{self, SourceFile, edit};
use crate::text::cause::cause;
use crate::text::{Lang, Text, commands as words, findings, visible};

/// What `fmt` was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Name the files that are not canonical; exit 1 when there is one.
    Check,
    /// Show what would change; exit 1 when something would.
    Diff,
    /// Write them.
    Write,
}

/// Runs `fmt`: 0 all canonical or written, 1 some are not or have no canonical form, 5 some cannot be read or written.
///
/// # Errors
/// When the output cannot be written.
pub fn format(
    paths: &[PathBuf],
    mode: Mode,
    lang: Lang,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    if paths.iter().any(|path| path == Path::new("-")) {
        return match paths {
            [_] => format_input(mode, lang, out, err),
            _ => Ok(refuse(err, &words::input_alone(), lang, 2)),
        };
    }
    let Found {
        files,
        mut outside,
        mut code,
    } = files(paths, lang, err);
    outside.sort();
    outside.dedup();
    let warnings = text::findings(&outside, &|_| None, false, lang);
    err.write_all(warnings.as_bytes())?;
    for path in files {
        let shown = visible(&path.to_string_lossy());
        let text = match read(&path) {
            Ok(text) => text,
            Err((why, failed)) => {
                let sentence = words::not_formatted(&shown, &why);
                code = code.max(refuse(err, &sentence, lang, failed));
                continue;
            }
        };
        let better = match canonical(&text, schema_of(&path)) {
            Ok(better) if better == text => continue,
            Ok(better) => better,
            Err(why) => {
                let sentence = words::not_formatted(&shown, &why_not(why));
                code = code.max(refuse(err, &sentence, lang, 1));
                continue;
            }
        };
        match mode {
            Mode::Write => {
                if let Err(error) = write(&path, &better) {
                    let sentence = words::not_written(&shown, &cause(&error));
                    code = code.max(refuse(err, &sentence, lang, 5));
                }
            }
            Mode::Check => {
                writeln!(out, "{shown}")?;
                code = code.max(1);
            }
            Mode::Diff => {
                Plain(out).write_all(diff(&shown, &text, &better).as_bytes())?;
                code = code.max(1);
            }
        }
    }
    Ok(code)
}

/// Standard input to standard output; with `--diff` what would change.
fn format_input(
    mode: Mode,
    lang: Lang,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let mut bytes = Vec::new();
    { io::stdin().take(disk::FILE_BYTES_MAX + 1) }.read_to_end(&mut bytes)?;
    let why = if bytes.len() as u64 > disk::FILE_BYTES_MAX {
        findings::too_large(disk::FILE_BYTES_MAX).message
    } else {
        match String::from_utf8(bytes) {
            Err(error) => not_utf8(&error),
            Ok(text) => match canonical(&text, JOB.schema()) {
                Err(why) => why_not(why),
                Ok(better) if mode == Mode::Diff => {
                    let is_same = better == text;
                    if !is_same {
                        Plain(out).write_all(diff("-", &text, &better).as_bytes())?;
                    }
                    return Ok(u8::from(!is_same));
                }
                Ok(better) => {
                    out.write_all(better.as_bytes())?;
                    return Ok(0);
                }
            },
        }
    };
    Ok(refuse(err, &words::not_formatted("-", &why), lang, 1))
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
    findings::not_utf8(error.as_bytes()[at]).message
}

/// Mends what can be mended safely; says how much. 2 when it was asked for standard input, which cannot be written back.
///
/// # Errors
/// When the output cannot be written.
pub fn fix(paths: &[PathBuf], (quiet, lang): (bool, Lang), err: &mut dyn Write) -> io::Result<u8> {
    if paths.iter().any(|path| path == Path::new("-")) {
        return Ok(refuse(err, &words::not_in_place(), lang, 2));
    }
    // `validate`, which runs behind this, tells of the links that are not followed.
    let Found {
        files, mut code, ..
    } = files(paths, lang, err);
    for path in files {
        let Ok(text) = read(&path) else { continue };
        let check = |text: &str| check(&path, text);
        if let Some((better, count)) = edit::fix(&text, &check(&text), &check) {
            let shown = path.to_string_lossy();
            match write(&path, &better) {
                Ok(()) if quiet => {}
                Ok(()) => {
                    let told = words::fixed(&shown, count);
                    writeln!(err, "{}", visible(told.get(lang)))?;
                }
                Err(error) => {
                    let sentence = words::not_written(&shown, &cause(&error));
                    code = refuse(err, &sentence, lang, 5);
                }
            }
        }
    }
    Ok(code)
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
        spec::load_config(&file).1
    } else {
        spec::load(&[file], &Settings::default()).diagnostics
    };
    found.retain(Diagnostic::is_error);
    found
}

/// The files of paths.
#[derive(Default)]
struct Found {
    files: Vec<PathBuf>,
    /// Warnings about links out of their folder, which are not followed.
    outside: Vec<Diagnostic>,
    code: u8,
}

fn files(paths: &[PathBuf], lang: Lang, err: &mut dyn Write) -> Found {
    let mut found = Found::default();
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
                Err(error) => found.code = refuse(err, &Text::same(error.to_string()), lang, 5),
            }
        } else if let Err(error) = fs::symlink_metadata(path) {
            found.code = refuse(err, &unreadable(&error), lang, 5);
        } else if settings::home(path)
            .real
            .is_some_and(|real| disk::leads_out(path, &real))
        {
            // What a link leads to outside of the folder is nobody's to write here.
            found.outside.push(disk::outside(path));
        } else {
            found.files.push(path.clone());
        }
    }
    found
}

/// The text of a file; else why there is none, and the exit code for it.
fn read(path: &Path) -> Result<String, (Text, u8)> {
    let file = disk::read_one(path).map_err(|finding| {
        let code = if finding.code == "too-large" { 1 } else { 5 };
        (finding.message, code)
    })?;
    String::from_utf8(file.bytes).map_err(|error| (not_utf8(&error), 1))
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
