//! What a user writes: these types are the schema.

pub mod bots;
pub mod config;
pub mod file;
pub mod forms;
pub mod part;
