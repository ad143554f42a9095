//! `jobsd fsck`: checks the history; on request it fences torn tails and takes out the second end
//! of a run, nothing else.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::render::Format;
use crate::shell::journal::check::{Checked, check};
use crate::shell::journal::lines::each_line;
use crate::shell::lock::{Lock, LockError};
use crate::shell::open;
use crate::text::help::French;
use crate::text::{Lang, command_errors, history as words};

/// Check every line of the history, and that the lines are consistent. Exits 1 if something is
/// wrong.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  jobsd fsck\n  jobsd fsck --repair --format jsonl")]
pub struct Fsck {
    /// Fence a torn last line with a newline, as a daemon would, and take out the second end of a
    /// run that an older version recorded after a crash; nothing else is ever changed. Needs a
    /// stopped daemon.
    #[arg(long)]
    repair: bool,
    /// Output format.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

impl Runs for Fsck {
    const FRENCH: French = French::new(
        "Vérifie chaque ligne de l’historique, et la cohérence des lignes entre elles. Sort avec 1 \
         si quelque chose est faux",
        &[(
            "repair",
            "Termine une dernière ligne déchirée par un saut de ligne, comme un démon, et retire \
             la seconde fin d’une exécution qu’une version antérieure a notée après un arrêt \
             brutal ; rien d’autre n’est jamais changé. Démon arrêté",
        )],
    );

    fn needs(&self) -> Needs {
        Needs::State("jobsd fsck")
    }

    /// Failed where the history cannot be read, or a daemon holds what is to be fixed.
    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let state = context.state();
        let shown = state.display().to_string();
        if !state.is_dir() {
            return Err(Failure::failed(&command_errors::no_state(&shown)));
        }
        let mut checked = check(state)?;
        if self.repair && !(checked.torn_tails.is_empty() && checked.void_ends.is_empty()) {
            let holder = format!("pid {} (fsck --repair)", std::process::id());
            let lock = match Lock::take(state, &holder) {
                Ok(lock) => lock,
                Err(LockError::Held(by)) => {
                    let sentence = command_errors::held_by_daemon(&shown, &by);
                    return Err(Failure::failed(&sentence));
                }
                Err(LockError::Io(error)) => return Err(error.into()),
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
        print(&checked, self.format, context.lang(), context.out)?;
        let is_problem = checked.findings.iter().any(|finding| finding.is_error);
        Ok(Exit::found(is_problem))
    }
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
            json!({"path": finding.path, "offset": finding.offset, "severity": severity,
                "code": finding.code, "message": finding.message})
        })
        .collect();
    match format {
        Format::Json => {
            let document = json!({"schema": "jobsd.fsck/v1", "lines": checked.lines,
                "files": checked.days, "findings": findings});
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
