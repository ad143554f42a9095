//! Folds of events for showing.

pub mod forecast;
pub mod status;
pub mod words;
