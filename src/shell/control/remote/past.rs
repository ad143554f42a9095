//! The past of a server: its runs, what they wrote, and why they did or did not happen.

use url::form_urlencoded::Serializer;

use super::{Remote, RemoteError, network};
use crate::model::job::JobId;
use crate::model::run::RunRecord;
use crate::model::run_id::RunId;
use crate::shell::journal::query::filter::Filter;
use crate::time::{Timestamp, rfc3339};
use crate::view::answer::RunPage;
use crate::view::answer::run::RunAnswer;
use crate::view::answer::why::Explanation;

/// Bytes of output asked for at once.
const PIECE_BYTES: u64 = 1 << 20;
/// Runs in a page at most.
const PAGE_MAX: usize = 500;

/// Some runs of a server, newest first.
#[derive(Debug)]
pub struct RunsPage {
    /// The runs.
    pub records: Vec<RunRecord>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Remote {
    /// Up to `limit` matching runs, newest first.
    ///
    /// # Errors
    /// [`RemoteError`]
    pub fn runs(
        &self,
        filter: &Filter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<RunsPage, RemoteError> {
        let mut query = Serializer::new(String::new());
        query.append_pair("limit", &limit.clamp(1, PAGE_MAX).to_string());
        let pairs = [
            ("job_id", filter.job_id.as_ref().map(ToString::to_string)),
            ("status", filter.status.map(|it| it.as_str().to_owned())),
            ("trigger", filter.trigger.map(|it| it.as_str().to_owned())),
            ("since", filter.since.map(rfc3339)),
            ("until", filter.until.map(rfc3339)),
            ("cursor", cursor.map(str::to_owned)),
        ];
        for (key, value) in pairs {
            query.extend_pairs(value.map(|value| (key, value)));
        }
        let page: RunPage = self.get(&format!("scheduler/runs?{}", query.finish()))?;
        Ok(RunsPage {
            records: page.runs.iter().map(|run| run.record().clone()).collect(),
            next: page.next_cursor,
        })
    }

    /// The run with an id, or the only one whose id begins so; `None` where there is none.
    ///
    /// # Errors
    /// [`RemoteError`]
    pub fn find_run(&self, id: &str) -> Result<Option<RunRecord>, RemoteError> {
        // Only what may be an id goes into an address.
        if !id.chars().all(|c| c.is_ascii_hexdigit() || c == '-') {
            return Ok(None);
        }
        let run: Option<RunAnswer> = there(self.get(&format!("scheduler/runs/{id}")))?;
        Ok(run.map(|run| run.record().clone()))
    }

    /// Why runs of a job did or did not happen; `None` where the server never heard of it.
    ///
    /// # Errors
    /// [`RemoteError`]
    pub fn why(&self, id: &JobId, at: Timestamp) -> Result<Option<Explanation>, RemoteError> {
        let path = format!("scheduler/jobs/{id}/why?at={}", rfc3339(at));
        there(self.get(&path))
    }

    /// What a run wrote, from a byte on, as it is kept; empty at the end, `None` where nothing is
    /// kept.
    ///
    /// # Errors
    /// [`RemoteError`]
    pub fn output(&self, id: RunId, from: u64) -> Result<Option<Vec<u8>>, RemoteError> {
        let url = self.url(&format!("scheduler/runs/{id}/output"))?;
        let range = format!("bytes={from}-{}", from + PIECE_BYTES - 1);
        let request = self.agent.get(url.as_str()).header("Range", range);
        let failed = |error: ureq::Error| self.no_server(network::request_failed(&error));
        let mut answer = request.call().map_err(failed)?;
        match answer.status().as_u16() {
            416 => Ok(Some(Vec::new())),
            200 | 206 => {
                let body = answer.body_mut().with_config().limit(2 * PIECE_BYTES);
                let bytes = body.read_to_vec();
                bytes.map(Some).map_err(failed)
            }
            _ => Ok(there(self.read(Ok(answer)))?.map(|_| Vec::new())),
        }
    }
}

/// An answer, where not found is no failure.
fn there<T>(answer: Result<T, RemoteError>) -> Result<Option<T>, RemoteError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(RemoteError::Missing(..)) => Ok(None),
        Err(error) => Err(error),
    }
}
