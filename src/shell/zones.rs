//! Which copy of the zone data serves: that of the system or the one inside the binary. The newer
//! of the two, unless `zone_data` pins one: old data gives wrong hours in silence.

use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use crate::shell::clock;
use crate::spec::types::config::ZoneData;
use crate::time::{self, BUNDLED_ZONES, Timestamp, ZoneCopy};
use crate::view::answer::status::{ZoneDifference, Zones};

/// Where systems keep their zone files; `TZDIR` wins.
const FOLDERS: [&str; 3] = [
    "/usr/share/zoneinfo",
    "/usr/share/lib/zoneinfo",
    "/etc/zoneinfo",
];
/// What names the copy that serves to the built-in bots, which are programs of their own:
/// `bundled`, or a folder.
pub const VARIABLE: &str = "JOBSD_ZONE_DATA";
const BUNDLED: &str = "bundled";
/// The line with the version is no longer.
const LINE_BYTES_MAX: u64 = 256;

/// The zone files of this system.
#[derive(Clone, Debug, PartialEq, Eq)]
struct System {
    folder: PathBuf,
    version: Option<String>,
}

/// What was chosen.
#[derive(Clone, Debug, Default)]
struct Choice {
    wanted: ZoneData,
    system: Option<System>,
    is_system: bool,
}

static CHOICE: RwLock<Option<Choice>> = RwLock::new(None);

/// Chooses the copy that serves in this process.
pub fn choose(wanted: ZoneData) {
    let system = system();
    let is_system = match (wanted, &system) {
        (_, None) | (ZoneData::Bundled, _) => false,
        (ZoneData::System, Some(_)) => true,
        (ZoneData::Newer, Some(system)) => is_newer(system.version.as_deref(), BUNDLED_ZONES),
    };
    settle(Choice {
        wanted,
        system,
        is_system,
    });
}

/// Chooses what the daemon that started this program chose, else the newer copy.
pub fn choose_as_told() {
    match env::var(VARIABLE).ok().as_deref() {
        None | Some("") => choose(ZoneData::Newer),
        Some(BUNDLED) => choose(ZoneData::Bundled),
        Some(folder) => {
            let folder = PathBuf::from(folder);
            let version = version_of(&folder);
            settle(Choice {
                wanted: ZoneData::System,
                system: Some(System { folder, version }),
                is_system: true,
            });
        }
    }
}

/// Looks again, because the system's files may have been updated.
pub fn refresh() {
    let chosen = CHOICE.read().unwrap_or_else(PoisonError::into_inner);
    let wanted = chosen.as_ref().map(|choice| choice.wanted);
    drop(chosen);
    choose(wanted.unwrap_or_default());
}

fn settle(mut choice: Choice) {
    let system = choice.system.as_ref();
    let folder = system.map(|system| ZoneCopy::Folder(&system.folder));
    let now = clock::now();
    let serves = match folder {
        Some(folder) if choice.is_system => {
            time::serve_zones(folder, Some(ZoneCopy::Bundled), now).is_ok()
        }
        _ => false,
    };
    choice.is_system = serves;
    if !serves {
        // The bundled copy can always be opened.
        let _ = time::serve_zones(ZoneCopy::Bundled, folder, now);
    }
    *CHOICE.write().unwrap_or_else(PoisonError::into_inner) = Some(choice);
}

fn chosen() -> Choice {
    let chosen = CHOICE.read().unwrap_or_else(PoisonError::into_inner);
    chosen.clone().unwrap_or_default()
}

/// The copy that serves, by version and source: "2026f (bundled)", "2026f (/usr/share/zoneinfo)".
pub fn version() -> String {
    let choice = chosen();
    match choice.system {
        Some(system) if choice.is_system => system.name(),
        _ => bundled(),
    }
}

/// The copy that does not serve, where there is one.
pub fn other() -> Option<String> {
    let choice = chosen();
    let system = choice.system?;
    Some(if choice.is_system {
        bundled()
    } else {
        system.name()
    })
}

