//! `jobsd next`: due times from the files, or from a bare cron expression; with `--explain`, what
//! each clock change in the range does to the job.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::formats::human_or_json;
use crate::commands::instants::{When, future, when};
use crate::commands::{Runs, offline};
use crate::model::job::Job;
use crate::render::Format;
use crate::render::screen::Screen;
use crate::schedule::Schedule;
use crate::schedule::dst;
use crate::schedule::expression::Cron;
use crate::schedule::kind::Rule;
use crate::spec::rules::zone::{Refusal, zone};
use crate::text::help::French;
use crate::text::usage::{error_word, help_word};
use crate::text::{Lang, commands};
use crate::time::{SignedDuration, Timestamp, rfc3339};
use crate::view::{changes, words};

/// Show the next due times, from the files.
#[derive(Debug, Args)]
pub struct Next {
    /// Jobs; all when none is named.
    ids: Vec<String>,
    /// A job file outside the jobs folder.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// A bare cron expression instead of jobs: --schedule '0 8 * * 1-5' --tz Europe/Paris; six
    /// fields begin with seconds.
    #[arg(long, value_name = "CRON", conflicts_with_all = ["ids", "file"])]
    schedule: Option<String>,
    /// Zone of a bare expression.
    #[arg(
        long,
        value_name = "ZONE",
        default_value = "UTC",
        requires = "schedule"
    )]
    tz: String,
    /// Name the clock changes of the range (at least a year) and what each does to the job.
    #[arg(long)]
    explain: bool,
    /// Due times strictly after this time: tomorrow, 08:00, 2026-11-24, RFC 3339, or a span from
    /// now [default: now].
    #[arg(long, value_name = "T", value_parser = when)]
    from: Option<When>,
    /// Due times up to this time; a span counts from the first.
    #[arg(long, value_name = "T", value_parser = when)]
    until: Option<When>,
    /// How many for each job.
    #[arg(long, short = 'n', default_value_t = 5)]
    count: usize,
    /// Output format.
    #[arg(long, value_parser = human_or_json(), default_value = "human")]
    format: Format,
}

impl Runs for Next {
    const FRENCH: French = French::new(
        "Montre les prochaines échéances, d’après les fichiers",
        &[
            ("ids", "Jobs ; tous si aucun n’est nommé"),
            ("file", "Un fichier de job hors du dossier des jobs"),
            (
                "schedule",
                "Une expression cron seule au lieu de jobs : --schedule '0 8 * * 1-5' --tz \
                 Europe/Paris ; six champs commencent par les secondes",
            ),
            ("tz", "Fuseau d’une expression seule"),
            (
                "explain",
                "Nomme les changements d’heure de la période (au moins un an) et leur effet sur le \
                 job",
            ),
            (
                "from",
                "Échéances strictement après ce moment : demain, 08:00, 2026-11-24, RFC 3339, ou \
                 une durée à partir de maintenant [défaut : maintenant]",
            ),
            (
                "until",
                "Échéances jusqu’à ce moment ; une durée compte depuis le premier",
            ),
            ("count", "Combien par job"),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Files
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let list = self.named(context)?;
        let reader = self.reader(&context.screen, &list);
        let now = reader.now;
        let from = future(self.from, now, &reader)?.unwrap_or(now);
        let options = Options {
            from,
            until: future(self.until, from, &reader)?,
            count: self.count,
            explain: self.explain,
            as_json: self.format.is_json(),
            lang: context.lang(),
            now: self.from.is_none().then_some(now),
        };
        show(&list, &options, context.out)?;
        Ok(Exit::Done)
    }
}

impl Next {
    /// Whose clock times without an offset are of: the reader's, or that of a bare expression.
    fn reader(&self, screen: &Screen, list: &[Named]) -> Screen {
        let bare = list.first().filter(|_| self.schedule.is_some());
        let zone = bare.map_or(&screen.zone, |named| named.schedule.zone());
        Screen {
            zone: zone.clone(),
            ..screen.clone()
        }
    }

