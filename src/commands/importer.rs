//! Takes over what an import found: each entry becomes a file, or is named with what does not come
//! over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::commands::context::Context;
use crate::commands::exit::{Exit, Failure};
use crate::commands::new::schema_beside;
use crate::foreign::job::{self, Foreign, Found, Frame, Ids, Loss, Source};
use crate::model::job::{Job, JobId};
use crate::shell::disk;
use crate::shell::process::account;
use crate::spec::SourceFile;
use crate::spec::jobs::read::Reader;
use crate::spec::types::config::Settings;
use crate::text::cause::cause;
use crate::text::import as words;
use crate::text::{Text, commands, visible};

/// Bytes of all job files that one import makes: entries repeat their variables.
const WRITTEN_BYTES_MAX: usize = 64 << 20;

/// What is imported, and to where.
pub(super) struct Order {
    /// The folder of job files.
    pub dir: PathBuf,
    /// Whether the files are printed instead of written.
    pub is_dry: bool,
    /// The name of the file, as it was given.
    pub file: String,
    /// Whose crontab it is, where its place says so.
    pub owner: Option<String>,
}

/// Takes over one job after the other.
pub(super) struct Importer<'a, 'c> {
    order: Order,
    /// The name of the service beside a timer.
    pub(super) service: String,
    schema: String,
    zone: String,
    /// Whether the zone was found; its lack is said once.
    knows_zone: bool,
    ids: Ids,
    /// What this import wrote: two equal entries of one crontab are two jobs.
    written: BTreeSet<PathBuf>,
    /// Home folders by user; `None` is who runs this.
    homes: BTreeMap<Option<String>, Option<String>>,
    bytes: usize,
    jobs: usize,
    refused: usize,
    lost: usize,
    settings: Settings,
    context: &'a mut Context<'c>,
}

impl<'a, 'c> Importer<'a, 'c> {
    pub(super) fn new(order: Order, ids: Ids, context: &'a mut Context<'c>) -> Importer<'a, 'c> {
        let zone = &context.screen.zone;
        let name = zone.iana_name().filter(|_| !zone.is_unknown());
        Importer {
            service: String::new(),
            schema: schema_beside(&order.dir),
            zone: name.unwrap_or("UTC").to_owned(),
            knows_zone: name.is_some(),
            ids,
            written: BTreeSet::new(),
            homes: BTreeMap::new(),
            bytes: 0,
            jobs: 0,
            refused: 0,
            lost: 0,
            settings: context.settings(),
            order,
            context,
        }
    }

    /// Takes everything.
    ///
    /// # Errors
    /// [`Failure`] where a file, or the output, cannot be written.
    pub(super) fn take_all(&mut self, all: impl Iterator<Item = Found>) -> Result<(), Failure> {
        for found in all {
            match found {
                Found::Loss(loss) => self.tell_loss(&loss)?,
                Found::Job(job) => self.take(*job)?,
            }
        }
        Ok(())
    }

    fn take(&mut self, mut job: Foreign) -> Result<(), Failure> {
        let origin = format!("{}:{}", self.order.file, job.line);
        job.user = job.user.or_else(|| self.order.owner.clone());
        self.settle_home(&mut job);
        if let Some(path) = self.there_already(&job, &origin) {
            if !self.context.screen.quiet {
                self.say(&words::there_already(&origin, &path.to_string_lossy()))?;
            }
            return Ok(self.tell_lost(&origin, &job)?);
        }
        let id = self.ids.free(&job.stem);
        let frame = self.frame(&origin);
        let path = self.order.dir.join(format!("{id}.yaml"));
        let checked = if self.bytes >= WRITTEN_BYTES_MAX {
            Err(words::much_text(WRITTEN_BYTES_MAX))
        } else {
            let text = job::text(id.as_str(), &job, frame);
            self.checked(&path, &text).map(|made| (text, made))
        };
        let (text, made) = match checked {
            Ok(checked) => checked,
            Err(sentence) => {
                self.refused += 1;
                return Ok(self.say(&words::refused(&origin, &sentence))?);
            }
        };
        self.keep(&id, &path, &text)?;
        Ok(self.tell(&origin, &path, &job, &made)?)
    }

    fn frame<'f>(&'f self, origin: &'f str) -> Frame<'f> {
        Frame {
            schema: &self.schema,
            origin,
            zone: &self.zone,
            lang: self.context.screen.lang,
        }
    }

