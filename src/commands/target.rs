//! What a word on the command line names: a job, or one of its runs.

use crate::commands::context::Context;
use crate::commands::exit::Failure;
use crate::commands::offline;
use crate::commands::online::Daemon;
use crate::commands::records::Records;
use crate::model::job::JobId;
use crate::model::run::RunRecord;
use crate::model::run_id::RunId;
use crate::model::run_prefix::RunPrefix;
use crate::shell::control::Request;
use crate::shell::journal::query::filter::Filter;
use crate::shell::journal::query::sought::Sought;
use crate::text::{Lang, Text, control};

/// A job, or a run of one.
pub(super) enum Target {
    /// A job that the history or a file knows.
    Job(JobId),
    /// A run.
    Run(Box<RunRecord>),
}

impl Target {
    /// Finds it: a whole id of a run, a job, or the beginning of a run's id, in this order.
    ///
    /// # Errors
    /// [`Failure`] where there is neither, or several runs begin so.
    pub(super) fn find(
        text: &str,
        records: &Records<'_>,
        context: &Context<'_>,
    ) -> Result<Target, Failure> {
        let job_id = JobId::new(text);
        if let Some(id) = job_id.as_ref().filter(|_| RunId::parse(text).is_none())
            && (is_known(records, id)? || is_declared(text, context))
        {
            return Ok(Target::Job(id.clone()));
        }
        match records.seek(text)? {
            Sought::Run(run) => Ok(Target::Run(run)),
            Sought::Several(ids) => Err(Failure::usage(&several(text, &ids))),
            Sought::Nothing => Err(unknown(text, context)),
        }
    }
}

/// Whether the history has a record of a job.
fn is_known(records: &Records<'_>, job_id: &JobId) -> Result<bool, Failure> {
    let filter = Filter {
        job_id: Some(job_id.clone()),
        ..Filter::default()
    };
    Ok(!records.page(&filter, None, 1)?.records.is_empty())
}

/// Whether a job is in the files here, or known to the server that is asked.
fn is_declared(id: &str, context: &Context<'_>) -> bool {
    if matches!(context.daemon, Daemon::There(_)) {
        let job_id = Some(id.to_owned());
        return context.ask(&Request::Status { job_id }).is_ok();
    }
    let jobs = offline::load(&context.layout.jobs, &context.settings());
    jobs.is_ok_and(|loaded| loaded.jobs.iter().any(|job| job.id.as_str() == id))
}

/// Neither a job nor a run: the nearest job of the files, where there is one.
fn unknown(text: &str, context: &Context<'_>) -> Failure {
    if RunId::parse(text).is_some() {
        return Failure::usage(&control::no_such_run(text));
    }
    let failure = no_job(text, context);
    let is_near = |sentence: &Text| sentence.en != control::no_job(text, None).en;
    match failure {
        // No job has nearly that id, and a run may well begin so.
        Failure::Said(exit, sentence)
            if RunPrefix::parse(text).is_some() && !is_near(&sentence) =>
        {
            Failure::Said(exit, control::no_job_or_run(text))
        }
        other => other,
    }
}

/// There is no such job: the nearest one, where there is one.
fn no_job(text: &str, context: &Context<'_>) -> Failure {
    if matches!(context.daemon, Daemon::There(_)) {
        let job_id = Some(text.to_owned());
        let answer = context.ask(&Request::Status { job_id });
        return answer
            .err()
            .unwrap_or_else(|| Failure::usage(&control::no_job(text, None)));
    }
    let loaded = offline::load(&context.layout.jobs, &context.settings()).unwrap_or_default();
    if let Some(error) = loaded.errors_of(text).next() {
        let error = Text::new(error.line(Lang::En), error.line(Lang::Fr));
        return Failure::usage(&control::bad_file(text, &error));
    }
    let jobs = loaded.jobs;
    match offline::pick(jobs, &[text.to_owned()]) {
        Err(failure) => failure,
        Ok(_) => Failure::usage(&control::no_job(text, None)),
    }
}

/// Several runs whose ids begin alike.
fn several(text: &str, ids: &[RunId]) -> Text {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    control::several_runs(text, &ids)
}
