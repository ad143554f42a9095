//! The command line: what can be asked, as data. `main` runs it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::commands::bot::Bot;
use crate::commands::control::{Grace, grace, span};
use crate::commands::create::NewJob;
use crate::commands::export::Target;
use crate::commands::history;
use crate::commands::import::Import;
use crate::commands::init::Ci;
use crate::commands::show::{Format as Output, Mode, Sort, Which};
use crate::commands::validate::Format;
use crate::model::run::{Status, Trigger};
use crate::render::jobs::Column;
use crate::shell::process::shim::Wishes;
use crate::time::{SignedDuration, Timestamp};

/// Scheduled jobs that live as YAML files in git.
#[derive(Debug, Parser)]
#[command(
    name = "jobsd",
    version,
    after_help = "Exit codes: 0 done; 1 a problem was found; 2 wrong usage; 3 no daemon; 4 refused; 5 file system or internal error.\nMore: jobsd help exit-codes, jobsd help formats, jobsd help schedule."
)]
pub struct Cli {
    /// Folder of job files [default: `jobs` of jobsd.yaml, else jobs.d].
    #[arg(long, global = true, value_name = "DIR")]
    pub jobs: Option<PathBuf>,
    /// The daemon's own settings [default: jobsd.yaml beside the jobs folder].
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// State directory [default: .jobsd beside the jobs folder].
    #[arg(long, global = true, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// The daemon to ask: https://host, or host:port [default: JOBSD_SERVER, else the socket in the state directory].
    #[arg(long, global = true, value_name = "URL")]
    pub server: Option<String>,
    /// A file with the token of that server [default: JOBSD_TOKEN_FILE].
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Language of people: fr or en [default: from JOBSD_LANG, LC_ALL, LC_MESSAGES, LANG].
    #[arg(long, global = true, value_parser = ["fr", "en"])]
    pub lang: Option<String>,
    /// Colors: auto, always or never [default: auto, which heeds NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR and TERM].
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "auto",
        hide_default_value = true
    )]
    pub color: Color,
    /// Leave the head of a table out where it is tab-separated.
    #[arg(long, global = true)]
    pub no_header: bool,
    /// Times in UTC.
    #[arg(long, global = true)]
    pub utc: bool,
    /// Times in this zone [default: that of the terminal].
    #[arg(long, global = true, value_name = "ZONE")]
    pub tz: Option<String>,
    /// Errors alone: no hints, notes or progress on standard error.
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say on standard error what is used and asked; twice: everything.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// When to color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that takes them.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the daemon.
    Serve {
        /// Address of the read-only endpoint.
        /// [default: `listen` of jobsd.yaml, else 127.0.0.1:7878]
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
    },
    /// Check job files; needs no daemon.
    Validate {
        /// Files and folders [default: the jobs folder].
        paths: Vec<PathBuf>,
        /// How findings are written.
        #[arg(long, value_enum, default_value = "human")]
        format: Format,
        /// Count these warnings as errors: `warnings` for all, or codes.
        #[arg(long, value_name = "CODE", value_delimiter = ',')]
        deny: Vec<String>,
        /// Count warnings as errors: the same as `--deny warnings`.
        #[arg(long)]
        strict: bool,
        /// Leave these warnings out.
        #[arg(long, value_name = "CODE", value_delimiter = ',')]
        allow: Vec<String>,
        /// The name of standard input (`-`), for messages and the id.
        #[arg(long, value_name = "FILE")]
        stdin_filename: Option<String>,
        /// Show this many findings at most, in the formats human and github; all count.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        max_errors: Option<u32>,
        /// Show notes too: what is left implicit.
        #[arg(long)]
        notes: bool,
        /// First mend what can be mended safely; comments stay.
        #[arg(long)]
        fix: bool,
    },
    /// Begin a folder: jobs.d with an example, schemas, editor settings, CI and a hook.
    Init {
        /// The folder.
        #[arg(default_value = ".")]
        dir: PathBuf,
        /// Where CI runs.
        #[arg(long, value_enum, default_value = "none")]
        ci: Ci,
    },
    /// Write a valid, commented job file.
    New(NewJob),
    /// Write job files from a crontab or a systemd timer. Exit 1 when something does not come over.
    #[command(
        after_help = "Examples:\n  crontab -l | jobsd import -\n  jobsd import /etc/crontab --dry-run\n  jobsd import /etc/systemd/system/backup.timer"
    )]
    Import(Import),
    /// Say jobs in the words of another scheduler, from the files. Exit 1 when something is lost.
    #[command(
        after_help = "Examples:\n  jobsd export --all --to crontab\n  jobsd export backup --to systemd\n  jobsd export --all --to json"
    )]
    Export {
        /// The jobs.
        #[arg(required_unless_present = "all")]
        ids: Vec<String>,
        /// Every job.
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Which scheduler.
        #[arg(long, value_enum)]
        to: Target,
    },
    /// Canonical order and style of job files, comments kept.
    Fmt {
        /// Files and folders [default: the jobs folder].
        paths: Vec<PathBuf>,
        /// Name the files that would change; exit 1 when there is one (the default).
        #[arg(long, group = "mode")]
        check: bool,
        /// Show what would change.
        #[arg(long, group = "mode")]
        diff: bool,
        /// Write the files.
        #[arg(long, group = "mode")]
        write: bool,
    },
    /// Explain a code of `validate`; without one, list them.
    Explain {
        /// The code.
        code: Option<String>,
        /// All pages as Markdown.
        #[arg(long)]
        markdown: bool,
    },
    /// Print a JSON Schema: of job files, or of jobsd.yaml.
    Schema {
        /// Which schema.
        #[arg(default_value = "job", value_parser = schema_names())]
        which: String,
        /// Say whether this committed copy is current.
        #[arg(long, value_name = "FILE")]
        check: Option<PathBuf>,
        /// A field reference in Markdown instead.
        #[arg(long)]
        markdown: bool,
    },
    /// Show the next due times, from the files.
    Next {
        /// Jobs; all when none is named.
        ids: Vec<String>,
        /// A job file outside the jobs folder.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// A bare cron expression instead of jobs: --schedule '0 8 * * 1-5' --tz Europe/Paris; six fields begin with seconds.
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
        /// Due times strictly after this instant (RFC 3339) [default: now].
        #[arg(long, value_name = "T")]
        from: Option<Timestamp>,
        /// Due times up to this instant.
        #[arg(long, value_name = "T")]
        until: Option<Timestamp>,
        /// How many for each job.
        #[arg(long, short = 'n', default_value_t = 5)]
        count: usize,
        /// Output format.
        #[arg(long, value_parser = ["human", "json"], default_value = "human")]
        format: String,
    },
    /// Live through a time span in virtual time: what would run, wait, be skipped or missed.
    Simulate {
        /// Jobs; all when none is named.
        ids: Vec<String>,
        /// The first instant (RFC 3339) [default: now].
        #[arg(long, value_name = "T")]
        from: Option<Timestamp>,
        /// The last instant [default: 24 hours later].
        #[arg(long, value_name = "T")]
        until: Option<Timestamp>,
        /// How long every run takes, in seconds [default: the median of its history, else 1].
        #[arg(long, value_name = "SECS")]
        duration: Option<f64>,
        /// Bound over all jobs.
        #[arg(long, value_name = "N", default_value_t = 1024)]
        max_concurrent_runs: usize,
        /// Output format.
        #[arg(long, value_parser = ["human", "json"], default_value = "human")]
        format: String,
    },
    /// List the jobs, as the daemon knows them.
    #[command(
        after_help = "Examples:\n  jobsd list\n  jobsd list --columns id,next,result --watch\n  jobsd list --show failing --format json | jq -r '.jobs[].id'"
    )]
    List {
        /// Read the files alone, ask no daemon.
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
        format: Output,
    },
    /// Show the daemon, or one job of it.
    #[command(after_help = "Examples:\n  jobsd status\n  jobsd status backup --check")]
    Status {
        /// The job.
        id: Option<String>,
        /// Exit 1 when something needs attention: bad health, a bad file; for a job, a failed last run.
        #[arg(long)]
        check: bool,
        /// Show it again every two seconds.
        #[arg(long)]
        watch: bool,
        /// Output format.
        #[arg(long, value_enum, default_value = "human")]
        format: Output,
    },
    /// Show past runs, newest first, from the history files; no daemon is asked.
    #[command(
        after_help = "Examples:\n  jobsd history backup --since 7d --summary\n  jobsd history --status failed --format json | jq '.runs[].id'"
    )]
    History {
        /// The job; all when none is named.
        id: Option<String>,
        /// Read files alone, ask no daemon: always so.
        #[arg(long)]
        offline: bool,
        /// With this status alone; `running` are the runs that have started and are not over.
        #[arg(long, value_name = "STATUS", value_parser = Status::ALL.map(Status::as_str))]
        status: Option<String>,
        /// Started by this alone.
        #[arg(long, value_name = "TRIGGER", value_parser = Trigger::ALL.map(Trigger::as_str))]
        trigger: Option<String>,
        /// Started (or, where nothing started, due) at this instant or later: RFC 3339, or a span before now (90s, 30min, 2h, 7d).
        #[arg(long, value_name = "T")]
        since: Option<String>,
        /// Started before this instant.
        #[arg(long, value_name = "T")]
        until: Option<String>,
        /// How many.
        #[arg(long, short = 'n', default_value_t = 20)]
        limit: usize,
        /// Go on where a page ended: `next` of the json format.
        #[arg(long, value_name = "CURSOR")]
        cursor: Option<String>,
        /// Sum up all that match, below the runs.
        #[arg(long)]
        summary: bool,
        /// Output format.
        #[arg(long, value_enum, default_value = "human")]
        format: history::Format,
    },
    /// Check every line of the history, and what the lines say of each other. Exit 1 when something is wrong.
    #[command(after_help = "Examples:\n  jobsd fsck\n  jobsd fsck --repair --format jsonl")]
    Fsck {
        /// Fence a torn last line with a newline, as a daemon would, and take out the second end of a run that an older version recorded after a crash; nothing else is ever changed. Needs a stopped daemon.
        #[arg(long)]
        repair: bool,
        /// Output format.
        #[arg(long, value_enum, default_value = "human")]
        format: history::Format,
    },
    /// Run a job now.
    #[command(
        after_help = "Examples:\n  jobsd run backup --wait --timeout 10min\n  jobsd run birthday --dry-run --follow\n  jobsd run birthday --local --set max_messages_per_run=1"
    )]
    Run {
        /// The job.
        id: String,
        /// In the foreground, without a daemon; recorded when no daemon holds the state directory.
        #[arg(long)]
        local: bool,
        /// Another value in its bot_config, for this run alone: --set dry_run=true; needs --local.
        #[arg(long, value_name = "KEY=VALUE", requires = "local")]
        set: Vec<String>,
        /// Leave outside effects out (bots only).
        #[arg(long)]
        dry_run: bool,
        /// Wait for the end; exit 1 when it is not a success.
        #[arg(long)]
        wait: bool,
        /// Show the output as it comes, and wait.
        #[arg(long, conflicts_with = "local")]
        follow: bool,
        /// Wait no longer than this (90s, 15min, 2h); then exit 124.
        #[arg(long, value_name = "SPAN", value_parser = span, conflicts_with_all = ["follow", "local"])]
        timeout: Option<SignedDuration>,
        /// Exit with the program's own code.
        #[arg(long)]
        pass_exit_code: bool,
        /// A production run is meant: do not ask.
        #[arg(long, short = 'y')]
        yes: bool,
        /// Output format.
        #[arg(long, value_enum, default_value = "human", conflicts_with = "local")]
        format: Output,
    },
    /// Let nothing of a job be due, until it is resumed: an override of its file, shown as drift.
    #[command(
        after_help = "Examples:\n  jobsd pause backup --for 2h --reason 'disk is replaced'\n  jobsd pause backup --until 2026-12-01T08:00:00Z\n  jobsd pause --all --for 1h --reason 'mail is down'"
    )]
    Pause {
        /// The job.
        #[arg(required_unless_present = "all")]
        id: Option<String>,
        /// Every job that is not paused.
        #[arg(long, conflicts_with = "id")]
        all: bool,
        /// Lift it after this span: 90s, 15min, 2h, 3d.
        #[arg(long = "for", value_name = "SPAN", value_parser = span, conflicts_with = "until")]
        lasts: Option<SignedDuration>,
        /// Lift it at this instant (RFC 3339).
        #[arg(long, value_name = "T")]
        until: Option<Timestamp>,
        /// Why; shown wherever the pause is.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Output format.
        #[arg(long, value_enum, default_value = "human")]
        format: Output,
    },
    /// Lift a pause.
    #[command(
        after_help = "Examples:\n  jobsd resume backup\n  jobsd resume backup --format json\n  jobsd resume --all"
    )]
    Resume {
        /// The job.
        #[arg(required_unless_present = "all")]
        id: Option<String>,
        /// Every job that is paused.
        #[arg(long, conflicts_with = "id")]
        all: bool,
        /// Output format.
        #[arg(long, value_enum, default_value = "human")]
        format: Output,
    },
    /// Show what a run wrote.
    Logs {
        /// A run, or a job: its newest run that has started.
        #[arg(value_name = "RUN|ID")]
        target: String,
        /// Go on until the run ends.
        #[arg(short, long)]
        follow: bool,
        /// Standard error alone.
        #[arg(long)]
        stderr: bool,
        /// This attempt alone.
        #[arg(long, value_name = "N")]
        attempt: Option<u32>,
        /// The last lines alone.
        #[arg(long, value_name = "N")]
        tail: Option<usize>,
        /// Begin each line with its time, and `!` where it is standard error.
        #[arg(long)]
        timestamps: bool,
    },
    /// Take on a user, a mask, limits, and become a program: what the daemon starts some programs through.
    #[command(hide = true)]
    Exec(Wishes),
    /// Run a built-in bot as jobsd does: its config as JSON on standard input, its run in the environment (docs/bots.md).
    Bot {
        /// Which bot.
        #[arg(value_enum)]
        bot: Bot,
    },
    /// End a run: TERM, then KILL after the job's kill_grace.
    #[command(
        after_help = "Examples:\n  jobsd cancel 019a9bd1-02f4-7000-8000-000000000000\n  jobsd cancel \"$(jobsd run backup)\" --grace 0s"
    )]
    Cancel {
        /// The run.
        run: String,
        /// KILL after this time instead of the job's kill_grace (0s, 10s, 2min); also for a run that is told already.
        #[arg(long, value_name = "SPAN", value_parser = grace)]
        grace: Option<Grace>,
        /// Output format.
        #[arg(long, value_enum, default_value = "human")]
        format: Output,
    },
    /// Make the daemon read the job files now.
    #[command(
        after_help = "Examples:\n  jobsd reload\n  git pull && jobsd reload && jobsd status --check"
    )]
    Reload {
        /// Output format.
        #[arg(long, value_enum, default_value = "human")]
        format: Output,
    },
    /// Show what the daemon would change if it read the files now, or those of another commit.
    #[command(
        after_help = "Examples:\n  jobsd diff\n  jobsd diff main --format json\n\nExit codes: 0 nothing differs; 1 something does; 3 no daemon; 5 the files cannot be read."
    )]
    Diff {
        /// A branch, tag or commit of the repository that holds the jobs folder [default: the files on disk].
        #[arg(value_name = "REF")]
        reference: Option<String>,
        /// Output format.
        #[arg(long, value_parser = ["human", "json"], default_value = "human")]
        format: String,
    },
    /// Say why a run did or did not happen, from the history alone.
    #[command(
        after_help = "Examples:\n  jobsd why backup\n  jobsd why backup --at 2026-11-24T02:15:00Z --format json"
    )]
    Why {
        /// The job.
        id: String,
        /// The instant in question (RFC 3339) [default: now].
        #[arg(long, value_name = "T")]
        at: Option<Timestamp>,
        /// Output format.
        #[arg(long, value_enum, default_value = "human")]
        format: Output,
    },
    /// Look whether this machine is fit: clock, zones, folders, disk, watches, descriptors, the daemon.
    #[command(
        after_help = "Examples:\n  jobsd doctor\n  jobsd doctor --format json | jq '.checks[] | select(.ok | not)'"
    )]
    Doctor {
        /// Output format.
        #[arg(long, value_enum, default_value = "human")]
        format: Output,
    },
    /// Print the completion script of a shell.
    #[command(
        after_help = "Examples:\n  jobsd completions bash > /etc/bash_completion.d/jobsd\n  jobsd completions fish > ~/.config/fish/completions/jobsd.fish"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the man pages into a folder.
    #[command(after_help = "Examples:\n  jobsd man man1\n  jobsd man /usr/local/share/man/man1")]
    Man {
        /// The folder.
        dir: PathBuf,
    },
}