/// All of it, for the answers of the daemon about jobs with these zones.
pub fn facts<'a>(names: impl Iterator<Item = &'a str>) -> Zones {
    let mut in_use: Vec<&str> = names.collect();
    in_use.sort_unstable();
    in_use.dedup();
    let differing = differing(in_use.iter().copied()).into_iter();
    let difference = |(zone, from): (&str, Timestamp)| ZoneDifference {
        zone: zone.to_owned(),
        from,
    };
    Zones {
        setting: chosen().wanted,
        serving: version(),
        other: other(),
        differing: differing.map(difference).collect(),
        in_use: in_use.into_iter().map(str::to_owned).collect(),
    }
}

/// What [`VARIABLE`] says to a built-in bot.
pub fn told() -> PathBuf {
    let choice = chosen();
    match choice.system {
        Some(system) if choice.is_system => system.folder,
        _ => BUNDLED.into(),
    }
}

/// The zones of these in which the two copies differ within a year, each with the first instant.
pub fn differing<'a>(names: impl Iterator<Item = &'a str>) -> Vec<(&'a str, Timestamp)> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    let folder = chosen().system.map(|system| system.folder);
    // A pipe in the place of a zone file would be waited for.
    let is_file = |name: &str| folder.as_ref().is_some_and(|dir| dir.join(name).is_file());
    let names = names.into_iter().filter(|name| is_file(name));
    names
        .filter_map(|name| Some((name, time::zone_differs_from(name)?)))
        .collect()
}

fn bundled() -> String {
    format!("{BUNDLED_ZONES} ({BUNDLED})")
}

impl System {
    fn name(&self) -> String {
        let version = self.version.as_deref().unwrap_or("version unknown");
        format!("{version} ({})", self.folder.display())
    }
}

fn system() -> Option<System> {
    let named = env::var_os("TZDIR").filter(|dir| !dir.is_empty());
    let folder = match named {
        Some(dir) => Some(PathBuf::from(dir)),
        None => FOLDERS
            .iter()
            .map(PathBuf::from)
            .find(|folder| folder.is_dir()),
    };
    let folder = folder.filter(|folder| folder.is_dir())?;
    let version = version_of(&folder);
    Some(System { folder, version })
}

/// The version that the distribution left beside its zone files.
fn version_of(folder: &Path) -> Option<String> {
    let line = |name: &str| {
        let path = folder.join(name);
        let file = path.is_file().then(|| File::open(path).ok())??;
        let mut line = String::new();
        let mut reader = BufReader::new(file.take(LINE_BYTES_MAX));
        reader.read_line(&mut line).ok()?;
        let line = line.trim();
        let version = line.strip_prefix("# version ").unwrap_or(line);
        parse(version).map(|_| version.to_owned())
    };
    line("tzdata.zi").or_else(|| line("+VERSION"))
}

/// Whether a version of the system is at least that of the binary. One that cannot be read counts
/// as older: it may be of any age, and the bundled data is of a known one.
fn is_newer(system: Option<&str>, bundled: &str) -> bool {
    let system = system.and_then(parse);
    system.is_some() && system >= parse(bundled)
}

/// The year and the letters of "2026f"; after "z" comes "za".
fn parse(version: &str) -> Option<(u16, usize, &str)> {
    let (year, letters) = version.split_at_checked(4)?;
    let letters = letters.split('-').next().unwrap_or_default();
    let is_good = !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_lowercase());
    is_good.then_some((year.parse().ok()?, letters.len(), letters))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    /// Data of an unknown version counts as older.
    #[test]
    fn the_newer_zone_data_serves() {
        for (system, is_system) in [
            (Some("2026f"), true),
            (Some("2026g"), true),
            (Some("2026za"), true),
            (Some("2027a"), true),
            (Some("2026f-debian"), true),
            (Some("2026e"), false),
            (Some("2025zz"), false),
            (Some("unknown"), false),
            (None, false),
        ] {
            assert_eq!(is_newer(system, "2026f"), is_system, "{system:?}");
        }
    }

    #[test]
    fn a_version_is_read_from_either_file() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(version_of(dir.path()), None);
        std::fs::write(dir.path().join("+VERSION"), "2024a\n").unwrap();
        assert_eq!(version_of(dir.path()).as_deref(), Some("2024a"));
        std::fs::write(dir.path().join("tzdata.zi"), "# version 2025b\nR x\n").unwrap();
        assert_eq!(version_of(dir.path()).as_deref(), Some("2025b"));
    }
}
