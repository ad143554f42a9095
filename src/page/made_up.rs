//! A status and a past made up for the tests of the pages: no daemon, no file.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::form::need::What;
use crate::model::event::{Adopted, Event, Paused};
use crate::model::job::{JobId, JobSet};
use crate::model::run::{Reason, RunRecord};
use crate::model::run_id::RunId;
use crate::page::facts::{Addresses, Ask, Facts, ZoneChoice};
use crate::page::past::{Found, Neighbours, OutputEnd, Past, Records, Wanted};
use crate::spec::SourceFile;
use crate::spec::jobs::loader::load;
use crate::spec::types::config::Settings;
use crate::text::{Lang, Text};
use crate::time::Timestamp;
use crate::view::outcomes::{Outcomes, OutcomesByJob, ZoneOf};
use crate::view::status::Status;

const NOW: &str = "2026-03-10T12:00:00Z";

/// Jobs whose pages differ: a good bot, one that fails, one that is paused, one that runs, one that
/// is disabled, and a file that is not a job.
pub const FILES: [(&str, &str); 6] = [
    (
        "greet",
        "name: Greetings\nbot_type: birthday\n\
         bot_config: {process_late: true, max_days_late: 7, daily_limit: 20, weekly_limit: 70}\n\
         schedule_type: daily\nschedule_config: {hour: 8, minute: 5}\ntimezone: Europe/Paris\n\
         labels: {owner: ops}\n",
    ),
    (
        "backup",
        "name: <b>Backup</b>\nbot_type: command\nbot_config: {command: [pg_dump, -Fc]}\n\
         schedule_type: cron\nschedule_config: {cron_expression: \"0 3 * * *\"}\n\
         retry: {max_attempts: 3}\n",
    ),
    (
        "visit",
        "name: Visits\nbot_type: visitor\nbot_config: {addresses: pages.txt, dry_run: true}\n\
         schedule_type: weekly\nschedule_config: {day_of_week: mon, hour: 9}\n",
    ),
    (
        "long",
        "name: A long one\nbot_type: command\nbot_config: {command: [sleep, '60']}\n\
         schedule_type: interval\nschedule_config: {minutes: 30}\n",
    ),
    (
        "off",
        "name: Off\nenabled: false\nbot_type: command\nbot_config: {command: ['true']}\n\
         schedule_type: manual\n",
    ),
    ("bad", "name: Bad\nschedule_typ: daily\n"),
];

/// What a run wrote, as it is kept.
const OUTPUT: &str = "2026-03-10T03:00:00.100Z jobsd F attempt 1\n\
    2026-03-10T03:00:00.200Z stdout F <script>alert(1)</script> https://a.example/x\n\
    2026-03-10T03:00:02.000Z jobsd F attempt 2\n\
    2026-03-10T03:00:02.100Z stderr F error: disk full\n";

/// A past of a few records.
#[derive(Debug, Default)]
pub struct Memory {
    pub records: Vec<RunRecord>,
    pub is_broken: bool,
    /// Definitions that were in force.
    pub adopted: Vec<Arc<Adopted>>,
}

impl Past for Memory {
    fn page(&self, wanted: &Wanted, from: Option<&str>, limit: usize) -> io::Result<Records> {
        if self.is_broken {
            return Err(io::Error::other("the disk refuses"));
        }
        let is_wanted = |run: &&RunRecord| {
            wanted.job_id.as_ref().is_none_or(|id| *id == run.job_id)
                && wanted.status.is_none_or(|status| status == run.status)
                && wanted
                    .until
                    .is_none_or(|until| run.started_at < Some(until))
        };
        let start = from.and_then(|from| from.parse().ok()).unwrap_or(0);
        let found = self.records.iter().filter(is_wanted).skip(start);
        let mut records: Vec<RunRecord> = found.take(limit + 1).cloned().collect();
        let next = (records.len() > limit).then(|| (start + limit).to_string());
        records.truncate(limit);
        Ok(Records {
            records,
            is_newest: start == 0,
            next,
        })
    }

    fn run(&self, id: RunId) -> io::Result<Option<RunRecord>> {
        Ok(self.records.iter().find(|run| run.id == id).cloned())
    }

    fn seek(&self, text: &str) -> io::Result<Option<RunRecord>> {
        let begins = |run: &&RunRecord| run.id.to_string().starts_with(text);
        Ok(self.records.iter().find(begins).cloned())
    }

