//! `jobsd history`: past runs, newest first, from the history files; no daemon is asked.

use std::collections::BTreeMap;
use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::instants::{When, past, when};
use crate::commands::target::Target;
use crate::model::run::{RunRecord, Status, Trigger};
use crate::render::Format;
use crate::render::history::{bars, span, spoken, table};
use crate::render::screen::Screen;
use crate::shell::journal::query::filter::Filter;
use crate::shell::journal::query::{self, Cursor};
use crate::text::help::French;
use crate::text::{Lang, command_errors, history as words};

/// Records read at once.
const PAGE: usize = 500;

/// Show past runs, newest first, from the history files; no daemon is asked.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  jobsd history backup --since 7d --summary\n  jobsd history --status \
        failed --format json | jq '.runs[].id'"
)]
pub struct History {
    /// The job, or a run by the beginning of its id; all when none is named.
    id: Option<String>,
    /// Read files only (always the case here).
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
        "Montre les exécutions passées, la plus récente d’abord, d’après l’historique ; sans démon",
        &[
            (
                "id",
                "Le job, ou une exécution par le début de son identifiant ; tous si aucun n’est \
                 nommé",
            ),
            (
                "offline",
                "Lit seulement les fichiers (toujours le cas ici)",
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
        Needs::State("jobsd history")
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let mut filter = self.filter(&context.screen)?;
        let mut next = self.begins()?;
        let history = query::History::new(context.state());
        if let Some(text) = &self.id {
            match Target::find(text, &history, context)? {
                Target::Job(id) => filter.job_id = Some(id),
                Target::Run(run) => return Ok(self.one(*run, context)?),
            }
        }
        let mut records = Vec::new();
        while records.len() < self.limit {
            let wanted = PAGE.min(self.limit - records.len());
            let page = history.page(&filter, next, wanted)?;
            records.extend(page.records);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        let summary = self.summary.then(|| Summary::of(&history, &filter));
        let shown = Shown {
            records,
            next,
            summary: summary.transpose()?,
        };
        shown.print(&self, context)?;
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

    /// Where the page begins.
    fn begins(&self) -> Result<Option<Cursor>, Failure> {
        let cursor = |text| {
            Cursor::parse(text).ok_or_else(|| Failure::usage(&command_errors::not_a_cursor(text)))
        };
        self.cursor.as_deref().map(cursor).transpose()
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
    next: Option<Cursor>,
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
                    let bars = if screen.is_terminal() {
                        bars(&records, screen)
                    } else {
                        String::new()
                    };
                    writeln!(out, "{}{bars}", summary.sentence(screen.lang))?;
                }
            }
            Format::Json => {
                let summary = summary.map(|summary| summary.json());
                let next = next.map(|next| next.to_string());
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
    fn of(history: &query::History, filter: &Filter) -> io::Result<Summary> {
        let mut summary = Summary::default();
        let mut next = None;
        loop {
            let page = history.page(filter, next, PAGE)?;
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
