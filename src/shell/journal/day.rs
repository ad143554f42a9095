//! Days and their files, and places in them.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::shell::held::Held;
use crate::shell::open;
use crate::time::Timestamp;

/// Where a line begins. Lines are ordered by it as they were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Position {
    /// The day's file, as the number YYYYMMDD.
    pub day: u32,
    /// Byte of the file.
    pub offset: u64,
}

/// The UTC day of an instant, as the number YYYYMMDD.
pub(crate) fn day_of(now: Timestamp) -> u32 {
    let text = now.strftime("%Y%m%d").to_string();
    text.parse().unwrap_or(0)
}

/// The days that have a file, oldest first.
pub(crate) fn days(history: &Path) -> io::Result<Vec<u32>> {
    let entries = match fs::read_dir(history) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut days = Vec::new();
    for entry in entries {
        days.extend(entry?.file_name().to_str().and_then(day_of_name));
    }
    days.sort_unstable();
    Ok(days)
}

fn day_of_name(name: &str) -> Option<u32> {
    let digits: Vec<&str> = name.strip_suffix(".jsonl")?.split('-').collect();
    let [year, month, day] = digits[..] else {
        return None;
    };
    let is_day = (year.len(), month.len(), day.len()) == (4, 2, 2);
    let number = [year, month, day].concat().parse().ok()?;
    is_day.then_some(number)
}

/// The file of a day.
pub(crate) fn day_path(history: &Path, day: u32) -> PathBuf {
    let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
    history.join(format!("{year:04}-{month:02}-{day:02}.jsonl"))
}

/// Opens the file of a day for appending; a new one is durable in its folder.
pub(crate) fn open_to_append(dir: &Path, day: u32) -> io::Result<(File, Held)> {
    let path = day_path(dir, day);
    let is_new = !path.exists();
    let file = open::with(
        OpenOptions::new().read(true).append(true).create(true),
        &path,
    )?;
    if is_new {
        File::open(dir)?.sync_all()?;
    }
    let name = Held::of(&path, &file)?;
    Ok((file, name))
}

/// A position as two numbers.
pub(crate) mod position {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::shell::journal::day::Position;

    pub fn serialize<S: Serializer>(at: &Position, serializer: S) -> Result<S::Ok, S::Error> {
        (at.day, at.offset).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Position, D::Error> {
        let (day, offset) = Deserialize::deserialize(deserializer)?;
        Ok(Position { day, offset })
    }
}
