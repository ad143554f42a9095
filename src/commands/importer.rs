//! Takes over what an import found: each entry becomes a file, or is named with what does not come
//! over.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::commands::context::Context;
use crate::commands::earlier::{self, Earlier, Entry, There};
use crate::commands::exit::{Exit, Failure};
use crate::commands::fmt;
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
    /// Whether files of an earlier import are changed.
    pub updates: bool,
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
    /// Whether an entry left its zone to this import.
    uses_zone: bool,
    ids: Ids,
    earlier: Earlier,
    /// Home folders by user; `None` is who runs this.
    homes: BTreeMap<Option<String>, Option<String>>,
    bytes: usize,
    jobs: usize,
    refused: usize,
    lost: usize,
    there: usize,
    differing: usize,
    updated: usize,
    settings: Settings,
    context: &'a mut Context<'c>,
}

impl<'a, 'c> Importer<'a, 'c> {
    pub(super) fn new(
        order: Order,
        ids: Ids,
        earlier: Earlier,
        context: &'a mut Context<'c>,
    ) -> Importer<'a, 'c> {
        let zone = &context.screen.zone;
        let name = zone.iana_name().filter(|_| !zone.is_unknown());
        Importer {
            service: String::new(),
            schema: schema_beside(&order.dir),
            zone: name.unwrap_or("UTC").to_owned(),
            knows_zone: name.is_some(),
            uses_zone: false,
            ids,
            earlier,
            homes: BTreeMap::new(),
            bytes: 0,
            jobs: 0,
            refused: 0,
            lost: 0,
            there: 0,
            differing: 0,
            updated: 0,
            settings: context.settings(),
            order,
            context,
        }
    }

    /// Takes everything.
    ///
    /// # Errors
    /// [`Failure`] where a file, or the output, cannot be written.
    pub(super) fn take_all(&mut self, mut all: Vec<Found>) -> Result<(), Failure> {
        let mut entries = Vec::new();
        for found in &mut all {
            if let Found::Job(job) = found {
                job.user = job.user.take().or_else(|| self.order.owner.clone());
                self.settle_home(job);
                self.uses_zone |= job.timezone.is_none();
                entries.push(self.entry(job));
            }
        }
        let mut there = self.earlier.recognize(&entries).into_iter();
        for found in all {
            match found {
                Found::Loss(loss) => self.tell_loss(&loss)?,
                Found::Job(job) => match there.next().flatten() {
                    Some(there) => self.compare(&job, &there)?,
                    None => self.take(&job)?,
                },
            }
        }
        Ok(())
    }

    /// The job that an entry would become.
    fn entry(&self, job: &Foreign) -> Entry {
        let id = Ids::default().free(&job.stem);
        let path = self.order.dir.join(format!("{id}.yaml"));
        let text = job::text(id.as_str(), job, self.frame(&self.origin(job)));
        Entry {
            stem: job.stem.clone(),
            job: self.checked(&path, &text).ok(),
        }
    }

    /// Where a job stood.
    fn origin(&self, job: &Foreign) -> String {
        format!("{}:{}", self.order.file, job.line)
    }

    /// Says whether the file of an earlier import still says what its entry does, and changes it
    /// where that is asked.
    fn compare(&mut self, job: &Foreign, there: &There) -> Result<(), Failure> {
        let origin = self.origin(job);
        let path = there.path.to_string_lossy().into_owned();
        self.there += 1;
        if there.differing.is_empty() {
            if !self.context.screen.quiet {
                self.say(&words::there_already(&origin, &path))?;
            }
        } else if self.order.updates && self.update(job, there)? {
            self.updated += 1;
            self.say(&words::updated(&origin, &path, &there.differing))?;
        } else {
            self.differing += 1;
            self.say(&match self.order.updates {
                true => words::not_updated(&origin, &path, &there.differing),
                false => words::differs(&origin, &path, &there.differing),
            })?;
        }
        Ok(self.tell_lost(&origin, job)?)
    }

    /// Changes a file to what its entry says now; `false` where that cannot be done safely.
    fn update(&mut self, job: &Foreign, there: &There) -> Result<bool, Failure> {
        let shown = visible(&there.path.to_string_lossy());
        let old = disk::read_one(&there.path).ok();
        let old = old.and_then(|file| String::from_utf8(file.bytes).ok());
        let new = job::text(&job.stem, job, self.frame(&self.origin(job)));
        let text = old.and_then(|old| earlier::updated(&old, &new));
        let Some(text) = text.filter(|text| self.checked(&there.path, text).is_ok()) else {
            return Ok(false);
        };
        if self.order.is_dry {
            write!(self.context.out, "# {shown}\n{text}")?;
        } else {
            fmt::write(&there.path, &text)
                .map_err(|error| Failure::failed(&commands::not_written(&shown, &cause(&error))))?;
            writeln!(self.context.out, "{shown}")?;
        }
        Ok(true)
    }

    fn take(&mut self, job: &Foreign) -> Result<(), Failure> {
        let origin = self.origin(job);
        let id = self.ids.free(&job.stem);
        let frame = self.frame(&origin);
        let path = self.order.dir.join(format!("{id}.yaml"));
        let checked = if self.bytes >= WRITTEN_BYTES_MAX {
            Err(words::much_text(WRITTEN_BYTES_MAX))
        } else {
            let text = job::text(id.as_str(), job, frame);
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
        Ok(self.tell(&origin, &path, job, &made)?)
    }

    fn frame<'f>(&'f self, origin: &'f str) -> Frame<'f> {
        Frame {
            schema: &self.schema,
            origin,
            zone: &self.zone,
            lang: self.context.screen.lang,
        }
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
            let (there, differing, updated) = (self.there, self.differing, self.updated);
            self.say(&match jobs + refused + there {
                0 => words::nothing(&self.order.file),
                _ => words::summary(jobs, refused, lost),
            })?;
            if there > 0 {
                self.say(&words::summary_of_there(there, differing, updated))?;
            }
            if self.uses_zone {
                self.say(&words::zone_taken(&self.zone))?;
            }
        }
        Ok(Exit::found(refused + lost + self.differing > 0))
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
