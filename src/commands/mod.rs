//! One subcommand each.

pub mod schema;
pub mod validate;
