//! The read-only endpoint: GET and HEAD alone; every handler reads one `Arc<Status>` or finished
//! history on disk (A10).

pub mod answer;
pub mod archive;
pub mod assets;
pub mod config;
pub mod control;
pub mod cookies;
pub mod events;
pub mod finish;
pub mod follow;
pub mod gate;
pub mod guard;
pub mod health;
pub mod history;
pub mod jobs;
pub mod keys;
pub mod language;
pub mod login;
pub mod metrics;
pub mod openapi;
pub mod output;
pub mod pages;
pub mod query;
pub mod route;
pub mod routes;
pub mod runs;
pub mod seek;
pub mod server;
pub mod site;
pub mod why;
