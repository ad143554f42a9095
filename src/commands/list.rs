//! `jobsd list`: the jobs as the daemon knows them, or as the files say; as a table or JSON.

use std::cmp::Reverse;
use std::io::{self, Write};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::reworded::Reworded;
use crate::commands::watch::{again, look};
use crate::model::definition::Definition;
use crate::model::diagnostic::Severity;
use crate::model::job::Job;
use crate::render::Format;
use crate::render::jobs::{self, Column, Row};
use crate::render::screen::Screen;
use crate::shell::control::Request;
use crate::spec::jobs::compile;
use crate::spec::types::config::Settings;
use crate::text::Lang;
use crate::text::help::French;
use crate::view::answer::finding::FindingAnswer;
use crate::view::answer::job::{JobAnswer, JobsAnswer};
use crate::view::status::JobStatus;

/// Which jobs are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// Due by their schedule.
    Active,
    /// Paused.
    Paused,
    /// Their last run failed.
    Failing,
    /// Their file is bad; the last good version stays active.
    Invalid,
}

/// Production or test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Changes the world.
    Production,
    /// Dry run by its file.
    Test,
}

/// Order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// The next due time first.
    Next,
    /// By id.
    Name,
    /// The last run first.
    Last,
}

/// List the jobs, as the daemon knows them.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd list\n  jobsd list --columns id,next,result --watch\n  jobsd \
        list --show failing --format json | jq -r '.jobs[].id'"
)]
pub struct List {
    /// Read the files only; do not ask the daemon.
    #[arg(long)]
    offline: bool,
    /// Jobs in this state.
    #[arg(long, value_enum)]
    show: Option<Which>,
    /// Jobs in this mode.
    #[arg(long, value_enum)]
    mode: Option<Mode>,
    /// Jobs of this bot type.
    #[arg(long = "type", value_name = "TYPE")]
    bot_type: Option<String>,
    /// Jobs with this label.
    #[arg(long, value_name = "KEY[=VALUE]")]
    label: Option<String>,
    /// Order.
    #[arg(long, value_enum, default_value = "next")]
    sort: Sort,
    /// Columns of the table, in this order.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "COLUMN")]
    columns: Vec<Column>,
    /// Show it again every two seconds.
    #[arg(long)]
    watch: bool,
    /// Output format.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// The jobs as the daemon knows them.
fn online_rows(context: &Context<'_>, is_for_people: bool) -> Result<Vec<Row>, Failure> {
    let JobsAnswer {
        jobs,
        mut diagnostics,
    } = context.read(&Request::Jobs)?;
    if is_for_people {
        Reworded::of(context).findings(&mut diagnostics);
    }
    let lang = context.lang();
    let rows = jobs.into_iter().map(|job| row(job, &diagnostics, lang));
    Ok(rows.collect())
}

/// The jobs of the files, without any run.
fn offline_rows(jobs: &[Arc<Job>], now: crate::time::Timestamp, lang: Lang) -> Vec<Row> {
    let of_job = |job: &Arc<Job>| {
        let next_run_at = job.schedule.next_after(now).filter(|_| job.enabled);
        let status = JobStatus {
            job: Some(job.clone()),
            present: true,
            next_run_at,
            ..JobStatus::default()
        };
        Some(row(JobAnswer::with_last_run(&status, now)?, &[], lang))
    };
    jobs.iter().filter_map(of_job).collect()
}

fn row(job: JobAnswer, findings: &[FindingAnswer], lang: Lang) -> Row {
    let is_of_file = |finding: &&FindingAnswer| {
        finding.severity == Severity::Error && *finding.path == *job.file
    };
    let errors = findings.iter().filter(is_of_file);
    Row {
        schedule: schedule(&job, lang),
        errors: errors.map(FindingAnswer::line).collect(),
        job,
    }
}

/// The schedule in words; as it is written where this version cannot read the job of a newer
/// daemon.
pub fn schedule(job: &JobAnswer, lang: Lang) -> String {
    let definition = job.file_definition();
    let as_written = || {
        let config = definition.schedule_config.as_ref();
        let expression = config.and_then(|config| config.get("cron_expression")?.as_str());
        expression.unwrap_or(&definition.schedule_type).to_owned()
    };
    let known = Definition::new(&json!(definition).to_string());
    let compiled = compile::restore(job.id.clone(), "", &known, &Settings::default());
    compiled.map_or_else(as_written, |job| job.schedule.in_words(lang))
}

fn wanted(row: &Row, options: &List) -> bool {
    let job = &row.job;
    let definition = &job.definition;
    let in_state = options.show.is_none_or(|which| match which {
        Which::Active => definition.enabled,
        Which::Paused => job.paused,
        Which::Failing => row.is_failing(),
        Which::Invalid => !row.errors.is_empty(),
    });
    let in_mode = options
        .mode
        .is_none_or(|mode| row.is_production() == (mode == Mode::Production));
    let of_type = options
        .bot_type
        .as_ref()
        .is_none_or(|kind| definition.bot_type == *kind);
    let labelled = options
        .label
        .as_ref()
        .is_none_or(|label| match label.split_once('=') {
            Some((key, value)) => definition.label(key).is_some_and(|known| known == value),
            None => definition.label(label).is_some(),
        });
    in_state && in_mode && of_type && labelled
}

impl Runs for List {
    const FRENCH: French = French::new(
        "Liste les jobs, tels que le démon les connaît",
        &[
            (
                "offline",
                "Lit seulement les fichiers, sans interroger le démon",
            ),
            ("show", "Jobs dans cet état"),
            ("show/active", "Dus selon leur planification"),
            ("show/paused", "En pause"),
            ("show/failing", "Leur dernière exécution a échoué"),
            (
                "show/invalid",
                "Leur fichier est invalide ; la dernière bonne version reste active",
            ),
            ("mode", "Jobs dans ce mode"),
            ("mode/production", "Agit vraiment"),
            ("mode/test", "Mode test selon son fichier"),
            ("bot_type", "Jobs de ce type de bot"),
            ("label", "Jobs portant cette étiquette"),
            ("sort", "Ordre"),
            ("sort/next", "La prochaine échéance d’abord"),
            ("sort/name", "Par id"),
            ("sort/last", "La dernière exécution d’abord"),
            ("columns", "Colonnes du tableau, dans cet ordre"),
            ("columns/id", "Le job"),
            ("columns/name", "Son nom pour les gens"),
            ("columns/type", "Son type de bot"),
            ("columns/next", "Sa prochaine échéance"),
            ("columns/left", "Dans combien de temps"),
            ("columns/last", "Sa dernière exécution"),
            ("columns/result", "Ce qu’elle a donné"),
            ("columns/mode", "Production ou test"),
            ("columns/schedule", "Sa planification en mots"),
            ("columns/timezone", "Le fuseau de sa planification"),
            ("columns/file", "Son fichier"),
            ("watch", "Le montre de nouveau toutes les deux secondes"),
        ],
    );

