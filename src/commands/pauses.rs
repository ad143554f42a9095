//! `pause` and `resume`: the override of one job, or of all.

use std::io;

use serde_json::{Value, json};

use crate::commands::control::Stage;
use crate::commands::online::ask;
use crate::shell::control::Request;
use crate::text::{Text, requests};
use crate::time::{SignedDuration, Timestamp};

/// When a pause ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Not at all.
    Never,
    /// At this instant.
    At(Timestamp),
    /// After this span, counted from when the daemon hears of it.
    After(SignedDuration),
}

/// `jobsd pause`; every job that is not paused where none is named.
///
/// # Errors
/// When the output cannot be written.
pub fn pause(
    id: Option<&str>,
    end: End,
    reason: Option<String>,
    stage: &mut Stage<'_>,
) -> io::Result<u8> {
    let (until, lasts) = match end {
        End::Never => (None, None),
        End::At(at) => (Some(at), None),
        End::After(span) => (None, Some(span)),
    };
    let screen = stage.screen;
    let request = |id: &str| Request::Pause {
        job_id: id.to_owned(),
        reason: reason.clone(),
        until,
        for_secs: lasts.and_then(|span| u64::try_from(span.as_secs()).ok()),
    };
    // A span ends by the daemon's clock: its answer says when.
    let told = |id: &str, answer: &Value| {
        let until = answer["pause"]["until"].as_str();
        let until = until.and_then(|text| text.parse::<Timestamp>().ok());
        requests::paused(id, until.map(|until| screen.short(until)).as_deref())
    };
    let code = match id {
        Some(id) => stage.answer(&request(id), |answer| told(id, answer))?,
        None => all(false, &request, &told, stage)?,
    };
    if code == 0 && end == End::Never && stage.screen.takes_hints() {
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
        None => all(true, &request, &|id, _| requests::resumed(id), stage),
    }
}

/// Asks for each job that is paused, or for each that is not. One that is refused does not keep the others from it; the exit
/// code is that of the first refusal.
fn all(
    paused: bool,
    request: &dyn Fn(&str) -> Request,
    told: &dyn Fn(&str, &Value) -> Text,
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
            Ok(answer) => {
                writeln!(stage.out, "{}", told(id, &answer).get(stage.screen.lang))?;
            }
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
