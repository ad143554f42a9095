//! A file's text written again: safe fixes, canonical form, other values with the comments kept.

pub mod edit;
pub mod flow;
pub mod layout;
mod lines;
pub mod meaning;
pub mod merge;
pub mod write;
