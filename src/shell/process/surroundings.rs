//! The clean environment and the working directory of a program, and its start failures in words.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::model::program::EnvValue;
use crate::shell::open;
use crate::shell::open::make_private_dir;
use crate::shell::process::account::Account;
use crate::shell::process::mask::Secrets;
use crate::shell::process::order::{Order, Places};
use crate::shell::process::tree::own_mark;
use crate::shell::zones;
use crate::text::start as words;
use crate::time::rfc3339;

/// Variables of the daemon that a program gets; all others are left out.
const INHERITED: [&str; 6] = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ"];

/// `PATH` of programs where the daemon has none.
pub const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Largest file that a value or `env_file` is read from: an environment holds no more (execve(2)).
const FILE_BYTES_MAX: u64 = 1 << 20;

/// All that a program is given.
#[derive(Debug)]
pub struct Prepared {
    /// Its whole environment.
    pub env: BTreeMap<OsString, OsString>,
    /// Values in it that must not be seen.
    pub secrets: Secrets,
    /// Its working directory.
    pub dir: PathBuf,
    /// Where it may write its result.
    pub result: ResultFile,
    /// Whom it runs as, where that is not the daemon's own user.
    pub account: Option<Account>,
}

/// Where a program may write its result.
#[derive(Clone, Debug)]
pub struct ResultFile {
    /// The file.
    pub path: PathBuf,
    /// The only user whose file is read.
    pub uid: u32,
}

/// Prepares an attempt.
///
/// # Errors
/// A sentence that says what is missing; never a value.
pub fn prepare(order: &Order, places: &Places) -> Result<Prepared, String> {
    let around = &order.program.surroundings;
    let account = Account::find(around.user.as_deref(), around.group.as_deref())?;
    let reader = account.as_ref().map(Account::uid);
    let mut env = inherited();
    if let Some(user) = account.as_ref().and_then(|account| account.user.as_ref()) {
        env.insert("HOME".into(), user.home.clone().into());
        env.insert("USER".into(), user.name.clone().into());
        env.insert("LOGNAME".into(), user.name.clone().into());
    }
    let mut values: Vec<OsString> = Vec::new();
    if let Some(file) = &around.env_file {
        let path = places.base_dir.join(file);
        let bytes = read_small(&path, reader).map_err(|e| words::env_file(path.display(), e))?;
        for (name, value) in lines(&bytes) {
            values.push(value.clone());
            env.insert(name, value);
        }
    }
    for (name, value) in &around.env {
        let found = value_of(name, value, places, reader)?;
        if !matches!(value, EnvValue::Literal(_)) {
            values.push(found.clone());
        }
        env.insert(name.into(), found);
    }
    let dir = working_dir(order, places)?;
    let folders = folders(order, places, account.as_ref())?;
    let result = ResultFile {
        path: folders.result,
        uid: account
            .as_ref()
            .map_or_else(|| rustix::process::geteuid().as_raw(), Account::uid),
    };
    env.extend(contract(order, places, &folders.job_state, &result.path));
    Ok(Prepared {
        env,
        secrets: Secrets::new(values.iter().map(|value| value.as_bytes())),
        dir,
        result,
        account,
    })
}

fn inherited() -> BTreeMap<OsString, OsString> {
    let mut env = BTreeMap::from([("PATH".into(), PATH.into())]);
    for (name, value) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if INHERITED.contains(&text.as_ref()) || text.starts_with("LC_") {
            env.insert(name, value);
        }
    }
    env
}

