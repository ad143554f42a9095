//! `jobsd export`: jobs of the files as a crontab, as timers of systemd, or as JSON. Needs no daemon, writes nothing.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use clap::ValueEnum;
use serde_json::json;

use crate::foreign::export::Exported;
use crate::foreign::{to_crontab, to_timer};
use crate::model::job::Job;
use crate::render::screen::Screen;
use crate::text::export as words;
use crate::text::{Text, escaped_json, visible};

/// Another scheduler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// One crontab.
    Crontab,
    /// A timer and a service for each job.
    Systemd,
    /// The effective definitions, nothing lost.
    Json,
}

/// Runs the command: 0 everything is said, 1 something is lost or a job cannot be said.
///
/// # Errors
/// When the output cannot be written.
pub fn run(
    jobs: &[Arc<Job>],
    target: Target,
    (base, screen): (&Path, &Screen),
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let base = base.to_string_lossy();
    let made = match target {
        Target::Json => return document(jobs, out).map(|()| 0),
        Target::Crontab => to_crontab::entry,
        Target::Systemd => to_timer::units,
    };
    let mut exporter = Exporter {
        screen,
        zone: String::new(),
        exported: 0,
        refused: 0,
        lossy: 0,
        out,
        err,
    };
    if target == Target::Crontab {
        exporter.out.write_all(to_crontab::HEAD.as_bytes())?;
    }
    for job in jobs {
        match made(job, &base) {
            Ok(exported) => exporter.put(job, &exported, target)?,
            Err(sentence) => {
                exporter.refused += 1;
                exporter.say(&words::refused(&job.file, &sentence))?;
            }
        }
    }
    exporter.sum_up()
}

/// The effective definitions as one document.
fn document(jobs: &[Arc<Job>], out: &mut dyn Write) -> io::Result<()> {
    let job = |job: &Arc<Job>| {
        let definition = job.definition.value();
        json!({"id": job.id, "file": job.file, "definition": definition})
    };
    let jobs: Vec<_> = jobs.iter().map(job).collect();
    let text = format!("{:#}", json!({"schema": "jobsd.export/v1", "jobs": jobs}));
    writeln!(out, "{}", escaped_json(&text))
}

struct Exporter<'a> {
    screen: &'a Screen,
    /// The zone of the entries above, in a crontab.
    zone: String,
    exported: usize,
    refused: usize,
    lossy: usize,
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
}

impl Exporter<'_> {
    fn put(&mut self, job: &Job, exported: &Exported, target: Target) -> io::Result<()> {
        let mut lost = exported.lost.clone();
        if self.exported > 0 || target == Target::Crontab {
            writeln!(self.out)?;
        }
        if target == Target::Crontab {
            lost.extend(self.turn_to(&exported.zone)?);
        }
        self.out.write_all(exported.text.as_bytes())?;
        self.exported += 1;
        if !lost.is_empty() {
            self.lossy += 1;
            self.say(&words::lost(&job.file, &lost.join(", ")))?;
        }
        Ok(())
    }

    /// Names the zone of the entries that follow; `Some` is what a cron that does not heed it loses.
    fn turn_to(&mut self, zone: &str) -> io::Result<Option<String>> {
        let is_lost = self.screen.zone.iana_name() != Some(zone);
        if self.zone != zone {
            self.zone = zone.to_owned();
            writeln!(self.out, "CRON_TZ={zone}")?;
            if is_lost {
                self.say(&words::cron_zone(zone))?;
            }
        }
        Ok(is_lost.then(|| format!("timezone: {zone}")))
    }

    fn say(&mut self, words: &Text) -> io::Result<()> {
        let line = visible(words.get(self.screen.lang));
        writeln!(self.err, "{line}")
    }

    fn sum_up(mut self) -> io::Result<u8> {
        if !self.screen.quiet {
            let (exported, refused, lossy) = (self.exported, self.refused, self.lossy);
            self.say(&words::summary(exported, refused, lossy))?;
        }
        Ok(u8::from(self.refused + self.lossy > 0))
    }
}
