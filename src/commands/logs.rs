//! `jobsd logs`: what a run wrote, from the files of this machine or from a server, also while it
//! runs.

use std::io::{self, Write};
use std::path::Path;

use clap::Args;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::records::Records;
use crate::commands::target::Target;
use crate::commands::written::Written;
use crate::model::job::JobId;
use crate::model::output::{Line, Stream, read_line};
use crate::model::run::{RunRecord, Status};
use crate::model::run_id::RunId;
use crate::render::screen::Screen;
use crate::shell::journal::query::History;
use crate::shell::journal::query::filter::Filter;
use crate::text::help::French;
use crate::text::{Text, requests, visible};
use crate::time::Timestamp;

/// Show what a run wrote.
#[derive(Debug, Args)]
pub struct Logs {
    /// A run, by the beginning of its id, or a job: its newest run that has started.
    #[arg(value_name = "RUN|ID")]
    target: String,
    /// Follow until the run ends.
    #[arg(short, long)]
    follow: bool,
    /// Only standard error.
    #[arg(long)]
    stderr: bool,
    /// Only this attempt.
    #[arg(long, value_name = "N")]
    attempt: Option<u32>,
    /// Only the last lines.
    #[arg(long, value_name = "N")]
    tail: Option<usize>,
    /// Begin each line with its time, and `!` where it is standard error.
    #[arg(long)]
    timestamps: bool,
}

impl Runs for Logs {
    const FRENCH: French = French::new(
        "Montre ce qu’une exécution a écrit",
        &[
            (
                "target",
                "Une exécution, par le début de son identifiant, ou un job : sa plus récente \
                 exécution commencée",
            ),
            ("follow", "Continue jusqu’à la fin de l’exécution"),
            ("stderr", "Seulement l’erreur standard"),
            ("attempt", "Seulement cette tentative"),
            ("tail", "Seulement les dernières lignes"),
            (
                "timestamps",
                "Commence chaque ligne par son heure, et `!` pour l’erreur standard",
            ),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Past
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let run = self.run_of(&Records::of(context), context)?;
        let Context {
            screen,
            layout,
            daemon,
            out,
            ..
        } = context;
        let records = Records::from(daemon, &layout.state);
        let copied = self.copy(run, &records, screen, *out)?;
        if let Some(silence) = copied.silence().filter(|_| !context.screen.quiet) {
            writeln!(context.err, "{}", silence.get(context.lang()))?;
        }
        context.out.flush()?;
        if self.follow && !copied.last.is_final() {
            let sentence = requests::daemon_gone(&copied.last.id.to_string());
            return Err(Failure::Said(Exit::Unreachable, sentence));
        }
        Ok(Exit::Done)
    }
}

impl Logs {
    /// What follows a run to its end.
    pub(super) fn following(run_id: &str) -> Logs {
        Logs {
            target: run_id.to_owned(),
            follow: true,
            stderr: false,
            attempt: None,
            tail: None,
            timestamps: false,
        }
    }

    /// The run that is meant: itself, or the newest of its job that has started.
    fn run_of(&self, records: &Records<'_>, context: &Context<'_>) -> Result<RunRecord, Failure> {
        let id = match Target::find(&self.target, records, context)? {
            Target::Run(run) => return Ok(*run),
            Target::Job(id) => id,
        };
        newest(records, id)?.ok_or_else(|| Failure::usage(&never_started(&self.target)))
    }

    /// Copies what a run of this machine wrote; where the history does not know it, nothing.
    ///
    /// # Errors
    /// As [`Logs::copy`].
    pub(super) fn copy_run(
        &self,
        run_id: RunId,
        state: &Path,
        screen: &Screen,
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let records = Records::Here(Box::new(History::new(state)), state);
        match records.run(run_id)? {
            Some(run) => self.copy(run, &records, screen, out).map(drop),
            None => Ok(()),
        }
    }

    /// Copies the output. A run is followed to its end, or to that of its daemon.
    ///
    /// # Errors
    /// When the history or the output cannot be read, or the result cannot be written.
    fn copy(
        &self,
        run: RunRecord,
        records: &Records<'_>,
        screen: &Screen,
        out: &mut dyn Write,
    ) -> Result<Copied, Failure> {
        let mut last = run;
        let mut printer = Printer::new(self, screen);
        let mut written = Written::by(last.id, records);
        loop {
            let is_gone = self.follow && written.is_abandoned();
            // The run is asked for before its output is read: what it wrote before its end is in
            // that.
            last = records.run(last.id)?.unwrap_or(last);
            let is_over = last.is_final() || !self.follow || is_gone;
            while let Some(bytes) = written.read()? {
                printer.take(&bytes, out)?;
            }
            if is_over {
                break;
            }
            out.flush()?;
            written.rest();
        }
        printer.finish(&last, out)?;
        let is_missing = written.is_missing();
        Ok(Copied { last, is_missing })
    }
}

/// What was copied.
struct Copied {
    /// The run, as it was last seen.
    last: RunRecord,
    /// Whether there was no output of it.
    is_missing: bool,
}

impl Copied {
    /// Why there was no output, where there was none.
    fn silence(&self) -> Option<Text> {
        self.is_missing.then(|| silence(&self.last))
    }
}

/// The newest run of a job that has started.
fn newest(records: &Records<'_>, job_id: JobId) -> Result<Option<RunRecord>, Failure> {
    let filter = Filter {
        job_id: Some(job_id),
        ..Filter::default()
    };
    let mut cursor: Option<String> = None;
    loop {
        let page = records.page(&filter, cursor.as_deref(), 100)?;
        let started = page
            .records
            .into_iter()
            .find(|run| run.started_at.is_some());
        match (started, page.next) {
            (None, Some(next)) => cursor = Some(next),
            (found, _) => return Ok(found),
        }
    }
}

fn never_started(id: &str) -> Text {
    Text::new(
        format!("no run of `{id}` has started: see jobsd why {id}"),
        format!("aucune exécution de « {id} » n’a démarré : voyez jobsd why {id}"),
    )
}

fn silence(record: &RunRecord) -> Text {
    if record.output_bytes == 0 {
        Text::new("(no output)", "(aucune sortie)")
    } else {
        Text::new(
            "(its output is no longer kept: output.retain_days, retain_bytes, retain_runs)",
            "(sa sortie n’est plus conservée : output.retain_days, retain_bytes, retain_runs)",
        )
    }
}

/// Lines of the file to lines for people or programs.
struct Printer<'a> {
    asked: &'a Logs,
    screen: &'a Screen,
    part: Vec<u8>,
    attempt: u32,
    /// The last lines, where only they are wanted; a part of a line is glued to what follows.
    kept: std::collections::VecDeque<Vec<u8>>,
    is_open: bool,
}

