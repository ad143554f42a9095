//! What the loop does with requests: each is an input, or a few, and its answer.

use serde_json::{Value, json};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::Daemon;
use crate::core::job_ledger::RunState;
use crate::core::{Answer, Input};
use crate::model::event::{Actor, Asked, Paused, Verb};
use crate::model::job::{Cause, JobId};
use crate::model::refusal::Refusal;
use crate::model::run_id::RunId;
use crate::model::run_prefix::RunPrefix;
use crate::shell::control::{self, Call, GRACE_SECS_MAX, PAUSE_SECS_MAX, Request};
use crate::shell::watch::{Ask, Waiting};
use crate::text::control::RUNS_NAMED_MAX;
use crate::text::visible;
use crate::time::{SignedDuration, Timestamp, rfc3339};
use crate::view::answer::{self, job::JobAnswer};
use crate::view::drift;

/// When a pause ends by itself: at an instant, or after a span by the daemon's clock; the instant
/// wins.
#[derive(Clone, Copy, Debug, Default)]
struct PauseEnd {
    until: Option<Timestamp>,
    for_secs: Option<u64>,
}

/// Characters kept of the reason of a pause.
const REASON_MAX: usize = 500;

impl Daemon {
    pub(super) async fn call(&mut self, (request, by, answer): Call) {
        if let Some(refusal) = self.unwritable() {
            // A caller that went away needs no answer.
            let _ = answer.send(Err(refusal));
            return;
        }
        let result = match request {
            Request::Reload => return self.reload(by, answer).await,
            Request::Run { job_id, dry_run } => self.run_now(by, job_id, dry_run).await,
            Request::Cancel { run_id, grace_secs } => self.cancel(by, &run_id, grace_secs).await,
            Request::Pause {
                job_id,
                reason,
                until,
                for_secs,
            } => {
                let end = PauseEnd { until, for_secs };
                self.pause(by, &job_id, reason, end).await
            }
            Request::Resume { job_id } => self.resume(by, &job_id).await,
            Request::Toggle { job_id, enabled } => self.toggle(by, &job_id, enabled).await,
            Request::Status { .. }
            | Request::Jobs
            | Request::Show { .. }
            | Request::InForce { .. } => {
                unreachable!("reads are answered from what is shown")
            }
        };
        let result = result.map_err(|refusal| self.with_errors(refusal));
        // A caller that went away needs no answer.
        let _ = answer.send(result);
    }

    /// That a job is unknown may be due to its file.
    fn with_errors(&self, mut refusal: Refusal) -> Refusal {
        if let Refusal::NoJob { job_id, errors, .. } = &mut refusal {
            *errors = drift::errors_of(&self.shared.read(), job_id);
        }
        refusal
    }

    /// The answer comes when the files are taken over; the loop does not wait for it.
    async fn reload(&mut self, by: Actor, answer: oneshot::Sender<control::Answer>) {
        let asked = self.asked(Verb::Reload, by, None, None);
        self.turn(vec![asked]).await;
        let seen = self.shared.read().reloads_seen;
        let (cause, answer) = (Cause::Request, Some(Waiting { answer, seen }));
        if let Err(error) = self.asks.try_send(Ask { cause, answer })
            && let Some(waiting) = error.into_inner().answer
        {
            // A caller that went away needs no answer.
            let _ = waiting.answer.send(Err(Refusal::ReloadUnderWay));
        }
    }

    async fn run_now(&mut self, by: Actor, job_id: String, dry_run: bool) -> control::Answer {
        let id = known(&job_id)?;
        let job = self.scheduler.job(&id);
        if dry_run && job.is_some_and(|job| job.bot.is_command) {
            return Err(Refusal::NoDryRun { job_id });
        }
        let run_id = RunId::from_uuid(Uuid::now_v7());
        let asked = self.asked(Verb::Run, by, Some(id.clone()), Some(run_id));
        let run = Input::RunRequested {
            run_id,
            job_id: id,
            dry_run,
        };
        words(self.turn(vec![asked, run]).await)
    }

