//! The endpoint beside a bare axum hello, served by the same connection code in the same process:
//! `/scheduler/jobs/{id}`, and the list of 1,000 jobs.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use jobsd::page::facts::Addresses;
use jobsd::shell::http::archive::Archive;
use jobsd::shell::http::cookies::Cookies;
use jobsd::shell::http::events::Events;
use jobsd::shell::http::routes::router;
use jobsd::shell::http::server;
use jobsd::shell::http::site::Site;
use jobsd::shell::journal::query::History;
use jobsd::shell::settings::Layout;
use jobsd::spec::SourceFile;
use jobsd::spec::jobs::loader;
use jobsd::spec::types::config::Settings;
use jobsd::view::status::Shared;
use tokio::net::TcpListener;

const JOBS: usize = 1_000;

fn shared() -> Arc<Shared> {
    let file = |n: usize| {
        SourceFile {
        path: format!("jobs.d/j{n}.yaml"),
        bytes: format!("name: Job {n}\nbot_type: command\nbot_config: {{command: [echo, '{n}']}}\nschedule_type: daily\nschedule_config: {{hour: 8, minute: 0}}\n").into_bytes(),
    }
    };
    let files: Vec<SourceFile> = (0..JOBS).map(file).collect();
    let loaded = loader::load(&files, &Settings::default());
    let shared = Arc::new(Shared::default());
    shared.update(|status| {
        for job in loaded.jobs.values() {
            status.show_job(job, None, None);
        }
        for job in status.jobs.values_mut() {
            Arc::make_mut(job).present = true;
        }
    });
    shared
}

fn site(dir: &std::path::Path) -> Site {
    let history = Arc::new(History::new(dir));
    Site {
        shared: shared(),
        events: Arc::new(Events::new("bench".to_owned())),
        history: history.clone(),
        state_dir: dir.to_owned(),
        allowed_hosts: Arc::new(vec!["localhost".to_owned()]),
        addresses: Arc::new(Addresses {
            base_path: "/".to_owned(),
            edit_url: None,
            new_url: None,
            jobs_dir: dir.join("jobs.d"),
        }),
        cookies: Cookies::of(dir, "/"),
        past: Arc::new(Archive::new(
            dir.to_path_buf(),
            &Layout {
                config_file: dir.join("jobsd.yaml"),
                base: dir.to_path_buf(),
                ..Layout::default()
            },
            history,
        )),
        planned: Arc::default(),
        gate: None,
    }
}

/// Asks on one connection for a while; the time of each answer.
fn ask(address: SocketAddr, path: &str, span: Duration) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::with_capacity(1 << 20, stream.try_clone().unwrap());
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let (mut times, mut body) = (Vec::new(), Vec::new());
    let end = Instant::now() + span;
    while Instant::now() < end {
        let start = Instant::now();
        stream.write_all(request.as_bytes()).unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
                length = text.trim().parse().unwrap();
            }
        }
        body.resize(length, 0);
        reader.read_exact(&mut body).unwrap();
        times.push(start.elapsed());
    }
    times.sort_unstable();
    times
}

fn main() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listen = |router: Router| {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.handle().spawn(server::serve(listener, router));
        address
    };
    let bare = listen(Router::new().route("/", get(|| async { "hello" })));
    let ours = listen(router(site(dir.path())));
    let span = Duration::from_secs(2);
    ask(bare, "/", span / 4);
    ask(ours, "/scheduler/jobs/j7", span / 4);
    // In turns, so that what else the machine does meets both.
    let (mut hello, mut job) = (0, 0);
    for _ in 0..3 {
        hello += ask(bare, "/", span).len();
        job += ask(ours, "/scheduler/jobs/j7", span).len();
    }
    let share = 100.0 * job as f64 / hello as f64;
    println!(
        "bare hello {}/s, one job {}/s: {share:.0} %",
        hello / 6,
        job / 6
    );
    let list = ask(ours, "/scheduler/jobs", span * 2);
    let at = |part: f64| list[((list.len() - 1) as f64 * part) as usize];
    println!(
        "list of {JOBS} jobs: median {:?}, p99 {:?} ({} answers)",
        at(0.5),
        at(0.99),
        list.len()
    );
}