    fn needs(&self) -> Needs {
        if self.offline {
            Needs::State("--offline")
        } else {
            Needs::Daemon
        }
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        loop {
            let screen = look(&context.screen);
            let rows = if self.offline {
                offline_rows(&context.jobs(&[])?, screen.now, screen.lang)
            } else {
                online_rows(context, !self.format.is_json())?
            };
            show_rows(rows, &self, &screen, context.out)?;
            if !self.watch {
                return Ok(Exit::Done);
            }
            again(&screen, context.out)?;
        }
    }
}

fn show_rows(
    mut rows: Vec<Row>,
    options: &List,
    screen: &Screen,
    out: &mut dyn Write,
) -> io::Result<()> {
    rows.retain(|row| wanted(row, options));
    match options.sort {
        Sort::Name => {}
        // What has no next due time comes last.
        Sort::Next => rows.sort_by_key(|row| {
            let next = row.job.next_run_at;
            (next.is_none(), next)
        }),
        Sort::Last => rows.sort_by_key(|row| Reverse(row.job.last_run_at)),
    }
    match options.format {
        Format::Human => {
            let text = jobs::table(&rows, &options.columns, screen);
            out.write_all(text.as_bytes())
        }
        Format::Json => writeln!(out, "{}", jobs::document(&rows)),
        Format::Jsonl => rows
            .iter()
            .try_for_each(|row| writeln!(out, "{}", json!(row.entry()))),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::{Value, json};

    use crate::text::Lang;

    fn schedule(job: &Value, more: &[(&str, Value)]) -> String {
        let mut job = job.clone();
        let own = more.iter().cloned();
        let own = own.map(|(key, value)| (key.to_owned(), value));
        job.as_object_mut().unwrap().extend(own);
        super::schedule(&serde_json::from_value(job).unwrap(), Lang::En)
    }

    /// One of a newer version is listed as it is written.
    #[test]
    fn schedules_are_listed_in_words() {
        let job = json!({
            "id": "a", "name": "a", "file_enabled": true, "bot_type": "command",
            "bot_config": {"command": ["df"]}, "schedule_type": "cron", "timezone": "UTC",
            "budget": {"daily": null},
            "schedule_config": {"cron_expression": "*/10 30 8 * * 1-5", "seconds": true},
        });
        let words = "Every 10 s, at minute 30, from 08:00 to 08:59, Mon to Fri";
        assert_eq!(schedule(&job, &[]), words);
        let phase = ("moon_phase", json!("full"));
        assert_eq!(schedule(&job, &[phase]), "*/10 30 8 * * 1-5");
        let moon = [
            ("schedule_type", json!("moon")),
            ("schedule_config", json!({})),
        ];
        assert_eq!(schedule(&job, &moon), "moon");
    }
}
