//! `jobsd plan`: what a change of files does before it is merged. Reads git's objects and files,
//! writes nothing, starts nothing.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::instants::{When, future, when};
use crate::commands::online::Daemon;
use crate::plan::busiest::DAYS_MAX;
use crate::plan::document::Plan as Document;
use crate::plan::fires::Span;
use crate::plan::live::Live;
use crate::plan::side::{Files, Name, Side};
use crate::render::plan::{human, markdown};
use crate::render::screen::Screen;
use crate::shell::control::Request;
use crate::shell::disk::{self, scan};
use crate::shell::git::at::Place;
use crate::shell::git::range;
use crate::shell::settings::{Flags, Layout};
use crate::spec::jobs::settings_file;
use crate::text::help::French;
use crate::text::{Text, escaped_json, plan as words};
use crate::time::{SignedDuration, Timestamp};
use crate::view::answer::job::JobsAnswer;

/// Most bytes of markdown by default: GitHub refuses a comment of more than 65,535 characters.
const BYTES_MAX: usize = 65_000;

/// Show what a change of files does, before it is merged.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd plan                       since the common ancestor with the \
        default branch\n  jobsd plan main                  from main to the files on disk\n  jobsd \
        plan main...feature   what a branch changes\n  jobsd plan old/ new/             two \
        folders\n  jobsd plan --format markdown     for a pull request\n\nExit codes: 0 the plan was \
        made; 1 the new files have errors, or with --exit-code something differs; 5 the files \
        cannot be read."
)]
pub struct Plan {
    /// A commit, a folder, or `A..B`, `A...B` [default: the common ancestor with the default
    /// branch].
    #[arg(value_name = "OLD")]
    old: Option<String>,
    /// A commit or a folder [default: the files on disk].
    #[arg(value_name = "NEW")]
    new: Option<String>,
    /// Due times after this instant: 2027-03-01, 2027-03-01T08:00, 2h (from now), RFC 3339
    /// [default: now].
    #[arg(long, value_name = "T", value_parser = when)]
    from: Option<When>,
    /// Due times of so many days.
    #[arg(long, value_name = "N", default_value_t = 30, conflicts_with = "until")]
    days: i64,
    /// Due times up to this instant.
    #[arg(long, value_name = "T", value_parser = when)]
    until: Option<When>,
    /// Also show jobs that do not change.
    #[arg(long)]
    all: bool,
    /// Exit with 1 where something differs.
    #[arg(long)]
    exit_code: bool,
    /// Most bytes of markdown.
    #[arg(long, value_name = "N", default_value_t = BYTES_MAX)]
    max_bytes: usize,
    /// Output format.
    #[arg(long, value_parser = formats(), default_value = "human")]
    format: Format,
}

/// The form of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Human,
    Markdown,
    Json,
}

fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(["human", "markdown", "json"]).map(|name| match name.as_str() {
        "json" => Format::Json,
        "markdown" => Format::Markdown,
        _ => Format::Human,
    })
}

impl Runs for Plan {
    const FRENCH: French = French::new(
        "Montre ce que fait une modification des fichiers, avant sa fusion",
        &[
            (
                "old",
                "Un commit, un dossier, ou A..B, A...B [défaut : l’ancêtre commun avec la branche \
                 par défaut]",
            ),
            ("new", "Un commit ou un dossier [défaut : les fichiers du disque]"),
            (
                "from",
                "Échéances après cet instant : 2027-03-01, 2027-03-01T08:00, 2h (à partir de \
                 maintenant), RFC 3339 [défaut : maintenant]",
            ),
            ("days", "Échéances de ce nombre de jours"),
            ("until", "Échéances jusqu’à cet instant"),
            ("all", "Montre aussi les jobs qui ne changent pas"),
            ("exit_code", "Se termine par 1 si quelque chose diffère"),
            ("max_bytes", "Nombre maximal d’octets de markdown"),
        ],
    )
    .with_after(
        "Exemples :\n  jobsd plan                       depuis l’ancêtre commun avec la branche par \
         défaut\n  jobsd plan main                  de main aux fichiers du disque\n  jobsd plan \
         main...feature   ce que change une branche\n  jobsd plan old/ new/             deux \
         dossiers\n  jobsd plan --format markdown     pour une demande de fusion\n\nCodes de \
         sortie : 0 le plan a été fait ; 1 les nouveaux fichiers ont des erreurs, ou, avec \
         --exit-code, quelque chose diffère ; 5 fichiers illisibles.",
    );

