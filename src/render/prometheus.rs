//! `/metrics`: the status as Prometheus text. Labels are job, status and reason: what a job really
//! had, and no label that a user writes freely.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::json;

use crate::model::job::JobId;
use crate::model::run::{Reason, Status as RunStatus};
use crate::time::Timestamp;
use crate::view::standstill;
use crate::view::status::Status;
use crate::view::tally::{Histogram, Outcome};

/// The whole page.
pub fn page(status: &Status, now: Timestamp) -> String {
    let mut page = Page::default();
    build(&mut page, status);
    files(&mut page, status);
    runs(&mut page, status);
    jobs(&mut page, status);
    standstills(&mut page, status, now);
    page.text
}

/// Text in the form of Prometheus.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let quote = |text: &str| {
            text.replace('\\', r"\\")
                .replace('"', "\\\"")
                .replace('\n', r"\n")
        };
        let pairs: Vec<String> = labels
            .iter()
            .map(|(key, value)| format!("{key}=\"{}\"", quote(value)))
            .collect();
        let braces = if pairs.is_empty() {
            String::new()
        } else {
            format!("{{{}}}", pairs.join(","))
        };
        let _ = writeln!(self.text, "{name}{braces} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        self.family(name, "histogram", help);
        let mut sum = 0;
        let bounds = histogram.bounds.iter().map(f64::to_string);
        let bounds = bounds.chain(["+Inf".to_owned()]);
        let bucket = format!("{name}_bucket");
        for (bound, count) in bounds.zip(&histogram.counts) {
            sum += count;
            self.sample(&bucket, &[("le", &bound)], sum);
        }
        self.sample(&format!("{name}_sum"), &[], histogram.sum);
        self.sample(&format!("{name}_count"), &[], sum);
    }
}

fn secs(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1_000.0
}

fn word(value: impl serde::Serialize) -> String {
    json!(value).as_str().unwrap_or_default().to_owned()
}

fn build(page: &mut Page, status: &Status) {
    page.family("jobsd_build_info", "gauge", "The version that runs.");
    page.sample("jobsd_build_info", &[("version", &status.version)], 1);
    if let Some(start) = status.started_at {
        let help = "When the daemon started, in seconds since 1970.";
        page.one("jobsd_start_time_seconds", "gauge", help, secs(start));
    }
    let help = "1 when every promise is kept; /health says what is not.";
    page.one(
        "jobsd_healthy",
        "gauge",
        help,
        u8::from(status.health.is_empty()),
    );
    let help = "Syncs of the journal.";
    page.one("jobsd_journal_syncs_total", "counter", help, status.syncs);
    let help = "Time spent in syncs of the journal.";
    let spent = status.sync_time.as_secs_f64();
    page.one("jobsd_journal_sync_seconds_total", "counter", help, spent);
    let help = "Lines of the log that were dropped because they were not read.";
    page.one(
        "jobsd_log_lines_dropped_total",
        "counter",
        help,
        status.log_lines_dropped,
    );
}

fn files(page: &mut Page, status: &Status) {
    let mut bad: Vec<&str> = status
        .diagnostics
        .iter()
        .filter(|finding| finding.is_error())
        .map(|finding| finding.path.as_str())
        .collect();
    bad.sort_unstable();
    bad.dedup();
    page.one(
        "jobsd_files",
        "gauge",
        "Job files that were read.",
        status.files,
    );
    let help = "Files with errors; the last good version of each stays active.";
    page.one("jobsd_files_invalid", "gauge", help, bad.len());
    let help = "1 when the last reload found no error.";
    page.one(
        "jobsd_reload_last_ok",
        "gauge",
        help,
        u8::from(bad.is_empty()),
    );
    let last = status.reloads.front().map(|reload| reload.at);
    let good = status
        .reloads
        .iter()
        .find(|reload| reload.errors.is_empty());
    if let Some(at) = last {
        let help = "When files were last loaded, in seconds since 1970.";
        page.one("jobsd_reload_timestamp_seconds", "gauge", help, secs(at));
    }
    if let Some(good) = good {
        let help = "When files were last loaded without an error, in seconds since 1970.";
        page.one(
            "jobsd_reload_last_success_timestamp_seconds",
            "gauge",
            help,
            secs(good.at),
        );
    }
    let name = "jobsd_reloads_total";
    page.family(name, "counter", "How many times files were loaded.");
    page.sample(name, &[("result", "ok")], status.tally.reloads[0]);
    page.sample(name, &[("result", "errors")], status.tally.reloads[1]);
}

fn runs(page: &mut Page, status: &Status) {
    let running = status.jobs.values().flat_map(|job| job.with_process());
    let help = "Runs with a process; one that waits for its next attempt has none.";
    page.one("jobsd_runs_running", "gauge", help, running.count());
    let name = "jobsd_runs_total";
    page.family(name, "counter", "Ended runs by job, status and reason.");
    for (id, outcomes) in outcomes(status) {
        for ((run_status, reason), count) in outcomes {
            let reason = reason.map(word).unwrap_or_default();
            let labels = [
                ("job", id.as_str()),
                ("status", &word(run_status)),
                ("reason", &reason),
            ];
            page.sample(name, &labels, count);
        }
    }
    let help = "From due time to start.";
    page.histogram("jobsd_run_lateness_seconds", help, &status.tally.lateness);
    let help = "From the first start of a run to its end.";
    page.histogram("jobsd_run_duration_seconds", help, &status.tally.duration);
}

