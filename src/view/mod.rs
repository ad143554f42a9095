//! Folds of events for showing.

pub mod status;
pub mod words;
