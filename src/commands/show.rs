//! `list` and `status`: what the daemon knows, as a table, a screen or JSON.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::commands::control::Stage;
use crate::commands::offline;
use crate::commands::online::{Daemon, Failure, ask};
use crate::model::definition::Definition;
use crate::model::job::{Job, JobId};
use crate::render::jobs::{self, Column, Row};
use crate::render::screen::Screen;
use crate::render::{daemon, runs};
use crate::shell::clock;
use crate::shell::control::Request;
use crate::spec;
use crate::spec::config::Settings;
use crate::text::Lang;
use crate::view::api;
use crate::view::status::JobStatus;
use crate::view::words;

/// Between two looks of `--watch`.
const WATCH: Duration = Duration::from_secs(2);

/// Form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table on a terminal, tab-separated elsewhere.
    Human,
    /// One document.
    Json,
    /// One object per line.
    Jsonl,
}

/// Which jobs are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// Due by their schedule.
    Active,
    /// Paused.
    Paused,
    /// Their last run failed.
    Failing,
    /// Their file is bad; the last good version stays in force.
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

/// What of the list is wanted.
#[derive(Clone, Debug)]
pub struct ListOptions {
    /// Jobs in this state.
    pub show: Option<Which>,
    /// Jobs in this mode.
    pub mode: Option<Mode>,
    /// Jobs of this type.
    pub bot_type: Option<String>,
    /// Jobs with this label, `key` or `key=value`.
    pub label: Option<String>,
    /// Order.
    pub sort: Sort,
    /// Columns of the table; the usual ones where none is named.
    pub columns: Vec<Column>,
    /// Show it again and again.
    pub watch: bool,
    /// Form.
    pub format: Format,
}

/// The jobs as the daemon knows them.
///
/// # Errors
/// [`Failure`] when the daemon cannot be asked.
fn online_rows(daemon: &Daemon, lang: Lang) -> Result<Vec<Row>, Failure> {
    let answer = ask(daemon, &Request::Jobs)?;
    let findings = answer["diagnostics"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let list = answer["jobs"].as_array().cloned().unwrap_or_default();
    Ok(list
        .into_iter()
        .map(|job| row(job, &findings, lang))
        .collect())
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
        let mut entry = api::job(&status, now)?;
        entry["last_run"] = Value::Null;
        Some(row(entry, &[], lang))
    };
    jobs.iter().filter_map(of_job).collect()
}

fn row(job: Value, findings: &[Value], lang: Lang) -> Row {
    let is_of_file =
        |finding: &&Value| finding["severity"] == "error" && finding["path"] == job["file"];
    let line = |finding: &Value| {
        format!(
            "{}:{}:{}: {}",
            finding["path"].as_str().unwrap_or_default(),
            finding["line"],
            finding["column"],
            finding["message"].as_str().unwrap_or_default()
        )
    };
    Row {
        schedule: schedule(&job, lang),
        errors: findings.iter().filter(is_of_file).map(line).collect(),
        job,
    }
}

/// The schedule in words; as it is written where this version cannot read the job of a newer daemon.
pub fn schedule(job: &Value, lang: Lang) -> String {
    let expression = job["schedule_config"]["cron_expression"].as_str();
    let written = expression.or(job["schedule_type"].as_str());
    let written = written.unwrap_or_default().to_owned();
    let compiled = job["id"].as_str().and_then(JobId::new).and_then(|id| {
        let definition = api::definition(job);
        let definition = Definition::new(&definition.to_string());
        spec::restore(id, "", &definition, &Settings::default())
    });
    compiled.map_or(written, |job| words::schedule(&job.schedule, lang))
}

fn wanted(row: &Row, options: &ListOptions) -> bool {
    let job = &row.job;
    let in_state = options.show.is_none_or(|which| match which {
        Which::Active => job["enabled"] == true,
        Which::Paused => job["paused"] == true,
        Which::Failing => row.is_failing(),
        Which::Invalid => !row.errors.is_empty(),
    });
    let in_mode = options
        .mode
        .is_none_or(|mode| row.is_production() == (mode == Mode::Production));
    let of_type = options
        .bot_type
        .as_ref()
        .is_none_or(|kind| job["bot_type"] == kind.as_str());
    let labelled = options
        .label
        .as_ref()
        .is_none_or(|label| match label.split_once('=') {
            Some((key, value)) => job["labels"][key] == value,
            None => !job["labels"][label.as_str()].is_null(),
        });
    in_state && in_mode && of_type && labelled
}

