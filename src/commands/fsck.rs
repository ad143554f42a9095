//! `jobsd fsck`: checks the history; on request it fences torn tails and takes out the second end of a run, nothing else.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::commands::history::Format;
use crate::commands::offline::refuse;
use crate::shell::journal::check::{Checked, check};
use crate::shell::journal::lines::each_line;
use crate::shell::lock::{Lock, LockError};
use crate::shell::open;
use crate::text::{Lang, command_errors, history as words};

/// Checks. Exit code 1 when an error was found, 5 when the history cannot be read or a daemon holds what is to be mended.
///
/// # Errors
/// When the history cannot be read or the output cannot be written.
pub fn run(
    state: &Path,
    repair: bool,
    format: Format,
    lang: Lang,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let shown = state.display().to_string();
    if !state.is_dir() {
        return Ok(refuse(err, &command_errors::no_state(&shown), lang, 5));
    }
    let mut checked = check(state)?;
    if repair && !(checked.torn_tails.is_empty() && checked.void_ends.is_empty()) {
        let holder = format!("pid {} (fsck --repair)", std::process::id());
        let lock = match Lock::take(state, &holder) {
            Ok(lock) => lock,
            Err(LockError::Held(by)) => {
                let sentence = command_errors::held_by_daemon(&shown, &by);
                return Ok(refuse(err, &sentence, lang, 5));
            }
            Err(LockError::Io(error)) => return Err(error),
        };
        for path in &checked.torn_tails {
            let mut file = open::with(OpenOptions::new().append(true), path)?;
            file.write_all(b"\n")?;
            file.sync_data()?;
        }
        take_out(&checked.void_ends)?;
        checked = check(state)?;
        drop(lock);
    }
    print(&checked, format, lang, out)?;
    Ok(u8::from(
        checked.findings.iter().any(|finding| finding.is_error),
    ))
}

/// Writes each file without these lines, so that a crash leaves it as it was or as it is to be.
fn take_out(lines: &[(PathBuf, u64)]) -> io::Result<()> {
    let files: BTreeSet<&PathBuf> = lines.iter().map(|(path, _)| path).collect();
    for path in files {
        let new = path.with_extension("new");
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = open::with(OpenOptions::new().write(true).create_new(true), &new)?;
        let mut writer = BufWriter::new(&file);
        let mut out = Vec::new();
        each_line(path, 0, |offset, line| {
            if lines.iter().any(|(file, at)| file == path && *at == offset) {
                out.push((offset, line.len() as u64));
            }
        })?;
        let (mut old, mut at) = (open::read(path)?, 0);
        for (offset, bytes) in out {
            io::copy(&mut (&mut old).take(offset - at), &mut writer)?;
            at = old.seek(SeekFrom::Start(offset + bytes))?;
        }
        io::copy(&mut old, &mut writer)?;
        writer.flush()?;
        drop(writer);
        file.sync_data()?;
        fs::rename(&new, path)?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
    }
    Ok(())
}

fn print(checked: &Checked, format: Format, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<_> = checked
        .findings
        .iter()
        .map(|finding| {
            let severity = if finding.is_error { "error" } else { "note" };
            json!({"path": finding.path, "offset": finding.offset, "severity": severity, "code": finding.code, "message": finding.message})
        })
        .collect();
    match format {
        Format::Json => {
            let document = json!({"schema": "jobsd.fsck/v1", "lines": checked.lines, "files": checked.days, "findings": findings});
            writeln!(out, "{}", serde_json::to_string_pretty(&document)?)
        }
        Format::Jsonl => {
            for finding in findings {
                writeln!(out, "{finding}")?;
            }
            Ok(())
        }
        Format::Human => {
            for finding in &checked.findings {
                let severity = if finding.is_error { "error" } else { "note" };
                writeln!(
                    out,
                    "{}:{}: {severity}[{}]: {}",
                    finding.path.display(),
                    finding.offset,
                    finding.code,
                    finding.message
                )?;
            }
            let errors = checked
                .findings
                .iter()
                .filter(|finding| finding.is_error)
                .count();
            let notes = checked.findings.len() - errors;
            let last = words::checked(checked.lines, checked.days, errors, notes);
            writeln!(out, "{}", last.get(lang))
        }
    }
}
