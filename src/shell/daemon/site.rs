//! What the pages and the API of a daemon may read.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Daemon, NoStart, Options};
use crate::page::facts::Addresses;
use crate::shell::clock::pause;
use crate::shell::control::Call;
use crate::shell::http::archive::Archive;
use crate::shell::http::cookies::Cookies;
use crate::shell::http::gate::Gate;
use crate::shell::http::site::Site;
use crate::shell::journal::query::History;

/// How far the index of the history may lag.
const INDEX_EVERY: Duration = Duration::from_secs(10);

/// What the pages and the API may read.
pub(super) fn site(
    options: &Options,
    daemon: &Daemon,
    address: SocketAddr,
    callers: mpsc::Sender<Call>,
    tasks: &mut JoinSet<()>,
) -> Result<Site, NoStart> {
    let (layout, config) = (&options.layout, &options.layout.config);
    let mut allowed_hosts = config.allowed_hosts.clone();
    allowed_hosts.extend([address.ip().to_string(), address.to_string()]);
    allowed_hosts.push("localhost".to_owned());
    let state_dir = daemon.store.state_dir().path().to_owned();
    let history = Arc::new(History::new(&state_dir));
    tasks.spawn(keep_index(history.clone()));
    let base_path = config.base_path.clone().unwrap_or_else(|| "/".to_owned());
    let cookies = Cookies::of(&state_dir, &base_path);
    let gate = match &config.control.token_file {
        Some(file) => Some(Arc::new(Gate::open(
            layout.base.join(file),
            cookies.clone(),
            callers,
        )?)),
        None => None,
    };
    let site = Site {
        shared: daemon.shared.clone(),
        events: daemon.health.events.clone(),
        history: history.clone(),
        state_dir: state_dir.clone(),
        allowed_hosts: Arc::new(allowed_hosts),
        addresses: Arc::new(Addresses {
            base_path,
            edit_url: config.edit_url.clone(),
            new_url: config.new_url.clone(),
            jobs_dir: layout.jobs.clone(),
        }),
        cookies,
        past: Arc::new(Archive::new(state_dir, layout, history)),
        planned: Arc::default(),
        gate,
    };
    daemon.shared.update(|status| {
        status.has_control = site.gate.is_some();
        status.url = format!("http://{address}{}", site.addresses.base_path);
        status.places = (layout.jobs.clone(), layout.config_file.clone());
    });
    Ok(site)
}

/// Keeps the index of the history close behind its writer, so that a page finds little left to
/// read.
async fn keep_index(history: Arc<History>) {
    loop {
        let history = history.clone();
        let looked = tokio::task::spawn_blocking(move || history.refresh()).await;
        if let Ok(Err(error)) = looked {
            tracing::debug!(%error, "the history cannot be read for its index");
        }
        pause(INDEX_EVERY).await;
    }
}
