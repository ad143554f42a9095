//! Starts the program of an attempt: pipes, standard input, working directory, and the way in which
//! it is executed. Most programs are spawned directly (posix_spawn); those that need another user,
//! mask, niceness or limits go through the shim, which takes them on and becomes the program.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use rustix::fs::MemfdFlags;
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal};

use crate::model::program::SELF;
use crate::shell::clock::monotonic;
use crate::shell::process::capture::Capture;
use crate::shell::process::cgroup::Group;
use crate::shell::process::child::Child;
use crate::shell::process::mask::Secrets;
use crate::shell::process::order::{Order, Places};
use crate::shell::process::shim;
use crate::shell::process::surroundings::{self, Prepared};
use crate::shell::process::writer::{self, Writer};
use crate::text::start as words;

/// A running program.
#[derive(Debug)]
pub struct Started {
    /// The program.
    pub child: Child,
    /// Its process id; it leads a process group.
    pub leader: u32,
    /// When its start began, on the monotonic clock.
    pub since: Instant,
    /// Its streams.
    pub capture: Capture,
    /// Its cgroup, where there is one.
    pub group: Option<Group>,
    /// Where it may write its result.
    pub result: surroundings::ResultFile,
    /// What must not be seen of its words.
    pub secrets: Secrets,
    /// Where the shim says why the program could not be started.
    pub shim: Option<PathBuf>,
}

/// Starts it, unless it is not wanted any more when all is ready.
///
/// # Errors
/// A sentence that says why it cannot be started and what to do; never a secret.
pub fn start(
    order: &Order,
    places: &Places,
    is_wanted: &dyn Fn() -> bool,
) -> Result<Started, String> {
    // What hangs on the way to the program is part of its time.
    let since = monotonic();
    let prepared = surroundings::prepare(order, places)?;
    let program = program(order, places, &prepared)?;
    let (mut command, shim) = match shim::command(order, places, &prepared, &program)? {
        Some((command, report)) => (command, Some(report)),
        None => (direct(order, &program), None),
    };
    command
        .env_clear()
        .envs(&prepared.env)
        .current_dir(&prepared.dir)
        .process_group(0)
        .stdin(stdin(order.program.stdin.as_deref())?);
    let pipe = || pipe_with(PipeFlags::CLOEXEC).map_err(|e| no_descriptor(e.into()));
    let ((stdout, out), (stderr, err)) = (pipe()?, pipe()?);
    command.stdout(Stdio::from(out)).stderr(Stdio::from(err));
    if !is_wanted() {
        return Err(words::given_up());
    }
    let starting = places.table.begin_start();
    let spawned = places.descriptors.spawn(&mut command);
    // The ends of the program must not stay open here.
    drop(command);
    let child = spawned.map_err(|e| surroundings::start_failure(&program, &prepared.dir, &e))?;
    let child = Child::new(child);
    let leader = child.id();
    places.table.enroll(leader, order.run_id);
    drop(starting);
    if let Some(score) = places.oom_score_adj {
        // A program that has ended or taken on other rights needs none.
        let _ = fs::write(format!("/proc/{leader}/oom_score_adj"), score.to_string());
    }
    // Limits hold from the first moment; everything else of a cgroup can wait for other starts.
    let limits = &order.program.surroundings.limits;
    let has_limits = limits.memory_bytes.or(limits.processes).is_some();
    let group = has_limits
        .then(|| enter_cgroup(order, places, leader))
        .flatten();
    let capture = capture(order, places, &prepared.secrets, stdout, stderr);
    let capture = match capture {
        Ok(capture) => capture,
        Err(cause) => {
            // It cannot be supervised, so it must not continue.
            end_at_once(child, places);
            return Err(cause);
        }
    };
    Ok(Started {
        child,
        leader,
        since,
        capture,
        group,
        result: prepared.result,
        secrets: prepared.secrets,
        shim,
    })
}

impl Started {
    /// Ends a program that no one waits for any more.
    pub fn discard(self, order: &Order, places: &Places) {
        tracing::warn!(job = %order.job_id, run = %order.run_id, "a start answered after it was \
            given up; its program is ended");
        end_at_once(self.child, places);
    }
}

/// Ends a program and its group, and reaps it; what left the group is found by the sweep.
fn end_at_once(mut child: Child, places: &Places) {
    let leader = child.id();
    if let Some(pid) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        // Whatever is gone needs no signal.
        let _ = rustix::process::kill_process_group(pid, Signal::KILL);
    }
    let _ = child.reap();
    places.table.dismiss(leader);
}

fn direct(order: &Order, program: &Path) -> Command {
    let mut command = Command::new(program);
    if order.program.name() != SELF {
        command.arg0(order.program.name());
    }
    command.args(order.program.arguments());
    command
}

/// Moves a program into a cgroup of its own, where this daemon may make one.
pub fn enter_cgroup(order: &Order, places: &Places, leader: u32) -> Option<Group> {
    let limits = &order.program.surroundings.limits;
    match places
        .cgroups
        .as_ref()
        .ok()?
        .enter(order.run_id, leader, limits)
    {
        Ok(group) => Some(group),
        Err(error) => {
            tracing::debug!(run = %order.run_id, %error, "no cgroup for a run; its tree is walked");
            None
        }
    }
}

fn capture(
    order: &Order,
    places: &Places,
    secrets: &Secrets,
    stdout: OwnedFd,
    stderr: OwnedFd,
) -> Result<Capture, String> {
    let files = writer::Closed {
        state_dir: places.state_dir.clone(),
        run_id: order.run_id,
        attempt: order.attempt,
        bytes_max: places.output_bytes_max,
        secrets: secrets.clone(),
    };
    let writer = Writer::new(files, order.job_id.clone(), places.crew.clone());
    Capture::new(stdout, stderr, writer).map_err(no_descriptor)
}

fn no_descriptor(error: io::Error) -> String {
    words::no_descriptor(error)
}

/// Standard input: a file in memory that holds the text, so that no one has to wait for its reader.
fn stdin(text: Option<&str>) -> Result<Stdio, String> {
    let Some(text) = text else {
        return Ok(Stdio::null());
    };
    let fill = || -> io::Result<File> {
        let mut file = File::from(rustix::fs::memfd_create("stdin", MemfdFlags::CLOEXEC)?);
        file.write_all(text.as_bytes())?;
        file.rewind()?;
        Ok(file)
    };
    fill().map(Stdio::from).map_err(no_descriptor)
}

/// The file of a program: found in the job's own `PATH` where its name has no slash.
fn program(order: &Order, places: &Places, prepared: &Prepared) -> Result<PathBuf, String> {
    let name = order.program.name();
    if name == SELF {
        return Ok(places.self_exe.clone());
    }
    if name.contains('/') {
        return Ok(PathBuf::from(name));
    }
    let path = prepared
        .env
        .get(&OsString::from("PATH"))
        .cloned()
        .unwrap_or_default();
    let mut refused = None;
    for folder in path.as_bytes().split(|byte| *byte == b':') {
        let folder = PathBuf::from(OsString::from_vec(folder.to_vec()));
        let file = prepared.dir.join(folder).join(name);
        match fs::metadata(&file) {
            Ok(meta) if meta.is_file() && meta.permissions().mode() & 0o111 != 0 => {
                return Ok(file);
            }
            Ok(_) => refused = refused.or(Some((file, Errno::ACCESS))),
            Err(_) => {}
        }
    }
    let (file, errno) = refused.unwrap_or((PathBuf::from(name), Errno::NOENT));
    Err(surroundings::start_failure(
        &file,
        &prepared.dir,
        &errno.into(),
    ))
}
