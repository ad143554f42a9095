//! One subcommand each.

pub mod offline;
pub mod online;
pub mod schema;
pub mod validate;