    fn recent(&self, id: &JobId, _: u64) -> Arc<[RunRecord]> {
        let of_job = self.records.iter().filter(|run| run.job_id == *id);
        of_job.filter(|run| run.is_final()).cloned().collect()
    }

    fn hours(&self, _: Timestamp, _: ZoneOf) -> io::Result<Vec<Outcomes>> {
        Ok(vec![tally(&self.records); 24])
    }

    fn since(&self, _: Timestamp, _: Timestamp, _: ZoneOf) -> io::Result<Outcomes> {
        Ok(tally(&self.records))
    }

    fn days(
        &self,
        _: Timestamp,
        _: usize,
        ids: &[JobId],
        zone: ZoneOf,
    ) -> io::Result<OutcomesByJob> {
        let day = |run: &RunRecord| {
            let at = run.scheduled_at?.to_zoned_datetime(zone(&run.job_id));
            Some(at.date())
        };
        let days = |id: &JobId| {
            let mut days: BTreeMap<_, Outcomes> = BTreeMap::new();
            for run in self.records.iter().filter(|run| run.job_id == *id) {
                let day = days.entry(day(run)?).or_default();
                count(day, run);
            }
            Some((id.clone(), days))
        };
        Ok(ids.iter().filter_map(days).collect())
    }

    fn file(&self, path: &str) -> Option<Vec<u8>> {
        let file = FILES
            .iter()
            .find(|(id, _)| path == format!("jobs.d/{id}.yaml"))?;
        Some(file.1.as_bytes().to_vec())
    }

    fn adopted(&self, id: &JobId, _: Timestamp) -> Option<Arc<Adopted>> {
        self.adopted.iter().find(|it| it.job_id == *id).cloned()
    }

    fn neighbours(&self, run: &RunRecord) -> io::Result<Neighbours> {
        let mut of_job = self.records.iter().filter(|it| it.job_id == run.job_id);
        let mut newer = None;
        while let Some(record) = of_job.next() {
            if record.id == run.id {
                let older = of_job.next().cloned();
                return Ok(Neighbours { older, newer });
            }
            newer = Some(record.clone());
        }
        Ok(Neighbours::default())
    }

    fn output(&self, _: RunId, _: u64) -> OutputEnd {
        OutputEnd {
            bytes: OUTPUT.as_bytes().to_vec(),
            skipped: 0,
        }
    }

    fn settings(&self) -> Settings {
        Settings::default()
    }

    fn find(&self, what: &What, _: bool) -> Found {
        match what {
            What::Path(path) | What::Contacts(path, _) if path.contains("nothing") => {
                Found::Lacking(Text::same("nothing is there"))
            }
            What::Path(path) if path.starts_with('/') => Found::Unseen,
            _ => Found::There,
        }
    }
}

fn count(outcomes: &mut Outcomes, run: &RunRecord) {
    match run.reason {
        Some(Reason::Coalesced) => outcomes.cover(1),
        _ => outcomes.add(run.status, 1),
    }
}

fn tally(records: &[RunRecord]) -> Outcomes {
    let mut outcomes = Outcomes::default();
    let ends = records.iter().filter(|run| run.is_final());
    ends.for_each(|run| count(&mut outcomes, run));
    outcomes
}

/// The line of a run, with some keys of its own.
pub fn record(n: u8, job: &str, status: &str, own: Value) -> RunRecord {
    let mut record = json!({
        "id": format!("00000000-0000-4000-8000-0000000000{n:02}"), "job_id": job,
        "scheduled_at": "2026-03-10T03:00:00Z", "started_at": "2026-03-10T03:00:00Z",
        "finished_at": "2026-03-10T03:00:05Z", "status": status, "reason": null, "error": null,
        "trigger": "schedule", "attempt": 1, "exit_code": 0, "signal": null, "dry_run": false,
        "messages_sent": null, "profiles_visited": null, "result": null, "output_bytes": 10,
        "revision": "0123456789abcdef", "file": format!("jobs.d/{job}.yaml"), "digest": "d",
        "host": "here",
    });
    for (key, value) in own.as_object().unwrap() {
        record[key] = value.clone();
    }
    serde_json::from_value(record).unwrap()
}

