//! `jobsd logs`: what a run wrote, from the files alone, also while it goes on.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::commands::offline::refuse;
use crate::model::job::JobId;
use crate::model::run::{RunId, RunRecord, Status};
use crate::shell::journal::query::{Filter, History};
use crate::shell::open;
use crate::shell::process::output::{self, Line, Stream};
use crate::text::{Lang, Text, visible};
use crate::time::{TimeZone, Timestamp};

/// Between two looks at a run that goes on.
const LOOK: Duration = Duration::from_millis(100);
/// Bytes read at once.
const READ_BYTES: usize = 64 << 10;

/// What was asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// A run id, or a job id: its newest run that has started.
    pub target: String,
    /// Whether to go on until the run ends.
    pub follow: bool,
    /// Standard error alone.
    pub stderr: bool,
    /// This attempt alone.
    pub attempt: Option<u32>,
    /// The last lines alone.
    pub tail: Option<usize>,
    /// Whether each line begins with its time and `!` where it is standard error.
    pub timestamps: bool,
    /// Whether the reader is a terminal, which must not be steered by a program's output.
    pub is_terminal: bool,
    /// No notes.
    pub quiet: bool,
    /// Zone of the times on a terminal.
    pub zone: TimeZone,
    /// Language of people.
    pub lang: Lang,
}

/// Prints the output: 0, 2 when there is no such run.
///
/// # Errors
/// When the history or the output cannot be read, or the result cannot be written.
pub fn run(
    state: &Path,
    options: &Options,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let history = History::new(state);
    let Some(record) = find(&history, &options.target)? else {
        let text = unknown(&options.target);
        return Ok(refuse(err, &text, options.lang, 2));
    };
    let mut printer = Printer::new(options);
    let mut reader = Reader::new(state, record.id);
    let mut last = record;
    loop {
        // The run is asked for before its files are read: what it wrote before its end is in them.
        last = history.run(last.id)?.unwrap_or(last);
        let is_over = last.is_final() || !options.follow;
        while let Some(bytes) = reader.read()? {
            printer.take(&bytes, out)?;
        }
        if is_over {
            break;
        }
        out.flush()?;
        std::thread::sleep(LOOK);
    }
    printer.finish(&last, out)?;
    if reader.is_missing() && !options.quiet {
        writeln!(err, "{}", silence(&last).get(options.lang))?;
    }
    out.flush()?;
    Ok(0)
}

fn find(history: &History, target: &str) -> io::Result<Option<RunRecord>> {
    if let Some(run_id) = RunId::parse(target) {
        return history.run(run_id);
    }
    let Some(job_id) = JobId::new(target) else {
        return Ok(None);
    };
    let filter = Filter {
        job_id: Some(job_id),
        ..Filter::default()
    };
    let mut cursor = None;
    loop {
        let page = history.page(&filter, cursor, 100)?;
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

fn unknown(target: &str) -> Text {
    let target = visible(target);
    Text::new(
        format!("no run of `{target}` has started: see jobsd history"),
        format!("aucune exécution de « {target} » n’a démarré : voyez jobsd history"),
    )
}

fn silence(record: &RunRecord) -> Text {
    if record.output_bytes == 0 {
        Text::new("(no output)", "(aucune sortie)")
    } else {
        Text::new(
            "(its output is no longer kept: output.retain_days, retain_bytes, retain_runs)",
            "(sa sortie n’est plus conservée : output.retain_days, retain_bytes, retain_runs)",
        )
    }
}

/// Reads the output files of a run in their order, whatever the daemon does with them meanwhile.
struct Reader {
    files: [PathBuf; 3],
    open: Option<File>,
    /// Whether the end of the log was left for the segment behind it.
    is_in_tail: bool,
    has_begun: bool,
}

impl Reader {
    fn new(state: &Path, run_id: RunId) -> Reader {
        Reader {
            files: output::files(state, run_id),
            open: None,
            is_in_tail: false,
            has_begun: false,
        }
    }

    /// Further bytes; `None` when there are none now.
    fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.open.is_none() {
            self.open = open_if_there(&self.files[0])?;
        }
        loop {
            let Some(file) = &mut self.open else {
                return Ok(None);
            };
            self.has_begun = true;
            let mut bytes = vec![0; READ_BYTES];
            let read = file.read(&mut bytes)?;
            if read > 0 {
                bytes.truncate(read);
                return Ok(Some(bytes));
            }
            match self.further()? {
                Some(next) => (self.open, self.is_in_tail) = (Some(next), true),
                None => return Ok(None),
            }
        }
    }

    /// The segment behind the one that was read to its end, while the run is over its bound.
    fn further(&mut self) -> io::Result<Option<File>> {
        let [_, older, newer] = &self.files;
        let here = self.open.as_ref().map(inode).transpose()?;
        let same = |file: &Option<File>| -> io::Result<bool> {
            Ok(file.as_ref().map(inode).transpose()? == here)
        };
        let (older, newer) = (open_if_there(older)?, open_if_there(newer)?);
        if self.is_in_tail && (same(&newer)? || newer.is_none()) {
            return Ok(None);
        }
        if self.is_in_tail && same(&older)? {
            return Ok(newer);
        }
        Ok(older.or(newer))
    }

    fn is_missing(&self) -> bool {
        !self.has_begun
    }
}

fn open_if_there(path: &Path) -> io::Result<Option<File>> {
    match open::read(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn inode(file: &File) -> io::Result<(u64, u64)> {
    let meta = file.metadata()?;
    Ok((meta.dev(), meta.ino()))
}

/// Lines of the file to lines for people or programs.
struct Printer<'a> {
    options: &'a Options,
    part: Vec<u8>,
    attempt: u32,
    /// The last lines, where only they are wanted; a part of a line is glued to what follows.
    kept: std::collections::VecDeque<Vec<u8>>,
    is_open: bool,
}

impl<'a> Printer<'a> {
    fn new(options: &'a Options) -> Printer<'a> {
        Printer {
            options,
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
            if let Some(line) = output::read_line(line) {
                self.line(line, out)?;
            }
        }
        if self.options.follow {
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
            .options
            .attempt
            .is_some_and(|wanted| wanted != self.attempt);
        if is_other || self.options.stderr && line.stream == Stream::Stdout {
            return Ok(());
        }
        let mut text = Vec::new();
        if !self.is_open {
            text.extend(self.heading(line).into_bytes());
        }
        if self.options.is_terminal {
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
        match self.options.tail {
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
        if !self.options.timestamps {
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
        let parsed: Option<Timestamp> = at.parse().ok().filter(|_| self.options.is_terminal);
        parsed.map_or_else(
            || at.to_owned(),
            |at| {
                at.to_zoned_datetime(self.options.zone.clone())
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
        if self.is_open && self.options.is_terminal {
            writeln!(out)?;
        }
        let end = last
            .finished_at
            .filter(|_| self.options.timestamps && last.status != Status::Running);
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
