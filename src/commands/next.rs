//! `jobsd next`: due times from the files, or from a bare cron expression; with `--explain`, what each clock change in the
//! range does to the job.

use std::io::{self, Write};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::commands::offline::refuse;
use crate::model::job::Job;
use crate::schedule::cron::Cron;
use crate::schedule::dst;
use crate::schedule::{Rule, Schedule};
use crate::spec::rules::zone::{Refusal, zone};
use crate::text::usage::{error_word, help_word};
use crate::text::{Lang, commands};
use crate::time::{SignedDuration, Timestamp, rfc3339};
use crate::view::{changes, words};

/// What was asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Strictly after this.
    pub from: Timestamp,
    /// Up to this.
    pub until: Option<Timestamp>,
    /// At most so many per job.
    pub count: usize,
    /// Name the clock changes.
    pub explain: bool,
    /// JSON instead of text.
    pub as_json: bool,
    /// Language of the text.
    pub lang: Lang,
    /// Set when due times are shown with their distance from now.
    pub now: Option<Timestamp>,
}

/// A schedule with what it is called.
#[derive(Clone, Debug)]
pub struct Named {
    /// The job's id; `None` for a bare expression.
    pub id: Option<String>,
    /// IANA name of the zone.
    pub timezone: String,
    /// Its schedule.
    pub schedule: Schedule,
    /// Whether anything is due at all.
    pub enabled: bool,
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
/// The exit code, once its sentence is written.
pub fn bare(text: &str, timezone: &str, lang: Lang, err: &mut dyn Write) -> Result<Named, u8> {
    let zone = zone(timezone).map_err(|Refusal { words }| {
        let sentence = commands::finding(&words.message, &words.help);
        refuse(err, &sentence, lang, 2)
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
            err,
            "{error_word}{message}\n  {text}\n  {marks}\n  {help_word}{help}"
        );
        1
    })?;
    let schedule = Schedule::new(Rule::Cron(cron), zone);
    Ok(Named {
        id: None,
        timezone: timezone.to_owned(),
        schedule,
        enabled: true,
    })
}

/// Runs the command.
///
/// # Errors
/// When the output cannot be written.
pub fn run(list: &[Named], options: &Options, out: &mut dyn Write) -> io::Result<u8> {
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
    Ok(0)
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
    let phrase = words::schedule(&named.schedule, options.lang);
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
                "désactivée : rien n’est dû tant que `enabled` n’est pas vrai"
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

/// Names the clock changes from the start to the end of the range, at least a year ahead, and what each does to the job.
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
    writeln!(out, "  {}", say("Clock changes:", "Changements d’heure :"))?;
    for change in found {
        let day = words::date(change.at, named.schedule.zone(), options.lang);
        let moved = changes::moved(&change, options.lang);
        writeln!(
            out,
            "    {day}, {moved}{}{}",
            say(": ", " : "),
            changes::effect(&named.schedule, &change, options.lang)
        )?;
    }
    Ok(())
}
