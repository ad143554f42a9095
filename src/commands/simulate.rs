//! `jobsd simulate`: the real `decide` in virtual time over a folder of jobs. Starts nothing,
//! writes nothing.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use crate::commands::Runs;
use crate::commands::context::{Context, Needs};
use crate::commands::exit::{Exit, Failure};
use crate::commands::formats::human_or_json;
use crate::commands::instants::{When, future, when};
use crate::core::simulate::{Plan, live};
use crate::model::job::{Job, JobId, JobSet};
use crate::render::Format;
use crate::shell::journal::query::History;
use crate::shell::journal::query::filter::Filter;
use crate::text::help::French;
use crate::time::{SignedDuration, Timestamp, rfc3339};
use crate::view::forecast::{Counts, Forecast};

/// Simulate a time span: what would run, wait, be skipped or missed.
#[derive(Debug, Args)]
pub struct Simulate {
    /// Jobs; all when none is named.
    ids: Vec<String>,
    /// The first instant: tomorrow, 08:00, 2026-11-24, RFC 3339, or a span from now [default:
    /// now].
    #[arg(long, value_name = "T", value_parser = when)]
    from: Option<When>,
    /// The last instant; a span counts from the first [default: 24 hours later].
    #[arg(long, value_name = "T", value_parser = when)]
    until: Option<When>,
    /// How long every run takes, in seconds [default: the median of its history, else 1].
    #[arg(long, value_name = "SECS")]
    duration: Option<f64>,
    /// Bound over all jobs.
    #[arg(long, value_name = "N", default_value_t = 1024)]
    max_concurrent_runs: usize,
    /// Output format.
    #[arg(long, value_parser = human_or_json(), default_value = "human")]
    format: Format,
}

impl Runs for Simulate {
    const FRENCH: French = French::new(
        "Simule une période : ce qui s’exécuterait, attendrait, serait omis ou manqué",
        &[
            ("ids", "Jobs ; tous si aucun n’est nommé"),
            (
                "from",
                "Le premier instant : demain, 08:00, 2026-11-24, RFC 3339, ou une durée à partir \
                 de maintenant [défaut : maintenant]",
            ),
            (
                "until",
                "Le dernier instant ; une durée compte depuis le premier [défaut : 24 heures plus \
                 tard]",
            ),
            (
                "duration",
                "Durée de chaque exécution, en secondes [défaut : la médiane de son historique, \
                 sinon 1]",
            ),
            ("max_concurrent_runs", "Borne sur tous les jobs"),
        ],
    );

    fn needs(&self) -> Needs {
        Needs::Files
    }

    fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let jobs = context.jobs(&self.ids)?;
        let screen = &context.screen;
        let from = future(self.from, screen.now, screen)?.unwrap_or(screen.now);
        let until = future(self.until, from, screen)?;
        let until = until.unwrap_or_else(|| from + SignedDuration::from_hours(24));
        let known = match self.duration {
            Some(_) => BTreeMap::new(),
            None => medians(&jobs, context.state()),
        };
        let given = self.duration.unwrap_or(1.0);
        let fallback = SignedDuration::try_from_secs_f64(given);
        let fallback = fallback.unwrap_or(SignedDuration::from_secs(1));
        let takes = |job: &Job| known.get(&job.id).copied().unwrap_or(fallback);
        let jobs = jobs.into_iter().map(|job| (job.id.clone(), job)).collect();
        let plan = Plan {
            jobs: Arc::new(JobSet {
                jobs,
                ..JobSet::default()
            }),
            from,
            until,
            max_concurrent_runs: self.max_concurrent_runs,
        };
        let mut forecast = Forecast::default();
        live(&plan, &takes, &mut |now, event| forecast.apply(now, event));
        if self.format.is_json() {
            writeln!(context.out, "{}", document(&forecast, &plan))?;
        } else {
            tables(&forecast, &plan, context.out)?;
        }
        Ok(Exit::Done)
    }
}

/// The median time of the last finished runs of each job.
fn medians(jobs: &[Arc<Job>], state: &Path) -> BTreeMap<JobId, SignedDuration> {
    let mut medians = BTreeMap::new();
    let history = History::new(state);
    for job in jobs {
        let filter = Filter {
            job_id: Some(job.id.clone()),
            ..Filter::default()
        };
        let page = history.page(&filter, None, 50);
        let records = page.map_or_else(|_| Vec::new(), |page| page.records);
        let span = |(start, end): (Timestamp, Timestamp)| end.duration_since(start);
        let mut spans: Vec<SignedDuration> = records
            .iter()
            .filter_map(|run| run.started_at.zip(run.finished_at))
            .map(span)
            .collect();
        spans.sort();
        if let Some(median) = spans.get(spans.len() / 2) {
            medians.insert(job.id.clone(), *median);
        }
    }
    medians
}

fn document(forecast: &Forecast, plan: &Plan) -> Value {
    let with = |key: &str, name: Value, counts: &Counts| {
        let mut value = json!(counts);
        value[key] = name;
        value
    };
    let hours = forecast
        .hours
        .iter()
        .map(|(hour, counts)| with("hour", rfc3339(*hour).into(), counts));
    let jobs = forecast
        .jobs
        .iter()
        .map(|(id, counts)| with("job_id", json!(id), counts));
    json!({
        "schema": "jobsd.simulate/v1",
        "from": rfc3339(plan.from),
        "until": rfc3339(plan.until),
        "total": forecast.total,
        "hours": hours.collect::<Vec<_>>(),
        "jobs": jobs.collect::<Vec<_>>(),
    })
}

fn tables(forecast: &Forecast, plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    const HEAD: &str = "STARTED\tWAITED\tSKIPPED\tMISSED\tREPLACED\tTIMED_OUT\tPEAK";
    let row = |c: &Counts| {
        format!(
            "{}\t{}\t{}\t{}\t{}\t{}\t{}",
            c.started, c.waited, c.skipped, c.missed, c.replaced, c.timed_out, c.peak
        )
    };
    writeln!(out, "HOUR\t{HEAD}")?;
    for (hour, counts) in &forecast.hours {
        writeln!(out, "{}\t{}", rfc3339(*hour), row(counts))?;
    }
    writeln!(out, "\nJOB\t{HEAD}")?;
    for (id, counts) in &forecast.jobs {
        writeln!(out, "{id}\t{}", row(counts))?;
    }
    let (from, until) = (rfc3339(plan.from), rfc3339(plan.until));
    writeln!(
        out,
        "\nTOTAL\t{HEAD}\n{from}/{until}\t{}",
        row(&forecast.total)
    )
}