    /// The file of an earlier import that says the same: a second one would run the job twice.
    fn there_already(&self, job: &Foreign, origin: &str) -> Option<PathBuf> {
        for id in Ids::of(&job.stem) {
            let path = self.order.dir.join(format!("{id}.yaml"));
            if self.written.contains(&path) {
                continue;
            }
            let bytes = disk::read_one(&path).ok()?.bytes;
            let old = self.checked(&path, &String::from_utf8(bytes).ok()?).ok();
            let new = self.checked(&path, &job::text(&id, job, self.frame(origin)));
            if old.is_some_and(|old| new.is_ok_and(|new| new.digest == old.digest)) {
                return Some(path);
            }
        }
        None
    }

    /// Cron and services of users run jobs in a home folder.
    fn settle_home(&mut self, job: &mut Foreign) {
        if job.working_dir.is_some() {
            return;
        }
        let find = || account::home(job.user.as_deref());
        let known = self.homes.entry(job.user.clone()).or_insert_with(find);
        job.working_dir.clone_from(known);
        if known.is_none() {
            job.lost.push(words::no_home(job.user.as_deref()));
        }
    }

    /// The job that the text says; the first finding where it says none.
    fn checked(&self, path: &Path, text: &str) -> Result<Arc<Job>, Text> {
        let reader = Reader {
            probe: &|_| None,
            keeps_jobs: true,
            settings: &self.settings,
        };
        let file = SourceFile {
            path: path.to_string_lossy().into_owned(),
            bytes: text.as_bytes().to_vec(),
        };
        let reading = reader.read(&file);
        let error = reading.findings.iter().find(|finding| finding.is_error());
        match (error, reading.job) {
            (None, Some(job)) => Ok(job),
            (Some(error), _) => Err(commands::finding(&error.message, &error.help)),
            (None, None) => Err(commands::bad_id(&file.path)),
        }
    }

    /// Writes or prints the file.
    fn keep(&mut self, id: &JobId, path: &Path, text: &str) -> Result<(), Failure> {
        let shown = visible(&path.to_string_lossy());
        if self.order.is_dry {
            let between = if self.jobs > 0 { "---\n" } else { "" };
            write!(self.context.out, "{between}# {shown}\n{text}")?;
        } else {
            write_new(path, text)
                .map_err(|error| Failure::failed(&commands::not_written(&shown, &cause(&error))))?;
            writeln!(self.context.out, "{shown}")?;
            self.written.insert(path.to_owned());
        }
        self.ids.take(id);
        self.jobs += 1;
        self.bytes += text.len();
        Ok(())
    }

    /// Says what became of a job: its file, its due times in words, and what it lost.
    fn tell(&mut self, origin: &str, path: &Path, job: &Foreign, made: &Job) -> io::Result<()> {
        let (quiet, lang) = (self.context.screen.quiet, self.context.screen.lang);
        if job.timezone.is_none() && !self.knows_zone {
            self.knows_zone = true;
            self.say(&words::no_zone())?;
        }
        if !quiet {
            let when = made.schedule.in_words(lang);
            let told = words::taken(origin, &path.to_string_lossy(), &when);
            self.say(&told)?;
        }
        self.tell_lost(origin, job)
    }

    fn tell_lost(&mut self, origin: &str, job: &Foreign) -> io::Result<()> {
        for lost in &job.lost {
            self.lost += 1;
            self.say(&words::lost(origin, lost))?;
        }
        Ok(())
    }

    fn tell_loss(&mut self, loss: &Loss) -> io::Result<()> {
        let file = match loss.source {
            Source::Named => &self.order.file,
            Source::Service => &self.service,
        };
        let place = format!("{file}:{}", loss.line);
        if loss.is_job {
            self.refused += 1;
            self.say(&words::refused(&place, &loss.words))
        } else {
            self.lost += 1;
            self.say(&words::lost(&place, &loss.words))
        }
    }

    fn say(&mut self, words: &Text) -> io::Result<()> {
        let line = visible(words.get(self.context.screen.lang));
        writeln!(self.context.err, "{line}")
    }

    /// The last line, and the exit code.
    pub(super) fn sum_up(mut self) -> io::Result<Exit> {
        let (jobs, refused, lost) = (self.jobs, self.refused, self.lost);
        if !self.context.screen.quiet {
            self.say(&match jobs + refused {
                0 => words::nothing(&self.order.file),
                _ => words::summary(jobs, refused, lost),
            })?;
        }
        Ok(Exit::found(refused + lost > 0))
    }
}

/// Writes a file that must not exist; what was begun is taken back when it cannot be ended.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())
        .inspect_err(|_| drop(fs::remove_file(path)))
}