    /// The run in progress with an id, or the only one whose id begins so.
    fn live(&self, run_id: &str) -> Result<(RunId, &RunState), Refusal> {
        let ledger = self.scheduler.ledger();
        let refused = run_id.to_owned();
        let found: Vec<&RunState> = match (RunId::parse(run_id), RunPrefix::parse(run_id)) {
            (Some(id), _) => ledger.run(&id).into_iter().collect(),
            (None, Some(prefix)) => {
                let begins = |run: &&RunState| prefix.begins(run.record.id);
                ledger.runs().filter(begins).collect()
            }
            (None, None) => return Err(Refusal::NotARunId { run_id: refused }),
        };
        match found[..] {
            [] => Err(Refusal::NoRun { run_id: refused }),
            [run] => Ok((run.record.id, run)),
            _ => Err(Refusal::SeveralRuns {
                run_id: refused,
                runs: found
                    .iter()
                    .map(|run| run.record.id.to_string())
                    .take(RUNS_NAMED_MAX + 1)
                    .collect(),
            }),
        }
    }

    async fn cancel(
        &mut self,
        by: Actor,
        run_id: &str,
        grace_secs: Option<u64>,
    ) -> control::Answer {
        let (id, run) = self.live(run_id)?;
        let job_id = run.record.job_id.clone();
        let asked = self.asked(Verb::Cancel, by, Some(job_id), Some(id));
        // No run is waited for longer than the longest that its job could ask for.
        let grace_secs = grace_secs.map(|secs| secs.min(GRACE_SECS_MAX));
        let cancel = Input::CancelRequested {
            run_id: id,
            grace_secs,
        };
        words(self.turn(vec![asked, cancel]).await)
    }

    async fn pause(
        &mut self,
        by: Actor,
        job_id: &str,
        reason: Option<String>,
        end: PauseEnd,
    ) -> control::Answer {
        let at = self.clock.now();
        let span = end.for_secs.filter(|_| end.until.is_none());
        let span =
            span.map(|secs| SignedDuration::from_secs(secs.min(PAUSE_SECS_MAX).cast_signed()));
        let until = end
            .until
            .or(span.and_then(|span| at.checked_add(span).ok()));
        let pause = Paused {
            at,
            job_id: known(job_id)?,
            by,
            reason: reason.map(|text| visible(&text.chars().take(REASON_MAX).collect::<String>())),
            until,
            is_span: span.is_some(),
        };
        words(self.turn(vec![Input::PauseRequested(pause)]).await)?;
        Ok(self.shown(job_id))
    }

    async fn resume(&mut self, by: Actor, job_id: &str) -> control::Answer {
        let id = known(job_id)?;
        let input = Input::ResumeRequested { job_id: id, by };
        words(self.turn(vec![input]).await)?;
        Ok(self.shown(job_id))
    }

    /// Sets or lifts a pause; what the file disables stays so.
    async fn toggle(&mut self, by: Actor, job_id: &str, enabled: bool) -> control::Answer {
        if !enabled {
            return self.pause(by, job_id, None, PauseEnd::default()).await;
        }
        let job = self.scheduler.job(&known(job_id)?);
        if let Some(job) = job.filter(|job| !job.enabled) {
            return Err(Refusal::Disabled {
                job_id: job_id.to_owned(),
                file: job.file.to_string(),
            });
        }
        self.resume(by, job_id).await
    }

    fn asked(
        &mut self,
        verb: Verb,
        by: Actor,
        job_id: Option<JobId>,
        run_id: Option<RunId>,
    ) -> Input {
        Input::Asked(Asked {
            at: self.clock.look().now,
            verb,
            by,
            job_id,
            run_id,
        })
    }

    fn shown(&self, job_id: &str) -> Value {
        let status = self.shared.read();
        let now = self.clock.now();
        let job = status.jobs.get(job_id);
        json!(job.and_then(|job| JobAnswer::of(job, now)))
    }
}

fn known(job_id: &str) -> Result<JobId, Refusal> {
    JobId::new(job_id).ok_or_else(|| no_job(job_id))
}

fn no_job(job_id: &str) -> Refusal {
    Refusal::NoJob {
        job_id: job_id.to_owned(),
        near: None,
        errors: Vec::new(),
    }
}

fn words(answer: Option<Answer>) -> control::Answer {
    match answer {
        Some(Answer::Accepted(run_id)) => Ok(json!(answer::run::Accepted { run_id })),
        Some(Answer::Done) | None => Ok(Value::Null),
        Some(Answer::Past(until)) => Err(Refusal::Past {
            until: rfc3339(until),
        }),
        Some(Answer::NoJob(id)) => Err(no_job(id.as_str())),
        Some(Answer::NoRun(id)) => Err(Refusal::NoRun {
            run_id: id.to_string(),
        }),
        Some(Answer::Overlap(id)) => Err(Refusal::Overlap {
            job_id: id.to_string(),
        }),
        Some(Answer::Stopping) => Err(Refusal::Stopping),
    }
}
