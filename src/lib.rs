//! jobsd: scheduled jobs that live as YAML files in git. `docs/architecture.md` is the map.

pub mod bot;
pub mod cli;
pub mod commands;
pub mod core;
#[cfg(test)]
mod every_kind;
pub mod field;
pub mod foreign;
pub mod form;
pub mod model;
pub mod page;
pub mod plan;
pub mod recurrence;
pub mod render;
pub mod rewrite;
pub mod schedule;
pub mod shell;
pub mod spec;
pub mod text;
pub mod time;
pub mod usage;
pub mod view;
pub mod written;
