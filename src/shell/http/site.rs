//! What every handler may read.

use std::path::PathBuf;
use std::sync::Arc;

use crate::page::facts::Addresses;
use crate::page::past::Past;
use crate::page::planned::Planned;
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
    /// The past, as pages read it.
    pub past: Arc<dyn Past>,
    /// Due times of the next hours, kept between answers.
    pub planned: Arc<Planned>,
    /// Who may control over TCP; `None` where nobody may.
    pub gate: Option<Arc<Gate>>,
}

impl Site {
    /// Whether this host, with or without a port, is one that is served.
    pub fn allows(&self, host: &str) -> bool {
        self.allowed_hosts
            .iter()
            .any(|allowed| is_host(host, allowed))
    }
}

/// Whether a `Host` header names this host, with or without a port.
fn is_host(header: &str, allowed: &str) -> bool {
    let bare = match header.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => header,
    };
    header.eq_ignore_ascii_case(allowed) || bare.eq_ignore_ascii_case(allowed)
}
