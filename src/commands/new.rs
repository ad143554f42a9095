//! `jobsd new`: writes a valid, commented job file.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::bot::{self, BOTS};
use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::model::job::{Job, JobId};
use crate::shell::disk::Trust;
use crate::shell::disk::listing;
use crate::spec::SourceFile;
use crate::spec::jobs::loader;
use crate::spec::types::config::Settings;
use crate::text::cause::cause;
use crate::text::commands::{self as words, Comment};
use crate::text::help::French;
use crate::text::{Lang, Text, visible};
use crate::time::Timestamp;
use crate::view::words::date;

/// Due times that are shown.
const NEXT_SHOWN: usize = 3;

/// Write a valid, commented job file.
#[derive(Clone, Debug, Default, Args)]
pub struct New {
    /// The id: the file's name without its ending.
    pub id: String,
    /// What people read [default: the id].
    #[arg(long)]
    pub name: Option<String>,
    /// command, birthday or visitor.
    #[arg(long = "type", default_value = bot::command::KIND.name, value_parser = bot_types())]
    pub bot_type: String,
    /// A shell text to run (type command).
    #[arg(long, value_name = "TEXT")]
    pub shell: Option<String>,
    /// Every day at this time: 08:00.
    #[arg(long, value_name = "HH:MM", group = "when")]
    pub daily: Option<String>,
    /// On these days at this time: mon,wed,fri@14:30.
    #[arg(long, value_name = "DAYS@HH:MM", group = "when")]
    pub weekly: Option<String>,
    /// Every so often: 2h, 15m, 30s.
    #[arg(long, value_name = "SPAN", group = "when")]
    pub every: Option<String>,
    /// A cron expression: '*/15 8-18 * * mon-fri'.
    #[arg(long, value_name = "EXPR", group = "when")]
    pub cron: Option<String>,
    /// Zone of the times.
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// Make it a dry run (bots only).
    #[arg(long)]
    pub dry_run_job: bool,
    /// Print it instead of writing the file.
    #[arg(long)]
    pub stdout: bool,
    /// Replace an existing file.
    #[arg(long)]
    pub force: bool,
}

/// The words of `--type`, the default first.
fn bot_types() -> PossibleValuesParser {
    let mut kinds = BOTS.to_vec();
    kinds.sort_by_key(|kind| !kind.is_command);
    kinds.into_iter().map(|kind| kind.name).into()
}

impl Runs for New {
    const FRENCH: French = French::new(
        "Écrit un fichier de job valide et commenté",
        &[
            ("id", "L’id : le nom du fichier sans son extension"),
            ("name", "Ce que lisent les personnes [défaut : l’id]"),
            ("bot_type", "command, birthday ou visitor"),
            ("shell", "Un texte à lancer par le shell (type command)"),
            ("daily", "Chaque jour à cette heure : 08:00"),
            ("weekly", "Ces jours-là à cette heure : mon,wed,fri@14:30"),
            ("every", "À intervalles réguliers : 2h, 15m, 30s"),
            ("cron", "Une expression cron : '*/15 8-18 * * mon-fri'"),
            ("tz", "Fuseau des heures"),
            ("dry_run_job", "Le met en mode test (bots seulement)"),
            ("stdout", "L’affiche au lieu d’écrire le fichier"),
            ("force", "Remplace un fichier existant"),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Files
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let job = &self;
        let place = Place {
            jobs: &context.layout.jobs,
            settings: &context.settings(),
            now: context.screen.now,
            lang: context.lang(),
        };
        let path = place.jobs.join(format!("{}.yaml", job.id));
        let (text, made) = made(job, &path, place).map_err(|words| Failure::usage(&words))?;
        if job.stdout {
            context.out.write_all(text.as_bytes())?;
            return Ok(Exit::Done);
        }
        if path.exists() && !job.force {
            let sentence = words::exists(&path.to_string_lossy());
            return Err(Failure::usage(&sentence));
        }
        if let Some(other) = holder(&job.id, &path, place.jobs) {
            let sentence = words::id_taken(&job.id, &other.to_string_lossy());
            return Err(Failure::usage(&sentence));
        }
        if let Err(error) = fs::create_dir_all(place.jobs).and_then(|()| fs::write(&path, text)) {
            let sentence = words::not_written(&path.to_string_lossy(), &cause(&error));
            return Err(Failure::failed(&sentence));
        }
        tell(&made, &path, place, context.out)?;
        Ok(Exit::Done)
    }
}

/// Where a new job goes, and what is known there.
#[derive(Clone, Copy, Debug)]
struct Place<'a> {
    /// The folder of job files.
    jobs: &'a Path,
    /// What `jobsd.yaml` says of jobs.
    settings: &'a Settings,
    /// Due times are shown from here on.
    now: Timestamp,
    /// Language of people, and of the comments in the file.
    lang: Lang,
}

