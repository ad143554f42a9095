//! `jobsd export`: jobs of the files as a crontab, as timers of systemd, or as JSON. Needs no
//! daemon, writes nothing.

use std::io::{self, Write};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::foreign::export::Exported;
use crate::foreign::{to_crontab, to_timer};
use crate::model::job::Job;
use crate::render::screen::Screen;
use crate::text::export as words;
use crate::text::help::French;
use crate::text::{Text, escaped_json, visible};
use crate::view::answer::command::ExportedJob;
use crate::view::document;

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

/// Export jobs to another scheduler's format, from the files. Exits 1 if something is lost.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd export --all --to crontab\n  jobsd export backup --to \
        systemd\n  jobsd export --all --to json"
)]
pub struct Export {
    /// The jobs.
    #[arg(required_unless_present = "all")]
    ids: Vec<String>,
    /// Every job.
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    /// Which scheduler.
    #[arg(long, value_enum)]
    to: Target,
}

impl Runs for Export {
    const FRENCH: French = French::new(
        "Exporte des jobs au format d’un autre planificateur, d’après les fichiers. Sort avec 1 si \
         quelque chose se perd",
        &[
            ("ids", "Les jobs"),
            ("all", "Tous les jobs"),
            ("to", "Quel planificateur"),
            ("to/crontab", "Une crontab"),
            ("to/systemd", "Un timer et un service par job"),
            ("to/json", "Les définitions effectives, sans perte"),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Files
    }

    /// Done where everything is said; a problem is found where something is lost or a job cannot be
    /// said.
    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let jobs = context.jobs(&self.ids)?;
        let base = context.layout.base.to_string_lossy();
        let made = match self.to {
            Target::Json => return Ok(document(&jobs, context.out).map(|()| Exit::Done)?),
            Target::Crontab => to_crontab::entry,
            Target::Systemd => to_timer::units,
        };
        let mut exporter = Exporter {
            screen: &context.screen,
            zone: String::new(),
            exported: 0,
            refused: 0,
            lossy: 0,
            out: context.out,
            err: context.err,
        };
        if self.to == Target::Crontab {
            exporter.out.write_all(to_crontab::HEAD.as_bytes())?;
        }
        for job in &jobs {
            match made(job, &base) {
                Ok(exported) => exporter.put(job, &exported, self.to)?,
                Err(sentence) => {
                    exporter.refused += 1;
                    exporter.say(&words::refused(&job.file, &sentence))?;
                }
            }
        }
        Ok(exporter.sum_up()?)
    }
}

/// The effective definitions as one document.
fn document(jobs: &[Arc<Job>], out: &mut dyn Write) -> io::Result<()> {
    let job = |job: &Arc<Job>| ExportedJob {
        id: job.id.clone(),
        file: job.file.clone(),
        definition: job.definition.value(),
    };
    let jobs = jobs.iter().map(job).collect();
    let text = format!("{:#}", document::EXPORT.json(&jobs));
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

    /// Names the zone of the entries that follow; `Some` is what a cron that does not honor it
    /// loses.
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

    fn sum_up(mut self) -> io::Result<Exit> {
        if !self.screen.quiet {
            let (exported, refused, lossy) = (self.exported, self.refused, self.lossy);
            self.say(&words::summary(exported, refused, lossy))?;
        }
        Ok(Exit::found(self.refused + self.lossy > 0))
    }
}
