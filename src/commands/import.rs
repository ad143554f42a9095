//! `jobsd import`: job files from a crontab or a timer of systemd. What does not come over is named by its line; a file that
//! exists is never replaced.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::commands::new::schema_beside;
use crate::commands::offline::refuse;
use crate::model::job::{Job, JobId};
use crate::render::screen::Screen;
use crate::shell::disk::{self, FILE_BYTES_MAX, Trust};
use crate::shell::process::account;
use crate::spec::config::Settings;
use crate::spec::crontab::Crontab;
use crate::spec::foreign::{self, Foreign, Found, Frame, Ids, Loss, Source};
use crate::spec::timer::{self, Timer};
use crate::spec::unit::{self, Setting};
use crate::spec::{Reader, SourceFile};
use crate::text::cause::cause;
use crate::text::import as words;
use crate::text::{Text, command_errors, commands, visible};
use crate::view::words::schedule;

/// Bytes of all job files that one import makes: entries repeat their variables.
const WRITTEN_BYTES_MAX: usize = 64 << 20;

/// Where crontabs of users lie, each under its user's name.
const SPOOLS: [&str; 3] = [
    "/var/spool/cron/crontabs",
    "/var/spool/cron",
    "/var/spool/cron/tabs",
];

/// Where the drop-ins of units lie, beside those in the unit's own folder.
const DROP_INS: &str = "/etc/systemd/system";

/// What is to be imported.
#[derive(Clone, Debug, Args)]
pub struct Import {
    /// The file; `-` is standard input.
    pub file: PathBuf,
    /// What it is [default: systemd for a file *.timer, else crontab].
    #[arg(long, value_parser = ["crontab", "systemd"])]
    pub from: Option<String>,
    /// Where the job files go [default: the jobs folder].
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// The crontab names a user in each entry, as /etc/crontab and /etc/cron.d do.
    #[arg(long)]
    pub system: bool,
    /// Print the job files instead of writing them.
    #[arg(long)]
    pub dry_run: bool,
}

/// What an import works with.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The folder of job files.
    pub jobs: &'a Path,
    /// What `jobsd.yaml` says of jobs.
    pub settings: &'a Settings,
    /// Who reads; its zone is that of the entries that name none.
    pub screen: &'a Screen,
}

/// Runs the command: 0 everything came over, 1 something did not, 2 wrong usage, 5 something cannot be read or written.
///
/// # Errors
/// When the output cannot be written.
pub fn run(
    import: &Import,
    place: Place<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let lang = place.screen.lang;
    let is_timer = is_timer(import);
    let misuse = match is_timer {
        true if import.system => Some(words::system_timer()),
        true if is_input(&import.file) => Some(words::timer_from_input()),
        _ => None,
    };
    if let Some(sentence) = misuse {
        return Ok(refuse(err, &sentence, lang, 2));
    }
    let dir = import.dir.as_deref().unwrap_or(place.jobs);
    let begun = read(&import.file).and_then(|bytes| Ok((bytes, taken_ids(dir)?)));
    let (bytes, ids) = match begun {
        Ok(begun) => begun,
        Err(sentence) => return Ok(refuse(err, &sentence, lang, 5)),
    };
    let mut importer = Importer::new(import, place, dir, ids, out, err);
    let goes_on = if is_timer {
        match timer_of(&import.file, &bytes) {
            Ok((found, service)) => {
                importer.service = service.to_string_lossy().into_owned();
                importer.take_all(found.into_iter())?
            }
            Err(sentence) => return Ok(refuse(importer.err, &sentence, lang, 5)),
        }
    } else {
        let has_user = import.system || is_of_system(&import.file);
        importer.take_all(Crontab::new(&bytes, has_user))?
    };
    if !goes_on {
        return Ok(5);
    }
    importer.sum_up()
}

fn is_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn is_timer(import: &Import) -> bool {
    match import.from.as_deref() {
        Some(from) => from == "systemd",
        None => import.file.extension().is_some_and(|end| end == "timer"),
    }
}

/// Whether it is a crontab of the system, by its place.
fn is_of_system(path: &Path) -> bool {
    path == Path::new("/etc/crontab") || path.parent() == Some(Path::new("/etc/cron.d"))
}

/// The user whose crontab it is, where it lies in the spool.
fn owner(path: &Path) -> Option<String> {
    let folder = path.parent()?;
    let is_spool = SPOOLS.iter().any(|spool| folder == Path::new(spool));
    let name = path.file_name()?.to_str()?;
    is_spool.then(|| name.to_owned())
}

