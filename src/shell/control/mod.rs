//! Control: run, pause, resume, cancel, reload. The only way in that sends an input, and a router
//! of its own: over the unix socket, and over TCP where `jobsd.yaml` says so.

pub mod remote;
pub mod socket;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use crate::model::event::Actor;
use crate::model::refusal::Refusal;
use crate::shell::clock;
use crate::shell::notices;
use crate::shell::zones;
use crate::text::near::nearest;
use crate::time::Timestamp;
use crate::view::answer::in_force::InForceAnswer;
use crate::view::answer::job::{JobAnswer, JobsAnswer};
use crate::view::answer::run::RunAnswer;
use crate::view::answer::status::{Machine, Notice, StatusAnswer};
use crate::view::drift;
use crate::view::status::{Shared, Status};

/// Longest pause that lifts by itself after a span: ten years.
pub const PAUSE_SECS_MAX: u64 = 3_660 * 86_400;
/// Longest time from TERM to KILL: that of `kill_grace`.
pub const GRACE_SECS_MAX: u64 = 86_400;

/// A request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "lowercase", deny_unknown_fields)]
pub enum Request {
    /// The daemon, or one job.
    Status {
        /// The job.
        #[serde(default)]
        job_id: Option<String>,
    },
    /// Every job.
    Jobs,
    /// A run in progress, or the last one of its job that ended; the history says the others.
    Show {
        /// The run.
        run_id: String,
    },
    /// Run a job now.
    Run {
        /// The job.
        job_id: String,
        /// Leave outside effects out.
        #[serde(default)]
        dry_run: bool,
    },
    /// Let nothing of a job be due.
    Pause {
        /// The job.
        job_id: String,
        /// Why.
        #[serde(default)]
        reason: Option<String>,
        /// When it lifts by itself.
        #[serde(default)]
        until: Option<Timestamp>,
        /// The same as a span from now on, by the daemon's clock; `until` wins.
        #[serde(default)]
        for_secs: Option<u64>,
    },
    /// Lift a pause.
    Resume {
        /// The job.
        job_id: String,
    },
    /// Pause or resume, by the plan's word.
    Toggle {
        /// The job.
        job_id: String,
        /// `true`: resume.
        enabled: bool,
    },
    /// End a run.
    Cancel {
        /// The run.
        run_id: String,
        /// From TERM to KILL, where another time than the job's is wanted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grace_secs: Option<u64>,
    },
    /// Read the job files now.
    Reload,
    /// File and digest of every active job, or the definition of one.
    InForce {
        /// The job.
        #[serde(default)]
        job_id: Option<String>,
    },
}

/// What a request is answered.
pub type Answer = Result<Value, Refusal>;

/// A request on its way to the loop: what, who, and where its answer goes.
pub type Call = (Request, Actor, oneshot::Sender<Answer>);

/// Answers a request: reads from what is shown, all else by way of the loop.
///
/// # Errors
/// [`Refusal`]
pub async fn answer(
    request: Request,
    by: Actor,
    shared: &Shared,
    inbox: &mpsc::Sender<Call>,
) -> Answer {
    begun(shared, &request)?;
    match &request {
        Request::Status { job_id: None } => return Ok(json!(daemon(shared))),
        Request::Status { job_id: Some(id) } => return Ok(json!(job(shared, id)?)),
        Request::Jobs => return Ok(json!(JobsAnswer::of(&shared.read(), clock::now()))),
        Request::InForce { job_id: None } => return Ok(json!(InForceAnswer::of(&shared.read()))),
        Request::InForce { job_id: Some(id) } => return definition(shared, id),
        Request::Show { run_id } => return run(shared, run_id),
        Request::Run { job_id, .. }
        | Request::Pause { job_id, .. }
        | Request::Resume { job_id }
        | Request::Toggle { job_id, .. } => drop(job(shared, job_id)?),
        Request::Cancel { .. } | Request::Reload => {}
    }
    let (sender, receiver) = oneshot::channel();
    let call = inbox.send((request, by, sender));
    call.await.map_err(|_| Refusal::Stopping)?;
    receiver.await.map_err(|_| Refusal::Stopping)?
}

