//! `jobsd history`: past runs, newest first, from the history files of this machine or from a
//! server; no daemon of this machine is asked.

use std::collections::BTreeMap;
use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::instants::{When, past, when};
use crate::commands::online::Daemon;
use crate::commands::records::Records;
use crate::commands::target::Target;
use crate::model::run::{RunRecord, Status, Trigger};
use crate::render::Format;
use crate::render::history::{bars, span, spoken, table};
use crate::render::screen::Screen;
use crate::shell::journal::query::Cursor;
use crate::shell::journal::query::filter::Filter;
use crate::text::help::French;
use crate::text::{Lang, command_errors, history as words};

/// Records read at once.
const PAGE: usize = 500;

/// Show past runs, newest first, from the history files or a server.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd history backup --since 7d --summary\n  jobsd history --status \
        failed --format json | jq '.runs[].id'"
)]
pub struct History {
    /// The job, or a run by the beginning of its id; all when none is named.
    id: Option<String>,
    /// Read the history files of this machine only: no server.
    #[arg(long)]
    offline: bool,
    /// Only runs with this status; `running` are those that have started and are not over.
    #[arg(long, value_name = "STATUS", value_parser = Status::ALL.map(Status::as_str))]
    status: Option<String>,
    /// Only runs with this trigger.
    #[arg(long, value_name = "TRIGGER", value_parser = Trigger::ALL.map(Trigger::as_str))]
    trigger: Option<String>,
    /// Started (or, where nothing started, due) at this time or later: 7d, yesterday, 08:00,
    /// 2026-11-24, RFC 3339.
    #[arg(long, value_name = "T", value_parser = when)]
    since: Option<When>,
    /// Started before this time.
    #[arg(long, value_name = "T", value_parser = when)]
    until: Option<When>,
    /// How many.
    #[arg(long, short = 'n', default_value_t = 20)]
    limit: usize,
    /// Continue after a previous page: `next` of the json format.
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
    /// Sum up all that match, below the runs.
    #[arg(long)]
    summary: bool,
    /// Output format.
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

impl Runs for History {
    const FRENCH: French = French::new(
        "Montre les exécutions passées, la plus récente d’abord, d’après l’historique ou un serveur",
        &[
            (
                "id",
                "Le job, ou une exécution par le début de son identifiant ; tous si aucun n’est \
                 nommé",
            ),
            (
                "offline",
                "Lit seulement l’historique de cette machine : aucun serveur",
            ),
            (
                "status",
                "De ce statut seulement ; `running` : commencées et pas finies",
            ),
            ("trigger", "Avec ce déclencheur seulement"),
            (
                "since",
                "Commencées (ou, sans départ, dues) à ce moment ou après : 7d, hier, 08:00, \
                 2026-11-24, RFC 3339",
            ),
            ("until", "Commencées avant ce moment"),
            ("limit", "Combien"),
            (
                "cursor",
                "Reprend où une page s’est arrêtée : `next` du format json",
            ),
            (
                "summary",
                "Résume toutes celles qui conviennent, sous les exécutions",
            ),
        ],
    );

    fn needs(&self) -> Needs {
        if self.offline {
            Needs::State("--offline")
        } else {
            Needs::Past
        }
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let mut filter = self.filter(&context.screen)?;
        self.check_cursor()?;
        let mut next = self.cursor.clone();
        let past = Records::of(context);
        if let Some(text) = &self.id {
            match Target::find(text, &past, context)? {
                Target::Job(id) => filter.job_id = Some(id),
                Target::Run(run) => return Ok(self.one(*run, context)?),
            }
        }
        let mut records = Vec::new();
        while records.len() < self.limit {
            let wanted = PAGE.min(self.limit - records.len());
            let page = past.page(&filter, next.as_deref(), wanted)?;
            records.extend(page.records);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        let summary = self.summary.then(|| Summary::of(&past, &filter));
        let is_empty = records.is_empty();
        let shown = Shown {
            records,
            next,
            summary: summary.transpose()?,
        };
        shown.print(&self, context)?;
        if is_empty {
            self.report_nothing(&filter, context)?;
        }
        Ok(Exit::Done)
    }
}

impl History {
    /// Which runs are wanted.
    fn filter(&self, screen: &Screen) -> Result<Filter, Failure> {
        Ok(Filter {
            since: past(self.since, screen)?,
            until: past(self.until, screen)?,
            job_id: None,
            status: self.status.as_deref().and_then(Status::parse),
            trigger: self.trigger.as_deref().and_then(Trigger::parse),
        })
    }

    /// Refuses what is no cursor, before anything is asked.
    fn check_cursor(&self) -> Result<(), Failure> {
        match &self.cursor {
            Some(text) if Cursor::parse(text).is_none() => {
                Err(Failure::usage(&command_errors::not_a_cursor(text)))
            }
            _ => Ok(()),
        }
    }

