//! 100 jobs every second, idle, and beside one job whose program, folder or output does not answer:
//! lateness of their starts by the programs' own clocks, all in one run. A lease of this process
//! makes the program hang; a mount whose server never answers makes folders hang (needs root; left
//! out where it cannot be made). `cargo bench --bench hung`
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::net::TcpListener;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jobsd::shell::clock::now;
use jobsd::time::Timestamp;

const JOBS: usize = 100;
/// Seconds of a round; a lease holds for 45.
const SECONDS: u64 = 20;
/// Which signal tells of a lease that is to be broken (fcntl(2)); libc has no name for it.
const F_SETSIG: libc::c_int = 10;

/// What does not answer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hung {
    Nothing,
    Program,
    Folder,
    Output,
}

fn main() {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() == Some("--stamp") {
        return stamp(Path::new(&args.next().unwrap()));
    }
    println!(
        "{JOBS} jobs every second, {SECONDS} s            median       p99       max   (ms behind the due time)"
    );
    let mut idle = None;
    for hung in [Hung::Nothing, Hung::Program, Hung::Folder, Hung::Output] {
        let Some(figures) = round(hung) else {
            println!("{:38} left out: no mount can be made here", name(hung));
            continue;
        };
        let Figures {
            count,
            median,
            p99,
            max,
        } = figures;
        println!(
            "{:38} {median:9.1} {p99:9.1} {max:9.1}   {count} starts",
            name(hung)
        );
        let idle = *idle.get_or_insert(p99);
        if hung != Hung::Nothing {
            println!("{:38} p99 {:.2} times idle", "", p99 / idle);
        }
    }
}

fn name(hung: Hung) -> &'static str {
    match hung {
        Hung::Nothing => "idle",
        Hung::Program => "beside a program that does not open",
        Hung::Folder => "beside a folder that does not answer",
        Hung::Output => "output of all on a hung mount",
    }
}

/// Lateness beside something that hangs; `None` where that cannot be made.
fn round(hung: Hung) -> Option<Figures> {
    let dir = tempfile::tempdir().unwrap();
    let exe = std::env::current_exe().unwrap();
    let (jobs, stamps) = (dir.path().join("jobs.d"), dir.path().join("stamps"));
    fs::create_dir(&jobs).unwrap();
    fs::write(&stamps, "").unwrap();
    let write = |id: &str, text: &str| {
        let text = format!(
            "name: {id}\nbot_type: command\n{text}\nschedule_type: interval\nschedule_config: {{seconds: 1}}\n"
        );
        fs::write(jobs.join(format!("{id}.yaml")), text).unwrap();
    };
    for n in 0..JOBS {
        let command = format!("[{}, --stamp, {}]", exe.display(), stamps.display());
        write(
            &format!("stamp-{n}"),
            &format!("bot_config: {{command: {command}}}"),
        );
    }
    let path = dir.path().join("hung");
    let mut held = Vec::new();
    match hung {
        Hung::Nothing => {}
        Hung::Program => {
            fs::copy("/bin/true", &path).unwrap();
            held.push(lease(&path));
            write(
                "hung",
                &format!("bot_config: {{command: [{}]}}\ntimeout: 5", path.display()),
            );
        }
        Hung::Folder => {
            held.push(mount(&path)?);
            let at = path.display();
            write(
                "hung",
                &format!("bot_config: {{command: ['true']}}\nworking_dir: {at}/d\ntimeout: 5"),
            );
        }
        Hung::Output => {
            held.push(mount(&dir.path().join(".jobsd/output"))?);
            write("hung", "bot_config: {shell: 'yes | head -c 1000000'}");
        }
    }
    let mut serve = start(&jobs);
    std::thread::sleep(Duration::from_secs(SECONDS));
    drop(held);
    stop(&mut serve);
    unmount(&path);
    unmount(&dir.path().join(".jobsd/output"));
    Some(Figures::of(&stamps))
}

/// Nobody else can open the file while this is open.
fn lease(path: &Path) -> File {
    let file = OpenOptions::new().write(true).open(path).unwrap();
    // SAFETY: fcntl(2) on a descriptor that is open; the signal that tells of a break is one that
    // does nothing.
    let is_taken = unsafe {
        libc::fcntl(file.as_raw_fd(), F_SETSIG, libc::SIGWINCH) == 0
            && libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, libc::F_WRLCK) == 0
    };
    assert!(is_taken, "{}", std::io::Error::last_os_error());
    file
}

/// A mount whose server never answers; it fails at once when this is closed.
fn mount(dir: &PathBuf) -> Option<File> {
    fs::create_dir_all(dir).unwrap();
    let server = OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/fuse")
        .ok()?;
    let options = format!(
        "fd={},rootmode=40000,user_id=0,group_id=0\0",
        server.as_raw_fd()
    );
    let target = [dir.as_os_str().as_bytes(), b"\0"].concat();
    // SAFETY: mount(2) reads four strings that end with NUL and outlive the call.
    let done = unsafe {
        libc::mount(
            c"hung".as_ptr(),
            target.as_ptr().cast(),
            c"fuse".as_ptr(),
            0,
            options.as_ptr().cast(),
        )
    };
    (done == 0).then_some(server)
}

/// Where there is no mount nothing happens.
fn unmount(dir: &Path) {
    let target = [dir.as_os_str().as_bytes(), b"\0"].concat();
    // SAFETY: umount2(2) reads a string that ends with NUL and outlives the call.
    unsafe { libc::umount2(target.as_ptr().cast(), libc::MNT_DETACH) };
}

/// Appends how late this program is to a file, with one write.
fn stamp(path: &Path) {
    let due: Timestamp = std::env::var("JOBSD_SCHEDULED_AT")
        .unwrap()
        .parse()
        .unwrap();
    let late = now().duration_since(due);
    let line = format!("{}\n", late.as_secs_f64() * 1e3);
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(line.as_bytes()).unwrap();
}

struct Figures {
    count: usize,
    median: f64,
    p99: f64,
    max: f64,
}

impl Figures {
    fn of(stamps: &Path) -> Figures {
        let text = fs::read_to_string(stamps).unwrap();
        let late = text.lines().map(|line| line.parse::<f64>());
        let mut late: Vec<f64> = late.map(Result::unwrap).collect();
        late.sort_by(f64::total_cmp);
        Figures {
            count: late.len(),
            median: late[late.len() / 2],
            p99: late[late.len() * 99 / 100],
            max: late[late.len() - 1],
        }
    }
}

fn start(jobs: &Path) -> Child {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let mut command = Command::new(env!("CARGO_BIN_EXE_jobsd"));
    command.arg("--jobs").arg(jobs);
    command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

fn stop(serve: &mut Child) {
    let mut kill = Command::new("kill");
    assert!(kill.arg(serve.id().to_string()).status().unwrap().success());
    serve.wait().unwrap();
}