impl<'a> Printer<'a> {
    fn new(asked: &'a Logs, screen: &'a Screen) -> Printer<'a> {
        Printer {
            asked,
            screen,
            part: Vec::new(),
            attempt: 1,
            kept: std::collections::VecDeque::new(),
            is_open: false,
        }
    }

    fn take(&mut self, bytes: &[u8], out: &mut dyn Write) -> io::Result<()> {
        let mut part = std::mem::take(&mut self.part);
        part.extend_from_slice(bytes);
        let whole = part
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        self.part = part.split_off(whole);
        for line in part.split_inclusive(|byte| *byte == b'\n') {
            if let Some(line) = read_line(line) {
                self.line(line, out)?;
            }
        }
        if self.asked.follow {
            self.flush(out)?;
        }
        Ok(())
    }

    fn line(&mut self, line: Line<'_>, out: &mut dyn Write) -> io::Result<()> {
        let own = std::str::from_utf8(line.text)
            .ok()
            .filter(|_| line.stream == Stream::Jobsd);
        if let Some(attempt) = own.and_then(|text| text.strip_prefix("attempt ")?.parse().ok()) {
            self.attempt = attempt;
        }
        let is_other = self
            .asked
            .attempt
            .is_some_and(|wanted| wanted != self.attempt);
        if is_other || self.asked.stderr && line.stream == Stream::Stdout {
            return Ok(());
        }
        let mut text = Vec::new();
        if !self.is_open {
            text.extend(self.heading(line).into_bytes());
        }
        if self.screen.is_terminal() {
            let shown = String::from_utf8_lossy(line.text);
            let columns: Vec<String> = shown.split('\t').map(visible).collect();
            text.extend(columns.join("\t").into_bytes());
        } else {
            text.extend_from_slice(line.text);
        }
        if line.stream == Stream::Jobsd {
            text.push(b']');
        }
        if line.is_whole {
            text.push(b'\n');
        }
        match (self.is_open, self.kept.back_mut()) {
            (true, Some(last)) => last.extend(text),
            _ => self.kept.push_back(text),
        }
        self.is_open = !line.is_whole;
        match self.asked.tail {
            Some(tail) => {
                while self.kept.len() > tail {
                    self.kept.pop_front();
                }
                Ok(())
            }
            None => self.flush(out),
        }
    }

    fn heading(&self, line: Line<'_>) -> String {
        let bracket = if line.stream == Stream::Jobsd {
            "[jobsd: "
        } else {
            ""
        };
        if !self.asked.timestamps {
            return bracket.to_owned();
        }
        let mark = if line.stream == Stream::Stderr {
            '!'
        } else {
            ' '
        };
        format!("{} {mark} {bracket}", self.time(line.at))
    }

    /// As written where a program reads, in the local zone where a person does.
    fn time(&self, at: &str) -> String {
        let parsed: Option<Timestamp> = at.parse().ok().filter(|_| self.screen.is_terminal());
        parsed.map_or_else(
            || at.to_owned(),
            |at| {
                at.to_zoned_datetime(self.screen.zone.clone())
                    .strftime("%H:%M:%S%.3f")
                    .to_string()
            },
        )
    }

    fn flush(&mut self, out: &mut dyn Write) -> io::Result<()> {
        for text in self.kept.drain(..) {
            out.write_all(&text)?;
        }
        Ok(())
    }

    fn finish(mut self, last: &RunRecord, out: &mut dyn Write) -> io::Result<()> {
        self.flush(out)?;
        if self.is_open && self.screen.is_terminal() {
            writeln!(out)?;
        }
        let end = last
            .finished_at
            .filter(|_| self.asked.timestamps && last.status != Status::Running);
        if let Some(at) = end {
            let how = match (last.exit_code, last.signal) {
                (_, Some(signal)) => format!("signal {signal}"),
                (Some(code), None) => format!("exit status {code}"),
                (None, None) => serde_json::json!(last.status)
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            };
            writeln!(
                out,
                "{}   [jobsd: {how}]",
                self.time(&crate::time::rfc3339(at))
            )?;
        }
        Ok(())
    }
}
