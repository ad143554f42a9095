//! `jobsd exec`: takes on what posix_spawn cannot give a program (user, groups, mask, niceness,
//! limits) and becomes it. What cannot be taken on is said in a file that the daemon reads, and the
//! program does not start.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::{Gid, Uid, initgroups, setgid, setgroups, setuid};
use rustix::process::{Resource, Rlimit};

use crate::model::program::SELF;
use crate::shell::process::order::{Order, Places};
use crate::shell::process::surroundings::{Prepared, start_failure};
use crate::text::start as words;

/// Exit status of a shim whose program could not start.
const FAILED: i32 = 125;

/// What a program takes on before it starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Wishes {
    /// Where to say why the program could not start.
    #[arg(long, value_name = "FILE")]
    report: PathBuf,
    /// Name of the user, for its groups.
    #[arg(long)]
    name: Option<String>,
    /// User id.
    #[arg(long)]
    uid: Option<u32>,
    /// Group id.
    #[arg(long)]
    gid: Option<u32>,
    /// File mode creation mask, decimal.
    #[arg(long)]
    umask: Option<u32>,
    /// Niceness.
    #[arg(long, allow_negative_numbers = true)]
    nice: Option<i32>,
    /// RLIMIT_AS.
    #[arg(long)]
    memory_bytes: Option<u64>,
    /// RLIMIT_CPU.
    #[arg(long)]
    cpu_secs: Option<u64>,
    /// RLIMIT_NOFILE.
    #[arg(long)]
    open_files: Option<u64>,
    /// RLIMIT_NPROC.
    #[arg(long)]
    processes: Option<u64>,
    /// RLIMIT_FSIZE.
    #[arg(long)]
    file_bytes: Option<u64>,
    /// The name that the program is called by.
    #[arg(long)]
    arg0: Option<OsString>,
    /// The program and its arguments.
    #[arg(last = true, required = true)]
    argv: Vec<OsString>,
}

/// The command that starts a program through the shim, and where that will say what went wrong;
/// `None` when the program needs none.
///
/// # Errors
/// A sentence when the report cannot be made.
pub fn command(
    order: &Order,
    places: &Places,
    prepared: &Prepared,
    program: &Path,
) -> Result<Option<(Command, PathBuf)>, String> {
    let around = &order.program.surroundings;
    let limits = &around.limits;
    let needs = prepared.account.is_some()
        || around.umask.is_some()
        || around.nice.is_some()
        || *limits != Default::default();
    if !needs {
        return Ok(None);
    }
    let report = places
        .state_dir
        .join("work")
        .join(format!("{}.{}.start", order.run_id, order.attempt));
    // A report of the same name can only be a former daemon's.
    let _ = fs::remove_file(&report);
    let mut command = Command::new(&places.self_exe);
    command
        .arg0("jobsd")
        .arg("exec")
        .arg("--report")
        .arg(&report);
    let mut give = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            command.arg(format!("--{name}={value}"));
        }
    };
    if let Some(account) = &prepared.account {
        give("name", account.user.as_ref().map(|user| user.name.clone()));
        give(
            "uid",
            account.user.as_ref().map(|user| user.uid.to_string()),
        );
        give("gid", Some(account.gid.to_string()));
    }
    give("umask", around.umask.map(|mask| mask.to_string()));
    give("nice", around.nice.map(|nice| nice.to_string()));
    give("memory-bytes", limits.memory_bytes.map(|n| n.to_string()));
    give("cpu-secs", limits.cpu_secs.map(|n| n.to_string()));
    give("open-files", limits.open_files.map(|n| n.to_string()));
    give("processes", limits.processes.map(|n| n.to_string()));
    give("file-bytes", limits.file_bytes.map(|n| n.to_string()));
    let name = order.program.name();
    give("arg0", (name != SELF).then(|| name.to_owned()));
    command
        .arg("--")
        .arg(program)
        .args(order.program.arguments());
    Ok(Some((command, report)))
}

/// What a shim said, once its process has ended; its report is removed.
pub fn failure(report: &Option<PathBuf>) -> Option<String> {
    let path = report.as_ref()?;
    let text = fs::read_to_string(path).ok();
    let _ = fs::remove_file(path);
    text.filter(|text| !text.is_empty())
}

/// Becomes the program; comes back only when that fails, with the exit status.
pub fn run(wishes: &Wishes) -> i32 {
    let report = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&wishes.report);
    let Ok(mut report) = report else {
        return FAILED;
    };
    let cause = match take_on(wishes) {
        Err(cause) => cause,
        Ok(()) => become_program(wishes),
    };
    // Without a report the exit status must do.
    let _ = write(&mut report, &cause);
    FAILED
}

fn write(report: &mut File, cause: &str) -> io::Result<()> {
    report.write_all(cause.as_bytes())?;
    report.sync_data()
}

fn become_program(wishes: &Wishes) -> String {
    let program = Path::new(&wishes.argv[0]);
    let mut command = std::process::Command::new(program);
    command.args(&wishes.argv[1..]);
    if let Some(arg0) = &wishes.arg0 {
        command.arg0(arg0);
    }
    let error = command.exec();
    let dir = std::env::current_dir().unwrap_or_default();
    start_failure(program, &dir, &error)
}

/// Limits and niceness first: raising them needs the right that the change of user gives up.
fn take_on(wishes: &Wishes) -> Result<(), String> {
    let limits = [
        ("memory_bytes", Resource::As, wishes.memory_bytes),
        ("cpu_secs", Resource::Cpu, wishes.cpu_secs),
        ("open_files", Resource::Nofile, wishes.open_files),
        ("processes", Resource::Nproc, wishes.processes),
        ("file_bytes", Resource::Fsize, wishes.file_bytes),
    ];
    for (key, resource, limit) in limits {
        if let Some(limit) = limit {
            let both = Rlimit {
                current: Some(limit),
                maximum: Some(limit),
            };
            rustix::process::setrlimit(resource, both)
                .map_err(|e| words::no_limit(key, limit, e))?;
        }
    }
    if let Some(nice) = wishes.nice {
        rustix::process::setpriority_process(None, nice).map_err(|e| words::no_nice(nice, e))?;
    }
    if let Some(mask) = wishes.umask {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(mask));
    }
    become_user(wishes)
}

/// Groups, group, user, in this order; then proves that there is no way back.
fn become_user(wishes: &Wishes) -> Result<(), String> {
    let Some(gid) = wishes.gid.map(Gid::from_raw) else {
        return Ok(());
    };
    let fail = |key: &str, errno: nix::Error| words::not_taken_on(key, io::Error::from(errno));
    let groups = match &wishes.name {
        Some(name) => {
            let name = std::ffi::CString::new(name.as_str()).map_err(|e| e.to_string())?;
            initgroups(&name, gid)
        }
        None => setgroups(&[gid]),
    };
    groups.map_err(|e| fail("group", e))?;
    setgid(gid).map_err(|e| fail("group", e))?;
    let Some(uid) = wishes.uid.map(Uid::from_raw) else {
        return Ok(());
    };
    setuid(uid).map_err(|e| fail("user", e))?;
    if !uid.is_root() && setuid(Uid::from_raw(0)).is_ok() {
        return Err(words::still_root());
    }
    rustix::thread::set_no_new_privs(true).map_err(|e| words::not_taken_on("user", e))?;
    rustix::fs::access(".", rustix::fs::Access::EXEC_OK).map_err(words::dir_closed_to_user)
}
