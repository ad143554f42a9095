//! One subcommand each.

pub mod explain;
pub mod local;
pub mod next;
pub mod offline;
pub mod online;
pub mod schema;
pub mod simulate;
pub mod validate;