/// The working directory of an attempt.
fn working_dir(order: &Order, places: &Places) -> Result<PathBuf, String> {
    let dir = match &order.program.surroundings.working_dir {
        Some(dir) => places.base_dir.join(dir),
        None => places.base_dir.clone(),
    };
    match fs::metadata(&dir) {
        Ok(meta) if meta.is_dir() => Ok(dir),
        Ok(_) => Err(words::dir_is_a_file(dir.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(words::no_dir(dir.display())),
        Err(error) => Err(words::closed_dir(dir.display(), error)),
    }
}

/// Why a program could not be started.
pub fn start_failure(program: &Path, dir: &Path, error: &io::Error) -> String {
    let shown = program.display();
    match error
        .raw_os_error()
        .map(rustix::io::Errno::from_raw_os_error)
    {
        Some(rustix::io::Errno::NOENT) => words::no_program(shown, dir.display()),
        Some(rustix::io::Errno::ACCESS) => words::not_executable(shown),
        Some(rustix::io::Errno::NOEXEC) => words::not_a_program(shown),
        Some(rustix::io::Errno::TXTBSY) => words::busy_program(shown),
        Some(rustix::io::Errno::TOOBIG) => words::too_many_arguments(shown),
        Some(rustix::io::Errno::AGAIN | rustix::io::Errno::NOMEM) => {
            words::no_process(shown, error)
        }
        _ => words::not_started(shown, error),
    }
}

fn value_of(
    name: &str,
    value: &EnvValue,
    places: &Places,
    reader: Option<u32>,
) -> Result<OsString, String> {
    match value {
        EnvValue::Literal(text) => Ok(text.into()),
        EnvValue::FromEnv(source) => {
            std::env::var_os(source).ok_or_else(|| words::no_variable(name, source))
        }
        EnvValue::FromFile(path) => {
            let path = places.base_dir.join(path);
            let mut bytes = read_small(&path, reader)
                .map_err(|e| words::unread_value(name, path.display(), e))?;
            if bytes.ends_with(b"\n") {
                bytes.pop();
            }
            if bytes.contains(&0) {
                return Err(words::nul_in_value(name, path.display()));
            }
            Ok(OsString::from_vec(bytes))
        }
    }
}

/// Reads a regular file of a size that an environment can hold, for a program of this user; never
/// waits for a writer.
fn read_small(path: &Path, reader: Option<u32>) -> io::Result<Vec<u8>> {
    let file = open::named_by_setting(path, reader)?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(io::Error::other(words::large_file()));
    }
    Ok(bytes)
}

/// `NAME=value` lines: `#` begins a comment line, `export` may be in front, quotes around a
/// value go.
fn lines(bytes: &[u8]) -> Vec<(OsString, OsString)> {
    let os = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    let pair = |line: &[u8]| {
        let line = line.trim_ascii();
        let line = line.strip_prefix(b"export ").unwrap_or(line);
        let at = line.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (line[..at].trim_ascii(), line[at + 1..].trim_ascii());
        let quoted = |mark: u8| {
            let inner = value.strip_prefix(&[mark])?;
            inner.strip_suffix(&[mark])
        };
        let bare = quoted(b'"').or_else(|| quoted(b'\'')).unwrap_or(value);
        let is_good = !name.is_empty() && !name.starts_with(b"#") && !bare.contains(&0);
        is_good.then(|| (os(name), os(bare)))
    };
    bytes
        .split(|byte| *byte == b'\n')
        .filter_map(pair)
        .collect()
}

/// Folders of an attempt.
struct Folders {
    job_state: PathBuf,
    result: PathBuf,
}

/// Makes them. A program of another user owns them, and may pass through the folders above, which
/// stay unreadable.
fn folders(order: &Order, places: &Places, account: Option<&Account>) -> Result<Folders, String> {
    let state = &places.state_dir;
    let fail = |dir: &Path, e: io::Error| words::no_folder(dir.display(), e);
    let make = |dir: &Path| make_private_dir(dir).map_err(|e| fail(dir, e));
    let job_state = places.job_state(&order.job_id);
    let work = state.join("work");
    make(&job_state)?;
    make(&work)?;
    let name = format!("{}.{}", order.run_id, order.attempt);
    let Some(account) =
        account.filter(|account| account.uid() != rustix::process::geteuid().as_raw())
    else {
        let result = work.join(format!("{name}.json"));
        return Ok(Folders { job_state, result });
    };
    let own = work.join(name);
    make(&own)?;
    for dir in [&job_state, &own] {
        let (uid, gid) = (Some(account.uid()), Some(account.gid));
        std::os::unix::fs::chown(dir, uid, gid).map_err(|e| fail(dir, e))?;
    }
    for dir in [state, &state.join("bots"), &work] {
        let mode = fs::Permissions::from_mode(0o711);
        fs::set_permissions(dir, mode).map_err(|e| fail(dir, e))?;
    }
    let result = own.join("result.json");
    Ok(Folders { job_state, result })
}

/// What every program is given (PRODUCT section 4).
fn contract(
    order: &Order,
    places: &Places,
    job_state: &Path,
    result: &Path,
) -> Vec<(OsString, OsString)> {
    let text = |name: &str, value: String| (OsString::from(name), OsString::from(value));
    let budget = order
        .budget_remaining
        .map(|left| text("JOBSD_BUDGET_REMAINING", left.to_string()));
    let fixed = vec![
        text("JOBSD_JOB_ID", order.job_id.to_string()),
        text("JOBSD_RUN_ID", order.run_id.to_string()),
        text("JOBSD_ATTEMPT", order.attempt.to_string()),
        text("JOBSD_TRIGGER", order.trigger.as_str().to_owned()),
        text("JOBSD_SCHEDULED_AT", rfc3339(order.scheduled_at)),
        text("JOBSD_TIMEZONE", order.timezone.clone()),
        text("JOBSD_DRY_RUN", u8::from(order.dry_run).to_string()),
        ("JOBSD_STATE_DIR".into(), places.state_dir.clone().into()),
        ("JOBSD_JOB_STATE".into(), job_state.into()),
        ("JOBSD_RESULT".into(), result.as_os_str().to_owned()),
        ("JOBSD_BASE_DIR".into(), places.base_dir.clone().into()),
        (zones::VARIABLE.into(), zones::told().into()),
        text("JOBSD_DAEMON", own_mark()),
    ];
    fixed.into_iter().chain(budget).collect()
}
