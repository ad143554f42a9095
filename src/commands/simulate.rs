//! `jobsd simulate`: the real `decide` in virtual time over a folder of jobs. Starts nothing, writes nothing.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::core::simulate::{Plan, live};
use crate::model::job::{Job, JobId, JobSet};
use crate::shell::journal::query::{Filter, History};
use crate::time::{SignedDuration, Timestamp, rfc3339};
use crate::view::forecast::{Counts, Forecast};

/// What was asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// The first instant.
    pub from: Timestamp,
    /// The last instant.
    pub until: Timestamp,
    /// How long every run takes; `None`: the median of its job's history, else a second.
    pub duration_secs: Option<f64>,
    /// Bound over all jobs.
    pub max_concurrent_runs: usize,
    /// JSON instead of tables.
    pub as_json: bool,
}

/// Runs the command.
///
/// # Errors
/// When the output cannot be written.
pub fn run(
    jobs: &[Arc<Job>],
    state: &Path,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<u8> {
    let known = match options.duration_secs {
        Some(_) => BTreeMap::new(),
        None => medians(jobs, state),
    };
    let given = options.duration_secs.unwrap_or(1.0);
    let fallback = SignedDuration::try_from_secs_f64(given).unwrap_or(SignedDuration::from_secs(1));
    let takes = |job: &Job| known.get(&job.id).copied().unwrap_or(fallback);
    let set = JobSet {
        jobs: jobs
            .iter()
            .map(|job| (job.id.clone(), job.clone()))
            .collect(),
        ..JobSet::default()
    };
    let plan = Plan {
        jobs: Arc::new(set),
        from: options.from,
        until: options.until,
        max_concurrent_runs: options.max_concurrent_runs,
    };
    let mut forecast = Forecast::default();
    live(&plan, &takes, &mut |now, event| forecast.apply(now, event));
    if options.as_json {
        writeln!(out, "{}", document(&forecast, options))?;
    } else {
        tables(&forecast, options, out)?;
    }
    Ok(0)
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

fn document(forecast: &Forecast, options: &Options) -> Value {
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
        "from": rfc3339(options.from),
        "until": rfc3339(options.until),
        "total": forecast.total,
        "hours": hours.collect::<Vec<_>>(),
        "jobs": jobs.collect::<Vec<_>>(),
    })
}

fn tables(forecast: &Forecast, options: &Options, out: &mut dyn Write) -> io::Result<()> {
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
    let (from, until) = (rfc3339(options.from), rfc3339(options.until));
    writeln!(
        out,
        "\nTOTAL\t{HEAD}\n{from}/{until}\t{}",
        row(&forecast.total)
    )
}