/// `jobsd list`, of the daemon, or of a folder of files.
///
/// # Errors
/// When the output cannot be written.
pub fn list(
    files: Option<(&Path, &Settings)>,
    options: &ListOptions,
    stage: &mut Stage<'_>,
) -> io::Result<u8> {
    loop {
        let screen = look(stage.screen);
        let rows = match files {
            Some((root, settings)) => offline::jobs(root, settings, screen.lang, stage.err)
                .map(|jobs| offline_rows(&jobs, screen.now, screen.lang)),
            None => online_rows(stage.daemon, screen.lang)
                .map_err(|failure| failure.tell(screen.lang, stage.err)),
        };
        match rows {
            Err(code) => return Ok(code),
            Ok(rows) => show_rows(rows, options, &screen, stage.out)?,
        }
        if !options.watch {
            return Ok(0);
        }
        again(&screen, stage.out)?;
    }
}

/// The reader as of now: what is watched tells distances from each look.
fn look(screen: &Screen) -> Screen {
    Screen {
        now: clock::now(),
        ..screen.clone()
    }
}

/// Waits for the next look, which begins where the last one did.
fn again(screen: &Screen, out: &mut dyn Write) -> io::Result<()> {
    out.flush()?;
    std::thread::park_timeout(WATCH);
    if screen.is_terminal() {
        // To the top left, and everything below away.
        write!(out, "\u{1b}[H\u{1b}[J")?;
    }
    Ok(())
}

fn show_rows(
    mut rows: Vec<Row>,
    options: &ListOptions,
    screen: &Screen,
    out: &mut dyn Write,
) -> io::Result<()> {
    rows.retain(|row| wanted(row, options));
    match options.sort {
        Sort::Name => {}
        // What has no next due time comes last.
        Sort::Next => rows.sort_by_key(|row| {
            let next = runs::at(&row.job["next_run_at"]);
            (next.is_none(), next)
        }),
        Sort::Last => rows.sort_by_key(|row| std::cmp::Reverse(runs::at(&row.job["last_run_at"]))),
    }
    match options.format {
        Format::Human => {
            let text = jobs::table(&rows, &options.columns, screen);
            out.write_all(text.as_bytes())
        }
        Format::Json => writeln!(out, "{}", jobs::document(&rows)),
        Format::Jsonl => rows
            .iter()
            .try_for_each(|row| writeln!(out, "{}", row.entry())),
    }
}

/// `jobsd status`
///
/// # Errors
/// When the output cannot be written.
pub fn status(
    job_id: Option<String>,
    (check, watch): (bool, bool),
    stage: &mut Stage<'_>,
) -> io::Result<u8> {
    loop {
        let request = Request::Status {
            job_id: job_id.clone(),
        };
        let answer = match ask(stage.daemon, &request) {
            Ok(answer) => answer,
            Err(failure) => return Ok(failure.tell(stage.screen.lang, stage.err)),
        };
        let screen = look(stage.screen);
        show(&answer, job_id.is_some(), &screen, stage)?;
        if !watch {
            return Ok(u8::from(check && daemon::problem_count(&answer) > 0));
        }
        again(&screen, stage.out)?;
    }
}

fn show(answer: &Value, is_job: bool, screen: &Screen, stage: &mut Stage<'_>) -> io::Result<()> {
    if stage.as_json {
        let (schema, key) = if is_job {
            ("jobsd.job/v1", "job")
        } else {
            ("jobsd.status/v1", "status")
        };
        return writeln!(stage.out, "{}", json!({"schema": schema, key: answer}));
    }
    let text = if is_job {
        daemon::job(answer, &schedule(answer, screen.lang), screen)
    } else {
        daemon::status(answer, screen)
    };
    stage.out.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::schedule;
    use crate::text::Lang;

    #[test]
    fn a_schedule_is_told_in_words_and_one_of_a_newer_version_as_it_is_written() {
        let mut job = json!({
            "id": "a", "name": "a", "file_enabled": true, "bot_type": "command",
            "bot_config": {"command": ["df"]}, "schedule_type": "cron", "timezone": "UTC", "budget": {"daily": {}},
            "schedule_config": {"cron_expression": "*/10 30 8 * * 1-5", "seconds": true},
        });
        let words = "Every 10 s, at minute 30, from 08:00 to 08:59, Mon to Fri";
        assert_eq!(schedule(&job, Lang::En), words);
        job["moon_phase"] = json!("full");
        assert_eq!(schedule(&job, Lang::En), "*/10 30 8 * * 1-5");
        job["schedule_type"] = json!("moon");
        job["schedule_config"] = json!({});
        assert_eq!(schedule(&job, Lang::En), "moon");
    }
}
