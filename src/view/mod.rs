//! Folds of events for showing.

pub mod api;
pub mod drift;
pub mod feed;
pub mod forecast;
pub mod status;
pub mod words;
