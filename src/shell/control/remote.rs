//! The daemon of another machine, over HTTP: reads by its read-only routes, changes by those of
//! control, which a token opens.

pub mod past;

use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Response;
use url::Url;

use crate::model::diagnostic::Severity;
use crate::model::digest::Digest;
use crate::model::job::JobId;
use crate::model::refusal::{Kind, Refusal};
use crate::model::run_prefix::RunPrefix;
use crate::shell::client::client;
use crate::shell::control::Request;
use crate::shell::network;
use crate::text::near::nearest;
use crate::text::{Lang, Text, control as words, visible};
use crate::time::rfc3339;
use crate::view::answer::Detail;
use crate::view::answer::finding::FindingAnswer;
use crate::view::answer::in_force::{InForceAnswer, Version};
use crate::view::answer::job::{JobAnswer, JobsAnswer};
use crate::view::drift::is_file_of;

/// Longest wait for an answer; a reload of many files takes its time.
const ANSWER_MAX: Duration = Duration::from_secs(20);
/// Longest wait for a connection to this machine.
const CONNECT_MAX: Duration = Duration::from_millis(500);
/// Longest answer.
const BYTES_MAX: u64 = 64 << 20;

/// A server, and what opens it.
#[derive(Debug)]
pub struct Remote {
    base: Url,
    token_file: Option<PathBuf>,
    lang: Lang,
    agent: Agent,
}

/// Why a server gave no answer.
#[derive(Debug)]
pub enum RemoteError {
    /// It cannot be reached, or what answers is not jobsd.
    NoServer(String, Text),
    /// The token file cannot be read.
    NoToken(PathBuf, std::io::Error),
    /// It has no control.
    ReadOnly(String),
    /// It wants a token, or another one; the file that was used.
    Locked(String, Option<PathBuf>),
    /// It has no such thing.
    Missing(String, Text),
    /// It refused, for a reason that is known here.
    Refused(Refusal),
    /// It refused, in its own words.
    Told(String, Kind),
}

type Answer = Result<Value, RemoteError>;

/// What is needed of a job: a newer server may say the rest otherwise.
#[derive(Debug, Deserialize)]
struct Active {
    id: JobId,
    #[serde(default)]
    file: Arc<str>,
    #[serde(default)]
    digest: Digest,
}

/// The same of what was read of the files.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    revision: Option<Arc<str>>,
    restart_needed: Vec<String>,
    diagnostics: Vec<FindingAnswer>,
}

impl Remote {
    /// A server by its address; `None` where that is none. `host:port` is one without TLS.
    pub fn new(address: &str, token_file: Option<PathBuf>, lang: Lang) -> Option<Remote> {
        let full = if address.contains("://") {
            address.to_owned()
        } else {
            format!("http://{address}")
        };
        let mut base = Url::parse(&full).ok()?;
        let is_web = matches!(base.scheme(), "http" | "https");
        let is_bare = base.query().is_none() && base.fragment().is_none();
        let is_plain = base.username().is_empty() && base.password().is_none();
        if !(is_web && is_bare && is_plain && base.has_host()) {
            return None;
        }
        let path = format!("{}/", base.path().trim_end_matches('/'));
        base.set_path(&path);
        let name = concat!("jobsd/", env!("CARGO_PKG_VERSION"));
        Some(Remote {
            base,
            token_file,
            lang,
            agent: client(Vec::new(), ANSWER_MAX, name),
        })
    }

    /// Its address.
    pub fn address(&self) -> &str {
        self.base.as_str()
    }

