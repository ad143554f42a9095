//! The real daemon: reload, processes, faults, signals, the promise.

#[path = "../support/mod.rs"]
mod support;

mod cases;
mod control;
mod daemon;
mod history;
mod hung;
mod process;
mod promise;
mod reload;
mod replaced;
mod signals;
mod torture;
mod trust;