impl Command {
    /// Whether it asks the daemon.
    pub fn asks(&self) -> bool {
        match self {
            Command::List { offline, .. } => !offline,
            Command::Run { local, .. } => !local,
            Command::Status { .. }
            | Command::Pause { .. }
            | Command::Resume { .. }
            | Command::Cancel { .. }
            | Command::Reload { .. }
            | Command::Diff { .. } => true,
            _ => false,
        }
    }

    /// The name of what reads a state directory, or of the flag that makes it do so: a server elsewhere has no part in it.
    pub fn reads_here(&self) -> Option<&'static str> {
        match self {
            Command::History { .. } => Some("jobsd history"),
            Command::Logs { .. } => Some("jobsd logs"),
            Command::Why { .. } => Some("jobsd why"),
            Command::Fsck { .. } => Some("jobsd fsck"),
            Command::Doctor { .. } => Some("jobsd doctor"),
            Command::Run { local: true, .. } => Some("--local"),
            Command::Run { follow: true, .. } => Some("--follow"),
            Command::List { offline: true, .. } => Some("--offline"),
            _ => None,
        }
    }
}

/// What `jobsd schema` knows.
fn schema_names() -> Vec<&'static str> {
    let mut names = vec!["job", "config"];
    names.extend(crate::view::shapes::DOCUMENTS);
    names
}