/// The text of the file, and the job that it is.
fn made(job: &New, path: &Path, place: Place<'_>) -> Result<(String, Job), Text> {
    let Some(id) = JobId::new(&job.id) else {
        return Err(words::bad_id(&job.id));
    };
    let is_command = bot::kind(&job.bot_type).is_some_and(|kind| kind.is_command);
    if job.shell.is_some() && !is_command {
        return Err(words::flag_of_other_type("--shell", &job.bot_type));
    }
    if job.dry_run_job && is_command {
        return Err(words::flag_of_other_type("--dry-run-job", &job.bot_type));
    }
    let text = text(job, &schema_beside(place.jobs), place.lang)?;
    let file = SourceFile {
        path: path.to_string_lossy().into_owned(),
        bytes: text.clone().into_bytes(),
    };
    let mut loaded = loader::load(&[file], place.settings);
    let error = loaded.diagnostics.iter().find(|finding| finding.is_error());
    match (error, loaded.jobs.remove(&id)) {
        (Some(error), _) => Err(words::finding(&error.message, &error.help)),
        (None, None) => Err(words::bad_id(&job.id)),
        (None, Some(made)) => Ok((text, (*made).clone())),
    }
}

/// The schema as seen from the jobs folder: one `..` for each part of its relative path.
pub fn schema_beside(jobs: &Path) -> String {
    let is_plain = |part: std::path::Component<'_>| matches!(part, std::path::Component::Normal(_));
    let depth = jobs.components().filter(|part| is_plain(*part)).count();
    let depth = if jobs.is_absolute() { 1 } else { depth.max(1) };
    "../".repeat(depth) + "schema/job.schema.json"
}

/// Another file that has the id already.
fn holder(id: &str, path: &Path, jobs: &Path) -> Option<PathBuf> {
    let listing = listing::list(jobs, Trust::Anyone).ok()?;
    let is_holder =
        |other: &PathBuf| other != path && other.file_stem().is_some_and(|stem| stem == id);
    listing.files.into_iter().find(is_holder)
}

fn tell(job: &Job, path: &Path, place: Place<'_>, out: &mut dyn Write) -> io::Result<()> {
    let say = |text: Text| visible(text.get(place.lang));
    let shown = path.to_string_lossy();
    writeln!(out, "{}", say(words::written_and_valid(&shown)))?;
    let next = match dues(job, place).as_slice() {
        [] => words::next_on_request(job.id.as_str()),
        dues => words::next_line(&dues.join(", ")),
    };
    writeln!(out, "{}", say(next))?;
    let mode = job.bot.texts.mode(job.dry_run);
    writeln!(out, "{}\n", say(mode))?;
    writeln!(out, "  git add {shown} && git commit -m \"Add {}\"", job.id)
}