    /// The schedules that are asked for.
    fn named(&self, context: &mut Context<'_>) -> Result<Vec<Named>, Failure> {
        if let Some(text) = &self.schedule {
            return Ok(vec![bare(text, &self.tz, context)?]);
        }
        if let Some(file) = &self.file {
            let (settings, lang) = (context.settings(), context.lang());
            let job = offline::job_of_file(file, &settings, lang, context.err)?;
            return Ok(vec![(&job).into()]);
        }
        let jobs = context.jobs(&self.ids)?;
        Ok(jobs.iter().map(Into::into).collect())
    }
}

/// What is shown of each.
struct Options {
    /// Strictly after this.
    from: Timestamp,
    /// Up to this.
    until: Option<Timestamp>,
    /// At most so many per job.
    count: usize,
    /// Name the clock changes.
    explain: bool,
    /// JSON instead of text.
    as_json: bool,
    /// Language of the text.
    lang: Lang,
    /// Set when due times are shown with their distance from now.
    now: Option<Timestamp>,
}

/// A schedule with what it is called.
struct Named {
    /// The job's id; `None` for a bare expression.
    id: Option<String>,
    /// IANA name of the zone.
    timezone: String,
    /// Its schedule.
    schedule: Schedule,
    /// Whether anything is due at all.
    enabled: bool,
}

impl From<&Arc<Job>> for Named {
    fn from(job: &Arc<Job>) -> Named {
        Named {
            id: Some(job.id.to_string()),
            timezone: job.timezone.to_string(),
            schedule: job.schedule.clone(),
            enabled: job.enabled,
        }
    }
}

/// A bare cron expression in a zone.
///
/// # Errors
/// [`Failure`] where the zone or the expression is bad; what is bad of that is marked.
fn bare(text: &str, timezone: &str, context: &mut Context<'_>) -> Result<Named, Failure> {
    let lang = context.lang();
    let zone = zone(timezone).map_err(|Refusal { words }| {
        Failure::usage(&commands::finding(&words.message, &words.help))
    })?;
    let seconds = text.split_whitespace().count() == 6;
    let cron = Cron::parse(text, seconds).map_err(|refused| {
        let marks = format!(
            "{}{}",
            " ".repeat(refused.start),
            "^".repeat(refused.end - refused.start)
        );
        let (message, help) = (&refused.words.message, &refused.words.help);
        let (message, help) = (message.get(lang), help.get(lang));
        let (error_word, help_word) = (error_word(lang), help_word(lang));
        // Without stderr the exit code must do.
        let _ = writeln!(
            context.err,
            "{error_word}{message}\n  {text}\n  {marks}\n  {help_word}{help}"
        );
        Failure::Reported(Exit::Found)
    })?;
    let schedule = Schedule::new(Rule::from(cron), zone);
    Ok(Named {
        id: None,
        timezone: timezone.to_owned(),
        schedule,
        enabled: true,
    })
}

fn show(list: &[Named], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut found = Vec::new();
    for (n, named) in list.iter().enumerate() {
        let dues = dues(named, options);
        if options.as_json {
            found.extend(dues.iter().map(|at| entry(named, *at)));
        } else {
            if n > 0 {
                writeln!(out)?;
            }
            text(named, &dues, options, out)?;
        }
    }
    if options.as_json {
        writeln!(out, "{}", json!({"next": found}))?;
    }
    Ok(())
}

fn dues(named: &Named, options: &Options) -> Vec<Timestamp> {
    let mut dues = Vec::new();
    let mut after = options.from;
    while let (true, Some(at)) = (dues.len() < options.count, named.schedule.next_after(after)) {
        if options.until.is_some_and(|until| at > until) {
            break;
        }
        dues.push(at);
        after = at;
    }
    dues
}

fn local(named: &Named, at: Timestamp, form: &str) -> String {
    at.to_zoned_datetime(named.schedule.zone().clone())
        .strftime(form)
        .to_string()
}

fn entry(named: &Named, at: Timestamp) -> Value {
    let local = local(named, at, "%Y-%m-%dT%H:%M:%S%:z");
    json!({"job_id": named.id, "at": rfc3339(at), "local": local})
}

fn text(
    named: &Named,
    dues: &[Timestamp],
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let say = |en: &'static str, fr: &'static str| if options.lang == Lang::Fr { fr } else { en };
    let phrase = named.schedule.in_words(options.lang);
    match &named.id {
        Some(id) => writeln!(out, "{id}  {phrase}, {}\n", named.timezone)?,
        None => writeln!(out, "{phrase}, {}\n", named.timezone)?,
    }
    if !named.enabled {
        writeln!(
            out,
            "  {}",
            say(
                "disabled: nothing is due until `enabled` is true",
                "désactivé : rien n’est dû tant que `enabled` n’est pas vrai"
            )
        )?;
    }
    for at in dues {
        let day = words::date(*at, named.schedule.zone(), options.lang);
        let is_whole = at.as_second() % 60 == 0;
        let time = local(
            named,
            *at,
            if is_whole { "%H:%M %Z" } else { "%H:%M:%S %Z" },
        );
        let distance = options.now.map_or(String::new(), |now| {
            let secs = at.duration_since(now).as_secs().max(0).unsigned_abs();
            format!(
                "   {} {}",
                say("in", "dans"),
                words::distance(secs, options.lang)
            )
        });
        writeln!(out, "  {day} {time}{distance}")?;
    }
    if dues.is_empty() && named.enabled {
        writeln!(
            out,
            "  {}",
            say(
                "nothing is due in this range",
                "rien n’est dû dans cet intervalle"
            )
        )?;
    }
    if options.explain {
        explain(named, dues, options, out)?;
    }
    Ok(())
}

/// Names the clock changes from the start to the end of the range, at least a year ahead, and what
/// each does to the job.
fn explain(
    named: &Named,
    dues: &[Timestamp],
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let say = |en: &'static str, fr: &'static str| if options.lang == Lang::Fr { fr } else { en };
    let year = options
        .from
        .checked_add(SignedDuration::from_hours(24 * 366))
        .ok();
    let end = options
        .until
        .or(dues.last().copied().max(year))
        .unwrap_or(options.from);
    let found = dst::changes(
        named.schedule.civil().as_ref(),
        named.schedule.zone(),
        options.from,
        end,
    );
    writeln!(out)?;
    if found.is_empty() {
        let none = say(
            "no clock change in this range.",
            "aucun changement d’heure dans cet intervalle.",
        );
        return writeln!(out, "  {} {none}", named.timezone);
    }
    writeln!(out, "  {}", say("Clock changes:", "Changements d’heure :"))?;
    for change in found {
        let day = words::date(change.at, named.schedule.zone(), options.lang);
        let moved = changes::moved(&change, options.lang);
        writeln!(
            out,
            "    {day}, {moved}{}{}",
            say(": ", " : "),
            changes::effect(&named.schedule, &change, options.lang)
        )?;
    }
    Ok(())
}