    /// Asks it.
    ///
    /// # Errors
    /// [`RemoteError`]
    pub fn ask(&self, request: &Request) -> Answer {
        match request {
            Request::Status { job_id: None } => self.get("scheduler/status"),
            Request::Status { job_id: Some(id) } => self.job(id, "?last_run=true"),
            Request::Jobs => {
                let jobs = self.get("scheduler/jobs?last_run=true")?;
                let Config { diagnostics, .. } = self.get("scheduler/config")?;
                Ok(json!(JobsAnswer { jobs, diagnostics }))
            }
            Request::InForce { job_id: None } => self.in_force(),
            Request::InForce { job_id: Some(id) } => {
                let job: JobAnswer = self.job(id, "")?;
                Ok(json!(job.file_definition()))
            }
            Request::Show { run_id } => {
                let path = run_path(run_id)?;
                self.known(self.get(&path), || no_run(run_id))
            }
            Request::Cancel { run_id, grace_secs } => {
                let path = format!("{}/cancel", run_path(run_id)?);
                let answer = self.post(&path, &json!({"grace_secs": grace_secs}));
                self.known(answer, || no_run(run_id))
            }
            Request::Reload => self.post("scheduler/reload", &json!({})),
            Request::Run { job_id, dry_run } => {
                self.change(job_id, "run", &json!({"dry_run": dry_run}))
            }
            Request::Pause {
                job_id,
                reason,
                until,
                for_secs,
            } => {
                let until = until.map(rfc3339);
                let body = json!({"reason": reason, "until": until, "for_secs": for_secs});
                self.change(job_id, "pause", &body)
            }
            Request::Resume { job_id } => self.change(job_id, "resume", &json!({})),
            Request::Toggle { job_id, enabled } => {
                self.change(job_id, "toggle", &json!({"enabled": enabled}))
            }
        }
    }

    fn job<T: DeserializeOwned>(&self, id: &str, query: &str) -> Result<T, RemoteError> {
        let path = format!("{}{query}", self.job_path(id)?);
        self.known(self.get(&path), || self.no_job(id))
    }

    fn change(&self, id: &str, verb: &str, body: &Value) -> Answer {
        let path = format!("{}/{verb}", self.job_path(id)?);
        self.known(self.post(&path, body), || self.no_job(id))
    }

    fn job_path(&self, id: &str) -> Result<String, RemoteError> {
        let known = JobId::new(id).map(|id| format!("scheduler/jobs/{id}"));
        known.ok_or_else(|| RemoteError::Refused(self.no_job(id)))
    }

    /// There is no such job; the nearest one, where the server says which there are.
    fn no_job(&self, id: &str) -> Refusal {
        let jobs: Vec<Active> = self.get("scheduler/jobs").unwrap_or_default();
        let Config { diagnostics, .. } = self.get("scheduler/config").unwrap_or_default();
        let own = |found: &&FindingAnswer| {
            found.severity == Severity::Error && is_file_of(&found.path, id)
        };
        let errors = diagnostics.iter().filter(own);
        let near = nearest(id, jobs.iter().map(|job| job.id.as_str()));
        Refusal::NoJob {
            job_id: id.to_owned(),
            near: near.map(str::to_owned),
            errors: errors.map(FindingAnswer::line).collect(),
        }
    }

    /// An answer, where not found means that there is no such thing.
    fn known<T>(
        &self,
        answer: Result<T, RemoteError>,
        refusal: impl FnOnce() -> Refusal,
    ) -> Result<T, RemoteError> {
        match answer {
            Err(RemoteError::Missing(..)) => Err(RemoteError::Refused(refusal())),
            other => other,
        }
    }

    fn in_force(&self) -> Answer {
        let jobs: Vec<Active> = self.get("scheduler/jobs")?;
        let config: Config = self.get("scheduler/config")?;
        let version = |job: Active| (job.id, Version::new(job.file, job.digest));
        Ok(json!(InForceAnswer {
            revision: config.revision,
            restart_needed: config.restart_needed,
            jobs: jobs.into_iter().map(version).collect(),
        }))
    }

