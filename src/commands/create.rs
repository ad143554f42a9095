//! `jobsd init` and `jobsd new`: begin a folder of jobs, or a job.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::{Args, ValueEnum};

use crate::commands::offline::fail;
use crate::model::job::JobId;
use crate::spec::config::Settings;
use crate::spec::schema::{CONFIG, JOB};
use crate::spec::{self, SourceFile};

/// Where CI runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ci {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
    /// Forgejo Actions.
    Forgejo,
    /// None.
    None,
}

/// What a new job is to be.
#[derive(Clone, Debug, Default, Args)]
pub struct NewJob {
    /// The id: the file's name without its ending.
    pub id: String,
    /// What people read [default: the id].
    #[arg(long)]
    pub name: Option<String>,
    /// command, birthday or visitor.
    #[arg(long = "type", default_value = "command", value_parser = ["command", "birthday", "visitor"])]
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

/// Writes a valid, commented job file.
///
/// # Errors
/// When the file or the output cannot be written.
pub fn new(job: &NewJob, jobs: &Path, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    if JobId::new(&job.id).is_none() {
        let sentence = format!(
            "\"{}\" cannot be a job id: a-z, 0-9, `.`, `_`, `-`, a letter or digit first, 64 at most",
            job.id
        );
        return Ok(fail(err, &sentence, 2));
    }
    let text = match text(job) {
        Ok(text) => text,
        Err(sentence) => return Ok(fail(err, &sentence, 2)),
    };
    let path = jobs.join(format!("{}.yaml", job.id));
    let file = SourceFile {
        path: path.to_string_lossy().into_owned(),
        bytes: text.clone().into_bytes(),
    };
    let findings = spec::load(&[file], &Settings::default()).diagnostics;
    if let Some(error) = findings.iter().find(|finding| finding.is_error()) {
        return Ok(fail(
            err,
            &format!("{}; {}", error.message.en, error.help.en),
            2,
        ));
    }
    if job.stdout {
        out.write_all(text.as_bytes())?;
        return Ok(0);
    }
    if path.exists() && !job.force {
        return Ok(fail(
            err,
            &format!("{} exists: edit it, or add --force", path.display()),
            2,
        ));
    }
    fs::create_dir_all(jobs)?;
    fs::write(&path, text)?;
    writeln!(out, "{} written and valid", path.display())?;
    writeln!(
        out,
        "  git add {0} && git commit -m \"Add {1}\"",
        path.display(),
        job.id
    )?;
    Ok(0)
}

fn text(job: &NewJob) -> Result<String, String> {
    let name = serde_json::to_string(job.name.as_ref().unwrap_or(&job.id)).unwrap_or_default();
    let mut text = format!(
        "# yaml-language-server: $schema=../schema/job.schema.json\nname: {name}\nbot_type: {}\n",
        job.bot_type
    );
    match job.bot_type.as_str() {
        "command" => {
            let shell = job
                .shell
                .clone()
                .unwrap_or_else(|| "echo \"hello from $JOBSD_JOB_ID\"".to_owned());
            let shell = serde_json::to_string(&shell).unwrap_or_default();
            text += &format!(
                "bot_config:\n  # Or command: [program, argument], without a shell.\n  shell: {shell}\n"
            );
        }
        _ => {
            let warning = if job.dry_run_job {
                "Everything but the outside effect."
            } else {
                "PRODUCTION: this really acts. Set it to true to try first."
            };
            text += &format!(
                "bot_config:\n  # {warning}\n  dry_run: {}\n",
                job.dry_run_job
            );
        }
    }
    text += &schedule(job)?;
    if let Some(zone) = &job.tz {
        text += &format!("timezone: {zone}\n");
    }
    Ok(text)
}

fn schedule(job: &NewJob) -> Result<String, String> {
    let time = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        Some((hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?))
    };
    let bad = |text: &str, form: &str| format!("\"{text}\" is not of the form {form}");
    if let Some(at) = &job.daily {
        let (hour, minute) = time(at).ok_or_else(|| bad(at, "08:00"))?;
        return Ok(format!(
            "schedule_type: daily\nschedule_config:\n  hour: {hour}\n  minute: {minute}\n"
        ));
    }
    if let Some(when) = &job.weekly {
        let parts = when
            .split_once('@')
            .and_then(|(days, at)| Some((days, time(at)?)));
        let (days, (hour, minute)) = parts.ok_or_else(|| bad(when, "mon,wed,fri@14:30"))?;
        return Ok(format!(
            "schedule_type: weekly\nschedule_config:\n  day_of_week: {days}\n  hour: {hour}\n  minute: {minute}\n"
        ));
    }
    if let Some(span) = &job.every {
        let unit = span.chars().last().unwrap_or('?');
        let key = match unit {
            'h' => "hours",
            'm' => "minutes",
            's' => "seconds",
            _ => return Err(bad(span, "2h, 15m or 30s")),
        };
        let number = span[..span.len() - 1]
            .parse::<u64>()
            .map_err(|_| bad(span, "2h, 15m or 30s"))?;
        return Ok(format!(
            "schedule_type: interval\nschedule_config:\n  {key}: {number}\n"
        ));
    }
    if let Some(cron) = &job.cron {
        let quoted = serde_json::to_string(cron).unwrap_or_default();
        let seconds = if cron.split_whitespace().count() == 6 {
            "  seconds: true\n"
        } else {
            ""
        };
        return Ok(format!(
            "schedule_type: cron\nschedule_config:\n  cron_expression: {quoted}\n{seconds}"
        ));
    }
    Ok("# Fires only on request: jobsd run ID. Else: daily, weekly, interval, cron.\nschedule_type: manual\n".to_owned())
}

/// Begins a folder: jobs.d with an example, schemas, editor settings, CI, hook. Existing files stay.
///
/// # Errors
/// When something cannot be written.
pub fn init(dir: &Path, ci: Ci, out: &mut dyn Write) -> io::Result<u8> {
    let hello = NewJob {
        id: "hello".to_owned(),
        bot_type: "command".to_owned(),
        daily: Some("08:00".to_owned()),
        tz: Some("UTC".to_owned()),
        ..NewJob::default()
    };
    let example = text(&hello).map_err(io::Error::other)?;
    let mut files = vec![
        ("jobs.d/hello.yaml", example),
        ("schema/job.schema.json", JOB.text()),
        ("schema/config.schema.json", CONFIG.text()),
        (
            ".vscode/settings.json",
            include_str!("../../contrib/editor/settings.json").to_owned(),
        ),
        (
            ".pre-commit-config.yaml",
            include_str!("../../contrib/pre-commit/config.yaml").to_owned(),
        ),
        (".gitignore", ".jobsd/\n".to_owned()),
    ];
    match ci {
        Ci::Github => files.push((
            ".github/workflows/jobsd.yml",
            include_str!("../../contrib/ci/github.yml").to_owned(),
        )),
        Ci::Forgejo => files.push((
            ".forgejo/workflows/jobsd.yml",
            include_str!("../../contrib/ci/github.yml").to_owned(),
        )),
        Ci::Gitlab => files.push((
            ".gitlab-ci.yml",
            include_str!("../../contrib/ci/gitlab.yml").to_owned(),
        )),
        Ci::None => {}
    }
    for (name, text) in files {
        let path = dir.join(name);
        if path.exists() {
            writeln!(out, "kept     {}", path.display())?;
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, text)?;
        writeln!(out, "written  {}", path.display())?;
    }
    let jobs = dir.join("jobs.d");
    writeln!(out, "\nnext: jobsd validate {}", jobs.display())?;
    Ok(0)
}
