//! What every handler may read.

use std::path::PathBuf;
use std::sync::Arc;

use crate::page::facts::Addresses;
use crate::page::past::Past;
use crate::page::planned::Planned;
use crate::shell::http::cookies::Cookies;
use crate::shell::http::events::Events;
use crate::shell::http::gate::Gate;
use crate::shell::journal::query::History;
use crate::view::status::Shared;

/// What every handler may read.
#[derive(Clone, Debug)]
pub struct Site {
    /// What is shown.
    pub shared: Arc<Shared>,
    /// Changes as they come.
    pub events: Arc<Events>,
    /// The state directory.
    pub state_dir: PathBuf,
    /// The history, in pages.
    pub history: Arc<History>,
    /// Names accepted in `Host`.
    pub allowed_hosts: Arc<Vec<String>>,
    /// Where the pages and the job files are.
    pub addresses: Arc<Addresses>,
    /// Names of cookies.
    pub cookies: Cookies,
    /// The past, as pages read it.
    pub past: Arc<dyn Past>,
    /// Due times of the next hours, kept between answers.
    pub planned: Arc<Planned>,
    /// Who may control over TCP; `None` where nobody may.
    pub gate: Option<Arc<Gate>>,
}

impl Site {
    /// Where an answer leads a browser: to a path below the base, from the one that was asked for.
    /// Without a base path it is relative, so that it stays inside a prefix that a proxy strips.
    pub fn lead(&self, from: &str, to: &str) -> String {
        match self.addresses.base() {
            "" => relative(from, to),
            base => format!("{base}{to}"),
        }
    }

    /// Whether this host, with or without a port, is one that is served.
    pub fn allows(&self, host: &str) -> bool {
        self.allowed_hosts
            .iter()
            .any(|allowed| is_host(host, allowed))
    }
}

/// A path as it is written from another one; both begin with `/`.
fn relative(from: &str, to: &str) -> String {
    let up = match from.matches('/').count() {
        0 | 1 => "./".to_owned(),
        depth => "../".repeat(depth - 1),
    };
    format!("{up}{}", &to[1..])
}

/// Whether a `Host` header names this host, with or without a port.
fn is_host(header: &str, allowed: &str) -> bool {
    let bare = match header.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => header,
    };
    header.eq_ignore_ascii_case(allowed) || bare.eq_ignore_ascii_case(allowed)
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn a_relative_path_leads_to_the_root() {
        assert_eq!(relative("/login", "/"), "./");
        assert_eq!(
            relative("/scheduler/jobs/a/run", "/jobs/a"),
            "../../../jobs/a"
        );
        assert_eq!(relative("/scheduler/reload", "/"), "../");
    }
}
