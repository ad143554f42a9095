//! The journal beside a bare loop, and a large history: start, memory, pages.
//!
//! `cargo bench --bench journal`; `JOBSD_BENCH_RECORDS` sets the size of the history (default
//! 1,000,000), and `JOBSD_BENCH_STATE` keeps it in that folder for the next time.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a measurement"
)]

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jobsd::model::event::Event;
use jobsd::model::job::JobId;
use jobsd::model::run::{RunRecord, Status, Trigger};
use jobsd::model::run_id::RunId;
use jobsd::model::state::State;
use jobsd::shell::journal::Journal;
use jobsd::shell::journal::query::filter::Filter;
use jobsd::shell::journal::query::{Cursor, History};
use jobsd::time::{SignedDuration, Timestamp};

const JOBS: u64 = 1_000;
/// Lines of a group.
const GROUP: usize = 100;
const GROUPS: usize = 300;

fn main() {
    // `cargo test` runs benches with this flag: they must build and begin.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    // As a job of `alone`: says when it began.
    if let Some(file) = std::env::args().nth(1).filter(|arg| arg.starts_with('/')) {
        return stamp(&file);
    }
    let folder = tempfile::tempdir_in(".").unwrap();
    for _ in 0..3 {
        group_commit(folder.path());
    }
    alone(folder.path());
    together(folder.path());
    let records = std::env::var("JOBSD_BENCH_RECORDS").ok();
    let records = records.map_or(1_000_000, |text| text.parse().unwrap());
    let kept = std::env::var_os("JOBSD_BENCH_STATE").map(PathBuf::from);
    let state = kept.unwrap_or_else(|| folder.path().join("state"));
    if !state.join("history").exists() {
        let begin = Instant::now();
        generate(&state, records);
        println!("generated {records} records in {:.1?}", begin.elapsed());
    }
    starts(folder.path(), &state);
    pages(&state);
    gap(folder.path());
}

/// The rate of the journal with 100 events per sync, beside a bare loop of 100 lines per fdatasync.
fn group_commit(folder: &Path) {
    let at = Timestamp::from_second(1_800_000_000).unwrap();
    let events: Vec<Event> = (0..GROUP as u64)
        .map(|n| Event::Run(Box::new(record(n, at))))
        .collect();
    let mut bare = File::create(folder.join("bare")).unwrap();
    let line = serde_json::to_vec(&events[0]).unwrap();
    let rate = |span: Duration| (GROUP * GROUPS) as f64 / span.as_secs_f64();
    let begin = Instant::now();
    for _ in 0..GROUPS {
        for _ in 0..GROUP {
            bare.write_all(&line).unwrap();
            bare.write_all(b"\n").unwrap();
        }
        bare.sync_data().unwrap();
    }
    let bare = rate(begin.elapsed());
    let state = folder.join(format!("commit{}", begin.elapsed().as_nanos()));
    let mut journal = Journal::open(&state).unwrap();
    journal.begin_day(at, State::default()).unwrap();
    let begin = Instant::now();
    for _ in 0..GROUPS {
        journal.append(&events).unwrap();
        journal.sync().unwrap();
    }
    let ours = rate(begin.elapsed());
    println!(
        "group commit: {ours:.0} lines/s, a bare loop {bare:.0} lines/s: {:.0} %",
        100.0 * ours / bare
    );
}

fn stamp(file: &str) {
    let now = jobsd::shell::clock::now();
    let due = std::env::var("JOBSD_SCHEDULED_AT").unwrap();
    let due: Timestamp = due.parse().unwrap();
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)
        .unwrap();
    writeln!(file, "{}", now.duration_since(due).as_micros()).unwrap();
}

