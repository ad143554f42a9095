//! What a user writes: these types are the schema.

pub mod config;
pub mod file;
pub mod part;
