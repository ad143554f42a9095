//! `jobsd import`: job files from a crontab or a timer of systemd. What cannot be imported is named
//! by its line; a file that exists is never replaced.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::earlier::Earlier;
use crate::commands::exit::{Exit, Failure};
use crate::commands::importer::{Importer, Order};
use crate::foreign::crontab::Crontab;
use crate::foreign::job::{Found, Loss, Source};
use crate::foreign::timer::{self, Timer};
use crate::foreign::unit::{self, Setting};
use crate::shell::disk::FILE_BYTES_MAX;
use crate::text::cause::cause;
use crate::text::help::French;
use crate::text::import as words;
use crate::text::import_timer as unit_words;
use crate::text::{Text, command_errors, commands};

/// Where crontabs of users lie, each under its user's name.
const SPOOLS: [&str; 3] = [
    "/var/spool/cron/crontabs",
    "/var/spool/cron",
    "/var/spool/cron/tabs",
];

/// Where the drop-ins of units lie, beside those in the unit's own folder.
const DROP_INS: &str = "/etc/systemd/system";

/// Write job files from a crontab or a systemd timer. Exits 1 if anything could not be imported.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  crontab -l | jobsd import -\n  jobsd import /etc/crontab \
        --dry-run\n  jobsd import /etc/systemd/system/backup.timer\n\n\
        Where an entry names no zone, --tz is the `timezone` that is written [default: the zone\n\
        of this machine]."
)]
pub struct Import {
    /// The file; `-` is standard input.
    file: PathBuf,
    /// What it is [default: systemd for a file *.timer, else crontab].
    #[arg(long, value_parser = ["crontab", "systemd"])]
    from: Option<String>,
    /// Where the job files go [default: the jobs folder].
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The crontab names a user in each entry, as /etc/crontab and /etc/cron.d do.
    #[arg(long)]
    system: bool,
    /// Also change job files of an earlier import whose entries say something else now.
    #[arg(long)]
    update: bool,
    /// Print the job files instead of writing them.
    #[arg(long)]
    dry_run: bool,
}

impl Runs for Import {
    const FRENCH: French = French::new(
        "Écrit des fichiers de job depuis une crontab ou un timer systemd. Sort avec 1 si quelque \
         chose n’a pas pu être importé",
        &[
            ("file", "Le fichier ; `-` est l’entrée standard"),
            (
                "from",
                "Ce qu’il est [défaut : systemd pour un fichier *.timer, sinon crontab]",
            ),
            (
                "dir",
                "Où vont les fichiers de job [défaut : le dossier des jobs]",
            ),
            (
                "system",
                "La crontab nomme un utilisateur par entrée, comme /etc/crontab et /etc/cron.d",
            ),
            (
                "update",
                "Change aussi les fichiers de job d’un import précédent dont les entrées ont changé",
            ),
            (
                "dry_run",
                "Affiche les fichiers de job au lieu de les écrire",
            ),
        ],
    )
    .with_after(
        "Exemples :\n  crontab -l | jobsd import -\n  jobsd import /etc/crontab --dry-run\n  jobsd \
         import /etc/systemd/system/backup.timer\n\nQuand une entrée ne nomme pas de fuseau, --tz \
         est le `timezone` écrit [défaut : le\nfuseau de cette machine].",
    );

    fn needs(&self) -> Needs {
        Needs::Files
    }

    /// Done where everything came over, a problem where something did not; failed where something
    /// cannot be read or written.
    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let is_timer = is_timer(&self);
        if is_timer && self.system {
            return Err(Failure::usage(&words::system_timer()));
        }
        if is_timer && is_input(&self.file) {
            return Err(Failure::usage(&words::timer_from_input()));
        }
        let dir = self.dir.as_ref().unwrap_or(&context.layout.jobs).clone();
        let settings = context.settings();
        let begun = read(&self.file).and_then(|bytes| Ok((bytes, Earlier::read(&dir, &settings)?)));
        let (bytes, (earlier, ids)) = begun.map_err(|sentence| Failure::failed(&sentence))?;
        let order = Order {
            dir,
            is_dry: self.dry_run,
            updates: self.update,
            file: self.file.to_string_lossy().into_owned(),
            owner: owner(&self.file),
        };
        let mut importer = Importer::new(order, ids, earlier, context);
        if is_timer {
            let timer = timer_of(&self.file, &bytes);
            let (found, service) = timer.map_err(|sentence| Failure::failed(&sentence))?;
            importer.service = service.to_string_lossy().into_owned();
            importer.take_all(found)?;
        } else {
            let has_user = self.system || is_of_system(&self.file);
            importer.take_all(Crontab::new(&bytes, has_user).collect())?;
        }
        Ok(importer.sum_up()?)
    }
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
            words: unit_words::drop_ins(&folder.to_string_lossy()),
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
        words: unit_words::no_unit_line(),
    })
}
