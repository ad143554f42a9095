//! Where a command reads the past: in the files of this machine, or on a server.

use std::path::Path;

use crate::commands::context::Context;
use crate::commands::exit::Failure;
use crate::commands::online::{self, Daemon};
use crate::model::job::JobId;
use crate::model::run::RunRecord;
use crate::model::run_id::RunId;
use crate::page::output;
use crate::shell::control::remote::Remote;
use crate::shell::control::remote::past::RunsPage;
use crate::shell::journal::query::filter::Filter;
use crate::shell::journal::query::sought::Sought;
use crate::shell::journal::query::{Cursor, History};
use crate::shell::journal::why;
use crate::shell::process::output_end;
use crate::text::command_errors as words;
use crate::time::Timestamp;
use crate::view::answer::why::Explanation;

/// The past.
pub(super) enum Records<'a> {
    /// Of this machine.
    Here(Box<History>, &'a Path),
    /// Of a server.
    There(&'a Remote),
}

impl<'a> Records<'a> {
    /// Those that the context names.
    pub(super) fn of(context: &'a Context<'_>) -> Records<'a> {
        Records::from(&context.daemon, context.state())
    }

    /// Those of a daemon, or of a state directory of this machine.
    pub(super) fn from(daemon: &'a Daemon, state: &'a Path) -> Records<'a> {
        match daemon {
            Daemon::There(remote) => Records::There(remote),
            Daemon::Here(_) => Records::Here(Box::new(History::new(state)), state),
        }
    }

    /// Up to `limit` matching runs, newest first.
    pub(super) fn page(
        &self,
        filter: &Filter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<RunsPage, Failure> {
        let history = match self {
            Records::There(remote) => {
                return remote
                    .runs(filter, cursor, limit)
                    .map_err(online::of_remote);
            }
            Records::Here(history, _) => history,
        };
        let read =
            |text| Cursor::parse(text).ok_or_else(|| Failure::usage(&words::not_a_cursor(text)));
        let page = history.page(filter, cursor.map(read).transpose()?, limit)?;
        Ok(RunsPage {
            records: page.records,
            next: page.next.map(|next| next.to_string()),
        })
    }

    /// The run with an id, or the only one whose id begins so.
    pub(super) fn seek(&self, text: &str) -> Result<Sought, Failure> {
        match self {
            Records::Here(history, _) => Ok(history.seek(text)?),
            Records::There(remote) => {
                let run = remote.find_run(text).map_err(online::of_remote)?;
                Ok(run.map_or(Sought::Nothing, |run| Sought::Run(Box::new(run))))
            }
        }
    }

    /// One run.
    pub(super) fn run(&self, id: RunId) -> Result<Option<RunRecord>, Failure> {
        match self {
            Records::Here(history, _) => Ok(history.run(id)?),
            Records::There(remote) => remote.find_run(&id.to_string()).map_err(online::of_remote),
        }
    }

    /// Why runs of a job did or did not happen; `None` where nobody ever heard of it.
    pub(super) fn why(
        &self,
        id: &JobId,
        (at, now): (Timestamp, Timestamp),
    ) -> Result<Option<Explanation>, Failure> {
        match self {
            Records::There(remote) => remote.why(id, at).map_err(online::of_remote),
            Records::Here(history, state) => {
                let mut answer = why::explain(state, history, id, (at, now))?;
                if let Some(answer) = &mut answer {
                    quote(answer, state);
                }
                Ok(answer)
            }
        }
    }

    /// The same of one run.
    pub(super) fn why_run(
        &self,
        run: RunRecord,
        (at, now): (Timestamp, Timestamp),
    ) -> Result<Option<Explanation>, Failure> {
        let answer = self.why(&run.job_id, (at, now))?;
        let mut answer = answer.map(|answer| answer.of_run(run));
        if let (Records::Here(_, state), Some(answer)) = (self, &mut answer) {
            quote(answer, state);
        }
        Ok(answer)
    }
}

/// Adds the last line that the run wrote which is the reason.
fn quote(answer: &mut Explanation, state: &Path) {
    answer.quote(|id| output_end::end(state, id, output::LAST_BYTES_MAX).bytes);
}
