//! The read-only endpoint: GET and HEAD alone; every handler reads one `Arc<Status>` or finished history on disk (A10).

pub mod answer;
pub mod archive;
pub mod assets;
pub mod config;
pub mod control;
pub mod events;
pub mod finish;
pub mod gate;
pub mod guard;
pub mod health;
pub mod history;
pub mod jobs;
pub mod language;
pub mod login;
pub mod metrics;
pub mod openapi;
pub mod output;

pub mod pages;
pub mod query;
pub mod runs;
pub mod server;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{MethodRouter, get};

use crate::page::PAGES;
use crate::page::facts::Addresses;
use crate::page::past::Past;
use crate::page::planned::Planned;
use crate::shell::http::answer::detail;
use crate::shell::http::events::Events;
use crate::shell::http::gate::Gate;
use crate::shell::journal::query::History;
use crate::text::http as words;
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
            .any(|allowed| guard::is_host(host, allowed))
    }
}

/// A path and its handler.
pub type Route = (&'static str, fn() -> MethodRouter<Site>);

/// The routes for machines; all answer GET and HEAD alone.
pub const ROUTES: [Route; 13] = [
    ("/scheduler/jobs", || get(jobs::list)),
    ("/scheduler/jobs/{id}", || get(jobs::one)),
    ("/scheduler/jobs/{id}/history", || get(history::of_job)),
    ("/scheduler/runs", || get(runs::list)),
    ("/scheduler/runs/{id}", || get(runs::one)),
    ("/scheduler/runs/{id}/output", || get(output::show)),
    ("/scheduler/config", || get(config::show)),
    ("/scheduler/status", || get(config::status)),
    ("/scheduler/events", || get(events::follow)),
    ("/health", || get(health::health)),
    ("/ready", || get(health::ready)),
    ("/metrics", || get(metrics::show)),
    ("/openapi.json", || get(openapi::show)),
];

/// The router of the endpoint.
pub fn router(site: Site) -> Router {
    let mut router = Router::new();
    for (path, route) in ROUTES {
        router = router.route(path, route());
    }
    for (path, page) in PAGES {
        router = router.route(path, pages::route(page));
    }
    router = router.route("/assets/{name}", get(assets::show));
    if site.gate.is_some() {
        router = router
            .route("/login", get(login::show))
            .route("/session", get(login::session));
    }
    let missing = || async { detail(StatusCode::NOT_FOUND, words::no_page()) };
    let base = site.addresses.base().to_owned();
    if !base.is_empty() {
        // A proxy may strip the prefix or leave it; links begin with it either way.
        router = Router::new().nest(&base, router.clone()).merge(router);
    }
    let control = site.gate.is_some().then(|| control::router(site.clone()));
    let guard = middleware::from_fn_with_state((site.clone(), control), guard::guard);
    router.fallback(missing).layer(guard).with_state(site)
}
