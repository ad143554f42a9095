//! What the tests share. A test meets nothing of its machine: no daemon, port, signal disposition
//! or variable. So every process is started by [`child`], every daemon by [`world`], on a port that
//! the system chose.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests; each test file uses its part"
)]

pub mod bots;
pub mod child;
pub mod http;
pub mod mail;
pub mod restored;
pub mod web;
pub mod world;
