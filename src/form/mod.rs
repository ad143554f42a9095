//! The form of a job: its fields, and what they hold.

pub mod draft;
pub mod field;
pub mod id;
pub mod keys;
pub mod need;
pub mod settings;
