//! Folds of events for showing.

pub mod ailment;
pub mod answer;
pub mod api;
pub mod changes;
pub mod chart;
pub mod code;
pub mod counted;
pub mod diff;
pub mod document;
pub mod drift;
pub mod feed;
pub mod forecast;
pub mod gauge;
pub mod look;
pub mod outcomes;
pub mod say;
pub mod shapes;
pub mod standstill;
pub mod status;
pub mod streak;
pub mod tally;
pub mod why;
pub mod words;