fn read(path: &Path) -> Result<Vec<u8>, Text> {
    let shown = path.to_string_lossy();
    let input: io::Result<Box<dyn Read>> = match is_input(path) {
        true => Ok(Box::new(io::stdin())),
        false => File::open(path).map(|file| Box::new(file) as Box<dyn Read>),
    };
    let mut bytes = Vec::new();
    input
        .and_then(|input| input.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| match is_input(path) {
            true => command_errors::no_stdin(&cause(&error)),
            false => commands::not_read(&shown, &cause(&error)),
        })?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(words::too_large(&shown, FILE_BYTES_MAX));
    }
    Ok(bytes)
}

/// The ids of a folder that need not exist yet.
fn taken_ids(dir: &Path) -> Result<Ids, Text> {
    if matches!(fs::metadata(dir), Err(error) if error.kind() == io::ErrorKind::NotFound) {
        return Ok(Ids::default());
    }
    let listing = disk::listing::list(dir, Trust::Anyone).map_err(|error| error.text())?;
    let stems = listing.files.iter().filter_map(|path| path.file_stem());
    Ok(Ids::new(
        stems.map(|stem| stem.to_string_lossy().into_owned()),
    ))
}

/// What a timer and the service beside it give, and the path of that.
fn timer_of(path: &Path, bytes: &[u8]) -> Result<(Vec<Found>, PathBuf), Text> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let timer = match settings(bytes) {
        Ok(timer) => timer,
        Err(line) => return Ok((vec![not_a_unit(Source::Named, line)], PathBuf::new())),
    };
    let name = timer::service_name(&timer, &stem);
    // The name of a unit holds no slash: it never leads elsewhere.
    let name = name.replace('/', "-");
    let service_path = path.with_file_name(name);
    let service = settings(&read(&service_path)?);
    let mut found = drop_ins(Source::Named, path);
    found.extend(drop_ins(Source::Service, &service_path));
    found.extend(match service {
        Ok(service) => Timer {
            timer: &timer,
            service: &service,
            stem: &stem,
            is_of_user: path.to_string_lossy().contains("systemd/user"),
        }
        .read(),
        Err(line) => vec![not_a_unit(Source::Service, line)],
    });
    Ok((found, service_path))
}

/// The folder of files that change a unit, where there is one: they are not read.
fn drop_ins(source: Source, path: &Path) -> Vec<Found> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".d");
    let folders = [path.with_file_name(&name), Path::new(DROP_INS).join(&name)];
    let found = folders.into_iter().find(|folder| folder.is_dir());
    let loss = |folder: PathBuf| {
        Found::Loss(Loss {
            line: 1,
            source,
            is_job: false,
            words: words::drop_ins(&folder.to_string_lossy()),
        })
    };
    found.map(loss).into_iter().collect()
}

/// The settings of a unit file; `Err` is the line that is none.
fn settings(bytes: &[u8]) -> Result<Vec<Setting>, usize> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = &bytes[..error.valid_up_to()];
        good.iter().filter(|byte| **byte == b'\n').count() + 1
    })?;
    unit::read(text).map(unit::in_force)
}

fn not_a_unit(source: Source, line: usize) -> Found {
    Found::Loss(Loss {
        line,
        source,
        is_job: true,
        words: words::no_unit_line(),
    })
}

/// Takes over one job after the other.
struct Importer<'a> {
    place: Place<'a>,
    dir: &'a Path,
    is_dry: bool,
    /// The names of the files, as they were given.
    file: String,
    service: String,
    schema: String,
    zone: String,
    /// Whether the zone was found; its lack is said once.
    knows_zone: bool,
    ids: Ids,
    /// What this import wrote: two equal entries of one crontab are two jobs.
    written: BTreeSet<PathBuf>,
    /// Whose crontab it is, where its place says so.
    owner: Option<String>,
    /// Home folders by user; `None` is who runs this.
    homes: BTreeMap<Option<String>, Option<String>>,
    bytes: usize,
    jobs: usize,
    refused: usize,
    lost: usize,
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
}

