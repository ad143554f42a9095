//! `Refusal`: why a request to a daemon has no effect; a code for programs, and sentences for
//! people in `text/control.rs`.

use serde::{Deserialize, Serialize};

use crate::text::{Text, control, trouble};

/// Why a request has no effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the sentence of each says it in full")]
pub enum Refusal {
    NoJob {
        job_id: String,
        /// A job with nearly that id.
        near: Option<String>,
        /// Errors in the file that would define it, each in a line.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        errors: Vec<String>,
    },
    NoRun {
        run_id: String,
    },
    NotARunId {
        run_id: String,
    },
    /// The beginning of several ids.
    SeveralRuns {
        run_id: String,
        /// Some of them.
        runs: Vec<String>,
    },
    Overlap {
        job_id: String,
    },
    NoDryRun {
        job_id: String,
    },
    /// The file says `enabled: false`, which no override lifts.
    Disabled {
        job_id: String,
        file: String,
    },
    Past {
        until: String,
    },
    ReloadUnderWay,
    /// The job files cannot be read, in the daemon's words.
    ReloadFailed {
        cause: String,
    },
    Stopping,
    /// Nothing can be recorded, in the words of `/health`.
    Unwritable {
        cause: String,
    },
    NotARequest {
        cause: String,
    },
}

/// What a kind of refusal is to programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Codes {
    http: u16,
    is_usage: bool,
}

/// The kind of a refusal. The exit code of a command and the status of HTTP follow from it by one
/// table, `Kind::codes`, and nothing else decides them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What is named is not there.
    Unknown,
    /// What is asked can never be.
    Wrong,
    /// It was not understood: a client and a daemon of different versions.
    Unreadable,
    /// Something in the way prevents it.
    Conflict,
    /// Not now.
    Unavailable,
}

impl Kind {
    const ALL: [Kind; 5] = [
        Kind::Unknown,
        Kind::Wrong,
        Kind::Unreadable,
        Kind::Conflict,
        Kind::Unavailable,
    ];

    /// The table.
    fn codes(self) -> Codes {
        let (http, is_usage) = match self {
            Kind::Unknown => (404, true),
            Kind::Wrong => (400, true),
            Kind::Unreadable => (400, false),
            Kind::Conflict => (409, false),
            Kind::Unavailable => (503, false),
        };
        Codes { http, is_usage }
    }

    /// The status of HTTP.
    pub fn http(self) -> u16 {
        self.codes().http
    }

    /// The kind that a status of HTTP stands for; the first of those that share it.
    pub fn of_http(status: u16) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.http() == status)
    }

    /// Whether whoever asked has to ask otherwise: wrong usage, exit code 2. Else the daemon
    /// refused, exit code 4.
    pub fn is_usage(self) -> bool {
        self.codes().is_usage
    }
}

impl Refusal {
    /// What kind of refusal it is.
    pub fn kind(&self) -> Kind {
        match self {
            Refusal::NoJob { .. } | Refusal::NoRun { .. } => Kind::Unknown,
            Refusal::NotARunId { .. }
            | Refusal::SeveralRuns { .. }
            | Refusal::NoDryRun { .. }
            | Refusal::Past { .. } => Kind::Wrong,
            Refusal::NotARequest { .. } => Kind::Unreadable,
            Refusal::Overlap { .. } | Refusal::Disabled { .. } | Refusal::ReloadUnderWay => {
                Kind::Conflict
            }
            Refusal::ReloadFailed { .. } | Refusal::Unwritable { .. } | Refusal::Stopping => {
                Kind::Unavailable
            }
        }
    }

    /// What to tell people.
    pub fn text(&self) -> Text {
        match self {
            Refusal::NoJob {
                job_id,
                near,
                errors,
            } => match errors.first() {
                Some(error) => control::bad_file(job_id, &Text::same(error.as_str())),
                None => control::no_job(job_id, near.as_deref()),
            },
            Refusal::NoRun { run_id } => control::no_run(run_id),
            Refusal::NotARunId { run_id } => control::not_a_run_id(run_id),
            Refusal::SeveralRuns { run_id, runs } => control::several_runs(run_id, runs),
            Refusal::Overlap { job_id } => control::overlap(job_id),
            Refusal::NoDryRun { job_id } => control::no_dry_run(job_id),
            Refusal::Disabled { job_id, file } => control::disabled(job_id, file),
            Refusal::Past { until } => control::past(until),
            Refusal::ReloadUnderWay => control::reload_under_way(),
            Refusal::ReloadFailed { cause } => trouble::text(cause),
            Refusal::Stopping => control::stopping(),
            Refusal::Unwritable { cause } => control::unwritable(&trouble::text(cause)),
            Refusal::NotARequest { cause } => control::not_a_request(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Refusal};

    #[test]
    fn a_kind_survives_the_way_over_http() {
        for kind in Kind::ALL {
            let back = Kind::of_http(kind.http());
            // What a server did not understand is told in its words, as a wrong request.
            let shown = if kind == Kind::Unreadable {
                Kind::Wrong
            } else {
                kind
            };
            assert_eq!(back, Some(shown));
        }
        assert_eq!(Kind::of_http(429), None);
        assert!(
            Refusal::NotARunId {
                run_id: "x".to_owned()
            }
            .kind()
            .is_usage()
        );
        assert!(!Refusal::ReloadUnderWay.kind().is_usage());
    }
}
