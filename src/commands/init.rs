//! `jobsd init`: begins a folder of jobs, with schemas, editor settings, CI and a hook. Existing files stay.

use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use clap::ValueEnum;

use crate::commands::new::{self, NewJob};
use crate::commands::offline::refuse;
use crate::spec::schema::{CONFIG, JOB};
use crate::text::cause::cause;
use crate::text::commands as words;
use crate::text::{Lang, Text, visible};

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

/// What was asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder to begin.
    pub dir: PathBuf,
    /// The folder of job files below it; `jobs.d` when none is named.
    pub jobs: Option<PathBuf>,
    /// The state directory, when one is named.
    pub state: Option<PathBuf>,
    /// Whether settings elsewhere are named, which `init` has no use for.
    pub names_config: bool,
    /// Where CI runs.
    pub ci: Ci,
    /// Language of people, and of the comments in the example.
    pub lang: Lang,
}

/// Runs the command: 0, 2 wrong usage, 5 something cannot be written.
///
/// # Errors
/// When the output cannot be written.
pub fn run(options: &Options, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<u8> {
    let lang = options.lang;
    let files = match files(options) {
        Ok(files) => files,
        Err(sentence) => return Ok(refuse(err, &sentence, lang, 2)),
    };
    for (name, text) in files {
        let path = options.dir.join(name);
        let shown = path.to_string_lossy();
        let told = if path.exists() {
            words::kept(&shown)
        } else if let Err(error) = write(&path, &text) {
            let sentence = words::not_written(&shown, &cause(&error));
            return Ok(refuse(err, &sentence, lang, 5));
        } else {
            words::written(&shown)
        };
        writeln!(out, "{}", visible(told.get(lang)))?;
    }
    let jobs = options.dir.join(jobs_name(options));
    let next = words::then_validate(&jobs.to_string_lossy());
    writeln!(out, "{}", visible(next.get(lang)))?;
    Ok(0)
}

fn jobs_name(options: &Options) -> String {
    let named = options.jobs.as_deref().unwrap_or(Path::new("jobs.d"));
    let inside = named.strip_prefix(&options.dir).unwrap_or(named);
    let inside = inside.strip_prefix(".").unwrap_or(inside);
    inside.to_string_lossy().into_owned()
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, text)
}

/// Every file with its text, by its path below the folder.
fn files(options: &Options) -> Result<Vec<(String, String)>, Text> {
    if options.names_config {
        return Err(words::no_effect_on_init("--config"));
    }
    let jobs = jobs_name(options);
    let is_below = |part| matches!(part, Component::Normal(_));
    if jobs.is_empty() || !Path::new(&jobs).components().all(is_below) {
        return Err(words::jobs_outside(&jobs));
    }
    let hello = NewJob {
        id: "hello".to_owned(),
        bot_type: "command".to_owned(),
        daily: Some("08:00".to_owned()),
        tz: Some("UTC".to_owned()),
        ..NewJob::default()
    };
    let up = "../".repeat(Path::new(&jobs).components().count());
    let example = new::text(&hello, &format!("{up}schema/job.schema.json"), options.lang)?;
    // The templates are written for the default folder.
    let own = |template: &str, folder: &str| template.replace("jobs.d", folder);
    let mut files = vec![
        (format!("{jobs}/hello.yaml"), example),
        ("schema/job.schema.json".to_owned(), JOB.text()),
        ("schema/config.schema.json".to_owned(), CONFIG.text()),
        (
            ".vscode/settings.json".to_owned(),
            own(include_str!("../../contrib/editor/settings.json"), &jobs),
        ),
        (".pre-commit-config.yaml".to_owned(), hook(&jobs)),
    ];
    files.extend(settings(options, &jobs));
    let state = options.state.as_deref().unwrap_or(Path::new(".jobsd"));
    if !state.is_absolute() {
        let state = state.to_string_lossy();
        files.push((
            ".gitignore".to_owned(),
            format!("{}/\n", state.trim_end_matches('/')),
        ));
    }
    let github = include_str!("../../contrib/ci/github.yml");
    let gitlab = include_str!("../../contrib/ci/gitlab.yml");
    let (name, template) = match options.ci {
        Ci::Github => (".github/workflows/jobsd.yml", github),
        Ci::Forgejo => (".forgejo/workflows/jobsd.yml", github),
        Ci::Gitlab => (".gitlab-ci.yml", gitlab),
        Ci::None => return Ok(files),
    };
    files.push((name.to_owned(), own(template, &jobs)));
    Ok(files)
}

/// The hook of a commit; in its pattern the folder's name is a regular expression.
fn hook(jobs: &str) -> String {
    let template = include_str!("../../contrib/pre-commit/config.yaml");
    let escaped: String = jobs
        .chars()
        .flat_map(|c| {
            let is_plain = c.is_alphanumeric() || "/_-".contains(c);
            (!is_plain).then_some('\\').into_iter().chain([c])
        })
        .collect();
    template
        .replace("jobs\\.d", &escaped)
        .replace("jobs.d", jobs)
}

/// `jobsd.yaml`, where the folders are not the default ones.
fn settings(options: &Options, jobs: &str) -> Option<(String, String)> {
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let mut lines = String::new();
    if jobs != "jobs.d" {
        lines += &format!("jobs: {}\n", quoted(jobs));
    }
    if let Some(state) = &options.state {
        lines += &format!("state: {}\n", quoted(&state.to_string_lossy()));
    }
    let schema = "# yaml-language-server: $schema=schema/config.schema.json\n";
    (!lines.is_empty()).then(|| ("jobsd.yaml".to_owned(), format!("{schema}{lines}")))
}
