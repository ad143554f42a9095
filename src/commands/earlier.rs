//! What earlier imports brought. An entry of a crontab or a timer that a job file runs already is
//! not written once more: the job would run twice.

use std::collections::{HashMap, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::foreign::job::Ids;
use crate::model::job::Job;
use crate::rewrite::merge;
use crate::shell::disk::{self, Trust};
use crate::spec::jobs::read::Reader;
use crate::spec::types::config::Settings;
use crate::spec::yaml::reader;
use crate::text::Text;
use crate::time;

/// What runs, and as whom.
const WORK: [&str; 3] = ["bot_config", "user", "group"];
/// When it runs.
const SCHEDULE: [&str; 2] = ["schedule_type", "schedule_config"];
/// In which zone.
const ZONE: &str = "timezone";
/// What else an entry says.
const OTHER: [&str; 4] = [ZONE, "misfire_grace_time", "working_dir", "env"];

/// The job files of a folder.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    job: Arc<Job>,
    said: Said,
    /// Whether an entry was found to be this one.
    is_claimed: bool,
}

/// An entry as the job that it would become.
#[derive(Debug)]
pub(super) struct Entry {
    /// The id that it would like.
    pub stem: String,
    /// The job; `None` where it cannot be one.
    pub job: Option<Arc<Job>>,
}

/// The file that runs an entry already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct There {
    /// The file.
    pub path: PathBuf,
    /// The keys that say something else than the entry.
    pub differing: Vec<&'static str>,
}

/// What a job says, as far as an entry says it too.
#[derive(Debug)]
struct Said {
    work: String,
    schedule: String,
    other: String,
}

/// How a file is recognized as that of an entry; the closest first, and each over all entries
/// before the next one, so that a new entry does not take the file of another.
#[derive(Clone, Copy)]
enum Likeness {
    /// It says the same.
    Same,
    /// Other surroundings: the zone of another machine.
    SameDueTimes,
    /// Another schedule.
    SameWork,
    /// Another command, under the id that the entry would like.
    SameName,
}

impl Said {
    fn of(job: &Job) -> Said {
        let definition = job.definition.value();
        let values = |keys: &[&str]| -> String {
            let values = keys.iter().map(|key| definition[*key].to_string() + "\n");
            values.collect()
        };
        Said {
            work: values(&WORK),
            schedule: values(&SCHEDULE),
            other: values(&OTHER),
        }
    }
}

impl Likeness {
    const ALL: [Likeness; 4] = [
        Likeness::Same,
        Likeness::SameDueTimes,
        Likeness::SameWork,
        Likeness::SameName,
    ];

    /// What file and entry have in common; `stem` is that of the id.
    fn mark(self, stem: &str, said: &Said) -> String {
        let Said {
            work,
            schedule,
            other,
        } = said;
        match self {
            Likeness::Same => format!("{work}{schedule}{other}"),
            Likeness::SameDueTimes => format!("{work}{schedule}"),
            Likeness::SameWork => work.clone(),
            Likeness::SameName => format!("{stem}\n{schedule}"),
        }
    }
}

impl Earlier {
    /// Reads a folder, which need not exist yet; and the ids that are taken in it, also by files
    /// that are not good.
    ///
    /// # Errors
    /// A sentence, where the folder cannot be read.
    pub(super) fn read(dir: &Path, settings: &Settings) -> Result<(Earlier, Ids), Text> {
        if matches!(fs::metadata(dir), Err(error) if error.kind() == io::ErrorKind::NotFound) {
            return Ok((Earlier::default(), Ids::default()));
        }
        let listing = disk::listing::list(dir, Trust::Anyone).map_err(|error| error.text())?;
        let stems = listing.files.iter().filter_map(|path| path.file_stem());
        let ids = Ids::new(stems.map(|stem| stem.to_string_lossy().into_owned()));
        let reader = Reader {
            probe: &|_| None,
            keeps_jobs: true,
            settings,
        };
        let read = |path: PathBuf| {
            let job = reader.read(&disk::read_one(&path).ok()?).job?;
            Some(File {
                path,
                said: Said::of(&job),
                job,
                is_claimed: false,
            })
        };
        let files = listing.files.into_iter().filter_map(read).collect();
        Ok((Earlier { files }, ids))
    }

    /// The file of each entry, where there is one. No file is that of two.
    pub(super) fn recognize(&mut self, entries: &[Entry]) -> Vec<Option<There>> {
        let mut found: Vec<Option<There>> = vec![None; entries.len()];
        for likeness in Likeness::ALL {
            let mut free = self.by_mark(likeness);
            for (entry, found) in entries.iter().zip(&mut found) {
                let Some(job) = entry.job.as_ref().filter(|_| found.is_none()) else {
                    continue;
                };
                let mark = likeness.mark(&clean(&entry.stem), &Said::of(job));
                if let Some(n) = free.get_mut(&mark).and_then(VecDeque::pop_front) {
                    *found = Some(self.claim(n, job));
                }
            }
        }
        found
    }

    /// The files that no entry claims, by what they have in common with their entry.
    fn by_mark(&self, likeness: Likeness) -> HashMap<String, VecDeque<usize>> {
        let mut free: HashMap<String, VecDeque<usize>> = HashMap::new();
        let files = self.files.iter().enumerate();
        for (n, file) in files.filter(|(_, file)| !file.is_claimed) {
            let mark = likeness.mark(stem_of(file.job.id.as_str()), &file.said);
            free.entry(mark).or_default().push_back(n);
        }
        free
    }

    fn claim(&mut self, n: usize, job: &Job) -> There {
        let file = &mut self.files[n];
        file.is_claimed = true;
        let keys = [&WORK[..], &SCHEDULE, &OTHER].concat();
        let (old, new) = (file.job.definition.value(), job.definition.value());
        There {
            path: file.path.clone(),
            differing: keys
                .into_iter()
                .filter(|key| !is_same(key, &old[key], &new[key]))
                .collect(),
        }
    }
}

/// Whether two values of a key mean the same: a zone may have several names.
fn is_same(key: &str, one: &Value, other: &Value) -> bool {
    let zones = (one.as_str(), other.as_str());
    match zones {
        (Some(one), Some(other)) if key == ZONE => time::is_same_zone(one, other),
        _ => one == other,
    }
}

/// An id without the number that tells it from others of its stem.
fn stem_of(id: &str) -> &str {
    let (stem, number) = id.rsplit_once('-').unwrap_or((id, ""));
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    if is_number { stem } else { id }
}

/// The stem that the id of an entry has, without a number of its own.
fn clean(stem: &str) -> String {
    let id = Ids::default().free(stem);
    stem_of(id.as_str()).to_owned()
}

/// The text of a file with the values that an entry has now, its comments and other keys as they
/// are; `None` where that cannot be done safely.
pub(super) fn updated(old: &str, new: &str) -> Option<String> {
    let keys = |text: &str| match reader::parse(text.as_bytes()).root?.to_json() {
        Value::Object(keys) => Some(keys),
        _ => None,
    };
    let (mut keys_now, mut fresh) = (keys(old)?, keys(new)?);
    for key in [&WORK[..], &SCHEDULE, &OTHER].concat() {
        match fresh.remove(key) {
            Some(value)
                if keys_now
                    .get(key)
                    .is_some_and(|now| is_same(key, now, &value)) => {}
            Some(value) => drop(keys_now.insert(key.to_owned(), value)),
            None => drop(keys_now.remove(key)),
        }
    }
    merge::merge(old, &keys_now)
}
