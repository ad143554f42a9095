//! `jobsd doctor`: whether this machine is fit for it: clock, zones, folders, disk, watches,
//! descriptors, the daemon.

use std::path::Path;

use clap::Args;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::render::Format;
use crate::render::screen::{Cell, Screen, Table, Tint};
use crate::shell::control::Request;
use crate::shell::control::socket::call;
use crate::shell::disk::listing::ScanError;
use crate::shell::disk::scan;
use crate::shell::git::{Git, Repository};
use crate::shell::notices;
use crate::shell::zones;
use crate::spec::SourceFile;
use crate::spec::jobs::loader;
use crate::spec::types::config::Settings;
use crate::text::cause::cause;
use crate::text::help::French;
use crate::text::{Lang, Text, control, doctor as words, trouble};
use crate::time::{Timestamp, rfc3339};
use crate::view::answer::command::CheckAnswer;
use crate::view::answer::status::{NoticeKind, StatusAnswer};
use crate::view::document;

/// Free bytes under which a history may soon not be written.
const FREE_BYTES_MIN: u64 = 100 << 20;

/// One thing that was looked at.
struct Check {
    name: &'static str,
    is_ok: bool,
    found: Text,
    help: Option<Text>,
}

impl Check {
    fn new(name: &'static str, is_ok: bool, found: Text, en: &str, fr: &str) -> Check {
        Check {
            name,
            is_ok,
            found,
            help: (!is_ok).then(|| Text::new(en, fr)),
        }
    }

    /// For programs, in English.
    fn answer(&self) -> CheckAnswer<'_> {
        CheckAnswer {
            check: self.name,
            ok: self.is_ok,
            found: &self.found.en,
            help: self.help.as_ref().map(|help| help.en.as_str()),
        }
    }
}

/// Check that this machine is ready: clock, zones, folders, disk, watches, descriptors, the daemon.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd doctor\n  jobsd doctor --format json | jq '.checks[] | \
        select(.ok | not)'"
)]
pub struct Doctor {
    /// Output format.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

impl Runs for Doctor {
    const FRENCH: French = French::new(
        "Vérifie que cette machine est prête : horloge, fuseaux, dossiers, disque, surveillance, \
         descripteurs, démon",
        &[],
    );

    fn needs(&self) -> Needs {
        Needs::State("jobsd doctor")
    }

    /// A problem is found where something is not fit.
    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let Context { screen, out, .. } = context;
        let (jobs, state) = (&context.layout.jobs, &context.layout.state);
        let scan = scan::scan(jobs);
        let files = scan.as_ref().map_or(&[][..], |scan| &scan.files);
        let checks = [
            clock(screen.now),
            zone_data(files, &context.layout.config.settings()),
            job_files(&scan, jobs),
            edits(jobs, &context.layout.config_file),
            state_folder(state),
            free_space(state),
            watches(),
            descriptors(),
            daemon(state),
        ];
        if self.format.is_json() {
            let list = checks.iter().map(Check::answer).collect();
            writeln!(out, "{}", document::DOCTOR.json(&list))?;
        } else {
            out.write_all(table(&checks, screen).render(screen).as_bytes())?;
        }
        Ok(Exit::found(checks.iter().any(|check| !check.is_ok)))
    }
}

fn table(checks: &[Check], screen: &Screen) -> Table {
    let row = |check: &Check| {
        let (sign, word, tint) = if check.is_ok {
            ("✓ ok", "ok", Tint::Green)
        } else {
            (screen.say("✗ bad", "✗ mal"), "bad", Tint::Red)
        };
        let help = check
            .help
            .as_ref()
            .map(|help| format!("{}{}", screen.say(": ", " : "), help.get(screen.lang)));
        vec![
            Cell::text(check.name),
            Cell::both(sign, word).tinted(tint),
            Cell::text(format!(
                "{}{}",
                check.found.get(screen.lang),
                help.unwrap_or_default()
            )),
        ]
    };
    Table {
        heads: vec![
            screen.say("CHECK", "CONTRÔLE").to_owned(),
            screen.say("RESULT", "RÉSULTAT").to_owned(),
            screen.say("FOUND", "CONSTAT").to_owned(),
        ],
        rows: checks.iter().map(row).collect(),
        spare: Vec::new(),
    }
}

fn clock(now: Timestamp) -> Check {
    let is_ok = now.as_second() > 1_700_000_000;
    let found = Text::same(rfc3339(now));
    Check::new(
        "clock",
        is_ok,
        found,
        "set the clock, best by NTP",
        "réglez l’horloge, au mieux par NTP",
    )
}

fn zone_data(files: &[SourceFile], settings: &Settings) -> Check {
    let (serving, other) = (zones::version(), zones::other());
    let loaded = loader::load(files, settings);
    let in_use = loaded.jobs.values().map(|job| &*job.timezone);
    let differing: Vec<Text> = zones::differing(in_use)
        .into_iter()
        .map(|(zone, from)| words::zone_differs(zone, &rfc3339(from)))
        .collect();
    let is_ok = !serving.starts_with("version unknown") && differing.is_empty();
    let found = words::zones(&serving, other.as_deref(), &differing);
    let (en, fr) = (
        "bring the tzdata package up to date: programs of jobs read the system's zones, whatever \
         serves jobsd",
        "mettez à jour le paquet tzdata : les programmes des jobs lisent les fuseaux du système, \
         quoi que jobsd emploie",
    );
    Check::new("zone data", is_ok, found, en, fr)
}