    /// An answer as a type; another one is not that of a daemon of this version.
    fn typed<T: DeserializeOwned>(&self, answer: Value) -> Result<T, RemoteError> {
        let typed = serde_json::from_value(answer);
        typed.map_err(|error| self.no_server(Text::same(error.to_string())))
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, RemoteError> {
        let url = self.url(path)?;
        let request = self.agent.get(url.as_str());
        let answer = self.read(request.header("Accept-Language", self.language()).call())?;
        self.typed(answer)
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        let url = self.url(path)?;
        let mut request = self
            .agent
            .post(url.as_str())
            .header("Accept-Language", self.language())
            .header("Content-Type", "application/json");
        if let Some(file) = &self.token_file {
            let token = std::fs::read_to_string(file)
                .map_err(|error| RemoteError::NoToken(file.clone(), error))?;
            request = request.header("Authorization", format!("Bearer {}", token.trim()));
        }
        self.read(request.send(body.to_string()))
    }

    fn url(&self, path: &str) -> Result<Url, RemoteError> {
        let joined = self.base.join(path);
        joined.map_err(|error| self.no_server(Text::same(error.to_string())))
    }

    fn language(&self) -> &'static str {
        match self.lang {
            Lang::Fr => "fr",
            Lang::En => "en",
        }
    }

    fn no_server(&self, cause: Text) -> RemoteError {
        RemoteError::NoServer(self.base.to_string(), cause)
    }

    fn read(&self, answer: Result<Response<ureq::Body>, ureq::Error>) -> Answer {
        let failed = |error: ureq::Error| self.no_server(network::request_failed(&error));
        let mut response = answer.map_err(failed)?;
        let status = response.status();
        let body = response.body_mut().with_config().limit(BYTES_MAX);
        let body = body.read_to_string();
        let body = body.map_err(failed)?;
        let json = serde_json::from_str::<Value>(&body).ok();
        let Some(json) = json else {
            return Err(self.no_server(words::not_jobsd(&status.to_string())));
        };
        if status.is_success() {
            return Ok(json);
        }
        let Ok(Detail { detail }) = Detail::deserialize(json) else {
            return Err(self.no_server(Text::same(status.to_string())));
        };
        let detail = visible(&detail);
        let here = self.base.to_string();
        Err(match status.as_u16() {
            401 | 403 => RemoteError::Locked(here, self.token_file.clone()),
            405 => RemoteError::ReadOnly(here),
            404 => RemoteError::Missing(here, Text::same(detail)),
            429 => RemoteError::Told(detail, Kind::Unavailable),
            status => match Kind::of_http(status) {
                Some(kind) => RemoteError::Told(detail, kind),
                None => self.no_server(Text::same(detail)),
            },
        })
    }
}

/// Whether anything takes connections at an address of this machine.
pub fn answers(address: SocketAddr) -> bool {
    TcpStream::connect_timeout(&address, CONNECT_MAX).is_ok()
}

fn run_path(run_id: &str) -> Result<String, RemoteError> {
    // The beginning of an id is enough, as the server reads it.
    let known = RunPrefix::parse(run_id).map(|_| format!("scheduler/runs/{run_id}"));
    known.ok_or_else(|| {
        let run_id = run_id.to_owned();
        RemoteError::Refused(Refusal::NotARunId { run_id })
    })
}

fn no_run(run_id: &str) -> Refusal {
    Refusal::NoRun {
        run_id: run_id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Remote;
    use crate::text::Lang;

    /// An address is a web address without either.
    #[test]
    fn addresses_with_query_or_password_are_refused() {
        let base = |text| Remote::new(text, None, Lang::En).map(|found| found.address().to_owned());
        for (text, full) in [
            ("localhost:7878", "http://localhost:7878/"),
            ("http://127.0.0.1:7878", "http://127.0.0.1:7878/"),
            (
                "https://jobs.example.org/jobs",
                "https://jobs.example.org/jobs/",
            ),
            (
                "https://jobs.example.org/jobs//",
                "https://jobs.example.org/jobs/",
            ),
        ] {
            assert_eq!(base(text).as_deref(), Some(full), "{text}");
        }
        for bad in [
            "",
            "://",
            "ftp://host",
            "http://",
            "http://a b",
            "http://u:p@host",
            "http://host?x=1",
            "http://host#x",
        ] {
            assert_eq!(base(bad), None, "{bad}");
        }
    }
}
