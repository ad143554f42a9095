//! `pause` and `resume`: the override of one job, or of all.

use std::io;

use serde_json::{Value, json};

use crate::commands::online::ask;
use crate::commands::run::Stage;
use crate::shell::control::Request;
use crate::text::{Text, requests};
use crate::time::Timestamp;

/// `jobsd pause`; every job that is not paused where none is named.
///
/// # Errors
/// When the output cannot be written.
pub fn pause(
    id: Option<&str>,
    until: Option<Timestamp>,
    reason: Option<String>,
    stage: &mut Stage<'_>,
) -> io::Result<u8> {
    let shown = until.map(|until| stage.screen.short(until));
    let request = |id: &str| Request::Pause {
        job_id: id.to_owned(),
        reason: reason.clone(),
        until,
    };
    let told = |id: &str| requests::paused(id, shown.as_deref());
    let code = match id {
        Some(id) => stage.answer(&request(id), |_| told(id))?,
        None => all(false, &request, &told, stage)?,
    };
    if code == 0 && until.is_none() && stage.screen.takes_hints() {
        let hint = requests::pause_hint(id.unwrap_or("--all"));
        writeln!(stage.err, "{}", hint.get(stage.screen.lang))?;
    }
    Ok(code)
}

/// `jobsd resume`; every job that is paused where none is named.
///
/// # Errors
/// When the output cannot be written.
pub fn resume(id: Option<&str>, stage: &mut Stage<'_>) -> io::Result<u8> {
    let request = |id: &str| Request::Resume {
        job_id: id.to_owned(),
    };
    match id {
        Some(id) => stage.answer(&request(id), |_| requests::resumed(id)),
        None => all(true, &request, &requests::resumed, stage),
    }
}

/// Asks for each job that is paused, or for each that is not. One that is refused does not keep the others from it; the exit
/// code is that of the first refusal.
fn all(
    paused: bool,
    request: &dyn Fn(&str) -> Request,
    told: &dyn Fn(&str) -> Text,
    stage: &mut Stage<'_>,
) -> io::Result<u8> {
    let answer = match ask(stage.daemon, &Request::Jobs) {
        Ok(answer) => answer,
        Err(failure) => return Ok(stage.fail(&failure)),
    };
    let jobs = answer["jobs"].as_array().into_iter().flatten();
    let wanted = jobs.filter(|job| job["paused"] == paused);
    let ids: Vec<&str> = wanted.filter_map(|job| job["id"].as_str()).collect();
    let (mut done, mut code): (Vec<Value>, u8) = (Vec::new(), 0);
    for id in &ids {
        match ask(stage.daemon, &request(id)) {
            Ok(job) if stage.as_json => done.push(job),
            Ok(_) => writeln!(stage.out, "{}", told(id).get(stage.screen.lang))?,
            Err(failure) => {
                let refused = stage.fail(&failure);
                code = if code == 0 { refused } else { code };
            }
        }
    }
    if stage.as_json {
        let document = json!({"schema": "jobsd.answer/v1", "answer": {"jobs": done}});
        writeln!(stage.out, "{document}")?;
    } else if ids.is_empty() {
        let nothing = requests::none_to_change(paused);
        writeln!(stage.out, "{}", nothing.get(stage.screen.lang))?;
    }
    Ok(code)
}