/// The next due times: `Fri 20 Nov 14:30`.
fn dues(job: &Job, place: Place<'_>) -> Vec<String> {
    let zone = job.schedule.zone();
    let mut after = place.now;
    let mut found = Vec::new();
    while let (true, Some(at)) = (found.len() < NEXT_SHOWN, job.schedule.next_after(after)) {
        let day = date(at, zone, place.lang);
        let day = day.rsplit_once(' ').map_or(day.as_str(), |(day, _)| day);
        let form = if at.as_second() % 60 == 0 {
            "%H:%M"
        } else {
            "%H:%M:%S"
        };
        let time = at.to_zoned_datetime(zone.clone()).strftime(form);
        found.push(format!("{day} {time}"));
        after = at;
    }
    found
}

/// The file of a job; `schema` is where the editor finds its schema.
///
/// # Errors
/// A sentence about the time that was asked for.
pub fn text(job: &New, schema: &str, lang: Lang) -> Result<String, Text> {
    let note = |comment| words::comment(comment).get(lang).to_owned();
    let name = quoted(job.name.as_ref().unwrap_or(&job.id));
    let bot_type = &job.bot_type;
    let mut text =
        format!("# yaml-language-server: $schema={schema}\nname: {name}\nbot_type: {bot_type}\n");
    if bot::kind(bot_type).is_some_and(|kind| kind.is_command) {
        let shell = job.shell.as_deref();
        let shell = quoted(shell.unwrap_or("echo \"hello from $JOBSD_JOB_ID\""));
        let other = note(Comment::OrCommand);
        text += &format!("bot_config:\n  # {other}\n  shell: {shell}\n");
    } else {
        let dry_run = job.dry_run_job;
        let mode = note(if dry_run {
            Comment::DryRun
        } else {
            Comment::Production
        });
        text += &format!("bot_config:\n  # {mode}\n  dry_run: {dry_run}\n");
    }
    text += &schedule(job, lang)?;
    if let Some(zone) = &job.tz {
        text += &format!("timezone: {}\n", plain(zone));
    }
    Ok(text)
}

/// A text in double quotes, as YAML and JSON both read it.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// A text without quotes where nothing in it could be read as more than a word.
fn plain(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_/+-,".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    if begins && text.chars().all(is_word) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

fn schedule(job: &New, lang: Lang) -> Result<String, Text> {
    let time = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        Some((hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?))
    };
    if let Some(at) = &job.daily {
        let (hour, minute) = time(at).ok_or_else(|| words::bad_form(at, "08:00"))?;
        return Ok(format!(
            "schedule_type: daily\nschedule_config:\n  hour: {hour}\n  minute: {minute}\n"
        ));
    }
    if let Some(when) = &job.weekly {
        let parts = when
            .split_once('@')
            .and_then(|(days, at)| Some((plain(days), time(at)?)));
        let form = || words::bad_form(when, "mon,wed,fri@14:30");
        let (days, (hour, minute)) = parts.ok_or_else(form)?;
        return Ok(format!(
            "schedule_type: weekly\nschedule_config:\n  day_of_week: {days}\n  hour: {hour}\n  \
             minute: {minute}\n"
        ));
    }
    if let Some(span) = &job.every {
        let (key, number) = every(span).ok_or_else(|| words::bad_form(span, "2h, 15m, 30s"))?;
        return Ok(format!(
            "schedule_type: interval\nschedule_config:\n  {key}: {number}\n"
        ));
    }
    if let Some(cron) = &job.cron {
        let quoted = quoted(cron);
        let has_seconds = cron.split_whitespace().count() == 6;
        let seconds = if has_seconds { "  seconds: true\n" } else { "" };
        return Ok(format!(
            "schedule_type: cron\nschedule_config:\n  cron_expression: {quoted}\n{seconds}"
        ));
    }
    let words = words::comment(Comment::OnRequest);
    Ok(format!("# {}\nschedule_type: manual\n", words.get(lang)))
}

fn every(span: &str) -> Option<(&'static str, u64)> {
    let units = [("h", "hours"), ("m", "minutes"), ("s", "seconds")];
    units.iter().find_map(|(unit, key)| {
        let number = span.strip_suffix(unit)?.parse().ok()?;
        Some((*key, number))
    })
}
