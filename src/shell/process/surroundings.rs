//! The clean environment and the working directory of a program, and its start failures in words.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::model::program::EnvValue;
use crate::shell::journal::make_private_dir;
use crate::shell::process::{Order, Places};
use crate::time::rfc3339;

/// Variables of the daemon that a program gets; all others stay behind.
const INHERITED: [&str; 6] = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ"];

/// The environment of an attempt.
///
/// # Errors
/// A sentence that says what is missing; never a value.
pub fn environment(
    order: &Order,
    places: &Places,
    result: &Path,
) -> Result<BTreeMap<OsString, OsString>, String> {
    refuse_unapplied(order)?;
    let mut env = BTreeMap::new();
    for (name, value) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if INHERITED.contains(&text.as_ref()) || text.starts_with("LC_") {
            env.insert(name, value);
        }
    }
    let around = &order.program.surroundings;
    if let Some(file) = &around.env_file {
        let path = places.base_dir.join(file);
        let text = fs::read_to_string(&path)
            .map_err(|e| format!("env_file {} cannot be read: {e}", path.display()))?;
        env.extend(lines(&text));
    }
    for (name, value) in &around.env {
        env.insert(name.into(), value_of(name, value, places)?);
    }
    env.extend(contract(order, places, result)?);
    Ok(env)
}

/// The working directory of an attempt.
///
/// # Errors
/// A sentence when it is not a folder.
pub fn working_dir(order: &Order, places: &Places) -> Result<PathBuf, String> {
    let dir = match &order.program.surroundings.working_dir {
        Some(dir) => places.base_dir.join(dir),
        None => places.base_dir.clone(),
    };
    if dir.is_dir() {
        return Ok(dir);
    }
    Err(format!(
        "the working directory {} does not exist: make it, or mend `working_dir`",
        dir.display()
    ))
}

/// Why a program could not be started.
pub fn start_failure(program: &Path, dir: &Path, error: &io::Error) -> String {
    let shown = program.display();
    match error
        .raw_os_error()
        .map(rustix::io::Errno::from_raw_os_error)
    {
        Some(rustix::io::Errno::NOENT) => {
            format!(
                "the program {shown} does not exist (searched from {}): install it or mend `command`",
                dir.display()
            )
        }
        Some(rustix::io::Errno::ACCESS) => {
            format!(
                "the program {shown} cannot be executed: chmod +x, or mend the permissions of its folder"
            )
        }
        Some(rustix::io::Errno::NOEXEC) => {
            format!(
                "{shown} is not a program: begin a script with #!, or run it by its interpreter"
            )
        }
        Some(rustix::io::Errno::TOOBIG) => {
            format!(
                "arguments and environment of {shown} are too large: pass data by file or stdin"
            )
        }
        Some(rustix::io::Errno::AGAIN | rustix::io::Errno::NOMEM) => {
            format!("the system refused another process for {shown}: {error}; raise its limits")
        }
        _ => format!("{shown} cannot be started: {error}"),
    }
}

/// What this version does not apply is an error before the start, never ignored.
fn refuse_unapplied(order: &Order) -> Result<(), String> {
    let around = &order.program.surroundings;
    let set = [
        ("user", around.user.is_some()),
        ("group", around.group.is_some()),
        ("umask", around.umask.is_some()),
        ("nice", around.nice.is_some()),
        ("limits", around.limits != Default::default()),
    ];
    match set.iter().find(|(_, is_set)| *is_set) {
        None => Ok(()),
        Some((key, _)) => Err(format!(
            "`{key}` cannot be applied by this version of jobsd: remove it, or set it in the program (ulimit, nice, setpriv)"
        )),
    }
}

fn value_of(name: &str, value: &EnvValue, places: &Places) -> Result<OsString, String> {
    match value {
        EnvValue::Literal(text) => Ok(text.into()),
        EnvValue::FromEnv(source) => std::env::var_os(source)
            .ok_or_else(|| format!("env.{name}: the daemon's environment has no {source}")),
        EnvValue::FromFile(path) => {
            let path = places.base_dir.join(path);
            let text = fs::read_to_string(&path)
                .map_err(|e| format!("env.{name}: {} cannot be read: {e}", path.display()))?;
            Ok(text.strip_suffix('\n').unwrap_or(&text).into())
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = (OsString, OsString)> {
    let content = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'));
    content
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| {
            let value = value.trim();
            let bare = value
                .strip_prefix('"')
                .and_then(|v| v.strip_suffix('"'))
                .unwrap_or(value);
            (name.trim().into(), bare.into())
        })
}

/// What every program is given (PRODUCT section 4).
fn contract(
    order: &Order,
    places: &Places,
    result: &Path,
) -> Result<Vec<(OsString, OsString)>, String> {
    let job_state = places.state_dir.join("bots").join(order.job_id.as_str());
    for dir in [Some(job_state.as_path()), result.parent()]
        .into_iter()
        .flatten()
    {
        make_private_dir(dir).map_err(|e| format!("{} cannot be made: {e}", dir.display()))?;
    }
    let text = |name: &str, value: String| (OsString::from(name), OsString::from(value));
    Ok(vec![
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
    ])
}
