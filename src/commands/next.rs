//! `jobsd next`: due times from the files, or from a bare cron expression; with `--explain`, what each clock change in the
//! range does to the job.

use std::io::{self, Write};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::commands::offline::fail;
use crate::model::job::Job;
use crate::schedule::cron::Cron;
use crate::schedule::dst::{self, Change};
use crate::schedule::{Rule, Schedule};
use crate::spec::zone::zone;
use crate::text::Lang;
use crate::time::{SignedDuration, Timestamp, rfc3339};
use crate::view::words;

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
            timezone: job.timezone.clone(),
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
    let zone = zone(timezone).map_err(|refusal| fail(err, &refusal.to_string(), 2))?;
    let seconds = text.split_whitespace().count() == 6;
    let cron = Cron::parse(text, seconds).map_err(|refused| {
        let marks = format!(
            "{}{}",
            " ".repeat(refused.start),
            "^".repeat(refused.end - refused.start)
        );
        fail(
            err,
            &format!(
                "{}\n  {text}\n  {marks}\n  help: {}",
                refused.words.message.get(lang),
                refused.words.help.get(lang)
            ),
            1,
        )
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
    let changes = dst::changes(
        named.schedule.civil().as_ref(),
        named.schedule.zone(),
        options.from,
        end,
    );
    writeln!(out)?;
    if changes.is_empty() {
        let none = say(
            "no clock change in this range.",
            "aucun changement d’heure dans cet intervalle.",
        );
        return writeln!(out, "  {} {none}", named.timezone);
    }
    writeln!(out, "  {}", say("Clock changes:", "Changements d’heure :"))?;
    for change in changes {
        let Change { at, shift_secs, .. } = change;
        let day = words::date(at, named.schedule.zone(), options.lang);
        let direction = if shift_secs > 0 {
            say("forward", "avancée de")
        } else {
            say("back", "reculée de")
        };
        let by = words::span(shift_secs.unsigned_abs());
        let moved = match options.lang {
            Lang::En => format!("clock goes {direction} {by}"),
            Lang::Fr => format!("heure {direction} {by}"),
        };
        writeln!(
            out,
            "    {day}, {moved}: {}",
            effect(named, &change, options.lang)
        )?;
    }
    Ok(())
}

fn effect(named: &Named, change: &Change, lang: Lang) -> String {
    let say = |en: &str, fr: &str| {
        if lang == Lang::Fr {
            fr.to_owned()
        } else {
            en.to_owned()
        }
    };
    let Some(civil) = named.schedule.civil() else {
        return say("elapsed time, not affected.", "temps écoulé, sans effet.");
    };
    let first = local(named, change.at, "%H:%M");
    match (civil.is_fixed, change.shift_secs > 0, change.named) {
        (_, _, 0) => say(
            "every named time exists once: no run lost or doubled.",
            "chaque heure prévue existe une fois : aucune exécution perdue ni doublée.",
        ),
        (true, true, _) if change.is_skipped_day() => say(
            "the skipped day is not caught up.",
            "le jour sauté n’est pas rattrapé.",
        ),
        (true, true, _) => match lang {
            Lang::En => format!("a named time does not exist that day: it runs once, at {first}."),
            Lang::Fr => {
                format!("une heure prévue n’existe pas ce jour-là : une exécution, à {first}.")
            }
        },
        (true, false, _) => say(
            "a named time happens twice: it runs once, the first time.",
            "une heure prévue existe deux fois : une exécution, la première fois.",
        ),
        (false, true, n) => match lang {
            Lang::En => format!(
                "the rhythm follows elapsed time; no run for {}.",
                times(n, "skipped local time", "s")
            ),
            Lang::Fr => format!(
                "le rythme suit le temps écoulé ; {} sans exécution.",
                times(n, "heure locale sautée", "")
            ),
        },
        (false, false, n) => match lang {
            Lang::En => format!(
                "the rhythm follows elapsed time; two runs for {}.",
                times(n, "repeated local time", "s")
            ),
            Lang::Fr => format!(
                "le rythme suit le temps écoulé ; {} en double, deux exécutions chacune.",
                times(n, "heure locale", "")
            ),
        },
    }
}

/// "1 skipped local time", "2 skipped local times"; in French every word of the noun takes its s.
fn times(n: u64, noun: &str, suffix: &str) -> String {
    match (n, suffix) {
        (1, _) => format!("1 {noun}"),
        (n, "") => format!(
            "{n} {}",
            noun.split(' ')
                .map(|word| format!("{word}s"))
                .collect::<Vec<_>>()
                .join(" ")
        ),
        (n, suffix) => format!("{n} {noun}{suffix}"),
    }
}