pub fn records() -> Vec<RunRecord> {
    let attempts = json!([
        {"attempt": 1, "started_at": "2026-03-10T03:00:00Z", "finished_at": "2026-03-10T03:00:01Z",
         "reason": "exit", "exit_code": 1, "signal": null},
        {"attempt": 2, "started_at": "2026-03-10T03:00:02Z", "finished_at": "2026-03-10T03:00:05Z",
         "reason": "exit", "exit_code": 2, "signal": null},
    ]);
    let unstarted = json!({"started_at": null, "attempt": 0, "exit_code": null});
    let mut skipped = unstarted.clone();
    skipped["reason"] = json!("overlap");
    let mut missed = unstarted;
    missed["reason"] = json!("downtime");
    vec![
        record(
            1,
            "long",
            "running",
            json!({"finished_at": null, "exit_code": null}),
        ),
        record(
            2,
            "backup",
            "failed",
            json!({"reason": "exit", "exit_code": 2, "attempt": 2, "attempts": attempts,
                   "error": "exit <2>", "result": {"rows": 7}}),
        ),
        record(3, "greet", "success", json!({"messages_sent": 12})),
        record(4, "greet", "missed", missed),
        record(5, "long", "skipped", skipped),
        record(
            6,
            "visit",
            "success",
            json!({"dry_run": true, "profiles_visited": 3}),
        ),
    ]
}

/// A status in which every page has something to show.
pub fn status() -> Status {
    let files = FILES.map(|(id, text)| SourceFile {
        path: format!("jobs.d/{id}.yaml"),
        bytes: text.as_bytes().to_vec(),
    });
    let loaded = load(&files, &Settings::default());
    let mut status = Status::default();
    status.show_set(&JobSet {
        jobs: loaded.jobs.clone(),
        diagnostics: loaded.diagnostics,
        revision: Some("0123456789abcdef".into()),
        files: FILES.len(),
        ..JobSet::default()
    });
    let event = |value: Value| serde_json::from_value::<Event>(value).unwrap();
    status.apply(&event(
        json!({"v": 1, "type": "start", "at": "2026-03-09T12:00:00Z", "version": "0.1.0",
               "host": "here", "pid": 1}),
    ));
    status.apply(&event(
        json!({"v": 1, "type": "reload", "at": "2026-03-10T11:56:00Z",
               "revision": "0123456789abcdef", "took_ms": 12, "files": 6, "added": ["greet"], "changed": [], "removed": [],
               "errors": ["jobs.d/bad.yaml:2:1: [unknown-key] x"], "result": "partial"}),
    ));
    let pause: Paused = serde_json::from_value(json!({
        "at": "2026-03-10T10:00:00Z", "job_id": "visit", "by": {"who": "ana", "from": "socket"},
        "reason": "<later>", "until": null,
    }))
    .unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    for job in loaded.jobs.values() {
        let due = job.schedule.next_after(now);
        let pause = Some(&pause).filter(|pause| pause.job_id == job.id);
        status.show_job(job, due, pause);
    }
    for (id, shown) in &mut status.jobs {
        Arc::make_mut(shown).present = loaded.jobs.contains_key(id);
    }
    let mut oldest_first = records();
    oldest_first.reverse();
    for record in oldest_first {
        status.apply(&Event::Run(Box::new(record)));
    }
    status
}

/// What a request gathers: `PATH?KEY=VALUE&…`.
pub fn facts(status: Status, address: &str, lang: Lang) -> Facts {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let pairs: Vec<_> = pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let view = pairs.iter().find(|(key, _)| key == "view");
    Facts {
        status: Arc::new(status),
        now: NOW.parse().unwrap(),
        newest: "e-1".to_owned(),
        addresses: Arc::new(Addresses {
            base_path: "/".to_owned(),
            edit_url: Some("https://git.example/{branch}/{path}#L{line}".to_owned()),
            new_url: None,
            jobs_dir: "jobs.d".into(),
        }),
        planned: Arc::default(),
        has_control: false,
        session: None,
        ask: Ask {
            path: path.split('/').map(str::to_owned).collect(),
            view: view.map(|(_, value)| if value == "table" { "table" } else { "cards" }),
            pairs,
            lang,
            theme: "auto",
            zone: ZoneChoice::default(),
        },
    }
}

pub fn memory() -> Memory {
    Memory {
        records: records(),
        ..Memory::default()
    }
}
