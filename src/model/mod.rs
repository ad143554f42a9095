//! The data everybody shares, in the order it lives: job, due time, run, event.

pub(crate) mod alike;
pub mod allowance;
pub mod bot;
pub mod definition;
pub mod diagnostic;
pub mod digest;
pub mod event;
pub mod job;
pub mod outcome;
pub mod output;
pub mod program;
pub mod refusal;
pub mod run;
pub mod run_id;
pub mod run_prefix;
pub mod state;