/// One job due alone, each second: how late its program begins, and how late the daemon says it was
/// started.
fn alone(folder: &Path) {
    let (jobs, state, stamps) = (
        folder.join("alone.d"),
        folder.join("alone"),
        folder.join("stamps"),
    );
    let stamps = stamps
        .canonicalize()
        .unwrap_or_else(|_| std::env::current_dir().unwrap().join(&stamps));
    fs::create_dir_all(&jobs).unwrap();
    let own = std::env::current_exe().unwrap();
    let text = format!(
        "name: j\nbot_type: command\nbot_config: {{command: ['{}', '{}']}}\nschedule_type: interval\nschedule_config: {{seconds: 1}}\n",
        own.display(),
        stamps.display()
    );
    fs::write(jobs.join("alone.yaml"), text).unwrap();
    let (daemon, _) = Daemon::start(&jobs, &state);
    let lines = || {
        fs::read_to_string(&stamps)
            .unwrap_or_default()
            .lines()
            .count()
    };
    while lines() < 30 {
        std::thread::sleep(Duration::from_millis(50));
    }
    daemon.stop();
    let mut begun: Vec<i64> = fs::read_to_string(&stamps)
        .unwrap()
        .lines()
        .map(|line| line.parse().unwrap())
        .collect();
    begun.sort_unstable();
    let page = History::new(&state)
        .page(&Filter::default(), None, 500)
        .unwrap();
    let lag = |run: RunRecord| {
        Some(
            run.started_at?
                .duration_since(run.scheduled_at?)
                .as_micros(),
        )
    };
    let mut started: Vec<i128> = page.records.into_iter().filter_map(lag).collect();
    started.sort_unstable();
    println!(
        "one job due alone: ordered ahead, started {} µs late, its program begins {} µs late, {} µs when a bare loop spawns it (medians of {})",
        started[started.len() / 2],
        begun[begun.len() / 2],
        bare_start(&own, folder),
        begun.len()
    );
}

/// The same program, spawned at each full second by a loop that does nothing else.
fn bare_start(own: &Path, folder: &Path) -> i64 {
    let stamps = folder.join("bare-stamps");
    for _ in 0..30 {
        let now = jobsd::shell::clock::now();
        let due = Timestamp::from_second(now.as_second() + 1).unwrap();
        std::thread::sleep(due.duration_since(now).try_into().unwrap());
        let mut child = Command::new(own)
            .arg(&stamps)
            .env("JOBSD_SCHEDULED_AT", due.to_string())
            .spawn()
            .unwrap();
        child.wait().unwrap();
    }
    let text = fs::read_to_string(&stamps).unwrap();
    let mut begun: Vec<i64> = text.lines().map(|line| line.parse().unwrap()).collect();
    begun.sort_unstable();
    begun[begun.len() / 2]
}

/// 1,000 jobs due together: syncs until all are started.
fn together(folder: &Path) {
    let (jobs, state) = (folder.join("together.d"), folder.join("together"));
    fs::create_dir_all(&jobs).unwrap();
    let due = jobsd::shell::clock::now() + SignedDuration::from_secs(15);
    for n in 0..JOBS {
        let text = format!(
            "name: j\nbot_type: command\nbot_config: {{command: ['true']}}\nschedule_type: interval\nschedule_config: {{hours: 1000, anchor: '{due}'}}\n"
        );
        fs::write(jobs.join(format!("job-{n}.yaml")), text).unwrap();
    }
    let (daemon, _) = Daemon::start(&jobs, &state);
    let syncs = || -> u64 {
        let output = Command::new(env!("CARGO_BIN_EXE_jobsd"))
            .args(["status", "--format", "json", "--jobs"])
            .arg(&jobs)
            .arg("--state")
            .arg(&state)
            .output()
            .unwrap();
        let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        status["status"]["journal_syncs"].as_u64().unwrap()
    };
    let now = jobsd::shell::clock::now;
    while now() < due - SignedDuration::from_millis(400) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let before = syncs();
    while now() < due - SignedDuration::from_millis(5) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let ordered = syncs();
    let text = || {
        fs::read_dir(state.join("history"))
            .unwrap()
            .map(|day| fs::read_to_string(day.unwrap().path()).unwrap())
            .collect::<String>()
    };
    while text().matches("\"status\":\"success\"").count() < JOBS as usize {
        std::thread::sleep(Duration::from_millis(50));
    }
    let span = now().duration_since(due);
    println!(
        "{JOBS} jobs due together: {} syncs for their intents, {} in all until the last has ended, {span:#} behind the due time",
        ordered - before,
        syncs() - before
    );
    daemon.stop();
}

fn record(n: u64, at: Timestamp) -> RunRecord {
    let job_id = JobId::new(&format!("job-{}", n % JOBS)).unwrap();
    let fails = n.is_multiple_of(97);
    RunRecord {
        id: RunId::of_fire(&job_id, at),
        job_id,
        scheduled_at: Some(at),
        scheduled_until: None,
        count: None,
        started_at: Some(at),
        finished_at: Some(at + SignedDuration::from_millis(40)),
        status: if fails {
            Status::Failed
        } else {
            Status::Success
        },
        reason: None,
        error: fails.then(|| "the remote end closed the connection".to_owned()),
        trigger: if n.is_multiple_of(5_003) {
            Trigger::Catchup
        } else {
            Trigger::Schedule
        },
        attempt: 1,
        requested_at: None,
        waiting: false,
        delayed: false,
        retry_at: None,
        attempts: Vec::new(),
        exit_code: Some(i32::from(fails)),
        signal: None,
        coalesced_into: None,
        dry_run: false,
        budget: None,
        messages_sent: None,
        profiles_visited: None,
        result: None,
        output_bytes: 120,
        revision: Some("0123456789abcdef0123456789abcdef01234567".into()),
        file: format!("jobs.d/job-{}.yaml", n % JOBS).into(),
        digest: "0123456789abcdef".into(),
        host: "bench".into(),
    }
}