    /// Says why nothing is shown; a program sees that by itself, but not that there is no history.
    fn report_nothing(&self, filter: &Filter, context: &mut Context<'_>) -> io::Result<()> {
        let is_here = matches!(context.daemon, Daemon::Here(_));
        let has_history = !is_here || context.state().join("history").is_dir();
        let is_told = self.limit > 0 && (!has_history || self.format == Format::Human);
        if context.screen.quiet || !is_told {
            return Ok(());
        }
        let is_filtered = self.status.is_some()
            || self.trigger.is_some()
            || self.since.is_some()
            || self.until.is_some()
            || self.cursor.is_some();
        let words = match &filter.job_id {
            _ if !has_history => words::no_history(&context.state().display().to_string()),
            _ if is_filtered => words::no_match(),
            Some(id) => words::no_run_of(id.as_str()),
            None => words::no_run(),
        };
        writeln!(context.err, "{}", words.get(context.lang()))
    }

    /// A run that was named by its id.
    fn one(&self, run: RunRecord, context: &mut Context<'_>) -> io::Result<Exit> {
        let shown = Shown {
            records: vec![run],
            next: None,
            summary: None,
        };
        shown.print(self, context)?;
        Ok(Exit::Done)
    }
}

/// What was found.
struct Shown {
    records: Vec<RunRecord>,
    next: Option<String>,
    summary: Option<Summary>,
}

impl Shown {
    fn print(self, asked: &History, context: &mut Context<'_>) -> io::Result<()> {
        let Context { screen, out, .. } = context;
        let Shown {
            records,
            next,
            summary,
        } = self;
        match asked.format {
            Format::Human => {
                write!(out, "{}", table(&records, asked.id.is_none(), screen))?;
                if let Some(summary) = summary {
                    let sentence = summary.sentence(screen.lang);
                    // They are only drawn where they fit beside the sentence.
                    let room = screen.width.unwrap_or(0).saturating_sub(sentence.width());
                    writeln!(out, "{sentence}{}", bars(&records, room, screen))?;
                }
            }
            Format::Json => {
                let summary = summary.map(|summary| summary.json());
                let document = json!({"schema": "jobsd.history/v1", "runs": records, "next": next,
                    "summary": summary});
                writeln!(out, "{}", serde_json::to_string_pretty(&document)?)?;
            }
            Format::Jsonl => {
                for record in &records {
                    writeln!(out, "{}", serde_json::to_string(record)?)?;
                }
                if let Some(summary) = summary {
                    let line = json!({"type": "summary", "summary": summary.json()});
                    writeln!(out, "{line}")?;
                }
            }
        }
        Ok(())
    }
}

/// What all matching records come to.
#[derive(Clone, Debug, Default)]
struct Summary {
    counts: BTreeMap<Status, u64>,
    /// Seconds of the runs that started and ended.
    spans: Vec<f64>,
}

impl Summary {
    fn of(past: &Records<'_>, filter: &Filter) -> Result<Summary, Failure> {
        let mut summary = Summary::default();
        let mut next: Option<String> = None;
        loop {
            let page = past.page(filter, next.as_deref(), PAGE)?;
            for record in &page.records {
                // A range stands for many due times.
                *summary.counts.entry(record.status).or_default() += record.count.unwrap_or(1);
                summary.spans.extend(span(record));
            }
            next = page.next;
            if next.is_none() {
                summary.spans.sort_by(f64::total_cmp);
                return Ok(summary);
            }
        }
    }

    fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    fn at(&self, share: usize) -> Option<f64> {
        // The least span that so many of a hundred do not exceed.
        let rank = (self.spans.len() * share).div_ceil(100).checked_sub(1)?;
        self.spans.get(rank).copied()
    }

    fn json(&self) -> Value {
        let counts: BTreeMap<&str, u64> =
            self.counts.iter().map(|(s, n)| (s.as_str(), *n)).collect();
        json!({"runs": self.total(), "by_status": counts, "median_secs": self.at(50),
            "p95_secs": self.at(95)})
    }

    fn sentence(&self, lang: Lang) -> String {
        let total = self.total();
        let mut text = words::total(total).get(lang).to_owned();
        let counts: Vec<String> = self
            .counts
            .iter()
            .map(|(s, n)| format!("{n} {}", s.as_str()))
            .collect();
        if !counts.is_empty() {
            text += &format!("{}{}", words::colon(lang), counts.join(", "));
        }
        let good = self.counts.get(&Status::Success).copied().unwrap_or(0);
        let ended = total - self.counts.get(&Status::Running).copied().unwrap_or(0);
        if ended > 0 {
            text += words::share(100.0 * good as f64 / ended as f64).get(lang);
        }
        text += ".";
        if let (Some(median), Some(p95)) = (self.at(50), self.at(95)) {
            let times = words::durations(&spoken(median), &spoken(p95));
            text += &format!(" {}", times.get(lang));
        }
        text
    }
}