    fn needs(&self) -> Needs {
        Needs::Layout
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let span = self.span(&context.screen)?;
        let (old, new) = self
            .sides(context)
            .map_err(|words| Failure::failed(&words))?;
        let old = Side::load(old, None);
        let new = Side::load(new, Some(&old.config));
        let mut plan = Document::new(&old, &new, span, self.all);
        // A daemon is asked where a flag names one.
        if context.flags.state.is_some() || matches!(context.daemon, Daemon::There(_)) {
            let JobsAnswer { jobs, .. } = context.read(&Request::Jobs)?;
            plan.live = Some(Live::of(&plan.jobs, &jobs));
        }
        let lang = context.lang();
        let text = match self.format {
            Format::Human => human::plan(&plan, &context.screen),
            Format::Markdown => markdown::plan(&plan, lang, self.max_bytes),
            Format::Json => {
                let json = serde_json::to_string(&plan).map_err(std::io::Error::from)?;
                format!("{}\n", escaped_json(&json))
            }
        };
        context.out.write_all(text.as_bytes())?;
        let differs = self.exit_code && !plan.is_empty();
        Ok(Exit::found(plan.has_errors() || differs))
    }
}

impl Plan {
    fn span(&self, screen: &Screen) -> Result<Span, Failure> {
        // A plan made twice in a second is the same.
        let second = |at: Timestamp| Timestamp::from_second(at.as_second()).unwrap_or(at);
        let now = second(screen.now);
        let from = future(self.from, now, screen)?.unwrap_or(now);
        let days = SignedDuration::from_hours(self.days.saturating_mul(24).clamp(0, DAYS_MAX * 48));
        let until = future(self.until, from, screen)?;
        let until = until.or(from.checked_add(days).ok());
        let longest = SignedDuration::from_hours(DAYS_MAX * 24);
        let good = until.filter(|until| *until > from && until.duration_since(from) <= longest);
        match good {
            Some(until) => Ok(Span { from, until }),
            None => Err(Failure::usage(&words::bad_span(DAYS_MAX))),
        }
    }

    /// Reads both sides.
    fn sides(&self, context: &Context<'_>) -> Result<(Files, Files), Text> {
        let reader = Reader { context };
        if let (Some(range), None) = (&self.old, &self.new)
            && let Some((from, to, is_from_ancestor)) = reader.range(range)
        {
            let dir = reader.dir()?;
            let old = match is_from_ancestor {
                true => range::merge_base(&dir, from, to)?,
                false => from.to_owned(),
            };
            let name = format!("{from}{}{to}", if is_from_ancestor { "..." } else { ".." });
            let mut old = reader.commit(&old)?;
            if is_from_ancestor {
                old.name.reference = Some(name);
            }
            return Ok((old, reader.commit(to)?));
        }
        let old = match &self.old {
            Some(name) => reader.named(name)?,
            None => {
                let dir = reader.dir()?;
                let branch = range::default_branch(&dir)?;
                let base = range::merge_base(&dir, &branch, "HEAD")?;
                let mut files = reader.commit(&base)?;
                files.name.reference = Some(branch);
                files
            }
        };
        let new = match &self.new {
            Some(name) => reader.named(name)?,
            None => reader.on_disk(&old.folder)?,
        };
        Ok((old, new))
    }
}

/// Reads sides, as the folders of the context are.
struct Reader<'c, 'x> {
    context: &'c Context<'x>,
}

impl Reader<'_, '_> {
    /// Where git is run.
    fn dir(&self) -> Result<PathBuf, Text> {
        Ok(Place::find(&self.context.layout.jobs)?.dir)
    }