/// A history of finished records, one line each, that ends an hour ago.
fn generate(state: &Path, records: u64) {
    let history = state.join("history");
    fs::create_dir_all(&history).unwrap();
    let now = jobsd::shell::clock::now();
    let span = SignedDuration::from_hours(24 * 300).as_millis() as u64;
    let first = now - SignedDuration::from_hours(24 * 300 + 1);
    let mut open: Option<(String, BufWriter<File>)> = None;
    for n in 0..records {
        let at = first
            + SignedDuration::from_millis(
                (span as u128 * u128::from(n) / u128::from(records)) as i64,
            );
        let day = at.strftime("%Y-%m-%d").to_string();
        if open.as_ref().is_none_or(|(known, _)| *known != day) {
            let file = OpenOptions::new()
                .create(true)
                .append(true)
                .open(history.join(format!("{day}.jsonl")));
            open = Some((day, BufWriter::with_capacity(1 << 20, file.unwrap())));
        }
        let (_, file) = open.as_mut().unwrap();
        let body = serde_json::to_string(&Event::Run(Box::new(record(n, at)))).unwrap();
        writeln!(file, "{{\"v\":1,{}", &body[1..]).unwrap();
    }
}

/// The process, and the file that says where it listens.
struct Daemon(Child, PathBuf);

impl Daemon {
    /// Starts a daemon; how long until it is ready.
    fn start(jobs: &Path, state: &Path) -> (Daemon, Duration) {
        let address = state.join("address");
        let _ = fs::remove_file(&address);
        let begin = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_jobsd"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .arg("--jobs")
            .arg(jobs)
            .arg("--state")
            .arg(state)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let daemon = Daemon(child, address);
        while daemon
            .get("/ready")
            .is_none_or(|(text, _)| !text.contains(" 200 "))
        {
            std::thread::sleep(Duration::from_millis(1));
        }
        (daemon, begin.elapsed())
    }

    fn get(&self, path: &str) -> Option<(String, Duration)> {
        let begin = Instant::now();
        let mut stream = TcpStream::connect(fs::read_to_string(&self.1).ok()?.trim_end()).ok()?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        Some((text, begin.elapsed()))
    }

    fn memory_kib(&self, key: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(key)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    fn stop(mut self) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        self.0.wait().unwrap();
    }
}

/// The first start reads everything; later ones read the checkpoint.
fn starts(folder: &Path, state: &Path) {
    let jobs = folder.join("jobs.d");
    fs::create_dir_all(&jobs).unwrap();
    for n in 0..JOBS {
        let text = format!(
            "name: j\nbot_type: command\nbot_config: {{command: ['true']}}\nschedule_type: daily\nschedule_config: {{hour: {}}}\nmisfire_grace_time: 0\n",
            n % 24
        );
        fs::write(jobs.join(format!("job-{n}.yaml")), text).unwrap();
    }
    fs::write(
        folder.join("jobsd.yaml"),
        "history: {retain_days: 36500, retain_bytes: 1000000000000}\n",
    )
    .unwrap();
    let (daemon, span) = Daemon::start(&jobs, state);
    println!("first start, nothing cached: ready after {span:.0?}");
    // The index is made beside the scheduler; a page waits for it.
    let begin = Instant::now();
    while daemon
        .get("/scheduler/jobs/job-1/history?limit=1")
        .is_none_or(|(text, _)| !text.contains(" 200 "))
    {
        std::thread::sleep(Duration::from_millis(100));
    }
    println!(
        "index made in {:.1?}; {} MiB at most",
        begin.elapsed(),
        daemon.memory_kib("VmHWM") / 1024
    );
    daemon.stop();
    for _ in 0..3 {
        let (daemon, span) = Daemon::start(&jobs, state);
        let mut spans: Vec<Duration> = (0..200)
            .map(|n| {
                daemon
                    .get(&format!(
                        "/scheduler/jobs/job-{}/history?limit=50",
                        n * 7 % JOBS
                    ))
                    .unwrap()
                    .1
            })
            .collect();
        spans.sort();
        println!(
            "start: ready after {span:.0?}, {} MiB now, {} MiB at most; a page of 50 over HTTP: median {:.1?}, p99 {:.1?}",
            daemon.memory_kib("VmRSS") / 1024,
            daemon.memory_kib("VmHWM") / 1024,
            spans[100],
            spans[198]
        );
        daemon.stop();
    }
    let (mut daemon, _) = Daemon::start(&jobs, state);
    daemon.0.kill().unwrap();
    daemon.0.wait().unwrap();
    let (daemon, span) = Daemon::start(&jobs, state);
    println!("start behind a kill -9: ready after {span:.0?}");
    daemon.stop();
}