/// What every active job is counted for from the start: an increase can be seen only where there
/// was a value before.
const COUNTED: [Outcome; 9] = [
    (RunStatus::Success, None),
    (RunStatus::Failed, Some(Reason::Exit)),
    (RunStatus::Failed, Some(Reason::Signal)),
    (RunStatus::Failed, Some(Reason::Timeout)),
    (RunStatus::Failed, Some(Reason::StartFailed)),
    (RunStatus::Failed, Some(Reason::Reported)),
    (RunStatus::Missed, Some(Reason::Clock)),
    (RunStatus::Missed, Some(Reason::Downtime)),
    (RunStatus::Missed, Some(Reason::Late)),
];

/// The counts of ended runs, with the zeros of active jobs.
fn outcomes(status: &Status) -> BTreeMap<&JobId, BTreeMap<Outcome, u64>> {
    let mut all: BTreeMap<&JobId, BTreeMap<Outcome, u64>> = BTreeMap::new();
    for (id, job) in &status.jobs {
        if job.present {
            all.insert(id, COUNTED.map(|outcome| (outcome, 0)).into());
        }
    }
    for (id, counts) in &status.tally.runs {
        all.entry(id).or_default().extend(counts);
    }
    all
}

fn standstills(page: &mut Page, status: &Status, now: Timestamp) {
    let present = || status.jobs.iter().filter(|(_, job)| job.present);
    let name = "jobsd_job_running_since_timestamp_seconds";
    let help = "Start of the oldest run with a process, in seconds since 1970.";
    page.family(name, "gauge", help);
    for (id, job) in present() {
        if let Some(at) = job.with_process().filter_map(|run| run.started_at).min() {
            page.sample(name, &[("job", id.as_str())], secs(at));
        }
    }
    let name = "jobsd_job_due_times_held_up";
    let help =
        "Due times that came while every place of the job was taken by runs still in progress.";
    page.family(name, "gauge", help);
    for (id, job) in present() {
        let held_up = standstill::held_up(job, now).map_or(0, |found| found.due_times);
        page.sample(name, &[("job", id.as_str())], held_up);
    }
    let name = "jobsd_job_due_times_without_success";
    let help = "Due times since the last success, or since the job was adopted.";
    page.family(name, "gauge", help);
    for (id, job) in present() {
        let passed = standstill::without_success(job, now).map_or(0, |found| found.due_times);
        page.sample(name, &[("job", id.as_str())], passed);
    }
}

fn jobs(page: &mut Page, status: &Status) {
    let present = || status.jobs.iter().filter(|(_, job)| job.present);
    page.one(
        "jobsd_jobs",
        "gauge",
        "Active definitions of jobs.",
        present().count(),
    );
    let paused = present().filter(|(_, job)| job.pause.is_some()).count();
    page.one(
        "jobsd_jobs_paused",
        "gauge",
        "Jobs that are paused.",
        paused,
    );
    let name = "jobsd_job_last_success_timestamp_seconds";
    page.family(
        name,
        "gauge",
        "End of the last run that succeeded, in seconds since 1970.",
    );
    for (id, job) in present() {
        if let Some(at) = job.last_success {
            page.sample(name, &[("job", id.as_str())], secs(at));
        }
    }
    let name = "jobsd_job_next_run_timestamp_seconds";
    page.family(name, "gauge", "Next due time, in seconds since 1970.");
    for (id, job) in present() {
        if let Some(at) = job.next_run_at {
            page.sample(name, &[("job", id.as_str())], secs(at));
        }
    }
    let name = "jobsd_job_failing";
    page.family(
        name,
        "gauge",
        "1 when the last run that is over failed or was interrupted.",
    );
    for (id, job) in present() {
        let failing = u8::from(job.failing().is_some());
        page.sample(name, &[("job", id.as_str())], failing);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::event::Event;
    use crate::model::run::RunRecord;

    #[test]
    fn a_run_between_attempts_is_not_counted_as_running() {
        let run = |id: &str, retry_at: Option<&str>| -> RunRecord {
            let line = json!({"id": id, "job_id": "j", "scheduled_at": null,
                "started_at": "2026-11-19T09:00:00Z", "finished_at": null, "status": "running",
                "reason": null, "error": null, "trigger": "manual", "attempt": 1,
                "retry_at": retry_at, "exit_code": null, "signal": null, "dry_run": false,
                "messages_sent": null, "profiles_visited": null, "result": null,
                "output_bytes": 0, "file": "j.yaml", "digest": "d", "host": "h"});
            serde_json::from_value(line).expect("a record")
        };
        let mut status = Status::default();
        let (one, two) = (
            "0193a000-0000-7000-8000-000000000001",
            "0193a000-0000-7000-8000-000000000002",
        );
        for record in [run(one, None), run(two, Some("2026-11-19T09:10:00Z"))] {
            status.apply(&Event::Run(Box::new(record)));
        }
        let text = page(&status, Timestamp::UNIX_EPOCH);
        assert!(text.contains("\njobsd_runs_running 1\n"), "{text}");
    }
}
