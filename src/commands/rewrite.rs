//! `jobsd fmt` and `validate --fix`: write job files again, each atomically (temporary file, then rename).

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::model::diagnostic::Diagnostic;
use crate::shell::disk;
use crate::spec::config::Settings;
use crate::spec::{self, SourceFile, edit};

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

/// Runs `fmt`.
///
/// # Errors
/// When a file or the output cannot be written.
pub fn format(
    paths: &[PathBuf],
    mode: Mode,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let (files, mut code) = files(paths, err)?;
    for path in files {
        let Some(text) = read(&path) else { continue };
        let Some(better) = edit::canonical(&text).filter(|better| *better != text) else {
            continue;
        };
        match mode {
            Mode::Write => write(&path, &better)?,
            Mode::Check => {
                writeln!(out, "{}", path.display())?;
                code = code.max(1);
            }
            Mode::Diff => {
                out.write_all(diff(&path, &text, &better).as_bytes())?;
                code = code.max(1);
            }
        }
    }
    Ok(code)
}

/// Mends what can be mended safely; says how much.
///
/// # Errors
/// When a file or the output cannot be written.
pub fn fix(paths: &[PathBuf], err: &mut dyn Write) -> io::Result<()> {
    let (files, _) = files(paths, err)?;
    for path in files {
        let Some(text) = read(&path) else { continue };
        let check = |text: &str| check(&path, text);
        if let Some((better, count)) = edit::fix(&text, &check(&text), &check) {
            write(&path, &better)?;
            writeln!(err, "{}: {count} fixed", path.display())?;
        }
    }
    Ok(())
}

fn check(path: &Path, text: &str) -> Vec<Diagnostic> {
    let path = path.to_string_lossy().into_owned();
    let file = SourceFile {
        path,
        bytes: text.as_bytes().to_vec(),
    };
    let mut found = spec::load(&[file], &Settings::default()).diagnostics;
    found.retain(Diagnostic::is_error);
    found
}

fn files(paths: &[PathBuf], err: &mut dyn Write) -> io::Result<(Vec<PathBuf>, u8)> {
    let (mut files, mut code) = (Vec::new(), 0);
    for path in paths {
        if path.is_dir() {
            match disk::list(path, disk::Trust::Anyone) {
                Ok(listing) => files.extend(listing.files),
                Err(error) => {
                    writeln!(err, "error: {error}")?;
                    code = 5;
                }
            }
        } else if path.exists() {
            files.push(path.clone());
        } else {
            writeln!(
                err,
                "error: {} does not exist; check the path",
                path.display()
            )?;
            code = 5;
        }
    }
    Ok((files, code))
}

fn read(path: &Path) -> Option<String> {
    String::from_utf8(disk::read_one(path).ok()?.bytes).ok()
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
fn diff(path: &Path, old: &str, new: &str) -> String {
    let shown = path.display();
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