/// Random pages of every kind of filter, deep ones included.
fn pages(state: &Path) {
    let history = History::new(state);
    history.refresh().unwrap();
    let now = jobsd::shell::clock::now();
    let back = |days: i64| now - SignedDuration::from_hours(24 * days);
    let job = |n: u64| JobId::new(&format!("job-{n}"));
    let mut spans: Vec<(Duration, String)> = Vec::new();
    for n in 0..400u64 {
        let mut filter = Filter::default();
        if n & 1 != 0 {
            filter.job_id = if n % 50 == 1 {
                job(1_000_000)
            } else {
                job(n * 7 % JOBS)
            };
        }
        if n & 2 != 0 {
            filter.status =
                Some([Status::Failed, Status::Success, Status::Interrupted][(n / 7 % 3) as usize]);
        }
        if n & 4 != 0 {
            filter.trigger = Some([Trigger::Catchup, Trigger::Schedule][(n / 5 % 2) as usize]);
        }
        if n & 8 != 0 {
            filter.since = Some(back(1 + (n % 290) as i64));
        }
        if n & 16 != 0 {
            filter.until = Some(back((n * 3 % 280) as i64));
        }
        let mut cursor: Option<Cursor> = None;
        for _ in 0..5 {
            let begin = Instant::now();
            let page = history.page(&filter, cursor, 50).unwrap();
            spans.push((
                begin.elapsed(),
                format!("{} records of {filter:?}", page.records.len()),
            ));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    spans.sort_by_key(|(span, _)| *span);
    let at = |share: usize| spans[(spans.len() - 1) * share / 100].0;
    println!(
        "pages of 50: {} pages, median {:.2?}, p99 {:.2?}",
        spans.len(),
        at(50),
        at(99)
    );
    let (worst, what) = spans.last().unwrap();
    println!("worst page {worst:.2?}: {what}");
    let mut ids = Vec::new();
    for n in 0..300u64 {
        let day = back((n % 290) as i64);
        let filter = Filter {
            until: Some(day),
            ..Filter::default()
        };
        ids.extend(
            history
                .page(&filter, None, 1)
                .unwrap()
                .records
                .into_iter()
                .map(|run| run.id),
        );
    }
    let mut spans: Vec<Duration> = ids
        .iter()
        .map(|id| {
            let begin = Instant::now();
            assert!(history.run(*id).unwrap().is_some());
            begin.elapsed()
        })
        .collect();
    spans.sort();
    println!(
        "one run by id: median {:.2?}, p99 {:.2?}",
        spans[spans.len() / 2],
        spans[spans.len() * 99 / 100]
    );
}

/// A one-second job and a year's gap.
fn gap(folder: &Path) {
    let (jobs, state) = (folder.join("gap.d"), folder.join("gap"));
    fs::create_dir_all(&jobs).unwrap();
    fs::create_dir_all(state.join("history")).unwrap();
    let text = "name: j\nbot_type: command\nbot_config: {command: ['true']}\nschedule_type: interval\nschedule_config: {seconds: 1}\n";
    fs::write(jobs.join("second.yaml"), text).unwrap();
    let (daemon, _) = Daemon::start(&jobs, &state);
    daemon.stop();
    let year = jobsd::shell::clock::now() - SignedDuration::from_hours(24 * 365);
    for entry in fs::read_dir(state.join("history")).unwrap() {
        let path = entry.unwrap().path();
        let now = jobsd::shell::clock::now().strftime("%Y").to_string();
        let then = year.strftime("%Y").to_string();
        let text = fs::read_to_string(&path)
            .unwrap()
            .replace(&format!("\"{now}-"), &format!("\"{then}-"));
        fs::write(&path, text).unwrap();
    }
    fs::remove_file(state.join("checkpoint")).unwrap();
    let (daemon, span) = Daemon::start(&jobs, &state);
    println!(
        "a one-second job with a year's gap: ready after {span:.0?}, {} MiB at most",
        daemon.memory_kib("VmHWM") / 1024
    );
    daemon.stop();
}