    /// `A..B` and `A...B`; an empty side is HEAD. No folder of that name, and no reference.
    fn range<'n>(&self, name: &'n str) -> Option<(&'n str, &'n str, bool)> {
        if Path::new(name).is_dir() {
            return None;
        }
        let (from, to) = name.split_once("..")?;
        let (to, is_from_ancestor) = match to.strip_prefix('.') {
            Some(to) => (to, true),
            None => (to, false),
        };
        let or_head = |name: &'n str| if name.is_empty() { "HEAD" } else { name };
        Some((or_head(from), or_head(to), is_from_ancestor))
    }

    /// A commit, else a folder.
    fn named(&self, name: &str) -> Result<Files, Text> {
        let is_reference = self.dir().is_ok_and(|dir| range::is_reference(&dir, name));
        if !is_reference && Path::new(name).is_dir() {
            return self.folder(Path::new(name));
        }
        if !is_reference && !range::is_shallow(&self.dir()?) {
            return Err(words::no_side(name));
        }
        self.commit(name)
    }

    /// The files as a commit has them. Its own `jobsd.yaml` says which folder holds the jobs.
    fn commit(&self, reference: &str) -> Result<Files, Text> {
        let layout = &self.context.layout;
        let config_place = Place::find(&layout.config_file)?;
        let commit = range::commit(&config_place.dir, reference)?;
        let config = config_place.file(&commit)?;
        let jobs = match &self.context.flags.jobs {
            Some(jobs) => jobs.clone(),
            None => {
                let config = config.as_ref().map(settings_file::load_config);
                let jobs = config.and_then(|(config, _)| config?.jobs);
                let beside = layout.config_file.parent().unwrap_or(Path::new(""));
                beside.join(jobs.as_deref().unwrap_or("jobs.d"))
            }
        };
        let tree = Place::find(&jobs)?.tree(&commit)?;
        Ok(Files {
            name: Name {
                reference: Some(reference.to_owned()),
                commit: Some(commit),
            },
            folder: jobs.to_string_lossy().into_owned(),
            jobs: tree.files,
            config,
            findings: tree.diagnostics,
            outside: HashSet::new(),
        })
    }

    /// The files on disk. A `jobsd.yaml` that is bad does not say which folder holds the jobs: a
    /// running daemon keeps the one that it has.
    fn on_disk(&self, known: &str) -> Result<Files, Text> {
        let layout = &self.context.layout;
        let is_named = self.context.flags.jobs.is_some() || !layout.is_bad();
        let jobs = match is_named {
            true => layout.jobs.as_path(),
            false => Path::new(known),
        };
        let name = Name {
            reference: None,
            commit: None,
        };
        // The last job may have gone with its folder; one that a flag names is meant to be there.
        let may_be_gone = self.context.flags.jobs.is_none();
        files(name, jobs, &layout.config_file, may_be_gone)
    }

    /// A folder with a `jobsd.yaml` or a `jobs.d`, or one of job files.
    fn folder(&self, folder: &Path) -> Result<Files, Text> {
        let config = folder.join(disk::CONFIG_NAME);
        let flags = match config.exists() {
            true => Flags {
                config: Some(config),
                ..Flags::default()
            },
            false if folder.join("jobs.d").is_dir() => Flags {
                jobs: Some(folder.join("jobs.d")),
                ..Flags::default()
            },
            false => Flags {
                jobs: Some(folder.to_owned()),
                ..Flags::default()
            },
        };
        let layout = Layout::find(&flags).map_err(|error| error.text())?;
        let name = Name {
            reference: Some(folder.to_string_lossy().into_owned()),
            commit: None,
        };
        files(name, &layout.jobs, &layout.config_file, false)
    }
}

/// Reads a side from disk.
fn files(name: Name, jobs: &Path, config: &Path, may_be_gone: bool) -> Result<Files, Text> {
    let scan = match jobs.symlink_metadata() {
        Err(error) if may_be_gone && error.kind() == io::ErrorKind::NotFound => {
            scan::Scan::default()
        }
        _ => scan::scan(jobs).map_err(|error| error.text())?,
    };
    let mut findings = scan.diagnostics;
    let config = match config.exists().then(|| disk::read_one(config)) {
        Some(Ok(file)) => Some(file),
        Some(Err(finding)) => {
            findings.push(*finding);
            None
        }
        None => None,
    };
    Ok(Files {
        name,
        folder: jobs.to_string_lossy().into_owned(),
        jobs: scan.files,
        config,
        findings,
        outside: scan.outside,
    })
}