fn job_files(scan: &Result<scan::Scan, ScanError>, jobs: &Path) -> Check {
    let (en, fr) = (
        "name the folder with --jobs",
        "nommez le dossier avec --jobs",
    );
    match scan {
        Ok(scan) => {
            let found = words::files_in(scan.files.len(), &jobs.display().to_string());
            Check::new("job files", true, found, en, fr)
        }
        Err(error) => Check::new("job files", false, error.text(), en, fr),
    }
}

/// Whether edits and their commits are seen.
fn edits(jobs: &Path, config: &Path) -> Check {
    let real = jobs.canonicalize().unwrap_or_default();
    let is_silent = Repository::around(&real).is_some_and(|repository| {
        let mut git = Git::default();
        let asked = git.ask(&repository, &real, config);
        git.answer(&repository, asked).commit.is_none()
    });
    let found = notices::of(jobs, config, is_silent);
    let texts = found.iter().map(|notice| match notice.kind {
        NoticeKind::MountedFile => words::mounted_file(&notice.path),
        NoticeKind::OtherOwner => words::other_owner(&notice.path),
    });
    let told = texts.reduce(|all, one| {
        Text::new(
            format!("{}; {}", all.en, one.en),
            format!("{} ; {}", all.fr, one.fr),
        )
    });
    let is_ok = told.is_none();
    let (en, fr) = (
        "edits, or who made them, may not be seen",
        "des modifications, ou leur auteur, peuvent échapper",
    );
    Check::new(
        "edits",
        is_ok,
        told.unwrap_or_else(words::edits_come),
        en,
        fr,
    )
}

fn state_folder(state: &Path) -> Check {
    let (en, fr) = (
        "fix its permissions, or name another with --state",
        "corrigez ses droits, ou nommez-en un autre avec --state",
    );
    let folder = if state.exists() {
        state
    } else {
        state
            .parent()
            .filter(|p| *p != Path::new(""))
            .unwrap_or(Path::new("."))
    };
    let wanted =
        rustix::fs::Access::READ_OK | rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
    match rustix::fs::access(folder, wanted) {
        Ok(()) => Check::new(
            "state",
            true,
            Text::same(folder.display().to_string()),
            en,
            fr,
        ),
        Err(error) => {
            let found = words::of_folder(&folder.display().to_string(), &cause(&error.into()));
            Check::new("state", false, found, en, fr)
        }
    }
}

fn free_space(state: &Path) -> Check {
    let (en, fr) = (
        "free some space: without it no run can be recorded, and none starts",
        "libérez de la place : sans elle rien ne peut être enregistré ni démarré",
    );
    let folder = if state.exists() {
        state
    } else {
        Path::new(".")
    };
    match rustix::fs::statvfs(folder) {
        Ok(stat) => {
            let free = stat.f_bavail.saturating_mul(stat.f_frsize);
            let found = words::free(free >> 20);
            Check::new("disk", free >= FREE_BYTES_MIN, found, en, fr)
        }
        Err(error) => Check::new("disk", false, cause(&error.into()), en, fr),
    }
}

fn watches() -> Check {
    let read = |name: &str| {
        let path = format!("/proc/sys/fs/inotify/{name}");
        let text = std::fs::read_to_string(path).ok()?;
        text.trim().parse::<u64>().ok()
    };
    let (en, fr) = (
        "raise fs.inotify.max_user_instances and max_user_watches with sysctl; jobsd scans \
         meanwhile",
        "augmentez fs.inotify.max_user_instances et max_user_watches avec sysctl ; jobsd scrute en \
         attendant",
    );
    match (read("max_user_instances"), read("max_user_watches")) {
        (Some(instances), Some(watches)) => {
            let is_ok = instances >= 16 && watches >= 1_024;
            let found = words::watches(instances, watches);
            Check::new("inotify", is_ok, found, en, fr)
        }
        _ => Check::new("inotify", true, words::no_watches(), en, fr),
    }
}

fn descriptors() -> Check {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let hard = limit.maximum.unwrap_or(u64::MAX);
    let (en, fr) = (
        "raise the hard limit of open files (LimitNOFILE): each run takes a few",
        "augmentez la limite dure de fichiers ouverts (LimitNOFILE) : chaque exécution en prend",
    );
    let found = words::descriptors(hard);
    Check::new("descriptors", hard >= 4_096, found, en, fr)
}

fn daemon(state: &Path) -> Check {
    let (en, fr) = ("start `jobsd serve`", "lancez « jobsd serve »");
    match call(state, &Request::Status { job_id: None }) {
        Ok(answer) => {
            let answer: StatusAnswer = match serde_json::from_value(answer) {
                Ok(answer) => answer,
                Err(error) => {
                    let found = control::unreadable(&error.to_string());
                    return Check::new("daemon", false, found, "see /health", "voyez /health");
                }
            };
            let said = |list: &[String]| list.iter().map(|line| trouble::text(line)).collect();
            let (mut texts, notes): (Vec<Text>, Vec<Text>) =
                (said(&answer.reasons), said(&answer.notes));
            let is_ok = texts.is_empty();
            texts.extend(notes);
            if is_ok {
                let version = &answer.version;
                texts.insert(0, Text::same(format!("version {version}")));
            }
            let joined = |lang| texts.iter().map(|it| it.get(lang)).collect::<Vec<_>>();
            let found = Text::new(joined(Lang::En).join("; "), joined(Lang::Fr).join(" ; "));
            Check::new("daemon", is_ok, found, "see /health", "voyez /health")
        }
        Err(_) => Check::new("daemon", false, words::no_daemon(), en, fr),
    }
}
