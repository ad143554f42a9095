//! The routes, a line each, and the router that is made of them.

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::Serialize;

use crate::page::PAGES;
use crate::shell::http::answer::detail;
use crate::shell::http::route::Route;
use crate::shell::http::site::Site;
use crate::shell::http::{
    assets, config, control, follow, guard, health, history, jobs, login, metrics, openapi, output,
    pages, runs, why,
};
use crate::text::http as words;

/// The routes for programs; all answer GET and HEAD only.
#[rustfmt::skip]
pub static ROUTES: [Route; 14] = [
    Route::read("/scheduler/jobs", || get(jobs::list), &jobs::LIST),
    Route::read("/scheduler/jobs/{id}", || get(jobs::one), &jobs::ONE),
    Route::read("/scheduler/jobs/{id}/history", || get(history::of_job), &history::OF_JOB),
    Route::read("/scheduler/jobs/{id}/why", || get(why::show), &why::WHY),
    Route::read("/scheduler/runs", || get(runs::list), &runs::LIST),
    Route::read("/scheduler/runs/{id}", || get(runs::one), &runs::ONE),
    Route::read("/scheduler/runs/{id}/output", || get(output::show), &output::SHOW),
    Route::read("/scheduler/config", || get(config::show), &config::SHOW),
    Route::read("/scheduler/status", || get(config::status), &config::STATUS),
    Route::read("/scheduler/events", || get(follow::follow), &follow::FOLLOW),
    Route::read("/health", || get(health::health), &health::HEALTH),
    Route::read("/ready", || get(health::ready), &health::READY),
    Route::read("/metrics", || get(metrics::show), &metrics::SHOW),
    Route::read("/openapi.json", || get(describe), &openapi::SHOW),
];

/// The routes of control, mounted only where `control.token_file` is set.
#[rustfmt::skip]
pub static CONTROL: [Route; 10] = [
    Route::control(Method::POST, "/scheduler/jobs/{id}/run", || post(control::run)),
    Route::control(Method::POST, "/scheduler/jobs/{id}/toggle", || post(control::toggle)),
    Route::control(Method::POST, "/scheduler/jobs/{id}/pause", || post(control::pause)),
    Route::control(Method::POST, "/scheduler/jobs/{id}/resume", || post(control::resume)),
    Route::control(Method::POST, "/scheduler/runs/{id}/cancel", || post(control::cancel)),
    Route::control(Method::POST, "/scheduler/reload", || post(control::reload)),
    Route::control(Method::POST, "/login", || post(login::log_in)),
    Route::control(Method::POST, "/logout", || post(login::log_out)),
    Route::control(Method::GET, "/login", || get(login::show)),
    Route::control(Method::GET, "/session", || get(login::session)),
];

/// The router of the endpoint.
pub fn router(site: Site) -> Router {
    let mut router = mounted(&ROUTES, &Method::GET);
    for (path, page) in PAGES {
        router = router.route(path, pages::route(page));
    }
    router = router.route("/assets/{name}", get(assets::show));
    if site.gate.is_some() {
        router = router.merge(mounted(&CONTROL, &Method::GET));
    }
    let missing = || async { detail(StatusCode::NOT_FOUND, words::no_page()) };
    let control = site.gate.is_some().then(|| changes(site.clone()));
    let mut router = below_base(router, &site);
    if !site.addresses.base().is_empty() {
        // Where links to the first page lead; `nest` by itself has no final slash.
        let first = PAGES.into_iter().filter(|(path, _)| *path == "/");
        let first = first.fold(Router::new(), |router, (path, page)| {
            router.route(path, pages::route(page))
        });
        router = router.nest(&format!("{}/", site.addresses.base()), first);
    }
    let guard = middleware::from_fn_with_state((site.clone(), control), guard::guard);
    router.fallback(missing).layer(guard).with_state(site)
}

/// The router of what changes something.
fn changes(site: Site) -> Router {
    let routes = mounted(&CONTROL, &Method::POST).method_not_allowed_fallback(control::refuse);
    let routes = below_base(routes, &site);
    routes.fallback(control::refuse).with_state(site)
}

/// The routes of a method.
fn mounted(routes: &[Route], method: &Method) -> Router<Site> {
    let wanted = routes.iter().filter(|route| route.method == *method);
    wanted.fold(Router::new(), |router, route| {
        router.route(route.path, (route.handler)())
    })
}

/// The routes with and without the base path: a proxy may strip it or leave it; links begin with it
/// either way.
fn below_base(router: Router<Site>, site: &Site) -> Router<Site> {
    match site.addresses.base() {
        "" => router,
        base => Router::new().nest(base, router.clone()).merge(router),
    }
}

/// `GET /openapi.json`
async fn describe(State(site): State<Site>) -> Json<impl Serialize> {
    Json(openapi::document(&site.addresses.base_path, &ROUTES))
}
