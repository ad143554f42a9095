//! The endpoint and the pages: routes, the gate, what Chromium sees.

#[path = "../support/mod.rs"]
mod support;

mod browser;
mod dashboard;
mod forms;
mod gate;
mod http;
mod journey;
mod pages;