/// Refuses whatever asks for jobs or changes something of a daemon that cannot begin: it knows no
/// job yet, and carries nothing out later.
fn begun(shared: &Shared, request: &Request) -> Result<(), Refusal> {
    let status = shared.read();
    let is_answered = matches!(request, Request::Status { job_id: None });
    let cause = status.health.get("history").or(status.health.get("disk"));
    let Some(cause) = cause.filter(|_| !status.is_ready) else {
        return Ok(());
    };
    if is_answered {
        return Ok(());
    }
    Err(Refusal::Unwritable {
        cause: cause.clone(),
    })
}

fn job(shared: &Shared, id: &str) -> Result<JobAnswer, Refusal> {
    let status = shared.read();
    let shown = status.jobs.get(id).filter(|job| job.present);
    shown
        .and_then(|job| JobAnswer::with_last_run(job, clock::now()))
        .map(|job| job.with_errors(&status))
        .ok_or_else(|| {
            let known = status.jobs.keys().map(|id| id.as_str());
            Refusal::NoJob {
                job_id: id.to_owned(),
                near: nearest(id, known).map(str::to_owned),
                errors: drift::errors_of(&status, id),
            }
        })
}

/// The definition of a job, as its file gives it.
fn definition(shared: &Shared, id: &str) -> Answer {
    let status = shared.read();
    let job = status.jobs.get(id).filter(|job| job.present);
    let job = job.and_then(|status| status.job.as_ref());
    job.map(|job| job.definition.value())
        .ok_or_else(|| Refusal::NoJob {
            job_id: id.to_owned(),
            near: None,
            errors: drift::errors_of(&status, id),
        })
}

/// The record of a run, as far as it is shown.
fn run(shared: &Shared, run_id: &str) -> Answer {
    let status = shared.read();
    let found = status.jobs.values().find_map(|job| {
        let running = job.running.values();
        let mut known = running.chain(job.last_final.iter());
        known.find(|run| run.id.to_string() == run_id).cloned()
    });
    let found = found.ok_or(Refusal::NoRun {
        run_id: run_id.to_owned(),
    })?;
    Ok(json!(RunAnswer::of(&found)))
}

/// The daemon on one screen.
pub fn daemon(shared: &Shared) -> StatusAnswer {
    let status = shared.read();
    let present = status.jobs.values().filter(|job| job.present);
    let in_use = present.filter_map(|job| Some(&*job.job.as_ref()?.timezone));
    let machine = Machine {
        zone_data: zones::version(),
        zones: zones::facts(in_use),
        notices: notices(&status),
    };
    StatusAnswer::of(&status, machine, clock::now())
}

/// What keeps edits from being seen, as the machine is now.
pub fn notices(status: &Status) -> Vec<Notice> {
    let (jobs, config) = &status.places;
    notices::of(jobs, config, status.commit.is_none())
}

#[cfg(test)]
mod tests {
    use super::{Request, begun};
    use crate::model::refusal::Refusal;
    use crate::view::status::Shared;

    #[test]
    fn a_daemon_that_could_not_begin_gives_the_cause() {
        let shared = Shared::default();
        let asked = Request::Reload;
        assert_eq!(begun(&shared, &asked), Ok(()), "it is about to begin");
        for cause in ["disk", "history"] {
            shared.update(|status| {
                status.health.clear();
                status.health.insert(cause, "the disk is full".to_owned());
            });
            for request in [Request::Reload, Request::Jobs] {
                let refusal = Refusal::Unwritable {
                    cause: "the disk is full".to_owned(),
                };
                assert_eq!(begun(&shared, &request), Err(refusal), "{cause}");
            }
            let status = Request::Status { job_id: None };
            assert_eq!(begun(&shared, &status), Ok(()), "it says how it is");
        }
        shared.update(|status| status.is_ready = true);
        assert_eq!(begun(&shared, &asked), Ok(()), "it has begun");
    }
}
