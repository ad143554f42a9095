//! 1,000 jobs due in the same second, each ending at once: lateness of their starts by the
//! programs' own clocks, with records on and synced, beside a bare loop of posix_spawn on two
//! threads in the same run. Then a few jobs every second, beside others that flood their output: a
//! gigabyte without a newline, a million lines a second, noise. `cargo bench --bench burst`
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const JOBS: usize = 1_000;
const ROUNDS: usize = 3;
const PERIODIC: usize = 5;
const SECONDS: u64 = 20;

fn main() {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() == Some("--stamp") {
        return stamp(Path::new(&args.next().unwrap()));
    }
    let exe = std::env::current_exe().unwrap();
    println!(
        "{JOBS} starts together                    median       p99       max   (ms behind the due time)"
    );
    for around in ["", "umask: \"027\"\n"] {
        let name = if around.is_empty() {
            "jobsd"
        } else {
            "jobsd, re-exec shim"
        };
        let mut pairs = Vec::new();
        for _ in 0..ROUNDS {
            pairs.push((floor(&exe), daemon(&exe, around)));
        }
        pairs.sort_by(|a, b| (a.1.p99 / a.0.p99).total_cmp(&(b.1.p99 / b.0.p99)));
        let (floor, ours) = &pairs[ROUNDS / 2];
        floor.print("two threads of posix_spawn");
        ours.print(name);
        println!("{:38} p99 {:.2} times the floor", "", ours.p99 / floor.p99);
    }
    println!("{PERIODIC} jobs every second, {SECONDS} s");
    every_second(&exe, &[]).print("idle");
    let floods = [
        "head -c 1000000000 /dev/zero",
        "yes | head -c 100000000",
        "head -c 100000000 /dev/urandom >&2",
    ];
    every_second(&exe, &floods).print("beside floods of output");
}

/// Lateness of jobs that are due every second, beside jobs that run these shell texts again and
/// again.
fn every_second(exe: &Path, floods: &[&str]) -> Figures {
    let dir = tempfile::tempdir().unwrap();
    let stamps = dir.path().join("stamps");
    fs::write(&stamps, "").unwrap();
    let jobs = dir.path().join("jobs.d");
    fs::create_dir(&jobs).unwrap();
    let write = |id: String, config: String| {
        let text = format!(
            "name: {id}\nbot_type: command\nbot_config: {config}\nschedule_type: interval\nschedule_config: {{seconds: 1}}\n"
        );
        fs::write(jobs.join(format!("{id}.yaml")), text).unwrap();
    };
    for n in 0..PERIODIC {
        let config = format!(
            "{{command: [{}, --stamp, {}]}}",
            exe.display(),
            stamps.display()
        );
        write(format!("stamp-{n}"), config);
    }
    for (n, flood) in floods.iter().enumerate() {
        write(format!("flood-{n}"), format!("{{shell: '{flood}'}}"));
    }
    let mut serve = start(&jobs);
    std::thread::sleep(Duration::from_secs(SECONDS));
    stop(&mut serve);
    let text = fs::read_to_string(&stamps).unwrap();
    let late = text
        .lines()
        .map(|line| (line.parse::<u128>().unwrap() % 1_000_000_000) as f64 / 1e6);
    Figures::sorted(late.collect())
}

/// Appends the wall clock to a file, with one write.
fn stamp(path: &Path) {
    let line = format!("{}\n", nanos());
    let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(line.as_bytes()).unwrap();
}

fn nanos() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos()
}

struct Figures {
    median: f64,
    p99: f64,
    max: f64,
}

impl Figures {
    fn of(stamps: &Path, due: u128) -> Figures {
        let text = fs::read_to_string(stamps).unwrap();
        let mut late: Vec<f64> = text
            .lines()
            .map(|line| (line.parse::<u128>().unwrap() as f64 - due as f64) / 1e6)
            .collect();
        assert_eq!(late.len(), JOBS);
        assert!(late.iter().all(|late| *late >= 0.0), "early");
        late.sort_by(f64::total_cmp);
        Figures::sorted(late)
    }

    fn sorted(mut late: Vec<f64>) -> Figures {
        late.sort_by(f64::total_cmp);
        Figures {
            median: late[late.len() / 2],
            p99: late[late.len() * 99 / 100],
            max: late[late.len() - 1],
        }
    }

    fn print(&self, name: &str) {
        let Figures { median, p99, max } = self;
        println!("{name:38} {median:9.1} {p99:9.1} {max:9.1}");
    }
}

fn floor(exe: &Path) -> Figures {
    let dir = tempfile::tempdir().unwrap();
    let stamps = dir.path().join("stamps");
    fs::write(&stamps, "").unwrap();
    let due = nanos();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut children = Vec::new();
                for _ in 0..JOBS / 2 {
                    let mut command = Command::new(exe);
                    command.arg("--stamp").arg(&stamps);
                    command.stdin(Stdio::null()).stdout(Stdio::null());
                    children.push(command.stderr(Stdio::null()).spawn().unwrap());
                }
                for mut child in children {
                    child.wait().unwrap();
                }
            });
        }
    });
    Figures::of(&stamps, due)
}

fn daemon(exe: &Path, around: &str) -> Figures {
    let dir = tempfile::tempdir().unwrap();
    let stamps = dir.path().join("stamps");
    fs::write(&stamps, "").unwrap();
    let jobs = dir.path().join("jobs.d");
    fs::create_dir(&jobs).unwrap();
    let due = UNIX_EPOCH + Duration::from_secs((nanos() / 1_000_000_000) as u64 + 6);
    let due_nanos = due.duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let second = due.duration_since(UNIX_EPOCH).unwrap().as_secs() % 3_600;
    for n in 0..JOBS {
        let text = format!(
            "name: job {n}\nbot_type: command\nbot_config:\n  command: [{}, --stamp, {}]\nschedule_type: cron\nschedule_config:\n  cron_expression: \"{} {} * * * *\"\n  seconds: true\n{around}",
            exe.display(),
            stamps.display(),
            second % 60,
            second / 60,
        );
        fs::write(jobs.join(format!("job-{n}.yaml")), text).unwrap();
    }
    let mut serve = start(&jobs);
    let end = Instant::now() + Duration::from_secs(60);
    while finished(&dir.path().join(".jobsd/history")) < JOBS {
        assert!(Instant::now() < end, "not all runs were recorded");
        std::thread::sleep(Duration::from_millis(100));
    }
    stop(&mut serve);
    Figures::of(&stamps, due_nanos)
}

fn start(jobs: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_jobsd"))
        .args(["serve", "--jobs"])
        .arg(jobs)
        .args(["--listen", "127.0.0.1:0"])
        .env("JOBSD_LOG", "warn")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn stop(serve: &mut Child) {
    let killed = Command::new("kill").arg(serve.id().to_string()).status();
    assert!(killed.unwrap().success());
    serve.wait().unwrap();
}

fn finished(history: &Path) -> usize {
    let entries = fs::read_dir(history).into_iter().flatten().flatten();
    let text = entries.map(|entry| fs::read_to_string(entry.path()).unwrap_or_default());
    text.map(|text| text.matches("\"status\":\"success\"").count())
        .sum()
}
