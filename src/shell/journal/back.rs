//! The way back to an earlier day, after a clock that was ahead.

use std::fs::File;
use std::io::{self, Write};

use crate::shell::journal::day::{day_of, day_path, days, open_to_append};
use crate::shell::journal::renew::{Renewed, carry_over, ends_with_newline};
use crate::shell::journal::{Journal, MIDNIGHT_TWICE};
use crate::shell::open;
use crate::time::Timestamp;

impl Journal {
    /// The day under which lines are written, where it is one to come: a clock was ahead.
    pub fn later_day(&self, now: Timestamp) -> Option<String> {
        let soon = now.checked_add(MIDNIGHT_TWICE).unwrap_or(now);
        let path =
            (self.day != 0 && day_of(soon) < self.day).then(|| day_path(&self.dir, self.day))?;
        Some(path.file_stem()?.to_string_lossy().into_owned())
    }

    /// Goes back to the file of an earlier day, when the clock was put right after it had been
    /// ahead: the lines of later days are moved to the end of that file, and the later files go. So
    /// files stay in the order of writing, each day's within reach of retention. A midnight that
    /// comes twice is not worth it.
    ///
    /// What recovery sees between the two steps: the lines twice, which says the same.
    ///
    /// # Errors
    /// Those of the file system. Call again.
    pub fn move_back(&mut self, now: Timestamp) -> io::Result<()> {
        if self.later_day(now).is_none() {
            return Ok(());
        }
        let day = day_of(now);
        self.sync()?;
        let (file, name) = open_to_append(&self.dir, day)?;
        let later: Vec<u32> = days(&self.dir)?
            .into_iter()
            .filter(|it| *it > day)
            .collect();
        let mut lines = 0;
        for later in &later {
            let old = open::read(&day_path(&self.dir, *later))?;
            let (moved, torn) = carry_over(&old, old.metadata()?.len(), &file)?;
            lines += moved;
            if !torn.is_empty() {
                (&file).write_all(&torn)?;
                file.sync_data()?;
            }
        }
        for later in later {
            std::fs::remove_file(day_path(&self.dir, later))?;
        }
        let _ = std::fs::remove_file(self.state.path().join("checkpoint"));
        File::open(&self.dir)?.sync_all()?;
        self.pending.clear();
        if !ends_with_newline(&file)? {
            self.pending.push(b'\n');
        }
        self.length = file.metadata()?.len();
        (self.file, self.name, self.day) = (Some(file), Some(name), day);
        self.renewed = Some(Renewed::MovedBack(lines));
        Ok(())
    }
}
