//! Folds of events for showing.

pub mod api;
pub mod chart;
pub mod drift;
pub mod feed;
pub mod forecast;
pub mod look;
pub mod say;
pub mod status;
pub mod words;