impl<'a> Importer<'a> {
    fn new(
        import: &Import,
        place: Place<'a>,
        dir: &'a Path,
        ids: Ids,
        out: &'a mut dyn Write,
        err: &'a mut dyn Write,
    ) -> Importer<'a> {
        let zone = &place.screen.zone;
        let name = zone.iana_name().filter(|_| !zone.is_unknown());
        Importer {
            place,
            dir,
            is_dry: import.dry_run,
            file: import.file.to_string_lossy().into_owned(),
            service: String::new(),
            schema: schema_beside(dir),
            zone: name.unwrap_or("UTC").to_owned(),
            knows_zone: name.is_some(),
            ids,
            written: BTreeSet::new(),
            owner: owner(&import.file),
            homes: BTreeMap::new(),
            bytes: 0,
            jobs: 0,
            refused: 0,
            lost: 0,
            out,
            err,
        }
    }

    /// Takes everything; `false` when a file cannot be written, which is said.
    fn take_all(&mut self, all: impl Iterator<Item = Found>) -> io::Result<bool> {
        for found in all {
            match found {
                Found::Loss(loss) => self.tell_loss(&loss)?,
                Found::Job(job) => {
                    if !self.take(*job)? {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    fn take(&mut self, mut job: Foreign) -> io::Result<bool> {
        let origin = format!("{}:{}", self.file, job.line);
        job.user = job.user.or_else(|| self.owner.clone());
        self.settle_home(&mut job);
        if let Some(path) = self.there_already(&job, &origin) {
            if !self.place.screen.quiet {
                self.say(&words::there_already(&origin, &path.to_string_lossy()))?;
            }
            self.tell_lost(&origin, &job)?;
            return Ok(true);
        }
        let id = self.ids.free(&job.stem);
        let frame = self.frame(&origin);
        let path = self.dir.join(format!("{id}.yaml"));
        let checked = if self.bytes >= WRITTEN_BYTES_MAX {
            Err(words::much_text(WRITTEN_BYTES_MAX))
        } else {
            let text = foreign::text(id.as_str(), &job, frame);
            self.checked(&path, &text).map(|made| (text, made))
        };
        let (text, made) = match checked {
            Ok(checked) => checked,
            Err(sentence) => {
                self.refused += 1;
                self.say(&words::refused(&origin, &sentence))?;
                return Ok(true);
            }
        };
        if !self.keep(&id, &path, &text)? {
            return Ok(false);
        }
        self.tell(&origin, &path, &job, &made)?;
        Ok(true)
    }

    fn frame<'f>(&'f self, origin: &'f str) -> Frame<'f> {
        Frame {
            schema: &self.schema,
            origin,
            zone: &self.zone,
            lang: self.place.screen.lang,
        }
    }

    /// The file of an earlier import that says the same: a second one would run the job twice.
    fn there_already(&self, job: &Foreign, origin: &str) -> Option<PathBuf> {
        for id in Ids::of(&job.stem) {
            let path = self.dir.join(format!("{id}.yaml"));
            if self.written.contains(&path) {
                continue;
            }
            let bytes = disk::read_one(&path).ok()?.bytes;
            let old = self.checked(&path, &String::from_utf8(bytes).ok()?).ok();
            let new = self.checked(&path, &foreign::text(&id, job, self.frame(origin)));
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
            settings: self.place.settings,
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

    /// Writes or prints the file; `false` when it cannot be written, which is said.
    fn keep(&mut self, id: &JobId, path: &Path, text: &str) -> io::Result<bool> {
        let shown = visible(&path.to_string_lossy());
        if self.is_dry {
            let between = if self.jobs > 0 { "---\n" } else { "" };
            write!(self.out, "{between}# {shown}\n{text}")?;
        } else {
            if let Err(error) = write_new(path, text) {
                let sentence = commands::not_written(&shown, &cause(&error));
                refuse(self.err, &sentence, self.place.screen.lang, 5);
                return Ok(false);
            }
            writeln!(self.out, "{shown}")?;
            self.written.insert(path.to_owned());
        }
        self.ids.take(id);
        self.jobs += 1;
        self.bytes += text.len();
        Ok(true)
    }

    /// Says what became of a job: its file, its due times in words, and what it lost.
    fn tell(&mut self, origin: &str, path: &Path, job: &Foreign, made: &Job) -> io::Result<()> {
        let screen = self.place.screen;
        if job.timezone.is_none() && !self.knows_zone {
            self.knows_zone = true;
            self.say(&words::no_zone())?;
        }
        if !screen.quiet {
            let when = schedule(&made.schedule, screen.lang);
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
            Source::Named => &self.file,
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
        let line = visible(words.get(self.place.screen.lang));
        writeln!(self.err, "{line}")
    }

    /// The last line, and the exit code.
    fn sum_up(mut self) -> io::Result<u8> {
        let (jobs, refused, lost) = (self.jobs, self.refused, self.lost);
        if !self.place.screen.quiet {
            self.say(&match jobs + refused {
                0 => words::nothing(&self.file),
                _ => words::summary(jobs, refused, lost),
            })?;
        }
        Ok(u8::from(refused + lost > 0))
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
