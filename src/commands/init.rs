//! `jobsd init`: begins a folder of jobs, with schemas, editor settings, CI and a hook. Existing
//! files stay.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::new::{self, New};
use crate::render::screen::wrapped;
use crate::shell::settings::Flags;
use crate::spec::rules::schema::{CONFIG, JOB};
use crate::text::cause::cause;
use crate::text::commands as words;
use crate::text::help::French;
use crate::text::usage::Expected;
use crate::text::{Lang, Text, visible};

/// Columns of a next step.
const STEP_COLUMNS: usize = 75;

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

/// Set up a folder: jobs.d with an example, schemas, editor settings, CI and a hook.
#[derive(Debug, Args)]
pub struct Init {
    /// The folder.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Where CI runs.
    #[arg(long, value_enum, default_value = "none")]
    ci: Ci,
    /// Where the CI finds jobsd: a repository and a branch, tag or commit of it.
    #[arg(long, value_name = "OWNER/REPO@REF", value_parser = home, requires = "ci")]
    action: Option<Home>,
}

/// A repository that holds jobsd, and a branch, tag or commit of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    repository: String,
    reference: String,
}

/// Reads a repository with a reference: `example/jobsd@v1`, or an address instead of the owner and
/// name.
fn home(text: &str) -> Result<Home, String> {
    let is_plain = |text: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-._/:".contains(c);
        !text.is_empty() && text.chars().all(fits)
    };
    let (repository, reference) = text.split_once('@').unwrap_or((text, "main"));
    let is_home = is_plain(repository) && repository.contains('/') && is_plain(reference);
    is_home
        .then(|| Home {
            repository: repository.to_owned(),
            reference: reference.to_owned(),
        })
        .ok_or_else(|| Expected::Home.text().en)
}

impl Runs for Init {
    const FRENCH: French = French::new(
        "Prépare un dossier : jobs.d avec un exemple, schémas, réglages d’éditeur, CI et crochet \
         de commit",
        &[
            ("dir", "Le dossier"),
            ("ci", "Où tourne la CI"),
            (
                "action",
                "Où la CI trouve jobsd : un dépôt et une branche, une étiquette ou un commit",
            ),
            ("ci/github", "GitHub Actions"),
            ("ci/gitlab", "GitLab CI"),
            ("ci/forgejo", "Forgejo Actions"),
            ("ci/none", "Nulle part"),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Files
    }

    /// Done, wrong usage, or failed where something cannot be written.
    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let lang = context.lang();
        let plan = Plan {
            dir: &self.dir,
            flags: &context.flags,
            ci: self.ci,
            home: self.action.as_ref(),
            lang,
        };
        let files = files(&plan).map_err(|sentence| Failure::usage(&sentence))?;
        for (name, text) in files {
            let path = self.dir.join(name);
            let shown = path.to_string_lossy();
            let told = if path.exists() {
                words::kept(&shown)
            } else if let Err(error) = write(&path, &text) {
                let sentence = words::not_written(&shown, &cause(&error));
                return Err(Failure::failed(&sentence));
            } else {
                words::written(&shown)
            };
            writeln!(context.out, "{}", visible(told.get(lang)))?;
        }
        if !context.screen.quiet {
            self.say_next(context)?;
        }
        Ok(Exit::Done)
    }
}

impl Init {
    /// The next steps, on standard error: they are no result.
    fn say_next(&self, context: &mut Context<'_>) -> io::Result<()> {
        let lang = context.lang();
        let dir = (self.dir != Path::new(".")).then(|| self.dir.to_string_lossy());
        let needs_home = self.ci != Ci::None && self.action.is_none();
        let steps = words::next_steps(dir.as_deref(), self.ci != Ci::None, needs_home);
        writeln!(context.err, "\n{}", steps[0].get(lang))?;
        for (n, step) in steps[1..].iter().enumerate() {
            let lines = wrapped(&visible(step.get(lang)), STEP_COLUMNS);
            writeln!(context.err, "  {}. {}", n + 1, lines.join("\n     "))?;
        }
        Ok(())
    }
}

/// What is to be written.
struct Plan<'a> {
    /// The folder to begin.
    dir: &'a Path,
    /// The folders below it, where they are named.
    flags: &'a Flags,
    ci: Ci,
    /// Where the CI finds jobsd.
    home: Option<&'a Home>,
    /// Language of the comments in the example.
    lang: Lang,
}

impl Home {
    /// Where git gets it: an owner and a name are those of GitHub.
    fn address(&self) -> String {
        let Home {
            repository,
            reference,
        } = self;
        let from = match repository.contains("://") {
            true => repository.clone(),
            false => format!("https://github.com/{repository}"),
        };
        match reference.as_str() {
            "main" => from,
            reference => format!("{from} --rev {reference}"),
        }
    }
}

fn jobs_name(plan: &Plan<'_>) -> String {
    let named = plan.flags.jobs.as_deref().unwrap_or(Path::new("jobs.d"));
    let inside = named.strip_prefix(plan.dir).unwrap_or(named);
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
fn files(plan: &Plan<'_>) -> Result<Vec<(String, String)>, Text> {
    if plan.flags.config.is_some() {
        return Err(words::no_effect_on_init("--config"));
    }
    let jobs = jobs_name(plan);
    let is_below = |part| matches!(part, Component::Normal(_));
    if jobs.is_empty() || !Path::new(&jobs).components().all(is_below) {
        return Err(words::jobs_outside(&jobs));
    }
    let hello = New {
        id: "hello".to_owned(),
        bot_type: "command".to_owned(),
        daily: Some("08:00".to_owned()),
        tz: Some("UTC".to_owned()),
        ..New::default()
    };
    let up = "../".repeat(Path::new(&jobs).components().count());
    let example = new::text(&hello, &format!("{up}schema/job.schema.json"), plan.lang)?;
    // The templates are written for the default folder.
    let own = |template: &str, folder: &str| template.replace("jobs.d", folder);
    let in_ci = |template: &str| match plan.home {
        Some(home) => template
            .replace("https://github.com/OWNER/jobsd", &home.address())
            .replace(
                "OWNER/jobsd@main",
                &format!("{}@{}", home.repository, home.reference),
            ),
        None => template.to_owned(),
    };
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
    files.extend(settings(plan, &jobs));
    let state = plan.flags.state.as_deref().unwrap_or(Path::new(".jobsd"));
    if !state.is_absolute() {
        let state = state.to_string_lossy();
        files.push((
            ".gitignore".to_owned(),
            format!("{}/\n", state.trim_end_matches('/')),
        ));
    }
    let github = include_str!("../../contrib/ci/github.yml");
    let gitlab = include_str!("../../contrib/ci/gitlab.yml");
    let (name, template) = match plan.ci {
        Ci::Github => (".github/workflows/jobsd.yml", github),
        Ci::Forgejo => (".forgejo/workflows/jobsd.yml", github),
        Ci::Gitlab => (".gitlab-ci.yml", gitlab),
        Ci::None => return Ok(files),
    };
    files.push((name.to_owned(), own(&in_ci(template), &jobs)));
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
fn settings(plan: &Plan<'_>, jobs: &str) -> Option<(String, String)> {
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let mut lines = String::new();
    if jobs != "jobs.d" {
        lines += &format!("jobs: {}\n", quoted(jobs));
    }
    if let Some(state) = &plan.flags.state {
        lines += &format!("state: {}\n", quoted(&state.to_string_lossy()));
    }
    let schema = "# yaml-language-server: $schema=schema/config.schema.json\n";
    (!lines.is_empty()).then(|| ("jobsd.yaml".to_owned(), format!("{schema}{lines}")))
}
